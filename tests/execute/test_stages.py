"""Kept work: keys, reuse, damage, and films that change under our hands."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.execute import digest, stages
from pipeline.execute.journal import Journal
from pipeline.workspace import Settings, Workspace


@pytest.fixture
def place(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "w", Settings()).make()


def test_a_literal_key_is_pinned() -> None:
    """When this changes every stage of every workspace is done again: that must be meant."""
    assert stages.key("transcode", 1, {"plan": "p"})[:24] == "ca9fa40fabf915d589230552"


def test_a_finished_stage_is_never_done_again(place: Workspace) -> None:
    calls: list[int] = []

    def build(room: stages.StageDirs) -> None:
        calls.append(1)
        (room.folder / "out").write_bytes(b"bytes")

    journal = Journal(place)
    first = stages.run(place, journal, "s", 1, {"a": "1"}, build)
    second = stages.run(place, journal, "s", 1, {"a": "1"}, build)
    other = stages.run(place, journal, "s", 1, {"a": "2"}, build)
    assert (first.reused, second.reused, other.reused, len(calls)) == (False, True, False, 2)
    assert (second.folder / "out").read_bytes() == b"bytes"
    (second.folder / "out").write_bytes(b"cut")
    assert not stages.run(place, journal, "s", 1, {"a": "1"}, build).reused


def test_a_stage_that_fails_leaves_nothing_under_a_final_name(place: Workspace) -> None:
    def build(room: stages.StageDirs) -> None:
        (room.folder / "half").write_bytes(b"x")
        raise InputError("path_missing")

    with pytest.raises(InputError):
        stages.run(place, Journal(place), "s", 1, {}, build)
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
