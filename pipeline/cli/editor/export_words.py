"""What is said of a branch's table: what it holds, what was left out, which cells can't be filled."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import catalogue
from pipeline.cli.console import Console, size
from pipeline.errors import InLanguages, InputError
from pipeline.exchange.listing import Listed
from pipeline.model.branch_table import BranchTable
from pipeline.package.branch_table.filling import CellFault, FilledTable
from pipeline.yamlio import Problem

MOST_SHOWN = 20


def refuse_faults(console: Console, table: BranchTable, filled: FilledTable) -> None:
    """Let pass a table all of whose cells could be made.

    Raises:
        InputError: one could not; nothing is written then.
    """
    if not filled.faults:
        return
    for fault in filled.faults:
        console.give(
            {
                "item": fault.listed.ref,
                "sheet": fault.sheet,
                "column": fault.heading,
                "problem": fault.kind,
                "value": fault.source or None,
            }
        )
    problems = tuple(_problem(fault) for fault in filled.faults[:MOST_SHOWN])
    count = len(filled.faults)
    raise InputError("export_cells", where=problems[0].where, table=table.name, count=count, problems=problems)


def _problem(fault: CellFault) -> Problem:
    value = InLanguages(*(_value(language, fault) for language in catalogue.LANGUAGES))
    told = {"value": value, "most": fault.most, "actual": fault.actual, "text": fault.text, "other": fault.other}
    where = f"{fault.sheet} {fault.listed.ref} {fault.title}".rstrip()
    return Problem(where, fault.heading, f"cell_{fault.kind}", "", told)


def _value(language: catalogue.Language, fault: CellFault) -> str:
    key = f"text.value_{fault.source}"
    return catalogue.say(language, key) if fault.source and catalogue.has(key) else fault.heading


def tell_reading(console: Console, count: int, total: int) -> None:
    """That files are read whole, which takes its time."""
    console.remark("export_reading", count=count, size=size(total))


def tell(console: Console, table: BranchTable, paths: Sequence[Path], found: Listed, filled: FilledTable) -> None:
    """What was written and what was not."""
    sheets = [{"title": sheet.title, "rows": len(sheet.rows)} for sheet in filled.sheets]
    listed = len(found.programmes) - len(filled.without_streams)
    console.give(
        {
            "item": table.name,
            "files": [str(path) for path in paths],
            "programmes": listed,
            "sheets": sheets,
            "shortened": filled.cut,
            "superseded": found.superseded,
            "withdrawn": found.withdrawn,
            "without_streams": [item.ref for item in filled.without_streams],
            "rejected": [str(item.ref) for item in found.rejected],
        }
    )
    for path in paths:
        console.say("export_written", file=path)
    counts = ", ".join(console.word("export_sheet", **sheet) for sheet in sheets)
    console.say("export_holds", count=listed, sheets=counts)
    if filled.cut:
        console.say("export_shortened", count=filled.cut)
    tell_left_out(console, found, filled)
    for item in found.rejected:
        console.tell("export_rejected", id=item.ref.typed, title=item.title)


def tell_left_out(console: Console, found: Listed, filled: FilledTable) -> None:
    """What is delivered and stands in no row."""
    if found.superseded or found.withdrawn:
        console.remark("export_left_out", superseded=found.superseded, withdrawn=found.withdrawn)
    for item in filled.without_streams:
        title = item.programme.description.title.zh
        console.remark("export_no_stream", id=item.ref, title=title)
