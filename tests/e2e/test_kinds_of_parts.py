"""Courses of every kind of part: what is told, what is planned, and what lies in the package."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest

from tests import decks
from tests.conftest import Result, Showcase
from tests.inspect.test_slide_times import pptx as recorded

HEAD = "schema_version: 1\nid: 653100-parts\ntitle: 讲座\nkind: course\n"
TIMES = "页,开始,标题\n1,0:00,开头\n2,0:00.6,\n1,0:01.2,再看\n"


def media(*items: str) -> str:
    return "media:\n" + "".join(f"  - {{{item}}}\n" for item in items)


@pytest.fixture
def course(showcase: Showcase, small_film: Path, sample_lesson: Path) -> Path:
    """A film, its sound, a deck of two pages, a hand-out and times."""
    folder = showcase.folder
    shutil.copy(small_film, folder / "a.mp4")
    shutil.copy(sample_lesson, folder / "b.m4a")
    decks.write(folder / "a.pdf", decks.numbered(2))
    decks.write(folder / "讲义.pdf", decks.numbered(1))
    (folder / "a.csv").write_text(TIMES)
    return folder


def found(checked: Result) -> dict[str, list[str]]:
    """Codes by file."""
    rows = [row for row in checked.rows if "findings" in row]
    return {row["file"].removeprefix("s.yaml: "): [item["code"] for item in row["findings"]] for row in rows}


def checked(showcase: Showcase, *items: str, parts: str = "") -> Result:
    (showcase.folder / "s.yaml").write_text(HEAD + parts + media(*items))
    return showcase("check", "s.yaml", "--json")


def planned(showcase: Showcase, *items: str, parts: str = "") -> Mapping[str, object]:
    (showcase.folder / "s.yaml").write_text(HEAD + parts + media(*items))
    ran = showcase("run", "-n", "s.yaml", "--json")
    assert ran.code == 0, ran.err
    return next(row for row in ran.rows if "processes" in row)


@pytest.mark.usefixtures("course")
def test_sound_needs_times_and_a_recording_does_not(showcase: Showcase) -> None:
    sound = checked(showcase, "file: b.m4a, role: main", "file: a.pdf, role: slides")
    assert (sound.code, found(sound)["a.pdf"]) == (1, ["slides.times"])
    film = checked(showcase, "file: a.mp4, role: main", "file: a.pdf, role: slides")
    assert (film.code, found(film)["a.pdf"]) == (0, ["slides.unseen"])
    asked = 'parts: [{id: "01", layout: pip}]\n'
    film = checked(
        showcase, 'file: a.mp4, role: main, part: "01"', 'file: a.pdf, role: slides, part: "01"', parts=asked
    )
    assert (film.code, found(film)["a.pdf"]) == (1, ["slides.times"])


def test_times_are_held_to_the_pages_and_the_sound(showcase: Showcase, course: Path) -> None:
    (course / "a.csv").write_text("page,start\n1,0:00\n9,0:00.4\n2,0:00.4\n1,1:00\n")
    told = checked(showcase, "file: a.mp4, role: main", "file: a.pdf, role: slides", "file: a.csv, role: slide_times")
    rows = next(row for row in told.rows if row["file"] == "s.yaml: a.csv")["findings"]
    assert told.code == 1
    errors = [(item["code"], item["line"]) for item in rows if item["severity"] == "error"]
    assert errors == [("slides.times", 3), ("slides.times", 4), ("slides.times", 5)]


@pytest.mark.acceptance
def test_a_table_that_is_none_leaves_the_others_to_be_checked(showcase: Showcase, course: Path) -> None:
    items = ("file: b.m4a, role: main", "file: a.pdf, role: slides", "file: a.csv, role: slide_times")
    for text in ("1,0:00\n2,0:00.6\n", "页,开始\n"):
        (course / "a.csv").write_text(text)
        told = checked(showcase, *items)
        assert (told.code, found(told)["a.csv"], found(told)["a.pdf"]) == (1, ["slides.times"], [])


@pytest.mark.usefixtures("course")
def test_slides_as_pptx_need_their_pdf(showcase: Showcase) -> None:
    (showcase.folder / "a.txt").write_text("x")
    shutil.copy(showcase.folder / "a.txt", showcase.folder / "a.pptx")
    told = checked(showcase, "file: a.mp4, role: main", "file: a.pptx, role: slides")
    assert told.code == 4
    assert found(told)["a.pptx"] == ["document.format"]


@pytest.mark.acceptance
def test_recorded_times_of_a_pptx_are_held_to_the_pages(showcase: Showcase, course: Path) -> None:
    """Of a PDF without hidden slides, and of none other."""
    recorded(course / "a.pptx", [400, 400, 400])
    told = checked(showcase, "file: b.m4a, role: main", "file: a.pdf, role: slides", "file: a.pptx, role: slides")
    rows = next(row for row in told.rows if row["file"] == "s.yaml: a.pptx")["findings"]
    assert (told.code, [(item["code"], item["line"]) for item in rows if item["code"] == "slides.times"]) == (
        1,
        [("slides.times", None)],
    )
    recorded(course / "a.pptx", [400, 400], hidden=(2,))
    plan = planned(showcase, "file: b.m4a, role: main", "file: a.pdf, role: slides", "file: a.pptx, role: slides")
    assert [(item["page"], item["frame"]) for item in plan["slides"]["shown"]] == [(1, 0)]  # type: ignore[index]


@pytest.mark.acceptance
def test_slides_that_lack_a_recorded_time_are_named(showcase: Showcase, course: Path) -> None:
    """Where nothing else says when pages turn; a recording is shown without its slides."""
    recorded(course / "a.pptx", [400, None, None, 400])
    items = ("file: a.pdf, role: slides", "file: a.pptx, role: slides")
    told = checked(showcase, "file: b.m4a, role: main", *items)
    rows = next(row for row in told.rows if row["file"] == "s.yaml: a.pptx")["findings"]
    assert (told.code, [item["code"] for item in rows]) == (1, ["slides.times"])
    assert "2–3" in rows[0]["message"]
    assert "slides.times" not in found(told)["a.pdf"]
    told = checked(showcase, "file: a.mp4, role: main", *items)
    assert (told.code, found(told)["a.pdf"], found(told)["a.pptx"]) == (0, ["slides.unseen"], [])


@pytest.mark.usefixtures("course")
def test_subtitles_are_held_to_the_end_of_every_kind_of_part(showcase: Showcase) -> None:
    """Of a sound with and without slides, and of slides alone, by their times or each for `page_s`."""
    ids = ("01", "02", "03", "04")
    shutil.copy(showcase.folder / "b.m4a", showcase.folder / "01.m4a")
    shutil.copy(showcase.folder / "b.m4a", showcase.folder / "02.m4a")
    starts = {"01": "00:01:30,000", "02": "00:01:30,000", "03": "00:00:05,800", "04": "00:00:06,500"}
    for own, start in starts.items():
        early = "1\n00:00:00,500 --> 00:00:01,500\n开始\n\n"
        (showcase.folder / f"{own}.srt").write_text(f"{early}2\n{start} --> 00:01:32,000\n结束\n")
    for own in ids[1:]:
        shutil.copy(showcase.folder / "a.pdf", showcase.folder / f"{own}.pdf")
    for own in ("02", "04"):
        (showcase.folder / f"{own}.csv").write_text(TIMES)
    items = [f'file: {own}.m4a, role: main, part: "{own}"' for own in ("01", "02")]
    items += [f'file: {own}.pdf, role: slides, part: "{own}"' for own in ids[1:]]
    items += [f'file: {own}.csv, role: slide_times, part: "{own}"' for own in ("02", "04")]
    items += [f'file: {own}.srt, role: subtitles, language: zho, part: "{own}"' for own in ids]
    parts = 'parts: [{id: "01"}, {id: "02"}, {id: "03", page_s: 2.9}, {id: "04", page_s: 5}]\n'
    told = found(checked(showcase, *items, parts=parts))
    beyond = {own: told[f"{own}.srt"].count("subtitle.beyond_end") for own in ids}
    assert beyond == dict.fromkeys(ids, 1)


@pytest.mark.acceptance
@pytest.mark.usefixtures("course")
def test_two_sounds_of_one_language_in_a_part(showcase: Showcase) -> None:
    """Of a lesson one would be lost; a film's own sound is meant to be replaced, and that is told."""
    shutil.copy(showcase.folder / "b.m4a", showcase.folder / "c.m4a")
    refused = checked(showcase, "file: c.m4a, role: main", "file: b.m4a, role: audio, language: zho")
    assert (refused.code, "c.m4a, b.m4a" in refused.err) == (2, True)
    told = checked(showcase, "file: a.mp4, role: main", "file: b.m4a, role: audio, language: zho")
    assert [code for code in found(told)["b.m4a"] if code.startswith("a")] == ["av.duration_mismatch", "audio.replaced"]


