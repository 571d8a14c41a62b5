"""Courses in parts: a video lecture, an audio lesson, one package."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from pipeline import shipped
from tests.conftest import Showcase


@pytest.mark.acceptance  # of courses the suite sees `test_a_changed_part_redoes_only_that_part`
@pytest.mark.timeout(300)
def test_the_sample_course_is_one_package_of_two_parts(showcase: Showcase, encoded: Callable[[Path], None]) -> None:
    encoded(showcase.folder)
    ran = showcase("run", shipped.folder("samples") / "course" / "submission.yaml", "--json", timeout=280)
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
    manifest = json.loads((Path(str(again.rows[-1]["package"])) / "package.json").read_text())
    assert [item["verdict"] for item in manifest["acceptance"]["judgements"]][1] == "reject"
    assert manifest["acceptance"]["accepted_because"] == "录像本无声"


@pytest.mark.acceptance
@pytest.mark.usefixtures("served", "coded_quickly")
def test_a_course_of_sound_alone_has_no_order_for_the_head_end(showcase: Showcase, small_film: Path) -> None:
    lesson = showcase.folder / "lesson.m4a"
    shutil.copy(shipped.folder("samples") / "course" / "lesson.m4a", lesson)
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


def test_slides_are_told_and_nothing_is_left_out_silently(showcase: Showcase, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "one.mp4")
    (showcase.folder / "slides.pptx").write_bytes(b"x")
    (showcase.folder / "submission.yaml").write_text(
        "schema_version: 1\ntitle: 讲座\nkind: course\nmedia:\n  - {file: one.mp4, role: main}\n"
        "  - {file: slides.pptx, role: slides}\n"
    )
    refused = showcase("run", "submission.yaml")
    assert refused.code == 2
    assert "submission.yaml:6:" in refused.err
