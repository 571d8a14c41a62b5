"""A running order as one page that needs no line: days as headings, what got no place behind them."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from itertools import groupby
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.model.china_time import CHINA
from pipeline.model.running_order import RunningOrder, Showing
from pipeline.model.slots import SlotTime
from pipeline.report import order_words
from pipeline.report.order_words import OrderWords


def page(order: RunningOrder, words: OrderWords, at: datetime, gone: Collection[Showing] = ()) -> bytes:
    """The page; what people wrote is text there, never markup.

    Args:
        at: when it was looked at: the reasons of what is left out are those of that moment.
        gone: showings whose film was withdrawn before they were over.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["word"] = words.word
    days = [
        (words.day(day), [_row(item, words, gone) for item in items])
        for day, items in groupby(order.in_time, key=lambda item: item.start.astimezone(CHINA).date())
    ]
    name = order.slots.name
    made = environment.get_template("order.html.j2").render(
        language=words.language,
        name=words.title(name),
        number=order.number,
        summary=words.word(
            "sum",
            count=len(order.showings),
            left_out=len({item.ref for item in order.absent}),
            empty=len(order.empty),
        ),
        at=order_words.moment(at),
        days=days,
        left_out=[
            {
                "id": item.ref.typed,
                "title": words.title(item.title),
                "prefecture": words.prefecture(item.prefecture),
                "why": words.left_out(item),
            }
            for item in order.left_out
        ],
    )
    return made.encode("utf-8")


def _row(item: Showing | SlotTime, words: OrderWords, gone: Collection[Showing]) -> dict[str, str]:
    times = f"{order_words.clock(item.start)}–{order_words.clock(item.end)}"
    if isinstance(item, SlotTime):
        return {"kind": "empty", "times": times, "slot": item.name}
    return {
        "kind": "film",
        "times": times,
        "slot": item.slot.name,
        "id": item.ref.typed,
        "title": words.title(item.title),
        "prefecture": words.prefecture(item.prefecture),
        "column": words.column(item.column),
        "language": words.spoken(item.language),
        "length": order_words.length(item),
        "showing": words.showing(item.number, is_gone=item in gone),
    }
