"""What benchmarks share: a process's seconds, its CPU, and the memory of everything below it."""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Cost:
    """Of one command with all its children."""

    wall_s: float
    cpu_s: float
    peak_bytes: int

    def __add__(self, other: Cost) -> Cost:
        return Cost(self.wall_s + other.wall_s, self.cpu_s + other.cpu_s, max(self.peak_bytes, other.peak_bytes))


def tree_bytes(pid: int) -> int:
    """Resident memory of a process and all below it (proc(5)); pages that they share are counted once, by PSS."""
    total = 0
    waiting = [pid]
    while waiting:
        here = waiting.pop()
        try:
            for line in Path(f"/proc/{here}/smaps_rollup").read_text().splitlines():
                if line.startswith("Pss:"):
                    total += int(line.split()[1]) * 1024
            for task in Path(f"/proc/{here}/task").iterdir():
                waiting += map(int, (task / "children").read_text().split())
        except OSError:
            continue
    return total


def showcase(checkout: Path | None, *words: str) -> list[str]:
    """A command of ours, run by this Python; of another checkout by that of its own `.venv`."""
    python = str(checkout.resolve() / ".venv" / "bin" / "python") if checkout else sys.executable
    return [python, "-m", "pipeline.cli", *words]


def against(title: str, here: Sequence[Cost], there: Sequence[Cost]) -> str:
    """How the medians of one checkout stand to another's."""
    wall, cpu = (
        tuple(statistics.median(getattr(item, field) for item in costs) for costs in (here, there))
        for field in ("wall_s", "cpu_s")
    )
    return (
        f"{title}: wall {wall[0] / wall[1]:.3f} ({wall[0]:.2f} s to {wall[1]:.2f} s), "
        f"CPU {cpu[0] / cpu[1]:.3f} ({cpu[0]:.2f} s to {cpu[1]:.2f} s) of the other checkout's"
    )


def run(argv: Sequence[str], folder: Path | None = None) -> Cost:
    """Run a command to its end."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    began = time.perf_counter()
    child = subprocess.Popen(argv, cwd=folder, stdout=subprocess.DEVNULL)
    peak = [0]
    done = threading.Event()

    def video() -> None:
        while not done.wait(0.2):
            peak[0] = max(peak[0], tree_bytes(child.pid))

    watcher = threading.Thread(target=video)
    watcher.start()
    code = child.wait()
    wall = time.perf_counter() - began
    done.set()
    watcher.join()
    if code:
        raise SystemExit(f"exit {code}: {' '.join(argv)}")
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    cpu = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return Cost(wall, cpu, peak[0])
