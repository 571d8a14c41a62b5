"""`showcase export` on a real store: what is written, what is refused, and in which words."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from pathlib import Path

import openpyxl
import pytest
from lxml import etree

from pipeline import workspace
from pipeline.catalogue import Language
from pipeline.storage import connect
from tests.conftest import MEANT, Showcase, store_kept_up, wait_for_none
from tests.e2e.error_words import LANGUAGES, Case, case, hold, put
from tests.e2e.test_roles import home
from tests.listed_programmes import deliver, film_of

HOLES = (
    "extends: one-sheet\nsheets:\n  - name: list\n    columns:\n"
    "      - {name: 分级, from: rating, required: true}\n      - {name: 节目名称, most: 2}\n"
)
CASES: dict[str, Case] = {
    "cells that can't be filled": case(
        "export_cells", 2, "export --table holes 653200/third -o o.xlsx", {"profiles/tables/holes.yaml": HOLES}
    ),
    "another ending": case("export_kind", 2, "export --table one-sheet -o o.xls"),
    "a folder of that name": case("export_folder", 2, "export --table one-sheet -o p.xlsx", {"p.xlsx/x": ""}),
    "no column": case("export_column", 2, "export --table one-sheet -o o.xlsx --column", {}, ""),
    "a package from before": case("programme_missing", 2, "export --table one-sheet 653200/old -o o.xlsx"),
}


@pytest.fixture(scope="module")
def season(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Showcase]:
    """A workspace whose store is kept up, with three films, one of which does not say what it is."""
    here = home(tmp_path_factory.mktemp("exports"), "editor")
    here.environment["SHOWCASE_LANG"] = "en"
    folder = here.folder
    (folder / "showcase.toml").write_text(MEANT)
    with pytest.MonkeyPatch.context() as clean:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
            clean.delenv(name)
        for name, value in here.environment.items():
            clean.setenv(name, value)
        with store_kept_up(here), connect.opened(workspace.find(folder), "delivery") as buckets:
            for title, column in (("first", "党建"), ("third", None)):
                deliver(buckets, film_of(title, column), tmp_path_factory.mktemp(title))
            deliver(buckets, film_of("old"), tmp_path_factory.mktemp("old"), described=False)
            yield here
    assert wait_for_none(folder) == []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_an_error_says_what_to_do_in_the_readers_language(language: Language, name: str, season: Showcase) -> None:
    put(season.folder, CASES[name].files)
    hold(season, CASES[name], language, "third old 片单 分级 节目名称")
    assert not list(season.folder.glob("o.*"))


def test_what_can_not_be_listed_is_named_and_the_rest_is_written(season: Showcase) -> None:
    done = season("export", "--table", "catalogue", "-o", "all/list.csv", "--json")
    assert done.code == 7
    assert [row["error"]["key"] for row in done.rows if "error" in row] == ["programme_missing"]  # type: ignore[index]
    (told,) = (row for row in done.rows if "files" in row)
    assert told["programmes"] == 2
    assert sorted(path.name for path in (season.folder / "all").iterdir()) == [
        f"list-{sheet}.csv" for sheet in ("分集", "图片", "节目", "视频文件")
    ]


def test_nothing_that_fits_writes_nothing(season: Showcase) -> None:
    done = season("export", "--table", "one-sheet", "--prefecture", "喀什", "-o", "none.xlsx")
    assert (done.code, done.out) == (0, "")
    assert "no table was written" in done.err
    assert not (season.folder / "none.xlsx").exists()


def test_every_cell_that_can_not_be_filled_is_told_to_programs(season: Showcase) -> None:
    put(season.folder, {"profiles/tables/holes.yaml": HOLES})
    done = season("export", "--table", "holes", "653200/third", "-o", "o.xlsx", "--json")
    told = [(row["column"], row["problem"]) for row in done.rows if "problem" in row]
    assert told == [("节目名称", "long"), ("分级", "missing")]


def test_files_are_read_for_their_md5_once_and_the_table_is_the_same_again(season: Showcase) -> None:
    argv = ("export", "--table", "series-episodes", "first", "third", "-o", "order.xlsx")
    first = season(*argv)
    assert first.code == 0, first.err
    assert "MD5" in first.err
    made = (season.folder / "order.xlsx").read_bytes()
    again = season(*argv)
    assert "MD5" not in again.err
    assert (season.folder / "order.xlsx").read_bytes() == made
    sheet = openpyxl.load_workbook(season.folder / "order.xlsx")["子集"]
    rows = list(sheet.iter_rows(values_only=True))
    md5 = rows[0].index("文件MD5")
    content = b"first 1 x/iptv-hd"
    assert rows[1][md5] == hashlib.md5(content).hexdigest()  # noqa: S324


@pytest.mark.usefixtures("from_delivered", "served")
def test_a_film_that_was_made_is_listed_as_its_order_has_it(showcase: Showcase) -> None:
    assert showcase("pull", "--to", "down").code == 0
    (manifest,) = showcase.folder.glob("down/*/*/package.json")
    order = etree.parse(manifest.parent / "metadata" / "c2.xml")
    done = showcase("export", "--table", "series-episodes", "-o", "order.xlsx")
    assert done.code == 0, done.err
    book = openpyxl.load_workbook(showcase.folder / "order.xlsx")
    heads, episodes, pictures = (list(sheet.iter_rows(values_only=True)) for sheet in book.worksheets)

    def cell(rows: list[tuple[object, ...]], heading: str) -> object:
        return rows[1][rows[0].index(heading)]

    def codes(kind: str) -> list[str]:
        return [str(code) for code in order.xpath(f"Objects/Object[@ElementType='{kind}']/@Code")]

    assert codes("Program") == [cell(heads, "节目代码")] == [cell(episodes, "子集代码")]
    assert cell(pictures, "图片代码") in codes("Picture")
    address = str(cell(episodes, "文件地址"))
    stream = manifest.parent / Path(*address.split("/")[3:])
    assert cell(episodes, "文件MD5") == hashlib.md5(stream.read_bytes()).hexdigest()  # noqa: S324
    assert cell(episodes, "文件大小") == str(stream.stat().st_size)
