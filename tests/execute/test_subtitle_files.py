"""Subtitles on the clock of the film that is delivered."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import wording
from pipeline.exchange.parts import FileToCheck
from pipeline.execute import subtitle_files
from pipeline.execute.subtitle_files import SubtitleFile
from pipeline.media.subtitles import encoding, reading
from pipeline.model.finding import Report
from pipeline.model.submission import Role
from pipeline.policy import load
from tests.factories import PROFILES, inspection

POLICY = load.policy("subtitles", PROFILES)


def text(*starts: float, line_up_s: float = 0.0) -> SubtitleFile:
    """Subtitles of two seconds each, of a film of 24 s with a line-up at its head."""
    cues = "".join(f"{n}\n00:00:{at:06.3f} --> 00:00:{at + 2:06.3f}\n你好\n\n" for n, at in enumerate(starts, 1))
    film = inspection().model_copy(update={"start_s": line_up_s})
    read = reading.read(encoding.decode(cues.encode()))
    return SubtitleFile(FileToCheck("a.srt", Path("a.srt"), Role.SUBTITLES, language="zho"), "0", read, film)


def judged(of: SubtitleFile) -> Report:
    return wording.report(subtitle_files.judge(of, POLICY), file="a.srt", language="en")


def test_the_language_that_a_file_is_said_to_be_in_is_judged() -> None:
    of = text(*range(1, 20, 2))
    assert "subtitle.script" not in [item.code for item in judged(of).findings]
    uyghur = replace(of, file=replace(of.file, language="uig"))
    assert "subtitle.script" in [item.code for item in judged(uyghur).findings]


def test_subtitles_move_with_a_line_up_that_is_left_out() -> None:
    moved = text(5.0, 12.0, line_up_s=5.0)
    assert [(cue.start_s, cue.end_s) for cue in moved.track.cues] == [(0.0, 2.0), (7.0, 9.0)]
    assert [item.code for item in judged(moved).findings] == ["subtitle.moved"]


def test_subtitles_that_begin_within_the_line_up_were_timed_without_it() -> None:
    own = text(1.0, 12.0, line_up_s=5.0)
    assert [cue.start_s for cue in own.track.cues] == [1.0, 12.0]
    assert not judged(own).findings


@pytest.mark.parametrize(("line_up_s", "end_s"), [(0.0, 24.0), (5.0, 24.0)])
def test_the_end_is_the_films_on_the_files_own_clock(line_up_s: float, end_s: float) -> None:
    late = text(6.0, end_s - 1, line_up_s=line_up_s)
    [finding] = [item for item in judged(late).findings if item.code == "subtitle.beyond_end"]
    assert (finding.cue, finding.actual) == (2, "1 s")
