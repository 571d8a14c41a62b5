"""The tables by name: the workspace's own win over those that come with the program."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import extends, yamlio
from pipeline.errors import InputError
from pipeline.model.branch_table import BranchTable, Column, RowKind, TableSheet, template_fields
from pipeline.package.branch_table import rows
from pipeline.package.branch_table.templates import FIGURES
from pipeline.package.metadata.field_texts import DURATIONS
from pipeline.yamlio import Document, Location, Problem

FOLDER = "tables"
_DATES = frozenset(("air_date", "produced", "licence_from", "licence_until", "ready_at"))
_DURATIONS = frozenset(("duration", "stream_duration"))
_HEADS: tuple[RowKind, ...] = ("series", "programme")


@dataclass(frozen=True)
class _Fault:
    """What is wrong between values: where, of which kind, what stands there, what may."""

    at: Location
    kind: str
    value: str
    known: frozenset[str] = frozenset()


def table(name: str, folders: Sequence[Path]) -> BranchTable:
    """The table of this name; `folders` hold profiles, their `tables/` hold tables.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    within = [folder / FOLDER for folder in folders]
    return read(extends.resolve(extends.find(name, within, kind="table"), within, kind="table"))


def read(source: Document) -> BranchTable:
    """A document as a table all of whose values there are.

    Raises:
        InputError: it is none, with FILE:LINE:COLUMN.
    """
    found = yamlio.validate(BranchTable, source, form="table")
    problems = [
        Problem(
            source.where(fault.at),
            source.field(fault.at),
            fault.kind,
            "",
            {"value": fault.value, "known": ", ".join(sorted(fault.known))},
        )
        for fault in _faults(found)
    ]
    if problems:
        first = problems[0]
        raise InputError("yaml_invalid", where=first.where, field=first.field, form="table", problems=tuple(problems))
    return found


def known_names(table: BranchTable, sheet: TableSheet) -> frozenset[str]:
    """The values that a column of the sheet may take."""
    joining = set()
    if any(other.rows in _HEADS for other in table.sheets):
        joining.add("series_number")
    if sheet.rows not in _HEADS and any(other.rows == "episode" for other in table.sheets):
        joining.add("episode_number")
    return rows.KNOWN[sheet.rows] | joining


def _faults(found: BranchTable) -> Iterator[_Fault]:
    """What names a value, a form, a column or a picture that there is not."""
    for kind in ("stream", "picture"):
        template = getattr(found.addresses, kind)
        yield from _of_template(("addresses", kind), template, rows.ADDRESS_NAMES[kind])
    pictures = frozenset(item.name for item in found.pictures)
    for number, sheet in enumerate(found.sheets):
        at: Location = ("sheets", number)
        names = frozenset(column.name for column in sheet.columns)
        for index, name in enumerate(sheet.order):
            if name not in names:
                yield _Fault((*at, "order", index), "value_unknown", name, names)
        for index, column in enumerate(sheet.columns):
            place = (*at, "columns", index)
            yield from _of_column(place, column, known_names(found, sheet))
            if column.picture is not None and column.picture not in pictures:
                yield _Fault((*place, "picture"), "value_unknown", column.picture, pictures)


def _of_column(place: Location, column: Column, known: frozenset[str]) -> Iterator[_Fault]:
    if column.template is not None:
        yield from _of_template((*place, "template"), column.template, known)
    if column.source is not None and column.source not in known:
        yield _Fault((*place, "from"), "value_unknown", column.source, known)
    elif column.source in _DURATIONS and column.format is not None and column.format not in DURATIONS:
        yield _Fault((*place, "format"), "value_unknown", column.format, frozenset(DURATIONS))
    if column.cell == "date" and column.source not in _DATES:
        yield _Fault((*place, "cell"), "cell_no_date", column.source or "", _DATES & known)


def _of_template(at: Location, template: str, known: frozenset[str]) -> Iterator[_Fault]:
    for name, form in template_fields(template):
        if name not in known:
            yield _Fault(at, "value_unknown", name, known)
        elif form is None or FIGURES.fullmatch(form):
            continue
        elif name in _DURATIONS and form not in DURATIONS:
            yield _Fault(at, "value_unknown", form, frozenset(DURATIONS))
        elif name not in _DURATIONS | _DATES:
            yield _Fault(at, "form_unknown", form, frozenset(("02", "03")))
