"""Where each cue of a text file begins and ends, and what looks like one and is none.

SubRip and WebVTT are read here whole: the reader of pysubs2 takes what it can't read for text of the cue before, strips
a last line that is a number, and counts hours to 99. Advanced SubStation Alpha is cut into lines for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal

from pipeline.media import timecode
from pipeline.model.subtitles import CueFault

_TIME = r"(?:[0-9]{1,3}:)?[0-5]?[0-9]:[0-5]?[0-9][.,][0-9]{1,3}"
_ARROW = re.compile(rf"^(?P<start>{_TIME})\s*-->\s*(?P<end>{_TIME})(?P<settings>(?:\s+\S.*)?)$")
# a time however it is written, with hours or with parts of a second: figures of a conversation are none
_ABOUT = r"(?:\d{1,3}\s*[:：]\s*\d{1,2}\s*[:：]\s*\d{1,2}|\d{1,2}\s*[:：]\s*\d{1,2}\s*[.,，]\s*\d{1,3})"
_MEANT = re.compile(rf"{_ABOUT}.{{0,40}}(?:[-–—=]+\s*[>》〉]|→).{{0,40}}{_ABOUT}|^\s*\d.{{0,40}}-->.{{0,40}}\d")
_NUMBER = re.compile(r"^\s*([0-9]{1,6})\.?\s*$")
_COORDINATES = re.compile(r"^(?:\s+[XY][12]:-?[0-9]+)*\s*$")  # where old players put a line
_NO_CUES = re.compile(r"^(?:(?:WEBVTT|webvtt|NOTE|STYLE|REGION)(?:[ \t]|$)|X-TIMESTAMP-MAP=)")
_HEADER = re.compile(
    r"^\ufeff?(?:(?:WEBVTT|webvtt)(?:[ \t]|$)|X-TIMESTAMP-MAP=)"
)  # of the next segment, where several were joined
_SETTINGS = re.compile(r"^(?:\s+(?:align|line|position|region|size|vertical):\S+)*\s*$")  # WebVTT clause 4.4
_BLANK = " \t\ufeff"
# what nobody sees about a line of times: spaces, marks of direction and of the encoding
_AROUND = " \t\u00a0\u3000\u200b\u200e\u200f\u202a\u202b\u202c\u2066\u2067\u2068\u2069\ufeff"
_MAP = re.compile(r"(?P<name>LOCAL|MPEGTS):(?P<value>[0-9:.]+)")
_CLOCK_HZ, _CLOCK_TURNS = 90_000, 2**33  # of a transport stream (ISO/IEC 13818-1)
MOST_SHOWN, MOST_LETTERS = 60, 1000


@dataclass(frozen=True)
class MarkedCue:
    """One cue with its markup; `number` counts from 1, `line` is the file's."""

    number: int
    line: int | None
    start_s: float
    end_s: float
    text: str
    settings: str = ""


def looks_timed(text: str) -> bool:
    """Whether any line is meant to be the times of a cue."""
    return any(_MEANT.search(line) for line in text.split("\n"))


def of_blocks(text: str, form: Literal["srt", "vtt"]) -> tuple[list[MarkedCue], list[CueFault]]:
    """SubRip and WebVTT: a line of times, and the text under it."""
    lines = text.split("\n")
    timed = [at for at, line in enumerate(lines) if _times(line) or _MEANT.search(line)]
    found: list[MarkedCue] = []
    heads = [_head(lines, at, form) for at in timed]
    faults = list(_strays(lines, 0, heads[0] if heads else len(lines), form, 1))
    if form == "vtt":
        faults += _other_clocks(lines)
    own = 0
    for number, ((head, following), at) in enumerate(zip(pairwise([*heads, len(lines)]), timed, strict=True), start=1):
        named = _own_number(lines[head]) if head < at else None
        own = own + 1 if named is None else named
        stop = _text_ends(lines, at + 1, following, form, own + 1)
        faults += _strays(lines, stop, following, form, number + 1)
        body = "\n".join(lines[at + 1 : stop])
        match = _times(lines[at])
        if match and form == "vtt" and body and not body.strip():  # a line of a space clears the picture (roll-up)
            continue
        body = body.strip()
        settings = match["settings"] if match else ""
        if match is None or (form == "srt" and not (_COORDINATES.match(settings) or _SETTINGS.match(settings))):
            faults.append(fault(number, at + 1, lines[at]))
        elif len(body) > MOST_LETTERS:
            faults.append(fault(number, at + 1, body))
        else:
            found.append(
                MarkedCue(number, at + 1, _seconds(match["start"]), _seconds(match["end"]), body, match["settings"])
            )
    return found, faults


