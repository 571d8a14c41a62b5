"""Films that a table in their folder tells of."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest

from pipeline import tables
from pipeline.errors import InputError
from pipeline.execute import batch_sources, described_films, tabled_films
from pipeline.settings import Settings
from pipeline.workspace import Workspace


def told(root: Path) -> dict[str, str]:
    """Every film below a folder with why it is not taken, or nothing."""
    for name in ("a.mp4", "b.mp4", "sub/c.mp4"):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(b"film")
    found = {}
    for item in batch_sources.folder(root, Workspace(root, Settings(prefecture="653200"))):
        try:
            item.open()
            found[Path(item.shown).relative_to(root).as_posix()] = ""
        except InputError as error:
            found[Path(item.shown).relative_to(root).as_posix()] = error.key
    return found


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("t.csv", "文件,片名\na.mp4,甲\nsub\\c.mp4,丙\n", {"a.mp4": "film_in_table", "sub/c.mp4": "film_in_table"}),
        ("sub/t.tsv", "片名\t文件\n甲\t../a.mp4\n", {"a.mp4": "film_in_table"}),
        (
            "t.csv",
            "片名,导演\nA,古丽\nＣ,古丽\n",
            {"a.mp4": "film_called_in_table", "sub/c.mp4": "film_called_in_table"},
        ),
        ("t.csv", "文件,片名\nb,乙\n", {"b.mp4": "film_called_in_table"}),
        ("sub/t.csv", "片名,导演\na,古丽\n", {}),  # of another folder's film
        ("t.csv", "文件\na.mp4\n", {}),  # it says nothing that would be lost
        ("notes.txt", "a.mp4 is good\n", {}),
        ("t.csv", "文件,片名,结论\n,,\n", {}),
    ],
)
def test_a_bare_film_that_a_table_names_is_no_item(
    name: str, text: str, expected: dict[str, str], tmp_path: Path
) -> None:
    (tmp_path / name).parent.mkdir(exist_ok=True)
    (tmp_path / name).write_text(text, encoding="utf-8")
    assert told(tmp_path) == {"a.mp4": "", "b.mp4": "", "sub/c.mp4": ""} | expected


SAID = "schema_version: 1\ntitle: 村医\nmedia: [{file: %s, role: main}]\n"


@pytest.mark.parametrize(
    ("name", "text", "expected"),
    [
        ("x.yaml", SAID % "a.mp4", "a.mp4"),
        ("x.yml", SAID % "sub/c.mp4" + "colour: red\n", "sub/c.mp4"),  # wrong in itself
        ("submission.yaml", SAID % "none.mp4" + "  # a.mp4\n", ""),
        ("../x.yaml", SAID % "films/b.mp4", "b.mp4"),
        ("notes.yaml", "media: a.mp4\n", ""),
        ("notes.yaml", "- a.mp4\n", ""),
        ("notes.yaml", "{", ""),
    ],
)
def test_a_bare_film_that_another_submission_names_is_no_item(
    name: str, text: str, expected: str, tmp_path: Path
) -> None:
    root = tmp_path / "films"
    root.mkdir()
    (root / name).write_text(text, encoding="utf-8")
    wrong = {film: key for film, key in told(root).items() if key == "film_in_submission"}
    assert wrong == ({expected: "film_in_submission"} if expected else {})
    for film in ("a.mp4", "b.mp4", "sub/c.mp4"):
        fault = described_films.fault_beside(root / film)
        assert (fault is not None) == (film == expected), film


@pytest.mark.parametrize("name", ["d.submission.yaml", "D.submission.yml"])
def test_a_film_whose_own_submission_can_not_be_read_is_not_sent_bare(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text("{")
    assert described_films.fault_beside(tmp_path / "d.mp4")
    assert described_films.fault_beside(tmp_path / "e.mp4") is None


@pytest.mark.parametrize("headings", ["编号,片名,文件,版,结果,原因", "ID,Title,File,Rev,Outcome,Reason"])
def test_a_batchs_own_table_is_none_of_films(headings: str, tmp_path: Path) -> None:
    words = headings.split(",")
    (tmp_path / "batch.csv").write_bytes(tables.write(words, [["x", "a", "a.mp4", "1", "ok", ""]]))
    assert told(tmp_path)["a.mp4"] == ""


def test_a_table_that_can_not_be_read_is_said_and_a_lock_is_none(tmp_path: Path) -> None:
    remarks: list[str] = []

    def remark(key: str, /, **values: object) -> None:
        remarks.append(f"{key} {values['where']}")

    old, lock, empty = tmp_path / "old.xls", tmp_path / "~$films.xlsx", tmp_path / "empty.xlsx"
    old.write_bytes(b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\x00" * 600)
    lock.write_bytes(b"\x05root")
    openpyxl.Workbook().save(empty)
    assert tabled_films.read([old, lock, empty], remark).rows == ()
    assert remarks == [f"table_not_looked_at {old}"]


def test_a_table_beside_the_folder_tells_of_a_film_by_its_path(tmp_path: Path) -> None:
    (tmp_path / "season.csv").write_text("文件,片名\nfilms/a.mp4,甲\nb.mp4,乙\n", encoding="utf-8")
    assert told(tmp_path / "films") == {"a.mp4": "film_in_table", "b.mp4": "", "sub/c.mp4": ""}
    fault = tabled_films.fault_beside(tmp_path / "films" / "a.mp4")
    assert fault is not None
    assert fault.where == f"{tmp_path / 'season.csv'}:2"
    assert tabled_films.fault_beside(tmp_path / "films" / "b.mp4") is None


def test_the_folder_where_one_stands_has_a_table_above_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    told(tmp_path / "films")
    (tmp_path / "season.csv").write_text("文件,片名\nfilms/a.mp4,甲\n", encoding="utf-8")
    monkeypatch.chdir(tmp_path / "films")
    place = Workspace(tmp_path, Settings(prefecture="653200"))
    assert sum(item.title is None for item in batch_sources.folder(Path(), place)) == 1
