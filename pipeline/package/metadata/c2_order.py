"""The C2 work order as a document: objects, their mappings, and the XML that they are (C2 3.0, clause 3.2)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.model.base import Noun

if TYPE_CHECKING:
    from lxml import etree

SCHEMA = Path(__file__).parent / "c2.xsd"


class Property(Noun):
    """`<Property Name=…>text</Property>`."""

    name: str
    text: str


class ContentObject(Noun):
    """`<Object>`: ID and Code are the same text, as in live orders."""

    element_type: str
    code: str
    action: str
    properties: tuple[Property, ...]


class Mapping(Noun):
    """`<Mapping>`: which object belongs to which."""

    parent_type: str
    parent_code: str
    element_type: str
    element_code: str
    action: str
    properties: tuple[Property, ...] = ()


class WorkOrder(Noun):
    """`<ADI>`."""

    objects: tuple[ContentObject, ...]
    mappings: tuple[Mapping, ...]


def to_xml(order: WorkOrder) -> bytes:
    """XML that validates against `c2.xsd`.

    Raises:
        ValueError: it does not (a fault of this program).
    """
    from lxml import etree

    root = etree.Element("ADI", BizDomain="0")
    objects = etree.SubElement(root, "Objects")
    for item in order.objects:
        element = etree.SubElement(
            objects, "Object", ElementType=item.element_type, ID=item.code, Code=item.code, Action=item.action
        )
        _properties(element, item.properties)
    mappings = etree.SubElement(root, "Mappings")
    for link in order.mappings:
        element = etree.SubElement(
            mappings,
            "Mapping",
            ParentType=link.parent_type,
            ParentID=link.parent_code,
            ParentCode=link.parent_code,
            ElementType=link.element_type,
            ElementID=link.element_code,
            ElementCode=link.element_code,
            Action=link.action,
        )
        _properties(element, link.properties)
    etree.indent(root)
    try:
        etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    except etree.DocumentInvalid as error:
        raise ValueError(f"c2.xml: {error}") from error
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _properties(element: etree._Element, properties: Sequence[Property]) -> None:
    from lxml import etree

    for item in properties:
        etree.SubElement(element, "Property", Name=item.name).text = item.text
