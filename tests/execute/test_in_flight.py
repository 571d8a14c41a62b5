"""A worker's disk holds the films in flight alone: what ends goes, what a killed one left too, what lives never."""

from __future__ import annotations

import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.errors import InputError
from pipeline.execute import in_flight
from pipeline.execute.journal import Journal
from pipeline.execute.stages import StageDirs, StageStore
from pipeline.model.stage import Stage
from pipeline.settings import Settings
from pipeline.workspace import Workspace

DONE, HALF, OWN = (Stage(name="transcode", version=1, inputs={"film": digit * 64}) for digit in "123")
FILM = "a" * 64
WORK = f"""
import sys, time
from pathlib import Path
from pipeline.execute import in_flight
from pipeline.execute.journal import Journal
from pipeline.execute.stages import StageStore
from pipeline.model.stage import Stage
from pipeline.settings import Settings
from pipeline.workspace import Workspace

place = Workspace(Path(sys.argv[1]), Settings()).make()
done, half, own = (Stage(name="transcode", version=1, inputs={{"film": digit * 64}}) for digit in "123")

def build(dirs):
    (dirs.folder / "out").write_bytes(b"bytes")

def stop(dirs):
    build(dirs)
    print("works", flush=True)
    time.sleep(60)

with in_flight.in_flight(place) as film:
    film.source("{FILM}").write_bytes(b"film")
    stages = StageStore(place, Journal(place), film.take)
    stages.run(own, build)
    stages.run(done, build)
    stages.run(half, stop)
"""


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w", Settings()).make()


def build(dirs: StageDirs) -> None:
    (dirs.folder / "out").write_bytes(b"bytes")


def fail(dirs: StageDirs) -> None:
    build(dirs)
    raise InputError("path_missing")


@contextmanager
def worker(place: Workspace) -> Iterator[subprocess.Popen[str]]:
    """A process in the middle of a film."""
    child = subprocess.Popen([sys.executable, "-c", WORK, str(place.root)], stdout=subprocess.PIPE, text=True)
    try:
        assert child.stdout is not None
        assert child.stdout.readline() == "works\n"
        yield child
    finally:
        child.kill()
        child.communicate()


def held(place: Workspace) -> set[str]:
    """The folders that hold something of a film."""
    found = (path for pattern in ("sources/*", "work/*/*", "tmp/*") for path in place.hidden.glob(pattern))
    return {path.relative_to(place.hidden).as_posix() for path in found}


def names(*stages: Stage) -> set[str]:
    return {f"work/{stage.name}/{stage.key}" for stage in stages}


def test_what_a_killed_worker_left_goes_and_what_a_living_one_has_stays(place: Workspace) -> None:
    StageStore(place, Journal(place)).run(OWN, build)  # of a command of this workspace
    made = {f"sources/{FILM}", *names(DONE), f"tmp/transcode-{HALF.key[:24]}"}
    with worker(place) as doomed:
        assert held(place) == made | names(OWN)
        assert in_flight.sweep(place) == ()
        doomed.send_signal(signal.SIGKILL)
        doomed.wait()
        with worker(place):  # the film is taken up on the same machine
            assert in_flight.sweep(place) == ()
            assert held(place) == made | names(OWN)
    assert set(in_flight.sweep(place, keep=[FILM, OWN.key])) == made - {f"sources/{FILM}"}
    assert held(place) == {f"sources/{FILM}"} | names(OWN)
    assert in_flight.sweep(place) == (f"sources/{FILM}",)
    assert held(place) == names(OWN)
    assert list(place.in_flight.iterdir()) == []


def test_a_film_that_ends_takes_all_along_but_what_another_one_has(place: Workspace) -> None:
    with in_flight.in_flight(place) as first:
        with in_flight.in_flight(place) as second:
            for film in (first, second):
                film.source(FILM).write_bytes(b"film")
                StageStore(place, Journal(place), film.take).run(DONE, build)
            StageStore(place, Journal(place), second.take).run(HALF, build)
        assert held(place) == {f"sources/{FILM}", *names(DONE)}
        with pytest.raises(InputError), in_flight.in_flight(place) as third:
            StageStore(place, Journal(place), third.take).run(HALF, fail)
        assert held(place) == {f"sources/{FILM}", *names(DONE)}
    assert held(place) == set()
    assert list(place.in_flight.iterdir()) == []


@pytest.mark.parametrize("line", ["", "work", "work/transcode", "sources/..", "/etc", "work/../..", f"sources/{FILM}/"])
def test_a_torn_line_of_a_claim_removes_nothing(line: str, place: Workspace) -> None:
    StageStore(place, Journal(place)).run(OWN, build)
    (place.sources / FILM).mkdir(parents=True)
    durable.make_folder(place.in_flight)
    (place.in_flight / "x.claim").write_text(line)
    assert in_flight.sweep(place) == ()
    assert held(place) == {f"sources/{FILM}"} | names(OWN)
    assert list(place.in_flight.iterdir()) == []


def test_a_machine_that_never_worked_has_nothing_to_sweep(tmp_path: Path) -> None:
    assert in_flight.sweep(Workspace(tmp_path, Settings())) == ()
    assert list(tmp_path.iterdir()) == []


SERIES = """
import random, sys
from pathlib import Path
from pipeline import durable
from pipeline.execute import in_flight
from pipeline.settings import Settings
from pipeline.workspace import Workspace

place, dice = Workspace(Path(sys.argv[1]), Settings()).make(), random.Random(sys.argv[2])
while True:
    with in_flight.in_flight(place) as film:
        for digit in dice.sample("0123", 2):
            durable.write(film.source(digit * 64), b"film", synced=False)
            for _ in range(20):
                assert (place.sources / (digit * 64) / "film").read_bytes() == b"film"
"""


@pytest.mark.acceptance
def test_no_sweep_takes_a_living_ones_film_whoever_is_killed(place: Workspace) -> None:
    """Four workers on few films, one killed after the other, while it is swept all the time."""
    dice, workers = random.Random(1), []

    def begin() -> subprocess.Popen[str]:
        argv = [sys.executable, "-c", SERIES, str(place.root), str(dice.random())]
        return subprocess.Popen(argv, stderr=subprocess.PIPE, text=True)

    try:
        workers = [begin() for _ in range(4)]
        end = time.monotonic() + 40
        while time.monotonic() < end:
            until = time.monotonic() + dice.uniform(0.5, 1.5)
            while time.monotonic() < until:
                in_flight.sweep(place)
            assert [item.poll() for item in workers] == [None] * 4
            doomed = workers.pop(0)
            doomed.kill()
            doomed.communicate()
            workers.append(begin())
    finally:
        for item in workers:
            item.kill()
            assert item.communicate()[1] == ""
    in_flight.sweep(place)
    assert held(place) == set()
    shutil.rmtree(place.in_flight)


def test_what_a_worker_made_lies_apart_from_what_a_command_of_its_workspace_needs(place: Workspace) -> None:
    apart = replace(place, part=in_flight.PART).make()
    StageStore(place, Journal(place)).run(OWN, build)
    with in_flight.in_flight(apart) as film:
        StageStore(apart, Journal(apart), film.take).run(OWN, build)
        assert StageStore(place, Journal(place)).is_done(OWN)
        assert StageStore(apart, Journal(apart)).is_done(OWN)
    assert StageStore(place, Journal(place)).is_done(OWN)
    assert not StageStore(apart, Journal(apart)).is_done(OWN)
