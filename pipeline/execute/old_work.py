"""What a workspace made and nothing asked for in a while: all of it can be made again, or asked again."""

from __future__ import annotations

import json
import os
import secrets
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from filelock import FileLock, Timeout

from pipeline import durable, locks
from pipeline.execute.in_flight import PART, claimed
from pipeline.execute.stages import RECORD
from pipeline.workspace import Workspace

_GOING = "gc-"  # a folder that is being removed: what a kill left of it goes with the next
_NAMED = 24  # digits of a stage's key in the name of its lock (`stages.short_name`)


@dataclass(frozen=True)
class OldWork:
    """A folder or file below `.showcase/` that may go.

    Args:
        lock: what whoever makes it again would hold; None where nobody does.
    """

    path: Path
    size_bytes: int
    lock: Path | None = None


def old_work(workspace: Workspace, before: datetime) -> list[OldWork]:
    """What nothing asked for since a time: finished stages, what killed commands left, films that were fetched, answers
    of the store. What a film that is worked on has claimed stays.
    """
    used = _last_used(workspace)
    living = claimed(workspace)
    found: list[OldWork] = []
    for part in ("", PART):
        base = workspace.hidden / part
        for folder in _folders(base / "work", "*/*"):
            stage, key = folder.parent.name, folder.name
            at = max(used.get((stage, key), 0.0), _made(folder))
            if at < before.timestamp() and folder not in living:
                found.append(_sized(folder, workspace.locks / f"{stage}-{key[:_NAMED]}.lock"))
        for folder in _folders(base / "tmp", "*"):
            is_left = folder.name.startswith(_GOING)
            if (is_left or folder.stat().st_mtime < before.timestamp()) and folder not in living:
                found.append(_sized(folder, None if is_left else workspace.locks / f"{folder.name}.lock"))
    for folder in _folders(workspace.hidden / "inbox", "*/*/r*"):  # copies of approved films, by `run`
        if _touched(folder) < before.timestamp():
            found.append(_sized(folder, locks.lock_of(folder)))
    for path in sorted((workspace.cache / "objects").rglob("*")):
        if path.is_file() and path.stat().st_mtime < before.timestamp():
            found.append(OldWork(path, path.stat().st_size))
    return [item for item in found if item.lock is None or not _is_held(item.lock)]


def remove(workspace: Workspace, item: OldWork) -> bool:
    """Remove one; False where somebody began to make it again meanwhile, or took it away. Nothing half of it is ever
    found.

    Raises:
        EnvironmentFault: the place is not writable.
    """
    if item.lock is None:
        _remove(workspace, item.path)
        return True
    durable.make_folder(item.lock.parent)
    lock = FileLock(item.lock)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return False
    try:
        if not item.path.exists():
            return False
        _remove(workspace, item.path)
    finally:
        lock.release()
    return True


def _remove(workspace: Workspace, path: Path) -> None:
    with durable.space_is_an_environment_fault(path):
        if path.is_file():
            path.unlink(missing_ok=True)
            return
        if not path.name.startswith(_GOING):
            going = durable.make_folder(workspace.hidden / "tmp") / f"{_GOING}{secrets.token_hex(8)}"
            path = path.rename(going)
        shutil.rmtree(path)


def _folders(base: Path, pattern: str) -> Iterator[Path]:
    return (path for path in sorted(base.glob(pattern)) if path.is_dir() and not path.is_symlink())


def _made(folder: Path) -> float:
    record = folder / RECORD
    return (record if record.exists() else folder).stat().st_mtime


def _touched(folder: Path) -> float:
    """When something of it was last written or read."""
    files = [path.stat() for path in folder.rglob("*") if path.is_file()]  # looking into a folder reads it
    return max((max(item.st_mtime, item.st_atime) for item in files), default=folder.stat().st_mtime)


def _sized(folder: Path, lock: Path | None) -> OldWork:
    size = sum(os.lstat(Path(root) / name).st_size for root, _, names in os.walk(folder) for name in names)
    return OldWork(folder, size, lock)


def _is_held(path: Path) -> bool:
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return True
    lock.release()
    return False


def _last_used(workspace: Workspace) -> dict[tuple[str, str], float]:
    """When a finished stage was last asked for, by the journal; read line by line, for it only grows."""
    found: dict[tuple[str, str], float] = {}
    if not workspace.journal.is_file():
        return found
    with workspace.journal.open(encoding="utf-8", errors="replace") as lines:
        for line in lines:
            if '"stage.reused"' not in line:
                continue
            try:
                row = json.loads(line)
                found[row["stage"], row["key"]] = datetime.fromisoformat(row["at"]).astimezone(UTC).timestamp()
            except (ValueError, KeyError, TypeError):
                continue
    return found
