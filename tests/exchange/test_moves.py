"""The table of moves, walked: every state of a real store with every move, what it leads to, what is refused."""

from __future__ import annotations

import hashlib
import itertools
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.errors import ShowcaseError
from pipeline.exchange import (
    acknowledgement,
    approved,
    cuts,
    offline,
    pull,
    review,
    review_copy,
    status,
    story,
    submit,
    withdrawal,
)
from pipeline.exchange.acknowledgement import OperatorAnswer
from pipeline.exchange.review import ReviewAnswer, Reviewed
from pipeline.exchange.submit import HashedFile, Proxy, SubmissionUpload
from pipeline.execute import batch_sources, context
from pipeline.model import states
from pipeline.model.course import FILM
from pipeline.model.delivery import Decision, Ready, State
from pipeline.model.inbox import Claim, Review, ReviewKind, Stage
from pipeline.model.package import Package
from pipeline.model.reference import SubmissionRef
from pipeline.model.states import Move
from pipeline.model.submission import Role, Submission, bare
from pipeline.settings import Settings
from pipeline.storage import inbox, layout, reviews
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from pipeline.workspace import Workspace
from tests.exchange.conftest import buckets_of
from tests.tiers import kept

_NUMBERS = itertools.count(1)


@pytest.fixture(scope="module")
def season(store: Store) -> Buckets:
    return buckets_of(store, "moves")


