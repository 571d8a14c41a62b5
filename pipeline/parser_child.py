"""Parsers of what others made, each in a child of its own: the file on stdin, a bounded answer on stdout."""

from __future__ import annotations

import sys
import tempfile
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import IO

from pipeline import process
from pipeline.errors import EnvironmentFault


def answer(
    module: str,
    given: IO[bytes],
    environment: Callable[[Path], Mapping[str, str]],
    limits: process.Limits,
    *,
    most_bytes: int,
    timeout_s: float,
) -> bytes | None:
    """What the module says of an open file; None where it did not end well.

    Args:
        module: its name; it is run by this Python, without the user's paths.
        environment: of a child that works in a folder.

    Raises:
        EnvironmentFault: the child can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="showcase-") as folder:
        child = process.start(
            [sys.executable, "-I", "-m", module],
            cwd=Path(folder),
            env=environment(Path(folder)),
            stdio=process.Stdio(stdin=given, stderr=process.DEVNULL),
            limits=limits,
        )
        if child.stdout is None:
            raise EnvironmentFault("internal", detail="a child without a pipe")
        with child.stdout as out:
            said = read_bounded(child, out, most_bytes=most_bytes, timeout_s=timeout_s)
    return said if child.usage is not None and child.usage.exit_code == 0 else None


def read_bounded(child: process.Child, pipe: IO[bytes], *, most_bytes: int, timeout_s: float) -> bytes:
    """What a small child prints, to its end; the child is stopped at the bound or the deadline."""
    found: list[bytes] = []
    reader = threading.Thread(target=lambda: found.append(pipe.read(most_bytes)), daemon=True)
    reader.start()
    reader.join(timeout_s)
    if reader.is_alive() or child.wait(5.0) is None:
        child.stop()
        reader.join(5.0)
    return b"".join(found)
