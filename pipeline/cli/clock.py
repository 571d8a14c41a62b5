"""Times that people type and read: of their day, which is that of Asia/Shanghai."""

from __future__ import annotations

import re
from datetime import datetime, timedelta

from pipeline.errors import InputError
from pipeline.model.china_time import CHINA

_TIME = re.compile(r"(?:(?P<date>\d{4}-\d{2}-\d{2})[ T])?(?P<hour>\d{1,2}):(?P<minute>\d{2})")


def next_at(text: str, now: datetime, option: str) -> datetime:
    """`06:00`, the next one, or `2026-06-30 06:00`.

    Raises:
        InputError: it is no time, or it is over.
    """
    match = _TIME.fullmatch(text.strip())
    if match is None:
        raise InputError("time_wrong", where=option, value=text)
    here = now.astimezone(CHINA)
    try:
        day = datetime.fromisoformat(match["date"]).date() if match["date"] else here.date()
        found = datetime(day.year, day.month, day.day, int(match["hour"]), int(match["minute"]), tzinfo=CHINA)
    except ValueError as error:
        raise InputError("time_wrong", where=option, value=text) from error
    if found <= here and match["date"]:
        raise InputError("time_over", where=option, value=text)
    return found if found > here else found + timedelta(days=1)


def shown(at: datetime, now: datetime) -> str:
    """`06:00` of today, with the day where it is another."""
    there, here = at.astimezone(CHINA), now.astimezone(CHINA)
    return f"{there:%H:%M}" if there.date() == here.date() else f"{there:%Y-%m-%d %H:%M}"


def to_the_second(at: datetime) -> str:
    """`2026-06-30 06:00:00`, as spreadsheets take it."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}"
