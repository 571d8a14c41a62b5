"""One run of ffmpeg as data: argv with tokens, what the tokens stand for, its bounds, and what it ends with."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO

from pipeline import process, settings
from pipeline.children import Usage
from pipeline.ffmpeg import guard
from pipeline.ffmpeg.stderr import StderrSummary

GLOBALS = (
    "-nostdin",
    "-hide_banner",
    "-loglevel",
    "repeat+level+info",
    "-nostats",
    "-progress",
    "pipe:1",
    "-n",
)
TOKEN = re.compile(r"\{(?:ffmpeg|(?:in|out|pipe)\.[a-z0-9_.-]+)\}")
SAFE_NAME = re.compile(r"[A-Za-z0-9._/-]+(?:%05d\.[a-z0-9]+)?")
GIB = 1 << 30

PipeReader = Callable[[IO[bytes]], None]
PipeWriter = Callable[[IO[bytes]], None]


@dataclass(frozen=True)
class Sandbox:
    """Bounds of one process; how long it may take is told by its pictures, not by the clock."""

    memory_bytes: int = 8 * GIB  # address space: six encoders of 1080 map about 4 GiB, hold 1.4
    file_bytes: int = 64 * GIB
    stall_s: float = settings.STALL_S


@dataclass(frozen=True)
class Progress:
    """How far a process is; `total_s` None when the length is not known."""

    done_s: float
    total_s: float | None
    speed: float | None
    frame: int

    @property
    def fraction(self) -> float | None:
        return min(1.0, self.done_s / self.total_s) if self.total_s else None


@dataclass(frozen=True)
class RunResult:
    """A process that ended well."""

    argv: tuple[str, ...]
    usage: Usage
    stderr: StderrSummary
    frames: int


@dataclass(frozen=True)
class Invocation:
    """What to run: tokens are looked up in `inputs` (paths) and `outputs` (names inside the runner's folder).

    What goes to a token of `readers` comes here through a pipe of its own, each read in a thread of its own; a token of
    `writers` is likewise an input that is written here.
    `where` is what an error names: the film or the output. `silent_s` is how long it may be silent beyond the usual,
    where its only picture comes at the end.
    """

    argv: tuple[str, ...]
    inputs: Mapping[str, Path] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    readers: Mapping[str, PipeReader] = field(default_factory=dict)
    writers: Mapping[str, PipeWriter] = field(default_factory=dict)
    where: str = ""
    total_s: float | None = None
    total_frames: int | None = None
    silent_s: float = 0.0


def resolve(
    invocation: Invocation,
    executable: Path,
    channels: Mapping[str, process.Channel | process.Feed] = MappingProxyType({}),
) -> tuple[str, ...]:
    """The argv as it is run.

    Args:
        channels: the pipe of each token of `readers` and `writers`.

    Raises:
        ValueError: an unknown token, an unguarded input, or an output name that is not plain ASCII.
    """
    if bad := guard.unguarded(invocation.argv):
        raise ValueError(f"inputs without a guard: {bad}")

    def one(token: str) -> str:
        if token == "{ffmpeg}":  # noqa: S105 - a token of the argv, not a password
            return str(executable)
        if token in invocation.inputs:
            return f"file:{invocation.inputs[token].absolute()}"
        if token in invocation.outputs:
            name = invocation.outputs[token]
            if not SAFE_NAME.fullmatch(name) or ".." in name or name.startswith("/"):
                raise ValueError(f"unsafe output name {name!r}")
            return name
        if token in channels:
            return channels[token].url
        raise ValueError(f"unknown token {token}")

    # whole words only: a title that reads `{in.main}` stays a title
    words = [one(word) if TOKEN.fullmatch(word) else word for word in invocation.argv]
    return (words[0], *GLOBALS, *words[1:])


def environment(folder: Path) -> dict[str, str]:
    """What a child gets to see: no credentials, no proxies, its own folder as home and for temporary files."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
    }
