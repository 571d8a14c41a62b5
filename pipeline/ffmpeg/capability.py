"""Which ffmpeg is used and what it can do, asked once per build."""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from pydantic import ValidationError

from pipeline import durable
from pipeline.errors import EnvironmentFault, ShowcaseError
from pipeline.ffmpeg import processor
from pipeline.model.base import canonical
from pipeline.model.capability import Capability

_ENTRY = re.compile(r"^ [A-Z.|d ]{2,6} +([A-Za-z0-9_,]+) ", re.MULTILINE)


def executable() -> Path:
    """`SHOWCASE_FFMPEG`, or the static build of the imageio-ffmpeg wheel.

    Raises:
        EnvironmentFault: it is not there.
    """
    if given := os.environ.get("SHOWCASE_FFMPEG"):
        path = Path(given)
    else:
        import imageio_ffmpeg

        try:
            path = Path(imageio_ffmpeg.get_ffmpeg_exe())
        except RuntimeError as error:
            raise EnvironmentFault("ffmpeg_missing", where="imageio-ffmpeg") from error
    if not path.is_file() or not os.access(path, os.X_OK):
        raise EnvironmentFault("ffmpeg_missing", where=str(path))
    return path.resolve()


def look(ffmpeg: Path, cache: Path) -> Capability:
    """What `ffmpeg` can do; remembered in `cache`, where that can be written, for as long as it is the same file.

    Raises:
        EnvironmentFault: it does not run.
    """
    stat = ffmpeg.stat()
    lacking = processor.lacking()  # a home may be shared by machines that differ in that
    identity = canonical([str(ffmpeg), stat.st_size, stat.st_mtime_ns, *lacking])
    remembered = cache / f"ffmpeg-{hashlib.sha256(identity).hexdigest()[:16]}.json"
    try:
        return Capability.model_validate_json(remembered.read_bytes())
    except (OSError, ValidationError):
        found = _ask(ffmpeg, lacking)
    with suppress(ShowcaseError, OSError):
        durable.make_folder(cache)
        durable.write(remembered, found.to_file())
    return found


def _ask(ffmpeg: Path, lacking: Sequence[str]) -> Capability:
    version = _output(ffmpeg, "-version")
    lists = {name: _names(_output(ffmpeg, f"-{name}")) for name in ("encoders", "filters", "muxers", "demuxers")}
    return Capability(
        version=version.splitlines()[0].split(" Copyright")[0].removeprefix("ffmpeg version "),
        build=hashlib.sha256(f"{version}{processor.mark(lacking)}".encode()).hexdigest()[:16],
        encoders=lists["encoders"],
        filters=lists["filters"],
        muxers=lists["muxers"],
        demuxers=lists["demuxers"],
    )


def _output(ffmpeg: Path, question: str) -> str:
    from pipeline import parser_child, process
    from pipeline.ffmpeg.invocation import environment

    folder = Path("/")
    child = process.start(
        [str(ffmpeg), "-nostdin", "-hide_banner", question],
        cwd=folder,
        env=environment(folder),
        stdio=process.Stdio(stderr=process.DEVNULL),
    )
    text = ""
    if child.stdout is not None:
        with child.stdout as out:
            text = parser_child.read_bounded(child, out, most_bytes=1 << 20, timeout_s=30.0).decode("utf-8", "replace")
    if child.usage is None or child.usage.exit_code != 0 or not text:
        raise EnvironmentFault("ffmpeg_missing", where=str(ffmpeg))
    return text


def _names(table: str) -> tuple[str, ...]:
    body = table.partition("---")[2] or table.partition(" = ")[2] or table
    return tuple(sorted({name for entry in _ENTRY.findall(body) for name in entry.split(",")}))
