"""Edit lists, on files that the real ffmpeg made and on torn ones."""

from __future__ import annotations

import io
import struct
import subprocess
from pathlib import Path

import pytest

from pipeline.media.isobmff import edits
from pipeline.media.isobmff.boxes import box, full


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


def listing(*rows: tuple[int, int, int], wide: bool = False) -> bytes:
    """A movie of one track of 4 s with this edit list: length in ms, media time or -1, rate as 16.16."""
    row = ">Qqi" if wide else ">Iii"
    table = struct.pack(">I", len(rows)) + b"".join(struct.pack(row, *edit) for edit in rows)
    times = struct.pack(">IIII", 0, 0, 1000, 4000)
    track = box(b"trak", box(b"edts", full(b"elst", int(wide), 0, table)), box(b"mdia", full(b"mdhd", 0, 0, times)))
    return box(b"moov", full(b"mvhd", 0, 0, times), track)


@pytest.mark.parametrize("wide", [False, True])
@pytest.mark.parametrize(
    ("rows", "rate"),
    [
        (((4000, 0, 0x10000),), None),
        (((500, -1, 0x10000), (4000, 0, 0x10000)), None),
        (((500, -1, 0), (4000, 0, 0x10000)), None),  # a pause has no rate
        (((500, -1, 0x8000), (3500, 500, 0x10000)), None),
        (((0, 0, 0),), None),  # of a film in fragments: says nothing
        (((8000, 0, 0x8000),), 0.5),
        (((2000, 0, 0x20000),), 2.0),
        (((1000, 0, 0), (4000, 0, 0x10000)), 0.0),
        (((4000, 0, -0x10000),), -1.0),
        (((2000, 0, 0x10000), (2000, 2000, 0x18000)), 1.5),
    ],
)
def test_a_rate_that_is_not_that_of_the_recording_is_read(
    rows: tuple[tuple[int, int, int], ...], rate: float | None, wide: bool
) -> None:
    (found,) = edits.edited_tracks(io.BytesIO(listing(*rows, wide=wide)))
    assert (found.index, found.odd_rate) == (0, rate)


def test_what_ffmpeg_writes_has_the_rate_of_the_recording(small_film: Path, cut: Path) -> None:
    for path in (small_film, cut):
        with path.open("rb") as file:
            assert {track.odd_rate for track in edits.edited_tracks(file)} == {None}


def test_what_is_torn_or_no_movie_has_none(small_film: Path, cut: Path) -> None:
    whole = cut.read_bytes()
    for content in (b"", b"x" * 100, whole[: len(whole) // 2], whole[:40], b"\0\0\0\1moov"):
        assert edits.is_edited(edits.edited_tracks(io.BytesIO(content))) in (True, False)
    header = whole[whole.index(b"moov") - 4 :]
    for size in range(0, len(header), 37):
        edits.edited_tracks(io.BytesIO(header[:size]))
