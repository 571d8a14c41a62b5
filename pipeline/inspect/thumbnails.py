"""One small picture of a film, for people to see what is meant."""

from __future__ import annotations

from pathlib import Path

from pipeline.errors import MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.run import Invocation, run

WIDTH = 336


def thumbnail(path: Path, demuxer: str, at_s: float, *, ffmpeg: Path, folder: Path) -> bytes | None:
    """The picture shown at `at_s` as JPEG; None where it can't be decoded.

    Raises:
        EnvironmentFault: this machine can't do it now.
    """
    given = graph.Input("{in.main}", demuxer, ("-ss", f"{at_s:.3f}"))
    picture = graph.apply(given.stream("V:0"), "setparams", color_primaries="unknown", color_trc="unknown")
    picture = graph.apply(picture, "scale", w=f"trunc({WIDTH}/2)*2", h=f"trunc({WIDTH}/dar/2)*2")
    options = ("-frames:v", "1", "-c:v", "mjpeg", "-q:v", "5", "-pix_fmt", "yuvj420p", "-f", "image2", "-update", "1")
    words = graph.argv([given], [graph.Written((picture,), "{out.thumbnail}", options)])
    target = folder / "thumbnail.jpg"
    target.unlink(missing_ok=True)
    task = Invocation(
        argv=words,
        folder=folder,
        log=folder / "thumbnail.log",
        inputs={"{in.main}": path},
        outputs={"{out.thumbnail}": target.name},
        where=path.name,
    )
    try:
        run(task, ffmpeg)
    except MediaError:
        return None
    return target.read_bytes() if target.is_file() else None
