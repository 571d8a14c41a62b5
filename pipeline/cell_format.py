"""What people see of a cell: numbers and times as its format shows them (ECMA-376 part 1, 18.8.30 and 18.8.31)."""

from __future__ import annotations

import re
from datetime import date, datetime, time, timedelta
from typing import Any

_BREAK = "_x000D_"  # ECMA-376 part 1, 22.9.2.19: the carriage return of a line break
# of a number's format what adds nothing to its digits: colours, the width of a letter, a filled up space
_NO_DIGITS = re.compile(r"\[[^\]<>=]*\]|_.|\*.|\\ ")
_FIGURES = re.compile(r"#*(#,##)?(0+)(?:\.(0+))?")
# hours and minutes alone, ECMA-376 part 1, 18.8.31: what spreadsheets make of 0:05, and people mean seconds by it
_HOURS_MINUTES = re.compile(r"(\[\$[^\]]*\])?(\[h+\]|hh?):mm", re.IGNORECASE)


def is_number(value: object) -> bool:
    """Whether a cell's value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def shown_number(cell: Any) -> str | None:
    """What people see of a number, leading zeros of its format too; None where its format makes something else of it.

    Of what is no number, too. ECMA-376 part 1, 18.8.30 and 18.8.31.
    """
    if not is_number(cell.value):
        return None
    text = typed(cell.value)
    form = _NO_DIGITS.sub("", str(cell.number_format).split(";")[0])
    if form.casefold() in ("general", "@"):
        return text
    figures = _FIGURES.fullmatch(form)
    if not figures or cell.value < 0 or (figures[1] and cell.value >= 1000):
        return None
    if not figures[3] and text.isdigit():
        return text.zfill(len(figures[2]))
    return text if text == f"{cell.value:.{len(figures[3] or '')}f}" else None


def shown_time(cell: Any) -> str | None:
    """A time of day or a length as its format shows it: without seconds where it has hours and minutes alone.

    One that has seconds which its format hides is given whole. None of what is neither.
    """
    value = cell.value
    if isinstance(value, datetime) or not isinstance(value, time | timedelta):
        return None
    if isinstance(value, time):
        value = timedelta(hours=value.hour, minutes=value.minute, seconds=value.second, microseconds=value.microsecond)
    if value < timedelta():
        return None
    minutes, rest = divmod(value, timedelta(minutes=1))
    hours, minutes = divmod(minutes, 60)
    form = str(cell.number_format).split(";")[0]
    if not rest and _HOURS_MINUTES.fullmatch(form):
        return f"{hours}:{minutes:02}"
    parts = f".{rest.microseconds:06}".rstrip("0") if rest.microseconds else ""
    return f"{hours:02}:{minutes:02}:{rest.seconds:02}{parts}"


def typed(value: object) -> str:
    """A cell's value as people would type it."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return str(value).upper()
    if isinstance(value, float):  # a code that was kept as a number: 653200.0
        return str(int(value)) if value.is_integer() and abs(value) < 1e15 else repr(value)
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(" ")
    if isinstance(value, date):
        return value.isoformat()
    return str(value).replace(_BREAK, "").strip()
