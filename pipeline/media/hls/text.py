"""WebVTT segments of subtitles (RFC 8216 clause 3.5)."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.media import timecode
from pipeline.media.hls import files, fragmented, transport
from pipeline.media.hls.measured import Coding, MeasuredSegments, Piece
from pipeline.media.hls.playlist import MediaPlaylist

_MAP = re.compile(r"^X-TIMESTAMP-MAP=(?:LOCAL:([0-9:.]+),MPEGTS:([0-9]+)|MPEGTS:([0-9]+),LOCAL:([0-9:.]+))$")
_TIMES = re.compile(
    r"^((?:[0-9]{2,}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3})[ \t]+-->[ \t]+((?:[0-9]{2,}:)?[0-5][0-9]:[0-5][0-9]\.[0-9]{3})"
)


def measure(folder: Path, playlist: MediaPlaylist) -> MeasuredSegments:
    """Every segment: a WebVTT file with its time mapped. A piece begins and ends where its playlist says."""
    found = MeasuredSegments(coding=Coding("text", "wvtt"), container="vtt")
    at = 0.0
    for number, segment in enumerate(playlist.segments):
        end = at + segment.duration_s
        if segment.unread:
            found.add(fragmented.unread((segment,)))
            at = end
            continue
        if segment.is_encrypted:
            found.add(fragmented.hidden(folder, (segment,)))
            at = end
            continue
        try:
            data = files.read(folder, segment)
            _cues(data.decode("utf-8"), at, end)
            found.pieces.append(Piece(len(data), at, end))
        except (ValueError, OSError) as error:
            found.faults.append((number, f"{segment.uri}: {error}"))
            found.pieces.append(None)
        at = end
    return found


def _cues(text: str, begin_s: float, end_s: float) -> None:
    """Raises ValueError where the file has no mapped time, or a cue that is not shown within the segment."""
    lines = text.splitlines()
    if not lines or not re.match(r"WEBVTT(?:[ \t]|$)", lines[0]):
        raise ValueError("no WEBVTT header")
    mapped = next((match for line in lines[1:4] if (match := _MAP.match(line))), None)
    if mapped is None:
        raise ValueError("no X-TIMESTAMP-MAP behind the header")
    local, ticks = mapped[1] or mapped[4], int(mapped[2] or mapped[3])
    begins = ticks / transport.TS_HZ - timecode.seconds(local)
    for line in lines:
        if "-->" not in line:
            continue
        cue = _TIMES.match(line)
        if cue is None:
            raise ValueError(f"cue «{line[:40]}»")
        start, end = timecode.seconds(cue[1]) + begins, timecode.seconds(cue[2]) + begins
        if end <= start or end <= begin_s - 1e-3 or start >= end_s + 1e-3:
            raise ValueError(f"cue «{line[:40]}» is not of this segment")
