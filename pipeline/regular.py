"""Files that a person names are opened in one place: regular ones only, and without waiting for anybody.

A pipe would hold a command until somebody writes into it, a device may never end.
"""

from __future__ import annotations

import os
import stat
from io import BufferedReader
from pathlib import Path

from pipeline.errors import InputError

_KINDS = {
    stat.S_IFDIR: "folder",
    stat.S_IFIFO: "pipe",
    stat.S_IFSOCK: "socket",
    stat.S_IFCHR: "device",
    stat.S_IFBLK: "device",
}
# what is swapped for a pipe after it was looked at must not hold us either
_AT_ONCE = getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)


def opened(path: Path) -> BufferedReader:
    """The file, to be read; a link to a regular file is one.

    Raises:
        InputError: it is a folder, a pipe, a socket or a device.
        OSError: it is not there or can't be opened.
    """
    refuse_other(path)  # opening a device can already do something
    handle = os.open(path, os.O_RDONLY | _AT_ONCE)
    try:
        _refuse(os.fstat(handle).st_mode, str(path), None)
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read(path: Path) -> bytes:
    """All that is in the file; as `opened`."""
    with opened(path) as handle:
        return handle.read()


def refuse_other(path: Path, where: str | None = None) -> None:
    """Nothing where `path` is a regular file.

    Args:
        where: the place that names the path, such as FILE:LINE:COLUMN; else the path is the place.

    Raises:
        InputError: it is a folder, a pipe, a socket or a device.
        OSError: it is not there.
    """
    _refuse(path.stat().st_mode, str(path), where)


def _refuse(mode: int, path: str, where: str | None) -> None:
    if not stat.S_ISREG(mode):
        kind = _KINDS.get(stat.S_IFMT(mode), "device")
        raise InputError("not_a_file", where=where or path, detail=path if where else None, kind=kind)
