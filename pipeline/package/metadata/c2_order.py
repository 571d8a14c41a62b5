"""The C2 work order as XML (C2 3.0, clauses 3.1 to 3.3, 4.2): written by its schema, read as others write it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline.model.c2 import ContentObject, Mapping, Property, Reply, WorkOrder
from pipeline.package.metadata import foreign_xml

if TYPE_CHECKING:
    from lxml import etree

SCHEMA = Path(__file__).parent / "c2.xsd"
MOST_BYTES = 5 * 1024 * 1024  # of an order or a reply that is read


def to_xml(order: WorkOrder) -> bytes:
    """XML that validates against `c2.xsd`.

    Raises:
        ValueError: it does not (a fault of this program).
    """
    from lxml import etree

    root = etree.Element("ADI", {item.name: item.text for item in order.attributes})
    if order.objects:
        objects = etree.SubElement(root, "Objects")
        for item in order.objects:
            names = {"ElementType": item.element_type, "ID": item.code, "Code": item.code, "Action": item.action}
            if item.parent_code is not None:
                names["ParentCode"] = item.parent_code
            _properties(etree.SubElement(objects, "Object", names), item.properties)
    if order.mappings:
        mappings = etree.SubElement(root, "Mappings")
        for link in order.mappings:
            ends = {
                "ParentType": link.parent_type,
                "ParentID": link.parent_code,
                "ParentCode": link.parent_code,
                "ElementType": link.element_type,
                "ElementID": link.element_code,
                "ElementCode": link.element_code,
                "Action": link.action,
            }
            _properties(etree.SubElement(mappings, "Mapping", ends), link.properties)
    if order.reply is not None:
        reply = etree.SubElement(root, "Reply")
        etree.SubElement(reply, "Result").text = order.reply.result
        etree.SubElement(reply, "Description").text = order.reply.description
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


class NoWorkOrder(ValueError):
    """A file is no work order, or none that may be read; its argument says why."""


def from_xml(content: bytes) -> WorkOrder:
    """An order or a reply of another program: names of elements by their local part, attributes as they are.

    What the tables do not know is passed over (clause 3.1); a reply stands as child elements or as properties. Nothing
    outside of the file is read.

    Raises:
        NoWorkOrder: it is none.
    """
    if len(content) > MOST_BYTES:
        raise NoWorkOrder("too large")
    try:
        root = foreign_xml.parsed(content)
    except ValueError as error:
        raise NoWorkOrder(str(error)) from error
    if root.getroottree().docinfo.internalDTD is not None:
        raise NoWorkOrder("a document type")
    if _local(root) != "ADI":
        raise NoWorkOrder(f"<{_local(root)}>")
    reply = next(_children(root, "Reply"), None)
    return WorkOrder(
        objects=tuple(_object(item) for group in _children(root, "Objects") for item in _children(group, "Object")),
        mappings=tuple(_mapping(item) for group in _children(root, "Mappings") for item in _children(group, "Mapping")),
        reply=None if reply is None else _reply(reply),
        attributes=tuple(
            Property(name=str(name), text=str(text))
            for name, text in root.attrib.items()
            if not str(name).startswith("{")
        ),
    )


def _object(element: etree._Element) -> ContentObject:
    return ContentObject(
        element_type=_attribute(element, "ElementType"),
        code=element.get("Code") or _attribute(element, "ID"),
        action=_attribute(element, "Action"),
        properties=_read_properties(element),
        parent_code=element.get("ParentCode"),
    )


def _mapping(element: etree._Element) -> Mapping:
    return Mapping(
        parent_type=_attribute(element, "ParentType"),
        parent_code=element.get("ParentCode") or _attribute(element, "ParentID"),
        element_type=_attribute(element, "ElementType"),
        element_code=element.get("ElementCode") or _attribute(element, "ElementID"),
        action=_attribute(element, "Action"),
        properties=_read_properties(element),
    )


def _reply(element: etree._Element) -> Reply:
    said = {_local(item).casefold(): item.text or "" for item in element if isinstance(item.tag, str)}
    said |= {item.name.casefold(): item.text for item in _read_properties(element)}
    return Reply(result=said.get("result", "").strip(), description=said.get("description", "").strip())


def _read_properties(element: etree._Element) -> tuple[Property, ...]:
    """`name` is how an overview of the document spells it."""
    found = ((item.get("Name") or item.get("name"), item.text or "") for item in _children(element, "Property"))
    return tuple(Property(name=name, text=text) for name, text in found if name)


def _attribute(element: etree._Element, name: str) -> str:
    value = element.get(name)
    if not value:
        raise NoWorkOrder(f"<{_local(element)}>, line {element.sourceline}: {name}")
    return value


def _children(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return (item for item in element if _local(item) == name)


def _local(element: etree._Element) -> str:
    from lxml import etree

    return etree.QName(element).localname if isinstance(element.tag, str) else ""
