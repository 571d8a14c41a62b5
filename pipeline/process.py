"""Start, limit, wait for and stop children: the only module with POSIX-only calls.

A child gets its own process group, its memory and file size limits, and SIGKILL when its parent ends,
however the parent ends. PDEATHSIG is tied to the *thread* that started the child: start and wait in the
same thread, and let that thread outlive the child.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import IO

from pipeline import children
from pipeline.children import Usage

# The fall-back where util-linux is missing: limits, PDEATHSIG (prctl option 1), then exec.
_SHIM = """
import ctypes,os,resource,signal,sys
parent,memory,size=int(sys.argv[1]),int(sys.argv[2]),int(sys.argv[3])
if memory: resource.setrlimit(resource.RLIMIT_AS,(memory,memory))
if size: resource.setrlimit(resource.RLIMIT_FSIZE,(size,size))
ctypes.CDLL(None).prctl(1,signal.SIGKILL)
if os.getppid()!=parent: os._exit(137)
os.execvp(sys.argv[4],sys.argv[4:])
"""


DEVNULL = subprocess.DEVNULL
CHANNEL_BYTES = 1 << 20  # what Linux gives to everybody


@dataclass(frozen=True)
class Limits:
    """Bounds the kernel keeps; 0 is none."""

    memory_bytes: int = 0
    file_bytes: int = 0


@dataclass(frozen=True)
class Stdio:
    """A child's standard streams: files, pipes to this process, or nothing."""

    stdin: IO[bytes] | int = subprocess.DEVNULL
    stdout: IO[bytes] | int = subprocess.PIPE
    stderr: IO[bytes] | int = subprocess.PIPE


class _Pipe:
    """A pipe of its own between this process and one child; `url` is the child's name for its end."""

    def __init__(self, ours: int) -> None:
        ends = os.pipe()
        self._ours, self.number = ends[ours], ends[1 - ours]
        self._owned = list(ends)
        with contextlib.suppress(OSError):  # a smaller pipe is slower, nothing else
            fcntl.fcntl(self._ours, fcntl.F_SETPIPE_SZ, CHANNEL_BYTES)

    @property
    def url(self) -> str:
        return f"pipe:{self.number}"

    def _taken(self) -> int:
        self._owned = []
        os.close(self.number)
        return self._ours

    def close(self) -> None:
        """Give back both ends where no child came to have one."""
        while self._owned:
            os.close(self._owned.pop())


class Channel(_Pipe):
    """One that the child writes and this process reads."""

    def __init__(self) -> None:
        super().__init__(0)

    def opened(self) -> IO[bytes]:
        """The end to read, once the child has the other one: it ends when the child does."""
        return os.fdopen(self._taken(), "rb", buffering=CHANNEL_BYTES)


class Feed(_Pipe):
    """One that this process writes and the child reads."""

    def __init__(self) -> None:
        super().__init__(1)

    def opened(self) -> IO[bytes]:
        """The end to write, once the child has the other one: the child's input ends when it is closed."""
        return os.fdopen(self._taken(), "wb", buffering=0)


