"""Chapters without names, as many programs leave them: nothing of the film is missing."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.conftest import Showcase
from tests.ffmpeg.test_report import Lavfi
from tests.tiers import kept

CHAPTERS = ";FFMETADATA1\n" + "".join(
    f"[CHAPTER]\nTIMEBASE=1/1000\nSTART={at}000\nEND={at + 1}000\n{{title}}" for at in range(3)
)
# as an editor leaves them, as `-map_metadata -1` does, as a cut without the list of names does
WAYS = {
    "no name": ("", ("-map", "0")),
    "an empty name": ("title=\n", ("-map", "0")),
    "names taken out": ("title=播种\n", ("-map", "0", "-map_metadata", "-1")),
    "the list of names taken out": ("title=播种\n", ("-map", "0:v", "-map", "0:a")),
    "named": ("title=播种\n", ("-map", "0:v", "-map", "0:a", "-map_metadata", "1")),
}


@pytest.mark.parametrize("way", kept(WAYS, "no name"))
def test_a_film_whose_chapters_have_no_names_is_not_damaged(
    way: str, showcase: Showcase, small_film: Path, lavfi: Lavfi
) -> None:
    title, argv = WAYS[way]
    named = showcase.folder / "chapters.txt"
    named.write_text(CHAPTERS.format(title=title), encoding="utf-8")
    film = lavfi("-i", str(small_film), "-f", "ffmetadata", "-i", str(named), *argv, "-map_chapters", "1", "-c", "copy")
    shutil.copy(film, showcase.folder / "film.mp4")
    assert b"chpl" in film.read_bytes()
    told = showcase("check", "film.mp4", "--json")
    assert told.code == 0, told.err
    codes = {finding["code"] for finding in told.rows[0]["findings"]}
    assert not codes & {"content.decode_errors", "file.empty_stream", "file.unnamed_stream"}, codes
