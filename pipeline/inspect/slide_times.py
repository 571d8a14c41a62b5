"""When pages turn: a table with a line a turn, or the times that a PPTX was recorded with."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from pathlib import Path

from pipeline import durable, regular, tables, workbook
from pipeline.documents import kinds, pptx, structure
from pipeline.documents.kinds import Container
from pipeline.errors import InputError, Refused
from pipeline.media.timecode import Clock
from pipeline.model.deck import MOST_TURNS, SlideTimes, Turn, Wrong, WrongTime
from pipeline.model.document import DocumentKind
from pipeline.tables import RemarkCallback, Row

# what each column is called; the first two are what tables of ours write
HEADINGS = {
    "page": ("页", "page", "页码", "幻灯片", "slide"),
    "start": ("开始", "start", "开始时间", "时间", "time"),
    "title": ("标题", "title", "名称"),
}
_CLOCK = Clock()  # sound has no pictures: those of the film that it becomes
_PAGE = re.compile(r"第?(\d{1,6})页?")
_LABEL = re.compile(r"\d{2}:[0-5]\d:[0-5]\d[:;]\d{2}")
_TIME = re.compile(r"(?:(\d{1,2}):)?([0-5]?\d):([0-5]\d(?:\.\d{1,6})?)")
_NUMBER = re.compile(r"\d+(\.\d+)? ?(秒钟?|s|sec|seconds?|分钟?|min|minutes?|)", re.IGNORECASE)
_ZERO = re.compile(r"0+(?:\.0+)?\D*")  # a number that is as many minutes as seconds
_TABLES = ("document_xls", kinds.TEXT)  # what a table is to those who expect a document
# what another table is refused for is said of this one in its own words
_NO_TABLE = {
    "table_empty": Wrong.NO_TURNS,
    "table_no_rows": Wrong.NO_TURNS,
    "workbook_empty": Wrong.NO_TURNS,
    "table_no_headings": Wrong.NO_HEADINGS,
    "table_heading_twice": Wrong.HEADING_TWICE,
    "table_encoding": Wrong.ENCODING,
    "table_nul": Wrong.ENCODING,
    "table_syntax": Wrong.SYNTAX,
    "table_too_large": Wrong.TOO_LARGE,
    "workbook_too_large": Wrong.TOO_LARGE,
    "workbook_damaged": Wrong.WORKBOOK,
    "workbook_unreadable": Wrong.WORKBOOK,
    "workbook_is_text": Wrong.WORKBOOK,
    "workbook_old": Wrong.WORKBOOK_OLD,
    "workbook_locked": Wrong.WORKBOOK_LOCKED,
}
_AT_LINE = (Wrong.SYNTAX, Wrong.ENCODING, Wrong.HEADING_TWICE)
_SHOWN = ("found", "heading")  # values of such errors that name what stands there


def read(path: Path, remark: RemarkCallback = tables.silent) -> SlideTimes:
    """The turns in a CSV, XLSX or PPTX, and every line that is none.

    Args:
        remark: as `tables.read` has it.

    Raises:
        InputError: no such file, or no regular one. Refused: a PPTX that can't be read.
        EnvironmentFault: as `documents.pptx` says.
    """
    sha256 = durable.digest(path)
    if _is_pptx(path):
        return _of_slides(pptx.slides(path), sha256)
    other_sheets: list[str] = []

    def noting(key: str, /, **values: object) -> None:
        if key == "table_sheet_too":
            other_sheets.append(str(values["sheet"]))
        remark(key, **values)

    try:
        table = tables.read(path, is_heading, noting)
    except InputError as error:
        if error.key not in _NO_TABLE:
            raise
        return SlideTimes(sha256=sha256, form="table", turns=(), wrong=(_no_table(error),))
    missing = [names[0] for field, names in HEADINGS.items() if field != "title" and not _has(field, table.headings)]
    if missing:
        line = next(iter(table.headings.values())).line
        wrong = tuple(WrongTime(why=Wrong.COLUMN, line=line, text=name) for name in missing)
        return SlideTimes(sha256=sha256, form="table", turns=(), wrong=wrong)
    turns: list[Turn] = []
    wrong_lines = [WrongTime(why=Wrong.SECOND_SHEET, text=name) for name in other_sheets]
    wrong_lines += _two_of_one(table.headings)
    for row in table.rows:
        found = _turn(row)
        if isinstance(found, Turn) and row.line in table.hidden_lines:
            wrong_lines.append(WrongTime(why=Wrong.HIDDEN, line=row.line))
        elif isinstance(found, Turn):
            turns.append(found)
        elif found is not None:
            wrong_lines.append(found)
    if len(turns) > MOST_TURNS:
        wrong_lines.append(WrongTime(why=Wrong.TOO_MANY, line=turns[MOST_TURNS].line, text=str(len(turns))))
    return SlideTimes(sha256=sha256, form="table", turns=tuple(turns[:MOST_TURNS]), wrong=tuple(wrong_lines))


def is_heading(text: str) -> bool:
    """Whether it is what a column of ours is called."""
    return _field_of(text) is not None


def seconds_of(text: str) -> float | None:
    """A time as people write it: HH:MM:SS:FF at 25 pictures a second as notes have it, or (HH:)MM:SS with parts.

    None where it is none: a number alone may be seconds, minutes, or what is left of a spreadsheet's time; but 0 is 0
    in each of them.
    """
    plain = _plain(text)
    if _LABEL.fullmatch(plain):
        return _CLOCK.seconds_from_zero(plain)
    if _NUMBER.fullmatch(plain) and _ZERO.fullmatch(plain):
        return 0.0
    match = _TIME.fullmatch(plain)
    if match is None:
        return None
    return (int(match[1] or 0) * 60 + int(match[2])) * 60 + float(match[3])


def _no_table(error: InputError) -> WrongTime:
    """Why a table can't be read, with the line where it is one's."""
    why = _NO_TABLE[error.key]
    text = next((str(error.values[name]) for name in _SHOWN if name in error.values), "")
    line = (error.where or "").rpartition(":")[2]
    return WrongTime(why=why, line=int(line) if line.isdecimal() and why in _AT_LINE else None, text=text)


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip()


def _field_of(heading: str) -> str | None:
    plain = re.sub(r"\([^)]*\)|[\s*:]", "", unicodedata.normalize("NFKC", heading).casefold())
    return next((field for field, names in HEADINGS.items() if plain in names), None)


def _has(field: str, headings: dict[str, tables.Cell]) -> bool:
    return any(_field_of(heading) == field for heading in headings)


def _two_of_one(headings: dict[str, tables.Cell]) -> Iterator[WrongTime]:
    """Columns of which only the first would be read, though both are called so: a start, and a time that may be a
    length."""
    for field in HEADINGS:
        names = [heading for heading in headings if _field_of(heading) == field]
        if len(names) > 1:
            yield WrongTime(why=Wrong.HEADING_TWICE, line=headings[names[0]].line, text=", ".join(names))


def _text(row: Row, field: str) -> str:
    return next((cell.text for heading, cell in row.cells.items() if _field_of(heading) == field), "")


def _turn(row: Row) -> Turn | WrongTime | None:
    """A line's turn; None where it holds neither page nor time."""
    page, start = _text(row, "page"), _text(row, "start")
    if not page and not start:
        return None
    number = _PAGE.fullmatch(_plain(page))
    if number is None:
        return WrongTime(why=Wrong.PAGE, line=row.line, text=page)
    seconds = seconds_of(start)
    if seconds is None:
        why = Wrong.NUMBER if _NUMBER.fullmatch(_plain(start)) else Wrong.TIME
        return WrongTime(why=why, line=row.line, text=start)
    return Turn(page=int(number[1]), start_s=seconds, title=_text(row, "title"), line=row.line)


