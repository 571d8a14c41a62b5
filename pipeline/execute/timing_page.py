"""What a page for timing slides holds: small pictures of all pages, and the sound as every browser plays it."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline.documents import pages, structure
from pipeline.errors import InputError, MediaError
from pipeline.execute import slides
from pipeline.execute.inspection import inspect
from pipeline.execute.job_context import JobContext
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Input, Written
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import MAIN
from pipeline.inspect.font_folder import font_folder
from pipeline.model.deck import FRAME, RATE, Deck
from pipeline.model.inspection import Inspection
from pipeline.model.inspection_request import InspectionRequest

STAGE = "timing"
MOST_EMBEDDED_BYTES = 100_000_000  # of sound: browsers hold the page in memory, half as much again
_KBPS = 64  # of speech
_WIDTH = 960
_PAGES, _PICTURE, _SOUND = "{in.pages}", "{out.page}", "{out.sound}"
_RAW = ("-pixel_format", "bgr24", "-video_size", f"{FRAME[0]}x{FRAME[1]}", "-framerate", str(RATE))


@dataclass(frozen=True)
class TimingPage:
    """A deck, its pages' pictures (JPEG), and its sound.

    Args:
        sound: as MP4; None where it is too large to be embedded, and lies at `sound_file` from the page's folder.
    """

    deck: Deck
    sound_sha256: str
    pictures: tuple[bytes, ...]
    sound: bytes | None
    sound_file: str


def timing_page(job: JobContext, sound: Path, deck: Path, folder: Path) -> TimingPage:
    """All that the page holds that will lie in `folder`.

    Raises:
        InputError: a file is not there, or the first one has no sound. Refused, MediaError, EnvironmentFault: as the
            rooms say.
    """
    if not structure.is_pdf(deck):
        raise InputError("slides_not_pdf", where=str(deck))
    found = slides.look(job.context, job.executor, deck)
    try:
        heard = inspect(job.context, job.executor, sound, InspectionRequest(track=0))
    except MediaError as error:
        if error.key != "no_sound":
            raise
        raise InputError("timing_no_sound", where=str(sound)) from error
    length_s = (heard.measures.audio.audio_duration_s if heard.measures else None) or 0.0
    job.context.on_progress(STAGE, None, None)
    with tempfile.TemporaryDirectory(dir=job.context.workspace.scratch, prefix="timing-") as scratch:
        runner = Runner(job.context.ffmpeg, Path(scratch), Path(scratch) / "timing.log")
        pictures = _pictures(found, deck, runner)
        is_small = length_s * _KBPS * 1000 / 8 < MOST_EMBEDDED_BYTES
        coded = _sound(heard, sound, runner) if is_small else None
    beside = Path(os.path.relpath(sound.absolute(), folder.absolute())).as_posix()
    return TimingPage(found, heard.sha256, pictures, coded, beside)


def _pictures(deck: Deck, path: Path, runner: Runner) -> tuple[bytes, ...]:
    given = Input(_PAGES, "rawvideo", _RAW)
    stream = graph.apply(given.stream("v:0"), "scale", w=_WIDTH, h=-2, out_range="pc")
    options = ("-c:v", "mjpeg", "-q:v", "4", "-f", "image2")
    argv = graph.argv([given], [Written((stream,), _PICTURE, options)])
    numbers = range(1, len(deck.pages) + 1)
    with pages.pictures(path, font_folder().path, numbers, deck.share) as drawn:

        def feed(pipe: IO[bytes]) -> None:
            for picture in drawn.pictures:
                pages.write(picture, pipe)

        runner.run(
            Invocation(argv, outputs={_PICTURE: "page%05d.jpg"}, writers={_PAGES: feed}, where=path.name),
        )
    return tuple(path.read_bytes() for path in sorted(runner.folder.glob("page*.jpg")))


def _sound(heard: Inspection, path: Path, runner: Runner) -> bytes:
    """From its first sample on: in a file whose rate varies, browsers would count other times."""
    given = Input(MAIN, heard.format)
    stream = graph.apply(graph.programme(given, heard.media), "asetpts", expr="PTS-STARTPTS")
    stream = graph.apply(graph.apply(stream, "aresample", osr=44100), "aformat", channel_layouts="mono")
    options = ("-c:a", "aac", "-b:a", f"{_KBPS}k", "-map_metadata", "-1", "-movflags", "+faststart", "-f", "mp4")
    argv = graph.argv([given], [Written((stream,), _SOUND, options)])
    runner.named("sound").run(
        Invocation(argv, inputs={MAIN: path}, outputs={_SOUND: "sound.m4a"}, where=path.name),
    )
    return (runner.folder / "sound.m4a").read_bytes()
