"""An order made by hand is held to every rule, each violation with its row's place."""

from __future__ import annotations

from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from pipeline.errors import InLanguages, InputError
from pipeline.exchange.running_order import order_table
from pipeline.exchange.running_order.holding import Held, OrderRow, held
from pipeline.exchange.running_order.laying import lay
from pipeline.model.running_order import Film, RunningOrder, Standing
from pipeline.model.slots import Slots
from pipeline.report import order_sheet
from pipeline.report.order_words import OrderWords
from tests.programmes import WORDS
from tests.running_orders import EVENING, at, evenings, film, left, licence, rows, shown, slots, written

A, B, C = "653200", "650100", "654000"


def said(made: Held) -> list[tuple[str | None, str, int | None]]:
    return [(item.where, item.why.reason.value, item.why.seconds) for item in made.violations]


def one(told: list[str], films: list[Film], said_of: Slots | None = None) -> list[tuple[str | None, str, int | None]]:
    return said(held(rows(*told), said_of or slots(), films))


def test_an_order_that_holds_is_the_order_of_its_rows() -> None:
    made = held(rows(f"02 19:30 {A}/a", f"01 19:30 {B}/b"), slots(), [film(f"{A}/a"), film(f"{B}/b")])
    assert said(made) == []
    assert shown(made.order) == [f"01 19:30 {B}/b 1", f"02 19:30 {A}/a 1"]
    assert [item.day.day for item in made.order.empty] == [3]


@pytest.mark.parametrize(
    ("more", "reason", "seconds"),
    [
        ({"minutes": 30.5}, "too_long", 30),
        ({"standing": Standing.WITHDRAWN}, "withdrawn", None),
        ({"standing": Standing.NOT_TAKEN_OVER}, "not_taken_over", None),
        ({"licence": licence("2027-07-02", "2027-08-01")}, "licence", None),
        ({"licence": licence("2026-07-02", "2027-06-30")}, "licence", None),
        ({"languages": ("kaz",)}, "language", None),
        ({"column": "law"}, "column", None),
    ],
)
def test_a_film_that_does_not_fit_is_named(more: dict[str, object], reason: str, seconds: int | None) -> None:
    row = {**EVENING, "columns": ["showcase"], "language": "zho"}
    broken = film(f"{A}/a", **more)  # type: ignore[arg-type]
    assert one([f"01 19:30 {A}/a"], [broken], slots(row)) == [("o.csv:2", reason, seconds)]
    assert one([f"01 19:30 {A}/a"], [film(f"{A}/a")], slots(row)) == []


def test_moments_are_those_of_slots() -> None:
    films = [film(f"{A}/a"), film(f"{B}/b")]
    assert one([f"01 20:00 {A}/a"], films) == [("o.csv:2", "no_slot", None)]
    assert one([f"01 19:35 {A}/a"], films) == [("o.csv:2", "off_start", None)]
    assert one([f"01 19:30 {A}/a", f"01 19:30 {B}/b"], films) == [("o.csv:3", "slot_taken", None)]
    assert one([f"01 19:30 {A}/x"], films) == [("o.csv:2", "unknown", None)]


def test_films_of_one_slot_keep_the_gap_between_them() -> None:
    films, rules = [film(f"{A}/a", 10), film(f"{B}/b", 10)], slots(share=True, gap_s=60)
    assert one([f"01 19:30 {A}/a", f"01 19:40 {B}/b"], films, rules) == [("o.csv:3", "gap", 60)]
    assert one([f"01 19:30 {A}/a", f"01 19:41 {B}/b"], films, rules) == []
    repeats = slots(share=True, repeats=[{"times": 1, "after_hours": 1}])
    assert one([f"01 19:30 {A}/a", f"01 19:45 {A}/a"], films, repeats) == [
        ("o.csv:3", "same_slot", None),
        ("o.csv:3", "soon", None),
    ]


def test_repeats_are_counted_and_their_distance_is_kept() -> None:
    films, told = [film(f"{A}/a")], [f"01 19:30 {A}/a", f"02 19:30 {A}/a", f"03 19:30 {A}/a"]
    assert one(told[:2], films) == [("o.csv:3", "often", None)]
    once = slots(repeats=[{"times": 1, "after_days": 1}])
    assert one(told[:2], films, once) == []
    assert one(told, films, once) == [("o.csv:4", "often", None)]
    late = slots(repeats=[{"times": 2, "after_hours": 25}])
    assert one(told, films, late) == [("o.csv:3", "soon", None), ("o.csv:4", "soon", None)]


def test_pinned_films_are_in_their_slots() -> None:
    rules = slots(pinned=[{"film": f"{A}/a", "slot": "evening", "date": "2027-07-02"}])
    films = [film(f"{A}/a"), film(f"{B}/b")]
    assert one([f"01 19:30 {A}/a", f"02 19:30 {B}/b"], films, rules) == [(None, "not_pinned", None)]
    assert one([f"02 19:30 {A}/a", f"01 19:30 {B}/b"], films, rules) == []


def test_what_no_row_has_is_left_out_by_name() -> None:
    films = [film(f"{A}/a"), film(f"{B}/b"), film(f"{C}/c", 45), film(f"{C}/d", standing=Standing.WITHDRAWN)]
    made = held(rows(f"01 19:30 {A}/a"), slots(), films)
    assert left(made.order) == {f"{B}/b": "not_listed", f"{C}/c": "too_long", f"{C}/d": "withdrawn"}


