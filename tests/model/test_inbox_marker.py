"""What a marker of the inbox can't say."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from pipeline.model.finding import Verdict
from pipeline.model.inbox import InboxFile, InboxMarker
from pipeline.model.submission import Kind


def marker(*files: tuple[str, int]) -> InboxMarker:
    """A marker of files by their names and sizes."""
    return InboxMarker(
        submission_id="film",
        prefecture="653200",
        title="片",
        kind=Kind.FILM,
        revision=1,
        content_sha256="0" * 64,
        verdict=Verdict.ACCEPT,
        duration_s=2.0,
        files=tuple(
            InboxFile(path="media/01.mp4", file=name, size_bytes=size, sha256="0" * 64) for name, size in files
        ),
    )


def test_files_lie_beside_and_below_each_other() -> None:
    assert len(marker(("a/b.mp4", 1), ("a/c.mp4", 1), ("d.mp4", 1)).files) == 3


@pytest.mark.parametrize("files", [[("a", 1), ("a/b", 1)], [("a/b/c", 1), ("a", 1)], [("a", 10**30)], [("a", -1)]])
def test_what_no_disk_can_hold_is_no_marker(files: list[tuple[str, int]]) -> None:
    with pytest.raises(ValidationError):
        marker(*files)
