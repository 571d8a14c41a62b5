"""What a film's headers say, at once and unchecked: its length and its lines. Nothing is decided by it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import ShowcaseError
from pipeline.inspect import first_bytes, mediainfo
from pipeline.media.track_shape import upright_lines

ASSUMED_BPS = 20_000_000  # of a film that doesn't say how long it is: what cameras record


@dataclass(frozen=True)
class Header:
    """Seconds, and lines as they are seen; no lines are no pictures."""

    length_s: float
    lines: int


def read(path: Path) -> Header | None:
    """None where it can't be read: whoever measures the film says why."""
    try:
        first_bytes.demuxer(path)
        media = mediainfo.inspect(path)
    except (ShowcaseError, OSError):
        return None
    lines = upright_lines(media.video[0]) if media.video else 0
    return Header(media.duration_s or media.size_bytes * 8 / ASSUMED_BPS, lines)
