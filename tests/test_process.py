"""Children: limits, usage, and dying with their parent."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from pipeline import process

ENV = {"PATH": os.environ["PATH"]}


def start(*argv: str, limits: process.Limits | None = None, cwd: Path = Path("/")) -> process.Child:
    silent = process.Stdio(stdout=process.DEVNULL, stderr=process.DEVNULL)
    return process.start(argv, cwd=cwd, env=ENV, stdio=silent, limits=limits)


def test_a_child_tells_what_it_cost() -> None:
    usage = start(sys.executable, "-c", "x = bytearray(90_000_000); sum(range(2_000_000))").wait(20)
    assert usage is not None
    assert usage.exit_code == 0
    assert usage.peak_rss_bytes > 90_000_000
    assert usage.cpu_s > 0.01


def test_memory_and_file_size_are_bounded(tmp_path: Path) -> None:
    limits = process.Limits(memory_bytes=300_000_000, file_bytes=1_000_000)
    greedy = start(sys.executable, "-c", "bytearray(900_000_000)", limits=limits).wait(20)
    assert greedy is not None
    assert greedy.exit_code != 0
    writer = "import signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN); open('f','wb').write(bytes(5_000_000))"
    start(sys.executable, "-c", writer, limits=limits, cwd=tmp_path).wait(20)
    assert (tmp_path / "f").stat().st_size <= 1_000_000


def test_stop_asks_first_and_kills_who_does_not_listen() -> None:
    deaf = start("sh", "-c", "trap '' INT; while :; do sleep 0.05; done")
    time.sleep(0.3)
    began = time.monotonic()
    assert deaf.stop(grace_s=0.3).exit_code == -9
    assert time.monotonic() - began < 5


@pytest.mark.parametrize("with_util_linux", [True, False], ids=["setpriv", "shim"])
def test_a_child_dies_with_its_parent_even_on_sigkill(with_util_linux: bool, tmp_path: Path) -> None:
    hide = "" if with_util_linux else "process.shutil.which = lambda name, path=None: None if path is None else name;"
    program = f"""
import os, time
from pathlib import Path
from pipeline import process
{hide}
child = process.start(["/bin/sleep", "60"], cwd=Path("/"), env={{"PATH": "/bin"}},
                      stdio=process.Stdio(stdout=-3, stderr=-3), limits=process.Limits(memory_bytes=1 << 30))
print(child.pid, flush=True)
time.sleep(60)
"""
    parent = subprocess.Popen([sys.executable, "-c", program], stdout=subprocess.PIPE, text=True, cwd=tmp_path)
    assert parent.stdout is not None
    pid = int(parent.stdout.readline())
    deadline = time.monotonic() + 5
    while b"sleep" not in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")[0] and time.monotonic() < deadline:
        time.sleep(0.02)
    assert process.is_alive(pid)
    parent.send_signal(signal.SIGKILL)
    parent.wait()
    parent.stdout.close()
    while process.is_alive(pid) and time.monotonic() < deadline:
        time.sleep(0.02)
    assert not process.is_alive(pid)


def test_a_lease_is_shared_by_many_or_held_alone(tmp_path: Path) -> None:
    first, second = process.Lease(tmp_path / "l"), process.Lease(tmp_path / "l")
    first.share()
    second.share()
    assert not second.try_alone()
    assert first.try_alone()
    assert not second.try_alone()
    first.close()
    assert second.try_alone()
    second.close()


def test_a_missing_program_is_said_at_once() -> None:
    with pytest.raises(FileNotFoundError):
        start("/nonexistent/program")
