"""What a head-end's answer file says of an order (C2 3.0, clause 3.16): in the whole, and of each object."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from pipeline.exchange.c2 import outside_words
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable
from pipeline.model.c2 import ContentObject, Mapping, ObjectKey, Property, WorkOrder
from pipeline.model.c2_records import MOST_OBJECTS, MappingResult, ObjectResult, Said
from pipeline.package.metadata import c2_order
from pipeline.package.metadata.c2_order import NoWorkOrder

MOST_BYTES = c2_order.MOST_BYTES
MOST_CODE = 32  # characters of a result; clause 3.16 has five
Item = TypeVar("Item", ContentObject, Mapping)


@dataclass(frozen=True)
class Reply:
    """What an answer file says.

    Args:
        result: 0 all done, 1 a part, else a code; None where it has no Reply: then its objects alone tell.
        objects, mappings: those of which it says a result.
        codes: of all objects that it names: a reply names no order, they do.
        actions: what it says was to become of each, where it says it.
    """

    result: Said | None
    description: str | None
    objects: tuple[ObjectResult, ...]
    mappings: tuple[MappingResult, ...]
    codes: frozenset[ObjectKey]
    actions: frozenset[tuple[ObjectKey, str]] = frozenset()


def read(content: bytes) -> Reply:
    """An answer file.

    Raises:
        Unreadable: it is none.
    """
    try:
        said = c2_order.from_xml(content)
    except NoWorkOrder as error:
        raise Unreadable(Flaw.NO_REPLY, str(error)[:200]) from error
    if max(len(said.objects), len(said.mappings)) > MOST_OBJECTS:
        raise Unreadable(Flaw.TOO_LARGE)
    try:
        return _of_order(said)
    except ValidationError as error:
        where = error.errors(include_input=False)[0]["loc"]
        raise Unreadable(Flaw.FIELD, ".".join(map(str, where))) from None


def _of_order(said: WorkOrder) -> Reply:
    reply = Reply(
        result=_result(said.reply.result) if said.reply else None,
        description=outside_words.kept(said.reply.description) if said.reply else None,
        objects=tuple(
            ObjectResult(type=item.element_type, code=item.code, result=result, description=words)
            for item, result, words in _results(said.objects)
        ),
        mappings=tuple(
            MappingResult(
                parent_type=item.parent_type,
                parent_code=item.parent_code,
                element_type=item.element_type,
                element_code=item.element_code,
                result=result,
                description=words,
            )
            for item, result, words in _results(said.mappings)
        ),
        codes=frozenset(item.key for item in said.objects),
        actions=frozenset((item.key, item.action.strip().upper()) for item in said.objects if item.action.strip()),
    )
    if reply.result is None and not (reply.objects or reply.mappings):
        raise Unreadable(Flaw.NO_REPLY)  # an order, perhaps
    return reply


def _results(items: Sequence[Item]) -> Iterator[tuple[Item, Said, str | None]]:
    for item in items:
        if (result := _result(_property(item.properties, "Result"))) is not None:
            yield item, result, outside_words.kept(_property(item.properties, "ErrorDescription"))


def _property(properties: Sequence[Property], name: str) -> str:
    return next((item.text for item in properties if item.name.casefold() == name.casefold()), "")


def _result(text: str) -> Said | None:
    """A number where it is one; None where nothing is said."""
    text = text.strip()
    digits = text.removeprefix("-").removeprefix("+")
    return int(text) if digits.isascii() and digits.isdigit() and len(digits) <= 9 else text[:MOST_CODE] or None
