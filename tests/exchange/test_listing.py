"""Which packages a branch's table lists, and the digests that it asks for: with a real store."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import shipped
from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.exchange import acknowledgement, file_md5, listing, seen, withdrawal
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.listing import ListChoice, Listed
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.delivery import Decision
from pipeline.model.reference import SubmissionRef
from pipeline.package.branch_table import filling, reading
from pipeline.package.branch_table.rows import TableFile
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from tests.exchange.conftest import buckets_of
from tests.listed_programmes import deliver, film_of

WORDS = Vocabularies((shipped.folder("profiles"),))
AWAY = "653100"


@pytest.fixture(scope="module")
def season(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Buckets:
    """Five films: one in two revisions, one withdrawn, one rejected, one from before packages said what they are."""
    buckets = buckets_of(store, "listing")

    def put(title: str, column: str | None = None, prefecture: str = "653200", revision: int = 1, **how: bool) -> None:
        deliver(buckets, film_of(title, column, prefecture, revision), tmp_path_factory.mktemp(title), **how)

    put("first", "七一展播")
    put("first", "七一展播", revision=2)
    put("second", "党建", AWAY)
    put("third", "没有的栏目")
    put("gone")
    put("old", described=False)
    withdrawal.withdraw(buckets, "653200/gone", "版权", "王", undo=False)
    there = acknowledgement.newest(buckets, "653200/third")
    acknowledgement.answer(buckets, there, OperatorAnswer(Decision.REJECT, "声音"))
    return buckets


def ids(found: Listed) -> list[tuple[str, int]]:
    return [(item.programme.description.identity, item.programme.revision) for item in found.programmes]


def test_the_newest_that_stands_of_each_is_listed_and_the_rest_is_counted(season: Buckets) -> None:
    found = listing.listed(season, ListChoice())
    assert ids(found) == [("second", 1), ("first", 2), ("third", 1)]
    assert (found.superseded, found.withdrawn) == (1, 1)
    assert [item.submission_id for item in found.rejected] == ["third"]
    assert [(fault.key, fault.values["id"]) for fault in found.faults] == [("programme_missing", "653200/old")]
    at = found.programmes[0].ready_at
    assert at is not None
    assert at.utcoffset() == timedelta(hours=8)


CHOICES: list[tuple[dict[str, object], list[str]]] = [
    ({"prefectures": frozenset((AWAY,))}, ["second"]),
    ({"column": "展播"}, ["first"]),
    ({"column": "party-building"}, ["second"]),
    ({"column": "没有的栏目"}, ["third"]),
    ({"column": "health"}, []),
    ({"since": datetime.now(UTC).date() + timedelta(days=2)}, []),
    ({"since": date(2026, 1, 1), "prefectures": frozenset((AWAY,))}, ["second"]),
    ({"ids": ("third", "653200/first")}, ["third", "first"]),
    ({"ids": ("first", "653200/first")}, ["first"]),
]


@pytest.mark.parametrize(
    ("asked", "counted"),
    [
        ({"prefectures": frozenset((AWAY,))}, (0, 0)),
        ({"since": datetime.now(UTC).date() + timedelta(days=2)}, (0, 0)),
        ({"column": "展播"}, (1, 1)),
        ({"column": "party-building"}, (0, 0)),
        ({"ids": ("first", "653200/first")}, (1, 0)),
        ({"ids": ("second",)}, (0, 0)),
    ],
)
def test_what_was_not_asked_for_is_not_counted_as_left_out(
    asked: dict[str, object], counted: tuple[int, int], season: Buckets
) -> None:
    if isinstance(column := asked.get("column"), str):
        asked = {"column": listing.column(column, WORDS, "--column")}
    found = listing.listed(season, ListChoice(**asked))  # type: ignore[arg-type]
    assert (found.superseded, found.withdrawn) == counted


@pytest.mark.parametrize(("asked", "wanted"), CHOICES)
def test_what_is_asked_for_is_listed(asked: dict[str, object], wanted: list[str], season: Buckets) -> None:
    if isinstance(column := asked.get("column"), str):
        asked = {**asked, "column": listing.column(column, WORDS, "--column")}
    found = listing.listed(season, ListChoice(**asked))  # type: ignore[arg-type]
    assert [name for name, _ in ids(found)] == wanted


@pytest.mark.parametrize(
    ("wanted", "key"), [("nobody", "no_such_delivery"), ("gone", "withdrawn"), ("653100/first", "no_such_delivery")]
)
def test_an_id_that_means_nothing_to_list_ends_it(wanted: str, key: str, season: Buckets) -> None:
    with pytest.raises(InputError, match=key):
        listing.listed(season, ListChoice(ids=("third", wanted)))


def test_a_programme_that_was_changed_in_the_store_is_not_believed(store: Store, tmp_path: Path) -> None:
    buckets = buckets_of(store, "changed")
    deliver(buckets, film_of("film"), tmp_path)
    (item,) = listing.listed(buckets, ListChoice()).programmes
    place = buckets.place_of_delivery(SubmissionRef("653200", "film")).package(item.package_id).place
    other = item.programme.model_copy(update={"revision": 9}).to_file()
    place.bucket.put(
        place.prefix + listing.PROGRAMME, other, sha256=hashlib.sha256(other).hexdigest(), media_type="application/json"
    )
    (fault,) = listing.listed(buckets, ListChoice()).faults
    assert (type(fault), fault.key) == (IntegrityError, "download_differs")


def files_of(season: Buckets) -> tuple[TableFile, ...]:
    table = reading.table("series-episodes", [shipped.folder("profiles")])
    return filling.fill(table, listing.listed(season, ListChoice(ids=("653200/first",))).programmes).digests


def test_a_files_md5_is_read_once_and_kept(season: Buckets, tmp_path: Path) -> None:
    files = files_of(season)
    assert [file.path for file in files] == ["x/iptv-hd", "x/poster-portrait", "x/poster"]
    told: list[int] = []
    for file in files:
        content = f"first 2 {file.path}".encode()
        assert file_md5.read(season, file, tmp_path, told.append) == hashlib.md5(content).hexdigest()  # noqa: S324
    assert sum(told) == sum(file.size_bytes for file in files)
    kept = file_md5.known(files, tmp_path)
    assert sorted(kept) == sorted(file.sha256 for file in files)
    next((tmp_path / "md5").rglob(files[0].sha256)).write_text("torn")
    assert files[0].sha256 not in file_md5.known(files, tmp_path)


def test_a_stop_loses_no_more_than_the_file_that_is_read(season: Buckets, tmp_path: Path) -> None:
    first, second, _ = files_of(season)
    file_md5.read(season, first, tmp_path, lambda _: None)
    told: list[int] = []

    def stop(count: int) -> None:
        told.append(count)
        if count > 0:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        file_md5.read(season, second, tmp_path, stop)
    assert list(file_md5.known((first, second), tmp_path)) == [first.sha256]


def test_a_pulled_copy_is_read_in_place_of_the_stores_unless_it_was_changed(season: Buckets, tmp_path: Path) -> None:
    file = files_of(season)[0]
    place = season.place_of_delivery(SubmissionRef("653200", "first")).package(file.listed.package_id)
    place.pull(tmp_path / "here")
    seen.remember_folder(file.listed.package_id, tmp_path / "here")
    nowhere = Buckets(season.inbox, buckets_of(season.inbox.store, "empty").delivery)
    content = (tmp_path / "here" / file.path).read_bytes()
    assert file_md5.read(nowhere, file, tmp_path / "a", lambda _: None) == hashlib.md5(content).hexdigest()  # noqa: S324
    (tmp_path / "here" / file.path).write_bytes(content[::-1])
    told: list[int] = []
    assert file_md5.read(season, file, tmp_path / "b", told.append) == hashlib.md5(content).hexdigest()  # noqa: S324
    assert sum(told) == file.size_bytes
    with pytest.raises(ShowcaseError):
        file_md5.read(nowhere, file, tmp_path / "c", lambda _: None)


def test_a_column_is_named() -> None:
    with pytest.raises(InputError, match="export_column"):
        listing.column(" ", WORDS, "--column")
