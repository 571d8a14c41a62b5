"""A branch's table: what its file may say, and what becomes of films and courses in it."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import date
from pathlib import Path

import openpyxl
import pytest

from pipeline import catalogue, shipped, tables, yamlio
from pipeline.errors import InputError
from pipeline.model.branch_table import BranchTable
from pipeline.model.programme import Programme
from pipeline.package.branch_table import files, filling, reading, rows
from pipeline.package.branch_table.filling import FilledTable
from pipeline.package.branch_table.rows import ListedProgramme
from pipeline.package.metadata import c2_codes, c2_dialects, values
from pipeline.workbook import LAST_LINE
from tests.listed_programmes import READY, course, film, heard

PROFILES = [shipped.folder("profiles")]
SHIPPED = ("catalogue", "one-sheet", "series-episodes")


def of(text: str) -> BranchTable:
    return reading.read(yamlio.parse(text, name="profiles/tables/own.yaml"))


def one(*columns: str, kind: str = "episode", head: str = "", sheet: str = "") -> BranchTable:
    listed = "".join(f"      - {column}\n" for column in columns)
    first = f"schema_version: 1\nname: own\n{head}sheets:\n  - name: s\n    title: 片单\n"
    return of(f"{first}    rows: {kind}\n{sheet}    columns:\n{listed}")


def cells(table: FilledTable, number: int = 0) -> list[dict[str, object]]:
    made = table.sheets[number]
    return [{column.name: cell for column, cell in zip(made.columns, row, strict=True)} for row in made.rows]


def values_of(column: str, *programmes: ListedProgramme, kind: str = "episode", head: str = "") -> list[object]:
    made = filling.fill(one(column, kind=kind, head=head), programmes or (film(),))
    assert made.faults == ()
    return [row[0] for row in made.sheets[0].rows]


@pytest.mark.parametrize("name", SHIPPED)
def test_a_shipped_table_takes_films_and_courses(name: str) -> None:
    made = filling.fill(reading.table(name, PROFILES), [film(), course()])
    assert made.faults == ()
    book = openpyxl.load_workbook(io.BytesIO(files.contents(made, Path("t.xlsx"))[0][1]))
    for sheet in book.worksheets:
        titles = [cell.value for cell in sheet[1]]
        assert len(set(titles)) == len(titles)
        assert sheet.max_row > 2
        for row in sheet.iter_rows(min_row=2):
            assert all(cell.data_type in ("s", "n", "d") for cell in row), name
            assert all(cell.data_type == "s" for cell in row if cell.value is not None) or name == "catalogue"


def test_sheets_are_joined_by_their_numbers() -> None:
    made = filling.fill(reading.table("series-episodes", PROFILES), [film(), course()])
    heads, episodes, pictures = (cells(made, number) for number in range(3))
    assert [(row["序号"], row["节目名称"], row["集数"]) for row in heads] == [
        ("1", "棉花栽培", "2"),
        ("2", "我们的村医", "1"),
    ]
    assert [(row["剧头序号"], row["子集名称"], row["集号"]) for row in episodes] == [
        ("1", "播种", "1"),
        ("1", "管理", "2"),
        ("2", "我们的村医", "1"),
    ]
    assert [(row["剧头序号"], row["图片类型"]) for row in pictures] == [("1", "2"), ("1", "2"), ("2", "1"), ("2", "2")]


def test_codes_are_those_of_the_c2_order() -> None:
    made = filling.fill(reading.table("series-episodes", PROFILES), [film(), course()])
    told = course().programme
    heads, episodes = cells(made, 0), cells(made, 1)
    assert heads[0]["节目代码"] == c2_codes.series(told)
    assert episodes[0]["子集代码"] == c2_codes.program(told, told.parts[0])
    assert heads[1]["节目代码"] == episodes[2]["子集代码"]


def test_the_order_of_rows_is_not_that_of_the_packages() -> None:
    table = reading.table("catalogue", PROFILES)
    assert filling.fill(table, [film(), course()]) == filling.fill(table, [course(), film()])


FORMS = [
    ("{name: x, from: duration, format: seconds}", "24"),
    ("{name: x, from: duration, format: minutes}", "1"),
    ("{name: x, from: duration, format: HHMMSS00}", "00002400"),
    ("{name: x, from: duration, format: 'HH:MM:SS'}", "00:00:24"),
    ("{name: x, from: duration, format: frames}", "600"),
    ("{name: x, from: licence_from, format: '%Y%m%d000000'}", "20260701000000"),
    ("{name: x, from: cast, separator: '|'}", "甲|乙"),
    ("{name: x, from: writers, otherwise: 佚名}", "佚名"),
    ("{name: x, text: TS-CBR}", "TS-CBR"),
    ("{name: x, from: director}", "=张三"),
    ("{name: x, template: '{synopsis} 来源：{prefecture_name}'}", "和田农村医生的一天。 来源：和田地区"),
    ("{name: x, template: '{organisation}{rating}'}", None),
    ("{name: x, template: '{initials}{part_number:03}{stream_suffix}'}", "wmdcy001"),
    ("{name: x, template: '{duration:minutes} 分'}", "1 分"),
    ("{name: x, from: stream_profile}", "iptv-hd"),
    ("{name: x, from: stream_profile, profile: iptv-sd}", "iptv-sd"),
    ("{name: x, from: stream_profile, profile: iptv-uhd}", None),
    ("{name: x, from: picture_type}", "1"),
    ("{name: x, from: picture_type, picture: landscape}", "2"),
    ("{name: x, from: part_number, cell: number}", 1),
    ("{name: x, from: stream_frame_rate, cell: number}", 25),
    ("{name: x, from: air_date, cell: date}", date(2026, 7, 1)),
    ("{name: x, from: produced, cell: date}", None),
    ("{name: x, from: ready_at, cell: date}", READY),
    ("{name: x, absent: true}", None),
    ("{name: x, from: synopsis, most: 6, cut: true}", "和田农村医…"),
]


@pytest.mark.parametrize(("column", "cell"), FORMS)
def test_a_cell_is_as_its_column_says(column: str, cell: object) -> None:
    assert values_of(column) == [cell]


def test_a_series_length_is_that_of_its_lessons() -> None:
    column = "{name: x, from: duration, format: seconds}"
    assert values_of(column, film(), course(), kind="series") == ["48"]
    assert values_of(column, film(), course(), kind="programme") == ["48", "24"]


def test_hd_and_sd_are_two_episodes_where_the_branch_has_it_so() -> None:
    sd = film().programme
    small = sd.parts[0].streams[1].model_copy(update={"height": 576, "width": 720})
    part = sd.parts[0].model_copy(update={"streams": (sd.parts[0].streams[0], small)})
    told = ListedProgramme(sd.model_copy(update={"parts": (part,)}), "a" * 16, READY)
    columns = ("{name: x, from: code}", "{name: y, from: stream_profile}")
    made = cells(filling.fill(one(*columns, head="definitions: programs\n"), [told]))
    assert [row["y"] for row in made] == ["iptv-hd", "iptv-sd"]
    assert len({row["x"] for row in made}) == 2
    assert len(cells(filling.fill(one(*columns), [told]))) == 1


def test_addresses_are_by_template_and_pictures_by_kind() -> None:
    head = (
        "addresses:\n"
        "  stream: 'ftp://cdn.example/{initials}{part_number:02}.ts'\n"
        "  picture: '/p/{code}_{picture_type}.jpg'\n"
        "pictures:\n"
        "  - {name: a, shape: portrait, type: '0'}\n"
        "  - {name: b, shape: landscape, type: '10'}\n"
        "  - {name: c, type: '12'}\n"
    )
    assert values_of("{name: x, from: stream_address, profile: iptv-sd}", head=head) == ["ftp://cdn.example/wmdcy01.ts"]
    found = values_of("{name: x, from: picture_address}", kind="picture", head=head)
    assert [str(item).partition("_")[2] for item in found] == ["0.jpg", "10.jpg", "12.jpg"]
    assert values_of("{name: x, from: stream_address, profile: iptv-hd}") == [
        f"653200/653200-cunyi/{'a' * 16}/x/iptv-hd"
    ]


def test_two_files_of_one_address_are_told() -> None:
    table = one("{name: x, from: stream_address}", kind="stream", head="addresses: {stream: 'ftp://cdn/{id}.ts'}\n")
    (fault,) = filling.fill(table, [film()]).faults
    assert (fault.kind, fault.text) == ("address", "ftp://cdn/653200-cunyi.ts")
    assert fault.other == "653200/653200-cunyi x/iptv-hd"


def test_what_is_missing_long_or_no_number_is_told_with_its_place() -> None:
    table = one(
        "{name: 分级, from: rating, required: true}",
        "{name: 简介, from: synopsis, most: 5}",
        "{name: 名, from: title, cell: number}",
    )
    made = filling.fill(table, [film()])
    assert [(fault.sheet, fault.heading, fault.kind, fault.source) for fault in made.faults] == [
        ("片单", "分级", "missing", "rating"),
        ("片单", "简介", "long", "synopsis"),
        ("片单", "名", "number", "title"),
    ]
    assert made.faults[0].title == "我们的村医"


def test_md5_is_asked_for_where_a_column_takes_it_and_once_a_file() -> None:
    column = "{name: x, template: '{stream_md5}-{stream_md5}'}"
    made = filling.fill(one(column, "{name: y, from: stream_md5}"), [film()])
    assert [file.path for file in made.digests] == ["x/iptv-hd"]
    digest = made.digests[0].sha256
    again = filling.fill(one("{name: y, from: stream_md5}"), [film()], {digest: "d" * 32}.get)
    assert again.sheets[0].rows == (("d" * 32,),)
    assert filling.fill(reading.table("catalogue", PROFILES), [film()]).digests == ()
    told = film().programme
    streams = tuple(stream.model_copy(update={"md5": "e" * 32}) for stream in told.parts[0].streams)
    kept = told.model_copy(update={"parts": (told.parts[0].model_copy(update={"streams": streams}),)})
    known = filling.fill(one("{name: y, from: stream_md5}"), [ListedProgramme(kept, "a" * 16)])
    assert (known.digests, known.sheets[0].rows) == ((), (("e" * 32,),))


def test_what_has_no_stream_stands_in_no_sheet() -> None:
    made = filling.fill(reading.table("series-episodes", PROFILES), [heard(), film()])
    assert [item.package_id for item in made.without_streams] == ["c" * 16]
    assert [row["节目名称"] for row in cells(made)] == ["我们的村医"]


def test_headings_may_have_several_rows_or_none_and_an_order() -> None:
    columns = ("{name: a, written: seriesName, under: [剧头名称], from: title}", "{name: b, written: id, absent: true}")
    table = one(*columns, sheet="    order: [b]\n")
    (path, raw), *_ = files.contents(filling.fill(table, [film()]), Path("t.csv"))
    assert list(csv.reader(io.StringIO(raw.decode("utf-8-sig")))) == [
        ["id", "seriesName"],
        ["", "剧头名称"],
        ["", "我们的村医"],
    ]
    bare = filling.fill(one(*columns, sheet="    headed: false\n"), [film()])
    assert list(csv.reader(io.StringIO(files.contents(bare, path)[0][1].decode("utf-8-sig")))) == [["我们的村医", ""]]


def test_a_csv_holds_one_sheet_and_runs_nothing(tmp_path: Path) -> None:
    made = filling.fill(reading.table("series-episodes", PROFILES), [film()])
    found = files.contents(made, tmp_path / "单.csv")
    assert [path.name for path, _ in found] == ["单-剧头.csv", "单-子集.csv", "单-图片.csv"]
    assert found[0][1].startswith(b"\xef\xbb\xbf")
    assert ",'=张三," in found[0][1].decode("utf-8-sig")
    with pytest.raises(InputError, match="export_kind"):
        files.names(["a"], Path("t.xls"))


def test_more_rows_than_a_sheet_has_lines_are_refused() -> None:
    made = filling.fill(one("{name: a, from: title}"), [film()])
    sheet = replace(made.sheets[0], rows=made.sheets[0].rows * LAST_LINE)
    with pytest.raises(InputError, match="export_long"):
        files.contents(replace(made, sheets=(sheet,)), Path("t.xlsx"))


def test_our_own_reader_takes_the_workbook(tmp_path: Path) -> None:
    made = filling.fill(reading.table("one-sheet", PROFILES), [film(), course()])
    path = tmp_path / "t.xlsx"
    path.write_bytes(files.contents(made, path)[0][1])
    read = tables.read(path, lambda heading: heading in ("节目名称", "导演"))
    assert [row.cells["节目名称"].text for row in read.rows] == ["播种", "管理", "我们的村医"]
    assert [row.cells["导演"].text for row in read.rows] == ["佚名", "佚名", "=张三"]


def test_a_workspaces_own_table_says_what_differs(tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    own = (
        "extends: series-episodes\nname: branch\nsheets:\n"
        "  - {name: pictures, drop: true}\n"
        "  - name: series\n    title: 剧集\n    columns:\n      - {name: 时长, written: 分, format: seconds}\n"
        "      - {name: 剧头ID, absent: true}\n"
    )
    (tmp_path / "tables" / "branch.yaml").write_text(own)
    table = reading.table("branch", [tmp_path, *PROFILES])
    assert [sheet.title for sheet in table.sheets] == ["剧集", "子集"]
    made = filling.fill(table, [film()])
    assert "分" in made.sheets[0].headings[0]
    assert made.sheets[0].headings[0][-1] == "剧头ID"
    assert (cells(made)[0]["时长"], cells(made)[0]["剧头ID"]) == ("24", None)


HEAD = "schema_version: 1\nname: own\n"
SHEET = "sheets:\n  - name: s\n    title: {title}\n    rows: {rows}\n    columns:\n      - {column}\n"


def wrong(column: str = "{name: a, from: title}", title: str = "片单", rows: str = "episode", head: str = "") -> str:
    return HEAD + head + SHEET.replace("{title}", title).replace("{rows}", rows).replace("{column}", column)


WRONG = {
    "no such value": (wrong("{name: a, from: colour}"), "value_unknown", "own.yaml:8:19"),
    "a stream's value in a series": (wrong("{name: a, from: stream_md5}", rows="series"), "value_unknown", ":8:19"),
    "no sheet that gives the number": (wrong("{name: a, from: series_number}"), "value_unknown", ":8:19"),
    "no such length": (wrong("{name: a, from: duration, format: hours}"), "value_unknown", ":8:"),
    "no such length in a text": (wrong("{name: a, template: '{duration:hours}'}"), "value_unknown", ":8:"),
    "a form of a text": (wrong("{name: a, template: '{title:hours}'}"), "form_unknown", ":8:"),
    "no such value in a text": (wrong("{name: a, template: '{colour}'}"), "value_unknown", ":8:"),
    "half a brace": (wrong("{name: a, template: '{title'}"), "template_braces", ":8:"),
    "a date of none": (wrong("{name: a, from: title, cell: date}"), "cell_no_date", ":8:"),
    "two contents": (wrong("{name: a, from: title, template: x}"), "one_content", ":8:"),
    "an absent one that is filled": (wrong("{name: a, absent: true, required: true}"), "absent_filled", ":8:"),
    "no such picture": (wrong("{name: a, from: picture_md5, picture: round}"), "value_unknown", ":8:"),
    "a sheet's name too long": (wrong(title="长" * 32), "sheet_title", ":5:"),
    "a sheet's name with a sign": (wrong(title="'a/b'"), "sheet_title", ":5:"),
    "a name that Excel keeps": (wrong(title="History"), "sheet_title", ":5:"),
    "a password": (wrong(head="addresses: {stream: 'ftp://me:secret@h/{path}'}\n"), "address_login", ":3:"),
    "an address by a row": (wrong(head="addresses: {stream: 'ftp://h/{number}'}\n"), "value_unknown", ":3:"),
    "no such column": (wrong().replace("    columns", "    order: [b]\n    columns"), "value_unknown", ":7:"),
    "a sheet twice": (
        wrong()
        + SHEET.replace("sheets:\n", "")
        .replace("name: s", "name: t")
        .replace("{title}", "片单")
        .replace("{rows}", "series")
        .replace("{column}", "{name: a, from: title}"),
        "sheet_title_twice",
        ":10:5",
    ),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_file_is_told_with_its_place(name: str) -> None:
    text, kind, where = WRONG[name]
    with pytest.raises(InputError, match="yaml_invalid") as refused:
        of(text)
    problems = refused.value.values["problems"]
    assert kind in [problem.kind for problem in problems]  # type: ignore[attr-defined]
    assert where in str(refused.value.where)
    for language in catalogue.LANGUAGES:
        assert catalogue.say(language, f"problem.{kind}", value="", known="")


def test_every_value_that_can_be_named_has_a_name_in_both_languages() -> None:
    known = {"series_number", "episode_number", *values.STREAM, *values.PICTURE, *c2_dialects._OF_MAPPINGS}
    for names in (*rows.KNOWN.values(), *rows.ADDRESS_NAMES.values(), *c2_dialects._KNOWN.values()):
        known |= names
    for language in catalogue.LANGUAGES:
        assert [name for name in sorted(known) if f"text.value_{name}" not in catalogue.entries(language)] == []


@pytest.mark.parametrize("kind", rows.KNOWN)
def test_every_value_of_a_row_can_be_asked_for(kind: str) -> None:
    names = sorted(
        reading.known_names(
            one("{name: a, from: title}", kind=kind), one("{name: a, from: title}", kind=kind).sheets[0]
        )
    )
    table = one(*(f"{{name: {name}, from: {name}}}" for name in names), kind=kind)
    made = filling.fill(table, [film(), course()])
    assert len(made.sheets[0].rows) >= 1


def test_the_programme_here_is_one_that_is_read_back() -> None:
    told = film().programme
    assert Programme.model_validate_json(told.to_file()) == told
