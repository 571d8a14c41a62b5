"""The one runner. In: argv with tokens, what they stand for, a folder of its own. Out: usage or a typed error.

Nothing an input holds can reach further than its folder: inputs are guarded (see `guard`), the environment
holds no credentials, the kernel bounds memory and file size, a deadline bounds time, and the process dies with
its parent. Inputs become `file:` and an absolute path; outputs are fixed ASCII names in the folder.
"""

from __future__ import annotations

import queue
import re
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import IO

from pipeline import durable, process
from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg import guard, stderr

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
TELL_EVERY_S = 0.25
READERS_END_S = 60.0  # what is left in the pipes when the child is gone


Reader = Callable[[IO[bytes]], None]


@dataclass(frozen=True)
class Sandbox:
    """Bounds of one process."""

    memory_bytes: int = 8 * GIB  # address space: six encoders of 1080 map about 4 GiB, hold 1.4
    file_bytes: int = 64 * GIB
    timeout_s: float = 6 * 3600


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
    usage: process.Usage
    stderr: stderr.StderrSummary
    frames: int


@dataclass(frozen=True)
class Invocation:
    """What to run: tokens are looked up in `inputs` (paths) and `outputs` (names inside `folder`).

    What goes to a token of `readers` comes here through a pipe of its own, each read in a thread of its own.
    """

    argv: tuple[str, ...]
    folder: Path
    log: Path
    inputs: Mapping[str, Path] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)
    readers: Mapping[str, Reader] = field(default_factory=dict)
    where: str = ""
    total_s: float | None = None
    total_frames: int | None = None
    sandbox: Sandbox = field(default_factory=Sandbox)


def resolve(
    task: Invocation, ffmpeg: Path, channels: Mapping[str, process.Channel] = MappingProxyType({})
) -> tuple[str, ...]:
    """The argv as it is run.

    Raises:
        ValueError: an unknown token, an unguarded input, or an output name that is not plain ASCII.
    """
    if bad := guard.unguarded(task.argv):
        raise ValueError(f"inputs without a guard: {bad}")

    def one(token: str) -> str:
        if token == "{ffmpeg}":  # noqa: S105 - a token of the argv, not a password
            return str(ffmpeg)
        if token in task.inputs:
            return f"file:{task.inputs[token].absolute()}"
        if token in task.outputs:
            name = task.outputs[token]
            if not SAFE_NAME.fullmatch(name) or ".." in name or name.startswith("/"):
                raise ValueError(f"unsafe output name {name!r}")
            return name
        if token in channels:
            return channels[token].url
        raise ValueError(f"unknown token {token}")

    # whole words only: a title that reads `{in.main}` stays a title
    words = [one(word) if TOKEN.fullmatch(word) else word for word in task.argv]
    return (words[0], *GLOBALS, *words[1:])


def environment(folder: Path) -> dict[str, str]:
    """What a child gets to see: no credentials, no proxies, its own folder as home and for temporary files."""
    return {
        "PATH": "/usr/local/bin:/usr/bin:/bin",
        "HOME": str(folder),
        "TMPDIR": str(folder),
        "LC_ALL": "C.UTF-8",
    }


def run(
    task: Invocation,
    ffmpeg: Path,
    *,
    on_progress: Callable[[Progress], None] = lambda _: None,
    on_line: Callable[[stderr.Line], None] = lambda _: None,
) -> RunResult:
    """Run one process to its end.

    Raises:
        MediaError: the input could not be read or encoded.
        EnvironmentFault: no space, no memory, an encoder is missing, the time is over.
        KeyboardInterrupt: passed on after the process is gone.
    """
    channels = {token: process.Channel() for token in task.readers}
    argv = resolve(task, ffmpeg, channels)
    for name in task.outputs.values():
        durable.make_folder((task.folder / name).parent)
    summary = stderr.StderrSummary()
    limits = process.Limits(memory_bytes=task.sandbox.memory_bytes, file_bytes=task.sandbox.file_bytes)
    with durable.space_is_an_environment_fault(task.log), task.log.open("wb") as log:
        log.write((" ".join(argv) + "\n").encode("utf-8", "surrogateescape"))
        child = _start(argv, task.folder, limits, channels)
        takers = [_Taker(task.readers[token], channel.opened()) for token, channel in channels.items()]
        events: queue.Queue[tuple[str, str] | None] = queue.Queue(maxsize=10_000)
        readers = [
            threading.Thread(target=_drain, args=(child.stdout, "out", events, None), daemon=True),
            threading.Thread(target=_drain, args=(child.stderr, "err", events, log), daemon=True),
        ]
        for reader in readers:
            reader.start()
        frames = 0
        try:
            frames = _follow(task, events, summary, on_progress, on_line)
            usage = child.wait(60.0)
        finally:
            if child.poll() is None:
                child.stop(grace_s=1.0)  # what it was writing is thrown away
            for thread in (*readers, *takers):
                thread.join(timeout=READERS_END_S)
    for taker in takers:
        taker.give_up()
    if usage is None:
        raise MediaError("ffmpeg_hangs", where=task.where)
    if usage.exit_code != 0:
        raise summary.failure(exit_code=usage.exit_code, where=task.where)
    return RunResult(argv=argv, usage=usage, stderr=summary, frames=frames)