@pytest.mark.usefixtures("course")
def test_a_plan_draws_nothing(showcase: Showcase) -> None:
    plan = planned(showcase, "file: a.mp4, role: main", "file: a.pdf, role: slides", "file: a.csv, role: slide_times")
    assert [item["title"] for item in plan["chapters"]] == ["开头", "第2页", "再看"]  # type: ignore[index, attr-defined]
    assert plan["slides"]["frames"] == 50  # type: ignore[index]
    assert "{in.slides}" in plan["beside_sha256"]  # type: ignore[operator]
    assert not (showcase.folder / ".showcase" / "work" / "slides").exists()


@pytest.mark.acceptance
@pytest.mark.usefixtures("course")
def test_slides_alone_and_a_sound_with_a_picture_are_films(showcase: Showcase, lavfi: Callable[..., Path]) -> None:
    parts = 'parts: [{id: "01", page_s: 3}]\n'
    alone = planned(showcase, 'file: a.pdf, role: slides, part: "01"', parts=parts)
    brief = parts.replace("3", "0.01")
    told = checked(showcase, 'file: a.pdf, role: slides, part: "01"', parts=brief)
    assert found(told)["a.pdf"] == ["slides.brief"]
    assert (alone["set_name"], alone["frames"]) == ("course-slides", 150)
    shutil.copy(showcase.folder / "b.m4a", showcase.folder / "c.m4a")
    shutil.copy(
        lavfi("-f", "lavfi", "-i", "color=c=navy:s=1280x720:d=1", "-frames:v", "1", suffix=".png"),
        showcase.folder / "p.png",
    )
    seen = planned(showcase, "file: c.m4a, role: main", "file: p.png, role: poster")
    assert (seen["set_name"], seen["slides"]["renderer"]) == ("course-slides", None)  # type: ignore[index]
    heard = planned(showcase, "file: c.m4a, role: main", "file: b.m4a, role: audio, language: uig")
    assert (heard["set_name"], heard.get("slides")) == ("course-audio", None)
    names = [output["name"] for process in heard["processes"] for output in process["outputs"]]  # type: ignore[attr-defined]
    assert names == ["audio-only", "audio-only-uig", "audio-mp3", "audio-mp3-uig"]


