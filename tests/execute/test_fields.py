"""Fields as prefectures write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import catalogue, yamlio
from pipeline.errors import InputError
from pipeline.execute import fields, headings, initiating
from pipeline.model.submission import Kind, Submission

HEADINGS = "序号,片 名（必填）,类别,所属地州,语种,导演,授权开始,授权截止,备注\n"


def submission(row: str, tmp_path: Path) -> Submission:
    path = tmp_path / "t.csv"
    path.write_text(HEADINGS + row, encoding="utf-8")
    given = fields.of_row(headings.read(path)[0])
    return yamlio.validate(Submission, fields.document(given, [{"file": "f.mp4", "role": "main"}], "x"))


def test_a_row_of_a_prefectures_own_table(tmp_path: Path) -> None:
    made = submission("1,村医,专题片,和田,汉语、维语,古丽,2026年7月1日,2029/6/30,不用", tmp_path)
    assert (made.title, made.kind, made.prefecture) == ("村医", Kind.FILM, "653200")
    assert made.languages == ("zho", "uig")
    assert made.licence is not None
    assert (str(made.licence.start), str(made.licence.until)) == ("2026-07-01", "2029-06-30")
    assert made.credits.director == "古丽"


@pytest.mark.parametrize(
    ("row", "column"),
    [
        ("1,村医,影片,和天,,,,,", 4),
        ("1,村医,电视剧,和田,,,,,", 3),
        ("1,村医,影片,和田,火星语,,,,", 5),
        ("1,村医,影片,和田,,,2026-13-01,2026-07-01,", 7),
        ("1,村医,影片,和田,,,2027-01-01,2026-07-01,", 7),
    ],
)
def test_a_wrong_cell_is_named_by_line_and_column(row: str, column: int, tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        submission(row, tmp_path)
    assert caught.value.where == f"{tmp_path / 't.csv'}:2:{column}"


def told(row: str, tmp_path: Path) -> tuple[str, str, list[str]]:
    """What is wrong with a row: the key, the place after the file's name, the kinds of its problems."""
    with pytest.raises(InputError) as caught:
        submission(row, tmp_path)
    error = caught.value
    problems = error.values.get("problems", ())
    assert isinstance(problems, tuple)
    return error.key, str(error.where).rpartition("t.csv:")[2], [problem.kind for problem in problems]


@pytest.mark.parametrize(
    ("row", "key", "place"),
    [
        ("1,村医,影片,,汉语", "table_cell_empty", "2:4"),
        ("1,村医", "table_cell_empty", "2:4"),
        ("1,,影片,和田,汉语", "table_cell_empty", "2:2"),
        ('1,"村医\n下乡",影片,和田,汉语', "table_line_break", "2:2"),
        ('1,村医,影片,和田,汉语,"古丽\r\n买买提"', "table_line_break", "2:6"),
    ],
)
def test_a_cell_that_can_not_be_taken_is_one_error(row: str, key: str, place: str, tmp_path: Path) -> None:
    assert told(row, tmp_path) == (key, place, [])


@pytest.mark.parametrize(
    "row", ["1,村医,影片,和田", "1,村医,影片,653200.0", "1,村医,,６５３２００", "1,村医,,'653200", '1,村医,,="653200"']
)
def test_a_short_row_and_a_code_out_of_a_spreadsheet_are_taken(row: str, tmp_path: Path) -> None:
    made = submission(row, tmp_path)
    assert (made.title, made.prefecture, made.languages) == ("村医", "653200", ("zho",))


def test_a_wrong_prefecture_is_shown_and_told_once(tmp_path: Path) -> None:
    with pytest.raises(InputError) as caught:
        submission("1,村医,影片,653299.0", tmp_path)
    for language in catalogue.LANGUAGES:
        said = "\n".join(catalogue.error_lines(language, caught.value))
        assert said.count("653299.0") == 1


