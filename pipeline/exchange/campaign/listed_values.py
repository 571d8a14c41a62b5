"""What the cells of a season's list mean: days and marks, lengths, columns."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, timedelta

from pipeline.errors import InputError
from pipeline.exchange.campaign import typed
from pipeline.exchange.campaign.listed import DONE, OPEN, ListedCell
from pipeline.workbook import Odd

MARK = "√"  # a milestone that is done, without a day
_MOST_SHOWN = 80
_LONGEST_SHOWN_S = 5 * 3600  # of a cell that holds a time: 12:30 that a spreadsheet took for hours and minutes
_SIGNS = re.compile(r"[√✓✔☑✅●■()\[\]]")
_DONE_WORDS = re.compile(r"^(?:已完成|已|完成于|done)|(?:已完成|完成|完毕|done)$")
_CLOCK = re.compile(r"[\sT]+\d{1,2}:\d{2}(?::\d{2}(?:\.\d+)?)?$")
_RUN = re.compile(r"(\d{4})(\d{2})(\d{2})")
_NUMBER = re.compile(r"\d{1,4}(?:\.\d{1,2})?")
_SERIAL = re.compile(r"[3-7]\d{4}")
_SERIAL_FROM = date(1899, 12, 30)  # ECMA-376 part 1, 18.17.4.1: what a day is counted from
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


def text(cell: ListedCell) -> str:
    """A title or words, as they stand there.

    Raises:
        Unfit: they are none: without a letter or figure, as letters are left by who saves them in another encoding.
    """
    refuse_odd(cell, takes=(Odd.NUMBER,))
    if cell.text and not any(char.isalnum() for char in cell.text):
        raise Unfit("listed_letters", text=cell.text[:_MOST_SHOWN])
    return cell.text


def mark(cell: ListedCell, today: date) -> str:
    """When a milestone was done: a day (ISO 8601), `MARK` without one, nothing where it is not done.

    Taken are days as `typed.day` takes them, signs and words for yes and no, and both beside each other.

    Raises:
        Unfit: it is neither.
    """
    refuse_odd(cell, takes=(Odd.DATE, Odd.NUMBER))
    said = unicodedata.normalize("NFKC", cell.text).strip()
    if not said or said.casefold() in OPEN:
        return ""
    if said.casefold() in DONE:
        return MARK
    if _SERIAL.fullmatch(said):  # a day in one of the formats that a Chinese Excel has without saying how they look
        return (_SERIAL_FROM + timedelta(days=int(said))).isoformat()
    plain = _SIGNS.sub(" ", said).strip()
    plain = _DONE_WORDS.sub("", plain, count=2).strip(" ,;:，；：")
    if not plain:
        return MARK
    plain = _CLOCK.sub("", plain)
    if _LOST_ZERO.fullmatch(plain):
        raise Unfit("listed_day_dot", text=said[:_MOST_SHOWN])
    if run := _RUN.fullmatch(plain):
        plain = "-".join(run.groups())
    try:
        return typed.day(plain, today, cell.heading).isoformat()
    except InputError as error:
        raise Unfit("listed_day", text=said[:_MOST_SHOWN]) from error


def length_s(cell: ListedCell) -> float:
    """Seconds: as `typed.length_s` takes them, and a number alone where the heading says of what it is.

    Raises:
        Unfit: it is none.
    """
    refuse_odd(cell, takes=(Odd.DATE,))
    said = unicodedata.normalize("NFKC", cell.text).strip()
    heading = cell.heading.casefold()
    if _NUMBER.fullmatch(said) and any(unit in heading for unit in ("分", "min")):
        said = f"{round(float(said) * 60)}s"
    elif _NUMBER.fullmatch(said) and any(unit in heading for unit in ("秒", "sec")):
        said = f"{round(float(said))}s"
    try:
        found = typed.length_s(said, cell.heading)
    except InputError as error:
        raise Unfit("listed_length", text=said[:_MOST_SHOWN]) from error
    if cell.odd is Odd.DATE and found > _LONGEST_SHOWN_S:
        raise Unfit("listed_length", text=said[:_MOST_SHOWN])
    return found
