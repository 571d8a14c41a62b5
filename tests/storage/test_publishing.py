"""Files get their names many at once, each once the disk holds it."""

from __future__ import annotations

import os
import platform
import threading
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import filesystem
from pipeline.errors import Interrupted
from pipeline.filesystem import Filesystem
from pipeline.storage.transfer import publishing
from pipeline.storage.transfer.part_file import PartFile
from pipeline.storage.transfer.publishing import Publishing


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(publishing, "FEW", 1)
    monkeypatch.setattr(publishing, "MOST", 3)
    monkeypatch.setattr(publishing, "MOST_WAIT_S", 100.0)


@pytest.fixture
def came(tmp_path: Path) -> Callable[[str], PartFile]:
    """A file that is whole, and has no name yet."""

    def make(name: str, size: int = 4) -> PartFile:
        part = PartFile(tmp_path / name, size)
        part.open(lambda _: None)
        with part.writing(0, is_alone=True) as put:
            assert put(b"x" * size)
        return part

    return make


@pytest.fixture
def synced_alone(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """A row for each file that the disk is asked for by itself."""
    rows: list[int] = []
    whole = os.fsync

    def counted(handle: int) -> None:
        rows.append(handle)
        whole(handle)

    monkeypatch.setattr(os, "fsync", counted)
    return rows


def named(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir() if not path.name.startswith("."))


def test_small_ones_get_their_names_together_and_the_last_at_the_end(
    tmp_path: Path, came: Callable[[str], PartFile], synced_alone: list[int]
) -> None:
    with Publishing([tmp_path]) as files:
        for name in "ab":
            files.add(came(name))
        assert named(tmp_path) == []
        files.add(came("c"))
        assert named(tmp_path) == ["a", "b", "c"]
        for name in "de":
            files.add(came(name))
    assert named(tmp_path) == ["a", "b", "c", "d", "e"]
    assert synced_alone == []
    assert [path.name for path in tmp_path.iterdir() if path.name.startswith(".")] == []


def test_few_a_large_one_and_one_that_waits_too_long_are_published_at_once(
    tmp_path: Path, came: Callable[..., PartFile], monkeypatch: pytest.MonkeyPatch, synced_alone: list[int]
) -> None:
    with Publishing([tmp_path]) as files:
        files.add(came("large", publishing.SMALL_BYTES + 1))
        assert named(tmp_path) == ["large"]
        monkeypatch.setattr(publishing, "MOST_WAIT_S", 0.0)
        files.add(came("late"))
        assert named(tmp_path) == ["large", "late"]
    assert len(synced_alone) == 2


def test_where_the_disk_tells_of_an_error_each_is_asked_by_itself(
    tmp_path: Path, came: Callable[[str], PartFile], monkeypatch: pytest.MonkeyPatch, synced_alone: list[int]
) -> None:
    def failed(_: Filesystem) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(Filesystem, "sync", failed)
    with Publishing([tmp_path]) as files:
        for name in "abc":
            files.add(came(name))
    assert (named(tmp_path), len(synced_alone)) == (["a", "b", "c"], 3)


def test_after_an_error_each_that_comes_later_is_asked_by_itself_too(
    tmp_path: Path, came: Callable[[str], PartFile], monkeypatch: pytest.MonkeyPatch, synced_alone: list[int]
) -> None:
    """It is told once, perhaps of one that is still to come: a disk that is asked again knows of nothing."""
    whole, told = Filesystem.sync, [OSError(5, "Input/output error")]

    def fails_once(held: Filesystem) -> None:
        if told:
            raise told.pop()
        whole(held)

    monkeypatch.setattr(Filesystem, "sync", fails_once)
    with Publishing([tmp_path]) as files:
        for name in "abcdefgh":
            files.add(came(name))
    assert (named(tmp_path), len(synced_alone)) == (list("abcdefgh"), 8)


def test_of_two_who_ask_at_once_both_are_told(
    tmp_path: Path, came: Callable[[str], PartFile], monkeypatch: pytest.MonkeyPatch, synced_alone: list[int]
) -> None:
    asked: list[Filesystem] = []

    def fails_for_the_first(held: Filesystem) -> None:
        asked.append(held)
        if len(asked) == 1:
            second.start()
            second.join(0.2)
            raise OSError(5, "Input/output error")

    monkeypatch.setattr(Filesystem, "sync", fails_for_the_first)
    with Publishing([tmp_path]) as files:
        second = threading.Thread(target=lambda: [files.add(came(name)) for name in "def"])
        for name in "abc":
            files.add(came(name))
        second.join()
    assert (named(tmp_path), len(synced_alone)) == (list("abcdef"), 6)


def test_where_others_write_much_none_waits_for_theirs_again(
    tmp_path: Path, came: Callable[[str], PartFile], monkeypatch: pytest.MonkeyPatch, synced_alone: list[int]
) -> None:
    monkeypatch.setattr(publishing, "SLOW_S", 0.0)
    with Publishing([tmp_path]) as files:
        for name in "abc":
            files.add(came(name))
        assert synced_alone == []
        files.add(came("d"))
        assert named(tmp_path) == ["a", "b", "c", "d"]
    assert len(synced_alone) == 1


def test_after_an_error_those_that_wait_stay_for_the_next_run(tmp_path: Path, came: Callable[[str], PartFile]) -> None:
    parts = [came("a"), came("b")]
    files = Publishing([tmp_path])
    files.__enter__()
    for part in parts:
        files.add(part)
    files.__exit__(ValueError, ValueError("line"), None)
    for part in parts:
        part.close()
    assert named(tmp_path) == []
    again = PartFile(tmp_path / "a", 4)
    again.open(lambda _: None)
    assert again.front == 4
    with pytest.raises(Interrupted):
        files.add(again)
    again.close()


@pytest.mark.parametrize(("release", "can"), [("5.7.19-generic", False), ("5.8.0", True), ("6.1", True), ("x", False)])
def test_a_system_that_tells_of_no_error_is_not_asked(
    release: str, can: bool, tmp_path: Path, came: Callable[[str], PartFile], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(platform, "release", lambda: release)
    assert filesystem.can_sync() == can
    with Publishing([tmp_path]) as files:
        files.add(came("a"))
        assert named(tmp_path) == ([] if can else ["a"])


def test_a_folder_that_is_held_no_longer_is_told(tmp_path: Path) -> None:
    held = Filesystem(tmp_path)
    held.sync()
    held.close()
    with pytest.raises(OSError, match="Bad file descriptor"):
        held.sync()
