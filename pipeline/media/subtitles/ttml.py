"""TTML and IMSC 1. The only importer of ttconv, which the extra `subtitles` brings: it makes seconds of frames, ticks,
durations and sequences. What it leaves out is told here."""

from __future__ import annotations

import logging
import re
from collections.abc import Iterator
from fractions import Fraction
from typing import Any, TypeAlias
from xml.etree import ElementTree

from lxml import etree

from pipeline.errors import EnvironmentFault
from pipeline.media.subtitles.encoding import NotSubtitles
from pipeline.media.subtitles.outline import MOST_LETTERS, MarkedCue, fault
from pipeline.model.subtitles import CueFault

# TTML2 clause 12.3.1, without wallclock times
_TIME = re.compile(
    r"^(?:[0-9]{2,}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+|:[0-9]{2,}(?:\.[0-9]+)?)?|[0-9]+(?:\.[0-9]+)?(?:h|m|s|ms|f|t))$"
)
_TIMES = ("begin", "end", "dur")
_NAMESPACE = "http://www.w3.org/ns/ttml"
_OLD = re.compile(r"http://www\.w3\.org/2006/(?:04|10)/ttaf1")  # drafts, which editing programs still write
# stands round a paragraph's number at the head of its text: the library hands on no names, and leaves some out
_MARK = "\ue0f0"
_UNMARKED = re.compile(f"{_MARK}[0-9]*{_MARK}")
_ENDLESS = "99h"
Element: TypeAlias = Any  # ttconv is untyped
Places: TypeAlias = dict[etree._Element, tuple[int, int | None]]  # number and line of each paragraph


def is_ttml(head: str) -> bool:
    """Whether a text says that it is."""
    return _NAMESPACE in head or _OLD.search(head) is not None


def read(text: str) -> tuple[list[MarkedCue], list[CueFault]]:
    """The cues, and paragraphs that can't be read.

    Raises:
        NotSubtitles: it is no XML, declares entities, or is no TTML.
        EnvironmentFault: the library is not installed.
    """
    try:
        from ttconv.imsc import reader
    except ImportError as error:
        raise EnvironmentFault("subtitles_extra", detail="ttconv") from error
    root = _parsed(_OLD.sub(_NAMESPACE, text))
    paragraphs = [item for item in _elements(root) if etree.QName(item).localname == "p"]
    places = {item: (number, _line(item)) for number, item in enumerate(paragraphs, start=1)}
    words = {item: " ".join("".join(str(part) for part in item.itertext()).split()) for item in paragraphs}
    faults = list(_faults(root, places))
    _without_regions(root)
    library = logging.getLogger("ttconv")  # what it says on the way, we say ourselves
    library.addHandler(logging.NullHandler())
    library.propagate = False
    for item, (number, _) in places.items():
        # what stands between the parts of a sequence has no time, and is left out
        for place in item if item.get("timeContainer") == "seq" and len(item) else [item]:
            place.text = f"{_MARK}{number}{_MARK}{place.text or ''}"
    tree = ElementTree.ElementTree(ElementTree.fromstring(etree.tostring(root)))  # noqa: S314 - it declares no entities
    try:
        body = getattr(reader.to_model(tree), "get_body", lambda: None)()
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise NotSubtitles("no_ttml", str(error)) from error
    timed = {number for item, (number, _) in places.items() if any(item.get(name) for name in _TIMES)}
    lines = dict(places.values())
    found: list[MarkedCue] = []
    for element, begins in _paragraphs(body, Fraction(0)) if body is not None else ():
        number = int(_words(element).split(_MARK)[1])
        made, lost = _cues(element, begins, number, lines[number], whole=number in timed)
        found += made
        faults += lost
    numbers = {item.number for item in found} | {item.cue for item in faults}
    faults += [
        fault(*places[item], words[item]) for item in paragraphs if words[item] and places[item][0] not in numbers
    ]
    return found, faults


def _parsed(text: str) -> etree._Element:
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotSubtitles("no_ttml", "DOCTYPE")
    body = re.sub(r"^[\s\ufeff]*<\?xml[^>]*\?>", "", text)
    try:
        return etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except (etree.XMLSyntaxError, ValueError) as error:
        raise NotSubtitles("no_ttml", str(error)) from error


def _elements(root: etree._Element) -> Iterator[etree._Element]:
    return (item for item in root.iter() if isinstance(item.tag, str))


def _faults(root: etree._Element, places: Places) -> Iterator[CueFault]:
    """Times that are none, wherever they stand; a paragraph that has one is taken out."""
    for item in list(_elements(root)):
        wrong = [f'{name}="{item.get(name)}"' for name in _TIMES if not _TIME.match(item.get(name, "0s"))]
        if not wrong:
            continue
        number, line = places.get(item, (0, _line(item)))
        yield fault(number, line, " ".join(wrong))
        for name in _TIMES:
            item.attrib.pop(name, "")
        parent = item.getparent()
        if item in places and parent is not None:
            parent.remove(item)


def _line(item: etree._Element) -> int | None:
    return item.sourceline if isinstance(item.sourceline, int) else None


def _without_regions(root: etree._Element) -> None:
    """Where a line stands is ours to say; and text of no region, where there are some, would not be shown. What is
    around paragraphs has no end of its own: the library makes up wrong ones, and leaves out what is past them."""
    for item in list(_elements(root)):
        item.attrib.pop("region", "")
        if etree.QName(item).localname in ("body", "div") and not item.get("end") and not item.get("dur"):
            item.set("end", _ENDLESS)
        parent = item.getparent()
        if etree.QName(item).localname == "layout" and parent is not None:
            parent.remove(item)


def _paragraphs(element: Element, begins: Fraction) -> Iterator[tuple[Element, Fraction]]:
    """Every paragraph, and when what is around it begins."""
    if type(element).__name__ == "P":
        yield element, begins
        return
    for child in element:
        yield from _paragraphs(child, begins + (element.get_begin() or 0))


def _cues(
    element: Element, begins: Fraction, number: int, line: int | None, *, whole: bool
) -> tuple[list[MarkedCue], list[CueFault]]:
    """A paragraph's cue, or one for each of its parts where only those have times, and text that has no end."""
    parts = [
        child
        for child in element
        if type(child).__name__ == "Span" and (child.get_begin() is not None or child.get_end() is not None)
    ]
    made, lost = [], []
    for piece in [element] if whole or not parts else list(element):
        text = _UNMARKED.sub("", _words(piece))
        if piece.get_end() is not None and len(text) <= MOST_LETTERS:
            start, end = (float(begins + (time or 0)) for time in (piece.get_begin(), piece.get_end()))
            made.append(MarkedCue(number, line, round(start, 3), round(end, 3), text))
        elif text.strip():
            lost.append(fault(number, line, text))
    return made, lost


def _words(element: Element) -> str:
    """Words and line breaks; readings beside them (ruby) are left out."""
    kind = type(element).__name__
    if kind == "Text":
        return re.sub(r"\s+", " ", element.get_text())
    if kind == "Br":
        return "\n"
    if kind in ("Rt", "Rtc", "Rp"):
        return ""
    return "".join(map(_words, element))
