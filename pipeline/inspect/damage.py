"""Where the decoder could not make a picture whole: a second look at films that had errors, and only at those.

The first decode counts errors, but its messages come from threads that run ahead. Here ffmpeg says of every picture
that leaves the decoder when it is shown, and just before of those that are damaged.
"""

from __future__ import annotations

import re

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.ffmpeg.stderr import Line

_SHOWN = re.compile(r"decoder -> pts:\S+ pts_time:(-?[0-9.]+)")


class _DecoderLog:
    """When the pictures are shown that come after a complaint."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self._pending = False

    def feed(self, line: Line) -> None:
        if "corrupt decoded frame" in line.text or (line.level == "error" and "dec:" in line.context):
            self._pending = True
        elif self._pending and (match := _SHOWN.search(line.text)):
            self.times.append(float(match[1]))
            self._pending = False


def times(source: Source, runner: Runner) -> list[float]:
    """When the damaged pictures are shown, in seconds of the file's clock.

    Raises:
        MediaError, EnvironmentFault: as `Runner.run` says.
    """
    given = source.input()
    argv = graph.argv([given], [graph.Written((source.coded_picture(),), "-", ("-f", "null"))], options=("-debug_ts",))
    decoder_log = _DecoderLog()
    runner.run(Invocation(argv, inputs=source.paths, where=source.path.name), on_line=decoder_log.feed)
    return decoder_log.times
