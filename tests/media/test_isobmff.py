"""Edit lists, on files that the real ffmpeg made and on torn ones."""

from __future__ import annotations

import io
import subprocess
from pathlib import Path

import pytest

from pipeline.media.isobmff import edits


def edited(path: Path) -> bool:
    with path.open("rb") as file:
        return edits.is_edited(edits.edited_tracks(file))


@pytest.fixture
def cut(ffmpeg: Path, small_film: Path, tmp_path: Path) -> Path:
    """A film cut by copying: it begins before the picture that is shown first."""
    target = tmp_path / "cut.mp4"
    subprocess.run([ffmpeg, "-v", "error", "-ss", "1.5", "-i", small_film, "-c", "copy", target], check=True)
    return target


def test_a_film_cut_without_encoding_has_an_edit_and_a_coders_delay_is_none(small_film: Path, cut: Path) -> None:
    assert not edited(small_film)
    assert edited(cut)


def test_a_late_track_is_an_edit(ffmpeg: Path, small_film: Path, tmp_path: Path) -> None:
    late = tmp_path / "late.mov"
    subprocess.run(
        [
            ffmpeg,
            "-v",
            "error",
            "-i",
            small_film,
            "-itsoffset",
            "1",
            "-i",
            small_film,
            "-map",
            "0:v",
            "-map",
            "1:a",
            "-c",
            "copy",
            late,
        ],
        check=True,
    )
    assert edited(late)


def test_what_is_torn_or_no_movie_has_none(small_film: Path, cut: Path) -> None:
    whole = cut.read_bytes()
    for content in (b"", b"x" * 100, whole[: len(whole) // 2], whole[:40], b"\0\0\0\1moov"):
        assert edits.is_edited(edits.edited_tracks(io.BytesIO(content))) in (True, False)
    header = whole[whole.index(b"moov") - 4 :]
    for size in range(0, len(header), 37):
        edits.edited_tracks(io.BytesIO(header[:size]))
