"""The marker of a package in the folder that it was pulled to: what the folder is held to where no store is asked."""

from __future__ import annotations

import contextlib
from pathlib import Path

from pipeline import durable
from pipeline.errors import EnvironmentFault


def keep(path: Path, marker: bytes, *, must: bool) -> bool:
    """Put the store's marker, byte for byte, at `path`; whether another one stood there.

    A folder of an earlier version has none and gets it; where nothing can be written, as on a stick, that is no fault.

    Args:
        must: the folder is new, so that it can be written.

    Raises:
        EnvironmentFault: no space, or the place is not writable though a wrong marker stands there.
    """
    is_there = path.is_file()
    if is_there and path.stat().st_size == len(marker) and path.read_bytes() == marker:
        return False
    with contextlib.ExitStack() as held:
        if not (must or is_there):
            held.enter_context(contextlib.suppress(EnvironmentFault))
        durable.write(path, marker)
    return is_there
