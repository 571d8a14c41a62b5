"""Courses in parts: a video lecture, an audio lesson, one package."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from lxml import etree

from pipeline import durable
from tests import decks
from tests.conftest import Showcase


@pytest.mark.acceptance  # of courses the suite sees `test_a_part_that_comes_later_changes_nothing_of_the_others`
@pytest.mark.timeout(300)
@pytest.mark.usefixtures("coded_quickly")
def test_a_film_and_sound_alone_are_one_package_of_two_parts(
    showcase: Showcase, small_film: Path, sample_lesson: Path
) -> None:
    shutil.copy(small_film, showcase.folder / "lecture.mp4")
    shutil.copy(sample_lesson, showcase.folder / "lesson.m4a")
    (showcase.folder / "submission.yaml").write_text(
        "schema_version: 1\ntitle: 棉花栽培入门\nkind: course\nmedia:\n"
        "  - {file: lecture.mp4, role: main, title: 一}\n  - {file: lesson.m4a, role: main, title: 二}\n"
    )
    ran = showcase("run", "submission.yaml", "--json", timeout=280)
    assert ran.code == 0, ran.err
    assert [row["verdict"] for row in ran.rows[:2]] == ["accept", "accept"]
    assert [row["policy"] for row in ran.rows[:2]] == ["course-video", "course-audio"]
    package = Path(str(ran.rows[-1]["package"]))
    manifest = json.loads((package / "package.json").read_text())
    assert [(part["number"], part["set_name"]) for part in manifest["parts"]] == [
        (1, "course-video"),
        (2, "course-audio"),
    ]
    made = {(item["part"], item["name"]): item for item in manifest["renditions"]}
    for name in ("audio-only", "audio-mp3"):
        lesson = made[2, name]
        assert lesson["loudness"]["integrated_lkfs"] == pytest.approx(-24, abs=0.5)
        assert lesson["media"]["audio"][0]["sample_rate_hz"] == 48000
    assert {item["media"]["audio"][0]["codec"] for key, item in made.items() if key[0] == 2} == {"AAC", "MPEG Audio"}
    assert (package / "part01" / "hls" / "master.m3u8").is_file()
    assert (package / "part02" / "audio" / "audio-mp3.mp3").is_file()
    order = etree.parse(str(package / "metadata" / "c2.xml"))
    series = order.findall(".//Object[@ElementType='Series']")
    assert [item.text for item in series[0] if item.get("Name") == "Name"] == ["棉花栽培入门"]
    assert [item.text for item in series[0] if item.get("Name") == "VolumnCount"] == ["1"]
    verified = showcase("verify", package, timeout=120)
    assert verified.code == 0, verified.out


@pytest.mark.acceptance  # of courses the suite sees `test_a_part_that_comes_later_changes_nothing_of_the_others`
@pytest.mark.usefixtures("served", "coded_quickly")
def test_a_changed_part_redoes_only_that_part(showcase: Showcase, small_film: Path, silent_film: Path) -> None:
    for name, film in (("one.mp4", small_film), ("two.mp4", small_film)):
        shutil.copy(film, showcase.folder / name)
    submission = showcase.folder / "submission.yaml"
    submission.write_text(
        "schema_version: 1\ntitle: 讲座\nkind: course\nmedia:\n  - {file: one.mp4, role: main, title: 一}\n"
        "  - {file: two.mp4, role: main, title: 二}\n"
    )
    assert showcase("run", submission).code == 0
    before = [event["event"] for event in showcase.events()].count("encode.started")
    shutil.copy(silent_film, showcase.folder / "two.mp4")
    assert showcase("run", submission).code == 1  # the second part has no sound
    again = showcase("run", submission, "--accept", "录像本无声", "--json")
    assert again.code == 0, again.err
    assert [event["event"] for event in showcase.events()].count("encode.started") == before + 1
    package = Path(str(again.rows[-1]["package"]))
    unchanged = sum(path.stat().st_size for path in (package / "part01").rglob("*") if path.is_file())
    assert unchanged * 0.99 < again.rows[-1]["reused_bytes"]  # of the package before; pictures of the second part too
    manifest = json.loads((package / "package.json").read_text())
    assert [item["verdict"] for item in manifest["acceptance"]["judgements"]][1] == "reject"
    assert manifest["acceptance"]["accepted_because"] == "录像本无声"


@pytest.mark.acceptance
@pytest.mark.usefixtures("served", "coded_quickly")
def test_a_course_of_sound_alone_has_no_order_for_the_head_end(showcase: Showcase, sample_lesson: Path) -> None:
    lesson = showcase.folder / "lesson.m4a"
    shutil.copy(sample_lesson, lesson)
    (showcase.folder / "submission.yaml").write_text(
        "schema_version: 1\ntitle: 听课\nkind: course\nmedia: [{file: lesson.m4a, role: main}]\n"
    )
    ran = showcase("run", "submission.yaml", "--json")
    assert ran.code == 0, ran.err
    package = Path(str(ran.rows[-1]["package"]))
    assert (package / "audio" / "audio-only.m4a").is_file()
    assert not (package / "metadata").exists()
    assert showcase("verify", package).code == 0
    assert showcase("run", lesson).code == 1  # as a film it has no picture


PARTS = """schema_version: 1
id: 653100-parts
title: 讲座
kind: course
parts:
  - {id: "01", unit: 上, title: {zh: 播种, en: Sowing}}
  - {id: "02", title: 管理}
  - {id: "03", title: 采收}
