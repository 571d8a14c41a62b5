"""Which file of the package each object of a C2 work order is, as `c2.py` wrote it; and the order with other names."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING

from pipeline.package.metadata import foreign_xml

if TYPE_CHECKING:
    from lxml import etree

FILE = "metadata/c2.xml"
_ADDRESS = "FileURL"
_SUBTITLES = "Reserve1"  # `LANGUAGE=PATH`, with semicolons between them


def codes_in(content: bytes) -> dict[str, str]:
    """Codes by the file's path: a movie's and a picture's own; of subtitles their programme's with `-LANGUAGE`.

    Raises:
        ValueError: it is no such XML.
    """
    found: dict[str, str] = {}
    for element, code in _objects(_parsed(content)):
        for name, text, _ in _properties(element):
            if name == _ADDRESS and text:
                found.setdefault(text, code)
            elif name == _SUBTITLES:
                for language, path in _tracks(text):
                    found.setdefault(path, f"{code}-{language}")
    return found


def with_names(content: bytes, names: Mapping[str, str]) -> bytes:
    """The order for a folder where files have other names than in the package.

    Raises:
        ValueError: it is no such XML.
    """
    from lxml import etree

    root = _parsed(content)
    for element, _ in _objects(root):
        for name, text, item in _properties(element):
            if name == _ADDRESS:
                item.text = names.get(text, text)
            elif name == _SUBTITLES:
                item.text = ";".join(f"{language}={names.get(path, path)}" for language, path in _tracks(text))
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _parsed(content: bytes) -> etree._Element:
    root = foreign_xml.parsed(content)
    if root.getroottree().docinfo.internalDTD is not None:
        raise ValueError("DTD")
    return root


def _objects(root: etree._Element) -> Iterator[tuple[etree._Element, str]]:
    for element in root.iterfind("Objects/Object"):
        if code := element.get("Code"):
            yield element, code


def _properties(element: etree._Element) -> Iterator[tuple[str | None, str, etree._Element]]:
    for item in element.iterfind("Property"):
        yield item.get("Name"), item.text or "", item


def _tracks(text: str) -> list[tuple[str, str]]:
    pairs = (item.partition("=") for item in text.split(";"))
    return [(language, path) for language, _, path in pairs if path]