@pytest.mark.acceptance  # the suite packs a document in test_course, and pages in test_narrated
@pytest.mark.usefixtures("served", "coded_quickly")
def test_a_package_holds_documents_as_they_came_and_the_whole_way_is_gone(showcase: Showcase, course: Path) -> None:
    sets = course / "profiles" / "sets"
    sets.mkdir(parents=True)
    for name, policy in (("course-video", "course-video"), ("course-slides", "course-audio")):
        (sets / f"{name}.yaml").write_text(
            f"schema_version: 1\nname: {name}\npolicy: {policy}\nprofiles: [{{name: iptv-sd}}, {{name: poster}}]\n"
        )
    (course / "s.yaml").write_text(
        HEAD
        + 'parts: [{id: "01", layout: side}, {id: "02", page_s: 1, title: 看}, {id: "03"}]\n'
        + media(
            'file: a.mp4, role: main, part: "01"',
            'file: a.pdf, role: slides, part: "01"',
            'file: a.csv, role: slide_times, part: "01"',
            'file: 讲义.pdf, role: slides, part: "02"',
            "file: 讲义2.pdf, role: document, language: uig",
        )
    )
    decks.write(course / "讲义2.pdf", decks.numbered(3))
    drafted = showcase("submit", "s.yaml", "--draft", "--json")
    assert drafted.code == 0, drafted.err
    assert len(list(course.glob(".showcase/**/deck.mkv"))) == 2  # a rough cut has the lecture's slides too
    ran = showcase("run", "s.yaml", "--json", timeout=280)
    assert ran.code == 0, ran.err
    package = Path(str(ran.rows[-1]["package"]))
    listed = json.loads((package / "package.json").read_text())
    shown = [
        (item["path"].split("/")[0], item["role"], item["part"], item["language"], item["file"])
        for item in listed["files"]
        if "file" in item
    ]
    assert shown == [
        ("documents", "document", None, "uig", "讲义2.pdf"),
        ("part01", "slides", "01", None, "a.pdf"),
        ("part02", "slides", "02", None, "讲义.pdf"),
    ]
    for item in listed["files"]:
        if "file" in item:
            assert (package / item["path"]).read_bytes() == (course / item["file"]).read_bytes()
    pages = [item["path"] for item in listed["files"] if item["role"] == "page"]
    assert len(pages) == 3 + 2 + 1
    assert {item["role"] for item in listed["files"]} >= {"chapters", "slide_times"}
    assert [tool["name"] for tool in listed["tools"]] == ["ffmpeg", "PDFium"]
    assert showcase("verify", package).code == 0
    again = showcase("run", "s.yaml", "--json")
    assert (again.code, again.rows[-1]["already"]) == (0, True)
    made = showcase("offline", package, "--to", course / "stick")
    assert made.code == 0, made.err
    assert (course / "stick" / "index.html").is_file()


