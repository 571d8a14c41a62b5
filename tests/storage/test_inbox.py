"""Revisions in a real store: claims that one of many wins, content that never changes under a marker."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.errors import InputError, IntegrityError
from pipeline.model.finding import Verdict
from pipeline.model.inbox import InboxFile, InboxMarker
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import Kind
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.inbox import SUBMISSION, InboxPlace, file_of


def test_of_two_who_claim_a_revision_one_is_told(inbox: Bucket) -> None:
    for round_ in range(5):
        won: list[int] = []
        told: list[InputError] = []
        start = threading.Barrier(2)
        name = f"race-{round_}"

        def claim(
            content: str,
            start: threading.Barrier = start,
            name: str = name,
            won: list[int] = won,
            told: list[InputError] = told,
        ) -> None:
            start.wait()
            try:
                won.append(InboxPlace(inbox, SubmissionRef("653200", name)).claim(content))
            except InputError as found:
                told += [found]

        threads = [threading.Thread(target=claim, args=(letter * 64,)) for letter in "ab"]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(won) in ([1], [1, 2])
        assert len(won) + len(told) == 2
        assert all(error.key == "revision_taken" for error in told)


def test_the_same_content_keeps_its_number_and_other_content_gets_the_next(inbox: Bucket) -> None:
    claims = [InboxPlace(inbox, SubmissionRef("653200", "film")).claim(letter * 64) for letter in "aabbca"]
    assert claims == [1, 1, 2, 2, 3, 4]


def marker(content: str, files: tuple[InboxFile, ...]) -> InboxMarker:
    return InboxMarker(
        submission_id="sent",
        prefecture="653200",
        title="t",
        kind=Kind.FILM,
        revision=1,
        verdict=Verdict.ACCEPT,
        content_sha256=content,
        duration_s=1.0,
        files=files,
    )


def test_what_was_sent_comes_back_under_its_own_names(inbox: Bucket, tmp_path: Path) -> None:
    film = tmp_path / "影片 'a'.mov"
    film.write_bytes(b"picture and sound")
    (tmp_path / SUBMISSION).write_text("title: x\n")
    extra = [file_of(tmp_path / SUBMISSION, SUBMISSION, "-", _sha(tmp_path / SUBMISSION))]
    made = marker("a" * 64, (file_of(film, "media/01.mov", film.name, _sha(film)),))
    sent = InboxPlace(inbox, SubmissionRef("653200", "sent"))
    place = sent.revision(sent.claim("a" * 64))
    assert place.standing(layout.SUBMITTED, made) is None
    place.send_extra(tmp_path, extra)
    place.send(layout.SUBMITTED, made, tmp_path)
    assert place.standing(layout.SUBMITTED, made) == made
    for differs in (
        lambda: place.standing(layout.SUBMITTED, marker("b" * 64, ())),
        lambda: place.send(layout.SUBMITTED, marker("b" * 64, ()), tmp_path),
    ):
        with pytest.raises(IntegrityError, match="delivered_differs"):
            differs()
    assert sent.revisions()[0].submitted == made
    place.fetch(made, tmp_path / "down")
    assert (tmp_path / "down" / film.name).read_bytes() == b"picture and sound"
    assert (tmp_path / "down" / SUBMISSION).read_text() == "title: x\n"


def test_a_claim_of_other_content_than_its_marker_is_read_and_told(inbox: Bucket) -> None:
    """Its ETag alone tells of the usual one; a forged pair is seen as it lies there."""
    odd = InboxPlace(inbox, SubmissionRef("653200", "odd"))
    odd.claim("c" * 64)
    made = marker("a" * 64, ()).model_copy(update={"submission_id": "odd"})
    odd.place.put_if_absent("r1/SUBMITTED.json", made)
    found = odd.revisions()[0]
    assert (found.claim.content_sha256, found.submitted) == ("c" * 64, made)


def _sha(path: Path) -> str:
    from pipeline import durable

    return durable.digest(path)
