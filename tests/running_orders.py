"""Slots and films that nothing was made for."""

from __future__ import annotations

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from pipeline.exchange.running_order.holding import OrderRow
from pipeline.model.china_time import CHINA
from pipeline.model.course import Title
from pipeline.model.metadata import Licence
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import Film, RunningOrder, Standing
from pipeline.model.slots import Slots

EVENING: dict[str, Any] = {
    "name": "evening",
    "from": "2027-07-01",
    "until": "2027-07-03",
    "start": "19:30",
    "minutes": 30,
}


def slots(*rows: dict[str, Any], **rules: Any) -> Slots:
    """A file with these slots, or an evening on three days."""
    data = {
        "schema_version": 1,
        "campaign": "july-2027",
        "name": {"zh": "七一展播", "en": "July 1 showcase"},
        "slots": rows or [EVENING],
        "rules": rules,
    }
    return Slots.model_validate_json(json.dumps(data))


def evenings(days: int, **more: Any) -> dict[str, Any]:
    """An evening on so many days from the first of July."""
    return {**EVENING, "until": f"2027-07-{days:02}", **more}


def film(name: str, minutes: float = 20, **more: Any) -> Film:
    """A film that was taken over; `name` is PREFECTURE/ID."""
    prefecture, submission_id = name.split("/")
    return Film(
        **{
            "prefecture": prefecture,
            "submission_id": submission_id,
            "title": Title(zh=f"片{submission_id}"),
            "standing": Standing.TAKEN_OVER,
            "column": "showcase",
            "languages": ("zho",),
            "seconds": round(minutes * 60),
            "package_id": "p" + submission_id,
            **more,
        }
    )


def licence(start: str, until: str) -> Licence:
    """A licence by its days."""
    return Licence.model_validate_json(json.dumps({"from": start, "until": until}))


def at(text: str) -> datetime:
    """A moment in China: 2027-07-01 19:30."""
    return datetime.fromisoformat(text).replace(tzinfo=CHINA)


def ref(name: str) -> SubmissionRef:
    """PREFECTURE/ID."""
    return SubmissionRef(*name.split("/"))


def shown(order: RunningOrder) -> list[str]:
    """Each showing in a line: 01 19:30 653200/a 1."""
    return [f"{item.start.astimezone(CHINA):%d %H:%M} {item.ref} {item.number}" for item in order.showings]


def left(order: RunningOrder) -> dict[str, str]:
    """Each film that is left out with its reason, a repeat by its number."""
    return {
        str(item.ref) if item.number == 1 else f"{item.ref} {item.number}": item.why.reason.value
        for item in order.left_out
    }


def written(path: Path, text: str) -> Path:
    """A file of this text."""
    path.write_text(text, encoding="utf-8")
    return path


def rows(*told: str) -> list[OrderRow]:
    """Rows of a table by the day of July, the time and the id."""
    found = []
    for number, text in enumerate(told, start=2):
        day, time, name = text.split()
        found.append(OrderRow(f"o.csv:{number}", at(f"2027-07-{day} {time}"), ref(name)))
    return found