@pytest.mark.usefixtures("course")
def test_times_of_slides_without_sound_are_used(showcase: Showcase) -> None:
    parts = 'parts: [{id: "01", page_s: 3}]\n'
    items = ('file: a.pdf, role: slides, part: "01"', 'file: a.csv, role: slide_times, part: "01"')
    plan = planned(showcase, *items, parts=parts)
    assert [(item["page"], item["frame"]) for item in plan["slides"]["shown"]] == [(1, 0), (2, 15), (1, 30)]  # type: ignore[index]
    assert plan["frames"] == 105  # the last for page_s
    assert [item["title"] for item in plan["chapters"]] == ["开头", "第2页", "再看"]  # type: ignore[index, attr-defined]


@pytest.mark.acceptance
def test_bad_times_that_are_accepted_are_used_as_far_as_they_go(showcase: Showcase, course: Path) -> None:
    items = ("file: a.pdf, role: slides", "file: a.csv, role: slide_times")
    for text, turns in (
        ("页,开始\n", [(1, 0), (2, 300)]),
        ("页,开始\n1,0:00\n9,0:01\n2,0:00\n2,0:02\n", [(1, 0), (2, 50)]),
    ):
        (course / "a.csv").write_text(text)
        (course / "s.yaml").write_text(HEAD + media(*items))
        ran = showcase("run", "-n", "s.yaml", "--accept", "x", "--json")
        assert ran.code == 0, ran.err
        plan = next(row for row in ran.rows if "processes" in row)
        assert [(item["page"], item["frame"]) for item in plan["slides"]["shown"]] == turns  # type: ignore[index]


@pytest.mark.acceptance
@pytest.mark.usefixtures("served", "course")
def test_a_rough_cut_of_sound_alone_is_held_to_the_rules_on_sound(showcase: Showcase) -> None:
    (showcase.folder / "s.yaml").write_text(
        HEAD
        + 'parts: [{id: "01"}, {id: "02"}]\n'
        + media(
            'file: b.m4a, role: main, part: "01"',
            'file: b2.m4a, role: main, part: "02"',
            'file: a.pdf, role: slides, part: "02"',
            'file: a.csv, role: slide_times, part: "02"',
        )
    )
    shutil.copy(showcase.folder / "b.m4a", showcase.folder / "b2.m4a")
    drafted = showcase("submit", "s.yaml", "--draft", "--json")
    assert drafted.code == 0, drafted.err + drafted.out
    assert drafted.rows[-1]["sent"] == "draft"


def test_a_lesson_that_is_transcoded_alone_is_inspected_once(showcase: Showcase, sample_lesson: Path) -> None:
    shutil.copy(sample_lesson, showcase.folder / "lesson.m4a")
    planned = showcase("transcode", "lesson.m4a", "--kind", "course", "-o", "out", "-n")
    assert planned.code == 0, planned.err
    done = [path for path in (showcase.folder / ".showcase" / "work" / "inspection").iterdir() if path.is_dir()]
    assert len(done) == 1
