"""What rules let go, goes; what anybody needs never does, whatever a rule says."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import keeping, pull, status, withdrawal
from pipeline.exchange.announced import announced
from pipeline.exchange.selection import refuse
from pipeline.model.delivery import Clearable, Cleared, Decision, State
from pipeline.model.inbox import Stage
from pipeline.model.keeping import Keeping, KeepingRule
from pipeline.model.reference import SubmissionRef
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import multipart
from pipeline.storage.upkeep import clearing
from pipeline.storage.upkeep.clearing import Clearance
from tests.storage import kept_store
from tests.storage.kept_store import approve, deliver, keys, submit, withdraw

RULES = Keeping(
    schema_version=1,
    rules=tuple(KeepingRule(name=f"old-{kind.value}", kind=kind, older_than_days=30) for kind in Clearable),
)
LATER = timedelta(days=40)


def by_hand(*values: object) -> object:
    """A further case of the same."""
    return pytest.param(*values, marks=pytest.mark.acceptance)


@pytest.fixture
def buckets(store: Store, request: pytest.FixtureRequest) -> Buckets:
    """Buckets of a test's own."""
    name = "".join(letter for letter in request.node.name if letter.isalnum()).lower()[-40:]
    return Buckets(Bucket(store, f"in-{name}"), Bucket(store, f"out-{name}"))


def found(buckets: Buckets, after: timedelta = LATER, rules: Keeping = RULES) -> list[Clearance]:
    """What may go so long after."""
    return list(keeping.clearances(buckets, rules, datetime.now(UTC) + after))


def names(found: list[Clearance]) -> set[str]:
    return {f"{item.kind.value} {item.ref} {item.package_id or item.revision}" for item in found}


def superseded(buckets: Buckets, ref: str) -> tuple[str, str]:
    """A film of which a second version is accepted."""
    first, second = deliver(buckets, ref, 1), deliver(buckets, ref, 2)
    kept_store.answer(buckets, ref, 1)
    kept_store.answer(buckets, ref, 2)
    return first, second


def test_without_a_rule_nothing_goes(buckets: Buckets) -> None:
    superseded(buckets, "653200/653200-a")
    assert found(buckets, rules=Keeping(schema_version=1)) == []
    assert found(buckets, timedelta(days=29)) == []
    other = KeepingRule(name="x", kind=Clearable.SUPERSEDED_PACKAGE, older_than_days=30, prefectures=("650100",))
    assert found(buckets, rules=Keeping(schema_version=1, rules=(other,))) == []


def test_rules_that_are_none_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "keeping.yaml"
    path.symlink_to(tmp_path / "nowhere.yaml")
    with pytest.raises(InputError, match="path_missing"):
        keeping.read(tmp_path)
    path.unlink()
    rule = "{name: x, kind: draft, older_than_days: 1, prefectures: []}"
    path.write_text(f"schema_version: 1\nrules: [{rule}]\n")
    with pytest.raises(InputError, match="prefectures"):
        keeping.read(tmp_path)


def test_the_last_version_is_withdrawn_over_one_that_was_cleared(buckets: Buckets) -> None:
    ref = SubmissionRef("653200", "653200-a")
    first, _ = superseded(buckets, str(ref))
    (item,) = found(buckets)
    clearing.clear(item, "管理员", datetime.now(UTC))
    there, _ = withdrawal.withdraw(buckets, str(ref), "版权到期", "编辑")
    gone = withdrawal.cleared_below(buckets, there)
    assert gone is not None
    assert gone.package_id == first


def test_a_superseded_package_goes_and_is_told_of(buckets: Buckets, tmp_path: Path) -> None:
    ref = SubmissionRef("653200", "653200-a")
    first, second = superseded(buckets, str(ref))
    kept = keys(buckets.delivery, f"{ref}/{second}/")
    (item,) = found(buckets)
    assert (item.kind, item.package_id, item.objects) == (Clearable.SUPERSEDED_PACKAGE, first, 5)
    now = datetime.now(UTC) + LATER
    clearing.clear(item, "管理员", now)
    assert keys(buckets.delivery, f"{ref}/{first}/") == {
        f"{ref}/{first}/{name}" for name in ("ACK.json", "CLEARED.json")
    }
    assert keys(buckets.delivery, f"{ref}/{second}/") == kept
    assert found(buckets) == []
    told = next(there for there in buckets.place_of_delivery(ref).deliveries() if there.package_id == first)
    assert told.state is State.CLEARED
    assert told.cleared is not None
    assert (told.cleared.rule, told.cleared.by, told.title) == ("old-superseded-package", "管理员", ref.submission_id)
    said = announced(buckets, ref, first)
    assert said.ready == item.ready
    assert said.newer is not None
    with pytest.raises(InputError) as caught:
        pull.look(buckets, first, tmp_path, refuse)
    assert caught.value.key == "package_cleared"
    todo = pull.look(buckets, str(ref), tmp_path, refuse)
    assert [item.delivery.package_id for item in (*todo.ready, *todo.answered)] == [second]
    assert status.the_status(buckets, str(ref)).stage is Stage.ACCEPTED
    with pytest.raises(InputError, match="package_cleared"):
        buckets.place_of_delivery(ref).package(first).manifest()


