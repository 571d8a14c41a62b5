"""What a file is by the ending of its name: one table for all who sort out a folder.

An ending is here where people hand in such files, whether we can take what is in them or not: whoever opens the file
says what it is and how to export it, which nobody does of a file that fits nowhere.
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import PurePath

from pipeline.inspect import subtitles


class FileKind(StrEnum):
    """What a file is by its name, which tells how it is handed in (`text.passed_over_…` of the catalogue)."""

    FILM = "film"
    SOUND = "sound"
    DOCUMENT = "document"
    SUBTITLES = "subtitles"
    PICTURE = "picture"
    TABLE = "table"
    SUBMISSION = "submission"
    UNKNOWN = "unknown"


def _of(words: str) -> tuple[str, ...]:
    return tuple(f".{word}" for word in words.split())


FILMS = _of("mp4 mov m4v mxf mpg mpeg m2v vob ts m2ts mts avi mkv webm wmv asf flv dv 3gp")
SOUND = _of("mp3 m4a wav aac flac wma ogg oga opus aif aiff caf ac3 eac3 mp2 mka amr")
DECKS = _of("pdf pptx")  # shown as slides, unless their names say that they are hand-outs
DOCUMENTS = _of("docx doc docm ppt pptm pps ppsx wps dps odt odp rtf epub")
WORKBOOKS = _of("xlsx xlsm xls et ods")  # what they are, their contents say
TABLES = (*_of("csv tsv"), *WORKBOOKS)
PICTURES = _of("jpg jpeg png webp bmp tif tiff gif heic psd")
SUBMISSIONS = _of("yaml yml")
BY_KIND = {
    FileKind.FILM: FILMS,
    FileKind.SOUND: SOUND,
    FileKind.DOCUMENT: (*DECKS, *DOCUMENTS),
    FileKind.SUBTITLES: subtitles.SUFFIXES,
    FileKind.PICTURE: PICTURES,
    FileKind.TABLE: TABLES,
    FileKind.SUBMISSION: SUBMISSIONS,
}
_KINDS = {ending: kind for kind, endings in BY_KIND.items() for ending in endings}


def kind_of(path: PurePath) -> FileKind:
    """What a file is by its ending, in whatever case."""
    return _KINDS.get(path.suffix.lower(), FileKind.UNKNOWN)