def test_a_synopsis_has_lines_and_the_heading_of_a_break_is_named(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text('片名,地州,简介\n村医,和田,"一\n二"\n', encoding="utf-8")
    given = fields.of_row(headings.read(path)[0])
    made = yamlio.validate(Submission, fields.document(given, [{"file": "f.mp4", "role": "main"}], "x"))
    assert made.synopsis == "一\n二"
    path.write_text('节目 名称,地州\n"村\n医",和田\n', encoding="utf-8")
    given = fields.of_row(headings.read(path)[0])
    with pytest.raises(InputError) as caught:
        fields.document(given, [], "x")
    assert caught.value.values == {"heading": "节目 名称"}


def test_a_flag_stands_in_for_an_empty_cell(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text("片名,地州,栏目\n桥,和田,展播\n村医,,\n", encoding="utf-8")
    given = fields.of_row(headings.read(path)[1])
    flags = {"prefecture": fields.Given("喀什", ("--prefecture",)), "column": fields.Given("新闻", ("--column",))}
    assert fields.document({**given, **flags}, [], "x").data["prefecture"] == "喀什"
    with pytest.raises(InputError, match="table_cell_joined") as caught:
        fields.document({**given, "prefecture": flags["prefecture"]}, [], "x")
    assert caught.value.where == f"{path}:3:3"


def test_both_titles_stand_together() -> None:
    given = {"title": fields.Given("村医", ("--title",)), "title_en": fields.Given("Doctor", ("--title-en",))}
    document = fields.document(given, [{"file": "f.mp4", "role": "main"}], "x")
    assert document.data["title"] == {"zh": "村医", "en": "Doctor"}
    assert document.where(("title", "en")) == "--title-en"


@pytest.mark.parametrize(
    ("table", "said"),
    [
        ("片名,报送地州,语种\n村医,和田,天语\n", "语种"),
        ("片名,报送地州\n村医,火星\n", "报送地州"),
        ("片名,地州,授权开始\n村医,和田,2026-13-01\n", "授权开始"),
        ("片名,地州,版权开始\n村医,和田,2026-01-01\n", "授权截止"),  # there is no such column
        ("title,prefecture,from\n村医,和田,2026-01-01\n", "until"),
        ("片名,地州,版权开始,授权截止\n村医,和田,2026-02-01,2026-01-01\n", "版权开始 / 授权截止"),
        ("片名,英文片名,地州\n村医,a\tb,和田\n", "英文片名"),
    ],
)
def test_what_is_wrong_is_called_as_the_table_calls_it(table: str, said: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(table, encoding="utf-8")
    given = fields.of_row(headings.read(path)[0])
    with pytest.raises(InputError) as caught:
        yamlio.validate(Submission, fields.document(given, [{"file": "f.mp4", "role": "main"}], "x"))
    lines = catalogue.error_lines("zh", caught.value)
    assert f"「{said}」" in lines[0]
    assert f"：{said}：" in lines[2]
    assert "schema" not in lines[-1]


def test_a_rewritten_submission_loses_no_field() -> None:
    """Every field has its place in the file that `init` writes."""
    assert set(initiating.ORDER) == set(Submission.model_fields)


def test_people_and_words_are_lists_and_years_are_numbers(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(
        "文件,片名,地州,编剧,主演,关键词,年份,集号,首播日期,体裁\nf.mp4,村医,和田,李四,阿依古丽、王强,棉花；风车,2026年,第3集,2026年7月1日,纪录片\n",
        "utf-8",
    )
    given = fields.of_row(headings.read(path)[0])
    made = yamlio.validate(Submission, fields.document(given, [{"file": "f.mp4", "role": "main"}], "x"))
    assert (made.credits.writers, made.credits.cast, made.keywords) == (
        ("李四",),
        ("阿依古丽", "王强"),
        ("棉花", "风车"),
    )
    assert (made.year, made.episode, str(made.air_date), made.genre) == (2026, 3, "2026-07-01", "纪录片")


@pytest.mark.parametrize(
    ("cell", "extent"), [("全部", "whole"), (" 部分 ", "part"), ("无", "none"), ("Whole", "whole")]
)
def test_how_much_is_generated_is_said_in_words(cell: str, extent: str, tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_text(f"片名,地州,生成内容\n村医,和田,{cell}\n", encoding="utf-8")
    given = fields.of_row(headings.read(path)[0])
    made = yamlio.validate(Submission, fields.document(given, [{"file": "f.mp4", "role": "main"}], "x"))
    assert made.generated is not None
    assert (made.generated.extent, made.generated.note) == (extent, None)
    path.write_text("片名,地州,生成内容\n村医,和田,少许\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        yamlio.validate(Submission, fields.document(fields.of_row(headings.read(path)[0]), [], "x"))
    assert "生成内容" in str(caught.value.values["problems"])