def test_a_withdrawn_package_goes_and_is_not_given_back(buckets: Buckets) -> None:
    ref = SubmissionRef("653200", "653200-a")
    deliver(buckets, str(ref))
    withdraw(buckets, str(ref), 1)
    (item,) = found(buckets)
    clearing.clear(item, "管理员", datetime.now(UTC))
    standing = status.the_status(buckets, str(ref))
    assert standing.stage is Stage.WITHDRAWN
    assert standing.delivery is not None
    assert standing.delivery.cleared is not None
    for undo in (withdrawal.withdraw, withdrawal.withdraw_all):
        with pytest.raises(InputError) as caught:
            undo(buckets, str(ref), None, "编辑", undo=True)
        assert caught.value.key == "undo_cleared"


def unanswered(buckets: Buckets, ref: str) -> None:
    """The newer version is not accepted: the older one may be on the air."""
    deliver(buckets, ref, 1)
    deliver(buckets, ref, 2)


def rejected(buckets: Buckets, ref: str) -> None:
    unanswered(buckets, ref)
    kept_store.answer(buckets, ref, 2, Decision.REJECT)


def fallen_back(buckets: Buckets, ref: str) -> None:
    """The newer version was withdrawn: the older one is given out."""
    superseded(buckets, ref)
    withdraw(buckets, ref, 2)
    buckets.delivery.delete(f"{ref}/{kept_store.package_id_of(ref, 2)}/package.json")
    for key in keys(buckets.delivery, f"{ref}/{kept_store.package_id_of(ref, 2)}/"):
        if "/ts/" in key or "/images/" in key or key.endswith(("sha256", "READY.json")):
            buckets.delivery.delete(key)


def on_its_way(buckets: Buckets, ref: str) -> None:
    """A third version is being sent, and may be copied from the first."""
    superseded(buckets, ref)
    deliver(buckets, ref, 3, ready=False)


def open_upload(buckets: Buckets, ref: str) -> None:
    superseded(buckets, ref)
    multipart.begin(buckets.delivery, f"{ref}/{'0' * 20}/ts/hd.ts", sha256="0" * 64, media_type="x/y")


def approved(buckets: Buckets, ref: str) -> None:
    submit(buckets, ref, 1)
    approve(buckets, ref, 1)
    submit(buckets, ref, 2)


def delivered(buckets: Buckets, ref: str) -> None:
    """A live package was made of it."""
    submit(buckets, ref, 1)
    deliver(buckets, ref, 1)
    submit(buckets, ref, 2)


def newest(buckets: Buckets, ref: str) -> None:
    submit(buckets, ref, 1)
    approve(buckets, ref, 1)


def draft_alone(buckets: Buckets, ref: str) -> None:
    submit(buckets, ref, 1, draft=True, master=False)


def forged_of_package(buckets: Buckets, ref: str) -> None:
    """Who may put beside a live package says that it was cleared."""
    package_id = deliver(buckets, ref, 1)
    record = Cleared(
        submission_id=ref.split("/")[1],
        package_id=package_id,
        kind=Clearable.WITHDRAWN_PACKAGE,
        rule="x",
        objects=1,
        size_bytes=1,
        by="x",
        at=kept_store.AT,
        ready=buckets.place_of_delivery(SubmissionRef(*ref.split("/"))).package(package_id).ready(),
    )
    kept_store.put(buckets.delivery, f"{ref}/{package_id}/CLEARED.json", record.to_file())


def forged_of_revision(buckets: Buckets, ref: str) -> None:
    approved(buckets, ref)
    for number in (1, 2):
        record = Cleared(
            submission_id=ref.split("/")[1],
            revision=number,
            kind=Clearable.SUPERSEDED_REVISION,
            rule="x",
            objects=1,
            size_bytes=1,
            by="x",
            at=kept_store.AT,
        )
        kept_store.put(buckets.inbox, f"{ref}/r{number}/CLEARED.json", record.to_file())


