"""SHA-256 of a film, remembered by (device, inode, size, mtime, ctime): a gigabyte is read once."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

from pipeline import children, durable, regular
from pipeline.errors import InputError
from pipeline.model.base import canonical

BLOCK = 4 << 20


def cached_sha256(path: Path, cache: Path, on_bytes: Callable[[int], None] = lambda _: None) -> str:
    """The digest (hex); `on_bytes` is told how many bytes were read.

    Raises:
        InputError: the file is not there, no regular file or can't be read, or changed while it was read.
    """
    if known := known_sha256(path, cache):
        return known
    before = _identity(path)
    digest = hashlib.sha256()
    try:
        with regular.opened(path) as handle:
            while block := handle.read(BLOCK):
                digest.update(block)
                on_bytes(len(block))
                children.refuse_when_stopped()
    except OSError as error:
        raise InputError("path_unreadable", where=str(path), detail=error.strerror) from error
    if _identity(path) != before:
        raise InputError("changed_while_read", where=str(path))
    remember(path, cache, digest.hexdigest())
    return digest.hexdigest()


def known_sha256(path: Path, cache: Path) -> str | None:
    """The digest of a file that was read before and not touched since; None where it was not.

    Raises:
        InputError: the file is not there.
    """
    try:
        return str(json.loads(_remembered(path, cache).read_bytes())["sha256"])
    except (OSError, ValueError, KeyError):
        return None


def remember(path: Path, cache: Path, sha256: str) -> None:
    """Of a file whose bytes were held to this digest as they came: it need not be read again.

    Raises:
        InputError: the file is not there.
    """
    durable.make_folder(cache)
    durable.write(_remembered(path, cache), canonical({"sha256": sha256}))


def confirm(path: Path, cache: Path, sha256: str) -> None:
    """The film is still the one that was hashed; costs nothing while it was not touched.

    Raises:
        InputError: it was replaced or changed.
    """
    if cached_sha256(path, cache) != sha256:
        raise InputError("changed_while_read", where=str(path))


def _remembered(path: Path, cache: Path) -> Path:
    return cache / f"digest-{hashlib.sha256(_identity(path)).hexdigest()[:24]}.json"


def _identity(path: Path) -> bytes:
    try:
        stat = path.stat()
    except OSError as error:
        raise InputError("path_missing", where=str(path), detail=error.strerror) from error
    return canonical([stat.st_dev, stat.st_ino, stat.st_size, stat.st_mtime_ns, stat.st_ctime_ns])
