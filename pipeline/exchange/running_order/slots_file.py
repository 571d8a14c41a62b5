"""`slots.yaml` as it is read: strictly, with its columns by the vocabulary."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from pipeline import yamlio
from pipeline.errors import InLanguages, InputError
from pipeline.model.slots import Slots
from pipeline.model.vocabulary import Vocabulary
from pipeline.yamlio import Document, Location, Problem

FORM = "slots"


def read(path: Path, columns: Vocabulary) -> Slots:
    """The file; its columns are the vocabulary's ids, however they were written.

    Raises:
        InputError: it is wrong, with FILE:LINE:COLUMN of each place.
    """
    document = yamlio.load(path)
    slots = yamlio.validate(Slots, document, form=FORM)
    data = slots.model_dump(mode="json", by_alias=True)
    wrong = []
    for written, at, location in list(_columns(data)):
        if term := columns.find(written[at]):
            written[at] = term.name
        else:
            wrong.append(_unknown(document, location, written[at], columns))
    if wrong:
        raise InputError("yaml_invalid", where=wrong[0].where, field=wrong[0].field, form=FORM, problems=tuple(wrong))
    return Slots.model_validate_json(json.dumps(data))


def _columns(data: dict[str, Any]) -> Iterator[tuple[list[str], int, Location]]:
    """Each list of columns, a place in it, and where that stands in the file."""
    lists: list[tuple[Location, list[str] | None]] = [(("rules", "columns"), data["rules"]["columns"])]
    lists += [(("slots", index, "columns"), slot["columns"]) for index, slot in enumerate(data["slots"])]
    lists += [
        (("rules", "repeats", index, "columns"), rule["columns"]) for index, rule in enumerate(data["rules"]["repeats"])
    ]
    for location, written in lists:
        for at in range(len(written or ())):
            yield written or [], at, (*location, at)


def _unknown(document: Document, location: Location, written: str, columns: Vocabulary) -> Problem:
    terms = columns.terms
    known = InLanguages("、".join(item.zh for item in terms), ", ".join(item.en for item in terms))
    values = {"value": written, "known": known}
    return Problem(document.where(location), document.field(location), "value_unknown", "", values)