def _is_pptx(path: Path) -> bool:
    """Whether it is one by what is in it; of one that can't be read by its name.

    Raises:
        Refused: it is called so, and is none that can be read.
    """
    if workbook.is_named_so(path.name):
        return False
    is_named_so = path.suffix.casefold() in (".pptx", ".ppsx", ".pptm")
    with regular.opened(path) as handle:
        is_zip = kinds.begins_as(handle.read(kinds.HEAD_BYTES)) is Container.ZIP
    if not (is_named_so or is_zip):
        return False
    try:
        return structure.examine(path).kind is DocumentKind.PPTX
    except Refused as refused:
        if is_named_so and refused.reason not in _TABLES:
            raise
        return False


def _of_slides(slides: tuple[pptx.PptxSlide, ...], sha256: str) -> SlideTimes:
    """A page for each slide that is not hidden, as PowerPoint's own PDF has them unless it was told otherwise."""
    shown = [(number, slide) for number, slide in enumerate(slides, start=1) if not slide.hidden]
    turns, wrong = [], []
    start_s = 0.0
    for page, (number, slide) in enumerate(shown, start=1):
        turns.append(Turn(page=page, start_s=round(start_s, 3), title=slide.title, line=number))
        if slide.shown_s is None and page < len(shown):
            wrong.append(WrongTime(why=Wrong.UNTIMED, line=number))
        start_s += slide.shown_s or 0.0
    if all(slide.shown_s is None for _, slide in shown) and wrong:
        wrong = [WrongTime(why=Wrong.NONE_TIMED)]
    told = () if wrong else tuple(turns)
    return SlideTimes(sha256=sha256, form="pptx", turns=told, wrong=tuple(wrong), slides=len(slides))
