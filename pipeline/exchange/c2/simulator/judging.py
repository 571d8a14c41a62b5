"""Whether a simulated head-end can take what an order says: schema, dialect, what is registered, the media itself."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from pathlib import Path

from lxml import etree

from pipeline.exchange.c2 import fetching
from pipeline.exchange.c2.fetching import Bounds, NotFetched
from pipeline.exchange.c2.simulator.registry import HeadEndState
from pipeline.exchange.c2.simulator.spoken import said
from pipeline.media.mpegts import analysis
from pipeline.media.mpegts.packets import NotTransportStream
from pipeline.model.c2 import Action, ContentObject, ElementType, Mapping, MappingKey, ObjectKey, WorkOrder
from pipeline.model.c2_dialect import Dialect, PropertyRule
from pipeline.model.stream import Status
from pipeline.package.metadata import c2_order
from pipeline.package.metadata.c2_order import NoWorkOrder

MOST_MEDIA = 64 << 30
MEDIA_S = 3600.0
_PICTURES = (b"\xff\xd8\xff", b"\x89PNG")
Faults = dict[ObjectKey | MappingKey, str]


class BadOrder(Exception):
    """The order as a whole can't be done; its argument says why."""


def read(content: bytes, dialect: Dialect) -> WorkOrder:
    """An order's file.

    Raises:
        BadOrder: it is none, or not of the schema, or its root is not the dialect's.
    """
    try:
        order = c2_order.from_xml(content)
    except NoWorkOrder as error:
        raise BadOrder(said("unreadable", detail=error)) from error
    root = etree.fromstring(content)
    namespace = etree.QName(root).namespace
    if namespace != dialect.root.namespace:
        raise BadOrder(said("namespace", namespace=namespace or "-"))
    for item in root.iter(etree.Element):
        item.tag = etree.QName(item).localname
    for header in root.findall("Header"):
        root.remove(header)
    if "Version" in root.attrib:
        del root.attrib["Version"]
    schema = etree.XMLSchema(etree.parse(str(c2_order.SCHEMA)))
    try:
        schema.assertValid(root)
    except etree.DocumentInvalid as error:
        raise BadOrder(said("schema", detail=error)) from error
    return order


def faults(order: WorkOrder, dialect: Dialect, state: HeadEndState, scratch: Path) -> Faults:
    """What of an order can't be done, with the reason; empty where all can."""
    found: Faults = {}
    registered = set(state.objects)
    for item in order.objects:
        if words := _object(item, dialect, registered, scratch):
            found[item.key] = words
        elif item.action != Action.DELETE:
            registered.add(item.key)
    mapped = set(state.mappings)
    for link in order.mappings:
        if words := _mapping(link, dialect, registered, mapped):
            found[link.key] = words
    return found


def _object(item: ContentObject, dialect: Dialect, registered: set[ObjectKey], scratch: Path) -> str | None:
    rule = dialect.element(item.element_type)
    if rule is None:
        return said("kind")
    if item.action == Action.REGIST and item.key in registered:
        return said("known")
    if item.action != Action.REGIST and item.key not in registered:
        return said("unknown")
    if item.action == Action.DELETE:
        return None
    values = {known.name: known.text for known in item.properties}
    wrong = list(_properties(rule.properties, values, item.action))
    if wrong:
        return "；".join(wrong)
    addresses = (values.get(known.title) for known in rule.properties if known.source == "file")
    address = next((found for found in addresses if found is not None), None)
    return _media(item, address, values.get("FileSize"), scratch) if address is not None else None


def _properties(rules: tuple[PropertyRule, ...], values: dict[str, str], action: str) -> Iterator[str]:
    for rule in rules:
        text = values.get(rule.title)
        if text is None and rule.required and action in rule.required_with:
            yield said("lacks", name=rule.title)
        elif text is not None and rule.most is not None and len(text) > rule.most:
            yield said("long", name=rule.title, most=rule.most)


def _mapping(link: Mapping, dialect: Dialect, registered: set[ObjectKey], mapped: set[MappingKey]) -> str | None:
    """Categories are the branch's own; a mapping that is there may be registered again (clause 3.15 has no UPDATE)."""
    rule = dialect.mapping(link.parent_type, link.element_type)
    if rule is None or link.action not in rule.actions:
        return said("link", action=link.action)
    if link.action == Action.DELETE:
        return None if link.key in mapped else said("unlinked")
    for kind, code in (link.key[:2], link.key[2:]):
        if kind != ElementType.CATEGORY and (kind, code) not in registered:
            return said("end", kind=kind, code=code)
    values = {item.name: item.text for item in link.properties}
    return next(_properties(rule.properties, values, link.action), None)


def _media(item: ContentObject, address: str, size: str | None, scratch: Path) -> str | None:
    with tempfile.NamedTemporaryFile(dir=scratch, suffix=".media") as kept:
        try:
            fetching.fetch(address, Bounds(MOST_MEDIA, MEDIA_S), kept.write)
        except NotFetched as error:
            return said("fetch", detail=error.words or error.why)
        kept.flush()
        path = Path(kept.name)
        length = path.stat().st_size
        if size is not None and size != str(length):
            return said("size", wanted=size, actual=length)
        if item.element_type == ElementType.PICTURE:
            with path.open("rb") as picture:
                return None if picture.read(4).startswith(_PICTURES) else said("picture")
        return _stream(path)


def _stream(path: Path) -> str | None:
    """By the analyser that our own packages pass."""
    try:
        made = analysis.analyse(path)
    except NotTransportStream as error:
        return said("no_stream", detail=error)
    bad = [analysis.summary(check) for check in made.checks if check.status is Status.ERROR]
    return said("stream", checks="；".join(bad[:3])) if bad else None
