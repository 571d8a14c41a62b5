"""XML from a head-end: bounded, without a DTD, without entities, nothing fetched; names without case or namespace."""

from __future__ import annotations

from collections.abc import Iterator
from enum import StrEnum

from lxml import etree


class Flaw(StrEnum):
    """Why something can't be read."""

    TOO_LARGE = "too_large"
    NOT_XML = "not_xml"
    DTD = "dtd"
    NO_ENVELOPE = "no_envelope"
    NO_BODY = "no_body"
    NO_OPERATION = "no_operation"
    REFERENCE = "reference"  # to what is not there, to itself, or through too many others
    FIELD = "field"  # one lacks, or is none of its kind
    NO_REPLY = "no_reply"


class Unreadable(Exception):
    """What came is not what it should be.

    Args:
        flaw: why.
        detail: a name of the specification or the parser's words; nothing that came as a value.
    """

    def __init__(self, flaw: Flaw, detail: str = ""):
        super().__init__(f"{flaw} {detail}".strip())
        self.flaw = flaw
        self.detail = detail


def parsed(content: bytes, most_bytes: int) -> etree._Element:
    """The root element.

    Raises:
        Unreadable: it is too large, no XML, or has a DTD.
    """
    if len(content) > most_bytes:
        raise Unreadable(Flaw.TOO_LARGE)
    if b"<!DOCTYPE" in content:  # before anything of it is read; other encodings are told by the parser
        raise Unreadable(Flaw.DTD)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True
    )
    try:
        root = etree.fromstring(content.lstrip(), parser)  # a blank line before the declaration was seen
    except (etree.XMLSyntaxError, ValueError, LookupError) as error:
        words = error.msg if isinstance(error, etree.XMLSyntaxError) else None
        raise Unreadable(Flaw.NOT_XML, (words or str(error)).splitlines()[0][:200]) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise Unreadable(Flaw.DTD)
    return root


def local(element: etree._Element) -> str:
    """An element's name without its namespace, as it is compared: without case."""
    return etree.QName(element).localname.casefold()


def namespace(element: etree._Element) -> str:
    """An element's namespace; nothing where it has none."""
    return etree.QName(element).namespace or ""


def children(element: etree._Element) -> Iterator[etree._Element]:
    """Its elements: what stands for an entity that was not resolved is none."""
    return (item for item in element if isinstance(item.tag, str))


def attribute(element: etree._Element, name: str) -> str | None:
    """An attribute by its name, without case and namespace; None where it has none."""
    wanted = name.casefold()
    found = (str(value) for key, value in element.attrib.items() if etree.QName(key).localname.casefold() == wanted)
    return next(found, None)


def text_of(element: etree._Element) -> str:
    """What stands in an element that holds no others, without the white space around it."""
    return (element.text or "").strip()