@pytest.mark.parametrize(
    ("prepare", "after"),
    [
        by_hand(unanswered, LATER),
        (rejected, LATER),
        (fallen_back, LATER),
        (on_its_way, timedelta(hours=23)),
        (open_upload, timedelta(hours=23)),
        by_hand(superseded, timedelta(hours=23)),
        (approved, LATER),
        (delivered, LATER),
        by_hand(newest, LATER),
        (draft_alone, LATER),
        (forged_of_package, LATER),
        (forged_of_revision, LATER),
    ],
)
def test_what_is_needed_stays(prepare: Callable[[Buckets, str], object], after: timedelta, buckets: Buckets) -> None:
    prepare(buckets, "653200/653200-a")
    greedy = tuple(KeepingRule(name=kind.value, kind=kind, older_than_days=1) for kind in Clearable)
    assert names(found(buckets, after, Keeping(schema_version=1, rules=greedy))) == set()


def test_something_under_way_holds_a_submission_for_a_day(buckets: Buckets) -> None:
    on_its_way(buckets, "653200/653200-a")
    assert len(found(buckets)) == 1  # what was left there forty days ago holds nothing


def test_revisions_and_drafts_go_and_their_words_stay(buckets: Buckets) -> None:
    ref = "653200/653200-a"
    submit(buckets, ref, 1, draft=True)
    submit(buckets, ref, 2, draft=True)
    items = found(buckets)
    assert names(items) == {f"superseded-revision {ref} 1", f"draft {ref} 2"}
    for item in items:
        clearing.clear(item, "管理员", datetime.now(UTC))
    left = keys(buckets.inbox, f"{ref}/r1/") | keys(buckets.inbox, f"{ref}/r2/")
    said = (
        "DRAFT.json",
        "SUBMITTED.json",
        "submission.yaml",
        "inspection.json",
        "draft-inspection.json",
    )
    assert left == {f"{ref}/r{number}/{name}" for number in (1, 2) for name in said} | {
        f"{ref}/r1/CLEARED.json",
        f"{ref}/r2/DRAFT-CLEARED.json",
        f"{ref}/r2/media/01.mp4",
    }
    assert found(buckets) == []
    place = buckets.place_in_inbox(SubmissionRef(*ref.split("/")))
    revisions = place.revisions()
    for number, marker in ((1, revisions[0].submitted), (1, revisions[0].draft), (2, revisions[1].draft)):
        assert marker is not None
        with pytest.raises(InputError) as caught:
            place.revision(number).fetch(marker, Path("/nonexistent"))
        assert caught.value.key == "revision_cleared"


@pytest.mark.parametrize("objects", [by_hand(0), 1, by_hand(2), 3, by_hand(4), 5])
def test_what_was_broken_off_is_ended(objects: int, buckets: Buckets) -> None:
    """However many objects were gone, a second clearing ends where the first would have, without its rule."""
    ref = "653200/653200-a"
    first, _ = superseded(buckets, ref)
    (item,) = found(buckets)
    place = item.place
    place.put_if_absent(item.record_name, item.record("管理员", datetime.now(UTC)))
    for name in ("READY.json", "checksums.sha256", "images/poster.jpg", "package.json", "ts/hd.ts")[:objects]:
        buckets.delivery.delete(place.prefix + name)
    again = found(buckets, timedelta(days=2), Keeping(schema_version=1))
    assert [left.is_begun for left in again] == ([True] if objects < 5 else [])
    for left in again:
        clearing.clear(left, "另一人", datetime.now(UTC))
    assert keys(buckets.delivery, place.prefix) == {place.prefix + "ACK.json", place.prefix + "CLEARED.json"}
    kept = buckets.place_of_delivery(SubmissionRef(*ref.split("/"))).package(first).cleared()
    assert kept is not None
    assert kept.by == "管理员"


def test_a_record_that_is_none_leaves_its_submission_alone(buckets: Buckets) -> None:
    superseded(buckets, "653200/653200-a")
    superseded(buckets, "653200/653200-b")
    kept_store.put(buckets.delivery, f"653200/653200-a/{kept_store.package_id_of('653200/653200-a', 2)}/ACK.json", b"{")
    faults: list[IntegrityError] = []
    items = list(keeping.clearances(buckets, RULES, datetime.now(UTC) + LATER, faults.append))
    assert {item.ref.submission_id for item in items} == {"653200-b"}
    assert [fault.key for fault in faults] == ["marker_unreadable"]