def _other_clocks(lines: list[str]) -> Iterator[CueFault]:
    """Segments that were joined and count from different times: which of them is meant nobody says (RFC 8216, 3.5)."""
    maps = [(at, line.strip()) for at, line in enumerate(lines, start=1) if line.startswith("X-TIMESTAMP-MAP=")]
    return (fault(1, at, line) for at, line in maps if _offset(line) != _offset(maps[0][1]))


def _offset(line: str) -> int | str:
    """How far the clock of a segment's pictures is ahead of its cues, on the 90 kHz clock; the line if it says none."""
    named = {match["name"]: match["value"] for match in _MAP.finditer(line)}
    local = re.fullmatch(_TIME, named.get("LOCAL", ""))
    if local is None or not named.get("MPEGTS", "").isdecimal():
        return line
    return (int(named["MPEGTS"]) - round(_seconds(local[0]) * _CLOCK_HZ)) % _CLOCK_TURNS


def _times(line: str) -> re.Match[str] | None:
    return _ARROW.match(line.strip(_AROUND))


def fault(number: int, line: int | None, text: str) -> CueFault:
    """A place that can't be read, with the beginning of what stands there."""
    shown = " ".join("".join(char if char.isprintable() else " " for char in text[: 4 * MOST_SHOWN]).split())
    return CueFault(kind="malformed", cue=number, line=line, detail=shown[:MOST_SHOWN])


def _seconds(time: str) -> float:
    """SubRip's comma is WebVTT's point."""
    return round(timecode.seconds(time.replace(",", ".")), 3)


def _own_number(line: str) -> int | None:
    match = _NUMBER.match(line.strip(_AROUND))
    return int(match[1]) if match else None


def _head(lines: list[str], at: int, form: str) -> int:
    """Where a cue begins whose times are in line `at`: its number stands before them, in WebVTT any name."""
    before = at - 1
    while form == "srt" and before > 0 and not lines[before].strip(_BLANK):  # some files double every line end
        before -= 1
    if before < 0 or not lines[before].strip(_BLANK):
        return at
    if form == "vtt":
        named = before == 0 or not lines[before - 1].strip(_BLANK)
        text = named and before > 1 and lines[before - 1] and _times(lines[before - 2])  # under times and a space
        return before if named and not text and not _NO_CUES.match(lines[before]) else at
    return before if _own_number(lines[before]) is not None else at


def _text_ends(lines: list[str], start: int, end: int, form: str, following: int) -> int:
    """The line behind a cue's text. In WebVTT it ends at the first empty line, and one of a space is none (clause 4.1);
    in SubRip people leave such lines in, so it goes on until the number of the next cue, which then has no times."""
    for at in range(start, end):
        line, behind_blank = lines[at].strip(_BLANK), at > start and not lines[at - 1].strip(_BLANK)
        if form == "vtt" and (not lines[at].strip("\ufeff") or _HEADER.match(lines[at])):
            return at
        if form == "vtt" and behind_blank and _NO_CUES.match(line):
            return at
        if line and behind_blank and _own_number(lines[at]) == following:
            return at
    return end


def _strays(lines: list[str], start: int, end: int, form: str, number: int) -> Iterator[CueFault]:
    """Text that belongs to no cue, a block each."""
    block: list[int] = []
    for at in range(start, end + 1):
        if at < end and lines[at].strip(_BLANK):
            block.append(at)
        elif block:
            if not (form == "vtt" and _NO_CUES.match(lines[block[0]].strip(_BLANK))):
                yield fault(number, block[0] + 1, " ".join(lines[item] for item in block[:9]))
            block = []
