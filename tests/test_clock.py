"""Times that people type: of their day, which is that of Asia/Shanghai."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pipeline.cli import clock
from pipeline.errors import InputError

EVENING = datetime(2026, 6, 9, 14, 0, tzinfo=UTC)  # 22:00 there


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("06:00", "2026-06-10T06:00+08:00"),
        ("6:00", "2026-06-10T06:00+08:00"),
        ("23:30", "2026-06-09T23:30+08:00"),
        ("22:00", "2026-06-10T22:00+08:00"),
        ("2026-06-12 06:00", "2026-06-12T06:00+08:00"),
        ("2026-06-12T06:00", "2026-06-12T06:00+08:00"),
    ],
)
def test_a_time_is_the_next_one(typed: str, meant: str) -> None:
    assert clock.next_at(typed, EVENING, "--until") == datetime.fromisoformat(meant)


@pytest.mark.parametrize(
    ("typed", "key"),
    [
        ("tomorrow", "time_wrong"),
        ("24:00", "time_wrong"),
        ("2026-02-30 06:00", "time_wrong"),
        ("", "time_wrong"),
        ("2026-06-09 21:00", "time_over"),
    ],
)
def test_what_is_no_time_or_is_over_is_told(typed: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        clock.next_at(typed, EVENING, "--until")
    assert (caught.value.key, caught.value.where) == (key, "--until")


def test_a_time_of_another_day_is_shown_with_it() -> None:
    assert clock.shown(datetime(2026, 6, 9, 15, 5, tzinfo=UTC), EVENING) == "23:05"
    assert clock.shown(datetime(2026, 6, 9, 22, 5, tzinfo=UTC), EVENING) == "2026-06-10 06:05"
