"""What the ffmpeg that will decode a file says of it: programmes, streams and the first picture.

One short run: ffmpeg's report of its input, one decoded picture (`showinfo`), and the filters that it puts in by
itself (`-print_graphs_file`). The report is written for people, by libavformat's `dump.c` and libavcodec's
`avcodec_string`; goldens in `tests/golden/reports` hold what the pinned wheel (n9) prints.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from fractions import Fraction
from pathlib import Path

from pipeline.errors import MediaError
from pipeline.ffmpeg import stderr
from pipeline.ffmpeg.graph import Input
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.showinfo import DecodedPicture, FirstPicture
from pipeline.ffmpeg.stderr import Line

INPUT = "{in.main}"
_GRAPHS = "graphs.json"
_TRIES = 4
_MOST_LINES = 20_000  # a hundred streams with a page of metadata each
_BEGIN, _END = "Input #0, ", ("Output #", "Stream mapping:")
_STREAM = re.compile(
    r"^Stream #0:(?P<index>\d+)(?:\[0x(?P<id>[0-9a-f]+)\])?(?:\((?P<language>[^()]*)\))?: "
    r"(?P<kind>Video|Audio|Subtitle|Data|Attachment|Unknown): (?P<codec>\S+?)(?P<rest>(?:[, ].*)?)$"
)
_TAG = re.compile(r"\(([^()]+) / 0x[0-9A-F]{4,8}\)")
_SIZE = re.compile(r", (\d+)x(\d+)(?=[ ,]|$)")
_RATE = re.compile(r", ([0-9.]+) fps\b")
_ASPECT = re.compile(r"\bSAR (\d+):(\d+)")
_SOUND = re.compile(r", (\d+) Hz, ([^,]+)(, (?:u8|s16|s32|s64|flt|dbl)p?(?=[ ,]|$))?")
_USUAL = ("aac", "ac3", "eac3", "flac", "mp2", "mp3", "opus", "vorbis")
_EMPTY = re.compile(r", (?:0 channels|none)(?=[ ,(]|$)")
_ASIDE = ("(comment)", "(visual impaired)", "(hearing impaired)", "(descriptions)")
_NO_DECODER, _VIDEO_STREAM = "Decoding requested, but no decoder found", re.compile(r"^vist#0:(\d+)/")
_PROGRAMME = re.compile(r"^  Program (\d+)")
_CROPPING = re.compile(r"^ +Frame Cropping: (\d+)/(\d+)/(\d+)/(\d+)$")
_DOVI = re.compile(r"^ +DOVI configuration record: .*\bprofile: (\d+),.*\bcompatibility id: (\d+)\b")
_GUESSED, _INPUT_STREAM = "Guessed Channel Layout: ", re.compile(r"^aist#0:(\d+)/")
# the frame's words and the container's are one too many for a filter graph (n9)
_SAID_TWICE = "Task finished with error code: -17 "
_TOO_MANY = "exceeds max_streams"
_TRANSPOSED = re.compile(r"\bdir:([0-3]) ->")


class StreamKind(StrEnum):
    """What a stream holds."""

    VIDEO = "Video"
    AUDIO = "Audio"
    SUBTITLE = "Subtitle"
    DATA = "Data"
    ATTACHMENT = "Attachment"
    UNKNOWN = "Unknown"


@dataclass(frozen=True)
class ReportedStream:
    """One stream as ffmpeg reports it.

    Args:
        index: ffmpeg's own number of it.
        id: the container's number (PID, track id, stream id); None where it has none.
        codec: ffmpeg's name; `none` where it knows no codec of this tag.
        tag: four letters of the container, or its number in brackets.
        is_attached_picture: a cover, not the film.
        size: width and height in samples as coded, before a container's crop.
        aspect: of one sample.
        frame_rate: in the mean.
        layout: channels of sound.
        is_layout_guessed: the file has a number of channels only, and ffmpeg guessed which they are.
        crop: samples that the container cuts off: left, right, top, bottom.
        dolby_vision: profile and compatibility id of a Dolby Vision record.
        is_decodable: whether this ffmpeg has a decoder for it.
        has_samples: False where it is announced, and nothing of it was found where ffmpeg looked.
        is_default: the container asks players to take it before others.
        is_aside: it is a commentary, or a description for those who see or hear badly.
    """

    index: int
    id: int | None
    kind: StreamKind
    codec: str
    language: str | None = None
    tag: str | None = None
    is_attached_picture: bool = False
    size: tuple[int, int] | None = None
    aspect: Fraction | None = None
    frame_rate: float | None = None
    sample_rate_hz: int | None = None
    layout: str | None = None
    is_layout_guessed: bool = False
    crop: tuple[int, int, int, int] = (0, 0, 0, 0)
    dolby_vision: tuple[int, int] | None = None
    is_decodable: bool = True
    has_samples: bool = True
    is_default: bool = False
    is_aside: bool = False


@dataclass(frozen=True)
class SourceReport:
    """All that ffmpeg says of a file.

    Args:
        streams: by their index, from 0.
        programmes: number of each with the indexes of its streams, in the file's order; empty where it has none.
        picture: of the first video stream that is no attached picture, or of the stream that was asked for; None
            where nothing can be decoded.
        is_said_twice: the container and the pictures themselves both say how they are turned (or that they are 3D),
            and such pictures this ffmpeg can't filter.
    """

    streams: tuple[ReportedStream, ...]
    programmes: tuple[tuple[int, tuple[int, ...]], ...] = ()
    picture: DecodedPicture | None = None
    is_said_twice: bool = False


def report(path: Path, demuxer: str, runner: Runner, *, stream: int | None = None) -> SourceReport:
    """Ask ffmpeg what is in a file; one picture is decoded, of `stream` where it is given.

    Raises:
        MediaError: ffmpeg can't open it, or what it says of the streams can't be trusted.
        EnvironmentFault: this machine can't do it now.
    """
    level = "info"
    for _ in range(_TRIES):
        lines, filters = _ask(Input(INPUT, demuxer, as_shown=True), path, runner, stream, level)
        if "transpose" in filters and level == "info":
            level = "verbose"  # tells the direction, among lines of all threads
        elif (found := read(lines, filters, where=path.name, stream=stream)) is not None:
            return found
    raise MediaError("unreadable", where=path.name, detail="the first picture's description is torn")


def _ask(given: Input, path: Path, runner: Runner, stream: int | None, level: str) -> tuple[list[Line], list[str]]:
    """What one run logs, and the names of the filters in the picture's graph."""
    argv = (
        *("{ffmpeg}", "-loglevel", f"repeat+level+{level}"),
        *("-print_graphs_file", _GRAPHS, "-print_graphs_format", "json"),
        *(*given.words, "-i", given.token, "-map", "0:V:0?" if stream is None else f"0:{stream}"),
        *("-vf", "showinfo", "-frames:v", "1", "-f", "null", "-"),
    )
    graphs = runner.folder / _GRAPHS
    graphs.unlink(missing_ok=True)
    lines: list[Line] = []

    def keep(line: Line) -> None:
        if len(lines) < _MOST_LINES:
            lines.append(line)

    try:
        runner.named("report").run(Invocation(argv, inputs={INPUT: path}, where=path.name), on_line=keep)
    except MediaError:
        # no stream with pictures, or none that it can decode: what was said of the file holds
        if not any(line.text.startswith(_BEGIN) for line in lines):
            raise
    return lines, _filter_names(graphs)


