"""`init`: from the file, its name, the settings, a table, and what is said."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from pipeline import yamlio
from pipeline.model.submission import Kind, Submission
from tests.conftest import Showcase, on_terminal


@pytest.fixture
def film(showcase: Showcase, small_film: Path) -> Path:
    path = showcase.folder / "村医.mp4"
    shutil.copy(small_film, path)
    return path


def written(showcase: Showcase, name: str = "submission.yaml") -> Submission:
    return yamlio.load_as(Submission, showcase.folder / name)


def test_a_name_in_an_old_encoding_is_told(showcase: Showcase, small_film: Path) -> None:
    odd = os.fsdecode(os.fsencode(showcase.folder) + b"/\xb4\xe5.mp4")
    shutil.copy(small_film, odd)
    refused = showcase("init", odd, "--title", "村医", "--prefecture", "653200")
    assert refused.code == 2
    assert "UTF-8" in refused.err


def test_every_field_is_a_flag_of_its_name(showcase: Showcase, film: Path) -> None:
    made = showcase(
        "init",
        film,
        "--id",
        "653200-doctor",
        "--title",
        "我们的村医",
        "--title-en",
        "Our doctor",
        "--kind",
        "film",
        "--prefecture",
        "和田",
        "--column",
        "七一展播",
        "--languages",
        "zho uig",
        "--synopsis",
        "一天",
        "--director",
        "古丽",
        "--organisation",
        "中心",
        "--contact",
        "0903",
        "--from",
        "2026-07-01",
        "--until",
        "2029-06-30",
    )
    assert made.code == 0, made.err
    submission = written(showcase)
    assert (submission.id, submission.prefecture, submission.title_zh) == ("653200-doctor", "653200", "我们的村医")
    assert submission.languages == ("zho", "uig")
    assert submission.licence is not None
    assert submission.mains[0].file == "村医.mp4"
    assert showcase("check", "submission.yaml").code == 0


def test_nothing_is_asked_without_a_terminal_and_what_is_missing_is_named(showcase: Showcase, film: Path) -> None:
    refused = showcase("init", film)
    assert refused.code == 2
    assert "--prefecture" in refused.err
    (showcase.folder / "showcase.toml").write_text('prefecture = "和田地区"\n')
    made = showcase("init", film, "--json")
    assert made.code == 0, made.err
    submission = written(showcase)
    assert (submission.title, submission.prefecture, submission.id) == ("村医", "653200", "653200-cunyi")
    before = (showcase.folder / "submission.yaml").read_bytes()
    assert showcase("init", film, "--title", "别的").code == 2  # never overwrites
    assert (showcase.folder / "submission.yaml").read_bytes() == before
    assert showcase("init", film, "--title", "别的", "--force").code == 0
    assert written(showcase).title == "别的"


def test_what_was_written_of_a_film_stays_with_force(showcase: Showcase, film: Path, small_film: Path) -> None:
    text = (
        "schema_version: 1\nid: yi-1\ntitle: {zh: 我们的村医, en: Our doctor}\nprefecture: '653200'\n"
        "synopsis: 写好的简介\ncredits: {director: 古丽}\nmedia:\n- {file: 村医.mp4, role: main, trim_line_up: true}\n"
        "- {file: 片.srt, role: subtitles, language: uig}\n"
    )
    (showcase.folder / "submission.yaml").write_text(text)
    (showcase.folder / "片.srt").write_text("1\n00:00:01,000 --> 00:00:02,000\n你好\n")
    for source in (film, showcase.folder):
        made = showcase("init", source, "--organisation", "中心", "--force")
        assert made.code == 0, made.err
        told = written(showcase)
        assert (told.identity(), told.synopsis, told.kind, told.parts) == ("yi-1", "写好的简介", Kind.FILM, ())
        assert (told.title_zh, told.credits.director, told.credits.organisation) == ("我们的村医", "古丽", "中心")
        assert told.title.en == "Our doctor"  # type: ignore[union-attr]
        assert [(item.file, item.trim_line_up, item.language) for item in told.media] == [
            ("村医.mp4", True, None),
            ("片.srt", False, "uig"),
        ]
    shutil.copy(small_film, showcase.folder / "桥.mp4")
    before = (showcase.folder / "submission.yaml").read_bytes()
    for source in (showcase.folder / "桥.mp4", showcase.folder):  # two films are no film
        refused = showcase("init", source, "--force", "--lang", "zh")
        assert (refused.code, "桥.mp4" in refused.err, "--kind course" in refused.err) == (2, True, True)
        assert (showcase.folder / "submission.yaml").read_bytes() == before
    film.unlink()  # by its files it is another film, as far as anybody can see
    anew = showcase("init", showcase.folder / "桥.mp4", "--force", "--prefecture", "653200", "--lang", "zh")
    assert (anew.code, "“我们的村医”" in anew.err) == (0, True), anew.err
    assert (written(showcase).identity(), written(showcase).synopsis) == ("653200-qiao", None)


def test_a_submission_never_takes_the_place_of_a_film_or_a_folder(showcase: Showcase, film: Path) -> None:
    before = film.read_bytes()
    for target in (film, showcase.folder):
        assert showcase("init", film, "--prefecture", "653200", "-o", target, "--force").code == 2
    assert film.read_bytes() == before


def test_a_table_of_the_prefecture_fills_the_rest(showcase: Showcase, film: Path) -> None:
    table = showcase.folder / "报送表.csv"
    table.write_bytes("序号,片名,地州,导演\n1,村医,和田,古丽\n2,棉田,喀什,\n3,棉田,喀什,\n".encode("gb18030"))
    assert showcase("init", film, "--from-csv", table, "--director", "买买提").code == 0
    submission = written(showcase)
    assert submission.prefecture == "653200"
    assert submission.credits.director == "买买提"  # a flag wins over the table
    other = showcase("init", film, "-o", showcase.folder / "b.yaml", "--from-csv", table, "--title", "没有")
    assert (other.code, "村医" in other.err) == (2, True)
    twice = showcase("init", film, "-o", showcase.folder / "b.yaml", "--from-csv", table, "--title", "棉田")
    assert twice.code == 2


@pytest.mark.parametrize(
    ("rows", "place"),
    [
        ("1,村医,,古丽\n", "2:3"),
        ("1,村医\n", "2:3"),
        ("1,桥,和田,\n2,村医,,古丽\n", "3:3"),
        ("1,村医,和田,古丽,买买提\n", "2:5"),
        ("1,村医,和田,古丽\n2,桥,和田\n3,棉田,喀什,古丽,买买提\n", None),
    ],
)
def test_a_row_is_taken_whole_or_refused_by_its_cell(
    rows: str, place: str | None, showcase: Showcase, film: Path
) -> None:
    (showcase.folder / "showcase.toml").write_text('prefecture = "653100"\n', encoding="utf-8")
    (showcase.folder / "t.csv").write_text(f"序号,片名,地州,导演\n{rows}", encoding="utf-8")
    made = showcase("init", film, "--from-csv", "t.csv")
    if place is None:
        assert made.code == 0, made.err
        assert written(showcase).prefecture == "653200"
        return
    assert (made.code, f"t.csv:{place}" in made.err) == (2, True), made.err
    assert not (showcase.folder / "submission.yaml").exists()
    if not place.endswith(":5"):
        assert showcase("init", film, "--from-csv", "t.csv", "--prefecture", "和田").code == 0
        assert written(showcase).prefecture == "653200"


def test_several_files_are_the_parts_of_a_course(showcase: Showcase, film: Path, small_film: Path) -> None:
    shutil.copy(small_film, showcase.folder / "two.mp4")
    made = showcase("init", film, showcase.folder / "two.mp4", "--prefecture", "653100", "--title", "讲座")
    assert made.code == 0, made.err
    submission = written(showcase)
    assert submission.kind is Kind.COURSE
    assert [item.file for item in submission.mains] == ["村医.mp4", "two.mp4"]
    outside = showcase("init", film, "-o", showcase.folder / "sub" / "x.yaml", "--prefecture", "653100")
    assert outside.code == 2


def test_what_is_no_film_gets_no_submission(showcase: Showcase) -> None:
    (showcase.folder / "text.mp4").write_text("text")
    assert showcase("init", "text.mp4", "--prefecture", "653100").code == 4
    assert showcase("init", "none.mp4", "--prefecture", "653100").code == 2


def test_on_a_terminal_the_rest_is_asked_in_chinese(showcase: Showcase, film: Path) -> None:
    answers = ["我们的村医", "film", "和田", "", "zho", "", "古丽", "", "", "", ""]
    code, shown = on_terminal(showcase, "init", film, answers=answers)
    assert code == 0, shown
    assert "片名" in shown
    assert "制作单位" in shown
    submission = written(showcase)
    assert (submission.title, submission.prefecture, submission.credits.director) == ("我们的村医", "653200", "古丽")
    assert submission.licence is None
