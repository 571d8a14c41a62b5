"""Have a disk hold all that was written on it, in one step for many files: each by itself costs a step of its own."""

from __future__ import annotations

import ctypes
import os
import platform
import re
import sys
from pathlib import Path

_SINCE = (5, 8)  # syncfs(2): before that Linux does not tell of what could not be written


class Filesystem:
    """The one that a folder lies on.

    It is held from before anything is written there: what can't be written is told to who held it by then.
    """

    def __init__(self, folder: Path):
        self._handle = os.open(folder, os.O_RDONLY)

    def sync(self) -> None:
        """Have the disk hold all that was written here so far, whoever wrote it.

        Raises:
            OSError: something could not be written, perhaps another's.
        """
        libc = ctypes.CDLL(None, use_errno=True)
        if libc.syncfs(self._handle) != 0:
            number = ctypes.get_errno()
            raise OSError(number, os.strerror(number))

    def close(self) -> None:
        """Hold it no longer."""
        os.close(self._handle)


def can_sync() -> bool:
    """Whether this system has that, and tells what went wrong."""
    if sys.platform != "linux" or not hasattr(ctypes.CDLL(None), "syncfs"):
        return False
    numbers = re.match(r"(\d+)\.(\d+)", platform.release())
    return numbers is not None and (int(numbers[1]), int(numbers[2])) >= _SINCE
