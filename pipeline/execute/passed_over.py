"""Files of a folder that are no items of a batch: nobody is to believe that they were done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from pipeline import settings


class FileKind(StrEnum):
    """What a file is by its name, which tells how it is handed in (`text.passed_over_…` of the catalogue)."""

    SOUND = "sound"
    DOCUMENT = "document"
    SUBTITLES = "subtitles"
    PICTURE = "picture"
    UNKNOWN = "unknown"


_ENDINGS = {
    FileKind.SOUND: "m4a mp3 wav aac flac ac3 eac3 mp2 mka ogg oga opus wma aif aiff caf amr",
    FileKind.DOCUMENT: "pdf pptx ppt pptm ppsx pps docx doc docm odp odt ods rtf txt md xls xlsm wps dps et epub",
    FileKind.SUBTITLES: "srt ass ssa vtt ttml dfxp sub sbv lrc stl scc",
    FileKind.PICTURE: "jpg jpeg png webp bmp tif tiff gif heic psd",
}
_KINDS = {f".{ending}": kind for kind, endings in _ENDINGS.items() for ending in endings.split()}
_OF_NOBODY = ("thumbs.db", "desktop.ini", settings.NAME)  # what systems and we leave behind
_LOCK = "~$"  # beside a document that is open


@dataclass(frozen=True)
class PassedOver:
    """A file that is no item, and what it is by its name."""

    path: Path
    kind: FileKind


PassedCallback = Callable[[PassedOver], None]


def silent(_: PassedOver) -> None:
    """Says nothing: for those who only want to know what is to be done."""


def tell(path: Path, passed: PassedCallback) -> None:
    """Tell of a file that is no item, if people put it there."""
    if path.name.lower() not in _OF_NOBODY and not path.name.startswith(_LOCK):
        passed(PassedOver(path, _KINDS.get(path.suffix.lower(), FileKind.UNKNOWN)))
