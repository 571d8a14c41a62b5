"""`submit` of a table or a folder."""

from __future__ import annotations

import shutil
from pathlib import Path

import openpyxl
import pytest

from tests.conftest import Showcase


@pytest.fixture
def films(showcase: Showcase, small_film: Path) -> Path:
    folder = showcase.folder / "films"
    folder.mkdir()
    for name in ("村医", "棉田"):
        shutil.copy(small_film, folder / f"{name}.mp4")
    (folder / "坏.mp4").write_text("text")
    return folder


def table_of(folder: Path, *rows: tuple[object, ...]) -> Path:
    book = openpyxl.Workbook()
    for row in (("序号", "文件", "片名", "地州"), *rows):
        book.worksheets[0].append(list(row))
    book.worksheets[0].merge_cells("D2:D4")
    path = folder / "films.xlsx"
    book.save(path)
    return path


@pytest.mark.usefixtures("served")
def test_a_table_is_sent_film_by_film_and_a_rerun_sends_the_rest(
    showcase: Showcase, films: Path, small_film: Path
) -> None:
    rows = [(1, "村医.mp4", "村医", 653200.0), (2, "坏.mp4", "坏", None), (3, "棉田.mp4", "棉田", None)]
    table = table_of(films, *rows, (4, "没有.mp4", "没有", "和田"))
    planned = showcase("submit", "-n", table, "--json")
    assert planned.code == 7
    assert [row["outcome"] for row in planned.rows] == ["to_send", "unreadable", "to_send", "failed"]
    assert showcase("status", "--json").rows == []
    sent = showcase("submit", table)
    assert sent.code == 7
    assert "films.xlsx:5:2" in sent.out
    assert {row["title"] for row in showcase("status", "--json").rows} == {"村医", "棉田"}
    shutil.copy(small_film, films / "坏.mp4")
    again = showcase("submit", table, "--json")
    assert [row["outcome"] for row in again.rows] == ["there", "sent", "there", "failed"]
    assert {row["prefecture"] for row in again.rows[:3]} == {"653200"}
    assert [row["revision"] for row in again.rows] == [1, 1, 1, None]


@pytest.mark.acceptance
@pytest.mark.usefixtures("served")
def test_what_init_wrote_of_a_row_is_what_is_sent(showcase: Showcase, films: Path) -> None:
    table = table_of(films, (1, "村医.mp4", "村医", "和田"), (2, "棉田.mp4", "棉田", None))
    assert showcase("init", "--from-csv", table).code == 0
    (films / "坏.mp4").unlink()
    one = showcase("submit", "-n", films / "村医.submission.yaml", "--json")
    assert (one.code, one.rows[-1]["submission_id"], one.rows[-1]["already"]) == (0, "653200-cunyi", False)
    by_table, by_folder = (showcase("submit", source, "--json") for source in (table, films))
    assert (by_table.code, by_folder.code) == (0, 0), by_table.err
    assert {(row["submission_id"], row["outcome"]) for row in by_table.rows} == {
        ("653200-cunyi", "sent"),
        ("653200-miantian", "sent"),
    }
    assert "村医.submission.yaml" in by_table.err
    assert {row["outcome"] for row in by_folder.rows} == {"there"}


def test_what_can_not_be_sent_is_told_before_anything_is(showcase: Showcase, films: Path) -> None:
    table = films / "t.csv"
    table.write_text("文件,片名,报送地区\n村医.mp4,村医,和田\n", encoding="utf-8")
    refused = showcase("submit", table)
    assert (refused.code, "报送地州" in refused.err) == (2, True)
    for name in ("没有", "片名"):
        assert showcase("submit", films, "--ignore-column", name).code == 2
    empty = showcase.folder / "empty"
    empty.mkdir()
    assert showcase("submit", empty).code == 2
    assert showcase("submit", films, "--unchanged", "words").code == 2


@pytest.mark.usefixtures("served")
@pytest.mark.acceptance
def test_a_film_whose_row_was_refused_is_not_sent_bare_with_its_folder(showcase: Showcase, films: Path) -> None:
    table = table_of(films, (1, "村医.mp4", "村医", "和田"), (2, "棉田.mp4", "两\n行", None))
    written = showcase("init", "--from-csv", table, "--ignore-column", "序号", "--lang", "zh")
    assert written.code == 7
    assert f'showcase submit -n "{table}" --ignore-column "序号"' in written.out
    flagged = showcase("init", "--from-csv", table, "--column", "七一展播", "--lang", "zh")
    assert "submit" not in flagged.out  # which would not know of the flag
    (films / "坏.mp4").unlink()
    for words in (("submit", "-n"), ("submit",), ("batch", "-n")):
        folder = showcase(*words, films, "--json")
        assert folder.code == 7, folder.err
        faults = {row["item"]: row["error"] for row in folder.rows if row["outcome"] == "failed"}
        assert {Path(str(item)).name: fault["key"] for item, fault in faults.items()} == {"棉田.mp4": "film_in_table"}  # type: ignore[index]
    assert [row["title"] for row in showcase("status", "--json").rows] == ["村医"]
    planned = showcase("submit", "-n", table, "--lang", "zh")
    assert f"[2/2]{table}:3两" in "".join(planned.err.split())
    assert f"{table}:3" in showcase("submit", "-n", films / "棉田.mp4").err  # who means the film alone is told
    again = table_of(films, (2, "棉田.mp4", None, None), (3, "没有.mp4", "没有", None))
    (films / "村医.submission.yaml").unlink()
    planned = showcase("submit", "-n", again, "--lang", "zh")
    assert planned.code == 7
    assert "要提交 0 个，早已提交 0 个，不能提交 2 个" in planned.out
    assert f"[1/2]{again}:2：失败" in "".join(planned.err.split())
    assert f"[2/2]{again}:3没有：失败" in "".join(planned.err.split())
