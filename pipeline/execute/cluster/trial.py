"""A second of picture and sound, made as films are: machines that make the same of it make the same of films.

Measured: without AVX2 and FMA the same ffmpeg gives other resampled sound and other AAC, and the same picture and MP2.
"""

from __future__ import annotations

import hashlib
import tempfile
from functools import cache
from pathlib import Path

from pipeline import parser_child, process
from pipeline.errors import EnvironmentFault
from pipeline.ffmpeg.invocation import environment

TIMEOUT_S = 60.0  # it takes 0.4 s of a processor; other films may be under way on it
_PICTURE = "testsrc2=s=640x360:r=25:d=1"
_SOUND = "aevalsrc='0.4*sin(2*PI*(200+900*t)*t)|0.3*sin(2*PI*660*t)':s=44100:d=1"
_GRAPH = (
    "[0:v]scale=480:272:flags=bicubic+accurate_rnd+full_chroma_int,format=yuv420p[picture];"
    "[1:a]aformat=fltp,aresample=48000,asplit=3[a][b][c]"
)


def arguments(ffmpeg: Path) -> list[str]:
    """The whole command; it prints a digest of each stream."""
    inputs = ("-f", "lavfi", "-i", _PICTURE, "-f", "lavfi", "-i", _SOUND)
    maps = (word for name in ("picture", "a", "b", "c") for word in ("-map", f"[{name}]"))
    picture = ("-c:v", "libx264", "-preset", "medium", "-threads:v", "1")  # as films: one thread an encoder
    sound = ("-c:a:0", "aac", "-c:a:1", "mp2", "-c:a:2", "pcm_f32le")
    quiet = ("-nostdin", "-hide_banner", "-loglevel", "error")
    graph = ("-filter_complex", _GRAPH)
    return [str(ffmpeg), *quiet, *inputs, *graph, *maps, *picture, *sound, "-f", "streamhash", "-hash", "sha256", "-"]


def made(ffmpeg: Path) -> str:
    """A digest (hex) of all that this ffmpeg makes of the second on this machine; once for each file in a process.

    Raises:
        EnvironmentFault: it made nothing.
    """
    return _made(ffmpeg, ffmpeg.stat().st_mtime_ns)


@cache
def _made(ffmpeg: Path, _written_ns: int) -> str:
    with tempfile.TemporaryDirectory(prefix="showcase-") as folder:
        child = process.start(
            arguments(ffmpeg),
            cwd=Path(folder),
            env=environment(Path(folder)),
            stdio=process.Stdio(stderr=process.DEVNULL),
        )
        said = b""
        if child.stdout is not None:
            with child.stdout as out:
                said = parser_child.read_bounded(child, out, most_bytes=1 << 16, timeout_s=TIMEOUT_S)
    if child.usage is None or child.usage.exit_code != 0 or not said:
        raise EnvironmentFault("ffmpeg_missing", where=str(ffmpeg))
    return hashlib.sha256(said).hexdigest()