def _filter_names(graphs: Path) -> list[str]:
    try:
        listed = json.loads(graphs.read_text("utf-8", "replace"))["graphs"]
    except (OSError, ValueError, KeyError):
        return []
    return [str(item["filter_name"]) for graph in listed for item in graph.get("filters", ())]


def read(
    lines: Iterable[Line], filters: Sequence[str], *, where: str, stream: int | None = None
) -> SourceReport | None:
    """Pure: the report in what was logged; None where the first picture's lines are torn by those of other threads.

    Args:
        filters: the names of those that the picture's graph has.
        stream: whose picture it is; None for the first that is no attached picture.

    Raises:
        MediaError: a line of a stream is not as ffmpeg writes it, or their numbers have a gap: a language tag with a
            line end forges lines. There are more than are opened: of Matroska some are read nevertheless.
    """
    reading = _Reading()
    for line in lines:
        reading.take(line)
    if reading.has_too_many:
        raise MediaError("too_many_tracks", where=where)
    streams = [reading.streams[index] for index in sorted(reading.streams)]
    if reading.is_torn or [item.index for item in streams] != list(range(len(streams))):
        raise MediaError("unreadable", where=where, detail="a tag in it forges a stream")
    pictures = [item.index for item in streams if item.kind is StreamKind.VIDEO and not item.is_attached_picture]
    index = next(iter(pictures), None) if stream is None else stream
    if reading.first.shown is None or index is None:
        picture = None
    elif (picture := reading.first.decoded(index, filters, reading.direction)) is None:
        return None
    return SourceReport(tuple(streams), tuple(reading.programmes.items()), picture, reading.is_said_twice)


