"""A head-end's answer file (C2 3.0, clause 3.16): an ADI document with a Reply, and a result on each object. Pure.

Seen, and read here: Reply with child elements, or with properties of the same names; any namespace of the root; results
that are texts; objects that say nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from lxml import etree
from pydantic import ValidationError

from pipeline.exchange.c2 import untrusted_xml as xml
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable
from pipeline.model.base import Noun
from pipeline.model.c2_records import (
    MOST_OBJECTS,
    MappingResult,
    ObjectAction,
    ObjectResult,
    OrderedMapping,
    OrderedObject,
    words_from_outside,
)
from pipeline.model.text import printable

MOST_BYTES = 5 << 20
_RESULT, _ERROR, _DESCRIPTION = "Result", "ErrorDescription", "Description"


class Reply(Noun):
    """What an answer file says.

    Args:
        result: 0 all done, 1 a part, else a code; None where it has no Reply: then its objects alone tell.
        objects, mappings: those that it names, whether it says a result of them or not (`objects_said` has these).
    """

    result: int | str | None = None
    description: str | None = None
    objects: tuple[OrderedObject, ...] = ()
    mappings: tuple[OrderedMapping, ...] = ()
    objects_said: tuple[ObjectResult, ...] = ()
    mappings_said: tuple[MappingResult, ...] = ()


def read(content: bytes) -> Reply:
    """An answer file.

    Raises:
        Unreadable: it is none.
    """
    root = xml.parsed(content, MOST_BYTES)
    reply = next((item for item in xml.children(root) if xml.local(item) == "reply"), None)
    objects, mappings = list(_named(root, "objects", "object")), list(_named(root, "mappings", "mapping"))
    if xml.local(root) != "adi" or max(len(objects), len(mappings)) > MOST_OBJECTS:
        raise Unreadable(Flaw.NO_REPLY)
    values = {} if reply is None else _values(reply)
    said = _result(values)
    try:
        found = Reply(
            result=said,
            description=words_from_outside(values.get(_DESCRIPTION.casefold())),
            objects=tuple(OrderedObject(**_object(item), action=_action(item)) for item in objects),
            mappings=tuple(OrderedMapping(**_mapping(item), action=_action(item)) for item in mappings),
            objects_said=tuple(
                ObjectResult(**_object(item), result=result, description=words)
                for item, result, words in _said(objects)
            ),
            mappings_said=tuple(
                MappingResult(**_mapping(item), result=result, description=words)
                for item, result, words in _said(mappings)
            ),
        )
    except ValidationError as error:
        where = error.errors(include_input=False)[0]["loc"]
        raise Unreadable(Flaw.FIELD, ".".join(map(str, where))) from None
    if found.result is None and not (found.objects_said or found.mappings_said):
        raise Unreadable(Flaw.NO_REPLY)
    return found


def written(reply: Reply) -> bytes:
    """The same as a file: objects with their results, then the Reply as child elements."""
    root = etree.Element("ADI")
    objects = {(item.type, item.code): item for item in reply.objects_said}
    if reply.objects:
        parent = etree.SubElement(root, "Objects")
        for item in reply.objects:
            attributes = {"ElementType": item.type, "ID": item.code, "Code": item.code, "Action": item.action.value}
            _properties(etree.SubElement(parent, "Object", attributes), objects.get((item.type, item.code)))
    joined = {_joined(item): item for item in reply.mappings_said}
    if reply.mappings:
        parent = etree.SubElement(root, "Mappings")
        for link in reply.mappings:
            attributes = {
                **{"ParentType": link.parent_type, "ParentID": link.parent_code, "ParentCode": link.parent_code},
                **{"ElementType": link.element_type, "ElementID": link.element_code, "ElementCode": link.element_code},
                "Action": link.action.value,
            }
            _properties(etree.SubElement(parent, "Mapping", attributes), joined.get(_joined(link)))
    if reply.result is not None:
        own = etree.SubElement(root, "Reply")
        etree.SubElement(own, _RESULT).text = str(reply.result)
        etree.SubElement(own, _DESCRIPTION).text = printable(reply.description or "")
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _named(root: etree._Element, group: str, name: str) -> Iterator[etree._Element]:
    for item in xml.children(root):
        if xml.local(item) == group:
            yield from (child for child in xml.children(item) if xml.local(child) == name)


def _values(element: etree._Element) -> dict[str, str]:
    """Child elements and properties by their names, without case; the first of a name counts."""
    found: dict[str, str] = {}
    for item in xml.children(element):
        own = xml.local(item)
        name = (xml.attribute(item, "Name") or "").casefold() if own == "property" else own
        found.setdefault(name, xml.text_of(item))
    return found


def _result(values: dict[str, str]) -> int | str | None:
    """A result: a number where it is one; None where nothing is said."""
    text = values.get(_RESULT.casefold(), "")
    digits = text.removeprefix("-").removeprefix("+")
    if digits.isascii() and digits.isdigit() and len(digits) <= 9:
        return int(text)
    return text or None


def _said(elements: list[etree._Element]) -> Iterator[tuple[etree._Element, int | str, str | None]]:
    for item in elements:
        values = _values(item)
        if (result := _result(values)) is not None:
            yield item, result, words_from_outside(values.get(_ERROR.casefold()))


def _action(element: etree._Element) -> ObjectAction:
    try:
        return ObjectAction((xml.attribute(element, "Action") or ObjectAction.REGIST.value).upper())
    except ValueError:
        raise Unreadable(Flaw.FIELD, "Action") from None


def _object(element: etree._Element) -> dict[str, str]:
    code = xml.attribute(element, "Code") or xml.attribute(element, "ID") or ""  # 1.6 had the ID alone
    return {"type": xml.attribute(element, "ElementType") or "", "code": code}


def _mapping(element: etree._Element) -> dict[str, str]:
    def of(name: str) -> str:
        return xml.attribute(element, f"{name}Code") or xml.attribute(element, f"{name}ID") or ""

    return {
        "parent_type": xml.attribute(element, "ParentType") or "",
        "parent_code": of("Parent"),
        "element_type": xml.attribute(element, "ElementType") or "",
        "element_code": of("Element"),
    }


def _joined(item: OrderedMapping | MappingResult) -> tuple[str, str, str, str]:
    return item.parent_type, item.parent_code, item.element_type, item.element_code


def _properties(element: etree._Element, said: ObjectResult | MappingResult | None) -> None:
    if said is None:
        return
    etree.SubElement(element, "Property", Name=_RESULT).text = str(said.result)
    if said.description is not None:
        etree.SubElement(element, "Property", Name=_ERROR).text = printable(said.description)
