"""`init` of a folder: the submission of a course that can be checked at once."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from pipeline import yamlio
from pipeline.model.submission import Kind, Role, Submission
from tests import decks
from tests.conftest import Showcase, on_terminal

SRT = "1\n00:00:00,500 --> 00:00:01,500\n种棉花\n"


@pytest.fixture
def folder(showcase: Showcase, small_film: Path, sample_lesson: Path) -> Path:
    made = showcase.folder / "棉花"
    made.mkdir()
    for name in ("第10讲.mp4", "第一讲.mp4"):
        shutil.copy(small_film, made / name)
    (made / "第1讲.srt").write_text(SRT)
    shutil.copy(sample_lesson, made / "第2讲.m4a")
    (made / "Thumbs.db").touch()
    return made


def test_a_folder_is_a_course_in_the_order_of_its_lessons(showcase: Showcase, folder: Path) -> None:
    made = showcase("init", folder, "--prefecture", "653100", "--lang", "zh")
    assert made.code == 0, made.err
    assert "  01 第一讲：第一讲.mp4, 第1讲.srt" in made.out
    told = yamlio.load_as(Submission, folder / "submission.yaml")
    assert (told.kind, told.title_zh, told.identity()) == (Kind.COURSE, "棉花", "653100-mianhua")
    assert [part.id for part in told.parts] == ["01", "02", "10"]
    checked = showcase("check", folder / "submission.yaml", "--json")
    assert checked.code == 0, checked.err
    assert [row["policy"] for row in checked.rows] == [
        "course-video",
        "subtitles",
        "course-audio",
        "course-video",
        "course",
    ]
    assert showcase("init", folder, "--prefecture", "653100").code == 2  # it stands there


def test_what_fits_nowhere_is_named_and_placed_by_a_flag(showcase: Showcase, folder: Path) -> None:
    (folder / "旧版.zip").touch()
    (folder / "补充.srt").write_text(SRT)
    refused = showcase("init", folder, "--prefecture", "653100")
    assert refused.code == 2
    assert "旧版.zip, 补充.srt" in refused.err or "补充.srt, 旧版.zip" in refused.err
    assert "01, 02, 10" in refused.err
    assert not (folder / "submission.yaml").exists()
    flags = ("--leave-out", "旧版.zip", "--part", "补充.srt=02")
    assert showcase("init", folder, "--prefecture", "653100", *flags).code == 0
    told = yamlio.load_as(Submission, folder / "submission.yaml")
    assert {item.file: item.part for item in told.media}["补充.srt"] == "02"
    assert "旧版.zip" not in str(told)


@pytest.mark.acceptance
def test_on_a_terminal_it_is_asked_for(showcase: Showcase, folder: Path) -> None:
    (folder / "补充.srt").write_text(SRT)
    (folder / "第一讲.zh-CN.srt").write_text(SRT)
    answers = ["-", "99", "2", *[""] * 11]
    code, shown = on_terminal(showcase, "init", folder, "--prefecture", "653100", answers=answers)
    assert code == 0, shown
    assert "补充.srt 属于哪一讲" in shown
    assert "没有「99」这一讲" in shown
    assert "同一语种有两个" in shown
    told = yamlio.load_as(Submission, folder / "submission.yaml")
    assert {item.file: item.part for item in told.media}["补充.srt"] == "02"


def test_what_comes_later_is_added_with_force_and_nothing_else_moves(
    showcase: Showcase, folder: Path, small_film: Path
) -> None:
    showcase("init", folder, "--prefecture", "653100")
    first = yamlio.load_as(Submission, folder / "submission.yaml")
    shutil.copy(small_film, folder / "第3讲.mp4")
    again = showcase("init", folder, "--prefecture", "653100", "--force")
    assert again.code == 0, again.err
    second = yamlio.load_as(Submission, folder / "submission.yaml")
    assert [part.id for part in second.parts] == ["01", "02", "03", "10"]
    assert {item.file: item.part for item in first.media}.items() <= {i.file: i.part for i in second.media}.items()


def test_slides_alone_are_a_course_and_a_text_is_none(showcase: Showcase) -> None:
    decks.write(showcase.folder / "01 播种.pdf", decks.numbered(2))
    made = showcase("init", showcase.folder / "01 播种.pdf", "--prefecture", "653100", "--title", "棉花")
    assert made.code == 0, made.err
    told = yamlio.load_as(Submission, showcase.folder / "submission.yaml")
    assert [(part.id, part.title_zh) for part in told.parts] == [("01", "播种")]
    assert [(item.role, item.part) for item in told.media] == [(Role.SLIDES, "01")]
    (showcase.folder / "x.docx").write_bytes(b"PK\x03\x04")
    (showcase.folder / "submission.yaml").unlink()  # else it would be added to the course
    assert showcase("init", "x.docx", "--prefecture", "653100", "--force").code == 2


def test_files_are_named_in_any_order(showcase: Showcase, folder: Path) -> None:
    made = showcase("init", folder / "第10讲.mp4", folder / "第一讲.mp4", "--prefecture", "653100", "--title", "讲座")
    assert made.code == 0, made.err
    told = yamlio.load_as(Submission, folder / "submission.yaml")
    assert [item.file for item in told.mains] == ["第一讲.mp4", "第10讲.mp4"]


def test_what_was_written_by_hand_stays(showcase: Showcase, folder: Path, small_film: Path) -> None:
    (folder / "补充.srt").write_text(SRT)
    (folder / "submission.yaml").write_text(
        "# 给编辑的话\nschema_version: 1\nid: mian-1\ntitle: {zh: 种棉花, en: Cotton}\nkind: course\n"
        "prefecture: '653200'\nsynopsis: 写好的简介\ncredits: {organisation: 农技站, contact: '0903'}\n"
        "licence: {from: 2026-01-01, until: 2027-01-01}\n"
        "parts:\n- {id: '1', title: 播种, unit: 春, layout: pip}\n- {id: x, title: 未录}\n- {id: '10'}\n"
        "media:\n- {file: 第一讲.mp4, role: main, part: '1', trim_line_up: true}\n"
        "- {file: 第10讲.mp4, role: main, part: '10'}\n- {file: 第1讲.srt, role: subtitles, language: uig, part: '1'}\n"
        "- {file: 补充.srt, role: document, language: kaz}\n- {file: 没了.jpg, role: poster}\n"
    )
    shutil.copy(small_film, folder / "第3讲.mp4")
    made = showcase("init", folder, "--force", "--organisation", "农广校", "--lang", "zh")
    assert made.code == 0, made.err
    assert "去掉了 没了.jpg" in made.err
    assert "注释" in made.err
    told = yamlio.load_as(Submission, folder / "submission.yaml")
    assert (told.identity(), told.prefecture, told.synopsis) == ("mian-1", "653200", "写好的简介")
    assert told.title.en == "Cotton"  # type: ignore[union-attr]
    assert (told.credits.organisation, told.credits.contact) == ("农广校", "0903")
    assert told.licence is not None
    assert [(part.id, part.title_zh, part.unit) for part in told.parts][:1] == [("1", "播种", "春")]
    assert {"x", "10", "02", "03"} < {part.id for part in told.parts}
    rows = {item.file: (item.role, item.part, item.language, item.trim_line_up) for item in told.media}
    assert rows["第一讲.mp4"] == (Role.MAIN, "1", None, True)
    assert rows["第1讲.srt"] == (Role.SUBTITLES, "1", "uig", False)
    assert rows["补充.srt"] == (Role.DOCUMENT, None, "kaz", False)
    assert rows["第3讲.mp4"][1] == "03"
    assert "没了.jpg" not in rows


@pytest.mark.acceptance
def test_what_was_left_out_before_is_told_when_it_comes_in_again(showcase: Showcase, folder: Path) -> None:
    (folder / "第1讲.docx").write_bytes(b"PK\x03\x04")
    words = ("init", folder, "--prefecture", "653100", "--lang", "zh")
    assert showcase(*words, "--leave-out", "第1讲.docx").code == 0
    again = showcase(*words, "--force")
    assert again.code == 0, again.err
    assert '--leave-out "第1讲.docx"' in again.err
    assert "第10讲.mp4" not in again.err
    once_more = showcase(*words, "--force", "--leave-out", "第1讲.docx")
    assert (once_more.code, "收进来" in once_more.err) == (0, False)
    told = yamlio.load_as(Submission, folder / "submission.yaml")
    assert "第1讲.docx" not in {item.file for item in told.media}


def test_a_standing_course_that_can_not_be_read_is_not_written_over(showcase: Showcase, folder: Path) -> None:
    (folder / "submission.yaml").write_text("title: [\n")
    assert showcase("init", folder, "--prefecture", "653100", "--force").code == 2
    assert (folder / "submission.yaml").read_text() == "title: [\n"


def test_two_of_one_language_are_said_to_be_that(showcase: Showcase, folder: Path) -> None:
    (folder / "第一讲.chs.srt").write_text(SRT)
    refused = showcase("init", folder, "--prefecture", "653100", "--lang", "zh")
    assert refused.code == 2
    assert "同一语种有两个" in refused.err
    assert "第1讲.srt" in refused.err or "第一讲.chs.srt" in refused.err


@pytest.mark.acceptance
def test_a_file_of_a_standing_course_is_moved_by_a_flag(showcase: Showcase, folder: Path) -> None:
    assert showcase("init", folder, "--prefecture", "653100").code == 0
    assert showcase("init", folder, "--force", "--part", "第1讲.srt=99").code == 2
    assert showcase("init", folder, "--force", "--part", "第1讲.srt=2").code == 0
    told = yamlio.load_as(Submission, folder / "submission.yaml")
    assert {item.file: item.part for item in told.media}["第1讲.srt"] == "02"


def test_folders_of_a_kind_make_one_course(showcase: Showcase, small_film: Path) -> None:
    made = showcase.folder / "棉花"
    for name in ("视频", "课件", "字幕/维吾尔语"):
        (made / name).mkdir(parents=True)
    shutil.copy(small_film, made / "视频/（一）播种.mp4")
    shutil.copy(small_film, made / "视频/（二）浇水.mp4")
    decks.write(made / "课件/01.pdf", decks.numbered(2))
    (made / "字幕/维吾尔语/（二）浇水.srt").write_text(SRT)
    assert showcase("init", made, "--prefecture", "653100").code == 0
    told = yamlio.load_as(Submission, made / "submission.yaml")
    assert [(part.id, part.unit, part.title_zh) for part in told.parts] == [
        ("01", None, "（一）播种"),
        ("02", None, "（二）浇水"),
    ]
    assert {(item.file, item.part, item.language) for item in told.media} == {
        ("视频/（一）播种.mp4", "01", None),
        ("视频/（二）浇水.mp4", "02", None),
        ("课件/01.pdf", "01", None),
        ("字幕/维吾尔语/（二）浇水.srt", "02", "uig"),
    }


@pytest.mark.acceptance
def test_the_page_that_times_slides_is_no_file_of_the_course(showcase: Showcase, folder: Path) -> None:
    decks.write(folder / "第2讲.pdf", decks.numbered(2))
    timed = showcase("slides", "time", "第2讲.m4a", "第2讲.pdf", cwd=folder)
    assert (timed.code, (folder / "第2讲.html").is_file()) == (0, True), timed.err
    (folder / "导出.html").write_text("<html>")
    refused = showcase("init", folder, "--prefecture", "653100")
    assert (refused.code, "导出.html" in refused.err, "第2讲.html" in refused.err) == (2, True, False)
    (folder / "导出.html").unlink()
    made = showcase("init", folder, "--prefecture", "653100")
    assert made.code == 0, made.err
    assert {item.file for item in yamlio.load_as(Submission, folder / "submission.yaml").media} == {
        *("第10讲.mp4", "第一讲.mp4", "第1讲.srt", "第2讲.m4a", "第2讲.pdf")
    }
