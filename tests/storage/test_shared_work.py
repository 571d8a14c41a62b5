"""What machines that work together share on a real server: films put once, finished stages with the marker last."""

from __future__ import annotations

import hashlib
import random
import threading
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from itertools import accumulate
from pathlib import Path
from typing import TypeVar

import pytest
from pydantic import ValidationError

from pipeline import durable
from pipeline.errors import InputError, IntegrityError
from pipeline.execute import context, in_flight, shared_work
from pipeline.execute.journal import Journal
from pipeline.execute.stages import RECORD, StageDirs, StageStore
from pipeline.model.inbox import InboxFile
from pipeline.model.reference import SubmissionRef
from pipeline.model.source_place import SourceBucket, SourcePlace
from pipeline.model.stage import Stage
from pipeline.settings import Settings
from pipeline.storage import layout, shared_stages, sources
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.place import Place
from pipeline.storage.transfer import multipart, upload
from pipeline.workspace import Workspace
from tests.storage.part_sender import PART, send_part

Result = TypeVar("Result")
LARGE = 35_000_000  # three parts


@pytest.fixture
def shared(inbox: Bucket, delivery: Bucket) -> Buckets:
    return Buckets(inbox, delivery)


def film(path: Path, size: int, seed: int) -> str:
    """A file of noise; gives its digest."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(random.Random(seed).randbytes(size))
    return durable.digest(path)


def at_once(acts: Sequence[Callable[[], Result]]) -> list[Result]:
    """What each gives, begun in the same moment."""
    ready = threading.Barrier(len(acts))

    def begin(act: Callable[[], Result]) -> Result:
        ready.wait()
        return act()

    with ThreadPoolExecutor(len(acts)) as pool:
        return list(pool.map(begin, acts))


@pytest.mark.parametrize("size", [0, 200_000, LARGE])
def test_a_film_is_put_once_and_fetched_whole(size: int, shared: Buckets, tmp_path: Path) -> None:
    path = tmp_path / "影片 一.mov"
    sha256 = film(path, size, 1)
    sent: list[int] = []
    place = sources.put(shared, path, sha256, sent.append)
    assert (place.bucket, place.key, sum(sent)) == (SourceBucket.WORK, f"sources/{sha256}", size)
    same: list[int] = []
    assert sources.put(shared, path, sha256, sent.append, on_same=same.append) == place
    assert (sum(sent), sum(same)) == (size, size)
    assert sources.is_there(shared, place)
    told: list[int] = []
    sources.fetch(shared, place, tmp_path / "here" / "film", told.append)
    assert (tmp_path / "here" / "film").read_bytes() == path.read_bytes()
    assert sum(told) == size
    sources.fetch(shared, place, tmp_path / "here" / "film", told.append, on_same=same.append)
    assert (sum(told), sum(same)) == (size, 2 * size)
    assert [item.name for item in (tmp_path / "here").iterdir()] == ["film"]


def test_a_film_half_sent_or_half_fetched_goes_on(shared: Buckets, tmp_path: Path) -> None:
    sha256 = film(tmp_path / "f.mov", LARGE, 2)
    content = (tmp_path / "f.mov").read_bytes()
    begun = multipart.begin(shared.work, layout.SOURCES + sha256, sha256=sha256, media_type="x/y")
    send_part(begun, 1, tmp_path / "f.mov")
    sent: list[int] = []
    place = sources.put(shared, tmp_path / "f.mov", sha256, sent.append, on_same=lambda _: None)
    assert sum(sent) == LARGE - PART
    target = tmp_path / "here" / "film"
    target.parent.mkdir()
    durable.beside(durable.beside(target, "whole"), "part").write_bytes(content[:20_000_000])
    told: list[int] = []
    same: list[int] = []
    sources.fetch(shared, place, target, told.append, on_same=same.append)
    assert (sum(same), sum(told)) == (20_000_000, LARGE - 20_000_000)
    assert durable.digest(target) == sha256


@pytest.mark.parametrize("turns", [1, pytest.param(20, marks=pytest.mark.acceptance)])
def test_of_three_who_send_one_film_at_once_all_end_well(turns: int, shared: Buckets, tmp_path: Path) -> None:
    for turn in range(turns):
        sha256 = film(tmp_path / "f.mov", LARGE, 10 * turns + turn)
        told: list[list[int]] = [[], [], []]
        found = at_once([partial(sources.put, shared, tmp_path / "f.mov", sha256, item.append) for item in told])
        assert len(set(found)) == 1
        assert [sum(item) for item in told] == [LARGE] * 3
        assert all(max(accumulate(item)) <= LARGE for item in told)
        sources.fetch(shared, found[0], tmp_path / f"{turn}")
        assert durable.digest(tmp_path / f"{turn}") == sha256


def test_a_film_of_the_inbox_is_read_where_it_is(shared: Buckets, tmp_path: Path) -> None:
    sha256 = film(tmp_path / "media" / "01.mov", 300_000, 3)
    ref = SubmissionRef("653200", "film")
    item = InboxFile(path="media/01.mov", file="片.mov", size_bytes=300_000, sha256=sha256)
    upload.upload(Place(shared.inbox, layout.revision_prefix(ref, 2)), tmp_path, [item])
    place = sources.in_inbox(ref, 2, item)
    assert (place.bucket, place.key) == (SourceBucket.INBOX, "653200/film/r2/media/01.mov")
    sources.fetch(shared, SourcePlace.model_validate_json(place.to_json()), tmp_path / "film")
    assert durable.digest(tmp_path / "film") == sha256


def test_what_is_gone_or_not_the_film_never_gets_its_name(shared: Buckets, tmp_path: Path) -> None:
    sha256 = film(tmp_path / "f.mov", 1000, 4)
    gone = SourcePlace(bucket=SourceBucket.WORK, key=layout.SOURCES + sha256, size_bytes=1000, sha256=sha256)
    shared.work.make_if_missing()
    assert not sources.is_there(shared, gone)
    with pytest.raises(InputError, match="source_missing"):
        sources.fetch(shared, gone, tmp_path / "here" / "film")
    (tmp_path / "f.mov").write_bytes(b"x" * 1000)
    with pytest.raises(IntegrityError, match="file_differs"):
        sources.put(shared, tmp_path / "f.mov", sha256)
    forged = hashlib.sha256(b"another").hexdigest()
    shared.work.put(gone.key, b"another", sha256=forged, media_type="x/y")
    with pytest.raises(IntegrityError, match="download_differs"):
        sources.fetch(shared, gone, tmp_path / "here" / "film")
    assert list((tmp_path / "here").iterdir()) == []


def test_two_films_of_one_source_fetch_it_once_and_take_it_along(shared: Buckets, tmp_path: Path) -> None:
    sha256 = film(tmp_path / "f.mov", 4_000_000, 5)
    place = sources.put(shared, tmp_path / "f.mov", sha256)
    here = context.prepare(Workspace(tmp_path / "w", Settings()))
    with in_flight.in_flight(here.workspace) as first, in_flight.in_flight(here.workspace) as second:
        one, other = at_once([partial(shared_work.brought, here, item, shared, place) for item in (first, second)])
        assert one == other == here.sources.path(sha256)
        here.confirm(sha256)
        assert [item.name for item in one.parent.iterdir()] == [one.name]
    assert list(here.workspace.sources.iterdir()) == []


@pytest.mark.parametrize("key", ["/etc/passwd", "a/../b", "../a", "a", "sources/other", "http://u:p@h/a", "a/片"])
def test_a_place_is_a_key_of_the_store_and_nothing_else(key: str) -> None:
    with pytest.raises(ValidationError):
        SourcePlace(bucket=SourceBucket.WORK, key=key, size_bytes=1, sha256="0" * 64)


@pytest.fixture
def machines(tmp_path: Path) -> list[StageStore]:
    """The kept stages of three machines."""
    places = [Workspace(tmp_path / name, Settings()).make() for name in "abc"]
    return [StageStore(place, Journal(place)) for place in places]


def made(stages: StageStore, stage: Stage, content: bytes) -> None:
    """Make a stage of two files."""

    def build(dirs: StageDirs) -> None:
        (dirs.folder / "inspection.json").write_bytes(content)
        (dirs.folder / "more").mkdir()
        (dirs.folder / "more" / "poster.jpg").write_bytes(content)

    stages.run(stage, build)


def test_a_stage_is_published_once_and_kept_elsewhere_as_if_it_was_made_there(
    machines: list[StageStore], shared: Buckets
) -> None:
    first, second, third = machines
    stage = Stage(name="inspection", version=3, inputs={"film": "1" * 64}, parameters={"tail": "2"})
    assert shared_work.fetched(second, stage, shared.work) is None
    assert not shared_stages.is_there(shared.work, stage)
    made(first, stage, b"measured")
    assert shared_work.published(first, stage, shared.work)
    assert shared_stages.is_there(shared.work, stage)
    there = shared_work.fetched(second, stage, shared.work)
    assert there is not None
    assert not there.reused
    for path in first.folder(stage).rglob("*"):
        if path.is_file():
            assert (second.folder(stage) / path.relative_to(first.folder(stage))).read_bytes() == path.read_bytes()
    assert second.is_done(stage)
    again = shared_work.fetched(second, stage, Bucket(shared.work.store, "nowhere"))  # nobody is asked
    assert again is not None
    assert again.reused
    made(third, stage, b"measured")
    assert not shared_work.published(third, stage, shared.work)
    assert list(second.workspace.scratch.iterdir()) == []


def test_another_output_under_the_same_key_is_refused_and_changes_nothing(
    machines: list[StageStore], shared: Buckets
) -> None:
    first, second, third = machines
    stage = Stage(name="inspection", version=3, inputs={"film": "2" * 64})
    made(first, stage, b"one")
    made(second, stage, b"another")
    assert shared_work.published(first, stage, shared.work)
    with pytest.raises(IntegrityError, match="stage_differs"):
        shared_work.published(second, stage, shared.work)
    assert shared_work.fetched(third, stage, shared.work) is not None
    assert (third.folder(stage) / "inspection.json").read_bytes() == b"one"
    assert RECORD == layout.STAGE


def test_of_many_who_publish_a_stage_at_once_all_end_well(machines: list[StageStore], shared: Buckets) -> None:
    stage = Stage(name="inspection", version=3, inputs={"film": "3" * 64})
    for stages in machines:
        made(stages, stage, b"measured")
    assert any(at_once([partial(shared_work.published, stages, stage, shared.work) for stages in machines]))


def test_a_marker_whose_files_are_damaged_or_that_is_anothers_gives_nothing(
    machines: list[StageStore], shared: Buckets
) -> None:
    first, second, _ = machines
    stage, other = (Stage(name="inspection", version=3, inputs={"film": digit * 64}) for digit in "45")
    made(first, stage, b"measured")
    assert shared_work.published(first, stage, shared.work)
    prefix = layout.stage_prefix(stage.name, stage.key)
    marker = shared.work.get(prefix + layout.STAGE)
    assert marker is not None
    assert shared.work.put_if_absent(layout.stage_prefix(other.name, other.key) + layout.STAGE, marker)
    with pytest.raises(IntegrityError, match="marker_differs"):
        shared_work.fetched(second, other, shared.work)
    files = [item.key for item in shared.work.walk(prefix, lambda _: None, 100) if item.key.endswith(".jpg")]
    shared.work.put(files[0], b"damaged.", sha256=hashlib.sha256(b"damaged.").hexdigest(), media_type="x/y")
    with pytest.raises(IntegrityError, match="download_differs"):
        shared_work.fetched(second, stage, shared.work)
    assert not second.folder(stage).exists()
