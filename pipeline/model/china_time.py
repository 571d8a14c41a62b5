"""The time of day that people, licences and C2 mean."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

CHINA = ZoneInfo("Asia/Shanghai")


def day_in_china(at: datetime) -> date:
    """The day that it is in China at a moment."""
    return at.astimezone(CHINA).date()


def end_of_day(day: date) -> datetime:
    """The moment at which a day in China is over: its 24:00."""
    return datetime.combine(day + timedelta(days=1), time(), CHINA)
