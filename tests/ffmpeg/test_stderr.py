from __future__ import annotations

import pytest

from pipeline.errors import EnvironmentFault, MediaError, ShowcaseError
from pipeline.ffmpeg import stderr


def test_lines_are_split_into_level_context_and_text() -> None:
    line = stderr.parse("[Parsed_blackdetect_1 @ 0x55d] [info] black_start:0 black_end:3")
    assert (line.level, line.context, line.text) == ("info", "Parsed_blackdetect_1", "black_start:0 black_end:3")
    assert stderr.parse("[error] x").level == "error"
    assert stderr.parse("    I:  -24.0 LUFS").text == "    I:  -24.0 LUFS"


@pytest.mark.parametrize(
    ("said", "kind", "key"),
    [
        ("[out#0 @ 0x1] [error] av_interleaved_write_frame(): No space left on device", EnvironmentFault, "no_space"),
        ("[fatal] Unknown encoder 'libx264'", EnvironmentFault, "ffmpeg_lacks"),
        ("[h264 @ 0x1] [error] Cannot allocate memory", EnvironmentFault, "no_memory"),
        ("[in#0 @ 0x1] [error] Number of streams exceeds max_streams parameter (9)", MediaError, "too_many_tracks"),
        ("[in#0 @ 0x1] [error] Number of tracks exceeds max_streams (9)", MediaError, "too_many_tracks"),
        ("[mov @ 0x1] [error] moov atom not found", MediaError, "unreadable"),
        ("[fatal] Stream map '' matches no streams.", MediaError, "no_stream"),
        ("[error] something new", MediaError, "ffmpeg_failed"),
    ],
)
def test_what_is_said_decides_which_failure_it_is(said: str, kind: type[ShowcaseError], key: str) -> None:
    heard = stderr.StderrSummary()
    heard.feed(said)
    failure = heard.failure(exit_code=1, where="x")
    assert (type(failure), failure.key) == (kind, key)


def test_memory_stays_bounded_however_much_is_said() -> None:
    heard = stderr.StderrSummary()
    for number in range(10_000):
        heard.feed(f"[h264 @ 0x1] [error] line {number}")
    assert (heard.error_count, len(heard.errors), len(heard.tail)) == (10_000, 20, 60)


def test_warnings_that_mean_damage_are_kept() -> None:
    heard = stderr.StderrSummary()
    heard.feed("[mpegts @ 0x1] [warning] dts < pcr, TS is invalid")
    heard.feed("[vost#0:0 @ 0x1] [warning] Non-monotonic DTS; previous: 5, current: 4")
    heard.feed("[libx264 @ 0x1] [warning] interlace + weightp is not implemented")
    assert len(heard.damage) == 2
