"""A file of subtitles, read whole."""

from __future__ import annotations

from pathlib import Path

from pipeline import regular
from pipeline.errors import InputError, Refused
from pipeline.model.subtitles import Subtitles

SUFFIXES = (".srt", ".ass", ".ssa", ".vtt", ".ttml", ".dfxp", ".sub", ".sbv", ".lrc", ".stl", ".scc")
MOST_BYTES = 10_000_000  # the subtitles of a day are smaller


def read(path: Path) -> Subtitles:
    """The cues of a file and what is wrong with them.

    Raises:
        InputError: no such file, or no regular one. Refused: it is no file of subtitles.
        EnvironmentFault: it is TTML, and the extra that reads it is not installed.
    """
    from pipeline.media.subtitles import encoding, reading
    from pipeline.media.subtitles.encoding import NotSubtitles

    try:
        if path.stat().st_size > MOST_BYTES:
            raise Refused("subtitle.unreadable", where=str(path), reason="too_large")
        return reading.read(encoding.decode(regular.read(path)))
    except FileNotFoundError as error:
        raise InputError("path_missing", where=str(path)) from error
    except OSError as error:
        raise Refused("file.unreadable", where=str(path), detail=error.strerror) from error
    except NotSubtitles as error:
        raise Refused("subtitle.unreadable", where=str(path), reason=error.reason, line=error.line) from error