media:
"""


@pytest.mark.usefixtures("served", "coded_quickly")
def test_a_part_that_comes_later_changes_nothing_of_the_others(showcase: Showcase, small_film: Path) -> None:
    for name in ("one", "two", "three"):
        shutil.copy(small_film, showcase.folder / f"{name}.mp4")
    sets = showcase.folder / "profiles" / "sets"
    sets.mkdir()
    few = "name: course-video\npolicy: course-video\nprofiles: [{name: iptv-sd}, {name: station}, {name: poster}]\n"
    (sets / "course-video.yaml").write_text(f"schema_version: 1\n{few}")
    decks.write(showcase.folder / "讲义.pdf", decks.numbered(1))
    submission = showcase.folder / "submission.yaml"
    there = '  - {file: three.mp4, role: main, part: "03"}\n  - {file: one.mp4, role: main, part: "01"}\n'
    there += "  - {file: 讲义.pdf, role: document, language: uig}\n"
    submission.write_text(PARTS + there)
    first = showcase("run", submission, "--json")
    assert first.code == 0, first.err
    told = next(row for row in first.rows if row.get("policy") == "course")
    assert [(item["code"], item["severity"]) for item in told["findings"]] == [("course.part_missing", "warning")]
    assert "02 管理" in told["findings"][0]["message"]
    submission.write_text(PARTS + there + '  - {file: two.mp4, role: main, part: "02"}\n')
    second = showcase("run", submission, "--json")
    assert second.code == 0, second.err
    before, after = (Path(str(ran.rows[-1]["package"])) for ran in (first, second))
    listed = [json.loads((package / "package.json").read_text()) for package in (before, after)]
    assert [[(part["number"], part["id"]) for part in item["parts"]] for item in listed] == [
        [(1, "01"), (3, "03")],
        [(1, "01"), (2, "02"), (3, "03")],
    ]
    assert (listed[0]["parts"][0]["unit"], listed[0]["parts"][0]["title_en"]) == ("上", "Sowing")
    digests = [
        {item["path"]: item["sha256"] for item in manifest["files"] if item["part"] in ("01", "03")}
        for manifest in listed
    ]
    assert digests[0] == digests[1]
    assert {path.split("/")[0] for path in digests[0]} == {"part01", "part03"}
    (document,) = (item for item in listed[1]["files"] if item["role"] == "document")
    assert (document["path"].split("/")[0], document["part"], document["file"]) == ("documents", None, "讲义.pdf")
    assert durable.digest(showcase.folder / "讲义.pdf") == durable.digest(after / document["path"])
    assert showcase("verify", after).code == 0
    codes = [
        {
            (item.get("ElementType"), item.get("Code"))
            for item in etree.parse(str(package / "metadata" / "c2.xml")).findall(".//Object")
        }
        for package in (before, after)
    ]
    assert codes[0] < codes[1]
    # stations get the newest, each lesson's file as the package has it
    made = showcase("offline", "653100-parts", "--to", "stick", "--json")
    assert made.code == 0, made.err
    assert (made.rows[0]["lessons"], made.rows[0]["revision"]) == (3, 2)
    films = sorted((showcase.folder / "stick" / "电视" / "讲座").iterdir())
    assert [path.name for path in films] == ["01-播种.mp4", "02-管理.mp4", "03-采收.mp4"]
    listed_films = [item["sha256"] for item in listed[1]["files"] if item["path"].endswith("station.mp4")]
    assert [durable.digest(path) for path in films] == listed_films
    again = showcase("offline", "653100-parts", "--to", "stick", "--json")
    assert (again.code, again.rows[0]["written"]) == (0, 0)


@pytest.mark.usefixtures("served", "coded_quickly")
def test_how_many_parts_are_in_is_told_from_the_marker(showcase: Showcase, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "one.mp4")
    (showcase.folder / "submission.yaml").write_text(PARTS + '  - {file: one.mp4, role: main, part: "01"}\n')
    sent = showcase("submit", "submission.yaml")
    assert sent.code == 0, sent.err
    for command in ("status", "inbox"):
        shown = showcase(command, "--lang", "en")
        assert "1 of 3 parts" in shown.out, (command, shown.out)
    assert "已交 1 讲，共 3 讲" in showcase("review", "653100-parts", "--lang", "zh").out
    refused = showcase("review", "653100-parts", "--note", "00:00:01:00", "看不清", "--lang", "zh")
    assert (refused.code, "01, 02, 03" in refused.err) == (2, True), refused.err
    noted = showcase("review", "653100-parts", "--part", "01", "--note", "00:00:01:00", "看不清")
    assert noted.code == 0, noted.err
    assert "01 00:00:01:00" in showcase("status", "653100-parts").out
    (row,) = showcase("status", "--json").rows
    assert row["parts"] == {"there": 1, "expected": 3}
    (showcase.folder / "submission.yaml").write_text(PARTS + '  - {file: one.mp4, role: main, part: "02"}\n')
    gone = showcase("submit", "submission.yaml", "--lang", "zh")
    assert (gone.code, "这一版没有了：01" in gone.err) == (2, True), gone.err
    assert showcase("submit", "submission.yaml", "--same-film").code == 0


@pytest.mark.acceptance
@pytest.mark.usefixtures("served", "coded_quickly")
def test_run_of_a_folder_asks_where_a_delivered_part_is_gone(showcase: Showcase, sample_lesson: Path) -> None:
    for part in ("01", "02"):
        shutil.copy(sample_lesson, showcase.folder / f"{part}.m4a")
    rows = [f'  - {{file: {part}.m4a, role: main, part: "{part}"}}\n' for part in ("01", "02")]
    (showcase.folder / "submission.yaml").write_text(PARTS + "".join(rows))
    ran = showcase("run", "submission.yaml")
    assert ran.code == 0, ran.err
    (showcase.folder / "submission.yaml").write_text(PARTS + rows[0])
    gone = showcase("run", "submission.yaml", "--lang", "zh")
    assert (gone.code, "这一版没有了：02" in gone.err) == (2, True), gone.err
    assert showcase("run", "-n", "submission.yaml").code == 0  # which asks the store nothing
    assert showcase("run", "submission.yaml", "--same-film").code == 0
    (showcase.folder / "submission.yaml").write_text(PARTS + "".join(rows))
    assert showcase("run", "submission.yaml", "--same-film").code == 2  # that was delivered, and a newer one after it


def test_sound_alone_is_a_lesson_where_that_is_said(showcase: Showcase, sample_lesson: Path) -> None:
    shutil.copy(sample_lesson, showcase.folder / "lesson.m4a")
    assert showcase("check", "lesson.m4a").code == 1
    lesson = showcase("check", "lesson.m4a", "--kind", "course", "--json")
    assert lesson.code == 0, lesson.err
    (row,) = lesson.rows
    assert row["policy"] == "course-audio"
    assert [item["code"] for item in row["findings"]] == ["course.not_on_tv"]
