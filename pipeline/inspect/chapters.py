"""The chapters of a file, as the ffmpeg that decodes it has them."""

from __future__ import annotations

from pathlib import Path

from pipeline import regular
from pipeline.ffmpeg.graph import Input
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.media import ffmetadata

INPUT, OUTPUT = "{in.main}", "{out.chapters}"
NAME = "chapters.ffmetadata"
MOST_BYTES = 8 << 20
_ALONE = ("-map_metadata:g", "-1", "-map_metadata:s", "-1")


def read(path: Path, demuxer: str, runner: Runner) -> list[tuple[float, str]]:
    """When each begins, in seconds of the file's own clock, and its title, in the file's order; no frame is read.

    Raises:
        MediaError: ffmpeg can't open it.
        EnvironmentFault: this machine can't do it now.
    """
    given = Input(INPUT, demuxer)
    # as they stand in the file: ffmpeg else counts from the first frame, which coders of sound put before 0
    argv = ("{ffmpeg}", "-copyts", *given.words, "-i", INPUT, *_ALONE, "-f", "ffmetadata", OUTPUT)
    made = runner.folder / NAME
    made.unlink(missing_ok=True)
    runner.named("chapters").run(Invocation(argv, inputs={INPUT: path}, outputs={OUTPUT: NAME}, where=path.name))
    with regular.opened(made) as file:
        return ffmetadata.read(file.read(MOST_BYTES).decode("utf-8", "replace"))
