"""ADI 1.1 as XML: written by our own DTD and rules, read as others write it, with nothing fetched from anywhere."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pipeline.model.adi import Ams, AppData, Asset
from pipeline.package.metadata import adi_rules, foreign_xml

if TYPE_CHECKING:
    from lxml import etree

DTD = Path(__file__).parent / "adi11.dtd"
DOCTYPE = '<!DOCTYPE ADI SYSTEM "ADI.DTD">'
MOST_BYTES = 5 * 1024 * 1024  # of a document that is read
# attributes of AMS by their place in the noun, in the order in which they are written
_AMS = {
    "provider": "Provider",
    "provider_id": "Provider_ID",
    "product": "Product",
    "asset_name": "Asset_Name",
    "asset_id": "Asset_ID",
    "asset_class": "Asset_Class",
    "description": "Description",
    "creation_date": "Creation_Date",
    "version_major": "Version_Major",
    "version_minor": "Version_Minor",
    "verb": "Verb",
}


def to_xml(package: Asset) -> bytes:
    """The document of a package's asset, valid by our DTD and our rules.

    Raises:
        ValueError: it is not (a fault of this program).
    """
    from lxml import etree

    if faults := adi_rules.faults(package):
        raise ValueError(f"ADI: {'; '.join(faults)}")
    root = etree.Element("ADI")
    _fill(root, package)
    etree.indent(root)
    if wrong := _wrong(root):
        raise ValueError(f"ADI: {wrong}")
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=DOCTYPE) + b"\n"


def _fill(element: etree._Element, asset: Asset) -> None:
    from lxml import etree

    metadata = etree.SubElement(element, "Metadata")
    told = {name: text for at, name in _AMS.items() if (text := getattr(asset.ams, at)) is not None}
    etree.SubElement(metadata, "AMS", told)
    for item in asset.app_data:
        etree.SubElement(metadata, "App_Data", {"App": item.app, "Name": item.name, "Value": item.value})
    for inner in asset.assets:
        _fill(etree.SubElement(element, "Asset"), inner)
    if asset.content is not None:
        etree.SubElement(element, "Content", {"Value": asset.content})


class NotAdi(ValueError):
    """A file is no ADI document, or none that may be read; its argument says why."""


def from_xml(content: bytes) -> Asset:
    """The package's asset of a document, valid by our own DTD; the one that it names is not looked for.

    Raises:
        NotAdi: it is none, is too large, or brings declarations of its own.
    """
    if len(content) > MOST_BYTES:
        raise NotAdi("too large")
    try:
        root = foreign_xml.parsed(content)
    except ValueError as error:
        raise NotAdi(str(error)) from error
    brought: Any = root.getroottree().docinfo.internalDTD  # its stubs know nothing of what is in it
    if brought is not None and any((*brought.iterentities(), *brought.iterelements())):
        raise NotAdi("declarations of its own")
    if wrong := _wrong(root):
        raise NotAdi(wrong)
    return _asset(root)


def _wrong(root: etree._Element) -> str | None:
    """The first thing that our DTD does not allow."""
    found = _dtd()
    return None if found.validate(root) else str(found.error_log).partition("\n")[0]


@cache
def _dtd() -> etree.DTD:
    from lxml import etree

    with DTD.open("rb") as handle:
        return etree.DTD(handle)


def _asset(element: etree._Element) -> Asset:
    metadata, *inner = (item for item in element if isinstance(item.tag, str))
    ams, *fields = (item for item in metadata if isinstance(item.tag, str))
    content = next((item for item in inner if item.tag == "Content"), None)
    return Asset(
        ams=Ams(**{at: str(ams.attrib[name]) for at, name in _AMS.items() if name in ams.attrib}),
        app_data=tuple(
            AppData(app=str(item.get("App")), name=str(item.get("Name")), value=str(item.get("Value")))
            for item in fields
        ),
        assets=tuple(_asset(item) for item in inner if item.tag == "Asset"),
        content=None if content is None else content.get("Value"),
    )
