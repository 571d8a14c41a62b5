"""Fields as prefectures write them."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import tables, yamlio
from pipeline.errors import InputError
from pipeline.execute import fields
from pipeline.model.submission import Kind, Submission

HEADINGS = "序号,片 名（必填）,类别,所属地州,语种,导演,授权开始,授权截止,备注\n"


def submission(row: str, tmp_path: Path) -> Submission:
    path = tmp_path / "t.csv"
    path.write_text(HEADINGS + row, encoding="utf-8")
    given = fields.of_row(tables.read(path, fields.is_heading)[0])
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


def test_both_titles_stand_together() -> None:
    given = {"title": fields.Given("村医", ("--title",)), "title_en": fields.Given("Doctor", ("--title-en",))}
    document = fields.document(given, [{"file": "f.mp4", "role": "main"}], "x")
    assert document.data["title"] == {"zh": "村医", "en": "Doctor"}
    assert document.where(("title", "en")) == "--title-en"