@dataclass
class Film:
    """A submission of one small file, and what three people can do with it."""

    buckets: Buckets
    folder: Path
    submission: Submission
    cut: bytes = b"first"

    @property
    def ref(self) -> SubmissionRef:
        return SubmissionRef(self.submission.prefecture, self.submission.identity())

    @property
    def stage(self) -> Stage:
        return status.the_status(self.buckets, str(self.ref)).stage

    @property
    def objects(self) -> int:
        """How many there are of it in both buckets."""
        places = (self.buckets.place_in_inbox(self.ref).place, self.buckets.place_of_delivery(self.ref).place)
        return sum(len(list(place.bucket.walk(place.prefix, lambda _: None, 1000))) for place in places)

    def upload(self) -> SubmissionUpload:
        path = self.folder / "film.mp4"
        path.write_bytes(self.cut)
        media = HashedFile(path, "film.mp4", hashlib.sha256(self.cut).hexdigest(), Role.MAIN, FILM)
        return SubmissionUpload(self.submission, self.folder, (media,), (), 4.0)

    def claim(self) -> None:
        submit.claim(self.buckets.inbox, self.upload())

    def submit(self, move: Move = Move.SUBMIT) -> None:
        cuts.refuse_unchanged(cuts.known(self.buckets, self.upload()), self.upload(), move)
        place = submit.claim(self.buckets.inbox, self.upload())
        scratch = self.folder / "scratch"
        scratch.mkdir(exist_ok=True)
        if move is Move.SUBMIT_DRAFT:
            proxy = self.folder / "proxy.mp4"
            proxy.write_bytes(b"small " + self.cut)
            submit.send_draft(place, self.upload(), [Proxy(FILM, proxy)], scratch)
        else:
            submit.send_master(place, self.upload(), scratch)

    def review(self, **given: object) -> None:
        item = status.the_status(self.buckets, str(self.ref))
        newest = review_copy.newest_revision(self.buckets, self.ref)
        review.answer(self.buckets, item, newest, ReviewAnswer("王", **given))  # type: ignore[arg-type]

    def retract(self) -> None:
        item = status.the_status(self.buckets, str(self.ref))
        newest = review_copy.newest_revision(self.buckets, self.ref)
        given = ReviewAnswer("王", retracts=item.notes[-1].number if item.notes else 1)
        review.answer(self.buckets, item, newest, given)

    def swap(self) -> None:
        """As somebody with the prefecture's key: another film, with markers and claim to match."""
        other = replace(self, cut=b"another film")
        place = self.buckets.place_in_inbox(self.ref)
        revision = place.revision(1).place
        media = other.upload().media[0]
        files = (inbox.file_of(media.path, "media/01.mp4", "film.mp4", media.sha256),)
        marker = submit.marker_of(place.revision(1), other.upload(), files)
        for key, content in (
            (place.place.prefix + layout.claim_name(1), Claim(content_sha256=other.upload().content).to_file()),
            (revision.prefix + layout.SUBMITTED, marker.to_file()),
            (revision.prefix + "media/01.mp4", other.cut),
        ):
            digest = hashlib.sha256(content).hexdigest()
            place.bucket.put_request(key, content, sha256=digest, media_type="application/octet-stream")

    def run(self) -> None:
        place = Workspace(self.folder, Settings())
        given = approved.fetch(self.buckets, place, str(self.ref), lambda *_: None)
        assert (given.folder / "film.mp4").read_bytes() == self.cut
        self.deliver()

    def deliver(self, package_id: str = "a" * 20, revision: int = 1) -> None:
        """What `run` ends with: a package that is ready, of this content."""
        package = self.buckets.place_of_delivery(self.ref).package(package_id)
        manifest = Package.model_construct(package_id=package_id).model_dump_json(warnings=False).encode()
        package.place.put_if_absent(
            layout.READY,
            Ready(
                package_id=package_id,
                submission_id=self.ref.submission_id,
                revision=revision,
                content_sha256=self.upload().content,
                manifest_sha256=hashlib.sha256(manifest).hexdigest(),
                files=1,
                size_bytes=1,
            ),
        )

    def ack(self, decision: Decision, *, correct: bool = False) -> None:
        there = acknowledgement.newest(self.buckets, str(self.ref))
        given = OperatorAnswer(decision, "黑场" if correct else None, by="运营", correct=correct)
        acknowledgement.answer(self.buckets, there, given)

    def reject(self) -> None:
        there = acknowledgement.newest(self.buckets, str(self.ref))
        acknowledgement.answer(self.buckets, there, OperatorAnswer(Decision.REJECT, "黑场", by="运营"))

    def correct(self) -> None:
        there = acknowledgement.newest(self.buckets, str(self.ref))
        is_accepted = there.acknowledgement is not None and there.acknowledgement.decision is Decision.ACCEPT
        decision = Decision.REJECT if is_accepted else Decision.ACCEPT
        acknowledgement.answer(self.buckets, there, OperatorAnswer(decision, "看错了", by="运营", correct=True))

    def withdraw_all(self, *, undo: bool = False) -> list[tuple[str, bool]]:
        done = withdrawal.withdraw_all(self.buckets, str(self.ref), None if undo else "版权", "王", undo=undo)
        return [(there.package_id[0], new) for there, new in done]

    def given(self) -> list[str]:
        """What `pull` and `offline` give out of it, and what that is instead of."""
        try:
            ready = pull.look(self.buckets, str(self.ref), self.folder, lambda fault: pytest.fail(str(fault))).ready
        except ShowcaseError as told:
            return [told.key]
        there = offline.in_store(self.buckets, str(self.ref), lambda fault: pytest.fail(str(fault)))
        assert [item.instead_of for item in there] == [item.instead_of for item in ready]
        newer = [item.instead_of for item in ready if item.instead_of]
        return [item.delivery.package_id[0] for item in ready] + [
            f"{item.package_id[0]} r{item.revision} {item.reason}" for item in newer
        ]

    def withdraw(self, *, undo: bool = False) -> None:
        withdrawal.withdraw(self.buckets, str(self.ref), None if undo else "版权", "王", undo=undo)

    def pull(self) -> None:
        found = pull.look(self.buckets, str(self.ref), self.folder, lambda fault: pytest.fail(str(fault)))
        assert found.ready or found.withdrawn


def made(buckets: Buckets, folder: Path) -> Film:
    """A film that nothing was done with yet."""
    return Film(buckets, folder, bare("film.mp4", f"片{next(_NUMBERS)}", "653200"))


