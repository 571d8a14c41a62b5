"""The folder itself: what in it is ours, what is to be written, whether there is room; written so that a stop at any
moment leaves files whole and a later run goes on."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError

from pipeline import durable, process
from pipeline.errors import EnvironmentFault, InputError
from pipeline.media import fat
from pipeline.model.offline import OwnFile, StationIndex

NAME = "showcase-offline.json"
STAGING = "showcase-offline.part"  # beside what it becomes, so that a rename is all that is left
SPARE_BYTES = 8 << 20  # for folders and the index itself
INDEX_EVERY_BYTES = 64 << 20

Bring = Callable[[Path], str]  # gives the SHA-256 (hex) of what it wrote


@dataclass(frozen=True)
class Wanted:
    """A file that is to be there: its place, what it is made of, and at most how many bytes it has."""

    path: str
    made_of: str
    size_bytes: int


class StationFolder:
    """The folder, and what is known of it."""

    def __init__(self, root: Path):
        self.root = root
        self.index = _read(root / NAME)
        self._unsaved = 0

    def missing(self, wanted: Iterable[Wanted]) -> list[Wanted]:
        """What is not there as it is to be, by the index and the sizes on the disk."""
        own = self.index.own()
        return [item for item in wanted if not self._is_there(item, own.get(item.path))]

    def refuse_unfit(self, missing: Iterable[Wanted]) -> None:
        """Let pass what can be written here: asked before anything is.

        Raises:
            EnvironmentFault: a file is larger than FAT takes; there is not room enough.
            InputError: somebody else's file stands where one of ours is to be.
        """
        todo = list(missing)
        for item in todo:
            if item.size_bytes > fat.MOST_FILE_BYTES:
                raise EnvironmentFault("offline_too_large", where=item.path, size_gb=f"{item.size_bytes / 1e9:.2f}")
        own = {fat.key(path) for path in self.index.own()}
        for item in todo:
            if (self.root / item.path).exists() and fat.key(item.path) not in own and not self._is_same(item):
                raise InputError("offline_foreign", where=str(self.root / item.path))
        rounded = sum(-(-item.size_bytes // fat.CLUSTER_BYTES) * fat.CLUSTER_BYTES for item in todo)
        needed = rounded + SPARE_BYTES - self._staged_bytes() if todo else 0
        free = shutil.disk_usage(existing(self.root)).free
        if needed > free:
            needed_mb, free_mb, lacking_mb = (-(-count // 1_000_000) for count in (needed, free, needed - free))
            raise EnvironmentFault(
                "offline_no_room",
                where=str(self.root),
                needed_mb=needed_mb,
                free_mb=free_mb,
                lacking_mb=lacking_mb,
            )

    def claim(self, index: StationIndex) -> None:
        """Say what will be ours, before the first of it is written."""
        self.index = index
        self.save()

    def put(self, item: Wanted, bring: Bring) -> OwnFile:
        """Have a file made, and put it in its place, whole or not at all; what is there as wanted stays.

        Args:
            bring: makes it at the path that it is given; what an earlier run left there may be gone on with.
        """
        target = self.root / item.path
        staged = durable.make_folder(self.root / STAGING) / item.made_of[:40]
        sha256 = item.made_of
        if not self._is_same(item):
            sha256 = bring(staged)
            with durable.space_is_an_environment_fault(staged):
                with staged.open("rb+") as handle:
                    os.fsync(handle.fileno())
                durable.make_folder(target.parent)
                staged.replace(target)
                process.fsync_folder(target.parent)
        return OwnFile(made_of=item.made_of, size_bytes=target.stat().st_size, sha256=sha256)

    def remove(self, paths: Iterable[str]) -> int:
        """Take away files of ours, and folders that hold nothing more; gives how many there were."""
        removed = 0
        for path in paths:
            file = self.root / path
            with durable.space_is_an_environment_fault(file):
                removed += file.is_file()
                file.unlink(missing_ok=True)
            for folder in file.parents:
                if folder == self.root or any(True for _ in _entries(folder)):
                    break
                with contextlib.suppress(OSError):
                    folder.rmdir()
        return removed

    def note(self, index: StationIndex, size_bytes: int) -> None:
        """What is known now; written down where much was done since."""
        self.index = index
        self._unsaved += size_bytes
        if self._unsaved >= INDEX_EVERY_BYTES:
            self.save()

    def save(self) -> None:
        """Write the index."""
        durable.make_folder(self.root)
        durable.write(self.root / NAME, self.index.to_file())
        self._unsaved = 0

    def tidy(self) -> None:
        """Take away what was half made and is wanted no more."""
        staging = self.root / STAGING
        for path in _entries(staging):
            path.unlink(missing_ok=True)
        with contextlib.suppress(OSError):
            staging.rmdir()

    def _is_there(self, item: Wanted, own: OwnFile | None) -> bool:
        if own is None or own.sha256 is None or own.made_of != item.made_of:
            return False
        path = self.root / item.path
        return path.is_file() and not path.is_symlink() and path.stat().st_size == own.size_bytes

    def _is_same(self, item: Wanted) -> bool:
        """Whether what stands there has the bytes already: of a run that was stopped, or of another hand."""
        path = self.root / item.path
        is_likely = path.is_file() and not path.is_symlink() and path.stat().st_size == item.size_bytes
        return is_likely and durable.digest(path) == item.made_of

    def _staged_bytes(self) -> int:
        return sum(path.stat().st_size for path in _entries(self.root / STAGING))


def content(path: str, data: bytes) -> Wanted:
    """A file of these bytes."""
    return Wanted(path, hashlib.sha256(data).hexdigest(), len(data))


def claims(wanted: Iterable[Wanted], known: Mapping[str, OwnFile]) -> dict[str, OwnFile]:
    """Files of ours as the index has them: those that are there as they are, the others as they will be."""
    return {
        item.path: known[item.path]
        if item.path in known and known[item.path].made_of == item.made_of
        else OwnFile(made_of=item.made_of, size_bytes=item.size_bytes)
        for item in wanted
    }


def existing(path: Path) -> Path:
    """The folder, or the first above it that is there."""
    return next(level for level in (path.absolute(), *path.absolute().parents) if level.exists())


def _entries(folder: Path) -> Iterable[Path]:
    return folder.iterdir() if folder.is_dir() else ()


def _read(path: Path) -> StationIndex:
    """What the folder says of itself. Where that can't be read nothing in it counts as ours."""
    try:
        return StationIndex.model_validate_json(path.read_bytes())
    except (OSError, ValidationError):
        return StationIndex(files={})
