"""Locks that commands and threads on this machine hold against each other."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import durable
from pipeline.children import refuse_when_stopped
from pipeline.remembered import user_cache

POLL_S = 0.2


@contextmanager
def locked(path: Path, waiting: Callable[[], None] = refuse_when_stopped) -> Iterator[None]:
    """Hold a lock that another process may hold for hours; `waiting` is called meanwhile and may raise.

    Raises:
        Interrupted: the work that waits was ended.
    """
    lock = FileLock(path)
    while True:
        try:
            with durable.space_is_an_environment_fault(path):
                lock.acquire(timeout=POLL_S)
            break
        except Timeout:
            waiting()
    try:
        yield
    finally:
        lock.release()


def held(folder: Path, waiting: Callable[[], None] = refuse_when_stopped) -> AbstractContextManager[None]:
    """Hold a folder, which need not be there yet, against whoever fetches into it at once.

    The lock lies in the user's cache: folders that other programs watch hold nothing but what was fetched.

    Raises:
        EnvironmentFault: nothing can be written there.
    """
    durable.make_folder(user_cache() / "locks")
    return locked(lock_of(folder), waiting)


def lock_of(folder: Path) -> Path:
    """The lock by which a folder is held."""
    return user_cache() / "locks" / f"{hashlib.sha256(os.fsencode(folder.resolve())).hexdigest()[:32]}.lock"
