"""Every picture and sample of a rendition decoded once: how many, how loud, and whether all of it can be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation, Progress
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import MAIN
from pipeline.inspect.filter_log import FilterLog
from pipeline.model.loudness import Loudness
from pipeline.model.plan import OutputForm

_DEMUXERS = {
    OutputForm.MPEGTS: "mpegts",
    OutputForm.HLS_VIDEO: "hls",
    OutputForm.HLS_AUDIO: "hls",
    OutputForm.MP4: "mov",
    OutputForm.MEZZANINE: "mov",
    OutputForm.POSTER: "jpeg_pipe",
    OutputForm.SPRITE: "jpeg_pipe",
}


@dataclass(frozen=True)
class EncodedFile:
    """A file of a rendition, and what is to be decoded of it.

    Args:
        name: what errors call it.
        has_picture: whether its picture track is decoded.
        audio_tracks: how many sound tracks are decoded, from the first on.
        duration_s: how long it plays, for the progress; None: not known.
    """

    path: Path
    form: OutputForm
    name: str
    has_picture: bool
    audio_tracks: int
    duration_s: float | None = None

    @property
    def demuxer(self) -> str:
        return _DEMUXERS.get(self.form) or ("mp3" if self.path.suffix == ".mp3" else "mov")


def decode(
    encoded: EncodedFile, runner: Runner, *, on_progress: Callable[[Progress], None] = lambda _: None
) -> tuple[int, tuple[Loudness, ...]]:
    """Decode every picture and sample once; the first error ends it.

    Returns:
        how many pictures it holds, and how loud each sound track is.

    Raises:
        MediaError: something in it does not decode.
    """
    given = graph.Input(MAIN, encoded.demuxer, ("-xerror", "-err_detect", "explode"))
    streams = [graph.apply(given.stream("v:0"), "null")] if encoded.has_picture else []
    streams += [
        graph.apply(given.stream(f"a:{index}"), "ebur128", peak="true", framelog="quiet")
        for index in range(encoded.audio_tracks)
    ]
    options = ("-fps_mode", "passthrough", "-c:a", "pcm_s16le", "-f", "null")
    argv = graph.argv([given], [graph.Written(tuple(streams), "-", options)])
    filter_log = FilterLog()
    invocation = Invocation(argv, inputs={MAIN: encoded.path}, where=encoded.name, total_s=encoded.duration_s)
    try:
        result = runner.run(invocation, on_progress=on_progress, on_line=filter_log.feed)
    except MediaError as error:  # its sentence would be about a film that somebody handed in
        raise MediaError("output_damaged", where=encoded.name, detail=error.detail or error.key) from error
    if result.stderr.error_count:
        raise MediaError("output_damaged", where=encoded.name, detail=" | ".join(result.stderr.errors[:3]))
    return result.frames, tuple(filter_log.in_order())
