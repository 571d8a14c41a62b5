"""`init` of a table: a template to fill in, a submission for each film of it."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from pipeline import yamlio
from pipeline.model.submission import Kind, Submission
from tests.conftest import Showcase, on_terminal


def film(showcase: Showcase, small_film: Path, name: str) -> Path:
    path = showcase.folder / name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(small_film, path)
    return path


def written(showcase: Showcase, name: str) -> Submission:
    return yamlio.load_as(Submission, showcase.folder / name)


def put(showcase: Showcase, text: str) -> Path:
    path = showcase.folder / "films.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("language", ["zh", pytest.param("en", marks=pytest.mark.acceptance)])
def test_a_template_is_read_back_with_what_was_filled_in(language: str, showcase: Showcase, small_film: Path) -> None:
    made = showcase("init", "--template", "films.xlsx", "--lang", language)
    assert made.code == 0, made.err
    table = showcase.folder / "films.xlsx"
    alone = showcase("init", "--from-csv", table)
    assert (alone.code, "films.xlsx:2" in alone.err) == (2, True)  # the example is no film
    film(showcase, small_film, "示例.mp4" if language == "zh" else "example.mp4")
    film(showcase, small_film, "棉田.mp4")
    book = openpyxl.load_workbook(table)
    sheet = book.worksheets[0]
    column = [cell.value for cell in sheet[1]].index(
        "地州（必填）" if language == "zh" else "prefecture (required)"
    ) + 1
    for at, value in ((1, "棉田.mp4"), (3, "棉田"), (column, "喀什")):
        sheet.cell(3, at, value)
    for cell in sheet[3]:  # nothing under what the example says is left open
        if cell.value is None and (above := sheet.cell(2, cell.column).value):
            cell.value = above
    book.save(table)
    done = showcase("init", "--from-csv", table, "--json")
    assert done.code == 0, done.err
    assert [row["submission"]["id"] for row in done.rows] == ["653200-womendecunyi", "653100-miantian"]  # type: ignore[index]
    example = written(showcase, "示例.submission.yaml" if language == "zh" else "example.submission.yaml")
    assert example.languages == ("zho", "uig")
    assert str(example.licence and example.licence.until) == "2029-06-30"
    assert showcase("init", "--template", "films.xlsx").code == 2  # never overwrites
    assert showcase("init", "--template", "films.csv").code == 2


def test_each_row_with_a_film_gets_its_submission_and_one_that_is_wrong_leaves_the_others(
    showcase: Showcase, small_film: Path
) -> None:
    for name in ("films/村医.mp4", "films/棉田.mp4", "films/桥.mp4"):
        film(showcase, small_film, name)
    rows = "films/村医.mp4,村医,和田\nfilms\\棉田.mp4,棉田,巴州\nfilms/桥.mp4,桥,兵团\n,还没拍,和田\n../x.mp4,外,和田\n"
    table = put(showcase, f"文件,片名,地州\n{rows}")
    made = showcase("init", "--from-csv", table)
    assert made.code == 7
    assert {path.name for path in (showcase.folder / "films").glob("*.yaml")} == {
        "村医.submission.yaml",
        "棉田.submission.yaml",
    }
    assert written(showcase, "films/棉田.submission.yaml").id == "652800-miantian"
    for said in ("films.csv:4:3", "659001 石河子市", "films.csv:5", "films.csv:6:1"):
        assert said in made.err
    before = (showcase.folder / "films/村医.submission.yaml").read_bytes()
    (showcase.folder / "films/棉田.submission.yaml").write_text("mine")
    again = showcase("init", "--from-csv", put(showcase, "文件,片名,地州\n" + "".join(rows.splitlines(True)[:2])))
    assert (again.code, "--force" in again.err) == (7, True)
    assert (showcase.folder / "films/村医.submission.yaml").read_bytes() == before
    assert (showcase.folder / "films/棉田.submission.yaml").read_text() == "mine"
    table = put(showcase, "文件,片名,地州\n,还没拍,和田\n")
    assert showcase("init", "--from-csv", table).code == 2


@pytest.mark.acceptance
def test_films_that_are_named_get_their_own_rows_unless_they_are_one_course(
    showcase: Showcase, small_film: Path
) -> None:
    one, two = film(showcase, small_film, "村医.mp4"), film(showcase, small_film, "棉田.mp4")
    table = put(showcase, "片名,地州,导演\n村医,和田,古丽\n棉田,喀什,张三\n桥,和田,李四\n")
    assert showcase("init", one, two, "--from-csv", table).code == 0
    assert written(showcase, "棉田.submission.yaml").credits.director == "张三"
    assert written(showcase, "村医.submission.yaml").kind is Kind.FILM
    course = showcase("init", one, two, "--from-csv", table, "--kind", "course", "--title", "桥")
    assert course.code == 0, course.err
    made = written(showcase, "submission.yaml")
    assert (made.kind, len(made.mains), made.credits.director) == (Kind.COURSE, 2, "李四")


@pytest.mark.parametrize("flag", [("--title", "x"), ("--id", "x"), ("-o", "x.yaml")])
def test_what_two_films_can_not_share_is_no_flag_of_many(flag: tuple[str, str], showcase: Showcase) -> None:
    table = put(showcase, "文件,片名,地州\na.mp4,村医,和田\n")
    refused = showcase("init", "--from-csv", table, *flag)
    assert (refused.code, list(showcase.folder.glob("*.yaml"))) == (2, [])


@pytest.mark.acceptance
def test_two_titles_that_make_one_id_are_told_where_they_lie_together(showcase: Showcase, small_film: Path) -> None:
    one, two = film(showcase, small_film, "a.mp4"), film(showcase, small_film, "b.mp4")
    assert showcase("init", one, "--title", "村医", "--prefecture", "和田").code == 0
    refused = showcase("init", two, "--title", "村衣", "--prefecture", "和田", "-o", "b.yaml")
    assert refused.code == 2
    assert "--id 653200-cunyi-2" in refused.err
    assert showcase("init", two, "--title", "村衣", "--prefecture", "喀什", "-o", "b.yaml").code == 0
    (showcase.folder / "submission.yaml").unlink()
    film(showcase, small_film, "x/c.mp4")
    table = put(showcase, "文件,片名,地州\na.mp4,村医,和田\nx/c.mp4,村衣,和田\n")
    assert showcase("init", "--from-csv", table).code == 7
    assert not list((showcase.folder / "x").glob("*.yaml"))
    table = put(showcase, "节目编号,文件,片名,地州\n,a.mp4,村医,和田\n,x/c.mp4,村衣,和田\n")
    told = showcase("init", "--from-csv", table, "--lang", "zh")
    assert "“节目编号”列" in told.err
    assert "--id" not in told.err
    again = put(showcase, "节目编号,文件,片名,地州\n,a.mp4,村医,和田\n653200-cunyi-2,x/c.mp4,村衣,和田\n")
    assert showcase("init", "--from-csv", again).code == 0


@pytest.mark.acceptance
def test_a_film_keeps_its_id_when_its_submission_is_written_anew(showcase: Showcase, small_film: Path) -> None:
    film(showcase, small_film, "a.mp4")
    assert showcase("init", "--from-csv", put(showcase, "文件,片名,地州\na.mp4,村医,和田\n")).code == 0
    table = put(showcase, "文件,片名,地州\na.mp4,乡村医生,和田\n")
    refused = showcase("init", "--from-csv", table, "--lang", "zh")
    assert (refused.code, "加上 --force" in refused.out, "改好上面的行" in refused.out) == (7, True, False)
    beside = showcase("batch", "-n", table, "--lang", "zh")
    assert "片名: 乡村医生 → 村医" in beside.err
    anew = showcase("init", "--from-csv", table, "--force", "--lang", "zh")
    assert (anew.code, "沿用它的编号 653200-cunyi" in anew.err) == (0, True)
    made = written(showcase, "a.submission.yaml")
    assert (made.id, made.title_zh) == ("653200-cunyi", "乡村医生")
    one = (
        "init",
        "a.mp4",
        "--prefecture",
        "和田",
        "-o",
        "a.submission.yaml",
        "--force",
        "--lang",
        "zh",
        "--title",
        "棉",
    )
    assert showcase(*one).code == 0
    assert written(showcase, "a.submission.yaml").id == "653200-cunyi"
    other = showcase(*one, "--id", "cotton")
    assert "原来的编号是 653200-cunyi，现在是 cotton" in other.err
    (showcase.folder / "a.submission.yaml").write_text(
        "schema_version: 1\nid: x\ntitle: x\nmedia: [{file: b.mp4, role: main}]\n"
    )
    assert showcase(*one).code == 0  # of another film
    assert written(showcase, "a.submission.yaml").id == "653200-mian"


@pytest.mark.acceptance
def test_rows_of_one_file_are_wrong_each_and_rows_without_one_too(showcase: Showcase, small_film: Path) -> None:
    for name in ("a.mp4", "b.mp4"):
        film(showcase, small_film, name)
    table = put(showcase, "文件,片名,地州\na.mp4,村医,和田\n./a.mp4,棉田,和田\nb.mp4,桥,和田\n,还没拍,和田\n")
    for force in ((), ("--force",)):
        told = showcase("init", "--from-csv", table, "--json", *force)
        assert told.code == 7
        errors = [row["error"]["key"] for row in told.rows if row.get("error")]  # type: ignore[index]
        assert errors == ["rows_of_one_file", "rows_of_one_file", "list_no_file"]
    assert [path.name for path in showcase.folder.glob("*.yaml")] == ["b.submission.yaml"]
    planned = showcase("batch", "-n", table, "--json")
    faults = [row["error"] and row["error"]["key"] for row in planned.rows if "outcome" in row]  # type: ignore[index]
    assert (planned.code, faults) == (7, ["rows_of_one_file", "rows_of_one_file", None, "list_no_file"])


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_a_row_is_sent_under_the_id_that_init_gives_it(showcase: Showcase, small_film: Path) -> None:
    for name in ("a.mp4", "a.mov", "b.mp4"):
        film(showcase, small_film, name)
    table = put(showcase, "文件,片名,地州\na.mp4,村医,和田\na.mov,棉田,和田\n")
    assert showcase("init", "--from-csv", table, "--force").code == 7  # both would stand in one place
    assert written(showcase, "a.submission.yaml").title_zh == "村医"
    planned = showcase("submit", "-n", table, "--json")
    assert [row["submission_id"] for row in planned.rows] == ["653200-cunyi", "653200-miantian"]
    (showcase.folder / "a.submission.yaml").unlink()
    table = put(showcase, "文件,片名,地州\na.mp4,村医,和田\nb.mp4,村医,和田\n")
    for _ in range(2):
        planned = showcase("submit", "-n", table, "--json")
        assert [row["error"]["key"] for row in planned.rows] == ["id_twice", "id_twice"]  # type: ignore[index]
        assert showcase("init", "--from-csv", table).code == 7
    assert written(showcase, "a.submission.yaml").id == "653200-cunyi"


@pytest.mark.acceptance
def test_a_wrong_answer_is_asked_for_again_and_the_others_are_kept(showcase: Showcase, small_film: Path) -> None:
    path = film(showcase, small_film, "村医.mp4")
    said = ("--title", "村医", "--column", "展播", "--synopsis", "x", "--director", "古丽", "--contact", "0903")
    answers = [
        "电视剧",
        "film",
        "",
        "兵团",
        "巴州",
        "火星语",
        "维语",
        "",
        "明天",
        "2026-07-01",
        "",
        "2026-06-30",
        "2029-06-30",
    ]
    code, shown = on_terminal(showcase, "init", path, *said, answers=answers)
    assert code == 0, shown
    for said in ("不是允许的值", "659001 石河子市", "uig 维吾尔语", "不是有效的日期", "结束早于开始", "这一项要填"):
        assert said in shown.replace("\r\n", ""), said
    made = written(showcase, "submission.yaml")
    assert (made.id, made.languages) == ("652800-cunyi", ("uig",))
    assert made.licence
    assert str(made.licence.until) == "2029-06-30"
