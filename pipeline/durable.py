"""Files whole: written under a temporary name, fsynced, renamed, their folder fsynced; and told apart by digest."""

from __future__ import annotations

import errno
import hashlib
import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import process, regular
from pipeline.errors import EnvironmentFault, InputError

_BLOCK_BYTES = 1 << 20


@contextmanager
def space_is_an_environment_fault(where: Path) -> Iterator[None]:
    """Turn «no space», «read-only» and «not permitted» into errors that a person can act on."""
    try:
        yield
    except OSError as error:
        if error.errno in (errno.ENOSPC, errno.EDQUOT):
            raise EnvironmentFault("no_space", where=str(where)) from error
        if error.errno in (errno.EROFS, errno.EACCES, errno.EPERM):
            raise EnvironmentFault("not_writable", where=str(error.filename or where)) from error
        if error.errno == errno.ENOTDIR:
            raise InputError("not_a_folder", where=str(file_on_the_way(where) or where)) from error
        raise


def file_on_the_way(folder: Path) -> Path | None:
    """What stands where `folder`, or a folder above it, is to be; None where nothing hinders."""
    return next((level for level in (folder, *folder.parents) if level.exists() and not level.is_dir()), None)


def make_folder(folder: Path) -> Path:
    """The folder, made with its parents.

    Raises:
        InputError: it, or one above it, is a file. EnvironmentFault: no space, or the place is not writable.
    """
    if found := file_on_the_way(folder):
        raise InputError("not_a_folder", where=str(found))
    with space_is_an_environment_fault(folder):
        folder.mkdir(parents=True, exist_ok=True)
    return folder


def beside(path: Path, suffix: str) -> Path:
    """A hidden name beside `path` that is short however long its own is: file systems take 255 bytes."""
    return path.with_name(f".{hashlib.sha256(os.fsencode(path.name)).hexdigest()[:16]}.{suffix}")


def _temporary(path: Path) -> Path:
    """A hidden name beside `path` for this one call: threads and machines that share a folder never meet in it."""
    return beside(path, f"{secrets.token_hex(8)}.tmp")


def write(path: Path, content: bytes, *, mode: int = 0o644, synced: bool = True) -> None:
    """Put `content` at `path`, whole or not at all.

    Args:
        synced: whether it outlives a power cut; what may be lost at any time needs no wait.

    Raises:
        EnvironmentFault: no space, or the place is not writable.
    """
    temporary = _temporary(path)
    with space_is_an_environment_fault(path):
        try:
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
            with os.fdopen(handle, "wb") as out:
                out.write(content)
                if synced:
                    out.flush()
                    os.fsync(out.fileno())
            temporary.replace(path)
        finally:
            temporary.unlink(missing_ok=True)
        if synced:
            process.fsync_folder(path.parent)


def copy(source: Path, target: Path) -> None:
    """Put a copy of `source` at `target`, whole or not at all.

    Raises:
        EnvironmentFault: no space, or the place is not writable.
    """
    temporary = _temporary(target)
    with space_is_an_environment_fault(target):
        try:
            shutil.copyfile(source, temporary)
            with temporary.open("rb") as handle:
                os.fsync(handle.fileno())
            temporary.replace(target)
        finally:
            temporary.unlink(missing_ok=True)
        process.fsync_folder(target.parent)


def link_or_copy(source: str | os.PathLike[str], target: str | os.PathLike[str]) -> None:
    """A second name for bytes that never change; a copy where the file system has no links.

    Raises:
        OSError: there is something at `target`, or it can't be written.
    """
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)


def digest(path: Path) -> str:
    """SHA-256 (hex) of a file.

    Raises:
        InputError: it is no regular file. OSError: it can't be read.
    """
    with regular.opened(path) as handle:
        return hashlib.file_digest(handle, "sha256").hexdigest()


def digests(path: Path) -> tuple[str, str]:
    """SHA-256 and MD5 (hex) of a file, in one read; raises as `digest`. MD5 is for receivers that know no better."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    with regular.opened(path) as handle:
        while block := handle.read(_BLOCK_BYTES):
            sha256.update(block)
            md5.update(block)
    return sha256.hexdigest(), md5.hexdigest()


def append_line(path: Path, line: bytes) -> None:
    """Add one line (without its end) to a journal; a torn last line of a crash is ended first."""
    with space_is_an_environment_fault(path), path.open("ab+") as out:
        if out.tell() > 0:
            out.seek(-1, os.SEEK_END)
            if out.read(1) != b"\n":
                out.write(b"\n")
        out.write(line + b"\n")
        out.flush()
        os.fsync(out.fileno())


def publish_folder(temporary: Path, final: Path) -> None:
    """Fsync all that is in `temporary`, then rename it to `final`.

    Raises:
        EnvironmentFault: no space, or the place is not writable.
    """
    with space_is_an_environment_fault(final):
        for path in sorted(temporary.rglob("*")):
            if path.is_dir():
                process.fsync_folder(path)
            else:
                with path.open("rb") as handle:
                    os.fsync(handle.fileno())
        process.fsync_folder(temporary)
        final.parent.mkdir(parents=True, exist_ok=True)
        temporary.replace(final)
        process.fsync_folder(final.parent)


def publish_file(temporary: Path, final: Path) -> None:
    """Fsync a file that was written in pieces, then rename it to `final` beside it.

    Raises:
        EnvironmentFault: no space, or the place is not writable.
    """
    with space_is_an_environment_fault(final):
        with temporary.open("rb") as handle:
            os.fsync(handle.fileno())
        temporary.replace(final)
        process.fsync_folder(final.parent)


def fresh_folder(folder: Path) -> Path:
    """An empty folder of this name; what a crash left in it is removed."""
    with space_is_an_environment_fault(folder):
        if folder.exists():
            shutil.rmtree(folder)
        folder.mkdir(parents=True)
    return folder
