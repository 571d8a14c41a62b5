"""Commands over a line on which anything may happen, for as long as is asked for: nothing lost, nothing doubled.

    python benchmarks/soak.py --minutes 60 [--seed N]

`submit`, `run`, `review` and `pull` in turn, each with up to three faults that are drawn, on a line whose rate and cuts
are drawn, or with the command or the server ended by SIGKILL; then the same again, and all is read back and compared.
Prints each try and, at the end, faults × commands; ends with 1 where anything was lost, doubled or told wrongly.
"""

from __future__ import annotations

import sys

sys.path.pop(0)  # this file's own folder: names in it would hide libraries of Python's
sys.path.insert(0, ".")

import argparse
import os
import random
import subprocess
import tempfile
import time
from pathlib import Path

from pipeline.ffmpeg import capability
from tests.faults.breaking import killed, lengths, server_killed
from tests.faults.dealing import OF_ANSWER_BODY, OF_REQUEST_BODY, ON_CONNECT, Fault, Kind, refused
from tests.faults.ground import FILM, Ground, Task
from tests.faults.judging import Tally, judge
from tests.faults.line_proxy import Line
from tests.faults.servers import own_server

REFUSED = ("InternalError", 500), ("ServiceUnavailable", 503), ("SlowDown", 503)
STALLS = (Kind.STALL_CONNECT, Kind.STALL_REQUEST, Kind.STALL_ANSWER, Kind.DELAY)


def drawn_fault(draw: random.Random, task: Task) -> Fault:
    """Any that one of the task's requests can meet."""
    while True:
        kind, asked = draw.choice(list(Kind)), draw.choice(list(task.targets.values()))
        if kind is Kind.REFUSE:
            code, status = draw.choice(REFUSED)
            return refused(code, status, asked=asked, retry_after_s=draw.choice((None, 1)))
        if kind in ON_CONNECT:
            return Fault(kind, span_s=draw.uniform(0.1, 3))
        if kind in OF_REQUEST_BODY and not (asked.startswith("^PUT") or "uploadId" in asked):
            continue
        if kind in OF_ANSWER_BODY and not asked.startswith(("^GET", "^POST")):
            continue
        span_s = draw.uniform(0.1, 3) if kind in STALLS else None
        return Fault(kind, asked, at=draw.choice((0, None, draw.randrange(1 << 20))), span_s=span_s)


def drawn_line(draw: random.Random) -> Line:
    """Mostly a whole one; else slow enough to be cut within a film, and fast enough for a part between two cuts."""
    if draw.random() < 0.6:
        return Line()
    rate = draw.uniform(60e6, 200e6)
    return Line(up=rate, down=rate, cut_every_s=draw.choice((None, 2.5, 4.0)), delay_s=draw.choice((0.0, 0.02)))


def soak(minutes: float, seed: int, room: Path) -> Tally:
    """Try until the time is over."""
    draw, tally = random.Random(seed), Tally()  # noqa: S311 - to be drawn again by its seed
    film = room / "film.mp4"
    argv = [capability.executable(), "-nostdin", "-hide_banner", "-loglevel", "error", "-y", *FILM, film]
    subprocess.run(list(map(str, argv)), check=True)
    deadline = time.monotonic() + 60 * minutes
    with own_server(room / "store") as server:
        ground = Ground(server.connection, room / "ground")
        ground.prepare(film)
        length = lengths(ground)
        while time.monotonic() < deadline:
            task = draw.choice(list(ground.tasks.values()))
            fate = draw.random()
            if fate < 0.15:
                killed(ground, task, draw.uniform(0.3, length[task.name]), tally)
            elif fate < 0.25:
                server_killed(ground, server, task, draw.uniform(0.3, length[task.name]), tally)
            else:
                faults = [drawn_fault(draw, task) for _ in range(draw.randint(1, 3))]
                judge(ground, task, faults, tally, line=drawn_line(draw), seed=draw.randrange(1 << 30))
        ground.close()
    return tally


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--minutes", type=float, default=60)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(1 << 30))
    given = parser.parse_args()
    for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
        del os.environ[name]
    print(f"seed {given.seed}, {given.minutes:g} min", flush=True)
    with tempfile.TemporaryDirectory() as folder:
        for name in ("XDG_CACHE_HOME", "XDG_CONFIG_HOME"):
            os.environ[name] = str(Path(folder) / name)
        tally = soak(given.minutes, given.seed, Path(folder))
    # two faults may want the same request, and one of them is then not met: that is no failure of the command
    print(f"seed {given.seed}\n{tally.told()}")
    return 1 if tally.lost or tally.doubled or tally.wrong_words else 0


if __name__ == "__main__":
    sys.exit(main())
