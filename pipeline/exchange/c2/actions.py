"""What becomes of each object and mapping at a head-end, by our records of what it holds. Pure.

What it does not hold is registered. A programme or series that it holds is updated. Movies and pictures have codes of
their own in each revision, so what stays has nothing said of it, and what is not wanted any more is deleted, mappings
first. Categories are the branch's: they are never deleted.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from pipeline.model.base import canonical
from pipeline.model.c2 import Action, ContentObject, ElementType, MappingKey, ObjectKey, Property, WorkOrder
from pipeline.model.c2 import Mapping as Link
from pipeline.model.c2_dialect import Dialect
from pipeline.model.programme import Programme
from pipeline.package.metadata import c2
from pipeline.package.metadata.c2 import OrderFault

LASTING = (ElementType.SERIES, ElementType.PROGRAM)  # their codes stay from revision to revision
SHARED = (ElementType.CATEGORY,)


@dataclass(frozen=True)
class Held:
    """What a head-end holds of one submission.

    Args:
        mappings: by what they join, with the fingerprint of what was said of each.
    """

    objects: frozenset[ObjectKey] = frozenset()
    mappings: Mapping[MappingKey, str] = field(default_factory=dict)


def fingerprint(properties: Iterable[Property]) -> str:
    """16 hex digits of what is said of a mapping, by which it is known whether it changed."""
    said = sorted((item.name, item.text) for item in properties)
    return hashlib.sha256(canonical([list(item) for item in said])).hexdigest()[:16] if said else ""


def decided(programme: Programme | None, dialect: Dialect, held: Held) -> tuple[WorkOrder, tuple[OrderFault, ...]]:
    """The order that leaves the head-end with exactly this programme, and what the dialect lacks in it.

    Args:
        programme: the newest revision that stands; None where none does, and all that is held is to go.
        An UPDATE of a programme that is held says everything anew: what was said of it is not kept in records.
    """
    wanted, faults = c2.order(programme, dialect, held.objects) if programme else (None, ())
    wanted = wanted or WorkOrder()
    objects = [item for item in wanted.objects if item.key not in held.objects or item.element_type in LASTING]
    kept = {item.key for item in wanted.objects}
    mappings = [link for item in wanted.mappings if (link := _mapping(item, dialect, held))]
    joined = {item.key for item in wanted.mappings}
    gone = [key for key in held.objects if key not in kept and key[0] not in SHARED]
    parted = [key for key in held.mappings if key not in joined]
    if dialect.series_delete_takes_movies:
        gone, parted = _without_what_goes_with_a_series(gone, parted)
    attributes = wanted.attributes or tuple(
        Property(name=name, text=text) for name, text in dialect.root.attributes.items()
    )
    order = WorkOrder(
        objects=(*objects, *(_deleted(key) for key in sorted(gone))),
        mappings=(*(_parted(key) for key in sorted(parted)), *mappings),
        attributes=attributes,
    )
    return order, faults


def _mapping(wanted: Link, dialect: Dialect, held: Held) -> Link | None:
    """With its action; None where it is held as it is wanted. Without UPDATE what changed is registered again."""
    before = held.mappings.get(wanted.key)
    if before is None:
        return wanted
    if before == fingerprint(wanted.properties):
        return None
    rule = dialect.mapping(wanted.parent_type, wanted.element_type)
    action = Action.UPDATE if rule and Action.UPDATE in rule.actions else Action.REGIST
    return wanted.model_copy(update={"action": action})


def _without_what_goes_with_a_series(
    gone: list[ObjectKey], parted: list[MappingKey]
) -> tuple[list[ObjectKey], list[MappingKey]]:
    """Without the movies that a series which is deleted takes with it, and without their mappings to it."""
    series = {code for kind, code in gone if kind == ElementType.SERIES}
    taken = {
        (element, code)
        for parent, parent_code, element, code in parted
        if parent == ElementType.SERIES and parent_code in series and element == ElementType.MOVIE
    }
    return (
        [key for key in gone if key not in taken],
        [key for key in parted if not ((key[2], key[3]) in taken and key[0] == ElementType.SERIES)],
    )


def _deleted(key: ObjectKey) -> ContentObject:
    return ContentObject(element_type=key[0], code=key[1], action=Action.DELETE)


def _parted(key: MappingKey) -> Link:
    return Link(parent_type=key[0], parent_code=key[1], element_type=key[2], element_code=key[3], action=Action.DELETE)
