"""Files of a folder that are no items of a batch: nobody is to believe that they were done."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from pipeline import settings
from pipeline.execute import endings
from pipeline.execute.endings import FileKind

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


def is_left_by_programs(name: str) -> bool:
    """Whether nobody put a file of this name there: it is of the system, ours, or beside a document that is open."""
    return name.lower() in _OF_NOBODY or name.startswith(_LOCK)


def tell(path: Path, passed: PassedCallback) -> None:
    """Tell of a file that is no item, if people put it there."""
    if not is_left_by_programs(path.name):
        passed(PassedOver(path, endings.kind_of(path)))
