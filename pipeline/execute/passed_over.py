"""Files of a folder that are no items of a batch: nobody is to believe that they were done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import regular, settings
from pipeline.errors import ShowcaseError
from pipeline.execute import endings
from pipeline.execute.endings import FileKind

_OF_NOBODY = ("thumbs.db", "desktop.ini", settings.NAME)  # what systems and we leave behind
_LOCK = "~$"  # beside a document that is open
_PAGES = (".html", ".htm")
_GENERATOR = b'<meta name="generator" content="showcase">'  # in the head of each page that we write; HTML 4.2.5.1
_HEAD_BYTES = 1024


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
    if not is_left(path):
        passed(PassedOver(path, endings.kind_of(path)))


def is_left(path: Path) -> bool:
    """Whether programs have left a file: systems, whoever has a document open, or we, as the page of `slides time`."""
    if path.name.lower() in _OF_NOBODY or path.name.startswith(_LOCK):
        return True
    return path.suffix.lower() in _PAGES and _is_ours(path)


def _is_ours(page: Path) -> bool:
    try:
        with regular.opened(page) as file:
            return _GENERATOR in file.read(_HEAD_BYTES)
    except (ShowcaseError, OSError):
        return False  # whoever uses it hears of it
