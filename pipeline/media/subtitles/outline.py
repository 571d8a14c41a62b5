"""Where each cue of a subtitle file begins, and what looks like one and is none."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Literal

from pipeline.model.subtitles import CueFault

_TIME = r"(?:[0-9]{1,3}:)?[0-5]?[0-9]:[0-5]?[0-9][.,][0-9]{1,3}"
_ARROW = re.compile(rf"^\s*(?P<start>{_TIME})\s*-->\s*(?P<end>{_TIME})(?P<settings>(?:\s+\S.*)?)$")
# two times in a line, however they are written: a cue is meant
_MEANT = re.compile(r"\d{1,3}\s*[:：]\s*\d{1,2}.*(?:[-–—=]+\s*[>》〉]|→).*\d{1,3}\s*[:：]\s*\d{1,2}")
_NUMBER = re.compile(r"^\s*\d+\s*$")
_NO_CUES = ("NOTE", "STYLE", "REGION", "WEBVTT")
_ASS_TIME = re.compile(r"^\s*[0-9]+:[0-5]?[0-9]:[0-5]?[0-9](?:[.:][0-9]{1,3})?\s*$")
_ASS_FIELDS = ("Layer", "Start", "End", "Style", "Name", "MarginL", "MarginR", "MarginV", "Effect", "Text")
MOST_SHOWN = 60


@dataclass(frozen=True)
class Found:
    """One cue as a file of its own, in a form that the reader takes."""

    number: int
    line: int | None
    form: Literal["srt", "vtt", "ass"]
    text: str
    settings: str = ""

    def without_line(self) -> Found:
        """For text that was made from another file."""
        return replace(self, line=None)


def looks_timed(text: str) -> bool:
    """Whether any line is meant to be the times of a cue."""
    return any(_MEANT.search(line) for line in text.split("\n"))


def of_blocks(text: str, form: Literal["srt", "vtt"]) -> tuple[list[Found], list[CueFault]]:
    """SubRip and WebVTT: a line of times, and the text under it."""
    lines = text.split("\n")
    timed = [at for at, line in enumerate(lines) if "-->" in line or _MEANT.search(line)]
    found: list[Found] = []
    faults: list[CueFault] = []
    first = timed[0] if timed else len(lines)
    faults += _strays(lines, 0, _without_name(lines, first), form, 1)
    for number, (at, following) in enumerate(pairwise([*timed, len(lines)]), start=1):
        match = _ARROW.match(lines[at])
        end = _without_name(lines, following) if following < len(lines) else following
        stop = _text_ends(lines, at + 1, end, form)
        faults += _strays(lines, stop, end, form, number + 1)
        if match is None:
            faults.append(_malformed(number, at, lines[at]))
            continue
        body = "\n".join(lines[at + 1 : stop]).strip("\n")
        times = f"{_full(match['start'])} --> {_full(match['end'])}"
        found.append(Found(number, at + 1, form, f"{times}\n{body}\n", match["settings"]))
    return found, faults


def of_events(text: str) -> tuple[list[Found], list[CueFault]]:
    """Advanced SubStation Alpha: a line each, its fields in the order that the section says."""
    fields: tuple[str, ...] = _ASS_FIELDS
    found: list[Found] = []
    faults: list[CueFault] = []
    number = 0
    in_events = False
    for at, line in enumerate(text.split("\n")):
        if line.startswith("["):
            in_events = line.strip().lower() == "[events]"
        elif in_events and line.startswith("Format:"):
            fields = tuple(name.strip() for name in line.partition(":")[2].split(","))
        elif in_events and line.strip() and not line.startswith(("Comment:", ";", "!")):
            number += 1
            values = dict(zip(fields, line.partition(":")[2].split(",", len(fields) - 1), strict=False))
            times = [values.get("Start", ""), values.get("End", "")]
            if not line.startswith("Dialogue:") or "Text" not in values or not all(map(_ASS_TIME.match, times)):
                faults.append(_malformed(number, at, line))
                continue
            row = f"Dialogue: 0,{times[0].strip()},{times[1].strip()},Default,,0,0,0,,{values['Text']}"
            found.append(Found(number, at + 1, "ass", f"[Script Info]\nScriptType: v4.00+\n\n[Events]\n{row}\n"))
    return found, faults


def _malformed(number: int, at: int, line: str) -> CueFault:
    shown = "".join(char if char.isprintable() else " " for char in line).strip()
    return CueFault(kind="malformed", cue=number, line=at + 1, detail=shown[:MOST_SHOWN])


def _full(time: str) -> str:
    """HH:MM:SS.mmm, which both forms' readers take."""
    *hours, minutes, rest = time.replace(",", ".").split(":")
    seconds, _, part = rest.partition(".")
    return f"{int(hours[0]) if hours else 0:02}:{int(minutes):02}:{int(seconds):02}.{part.ljust(3, '0')}"


def _without_name(lines: list[str], at: int) -> int:
    """Where a cue really begins whose times are in line `at`: its number or name stands before them."""
    return at - 1 if at > 0 and lines[at - 1].strip() and (at == 1 or _NUMBER.match(lines[at - 1])
                                                          or not lines[at - 2].strip()) else at  # fmt: skip


def _text_ends(lines: list[str], start: int, end: int, form: str) -> int:
    """The line behind a cue's text. In WebVTT it ends at the first empty line; in SubRip people leave such lines in,
    so it goes on, unless a number follows that is a cue without times."""
    for at in range(start, end):
        if not lines[at].strip():
            if form == "vtt":
                return at
            rest = [line for line in lines[at:end] if line.strip()]
            if len(rest) > 1 and _NUMBER.match(rest[0]):
                return at
    return end


def _strays(lines: list[str], start: int, end: int, form: str, number: int) -> Iterator[CueFault]:
    """Text that belongs to no cue."""
    block: list[int] = []
    for at in range(start, end + 1):
        if at < end and lines[at].strip(" \t\ufeff"):
            block.append(at)
        elif block:
            head = lines[block[0]].strip(" \t\ufeff")
            if not (form == "vtt" and head.startswith(_NO_CUES)):
                yield _malformed(number, block[0], " ".join(lines[item] for item in block))
            block = []
