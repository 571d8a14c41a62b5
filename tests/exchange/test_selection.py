"""What people type: never silently another prefecture's."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.exchange import acknowledgement, approved, pull, selection, status, withdrawal
from pipeline.model.delivery import Acknowledgement, Decision, Ready, State
from pipeline.model.inbox import Claim
from pipeline.model.reference import SubmissionRef
from pipeline.settings import Settings
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from pipeline.workspace import Workspace
from tests.exchange.conftest import buckets_of

HOTAN, KASHGAR = SubmissionRef("653200", "film"), SubmissionRef("653100", "film")
ALONE = SubmissionRef("653100", "alone")


def deliver(buckets: Buckets, ref: SubmissionRef, package_id: str) -> None:
    ready = Ready(
        package_id=package_id,
        submission_id=ref.submission_id,
        revision=1,
        manifest_sha256="0" * 64,
        files=1,
        size_bytes=1,
    )
    assert buckets.place_of_delivery(ref).package(package_id).place.put_if_absent("READY.json", ready)


@pytest.fixture(scope="module")
def shared(store: Store) -> Buckets:
    """Two prefectures with one id, and one that nobody else has."""
    buckets = buckets_of(store, "shared")
    for ref, package_id in ((HOTAN, "a" * 16), (KASHGAR, "b" * 16), (ALONE, "c" * 16)):
        buckets.place_in_inbox(ref).place.put_if_absent("r1.json", Claim(content_sha256="0" * 64))
        deliver(buckets, ref, package_id)
    return buckets


@pytest.mark.parametrize(
    ("own", "wanted", "refs"),
    [
        (None, "653200/film", {HOTAN}),
        (None, "和田/film", {HOTAN}),
        ("653100", "653200/film", {HOTAN}),
        (None, "film", {HOTAN, KASHGAR}),
        ("653200", "film", {HOTAN}),
        ("653100", "film", {KASHGAR}),
        ("650100", "film", {HOTAN, KASHGAR}),
        ("653200", "alone", {ALONE}),
        (None, "b" * 16, {KASHGAR}),
        ("653200", "b" * 16, {KASHGAR}),
        (None, "fil", {HOTAN, KASHGAR}),
        (None, "653100/fil", {KASHGAR}),
        (None, "alo", {ALONE}),
        (None, "653200/alone", set()),
        (None, "653200/", set()),
        (None, "/film", set()),
        (None, "../film", set()),
        (None, "", set()),
        (None, "不是编号", set()),
        (None, "653200/film/" + "a" * 16, {HOTAN}),
    ],
)
def test_what_is_typed_means(own: str | None, wanted: str, refs: set[SubmissionRef], shared: Buckets) -> None:
    looked = Buckets(shared.inbox, shared.delivery, own)
    assert {item.records.ref for item in selection.select(looked, wanted)} == refs
    assert {item.ref for item in status.submission_statuses(looked, wanted)} == refs
    assert {item.ref for item in selection.deliveries(looked, wanted)} == refs


def test_where_several_fit_nothing_is_done(shared: Buckets, tmp_path: Path) -> None:
    place = Workspace(tmp_path, Settings())
    for act in (
        lambda: status.the_status(shared, "film"),
        lambda: acknowledgement.newest(shared, "film"),
        lambda: withdrawal.withdraw(shared, "film", "x", "王"),
        lambda: approved.fetch(shared, place, "film", lambda *_: None),
    ):
        with pytest.raises(InputError) as told:
            act()
        assert told.value.key == "several_fit"
        assert [(fit.ref, fit.state) for fit in told.value.values["fits"]] == [(KASHGAR, "ready"), (HOTAN, "ready")]
    assert {item.state for item in selection.deliveries(shared, "film")} == {State.READY}


@pytest.mark.parametrize("text", ["film", "653200-film", "653200/film", "和田/film", "a" * 24])
def test_an_id_alone_or_behind_its_prefecture_is_one(text: str) -> None:
    assert selection.is_id(text)


@pytest.mark.parametrize("text", ["Film", "film.mp4", "a/film", "653200/", "/film", "653200/a/b", "a" * 25, ""])
def test_anything_else_is_none(text: str) -> None:
    assert not selection.is_id(text)


def test_packages_of_one_id_lie_apart_and_what_was_pulled_stays(shared: Buckets, tmp_path: Path) -> None:
    def folders(wanted: str | None) -> set[str]:
        look = pull.look(shared, wanted, tmp_path, lambda fault: pytest.fail(str(fault)))
        return {str(item.folder.relative_to(tmp_path)) for item in look.ready}

    alone, hotan, kashgar = "alone/" + "c" * 16, "film/" + "a" * 16, "film/" + "b" * 16
    assert folders(None) == {alone, f"653200/{hotan}", f"653100/{kashgar}"}
    assert folders("653200/film") == {hotan}
    (tmp_path / hotan).mkdir(parents=True)
    assert folders(None) == {alone, hotan, f"653100/{kashgar}"}
    (tmp_path / "653100" / kashgar).mkdir(parents=True)
    assert folders("653100/film") == {f"653100/{kashgar}"}


def test_a_pull_says_what_was_answered(store: Store, tmp_path: Path) -> None:
    buckets = buckets_of(store, "answered")
    at = datetime(2026, 6, 1, tzinfo=UTC)
    for ref, package_id, decision in ((HOTAN, "a" * 16, Decision.ACCEPT), (KASHGAR, "b" * 16, Decision.REJECT)):
        deliver(buckets, ref, package_id)
        answer = Acknowledgement(package_id=package_id, decision=decision, reason="x", at=at)
        assert buckets.place_of_delivery(ref).package(package_id).acknowledge(answer)
    look = pull.look(buckets, None, tmp_path, lambda fault: pytest.fail(str(fault)))
    assert (look.ready, look.withdrawn) == ((), ())
    assert {item.delivery.package_id: item.delivery.state for item in look.answered} == {
        "a" * 16: State.ACCEPTED,
        "b" * 16: State.REJECTED,
    }
    again = pull.look(buckets, "653200/film", tmp_path, lambda fault: pytest.fail(str(fault)))
    assert [item.delivery.ref for item in again.ready] == [HOTAN]
    with pytest.raises(InputError, match="no_such_delivery"):
        pull.look(buckets, "none", tmp_path, lambda fault: pytest.fail(str(fault)))
