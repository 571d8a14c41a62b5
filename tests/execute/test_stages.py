"""Kept work: keys, reuse, damage, and films that change under our hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.execute import digest
from pipeline.execute.journal import Journal
from pipeline.execute.stages import StageDirs, StageStore
from pipeline.model.stage import Stage
from pipeline.settings import Settings
from pipeline.workspace import Workspace


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w", Settings()).make()


def test_a_literal_key_is_pinned() -> None:
    """When this changes every stage of every workspace is done again: that must be meant."""
    assert Stage(name="transcode", version=1, parameters={"plan": "p"}).key[:24] == "ca9fa40fabf915d589230552"


def test_a_finished_stage_is_never_done_again(place: Workspace) -> None:
    calls: list[int] = []

    def build(room: StageDirs) -> None:
        calls.append(1)
        (room.folder / "out").write_bytes(b"bytes")

    kept = StageStore(place, Journal(place))
    one = Stage(name="s", version=1, inputs={"a": "1"})
    first, second = kept.run(one, build), kept.run(one, build)
    other = kept.run(Stage(name="s", version=1, inputs={"a": "2"}), build)
    assert (first.reused, second.reused, other.reused, len(calls)) == (False, True, False, 2)
    assert (second.folder / "out").read_bytes() == b"bytes"
    (second.folder / "out").write_bytes(b"cut")
    assert not kept.run(one, build).reused


def test_a_stage_that_fails_leaves_nothing_under_a_final_name(place: Workspace) -> None:
    def build(room: StageDirs) -> None:
        (room.folder / "half").write_bytes(b"x")
        raise InputError("path_missing")

    with pytest.raises(InputError):
        StageStore(place, Journal(place)).run(Stage(name="s", version=1), build)
    assert list((place.work / "s").glob("*") if (place.work / "s").exists() else []) == []
    assert list(place.scratch.iterdir()) == []


def test_a_film_is_hashed_once_and_a_swapped_one_is_seen(tmp_path: Path) -> None:
    film = tmp_path / "film"
    film.write_bytes(b"one")
    told: list[int] = []
    sha256 = digest.cached_sha256(film, tmp_path / "cache", told.append)
    assert digest.cached_sha256(film, tmp_path / "cache", told.append) == sha256
    assert told == [3]
    digest.confirm(film, tmp_path / "cache", sha256)
    film.write_bytes(b"two")
    with pytest.raises(InputError, match="changed_while_read"):
        digest.confirm(film, tmp_path / "cache", sha256)