MOVES: dict[Move, Callable[[Film], None]] = {
    Move.SUBMIT_DRAFT: lambda film: film.submit(Move.SUBMIT_DRAFT),
    Move.SUBMIT: lambda film: film.submit(),
    Move.SUBMIT_CUT: lambda film: replace(film, cut=b"second").submit(),
    Move.ANSWER: lambda film: cuts.answer(film.buckets, film.upload(), "是有意的", "古丽") and None,
    Move.LOOK: lambda film: review_copy.copy_to_look_at(film.buckets, film.ref) and None,
    Move.NOTE: lambda film: film.review(notes=(("00:00:01:00", "快一点"),)),
    Move.RETURN: lambda film: film.review(decision=ReviewKind.RETURN, reason="重剪"),
    Move.APPROVE: lambda film: film.review(decision=ReviewKind.APPROVE),
    Move.RETRACT: lambda film: film.retract(),
    Move.DELIVER: lambda film: film.run(),
    Move.WITHDRAW: lambda film: film.withdraw(),
    Move.WITHDRAW_ALL: lambda film: film.withdraw_all() and None,
    Move.UNDO: lambda film: film.withdraw(undo=True),
    Move.UNDO_ALL: lambda film: film.withdraw_all(undo=True) and None,
    Move.PULL: lambda film: film.pull(),
    Move.ACCEPT: lambda film: film.ack(Decision.ACCEPT),
    Move.REJECT: lambda film: film.reject(),
    Move.CORRECT: lambda film: film.correct(),
}
WAYS: dict[Stage, tuple[Callable[[Film], None], ...]] = {
    Stage.SENDING: (Film.claim,),
    Stage.DRAFT: (MOVES[Move.SUBMIT_DRAFT], MOVES[Move.NOTE]),
    Stage.SUBMITTED: (Film.submit, MOVES[Move.NOTE]),
    Stage.RETURNED: (Film.submit, MOVES[Move.RETURN]),
    Stage.APPROVED_DRAFT: (MOVES[Move.SUBMIT_DRAFT], MOVES[Move.APPROVE]),
    Stage.APPROVED: (Film.submit, MOVES[Move.APPROVE]),
    Stage.ALTERED: (Film.submit, MOVES[Move.APPROVE], Film.swap),
    Stage.DELIVERING: (),
    Stage.READY: (Film.submit, MOVES[Move.APPROVE], Film.run),
    Stage.ACCEPTED: (Film.submit, MOVES[Move.APPROVE], Film.run, MOVES[Move.ACCEPT]),
    Stage.REJECTED: (Film.submit, MOVES[Move.APPROVE], Film.run, MOVES[Move.REJECT]),
    Stage.WITHDRAWN: (Film.submit, MOVES[Move.APPROVE], Film.run, MOVES[Move.WITHDRAW]),
}
STAGES = [stage for stage in Stage if stage is not Stage.DELIVERING]  # seen only while a package is being uploaded


def brought_to(stage: Stage, buckets: Buckets, folder: Path) -> Film:
    """A film in a state."""
    film = made(buckets, folder)
    for step in WAYS[stage]:
        step(film)
    assert film.stage is stage
    return replace(film, cut=b"another film") if stage is Stage.ALTERED else film


@pytest.mark.parametrize("stage", kept(STAGES, Stage.DRAFT, Stage.READY, Stage.WITHDRAWN))
def test_every_move_in_every_state(stage: Stage, season: Buckets, tmp_path: Path) -> None:
    film = brought_to(stage, season, tmp_path)
    for move, make in MOVES.items():
        before = film.objects
        told = None
        try:
            make(film)
        except ShowcaseError as error:
            told = error
        if not states.allows(move, stage):
            assert told is not None, move
            assert (film.stage, film.objects) == (stage, before), move
            continue
        assert told is None, (move, str(told))
        assert film.stage in states.RULES[move].leads[stage], move
        film = brought_to(stage, season, tmp_path)


AWAITED = {
    Stage.SENDING: "not_sent_yet",
    Stage.DRAFT: "not_approved",
    Stage.SUBMITTED: "not_approved",
    Stage.RETURNED: "cut_awaited",
    Stage.APPROVED_DRAFT: "master_awaited",
    Stage.WITHDRAWN: "delivery_withdrawn",
}


def with_an_id_that_others_may_have(buckets: Buckets, folder: Path) -> Film:
    film = made(buckets, folder)
    return replace(film, submission=film.submission.model_copy(update={"id": f"mianhua{next(_NUMBERS)}"}))


@pytest.mark.parametrize("stage", AWAITED)
def test_run_says_what_is_awaited_and_names_the_film_as_it_is_typed(
    stage: Stage, season: Buckets, tmp_path: Path
) -> None:
    film = with_an_id_that_others_may_have(season, tmp_path)
    for step in WAYS[stage]:
        step(film)
    with pytest.raises(ShowcaseError, match=AWAITED[stage]) as told:
        film.run()
    for role in (None, "editor", "operator", "producer"):
        lines = "\n".join(catalogue.error_lines("zh", told.value, role))
        assert f"653200/{film.ref.submission_id}" in lines
        assert "编号 --" not in lines
        assert ("--undo" in lines) == (stage is Stage.WITHDRAWN and role in (None, "editor"))
        assert ("--approve" in lines) == (AWAITED[stage] == "not_approved")


