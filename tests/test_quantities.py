"""Rates and times that people type."""

from __future__ import annotations

import re

import pytest

from pipeline import quantities


@pytest.mark.parametrize(
    ("text", "bytes_per_s"),
    [("500k", 512_000), ("2M", 2 << 20), ("1G", 1 << 30), ("1.5m", 1_572_864), ("800", 800), ("0", None), ("0k", None)],
)
def test_a_rate_is_bytes_a_second_as_curl_has_it(text: str, bytes_per_s: int | None) -> None:
    assert quantities.rate(text) == bytes_per_s


@pytest.mark.parametrize("text", ["k", " k", "5Mbit", "-1", "2 M", "1e3", "５k", "0.0001", "9" * 13])
def test_what_is_no_rate_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        quantities.rate(text)


@pytest.mark.parametrize(
    ("per_s", "shown"),
    [
        *((0.4, "0 B/s"), (999.4, "999 B/s"), (999.6, "1 kB/s"), (1000, "1 kB/s")),
        *((999_400, "999 kB/s"), (999_600, "1.0 MB/s"), (1_000_000, "1.0 MB/s"), (2_449_000, "2.4 MB/s")),
    ],
)
def test_a_pace_is_of_the_unit_that_it_is_rounded_to(per_s: float, shown: str) -> None:
    assert quantities.pace(per_s) == shown


@pytest.mark.parametrize(
    ("count", "shown"),
    [
        *((0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (999_940, "999.9 kB"), (999_960, "1.0 MB")),
        *((999_960_000, "1.0 GB"), (1_500_000_000_000, "1500.0 GB")),
    ],
)
def test_a_size_is_of_the_unit_that_it_is_rounded_to(count: int, shown: str) -> None:
    assert quantities.size(count) == shown


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15m", 900), ("2h", 7200), ("0", 0), ("0m", 0)])
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert quantities.duration(text) == seconds


@pytest.mark.parametrize("text", ["15", "m", "-5s", "1.5h", "1d", "15 m", "1h30m"])
def test_what_is_no_duration_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        quantities.duration(text)
