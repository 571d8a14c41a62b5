"""A running order as a workbook: what `--from` reads back, empty slots in their places, and who got none beside it."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from pipeline import workbook_writing
from pipeline.exchange.running_order.order_table import HEADINGS
from pipeline.model.china_time import CHINA
from pipeline.model.running_order import RunningOrder, Showing
from pipeline.model.slots import SlotTime
from pipeline.report import order_words
from pipeline.report.order_words import OrderWords
from pipeline.workbook_writing import SheetColumn, SheetToWrite

# in the order of the columns, with their widths in letters
_COLUMNS = {
    "day": 12,
    "start": 10,
    "end": 10,
    "slot": 14,
    "id": 30,
    "title": 36,
    "prefecture": 14,
    "column": 18,
    "language": 12,
    "length": 10,
    "showing": 14,
}
_LEFT_OUT = {"film": 30, "film_title": 36, "film_prefecture": 14, "film_missing": 24, "film_why": 60}


def workbook(order: RunningOrder, words: OrderWords, at: datetime, gone: Collection[Showing] = ()) -> bytes:
    """The same bytes for the same order and moment; no cell is a formula, whatever a title begins with.

    Args:
        at: when it was looked at: the reasons of what is left out are those of that moment.
        gone: showings whose film was withdrawn before they were over.
    """
    language = 0 if words.language == "zh" else 1
    columns = [SheetColumn(width=width) for width in _COLUMNS.values()]
    sheets = [
        SheetToWrite(
            words.word("sheet"),
            [[HEADINGS[name][language] for name in _COLUMNS]],
            columns,
            [_row(item, words, gone) if isinstance(item, Showing) else _empty(item, words) for item in order.in_time],
        )
    ]
    if order.left_out:
        rows = [
            (
                item.ref.typed,
                words.title(item.title),
                words.prefecture(item.prefecture),
                words.missing(item),
                words.why(item.why),
            )
            for item in order.left_out
        ]
        headings = [words.word(name, at=order_words.moment(at)) for name in _LEFT_OUT]
        widths = [SheetColumn(width=width) for width in _LEFT_OUT.values()]
        sheets.append(SheetToWrite(words.word("sheet_left_out"), [headings], widths, rows))
    return workbook_writing.written(sheets)


def _row(item: Showing, words: OrderWords, gone: Collection[Showing]) -> list[str | None]:
    return [
        f"{item.start.astimezone(CHINA):%Y-%m-%d}",
        order_words.clock(item.start),
        order_words.clock(item.end),
        item.slot.name,
        item.ref.typed,
        words.title(item.title),
        words.prefecture(item.prefecture),
        words.column(item.column) or None,
        words.spoken(item.language) or None,
        order_words.length(item),
        words.showing(item.number, is_gone=item in gone),
    ]


def _empty(time: SlotTime, words: OrderWords) -> list[str | None]:
    told = {
        "day": f"{time.day:%Y-%m-%d}",
        "start": order_words.clock(time.start),
        "end": order_words.clock(time.end),
        "slot": time.name,
        "showing": words.word("empty"),
    }
    return [told.get(name) for name in _COLUMNS]
