"""SIGKILL and SIGSTOP of the command and of the server, in the midst of what goes over a line."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.conftest import Showcase, wait_for_none
from tests.faults.breaking import BROADBAND, killed, lengths, server_killed
from tests.faults.dealing import Fault, Kind
from tests.faults.ground import Ground
from tests.faults.judging import Tally, again, conclude, look
from tests.faults.line_proxy import Line, lined
from tests.faults.servers import OwnServer, own_server

SEED = 2929
KILLS, SERVER_KILLS, STOPPED_S = 50, 10, 60.0


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[OwnServer]:
    folder = tmp_path_factory.mktemp("server")
    with own_server(folder / "store") as made:
        yield made
    assert wait_for_none(folder) == []


@pytest.fixture(scope="module")
def ground(server: OwnServer, film: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    made = Ground(server.connection, tmp_path_factory.mktemp("ground"))
    made.prepare(film)
    yield made
    made.close()


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_fifty_kills_over_a_line(ground: Ground) -> None:
    draw, tally = random.Random(SEED), Tally()
    length = lengths(ground)
    for number in range(KILLS):
        task = list(ground.tasks.values())[number % len(ground.tasks)]
        moment = draw.uniform(0.3, length[task.name])
        killed(ground, task, moment, tally)
    conclude(tally, f"seed {SEED}")


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_ten_kills_of_the_server(ground: Ground, server: OwnServer) -> None:
    """It is started again after a second, and the command goes on by itself."""
    draw, tally = random.Random(SEED), Tally()
    length = lengths(ground)
    for number in range(SERVER_KILLS):
        task = list(ground.tasks.values())[number % len(ground.tasks)]
        server_killed(ground, server, task, draw.uniform(1.0, length[task.name]), tally)
    conclude(tally, f"seed {SEED}")


def until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.02)


@pytest.mark.acceptance
@pytest.mark.timeout(900)
@pytest.mark.parametrize("stopped", ["commands", "server"])
def test_a_minute_without_a_turn(stopped: str, ground: Ground, server: OwnServer) -> None:
    """All at once on one line: the machine or the store sleeps in the midst of them, and they end well."""
    tally = Tally()
    folders = {task.name: ground.folder(task) for task in ground.tasks.values()}
    with ExitStack() as held:
        lines = {name: held.enter_context(lined(ground.connection.endpoint or "", BROADBAND)) for name in folders}
        running = {
            name: Showcase(folder, ground.environment(lines[name].endpoint)).start(*ground.tasks[name].words)
            for name, folder in folders.items()
        }
        stopping = [*running.values()] if stopped == "commands" else [server]
        until(lambda: all(line.counts.up + line.counts.down > 1e6 for line in lines.values()))
        for one in stopping:
            one.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED_S)
        for one in stopping:
            one.send_signal(signal.SIGCONT)
        codes = {name: process.wait(300) for name, process in running.items()}
        acknowledged = {name: list(line.counts.acknowledged) for name, line in lines.items()}
    for task in ground.tasks.values():
        shown = f"{task.name}, {stopped} stopped for {STOPPED_S:.0f} s, exit {codes[task.name]}"
        tally.tried[f"{stopped} stopped", task.name] += 1
        if codes[task.name]:
            tally.add_wrong("wrong_words", shown)
        look(ground, task, folders[task.name], codes[task.name], acknowledged[task.name], tally, shown)
        again(ground, task, folders[task.name], acknowledged[task.name], tally, shown)
    conclude(tally, f"{stopped} stopped for {STOPPED_S:.0f} s")


STOPS_S = 2.5  # after Ctrl-C, with all that a command puts in order
STILL = {
    "pull": Fault(Kind.STALL_ANSWER, r"^GET .*/iptv-sd\.ts", first=None),
    "review": Fault(Kind.STALL_ANSWER, r"^GET .*/media/", first=None),
    "submit": Fault(Kind.STALL_REQUEST, r"^PUT .*/submission\.yaml", at=10, first=None),
    "run": Fault(Kind.STALL_REQUEST, r"^PUT .*/poster\.jpg", first=None),
}


@pytest.mark.acceptance
@pytest.mark.timeout(600)
@pytest.mark.parametrize("given", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("name", STILL)
def test_who_is_stopped_on_a_line_that_is_still_ends_at_once(name: str, given: signal.Signals, ground: Ground) -> None:
    """Without a word of Python's, and nothing is lost: the next one goes on over a line that carries."""
    task, tally = ground.tasks[name], Tally()
    folder = ground.folder(task)
    with lined(ground.connection.endpoint or "", Line(), [STILL[name]]) as line:
        showcase = Showcase(folder, ground.environment(line.endpoint))
        with subprocess.Popen(
            showcase.argv(*task.words),
            cwd=folder,
            env={**os.environ, **showcase.environment},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        ) as running:
            until(lambda: bool(line.dealt))
            time.sleep(0.5)
            running.send_signal(given)
            began = time.monotonic()
            said = running.communicate(timeout=60)[0].decode()
            took_s = time.monotonic() - began
        acknowledged = list(line.counts.acknowledged)
    assert (running.returncode, took_s < STOPS_S) == (130, True), (running.returncode, took_s, said)
    assert "Traceback" not in said
    again(ground, task, folder, acknowledged, tally, f"{name} stopped")
    conclude(tally, f"{name} stopped by {given.name}")