class _Taker(threading.Thread):
    """Reads a channel to its end; what goes wrong in the reader ends the child and is raised in its stead."""

    def __init__(self, reader: Reader, pipe: IO[bytes]):
        super().__init__(daemon=True)
        self._reader, self._pipe = reader, pipe
        self._fault: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            with self._pipe:  # closed on the way out: the child can't wait for a reader that is gone
                self._reader(self._pipe)
        except Exception as fault:  # noqa: BLE001 - raised again by `give_up`
            self._fault = fault

    def give_up(self) -> None:
        """Raise what the reader could not do."""
        if self._fault:
            raise self._fault
        if self.is_alive():
            raise TimeoutError("a reader of ffmpeg's output does not end")


def _start(
    argv: Sequence[str], folder: Path, limits: process.Limits, channels: Mapping[str, process.Channel]
) -> process.Child:
    try:
        return process.start(argv, cwd=folder, env=environment(folder), limits=limits, channels=channels.values())
    except FileNotFoundError as error:
        raise EnvironmentFault("ffmpeg_missing", where=str(error)) from error


def _drain(
    pipe: IO[bytes] | None, name: str, events: queue.Queue[tuple[str, str] | None], log: IO[bytes] | None
) -> None:
    """Read a pipe to its end, so that the child never waits for us; the log gets every byte it has room for."""
    if pipe is not None:
        for raw in iter(lambda: pipe.readline(65536), b""):
            if log is not None:
                try:
                    log.write(raw)
                except OSError:
                    log = None  # a full disk must not stop the reading; ffmpeg's own error tells of it
            events.put((name, raw.decode("utf-8", "replace").rstrip("\n")))
        pipe.close()
    events.put(None)


def _follow(
    task: Invocation,
    events: queue.Queue[tuple[str, str] | None],
    summary: stderr.StderrSummary,
    on_progress: Callable[[Progress], None],
    on_line: Callable[[stderr.Line], None],
) -> int:
    began = told = time.monotonic()
    deadline = began + task.sandbox.timeout_s
    open_pipes = 2
    block: dict[str, str] = {}
    frames = 0
    while open_pipes:
        left = deadline - time.monotonic()
        try:
            event = events.get(timeout=max(0.0, min(left, 1.0)))
        except queue.Empty:
            if left <= 0:
                raise EnvironmentFault("timeout", where=task.where, seconds=task.sandbox.timeout_s) from None
            continue
        if event is None:
            open_pipes -= 1
        elif event[0] == "err":
            on_line(summary.feed(event[1]))
        else:
            key, _, value = event[1].partition("=")
            block[key] = value.strip()
            if key == "picture" and time.monotonic() - told > TELL_EVERY_S:
                told = time.monotonic()
                on_progress(_progress({}, task, _number(value, 0), told - began))
            if key == "progress":
                frames = _number(block.get("frame"), frames)
                on_progress(_progress(block, task, frames, time.monotonic() - began))
                block = {}
    return frames


def _progress(block: Mapping[str, str], task: Invocation, frame: int, elapsed_s: float) -> Progress:
    """From the time that was written or, where that is not told, the pictures of the first output."""
    done_s = _number(block.get("out_time_us"), 0) / 1e6
    if task.total_frames and task.total_s:
        done_s = max(done_s, min(1.0, frame / task.total_frames) * task.total_s)
    return Progress(done_s, task.total_s, done_s / elapsed_s if elapsed_s > 0 else None, frame)


def _number(text: str | None, default: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return default