def test_a_folder_here_is_no_film_that_begins_like_it(
    season: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    film = with_an_id_that_others_may_have(season, tmp_path)
    film.submit()
    film.review(decision=ReviewKind.APPROVE)
    place = Workspace(tmp_path, Settings())
    monkeypatch.chdir(tmp_path)
    name = film.ref.submission_id
    for folder, key in ((name[:-1], "is_folder"), ("653200", "is_folder")):
        (tmp_path / folder).mkdir()
        with pytest.raises(ShowcaseError, match=key):
            approved.fetch(season, place, folder, lambda *_: None)
    (tmp_path / name).mkdir()
    assert approved.fetch(season, place, name, lambda *_: None).identity == name


def test_a_batch_of_the_inbox_names_what_was_altered_or_withdrawn_as_it_is_typed(
    season: Buckets, tmp_path: Path
) -> None:
    films = {}
    for stage in (Stage.ALTERED, Stage.WITHDRAWN):
        (folder := tmp_path / stage).mkdir()
        films[stage] = with_an_id_that_others_may_have(season, folder)
        for step in WAYS[stage]:
            step(films[stage])
    here = context.prepare(Workspace(tmp_path, Settings()))
    sources = {
        item.ref: item for item in batch_sources.listed(batch_sources.INBOX, here, season, lambda *_, **__: None)
    }
    found = {stage: sources[film.ref] for stage, film in films.items()}
    assert [item.shown for item in found.values()] == [str(film.ref) for film in films.values()]
    assert [item.is_withdrawn for item in found.values()] == [False, True]
    with pytest.raises(ShowcaseError, match="approved_differs") as told:
        found[Stage.ALTERED].open()
    assert f"showcase review {films[Stage.ALTERED].ref}" in catalogue.error_lines("zh", told.value)[-1]


def test_a_film_that_was_put_under_an_approval_is_not_fetched(season: Buckets, tmp_path: Path) -> None:
    film = brought_to(Stage.ALTERED, season, tmp_path)
    with pytest.raises(ShowcaseError) as told:
        film.run()
    assert (told.value.key, told.value.exit_code) == ("approved_differs", 6)


@pytest.mark.parametrize(
    ("names", "stage"),
    [((layout.SUBMITTED,), Stage.SUBMITTED), ((layout.SUBMITTED, layout.DRAFT), Stage.ALTERED)],
)
def test_a_draft_that_is_put_as_the_master_is_not_approved_with_it(
    names: tuple[str, ...], stage: Stage, season: Buckets, tmp_path: Path
) -> None:
    film = brought_to(Stage.APPROVED_DRAFT, season, tmp_path)
    place = season.place_in_inbox(film.ref).revision(1).place
    draft = place.get(layout.DRAFT)
    assert draft is not None
    for name in names:  # another draft in its place, so that nothing tells of the first
        digest = hashlib.sha256(draft).hexdigest()
        place.bucket.put_request(place.prefix + name, draft, sha256=digest, media_type="application/json")
        draft = draft.replace(b'"size_bytes": ', b'"size_bytes": 1')
    assert film.stage is stage
    with pytest.raises(ShowcaseError, match=r"not_approved|approved_differs"):
        film.run()


def test_media_that_was_swapped_is_not_fetched_until_it_is_sent_again(season: Buckets, tmp_path: Path) -> None:
    film = brought_to(Stage.APPROVED, season, tmp_path)
    place = season.place_in_inbox(film.ref).revision(1).place
    other = b"swapped"
    digest = hashlib.sha256(other).hexdigest()
    place.bucket.put_request(place.prefix + "media/01.mp4", other, sha256=digest, media_type="video/mp4")
    with pytest.raises(ShowcaseError) as told:
        film.run()
    assert (told.value.key, told.value.exit_code) == ("inbox_differs", 6)
    assert film.stage is Stage.APPROVED
    film.submit()
    film.run()


@pytest.mark.parametrize(
    "text",
    [
        b"\xff",
        pytest.param(b"[" * 30, marks=pytest.mark.acceptance),
        pytest.param(b"schema_version: 1\ntitle: x\n", marks=pytest.mark.acceptance),
    ],
)
def test_words_that_were_swapped_are_told_to_whoever_looks_or_delivers(
    text: bytes, season: Buckets, tmp_path: Path
) -> None:
    film = brought_to(Stage.APPROVED, season, tmp_path)
    place = season.place_in_inbox(film.ref).revision(1).place
    digest = hashlib.sha256(text).hexdigest()
    place.bucket.put_request(place.prefix + inbox.SUBMISSION, text, sha256=digest, media_type="text/yaml")
    copy = review_copy.copy_to_look_at(season, film.ref)
    for act in (film.run, lambda: copy.fetch(Workspace(tmp_path, Settings()), lambda *_: None)):
        with pytest.raises(ShowcaseError, match="inbox_differs"):
            act()


@pytest.mark.parametrize("second", [{"decision": ReviewKind.RETURN, "reason": "重剪"}, {"retracts": 1}])
def test_of_two_decisions_at_once_the_second_is_told_of_the_first(
    second: dict[str, object], season: Buckets, tmp_path: Path
) -> None:
    film = brought_to(Stage.SUBMITTED, season, tmp_path)
    read = status.the_status(season, str(film.ref))
    newest = review_copy.newest_revision(season, film.ref)
    film.review(decision=ReviewKind.APPROVE)
    before = film.objects
    with pytest.raises(ShowcaseError, match="answered_meanwhile"):
        review.answer(season, read, newest, ReviewAnswer("李", **second))  # type: ignore[arg-type]
    assert (film.stage, film.objects) == (Stage.APPROVED, before)


def test_a_package_behind_a_newer_cut_has_a_state_of_its_own(season: Buckets, tmp_path: Path) -> None:
    film = brought_to(Stage.ACCEPTED, season, tmp_path)
    replace(film, cut=b"second").submit()
    for step, state in ((film.withdraw, State.WITHDRAWN), (lambda: film.withdraw(undo=True), State.ACCEPTED)):
        step()
        there = status.the_status(season, str(film.ref))
        assert there.earlier is not None
        assert (there.stage, there.revision, there.earlier.state) == (Stage.SUBMITTED, 2, state)


def test_a_cut_that_a_newer_one_took_the_place_of_is_not_sent_or_fetched_again(season: Buckets, tmp_path: Path) -> None:
    first = brought_to(Stage.READY, season, tmp_path)
    second = replace(first, cut=b"second")
    second.submit()
    second.review(decision=ReviewKind.APPROVE)
    second.deliver("b" * 20, 2)
    with pytest.raises(ShowcaseError, match="superseded"):
        first.submit()

    def pulled() -> tuple[list[str], list[str]]:
        found = pull.look(season, str(first.ref), tmp_path, lambda fault: pytest.fail(str(fault)))
        return [item.delivery.package_id for item in found.ready], [item.folder.name for item in found.superseded]

    assert pulled() == (["b" * 20], [])
    (tmp_path / first.ref.submission_id / ("a" * 20)).mkdir(parents=True)
    assert pulled() == (["b" * 20], ["a" * 20])
    second.withdraw()
    assert pulled() == (["a" * 20], [])
    there = status.the_status(season, str(first.ref))
    assert there.earlier is not None
    assert (there.stage, there.earlier.package_id) == (Stage.WITHDRAWN, "a" * 20)


def of_two_versions(buckets: Buckets, folder: Path, marks: str) -> Film:
    """A film whose two packages are ready; their ids are twenty times one of two letters."""
    film = brought_to(Stage.APPROVED, buckets, folder)
    film.deliver(marks[0] * 20)
    second = replace(film, cut=b"second")
    second.submit()
    second.review(decision=ReviewKind.APPROVE)
    second.deliver(marks[1] * 20, 2)
    return second


def test_a_licence_that_ends_is_the_end_of_every_version(season: Buckets, tmp_path: Path) -> None:
    film = of_two_versions(season, tmp_path, "cd")
    assert film.given() == ["d"]
    there, _ = withdrawal.withdraw(season, str(film.ref), "版权", "王")
    again = withdrawal.on_offer_again(season, there)
    assert again is not None
    assert (again.package_id, again.revision) == ("c" * 20, 1)
    assert film.given() == ["c", "d r2 版权"]
    assert film.withdraw_all() == [("c", True), ("d", False)]
    assert withdrawal.on_offer_again(season, there) is None
    assert film.given() == ["withdrawn"]
    before = film.objects
    assert film.withdraw_all() == [("c", False), ("d", False)]
    assert film.objects == before
    assert film.withdraw_all(undo=True) == [("d", True), ("c", True)]
    assert (film.stage, film.given()) == (Stage.READY, ["d"])
    with pytest.raises(ShowcaseError, match="not_withdrawn"):
        film.withdraw_all(undo=True)
    with pytest.raises(ShowcaseError, match="reason_missing"):
        withdrawal.withdraw_all(season, str(film.ref), None, "王")
    film.withdraw_all()
    film.withdraw(undo=True)
    assert film.given() == ["d"]


def test_a_package_is_withdrawn_by_its_own_id_and_no_other_with_it(season: Buckets, tmp_path: Path) -> None:
    film = of_two_versions(season, tmp_path, "ef")
    for wanted in ("e" * 20, f"{film.ref}/{'e' * 20}"):
        there, new = withdrawal.withdraw(season, wanted, "版权", "王")
        assert (there.package_id, there.state, new) == ("e" * 20, State.WITHDRAWN, wanted == "e" * 20)
        assert withdrawal.on_offer_again(season, there) is None
    assert (film.stage, film.given()) == (Stage.READY, ["f"])
    film.withdraw()
    assert film.given() == ["withdrawn"]
    withdrawal.withdraw(season, "e" * 20, None, "王", undo=True)
    assert (film.stage, film.given()) == (Stage.WITHDRAWN, ["e", "f r2 版权"])


def test_of_two_prefectures_one_id_names_neither_delivery(season: Buckets, tmp_path: Path) -> None:
    film = brought_to(Stage.READY, season, tmp_path)
    name = film.ref.submission_id
    other = film.submission.model_copy(update={"id": name, "prefecture": "653100"})
    replace(film, submission=other).submit()
    before = film.objects
    with pytest.raises(ShowcaseError, match="several_fit"):
        withdrawal.withdraw(season, name, "版权", "王")
    assert (film.stage, film.objects) == (Stage.READY, before)


def test_the_story_is_in_the_stores_order_whatever_a_laptops_clock_says(season: Buckets, tmp_path: Path) -> None:
    film = brought_to(Stage.SUBMITTED, season, tmp_path)
    newest = review_copy.newest_revision(season, film.ref)
    early = Review(
        submission_id=film.ref.submission_id,
        revision=1,
        number=2,
        kind=ReviewKind.RETURN,
        text="重剪",
        by="王",
        at=datetime(2020, 1, 1, tzinfo=UTC),
    )
    assert reviews.put(season.delivery, film.ref, early)
    (records,) = season.records(ref=newest.ref)
    assert [event.what for event in story.story(records)] == ["claimed", "submitted", "note", "return"]


def test_the_story_says_which_revision_and_what_is_answered(season: Buckets, tmp_path: Path) -> None:
    film = brought_to(Stage.ACCEPTED, season, tmp_path)
    replace(film, cut=b"second").submit()
    film.withdraw()
    film.withdraw(undo=True)
    (records,) = season.records(ref=film.ref)
    told = {event.what: event.revision for event in story.story(records) if event.package_id}
    assert told == {"delivered": 1, "accepted": 1, "withdrawn": 1, "undone": 1}

    returned = brought_to(Stage.RETURNED, season, tmp_path)
    MOVES[Move.ANSWER](returned)
    (records,) = season.records(ref=returned.ref)
    assert [event.answers for event in story.story(records) if event.what == "answer"] == [1]


def test_a_decision_in_place_of_anothers_is_told_and_one_that_stood_already(season: Buckets, tmp_path: Path) -> None:
    film = brought_to(Stage.RETURNED, season, tmp_path)

    def decided(by: str, decision: ReviewKind, reason: str | None = None) -> Reviewed:
        read, newest = status.the_status(season, str(film.ref)), review_copy.newest_revision(season, film.ref)
        return review.answer(season, read, newest, ReviewAnswer(by, decision=decision, reason=reason))

    approved = decided("李", ReviewKind.APPROVE)
    assert approved.replaces is not None
    assert (approved.replaces.kind, approved.replaces.text) == (ReviewKind.RETURN, "重剪")
    again = decided("王", ReviewKind.APPROVE)
    assert (again.reviews, again.replaces) == ((), None)
    assert again.stands is not None
    assert again.stands.by == "李"
    assert decided("李", ReviewKind.RETURN, "太长").replaces is None
    assert decided("王", ReviewKind.RETURN, "太短").replaces is None
    assert decided("王", ReviewKind.APPROVE).replaces is None
    last = decided("李", ReviewKind.RETURN, "声音小")
    assert last.replaces is not None
    assert (last.replaces.kind, last.replaces.by) == (ReviewKind.APPROVE, "王")
