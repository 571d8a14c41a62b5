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


@pytest.mark.parametrize(("text", "seconds"), [("30s", 30), ("15m", 900), ("2h", 7200), ("0", 0), ("0m", 0)])
def test_a_duration_is_seconds(text: str, seconds: float) -> None:
    assert quantities.duration(text) == seconds


@pytest.mark.parametrize("text", ["15", "m", "-5s", "1.5h", "1d", "15 m", "1h30m"])
def test_what_is_no_duration_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=re.escape(text)):
        quantities.duration(text)
