"""One small picture of a film, for people to see what is meant."""

from __future__ import annotations

from pipeline.errors import MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source

WIDTH = 336


def thumbnail(source: Source, at_s: float, runner: Runner) -> bytes | None:
    """The picture shown at `at_s` as JPEG; None where it can't be decoded.

    Raises:
        EnvironmentFault: this machine can't do it now.
    """
    seek = ("-ss", f"{at_s:.3f}")
    picture = graph.apply(source.picture_at(at_s, *seek), "setparams", color_primaries="unknown", color_trc="unknown")
    picture = graph.apply(picture, "scale", w=f"trunc({WIDTH}/2)*2", h=f"trunc({WIDTH}/dar/2)*2")
    options = ("-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1")
    argv = graph.argv([source.input(*seek)], [graph.Written((picture,), "{out.thumbnail}", options)])
    target = runner.folder / "thumbnail.jpg"
    target.unlink(missing_ok=True)
    outputs = {"{out.thumbnail}": target.name}
    try:
        runner.run(Invocation(argv, inputs=source.paths, outputs=outputs, where=source.path.name))
    except MediaError:
        return None
    return target.read_bytes() if target.is_file() else None
