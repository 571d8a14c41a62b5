"""Odd sources in the plain suite, and what the benchmark on all of them counts as passed."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from benchmarks import intake
from benchmarks.sources import drive
from benchmarks.sources.drive import Answer, Result
from benchmarks.sources.films import TWINS, every, usual
from benchmarks.sources.make import OURS, PACKAGES, Workshop
from tests.conftest import Showcase

SOURCES = {source.name: source for source in every()}
IN_SUITE = "packets-192"
OTHERS = (
    "turned-mp4-90",
    "edits-cut-mp4",
    "fields-mpeg2-tff",
    "samples-old-mkv",
    "size-odd-444",
    "stream-mkv",
    "fragments-mp4",
    "rate-12-mp4",
    "yuv-422-ten",
    "channels-51-aac",
    "name-2",
)


@pytest.fixture(scope="module")
def workshop(made_once: Callable[[str, Callable[[Path], object]], Path]) -> Workshop:
    return Workshop(made_once("odd-sources", lambda folder: folder.mkdir()))


@pytest.mark.parametrize("name", [IN_SUITE, *(pytest.param(name, marks=pytest.mark.acceptance) for name in OTHERS)])
def test_an_odd_source_is_delivered_as_it_was_made(name: str, workshop: Workshop, showcase: Showcase) -> None:
    source = SOURCES[name]
    assert source.programs == {OURS}
    film = shutil.copy(workshop.make(source), showcase.folder)
    drive.furnish(showcase.folder)
    checked = showcase("check", film, "--json")
    assert checked.code == 0, checked.out
    made = showcase("transcode", film, "--profile", "intake-ts", "-o", "out")
    assert made.code == 0, made.err
    (stream,) = (showcase.folder / "out").glob("*.ts")
    assert drive.judge(stream, source.shown, own_shape=False) == []


def test_sources_have_names_of_their_own_and_known_writers() -> None:
    assert len(SOURCES) == len(every())
    assert {program for source in every() for program in source.programs} <= {OURS, *PACKAGES}
    assert len({source.key() for source in every()}) == len(every())


def test_twins_are_sources() -> None:
    assert set(SOURCES) > TWINS
    assert len(usual()) == len(SOURCES) - len(TWINS)


def result(outcome: str, *codes: str, disagrees: tuple[str, ...] = ()) -> Result:
    return Result("a", OURS, outcome, codes, disagrees=disagrees)


def test_a_run_passes_when_nothing_is_wrong_and_each_refusal_has_its_reason(tmp_path: Path) -> None:
    page = tmp_path / "sources.md"
    assert intake.listed_codes(page) is None
    page.write_text("| `audio.missing` | no sound |\nas `check` says\n", encoding="utf-8")
    listed = intake.listed_codes(page)
    assert listed == frozenset({"audio.missing", "check"})
    right = (result("right"),) * 9
    assert intake.Tally((*right, result("refused", "audio.missing")), listed).passed
    assert not intake.Tally((*right, result("refused", "audio.missing")), None).passed
    assert not intake.Tally((*right, result("refused", "video.missing")), listed).passed
    assert not intake.Tally((*right, result("wrong")), listed).passed
    assert not intake.Tally((*right, result("unmade")), listed).passed
    assert not intake.Tally((*right, result("right", disagrees=("…",))), listed).passed
    assert not intake.Tally((*right[:5], result("refused", "audio.missing")), listed).passed


def test_a_result_is_kept_as_it_was() -> None:
    kept = result("refused", "audio.missing", disagrees=("run says nothing",))
    assert drive.result_of(kept.as_json()) == kept


def test_four_ways_have_to_give_one_answer() -> None:
    done, rejected, broken = Answer(0), Answer(1, ("content.black",)), Answer(4, ("file.truncated",))
    assert drive.disagreements(done, done, done, done) == []
    assert drive.disagreements(rejected, rejected, rejected, done) == []
    assert drive.disagreements(broken, broken, broken, broken) == []
    assert drive.disagreements(done, done, broken, done) == ["check ends with 0, run with 4 file.truncated"]
    assert drive.disagreements(done, done, done, broken) == ["check ends with 0, transcode with 4 file.truncated"]
    assert drive.disagreements(broken, broken, broken, done) == ["check ends with 4, transcode with 0"]
    other = Answer(1, ("content.freeze",))
    assert drive.disagreements(rejected, rejected, other, done) == ["check says content.black, run says content.freeze"]