class Child:
    """A running child; `wait` reaps it with its usage."""

    def __init__(self, popen: subprocess.Popen[bytes], group: children.ChildGroup | None = None):
        self._popen = popen
        self._group = group
        self._started = time.monotonic()
        self.usage: Usage | None = None

    @property
    def pid(self) -> int:
        return self._popen.pid

    @property
    def stdout(self) -> IO[bytes] | None:
        return self._popen.stdout

    @property
    def stderr(self) -> IO[bytes] | None:
        return self._popen.stderr

    def poll(self) -> Usage | None:
        """The usage when the child has ended, else None."""
        if self.usage is None:
            pid, status, used = os.wait4(self.pid, os.WNOHANG)
            if pid:
                code = os.waitstatus_to_exitcode(status)
                self._popen.returncode = code
                self.usage = Usage(
                    exit_code=code,
                    wall_s=time.monotonic() - self._started,
                    cpu_s=used.ru_utime + used.ru_stime,
                    peak_rss_bytes=used.ru_maxrss * 1024,
                )
                if self._group is not None:
                    self._group.count(self.usage)
        return self.usage

    def wait(self, timeout_s: float, *, unless: Callable[[], bool] = lambda: False) -> Usage | None:
        """The usage, or None when it still runs after `timeout_s`, or when `unless` holds."""
        deadline = time.monotonic() + timeout_s
        pause = 0.001
        while (usage := self.poll()) is None:
            left = deadline - time.monotonic()
            if left <= 0 or unless():
                return None
            time.sleep(min(pause, left))
            pause = min(pause * 2, 0.05)
        return usage

    def stop(self, *, ask: signal.Signals = signal.SIGINT, grace_s: float = 5.0) -> Usage:
        """Ask the whole group to end, wait, then kill it."""
        self._signal(ask)
        if self.wait(grace_s) is None:
            self._signal(signal.SIGKILL)
        usage = self.wait(30.0)
        if usage is None:
            raise TimeoutError(f"process {self.pid} does not end")
        return usage

    def read_again(self) -> None:
        """Have it read its configuration again (SIGHUP), where it is a server that does so."""
        if self.usage is None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, signal.SIGHUP)

    def kill(self) -> None:
        """End the whole group without asking; whoever waits for the child reaps it."""
        if self.usage is None:  # a number that was reaped may be a stranger's by now
            self._signal(signal.SIGKILL)

    def _signal(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(self.pid, number)


def start(
    argv: Sequence[str],
    *,
    cwd: Path,
    env: Mapping[str, str],
    stdio: Stdio | None = None,
    limits: Limits | None = None,
    channels: Collection[Channel | Feed] = (),
) -> Child:
    """Start `argv` so that it dies with this thread's process; it gets the other ends of `channels`.

    Raises:
        FileNotFoundError: the program is not there. Interrupted: the work that it belongs to was ended.
    """
    group = children.current()
    if group is not None:
        group.refuse_when_stopped()
    program = shutil.which(argv[0], path=env.get("PATH")) or argv[0]
    if not Path(program).exists():
        raise FileNotFoundError(program)
    stdio = stdio or Stdio()
    wrapped = [*_bound_to_parent(limits or Limits()), program, *argv[1:]]
    popen = subprocess.Popen(
        wrapped,
        cwd=cwd,
        env=dict(env),
        stdin=stdio.stdin,
        stdout=stdio.stdout,
        stderr=stdio.stderr,
        process_group=0,
        pass_fds=[channel.number for channel in channels],
    )
    child = Child(popen, group)
    if group is not None:
        group.add(child)
    return child


def end_after_cpu(seconds: float) -> None:
    """Let the kernel end this process (SIGPROF) once it has used so much more time of a processor; 0 takes that back.

    Of a processor, not of the clock: a machine that is busy with other things makes nobody late.
    """
    signal.setitimer(signal.ITIMER_PROF, seconds)


ABORTED = -int(signal.SIGABRT)  # the exit code of a child that gave up itself, as most do without memory
OUT_OF_CPU = -int(signal.SIGPROF)  # the exit code of a child that `end_after_cpu` ended


def start_detached(argv: Sequence[str], *, log: Path) -> int:
    """Start a supervisor in a session of its own that outlives this process; gives its process id."""
    with log.open("ab") as out:
        popen = subprocess.Popen(list(argv), stdin=subprocess.DEVNULL, stdout=out, stderr=out, start_new_session=True)
    popen.returncode = 0  # not ours to reap: it leaves by itself
    return popen.pid


def _bound_to_parent(limits: Limits) -> list[str]:
    prlimit, setpriv = shutil.which("prlimit"), shutil.which("setpriv")
    if not (prlimit and setpriv):
        numbers = [str(os.getpid()), str(limits.memory_bytes), str(limits.file_bytes)]
        return [sys.executable, "-I", "-S", "-c", _SHIM, *numbers]
    bounds = []
    if limits.memory_bytes:
        bounds.append(f"--as={limits.memory_bytes}")
    if limits.file_bytes:
        bounds.append(f"--fsize={limits.file_bytes}")
    before = [prlimit, *bounds, "--"] if bounds else []
    return [*before, setpriv, "--pdeathsig", "KILL", "--"]


def birth(pid: int) -> str | None:
    """When a process of this id began (clock ticks after boot), so that a reused id is told apart; None: no such."""
    fields = _stat(pid)
    return fields[19] if fields else None


def is_alive(pid: int, born: str | None = None) -> bool:
    """Whether a process of this id (and birth) runs; a zombie does not."""
    fields = _stat(pid)
    return fields is not None and fields[0] != "Z" and born in (None, fields[19])


def _stat(pid: int) -> list[str] | None:
    """The fields of /proc/PID/stat from the state on (proc(5): the name before may hold anything)."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return None


def terminate(pid: int) -> None:
    """SIGTERM to a process that is not our child."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)


def ask_to_read_again(pid: int) -> None:
    """SIGHUP to a process that is not our child and answers it by `on_read_again`."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGHUP)


def on_read_again(act: Callable[[], None]) -> None:
    """Do this whenever somebody asks for it (SIGHUP), in place of ending."""
    signal.signal(signal.SIGHUP, lambda _number, _frame: act())


def for_owner_alone(path: Path) -> None:
    """Take a file or folder from everybody but its owner."""
    path.chmod(0o700 if path.is_dir() else 0o600)


def fsync_folder(folder: Path) -> None:
    """Make renames in `folder` survive a power cut."""
    handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


class Lease:
    """A lock on a file that many hold shared or one holds alone; the kernel drops it with its process."""

    def __init__(self, path: Path):
        path.parent.mkdir(parents=True, exist_ok=True)
        self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def share(self) -> None:
        """Hold it shared; waits while somebody holds it alone."""
        fcntl.flock(self._handle, fcntl.LOCK_SH)

    def try_alone(self) -> bool:
        """Hold it alone, or False at once when somebody else has it. A shared hold is given up either way."""
        fcntl.flock(self._handle, fcntl.LOCK_UN)
        return self._try(fcntl.LOCK_EX)

    def try_share(self) -> bool:
        """Hold it shared, or False at once when somebody has it alone."""
        return self._try(fcntl.LOCK_SH)

    def _try(self, kind: int) -> bool:
        try:
            fcntl.flock(self._handle, kind | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def close(self) -> None:
        os.close(self._handle)


@contextlib.contextmanager
def signals_as_interrupts() -> Iterator[None]:
    """SIGTERM and SIGHUP end a command as SIGINT does."""

    def interrupt(_number: int, _frame: object) -> None:
        raise KeyboardInterrupt

    before = {number: signal.signal(number, interrupt) for number in (signal.SIGTERM, signal.SIGHUP)}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
