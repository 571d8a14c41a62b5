"""Every odd source is delivered right or refused with a reason: by hand, before a release.

A third of them are written by other programs; `python benchmarks/intake.py --list` names the packages of those that are
missing, and a missing one fails.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from benchmarks import intake
from benchmarks.sources.films import usual
from benchmarks.sources.make import OURS

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(4 * 3600)]


def test_every_source_is_delivered_right_or_refused_with_a_reason(tmp_path: Path) -> None:
    tally = intake.measure(usual(), tmp_path, jobs=2)
    intake.report(tally)
    assert [(item.name, item.faults) for item in tally.of("unmade")] == []
    assert [(item.name, item.faults) for item in tally.of("wrong")] == []
    assert [(item.name, item.disagrees) for item in tally.apart] == []
    assert tally.share >= intake.LEAST_RIGHT
    assert tally.listed is not None
    assert tally.unlisted == []
    assert tally.passed


def test_a_third_of_two_hundred_and_more_is_by_other_writers() -> None:
    sources = usual()
    assert len(sources) >= 200
    assert 3 * sum(item.writer != OURS for item in sources) >= len(sources)
