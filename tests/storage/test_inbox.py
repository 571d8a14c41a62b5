"""Revisions in a real store: claims that one of many wins, content that never changes under a marker."""

from __future__ import annotations

import threading
from pathlib import Path

import pytest

from pipeline.errors import InputError, IntegrityError
from pipeline.model.finding import Verdict
from pipeline.model.inbox import InboxMarker
from pipeline.model.submission import Kind
from pipeline.storage import inbox, layout
from pipeline.storage.s3 import Store


def test_of_two_who_claim_a_revision_one_is_told(store: Store) -> None:
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
                won.append(inbox.claim(store, "inbox", "653200", name, content))
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


def test_the_same_content_keeps_its_number_and_other_content_gets_the_next(store: Store) -> None:
    claims = [inbox.claim(store, "inbox", "653200", "film", letter * 64) for letter in "aabbca"]
    assert claims == [1, 1, 2, 2, 3, 4]


def marker(content: str, files: tuple[inbox.InboxFile, ...]) -> InboxMarker:
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


def test_what_was_sent_comes_back_under_its_own_names(store: Store, tmp_path: Path) -> None:
    film = tmp_path / "影片 'a'.mov"
    film.write_bytes(b"picture and sound")
    (tmp_path / inbox.SUBMISSION).write_text("title: x\n")
    extra = [inbox.file_of(tmp_path / inbox.SUBMISSION, inbox.SUBMISSION, "-", _sha(tmp_path / inbox.SUBMISSION))]
    made = marker("a" * 64, (inbox.file_of(film, "media/01.mov", film.name, _sha(film)),))
    inbox.claim(store, "inbox", "653200", "sent", "a" * 64)
    assert inbox.send(store, "inbox", made, layout.SUBMITTED, tmp_path, extra, tmp_path)
    assert not inbox.send(store, "inbox", made, layout.SUBMITTED, tmp_path, extra, tmp_path)
    with pytest.raises(IntegrityError, match="delivered_differs"):
        inbox.send(store, "inbox", marker("b" * 64, ()), layout.SUBMITTED, tmp_path, extra, tmp_path)
    revision = inbox.revisions(store, "inbox", "653200", "sent")[0]
    assert revision.submitted == made
    inbox.fetch(store, "inbox", made, tmp_path / "down")
    assert (tmp_path / "down" / film.name).read_bytes() == b"picture and sound"
    assert (tmp_path / "down" / inbox.SUBMISSION).read_text() == "title: x\n"


def _sha(path: Path) -> str:
    from pipeline import durable

    return durable.digest(path)
