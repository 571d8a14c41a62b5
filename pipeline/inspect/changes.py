"""What changes on the way: pictures or sound of one kind in the first half of a film and of another in the second.

ffmpeg builds its filters anew at each change of size, pixel format, colours, channels or rate; times then begin again,
and what was measured is of the last stretch. It says so without a time, so films that change are looked at once more.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import NoReturn

from pipeline.errors import Unsuitable
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.ffmpeg.stderr import Line
from pipeline.media import timecode

_REBUILT = re.compile(r"^Reconfiguring filter graph because (video|audio) parameters changed to (.+)$")
# lines with two contexts, which are not parsed; of sound ffmpeg tells no times before its filters
_VIDEO = re.compile(r"^\[vist#.* decoder -> .*?pts_time:(-?[0-9.]+)")
_AUDIO = re.compile(r"^\[aost#.* encoder <- .*?frame_pts_time:(-?[0-9.]+)")


@dataclass(frozen=True)
class Change:
    """A change of what is decoded, `at_s` seconds of the file's clock, to what ffmpeg calls `becomes`."""

    kind: str
    at_s: float
    becomes: str


class ChangeLog:
    """Collects changes from the lines of a run; without `-debug_ts` their times are 0."""

    def __init__(self) -> None:
        self.found: list[Change] = []
        self._reached = {"video": 0.0, "audio": 0.0}

    def feed(self, line: Line) -> None:
        """One line of stderr."""
        if match := _REBUILT.match(line.text):
            becomes = match[2].split(", unspecified alpha")[0].split(", downmix")[0]
            self.found.append(Change(match[1], self._reached[match[1]], becomes))
        elif match := _VIDEO.match(line.text):
            self._reached["video"] = float(match[1])
        elif match := _AUDIO.match(line.text):
            self._reached["audio"] = float(match[1])


def refuse(source: Source, begins_s: float, seen: ChangeLog, runner: Runner) -> NoReturn:
    """Say where a film changes that was seen to change.

    Args:
        seen: the changes that were logged without their times.
        begins_s: when its first picture is shown, seconds of the file's clock.

    Raises:
        Unsuitable: where it changes, and to what. MediaError, EnvironmentFault: as `Runner.run` says.
    """
    media = source.media
    streams = [source.coded_picture()] if media.video else []
    streams += [source.input().stream(graph.index_of(media.audio[0]))] if media.audio else []
    written = graph.Written(tuple(streams), "-", ("-fps_mode", "passthrough", "-f", "null"))
    argv = graph.argv([source.input()], [written], options=("-debug_ts",))
    log = ChangeLog()
    runner.run(Invocation(argv, inputs=source.paths, where=source.path.name), on_line=log.feed)
    raise _unsuitable(min(log.found or seen.found, key=lambda item: item.at_s), begins_s, source.path)


def _unsuitable(change: Change, begins_s: float, path: Path) -> Unsuitable:
    place = timecode.webvtt(max(0.0, change.at_s - begins_s))
    return Unsuitable(
        f"{change.kind}.changes",
        where=str(path),
        reason=f"changes_{change.kind}",
        track=f"{change.kind}:0",
        what=f"{place} ({change.becomes})",
    )
