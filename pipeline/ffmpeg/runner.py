"""The one runner of ffmpeg. In: an invocation. Out: usage and what was logged, or a typed error.

Nothing an input holds can reach further than its folder: inputs are guarded (see `guard`), the environment
holds no credentials, the kernel bounds memory and file size, a process that makes no more pictures is ended, and it
dies with its parent. Inputs become `file:` and an absolute path; outputs are fixed ASCII names in the folder.
"""

from __future__ import annotations

import queue
import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import IO, TypeAlias

from pipeline import children, durable, process
from pipeline.errors import EnvironmentFault, MediaError, ProcessLost, ShowcaseError
from pipeline.ffmpeg import stderr
from pipeline.ffmpeg.invocation import Invocation, Progress, RunResult, Sandbox, environment, resolve

PROGRESS_EVERY_S = 0.25
READERS_END_S = 60.0  # what is left in the pipes when the child is gone

Events: TypeAlias = "queue.Queue[tuple[str, str] | None]"
ProgressCallback: TypeAlias = Callable[[Progress], None]
Channels: TypeAlias = Mapping[str, process.Channel | process.Feed]
LineCallback: TypeAlias = Callable[[stderr.Line], None]


@dataclass(frozen=True)
class Runner:
    """An ffmpeg, the folder that it works in, the log that it writes, and its bounds.

    Its processes are of the `ChildGroup` of the thread that runs them: who ends the group ends them.
    """

    executable: Path
    folder: Path
    log: Path
    sandbox: Sandbox = field(default_factory=Sandbox)

    def named(self, name: str) -> Runner:
        """The same with a log of its own."""
        return replace(self, log=self.log.with_suffix(f".{name}.log"))

    def inside(self, folder: Path) -> Runner:
        """The same in another folder."""
        return replace(self, folder=folder)

    def writing_at_most(self, file_bytes: int) -> Runner:
        """The same with another bound on each file that it writes."""
        return replace(self, sandbox=replace(self.sandbox, file_bytes=file_bytes))

    def run(
        self,
        invocation: Invocation,
        *,
        on_progress: ProgressCallback = lambda _: None,
        on_line: LineCallback = lambda _: None,
    ) -> RunResult:
        """Run one process to its end.

        Raises:
            MediaError: the input could not be read or encoded.
            EnvironmentFault: no space, no memory, an encoder is missing.
            ProcessLost: it stood still, or was killed from outside.
            Interrupted: it was cancelled; the process is gone.
            KeyboardInterrupt: passed on after the process is gone.
        """
        channels: Channels = {
            **{token: process.Channel() for token in invocation.readers},
            **{token: process.Feed() for token in invocation.writers},
        }
        try:
            return self._run(invocation, channels, on_progress, on_line)
        except ShowcaseError as error:
            error.log = self.log
            raise
        finally:
            for channel in channels.values():
                channel.close()

    def _run(
        self,
        invocation: Invocation,
        channels: Channels,
        on_progress: ProgressCallback,
        on_line: LineCallback,
    ) -> RunResult:
        argv = resolve(invocation, self.executable, channels)
        for name in invocation.outputs.values():
            durable.make_folder((self.folder / name).parent)
        summary = stderr.StderrSummary()
        with durable.space_is_an_environment_fault(self.log), self.log.open("wb") as log:
            log.write((" ".join(argv) + "\n").encode("utf-8", "surrogateescape"))
            child = self._start(argv, channels)
            takers: list[_Taker] = []
            events: Events = queue.Queue(maxsize=10_000)
            drains = [
                threading.Thread(target=_drain, args=(child.stdout, "out", events, None), daemon=True),
                threading.Thread(target=_drain, args=(child.stderr, "err", events, log), daemon=True),
            ]
            try:
                acts = {**invocation.readers, **invocation.writers}
                takers += [_Taker(acts[token], channel.opened()) for token, channel in channels.items()]
                for drain in drains:
                    drain.start()
                frames = _Follower(self, invocation, on_progress).follow(events, lambda raw: on_line(summary.feed(raw)))
                usage = child.wait(60.0)
            finally:
                if child.poll() is None:
                    child.stop(grace_s=1.0)  # what it was writing is thrown away
                for thread in (*drains, *takers):
                    if thread.ident is not None:
                        thread.join(timeout=READERS_END_S)
        children.refuse_when_stopped()
        for taker in takers:
            taker.give_up()
        if usage is None:
            raise MediaError("ffmpeg_hangs", where=invocation.where)
        if usage.exit_code != 0:
            raise summary.failure(exit_code=usage.exit_code, where=invocation.where)
        return RunResult(argv=argv, usage=usage, stderr=summary, frames=frames)

    def _start(self, argv: tuple[str, ...], channels: Channels) -> process.Child:
        limits = process.Limits(memory_bytes=self.sandbox.memory_bytes, file_bytes=self.sandbox.file_bytes)
        try:
            return process.start(
                argv, cwd=self.folder, env=environment(self.folder), limits=limits, channels=channels.values()
            )
        except FileNotFoundError as error:
            raise EnvironmentFault("ffmpeg_missing", where=str(error)) from error