@dataclass
class _Reading:
    """Takes a log line by line."""

    streams: dict[int, ReportedStream] = field(default_factory=dict)
    programmes: dict[int, tuple[int, ...]] = field(default_factory=dict)
    is_torn: bool = False
    first: FirstPicture = field(default_factory=FirstPicture)
    direction: str = ""
    is_said_twice: bool = False
    has_too_many: bool = False
    _guessed: set[int] = field(default_factory=set)
    _is_input: bool = False
    _programme: int | None = None
    _at: int = -1  # the stream that side data is told of
    _indent: str = "  "  # four in a group of streams (a timecode track with its picture, the tiles of one)

    def take(self, line: Line) -> None:
        """One line."""
        if line.text.startswith(_GUESSED):
            match = _INPUT_STREAM.match(line.context)
            self._guessed |= {int(match[1])} if match else set()
        elif line.text.startswith(_NO_DECODER):
            if (match := _VIDEO_STREAM.match(line.context)) and int(match[1]) in self.streams:
                self.streams[int(match[1])] = replace(self.streams[int(match[1])], is_decodable=False)
        elif "showinfo" in line.context:
            self.first.take(line.text)
        elif line.level in stderr.BAD and _TOO_MANY in line.text:
            self.has_too_many = True
        elif line.context.startswith("vf#") and line.text.startswith(_SAID_TWICE):
            self.is_said_twice = True
        elif line.context.startswith("transpose"):
            match = _TRANSPOSED.search(line.text)
            self.direction = self.direction or (match[1] if match else "")
        elif not line.context and line.text.startswith((_BEGIN, *_END)):
            self._is_input = line.text.startswith(_BEGIN)
        elif self._is_input and not line.context:
            self._take_report(line.text)

    def _take_report(self, text: str) -> None:
        if text.startswith("  ") and not text.startswith("   "):
            self._indent = "    " if text.startswith("  Stream group #") else "  "
        if match := _PROGRAMME.match(text):
            self._programme = int(match[1])
            self.programmes.setdefault(self._programme, ())
        elif text.startswith("  No Program"):
            self._programme = None
        elif text.startswith(f"{self._indent}Stream #"):
            if match := _STREAM.match(text.removeprefix(self._indent)):
                self._take_stream(match)
            else:
                self.is_torn = True
        elif self._at not in self.streams:
            return
        elif match := _CROPPING.match(text):
            left, right, top, bottom = (int(item) for item in match.groups())
            self.streams[self._at] = replace(self.streams[self._at], crop=(left, right, top, bottom))
        elif match := _DOVI.match(text):
            record = int(match[1]), int(match[2])
            self.streams[self._at] = replace(self.streams[self._at], dolby_vision=record)

    def _take_stream(self, match: re.Match[str]) -> None:
        self._at = int(match["index"])
        if self._programme is not None:
            self.programmes[self._programme] = (*self.programmes[self._programme], self._at)
        # one that several programmes share is told in each
        self.streams.setdefault(self._at, _stream(match, is_layout_guessed=self._at in self._guessed))


def _stream(match: re.Match[str], *, is_layout_guessed: bool) -> ReportedStream:
    rest = match["rest"]
    tag, size, aspect, sound = _TAG.search(rest), _SIZE.search(rest), _ASPECT.search(rest), _SOUND.search(rest)
    rate = _RATE.search(rest)
    return ReportedStream(
        index=int(match["index"]),
        id=int(match["id"], 16) if match["id"] else None,
        kind=StreamKind(match["kind"]),
        codec=match["codec"],
        language=match["language"],
        tag=tag[1].strip() if tag else None,
        is_attached_picture="(attached pic)" in rest,
        size=(int(size[1]), int(size[2])) if size else None,
        aspect=Fraction(int(aspect[1]), int(aspect[2])) if aspect and int(aspect[1]) and int(aspect[2]) else None,
        frame_rate=float(rate[1]) if rate else None,
        sample_rate_hz=int(sound[1]) if sound else None,
        layout=sound[2].strip() if sound else None,
        is_layout_guessed=is_layout_guessed,
        # the format of samples is a decoder's: what has channels and no format has none, or comes late
        is_decodable=match["codec"] != "none" and (not (sound and sound[3] is None) or match["codec"] in _USUAL),
        has_samples=_EMPTY.search(rest) is None,
        is_default="(default)" in rest,
        is_aside=any(word in rest for word in _ASIDE),
    )
