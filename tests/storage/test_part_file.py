"""A file that comes in pieces, in any order: of what a killed program leaves its beginning counts, and no more."""

from __future__ import annotations

import errno
import hashlib
import itertools
import multiprocessing
import os
import random
import signal
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.errors import Interrupted
from pipeline.storage.transfer import part_file
from pipeline.storage.transfer.part_file import NOTE_BYTES, PartFile

CONTENT = random.Random(3).randbytes(1_000_000)
SHA256 = hashlib.sha256(CONTENT).hexdigest()


def opened(path: Path, size: int = len(CONTENT)) -> PartFile:
    part = PartFile(path, size)
    part.open(lambda _: None)
    return part


def put(part: PartFile, begin: int, end: int, content: bytes = CONTENT) -> bool:
    with part.writing(begin) as written:
        return written(content[begin:end])


def test_pieces_in_any_order_make_the_file_and_its_digest(tmp_path: Path) -> None:
    cuts = [0, 10, 70_000, 300_000, 650_000, 999_999, 1_000_000]
    pieces = list(itertools.pairwise(cuts))
    for seed in range(6):
        random.Random(seed).shuffle(pieces)
        part = opened(tmp_path / f"{seed}.ts")
        whole = [put(part, begin, end) for begin, end in pieces]
        assert whole == [False] * 5 + [True]
        assert part.sha256() == SHA256
        part.publish()
        assert (tmp_path / f"{seed}.ts").read_bytes() == CONTENT
    assert len(list(tmp_path.iterdir())) == 6


def put_and_be_killed(path: Path) -> None:
    part = opened(path)
    put(part, 0, 200_000)
    put(part, 600_000, 1_000_000)
    os.kill(os.getpid(), signal.SIGKILL)


def test_what_a_killed_program_leaves_is_no_more_than_its_first_bytes(tmp_path: Path) -> None:
    """Nobody closes it: the next one finds a file that is long, and has a hole."""
    path = tmp_path / "film.ts"
    child = multiprocessing.get_context("fork").Process(target=put_and_be_killed, args=(path,))
    child.start()
    child.join()
    assert child.exitcode == -signal.SIGKILL
    assert durable.beside(path, "part").stat().st_size == 1_000_000
    part = PartFile(path, len(CONTENT))
    assert part.lacking_bytes == 800_000
    same: list[int] = []
    part.open(same.append)
    assert (sum(same), part.front) == (200_000, 200_000)
    assert not put(part, 200_000, 600_000)
    assert put(part, 600_000, 1_000_000)
    assert part.sha256() == SHA256
    part.publish()
    assert path.read_bytes() == CONTENT


def test_a_note_that_says_nothing_has_it_begin_anew(tmp_path: Path) -> None:
    path = tmp_path / "film.ts"
    durable.beside(path, "part").write_bytes(CONTENT)
    durable.beside(path, "front").write_bytes(b"\x00\x00")
    part = opened(path)
    assert part.front == 0
    part.close()
    assert list(tmp_path.iterdir()) == []


def test_what_is_closed_is_its_first_bytes_and_takes_no_more(tmp_path: Path) -> None:
    path = tmp_path / "film.ts"
    part = opened(path)
    put(part, 0, 5_000)
    put(part, 8_000, 9_000)
    part.close()
    assert [(item.name, item.read_bytes()) for item in tmp_path.iterdir()] == [
        (durable.beside(path, "part").name, CONTENT[:5_000])
    ]
    with pytest.raises(Interrupted):
        put(part, 5_000, 8_000)


def test_the_note_follows_the_front(tmp_path: Path) -> None:
    path, block = tmp_path / "long.ts", bytes(NOTE_BYTES)
    part = opened(path, 4 * NOTE_BYTES)
    with part.writing(2 * NOTE_BYTES) as ahead:
        ahead(block)
    noted = durable.beside(path, "front")
    assert noted.read_text() == "0"
    with part.writing(0) as first:
        first(block)
        first(block)
        assert noted.read_text() == str(NOTE_BYTES)
    with part.writing(3 * NOTE_BYTES) as last:
        assert last(block)
    assert int(noted.read_text()) == 3 * NOTE_BYTES
    part.publish()
    assert [item.name for item in tmp_path.iterdir()] == ["long.ts"]


def test_what_was_wrong_leaves_no_note(tmp_path: Path) -> None:
    path = tmp_path / "film.ts"
    part = opened(path)
    put(part, 500_000, 1_000_000)
    part.begin_anew()
    assert part.front == 0
    assert not durable.beside(path, "front").exists()
    assert put(part, 0, 1_000_000)
    assert part.sha256() == SHA256
    part.publish()


@pytest.mark.parametrize("moment", ["at its end", "on its way"])
def test_what_the_disk_could_not_hold_is_no_beginning(
    moment: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The system keeps such bytes in its memory, and tells of them once: the next run would take them for written."""

    def failed(_: int) -> None:
        raise OSError(errno.EIO, "Input/output error")

    path = tmp_path / "film.ts"
    part = opened(path)
    put(part, 0, len(CONTENT))
    monkeypatch.setattr(part_file, "SYNC_BYTES", 1)
    with monkeypatch.context() as breaking:
        breaking.setattr(os, "fsync", failed)
        with pytest.raises(OSError, match="Input/output error"):
            part.publish() if moment == "at its end" else part.sync()
    part.close()
    assert list(tmp_path.iterdir()) == []


def test_a_beginning_that_the_disk_does_not_hold_is_fetched_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "film.ts"
    child = multiprocessing.get_context("fork").Process(target=put_first_and_be_killed, args=(path,))
    child.start()
    child.join()
    whole, told = os.fsync, [OSError(errno.EIO, "Input/output error")]

    def fails_once(handle: int) -> None:
        if told:
            raise told.pop()
        whole(handle)

    monkeypatch.setattr(os, "fsync", fails_once)
    again = opened(path)
    assert again.front == 0
    assert put(again, 0, len(CONTENT))
    assert again.sha256() == SHA256
    again.publish()
    assert path.read_bytes() == CONTENT


def put_first_and_be_killed(path: Path) -> None:
    put(opened(path), 0, 200_000)
    os.kill(os.getpid(), signal.SIGKILL)
