"""Where the decoder could not make a picture whole: a second look at films that had errors, and only at those.

The first decode counts errors, but its messages come from threads that run ahead. Here ffmpeg says of every picture
that leaves the decoder when it is shown, and just before of those that are damaged.
"""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.run import Invocation, run
from pipeline.ffmpeg.stderr import Line

_SHOWN = re.compile(r"decoder -> pts:\S+ pts_time:(-?[0-9.]+)")


class _DecoderLog:
    def __init__(self) -> None:
        self.times: list[float] = []
        self._pending = False

    def hear(self, line: Line) -> None:
        if "corrupt decoded frame" in line.text or (line.level == "error" and "dec:" in line.context):
            self._pending = True
        elif self._pending and (match := _SHOWN.search(line.text)):
            self.times.append(float(match[1]))
            self._pending = False


def times(path: Path, demuxer: str, *, ffmpeg: Path, folder: Path, log: Path) -> list[float]:
    """When the damaged pictures are shown, in seconds of the file's clock.

    Raises:
        MediaError, EnvironmentFault: as `run` says.
    """
    given = graph.Input("{in.main}", demuxer)
    words = graph.argv([given], [graph.Written((given.stream("V:0"),), "-", ("-f", "null"))], options=("-debug_ts",))
    filter_log = _DecoderLog()
    run(
        Invocation(argv=words, folder=folder, log=log, inputs={"{in.main}": path}, where=path.name),
        ffmpeg,
        on_line=filter_log.hear,
    )
    return filter_log.times
