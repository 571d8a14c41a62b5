"""Where the decoder could not make a picture whole: a second look at films that had errors, and only at those.

The first decode counts errors, but its messages come from threads that run ahead. Here ffmpeg says of every picture
that leaves the decoder when it is shown, and just before of those that are damaged. A stream that begins inside a group
of pictures (a capture, a cut) has errors until its first key picture: those are no damage.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from pathlib import Path

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.ffmpeg.stderr import Line
from pipeline.inspect.filter_log import is_complaint
from pipeline.media.codecs import start_codes

_SHOWN = re.compile(r"decoder -> pts:\S+ pts_time:(-?[0-9.]+)")
_FIRST, _PACKETS = "{out.first}", "{out.packets}"
_NAMES = {_FIRST: "first.bin", _PACKETS: "packets.txt"}
MOST_HEAD = 3000  # pictures: no group is as long
_NO_TIME = -(1 << 63)
_BARE = ("mpegts", "mpeg", "mpegvideo")  # streams without an index: their own words say what a key picture is


@dataclass(frozen=True)
class UndecodedHead:
    """The pictures in front of the first that can be decoded: how many, and for how long they would be shown."""

    pictures: int
    duration_s: float


@dataclass(frozen=True)
class DamageFound:
    """What a second look tells.

    Args:
        times: when the damaged pictures are shown, in seconds of the file's clock.
        head: where the stream begins inside a group of pictures.
        errors: how many came behind that head; None: there is none, all of them count.
    """

    times: list[float] = field(default_factory=list)
    head: UndecodedHead | None = None
    errors: int | None = None


class _DecoderLog:
    """When the pictures are shown that come after a complaint, when the first is, and how many errors come later."""

    def __init__(self) -> None:
        self.times: list[float] = []
        self.first_s: float | None = None
        self.errors = 0
        self._pending = False

    def feed(self, line: Line) -> None:
        if self.first_s is not None and is_complaint(line):
            self.errors += 1
        if "corrupt decoded frame" in line.text:
            self._pending = True
        elif "aist#" not in line.text and (match := _SHOWN.search(line.text)):
            if self.first_s is None:
                self.first_s = float(match[1])
            if self._pending:
                self.times.append(float(match[1]))
            self._pending = False


def look(source: Source, runner: Runner) -> DamageFound:
    """Where the damaged pictures are, and whether the film begins inside a group of them.

    Raises:
        MediaError, EnvironmentFault: as `Runner.run` says.
    """
    given, media = source.input(), source.media
    picture = source.coded_picture()
    decoded = (picture, given.stream(graph.index_of(media.audio[0]))) if media.audio else (picture,)
    # copies begin with the first packet, be it a key picture or not
    written = [
        graph.Written(decoded, "-", ("-f", "null")),
        graph.Written((picture,), _FIRST, ("-c", "copy", "-copyinkf", "-frames:v", "1", "-f", "rawvideo")),
        graph.Written((picture,), _PACKETS, ("-c", "copy", "-copyinkf", "-frames:v", str(MOST_HEAD), "-f", "framecrc")),
    ]
    argv = graph.argv([given], written, options=("-debug_ts",))
    decoder_log = _DecoderLog()
    invocation = Invocation(argv, inputs=source.paths, outputs=_NAMES, where=source.path.name)
    runner.run(invocation, on_line=decoder_log.feed)
    first, packets = runner.folder / _NAMES[_FIRST], runner.folder / _NAMES[_PACKETS]
    head = None
    if decoder_log.first_s is not None:
        listed = _listed(packets)
        if _begins_inside(source, first, listed):
            head = _head(listed, decoder_log.first_s)
    for made in (first, packets):
        made.unlink(missing_ok=True)
    return DamageFound(decoder_log.times, head, decoder_log.errors if head else None)


def _begins_inside(source: Source, first: Path, packets: _Packets) -> bool:
    """Whether the first picture is none that decoding could begin with."""
    if source.demuxer in _BARE:
        is_key = start_codes.is_key_picture(source.media.video[0].codec, first.read_bytes())
        return is_key is False
    flags = next(iter(packets.rows), ())
    return any(item.startswith("F=") for item in flags)  # what has a mark is no key picture


def _head(packets: _Packets, first_s: float) -> UndecodedHead | None:
    """The packets of pictures that would be shown before the first that is."""
    tick_s = packets.tick_s
    stamps = [int(row[2]) for row in packets.rows]
    lost = [stamp * tick_s for stamp in stamps if _NO_TIME < stamp < first_s / tick_s - 1]
    shown = next((at for at, stamp in enumerate(stamps) if stamp >= first_s / tick_s - 1), len(stamps))
    unknown = stamps[:shown].count(_NO_TIME)  # program streams do not give every picture a time
    return UndecodedHead(len(lost) + unknown, round(first_s - min(lost), 3)) if lost else None


@dataclass(frozen=True)
class _Packets:
    """Packets as `framecrc` lists them, a row each, and the seconds of a tick of their times."""

    rows: list[list[str]]
    tick_s: float


def _listed(packets: Path) -> _Packets:
    lines = packets.read_text(encoding="ascii", errors="replace").splitlines()
    rows = [[item.strip() for item in line.split(",")] for line in lines if line and not line.startswith("#")]
    over, under = next((line.split(":")[1] for line in lines if line.startswith("#tb 0:")), "1/1").split("/")
    return _Packets(rows, int(over) / int(under))