def test_the_turn_of_prefectures_and_columns_is_told_and_allowed() -> None:
    films = [film(f"{A}/a"), film(f"{A}/b"), film(f"{B}/c"), film(f"{B}/d", column="law")]
    rules = slots(evenings(4), columns=["showcase", "law"])
    told = [f"01 19:30 {A}/a", f"02 19:30 {A}/b", f"03 19:30 {B}/d", f"04 19:30 {B}/c"]
    made = held(rows(*told), rules, films)
    assert said(made) == []
    assert [(item.where, item.why.reason.value, str(item.other)) for item in made.hints] == [
        ("o.csv:3", "in_a_row", f"{B}/c"),
        ("o.csv:4", "column_order", f"{B}/c"),
    ]
    laid = lay(rules, films)
    assert held([OrderRow("x", item.start, item.ref) for item in laid.showings], rules, films).hints == ()


def written_order(path: Path, language: str) -> tuple[Slots, list[Film], RunningOrder]:
    films = [
        film(f"{A}/a", title={"zh": "=1+1", "en": "@SUM(A1)"}),
        film(f"{A}/b", 9.5, title={"zh": "\u202e<b>反</b>"}),
        film(f"{B}/{B}-c", 11),
        film(f"{C}/long", 45),
    ]
    late = {"name": "late", "dates": ["2027-07-31"], "start": "23:50", "minutes": 40}
    rules = slots(evenings(3), late, share=True, gap_s=30, repeats=[{"times": 1, "after_days": 20}])
    order = lay(rules, films)
    words = OrderWords("zh" if language == "zh" else "en", WORDS.columns)
    path.write_bytes(order_sheet.workbook(order, words, at("2027-06-30 12:00")))
    return rules, films, order


@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_written_workbook_is_read_back_as_the_same_order(language: str, tmp_path: Path) -> None:
    path = tmp_path / "order.xlsx"
    rules, films, order = written_order(path, language)
    assert [item for item in order.showings if item.start > at("2027-08-01 00:00")]
    table = order_table.read(path)
    made = held(table.rows, rules, films)
    assert (table.problems, made.violations, made.hints) == ((), (), ())
    assert made.order == order


def test_no_cell_of_a_workbook_is_a_formula(tmp_path: Path) -> None:
    written_order(tmp_path / "order.xlsx", "en")
    cells = [
        cell
        for sheet in openpyxl.load_workbook(tmp_path / "order.xlsx").worksheets
        for row in sheet.iter_rows()
        for cell in row
        if cell.value is not None
    ]
    assert {cell.data_type for cell in cells} == {"s"}
    assert "@SUM(A1)" in [cell.value for cell in cells]
    assert not any("\u202e" in str(cell.value) for cell in cells)


def test_a_table_of_a_spreadsheet_is_read_as_people_write_it(tmp_path: Path) -> None:
    text = (
        "播出单,,\n日期,时间,编号\n2027/7/1,19：30,653200-a\n2027年7月2日,19:30:00,乌鲁木齐/b\n,,\n2027-07-03,19:30,\n"
    )
    table = order_table.read(written(tmp_path / "o.csv", text))
    assert table.problems == ()
    assert [(row.where.rpartition(":")[2], row.start, str(row.ref)) for row in table.rows] == [
        ("3", at("2027-07-01 19:30"), "653200/653200-a"),
        ("4", at("2027-07-02 19:30"), "650100/b"),
    ]


def test_a_workbook_s_own_dates_and_times_are_read(tmp_path: Path) -> None:
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in (
        ["日期", "开始", "编号"],
        [date(2027, 7, 1), time(19, 30), "653200-a"],
        [datetime(2027, 7, 2), timedelta(hours=19, minutes=30, seconds=30), "653200-b"],
        ["=TODAY()", "19:30", "653200-c"],
    ):
        sheet.append(row)
    book.save(tmp_path / "o.xlsx")
    table = order_table.read(tmp_path / "o.xlsx")
    assert [row.start for row in table.rows] == [at("2027-07-01 19:30"), at("2027-07-02 19:30:30")]
    assert [(item.where.partition("xlsx:")[2], item.kind) for item in table.problems] == [("4:1", "order_cell_day")]


def test_cells_that_say_nothing_are_named_by_their_places(tmp_path: Path) -> None:
    text = "date,start,id\n2027-02-30,25:00,doctor\n,19:30,653200-a\n2027-07-01,19:30,653200-b\n"
    path = written(tmp_path / "o.csv", text)
    table = order_table.read(path)
    assert [(item.where.removeprefix(f"{path}:"), item.kind) for item in table.problems] == [
        *(("2:1", "order_cell_day"), ("2:2", "order_cell_start"), ("2:3", "order_cell_id")),
        ("3", "order_cell_empty"),
    ]
    assert [str(row.ref) for row in table.rows] == ["653200/653200-b"]


def test_a_table_without_its_columns_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InputError) as refused:
        order_table.read(written(tmp_path / "o.csv", "日期,编号\n2027-07-01,653200-a\n"))
    assert (refused.value.key, refused.value.values["heading"]) == (
        "order_lacks_column",
        InLanguages("开始", "start"),
    )
    with pytest.raises(InputError) as refused:
        order_table.read(written(tmp_path / "o.csv", "日期,date,开始,编号\n1,2,3,4\n"))
    assert refused.value.key == "table_headings_same"