class _Taker(threading.Thread):
    """Reads a channel, or writes one, to its end; what goes wrong in that ends the child and is raised in its stead."""

    def __init__(self, act: Callable[[IO[bytes]], None], pipe: IO[bytes]):
        super().__init__(daemon=True)
        self._act, self._pipe = act, pipe
        self._fault: Exception | None = None
        self.start()

    def run(self) -> None:
        try:
            with self._pipe:  # closed on the way out: the child can't wait for a reader that is gone
                self._act(self._pipe)
        except BrokenPipeError:
            return  # the child ended before it had read all, and says itself why
        except Exception as fault:  # noqa: BLE001 - raised again by `give_up`
            self._fault = fault

    def give_up(self) -> None:
        """Raise what the reader could not do."""
        if self._fault:
            raise self._fault
        if self.is_alive():
            raise TimeoutError("a reader of ffmpeg's output does not end")


def _drain(pipe: IO[bytes] | None, name: str, events: Events, log: IO[bytes] | None) -> None:
    """Read a pipe to its end, so that the child never waits for us; the log gets every byte it has room for."""
    if pipe is not None:
        for raw in iter(lambda: pipe.readline(65536), b""):
            if log is not None:
                try:
                    log.write(raw)
                except OSError:
                    log = None  # a full disk must not stop the reading; ffmpeg's own error says so
            events.put((name, raw.decode("utf-8", "replace").rstrip("\n")))
        pipe.close()
    events.put(None)


class _Follower:
    """Reads what a running ffmpeg prints until both its pipes are closed."""

    def __init__(self, runner: Runner, invocation: Invocation, on_progress: ProgressCallback):
        self._runner, self._invocation, self._on_progress = runner, invocation, on_progress
        self._began = self._reported = time.monotonic()
        self._block: dict[str, str] = {}
        self._frames = 0
        self._moved, self._moved_at = ("", "", ""), self._began

    def follow(self, events: Events, on_error_line: Callable[[str], None]) -> int:
        """Gives how many pictures were written."""
        allowed_s = self._runner.sandbox.stall_s + self._invocation.silent_s
        open_pipes = 2
        while open_pipes:
            left = self._moved_at + allowed_s - time.monotonic()
            if left <= 0:
                raise ProcessLost("stalled", where=self._invocation.where, seconds=round(allowed_s))
            try:
                event = events.get(timeout=left)
            except queue.Empty:
                continue
            if event is None:
                open_pipes -= 1
            elif event[0] == "err":
                on_error_line(event[1])
            else:
                self._progress_line(event[1])
        return self._frames

    def _progress_line(self, line: str) -> None:
        """One `key=value` of `-progress`; `progress=` ends a block; `picture=` is an encoder's (`plan.joining`)."""
        key, _, value = line.partition("=")
        self._block[key] = value.strip()
        now = time.monotonic()
        if key == "picture":
            self._moved_at = now
        if key == "picture" and now - self._reported > PROGRESS_EVERY_S:
            self._reported = now
            self._report({}, _number(value, 0), now)
        if key == "progress":
            # ffmpeg goes on counting while a decoder hangs: what it has written says whether it does
            moved = (
                self._block.get("frame", ""),
                self._block.get("out_time_us", ""),
                self._block.get("total_size", ""),
            )
            if moved != self._moved:
                self._moved, self._moved_at = moved, now
            self._frames = _number(self._block.get("frame"), self._frames)
            self._report(self._block, self._frames, now)
            self._block = {}

    def _report(self, block: Mapping[str, str], frame: int, now: float) -> None:
        """From the time that was written or, where that is not known, the pictures of the first output."""
        done_s = _number(block.get("out_time_us"), 0) / 1e6
        frames, total_s = self._invocation.total_frames, self._invocation.total_s
        if frames and total_s:
            done_s = max(done_s, min(1.0, frame / frames) * total_s)
        elapsed_s = now - self._began
        self._on_progress(Progress(done_s, total_s, done_s / elapsed_s if elapsed_s > 0 else None, frame))


def _number(text: str | None, default: int) -> int:
    try:
        return int(text or "")
    except ValueError:
        return default
