"""What lies in a folder, and where its paths lead."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path


def real(path: Path) -> Path:
    """Where a path leads; one that leads to itself stays as it is."""
    return Path(os.path.realpath(path))


def above(folder: Path) -> Path:
    """The folder that a folder lies in, also of one that was typed as `.` or `..`."""
    return folder / ".." if folder.name in ("", "..") else folder.parent


def files_in(folder: Path, is_meant: Callable[[Path], bool]) -> list[Path]:
    """The files of a kind in a folder itself; one that may not be looked into has none."""
    try:
        return sorted(path for path in folder.iterdir() if is_meant(path) and path.is_file())
    except OSError:
        return []
