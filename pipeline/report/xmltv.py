"""A running order as XMLTV (xmltv.dtd): what programme guides read. Times are China's, `+0800`."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from lxml import etree

from pipeline.model import languages
from pipeline.model.china_time import CHINA
from pipeline.model.reference import SubmissionRef
from pipeline.model.running_order import RunningOrder, Showing
from pipeline.model.text import printable
from pipeline.model.vocabulary import Vocabulary

_DOCTYPE = '<!DOCTYPE tv SYSTEM "xmltv.dtd">'
_TIME = "%Y%m%d%H%M%S %z"


def render(order: RunningOrder, columns: Vocabulary, gone: Collection[Showing] = ()) -> bytes:
    """One channel with every showing that is on air, in both languages where a film has them.

    Args:
        columns: names what a column is called.
        gone: showings whose film was withdrawn before they were over: no programme.
    """
    root = etree.Element("tv", {"generator-info-name": "showcase"})
    channel = etree.SubElement(root, "channel", id=order.slots.channel_id)
    _texts(channel, "display-name", order.slots.name.zh, order.slots.name.en)
    shown: set[SubmissionRef] = set()
    for item in order.showings:
        if item not in gone:
            _programme(root, item, order.slots.channel_id, columns, is_again=item.ref in shown)
            shown.add(item.ref)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8", doctype=_DOCTYPE) + b"\n"


def _programme(root: etree._Element, item: Showing, channel: str, columns: Vocabulary, *, is_again: bool) -> None:
    """Its parts in the order that the DTD has."""
    times = {"start": _time(item.start), "stop": _time(item.end), "channel": channel}
    made = etree.SubElement(root, "programme", times)
    _texts(made, "title", item.title.zh, item.title.en)
    if item.synopsis:
        _texts(made, "desc", item.synopsis.zh, item.synopsis.en)
    if item.column:
        term = columns.find(item.column)
        _texts(made, "category", term.zh if term else item.column, term.en if term else None)
    if item.language:
        etree.SubElement(made, "language").text = languages.two_letters(item.language)
    etree.SubElement(made, "length", units="seconds").text = str(item.seconds)
    if is_again:
        etree.SubElement(made, "previously-shown")


def _texts(parent: etree._Element, name: str, zh: str | None, en: str | None) -> None:
    for language, text in (("zh", zh), ("en", en)):
        if text:
            etree.SubElement(parent, name, lang=language).text = printable(text)


def _time(at: datetime) -> str:
    return f"{at.astimezone(CHINA):{_TIME}}"
