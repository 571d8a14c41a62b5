"""What is told of slides is told of them as they are shown: beside a lecturer, as long as the longest sound, by what is
in a file and not by what it is called."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

import pytest

from tests import decks
from tests.conftest import Showcase
from tests.decks import Line, Page
from tests.e2e.test_kinds_of_parts import HEAD, TIMES, found, media

SMALL = Page((Line("small", 200, 270, 14),))  # 28 of 1080 lines on the whole picture, 20 beside a lecturer
IDS = ("01", "02", "03", "04", "05")


@pytest.fixture
def course(showcase: Showcase, small_film: Path, lavfi: Callable[..., Path]) -> Path:
    """Lectures with slides at the side and in the corner, one with times that are none, one with times alone, and a
    sound with a longer dub."""
    folder = showcase.folder
    for name, seconds in (("05.m4a", 2), ("05.uig.m4a", 6)):
        noise = f"anoisesrc=d={seconds}:a=0.1:r=48000:seed=1"
        shutil.copy(lavfi("-f", "lavfi", "-i", noise, "-c:a", "aac", suffix=".m4a"), folder / name)
    for own in (*IDS[:4], "06"):
        shutil.copy(small_film, folder / f"{own}.mp4")
    decks.write(folder / "06.pdf", [SMALL, *decks.numbered(1)])
    for own in ("01", "02", "03", "05"):
        decks.write(folder / f"{own}.pdf", [SMALL, *decks.numbered(1)])
        (folder / f"{own}.csv").write_text(TIMES)
    (folder / "03.csv").write_bytes(TIMES.encode() + b"2,\xff\xff\xff\xff\n")
    (folder / "04.csv").write_text(TIMES)
    (folder / "05.csv").write_text("page,start\n1,0:00\n2,0:03\n")
    return folder


def lessons(ids: Sequence[str] = IDS) -> str:
    layouts = "".join(f'  - {{id: "{own}"{", layout: pip" if own == "02" else ""}}}\n' for own in ids)
    files = [f'file: {own}.{"m4a" if own == "05" else "mp4"}, role: main, part: "{own}"' for own in ids]
    files += [f'file: {own}.pdf, role: slides, part: "{own}"' for own in ids if own != "04"]
    files += [f'file: {own}.csv, role: slide_times, part: "{own}"' for own in ids]
    files += ['file: 05.uig.m4a, role: audio, language: uig, part: "05"']
    if "04" in ids:  # a recording that is shown without its slides
        layouts += '  - {id: "06"}\n'
        files += [
            f'file: 06.{ending}, role: {role}, part: "06"' for ending, role in (("mp4", "main"), ("pdf", "slides"))
        ]
    return f"{HEAD}parts:\n{layouts}{media(*files)}"


def messages(rows: list[Mapping[str, object]], file: str) -> dict[str, str]:
    """What is said of a file, by code."""
    row = next(row for row in rows if str(row["file"]).endswith(file))
    return {item["code"]: item["message"] for item in row["findings"]}  # type: ignore[attr-defined]


@pytest.mark.acceptance
def test_a_plan_says_how_each_part_is_seen(showcase: Showcase, course: Path) -> None:
    """And a document that is there twice is told, since it is delivered once."""
    decks.write(course / "讲义.pdf", decks.numbered(1))
    shutil.copy(course / "讲义.pdf", course / "讲义 副本.pdf")
    documents = [f'{{file: {name}, role: document, part: "01"}}' for name in ("讲义.pdf", "讲义 副本.pdf")]
    text = lessons(("01", "05")) + "".join(f"  - {item}\n" for item in documents)
    (course / "s.yaml").write_text(text)
    ran = showcase("run", "-n", "s.yaml", "--json")
    assert ran.code == 0, ran.err
    shown = [tuple(row.values())[:4] for row in ran.rows if "layout" in row]
    assert shown == [("01", "side", 2, 3), ("05", "slides", 2, 2)]
    assert (found(ran)["讲义.pdf"], found(ran)["讲义 副本.pdf"]) == ([], ["document.same"])
    said = showcase("run", "-n", "s.yaml", "--lang", "en").out
    assert "Part 01: slides beside the lecturer (side), 2 slides, 3 turns, 0:00:02" in said
    assert "Part 05: slides, 2 slides, 2 turns, 0:00:06" in said


@pytest.mark.acceptance
@pytest.mark.usefixtures("course")
def test_each_part_is_told_as_it_is_shown(showcase: Showcase) -> None:
    (showcase.folder / "s.yaml").write_text(lessons())
    checked = showcase("check", "s.yaml", "--json")
    codes = found(checked)
    assert checked.code == 1, checked.err
    assert codes["01.pdf"] == ["slides.small_text"]
    assert "70 %" in messages(checked.rows, "01.pdf")["slides.small_text"]
    assert codes["02.pdf"] == []
    assert (codes["03.csv"], codes["04.csv"]) == (["slides.times"], ["slides.times"])
    assert "role: slides" in messages(checked.rows, "04.csv")["slides.times"]
    assert codes["05.csv"] == []
    assert codes["06.pdf"] == ["slides.unseen"]
