"""What the cells of a season's list mean: days and marks, lengths, columns."""

from __future__ import annotations

import re
import unicodedata
from datetime import date

from pipeline.errors import InputError
from pipeline.exchange.campaign import typed
from pipeline.exchange.campaign.listed import DONE, OPEN, ListedCell
from pipeline.workbook import Odd

MARK = "√"  # a milestone that is done, on a day that nobody says
_MOST_SHOWN = 80
_LONGEST_SHOWN_S = 5 * 3600  # of a cell that holds a time: 12:30 that a spreadsheet took for hours and minutes
_SIGNS = re.compile(r"[√✓✔☑✅●■()\[\]]")
_DONE_WORDS = re.compile(r"^(?:已完成|已|完成于|done)|(?:已完成|完成|完毕|done)$")
_CLOCK = re.compile(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,2})?")
_LOST_ZERO = re.compile(r"\d{1,2}\.[123]")  # 6.1 may have been 6.10


class Unfit(Exception):
    """A cell that says nothing that can be taken: a key of the catalogue's `problem`, and its values."""

    def __init__(self, kind: str, **values: object):
        super().__init__(kind)
        self.kind, self.values = kind, values


def refuse_odd(cell: ListedCell, *, takes: tuple[Odd, ...] = ()) -> None:
    """Let pass a cell that holds what people see of it.

    Raises:
        Unfit: it is an error, a formula without a result, or a date or number where a text is meant.
    """
    if cell.odd and cell.odd not in takes:
        raise Unfit(f"listed_{cell.odd}", text=cell.text[:_MOST_SHOWN])


def mark(cell: ListedCell, today: date) -> str:
    """When a milestone was done: a day (ISO 8601), `MARK` for one that nobody says, nothing where it is not done.

    Taken are days as `typed.day` takes them, signs and words for yes and no, and both beside each other.

    Raises:
        Unfit: it is neither.
    """
    refuse_odd(cell, takes=(Odd.DATE,))
    text = unicodedata.normalize("NFKC", cell.text).strip()
    if not text or text.casefold() in OPEN:
        return ""
    if text.casefold() in DONE:
        return MARK
    plain = _SIGNS.sub(" ", text).strip()
    plain = _DONE_WORDS.sub("", plain, count=2).strip(" ,;:，；：")
    if not plain:
        return MARK
    plain = _CLOCK.sub("", plain)
    if _LOST_ZERO.fullmatch(plain):
        raise Unfit("listed_day_dot", text=text[:_MOST_SHOWN])
    if run := _RUN.fullmatch(plain):
        plain = "-".join(run.groups())
    try:
        return typed.day(plain, today, cell.heading).isoformat()
    except InputError as error:
        raise Unfit("listed_day", text=text[:_MOST_SHOWN]) from error


def length_s(cell: ListedCell) -> float:
    """Seconds: as `typed.length_s` takes them, and a number alone where the heading says of what it is.

    Raises:
        Unfit: it is none.
    """
    refuse_odd(cell, takes=(Odd.DATE,))
    text = unicodedata.normalize("NFKC", cell.text).strip()
    heading = cell.heading.casefold()
    if _NUMBER.fullmatch(text) and any(unit in heading for unit in ("分", "min")):
        text = f"{round(float(text) * 60)}s"
    elif _NUMBER.fullmatch(text) and any(unit in heading for unit in ("秒", "sec")):
        text = f"{round(float(text))}s"
    try:
        found = typed.length_s(text, cell.heading)
    except InputError as error:
        raise Unfit("listed_length", text=text[:_MOST_SHOWN]) from error
    if cell.odd is Odd.DATE and found > _LONGEST_SHOWN_S:
        raise Unfit("listed_length", text=text[:_MOST_SHOWN])
    return found
