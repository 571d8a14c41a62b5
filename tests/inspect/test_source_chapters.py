"""The chapters that a lecture comes with: read as they are, mended where they are not in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import film
from pipeline.model.inspection_request import InspectionRequest

Lavfi = Callable[..., Path]
Lesson = Callable[..., Path]
TOLD = [(0, "播种 = a;b#c\\d"), (400, ""), (1200, "كېۋەز"), (5000, "behind the end")]


@pytest.fixture
def lesson(lavfi: Lavfi, tmp_path: Path) -> Lesson:
    """A lesson of 1.6 s in a container; one or all of its chapters have no title, one begins behind its end."""

    def make(suffix: str, *, titled: bool = True) -> Path:
        text = [";FFMETADATA1"]
        for start, title in TOLD:
            escaped = "".join(f"\\{char}" if char in "=;#\\" else char for char in title)
            text += ["[CHAPTER]", "TIMEBASE=1/1000", f"START={start}", f"END={start + 400}"]
            text += [f"title={escaped}"] if title and titled else []
        told = tmp_path / "told.txt"
        told.write_text("\n".join([*text, ""]), encoding="utf-8")
        picture = () if suffix in (".m4a", ".mp3") else ("-f", "lavfi", "-i", "color=red:s=160x90:r=25:d=1.6")
        sound = ("-f", "lavfi", "-i", "sine=440:r=48000:d=1.6")
        number = len((picture, sound)) - (not picture)
        return lavfi(*picture, *sound, "-f", "ffmetadata", "-i", str(told), "-map_chapters", str(number), suffix=suffix)

    return make


@pytest.mark.parametrize(
    ("suffix", "titles"), [(".mkv", ["播种 = a;b#c\\d", "2", "كېۋەز"]), (".mp4", ["1", "2", "3"])], ids=["one", "all"]
)
def test_what_has_no_title_goes_by_its_number(
    suffix: str, titles: list[str], lesson: Lesson, ffmpeg: Path, tmp_path: Path
) -> None:
    source = lesson(suffix, titled=suffix == ".mkv")
    runner = Runner(ffmpeg, tmp_path, tmp_path / "log")
    found = film.inspect(source, InspectionRequest(chapters=True), runner, sha256="0").chapters
    assert [item.title for item in found] == titles
    assert [item.start_s for item in found] == pytest.approx([0.0, 0.4, 1.2], abs=0.03)
    assert {item.page for item in found} == {None}


def test_they_are_not_read_where_nobody_asks(lesson: Lesson, ffmpeg: Path, tmp_path: Path) -> None:
    """A film's key and its inspection are what they were."""
    asked = InspectionRequest()
    assert "chapters" not in asked.parameters
    assert InspectionRequest(chapters=True).parameters["chapters"] == "read"
    found = film.inspect(lesson(".mp4"), asked, Runner(ffmpeg, tmp_path, tmp_path / "log"), sha256="0")
    assert found.chapters == ()
    assert "chapters" not in found.model_dump(mode="json")
