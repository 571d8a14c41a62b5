"""The dialects of C2 by name: the workspace's own win over those that come with the program."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import cache
from pathlib import Path

from pipeline import extends, shipped, yamlio
from pipeline.errors import InputError
from pipeline.model.c2 import ElementType
from pipeline.model.c2_dialect import Dialect
from pipeline.package.metadata import c2_codes, values
from pipeline.package.metadata.field_texts import DURATIONS, WHOLE
from pipeline.yamlio import Document, Location, Problem

FOLDER = "c2"
STORED = "c2-3.0"  # of the order that lies in a package
_KNOWN: dict[str, frozenset[str]] = {
    ElementType.CATEGORY: frozenset((*values.DESCRIBED, "parent")),
    ElementType.SERIES: values.SERIES_NAMES,
    ElementType.PROGRAM: values.PROGRAM_NAMES,
    ElementType.MOVIE: frozenset((*values.PROGRAM_NAMES, *values.STREAM, "descriptor", "burnt_title")),
    ElementType.PICTURE: frozenset((*values.PROGRAM_NAMES, *values.PICTURE)),
}
_DAY = re.compile(r"(?:%[YmdHMS]|[^%])+")  # what strftime may be asked for
_OF_MAPPINGS = frozenset(("sequence", "picture_type", "picture_sequence"))


def dialect(name: str, folders: Sequence[Path]) -> Dialect:
    """The dialect of this name; `folders` hold profiles, their `c2/` hold dialects.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    return read(document(name, folders))


def document(name: str, folders: Sequence[Path]) -> Document:
    """Its file with all that it extends; raises as `dialect`."""
    within = [folder / FOLDER for folder in folders]
    return extends.resolve(extends.find(name, within, kind="dialect"), within, kind="dialect")


@cache
def stored() -> Dialect:
    """The one that packages hold their order in: no workspace changes it, so a package is the same everywhere."""
    return dialect(STORED, [shipped.folder("profiles")])


def read(source: Document) -> Dialect:
    """A document as a dialect all of whose values there are.

    Raises:
        InputError: it is none, with FILE:LINE:COLUMN.
    """
    found = yamlio.validate(Dialect, source, form="c2")
    problems = [
        Problem(source.where(at), source.field(at), kind, "", {"value": value, "known": ", ".join(sorted(known))})
        for at, kind, value, known in _faults(found)
    ]
    if problems:
        raise InputError(
            "yaml_invalid", where=problems[0].where, field=problems[0].field, form="c2", problems=tuple(problems)
        )
    return found


def _faults(found: Dialect) -> Iterator[tuple[Location, str, str, frozenset[str]]]:
    """What names a value or a form that there is not."""
    rows: list[tuple[Location, frozenset[str]]] = []
    for number, element in enumerate(found.elements):
        rows.append((("elements", number), _KNOWN[element.name]))
    for number, _ in enumerate(found.mappings):
        rows.append((("mappings", number), _OF_MAPPINGS))
    for at, known in rows:
        holder = found.elements[int(at[1])] if at[0] == "elements" else found.mappings[int(at[1])]
        for index, rule in enumerate(holder.properties):
            place = (*at, "properties", index)
            if rule.source is not None and rule.source not in known:
                yield (*place, "from"), "value_unknown", rule.source, known
            forms = DURATIONS if rule.source == "duration" else ("%Y%m%d",) if rule.source in values.DAYS else ()
            is_day = rule.source in values.DAYS and _DAY.fullmatch(rule.format or "") is not None
            if rule.format is not None and rule.format not in forms and not is_day:
                yield (*place, "format"), "value_unknown", rule.format, frozenset(forms)
            if rule.source in WHOLE and rule.cut:
                yield (*place, "cut"), "cut_whole", rule.source, frozenset()
    if found.code.most < c2_codes.LENGTH:
        yield ("code", "most"), "codes_longer", str(found.code.most), frozenset((str(c2_codes.LENGTH),))
