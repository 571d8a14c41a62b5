"""Days and lengths as people type them."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.errors import InputError
from pipeline.exchange.campaign import typed

JUNE, JANUARY = date(2027, 6, 12), date(2027, 1, 3)


@pytest.mark.parametrize(
    ("text", "today", "meant"),
    [
        ("2027-06-10", JUNE, date(2027, 6, 10)),
        ("2026-6-1", JUNE, date(2026, 6, 1)),
        ("2027年6月10日", JUNE, date(2027, 6, 10)),
        ("2027/6/10", JUNE, date(2027, 6, 10)),
        ("6月10日", JUNE, date(2027, 6, 10)),
        ("6月10号", JUNE, date(2027, 6, 10)),
        ("6-10", JUNE, date(2027, 6, 10)),
        ("06.10", JUNE, date(2027, 6, 10)),
        (" ６／１０ ", JUNE, date(2027, 6, 10)),
        ("12-28", JANUARY, date(2026, 12, 28)),
        ("1-5", date(2026, 12, 28), date(2027, 1, 5)),
        ("2-29", date(2028, 1, 1), date(2028, 2, 29)),
    ],
)
def test_a_day_that_is_plain_is_taken(text: str, today: date, meant: date) -> None:
    assert typed.day(text, today, "--on") == meant


@pytest.mark.parametrize(
    "text",
    [
        "",
        "10",
        "13-6",
        "6-31",
        "2-29",
        "10 June",
        "next week",
        "9999-01-01",
        "1999-12-31",
        "27-06-10",
        "六月十日",
        "6-10-1",
    ],
)
def test_a_day_that_is_not_plain_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="campaign_day_wrong") as refused:
        typed.day(text, JUNE, "--on")
    assert (refused.value.where, refused.value.values["value"]) == ("--on", text)
    assert refused.value.values["example"] == "2027-06-10"


def test_a_day_to_come_is_the_next_of_its_name() -> None:
    november = date(2026, 11, 30)
    for text in ("7月1日", "7-1", "2027/7/1"):
        assert typed.day_to_come(text, november, "--air-date") == date(2027, 7, 1)
    assert typed.day_to_come("2026-7-1", november, "--air-date") == date(2026, 7, 1)
    assert typed.day_to_come("11-30", november, "--air-date") == november
    with pytest.raises(InputError, match="campaign_day_wrong") as refused:
        typed.day_to_come("soon", november, "--air-date")
    assert refused.value.values["example"] == "2027-06-10"


@pytest.mark.parametrize(
    ("text", "seconds"),
    [
        ("25:00", 1500),
        ("90:00", 5400),
        ("1:02:03", 3723),
        ("25分", 1500),
        ("25分30秒", 1530),
        ("25分钟", 1500),
        ("1小时", 3600),
        ("25′30″", 1530),
        ("25'30\"", 1530),
        ("25m", 1500),
        ("30 min", 1800),
        ("90s", 90),
        ("２５：００", 1500),
    ],
)
def test_a_length_with_its_unit_is_taken(text: str, seconds: int) -> None:
    assert typed.length_s(text, "--length") == seconds


@pytest.mark.parametrize("text", ["", "25", "0:00", "1:75:00", "99999s", "25:00:00", "-5m", "long"])
def test_a_length_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(InputError, match="campaign_length_wrong"):
        typed.length_s(text, "--length")
