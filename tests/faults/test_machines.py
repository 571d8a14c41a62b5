"""A disk that is full on either side, a target that is read-only, a clock that is off: told, and gone on from."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.storage.s3.session import Connection
from tests.conftest import Result, wait_for_none
from tests.faults.ground import Ground, Task
from tests.faults.judging import DONE, Tally, again, compare, conclude, look, untrue
from tests.faults.servers import Room, own_server, ran

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]


@pytest.fixture(scope="module")
def ground(connection: Connection, film: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ground]:
    made = Ground(connection, tmp_path_factory.mktemp("ground"))
    made.prepare(film)
    yield made
    made.close()


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path / "room", 128 << 20)
    yield made
    made.close()


def argv_of(task: Task) -> list[str]:
    return [sys.executable, "-m", "pipeline.cli", *task.words, "--json", "--lang", "en"]


def in_room(ground: Ground, room: Room, task: Task) -> Result:
    """The task in its folder in the room."""
    folder = room.folder / task.name
    argv = room.argv("env", f"--chdir={folder}", *argv_of(task))
    return ran(argv, room.folder, ground.environment(ground.connection.endpoint or ""))


def moved_in(ground: Ground, room: Room, task: Task) -> None:
    ground.empty(task)
    room.run("cp", "-a", task.template, room.folder / task.name)


def end_well(ground: Ground, room: Room, task: Task, tally: Tally, shown: str, out: Path) -> None:
    """The same in the room, where now nothing is in its way."""
    done = in_room(ground, room, task)
    if wrong := untrue(done, {DONE}):
        tally.add_wrong("wrong_words", f"the rerun {wrong}: {shown}\n{done.err[-1500:]}")
    room.run("cp", "-a", room.folder / task.name, out)
    compare(ground, task, out, tally, shown)


def test_a_full_disk_here(ground: Ground, room: Room, tmp_path: Path) -> None:
    """From the beginning for who sends, in the midst of the film for who fetches."""
    tally = Tally()
    for task in ground.tasks.values():
        moved_in(ground, room, task)
        if task.written is None:
            room.become(f"size={room.used() + (3 << 20)}")
        else:
            room.fill()
        full = in_room(ground, room, task)
        tally.tried["disk full", task.name] += 1
        if wrong := untrue(full, {"no_space", "fetch_no_room"}):
            tally.add_wrong("wrong_words", f"{wrong}: {task.name}\n{full.err[-1500:]}")
        room.run("rm", "-f", room.folder / "filling")
        room.become("size=128m")
        end_well(ground, room, task, tally, f"{task.name} on a full disk", tmp_path / task.name)
        room.run("rm", "-rf", room.folder / task.name)
    conclude(tally, "a full disk here")


def test_a_target_that_is_read_only(ground: Ground, room: Room, tmp_path: Path) -> None:
    tally = Tally()
    for task in ground.tasks.values():
        moved_in(ground, room, task)
        room.become("ro")
        refused = in_room(ground, room, task)
        tally.tried["read-only", task.name] += 1
        if wrong := untrue(refused, {"not_writable"}):
            tally.add_wrong("wrong_words", f"{wrong}: {task.name}\n{refused.err[-1500:]}")
        room.become("rw")
        end_well(ground, room, task, tally, f"{task.name} on a read-only disk", tmp_path / task.name)
        room.run("rm", "-rf", room.folder / task.name)
    conclude(tally, "a read-only disk here")


@pytest.mark.parametrize("shift", ["+2h", "-2h"])
def test_a_clock_two_hours_off(shift: str, ground: Ground) -> None:
    program = shutil.which("faketime")
    assert program is not None, "apt-get install faketime"
    tally = Tally()
    for task in ground.tasks.values():
        folder = ground.folder(task)
        surroundings = ground.environment(ground.connection.endpoint or "")
        off = ran([program, "-f", shift, *argv_of(task)], folder, surroundings)
        tally.tried[f"clock {shift}", task.name] += 1
        if wrong := untrue(off, {"clock_skew"}):
            tally.add_wrong("wrong_words", f"{wrong}: {task.name} {shift}\n{off.err[-1500:]}")
        look(ground, task, folder, off.code, [], tally, f"{task.name} {shift}")
        again(ground, task, folder, [], tally, f"{task.name} {shift}")
    conclude(tally, f"a clock that is off by {shift}")


def test_a_full_disk_at_the_store(film: Path, room: Room, tmp_path: Path) -> None:
    room.become("size=6g")  # by the space that is free the server counts what it may begin
    tally = Tally()
    with own_server(tmp_path / "store", room) as server:
        ground = Ground(server.connection, tmp_path / "ground")
        ground.prepare(film)
        for name in ("submit", "run"):
            task = ground.tasks[name]
            folder = ground.folder(task)
            room.become(f"size={room.used() + (3 << 20)}")
            words = (*task.words, "--wait", "5s")
            full = ground.run(folder, words, server.connection.endpoint or "", timeout=200)
            tally.tried["store's disk full", name] += 1
            if wrong := untrue(full, {"store_busy", "upload_stays"}):
                tally.add_wrong("wrong_words", f"{wrong}: {name}\n{full.err[-1500:]}")
            look(ground, task, folder, full.code, [], tally, f"{name}, the store's disk full")
            room.become("size=6g")
            again(ground, task, folder, [], tally, f"{name}, the store's disk full")
        ground.close()
    assert wait_for_none(tmp_path / "store") == []
    conclude(tally, "a full disk at the store")
