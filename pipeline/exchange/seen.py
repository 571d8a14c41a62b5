"""What this machine has fetched to be looked at, and what it has verified: by digest, whatever the folder."""

from __future__ import annotations

import contextlib
from enum import StrEnum
from pathlib import Path

from pipeline import durable, workspace
from pipeline.errors import ShowcaseError


class Seen(StrEnum):
    """What was done here with something of a digest."""

    FETCHED = "fetched"
    VERIFIED = "verified"


def remember(how: Seen, sha256: str) -> None:
    """Keep it in the user's cache; where that is lost or can't be written, people are asked once more."""
    path = _path(how, sha256)
    with contextlib.suppress(ShowcaseError):
        durable.make_folder(path.parent)
        durable.write(path, b"")


def forget(how: Seen, sha256: str) -> None:
    """It is no longer so."""
    with contextlib.suppress(OSError):
        _path(how, sha256).unlink(missing_ok=True)


def knows(how: Seen, sha256: str) -> bool:
    """Whether it was done on this machine."""
    return _path(how, sha256).is_file()


def _path(how: Seen, sha256: str) -> Path:
    return workspace.user_cache() / how.value / sha256
