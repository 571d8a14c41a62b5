"""A folder of one run's own, held by a lock that the kernel drops with its process: by that those of killed runs are
known."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import durable
from pipeline.execute import old_work
from pipeline.execute.old_work import OldWork
from pipeline.locks import locked
from pipeline.workspace import Workspace


@contextmanager
def own_scratch(workspace: Workspace, prefix: str) -> Iterator[Path]:
    """An empty folder, gone at the end; those of this prefix that killed runs left go before.

    Raises:
        EnvironmentFault: the place is not writable.
    """
    for left in sorted(workspace.scratch.glob(f"{prefix}-*")):
        lock = _lock_of(workspace, left)
        if old_work.remove(workspace, OldWork(left, 0, lock)):
            lock.unlink(missing_ok=True)
    folder = workspace.scratch / f"{prefix}-{secrets.token_hex(8)}"
    lock = _lock_of(workspace, folder)
    with locked(lock):  # before the folder is there: unheld it would look like a killed run's
        try:
            yield durable.make_folder(folder)
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.unlink(missing_ok=True)


def _lock_of(workspace: Workspace, folder: Path) -> Path:
    """By which `old_work` knows that a folder is held."""
    return workspace.locks / f"{folder.name}.lock"
