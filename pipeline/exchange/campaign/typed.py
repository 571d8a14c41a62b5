"""Days and lengths as people type them: what is plain is taken, and what is not is refused in words."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from datetime import date, timedelta
from typing import TypeVar

from pipeline import yamlio
from pipeline.errors import InputError
from pipeline.model.base import Noun
from pipeline.model.campaign_records import LONGEST_S
from pipeline.model.days_off import FIRST_DAY, LAST_DAY
from pipeline.yamlio import Document, Location

EntryT = TypeVar("EntryT", bound=Noun)
_MOST_SHOWN = 40
_HALF_A_YEAR, _A_YEAR = 184, 366  # days
_EXAMPLE = (6, 10)  # month and day, as the advice has them
_DAY = re.compile(r"(?:(\d{4})\s*[-/.年]\s*)?(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*[日号]?")
_CLOCK = re.compile(r"(?:(\d{1,2}):)?(\d{1,4}):([0-5]\d)")
_UNITS = re.compile(
    r"(?:(?P<h>\d{1,2})\s*(?:小时|时|hours?|h))?\s*"
    r"(?:(?P<m>\d{1,4})\s*(?:分钟|分|minutes?|mins?|m|′(?!′)|'(?!')))?\s*"
    r"(?:(?P<s>\d{1,5})\s*(?:秒钟|秒|seconds?|secs?|s|″|′′|''|\"))?",
    re.IGNORECASE,
)


def day(text: str, today: date, where: str) -> date:
    """`2027-06-10`, `2027年6月10日`, `6月10日`, `6-10`, `6/10`: month before day, as it is written here.

    Without a year it is the one of that name that is nearest to today, so that 12-28 typed in January was last month.

    Args:
        where: what the text was given for.

    Raises:
        InputError: it is no such day, or one that nobody can mean.
    """
    return _day(text, today, (_HALF_A_YEAR, _HALF_A_YEAR), where)


def day_to_come(text: str, today: date, where: str) -> date:
    """The same; without a year it is the next one of that name, so that 7-1 typed in November is next summer's."""
    return _day(text, today, (0, _A_YEAR), where)


def _day(text: str, today: date, around: tuple[int, int], where: str) -> date:
    """The day that is meant; without a year the nearest to today, of so many days before it and behind it."""
    first, last = today - timedelta(days=around[0]), today + timedelta(days=around[1])
    match = _DAY.fullmatch(_narrow(text))
    if match and match[1]:
        found = [item for item in _days((int(match[1]),), int(match[2]), int(match[3])) if _is_known(item)]
    else:
        found = _between(first, last, int(match[2]), int(match[3])) if match else []
    if not found:
        example = next(iter(_between(first, last, *_EXAMPLE)), today)
        raise InputError("campaign_day_wrong", where=where, value=text[:_MOST_SHOWN], example=str(example))
    return min(found, key=lambda item: abs(item - today))


def _between(first: date, last: date, month: int, of_month: int) -> list[date]:
    days = _days(range(first.year, last.year + 1), month, of_month)
    return [item for item in days if first <= item <= last and _is_known(item)]


def _is_known(item: date) -> bool:
    return FIRST_DAY <= item <= LAST_DAY


def length_s(text: str, where: str) -> float:
    """Seconds: `25:00`, `1:02:03`, `25分30秒`, `25′30″`, `25m`, `90s`; a number alone is none, since nobody knows of
    what.

    Raises:
        InputError: it is no length, or longer than a day.
    """
    narrow = _narrow(text)
    seconds = 0
    if match := _CLOCK.fullmatch(narrow):
        seconds = int(match[1] or 0) * 3600 + int(match[2]) * 60 + int(match[3])
        if match[1] and int(match[2]) > 59:
            seconds = 0
    elif match := _UNITS.fullmatch(narrow):
        seconds = sum(int(match[unit] or 0) * worth for unit, worth in (("h", 3600), ("m", 60), ("s", 1)))
    if not 0 < seconds <= LONGEST_S:
        raise InputError("campaign_length_wrong", where=where, value=text[:_MOST_SHOWN])
    return float(seconds)


def entry(kind: type[EntryT], values: Mapping[str, object], flags: Mapping[str, str]) -> EntryT:
    """An entry of what was typed.

    Args:
        values: as JSON holds them; None is unsaid.
        flags: by field what its value was given for.

    Raises:
        InputError: a value does not fit, with its flag.
    """
    data = {field: value for field, value in values.items() if value is not None}
    names: dict[Location, str] = {(field,): flag for field, flag in flags.items()}
    return yamlio.validate(kind, Document("-", data, {place: (flag,) for place, flag in names.items()}, names))


def _narrow(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _days(years: Iterable[int], month: int, of_month: int) -> Iterator[date]:
    for year in years:
        try:
            yield date(year, month, of_month)
        except ValueError:
            continue
