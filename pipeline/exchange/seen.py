"""What this machine has fetched to be looked at, what it has verified, and where it put packages."""

from __future__ import annotations

import contextlib
from enum import StrEnum
from pathlib import Path

from pipeline import durable
from pipeline.errors import ShowcaseError
from pipeline.remembered import user_cache


class Seen(StrEnum):
    """What was done here with something of a digest."""

    FETCHED = "fetched"
    VERIFIED = "verified"


def remember(how: Seen, sha256: str) -> None:
    """Keep it in the user's cache; where that is lost or can't be written, people are asked once more."""
    _keep(_path(how, sha256), b"")


def remember_folder(package_id: str, folder: Path) -> None:
    """Keep where a package was put; lost with the user's cache, as the others are."""
    known = dict.fromkeys([*folders(package_id), folder.resolve()])
    _keep(_path_of_folders(package_id), "\n".join(map(str, known)).encode("utf-8", "surrogateescape"))


def folders(package_id: str) -> list[Path]:
    """Where a package was put and still lies."""
    try:
        text = _path_of_folders(package_id).read_text("utf-8", "surrogateescape")
    except OSError:
        return []
    return [folder for line in text.splitlines() if line and (folder := Path(line)).is_dir()]


def _path_of_folders(package_id: str) -> Path:
    return user_cache() / "pulled" / package_id


def forget(how: Seen, sha256: str) -> None:
    """It is no longer so."""
    with contextlib.suppress(OSError):
        _path(how, sha256).unlink(missing_ok=True)


def knows(how: Seen, sha256: str) -> bool:
    """Whether it was done on this machine."""
    return _path(how, sha256).is_file()


def _keep(path: Path, content: bytes) -> None:
    with contextlib.suppress(ShowcaseError):
        durable.make_folder(path.parent)
        durable.write(path, content)


def _path(how: Seen, sha256: str) -> Path:
    return user_cache() / how.value / sha256
