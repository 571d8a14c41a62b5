"""Advanced SubStation Alpha and its forerunner: lines of events, and where their styles stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.media.subtitles import markup
from pipeline.media.subtitles.outline import MOST_LETTERS, fault
from pipeline.model.subtitles import CueFault

_HEAD = re.compile(r"^\[(?:Script Info|V4\+? Styles\+?|Events)\]\s*$", re.MULTILINE | re.IGNORECASE)
_TIME = re.compile(r"^\s*[0-9]{1,2}:[0-5]?[0-9]:[0-5]?[0-9](?:[.:][0-9]{1,3})?\s*$")
_EVENT_FIELDS = ("Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect", "Text")
_USUAL = "Default"  # the style of an event that names none of the file's


@dataclass(frozen=True)
class Event:
    """A line of the file in the usual order of fields; `top` is where its style stands."""

    number: int
    line: int
    row: str
    top: bool


def is_substation(head: str) -> bool:
    """Whether a text has one of the sections."""
    return _HEAD.search(head) is not None


def events(text: str) -> tuple[list[Event], list[CueFault]]:
    """A line each, its fields in the order that the section says."""
    fields: tuple[str, ...] = _EVENT_FIELDS
    found: list[Event] = []
    faults: list[CueFault] = []
    number = 0
    in_events = False
    tops = _tops(text)
    for at, line in enumerate(text.split("\n"), start=1):
        if line.startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and line.startswith("Format:"):
            fields = _fields(line)
        elif in_events and line.strip() and not line.startswith(("Comment:", ";", "!")):
            number += 1
            values = _values(line, fields)
            times = [values.get("Start", ""), values.get("End", "")]
            words = values.get("Text")
            if not line.startswith("Dialogue:") or words is None or not all(map(_TIME.match, times)):
                faults.append(fault(number, at, line))
            elif len(words) > MOST_LETTERS * 4:  # karaoke has a tag for each syllable
                faults.append(fault(number, at, words))
            else:
                row = f"Dialogue: 0,{times[0].strip()},{times[1].strip()},Default,,0,0,0,,{words}"
                style = _name(values.get("Style", ""))
                found.append(Event(number, at, row, tops.get(style, tops.get(_USUAL, False))))
    return found, faults


def _tops(text: str) -> dict[str, bool]:
    """Whether each style stands at the top. The section before the plus counts as SubStation Alpha did."""
    tops: dict[str, bool] = {}
    fields: tuple[str, ...] = ()
    section = ""
    for line in text.split("\n"):
        if line.startswith("["):
            section = line.strip().lower()
        elif section in ("[v4 styles]", "[v4+ styles]", "[v4 styles+]") and line.startswith("Format:"):
            fields = _fields(line)
        elif "Alignment" in fields and line.startswith("Style:"):
            values = _values(line, fields)
            alignment = values.get("Alignment", "").strip()
            if alignment.isdecimal():
                tops[_name(values["Name"])] = markup.is_top(int(alignment), legacy=section == "[v4 styles]")
    return tops


def _name(style: str) -> str:
    """A star before it was to mark a style of the program's own."""
    return style.strip().lstrip("*")


def _fields(line: str) -> tuple[str, ...]:
    return tuple(name.strip() for name in line.partition(":")[2].split(","))


def _values(line: str, fields: tuple[str, ...]) -> dict[str, str]:
    return dict(zip(fields, line.partition(":")[2].split(",", len(fields) - 1), strict=False))
