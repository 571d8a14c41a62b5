"""A folder of this machine: a disk, a stick, a share of the network."""

from __future__ import annotations

import errno
import shutil
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from pipeline import durable, regular
from pipeline.errors import EnvironmentFault, InputError
from pipeline.exchange.hand_over.shipment import Shipment
from pipeline.exchange.hand_over.transport import PART, Digest, OnBytes, Proof
from pipeline.media import fat
from pipeline.package.offline.folder import SPARE_BYTES, existing

BLOCK_BYTES = 1 << 20
LEAST_REMEMBERED_BYTES = 16 << 20
TRIAL = f"showcase-hand-over{PART}"


class FolderTransport:
    """A folder, which need not be there yet.

    Args:
        digest: SHA-256 of a file that stands there; one that remembers spares reading it again.
    """

    tells_sizes = resumes = was_reached = True

    def __init__(self, root: Path, digest: Callable[[Path], str] = durable.digest):
        self.root = root
        self._digest = digest

    def where(self, path: str = "") -> str:
        return str(self.root / path)

    def refuse_unfit(self, shipment: Shipment) -> None:
        """Let pass what there is room for, in files that the disk takes.

        Raises:
            EnvironmentFault: there is not; a file is too long for FAT; nothing may be written.
        """
        lacking = [item for item in shipment.files if self.size(f"{shipment.folder}/{item.path}") != item.size_bytes]
        rounded = sum(-(-item.size_bytes // fat.CLUSTER_BYTES) * fat.CLUSTER_BYTES for item in lacking)
        needed = rounded + SPARE_BYTES - self._begun(shipment) if lacking else 0
        free = shutil.disk_usage(existing(self.root)).free
        if needed > free:
            needed_mb, free_mb, lacking_mb = (-(-count // 1_000_000) for count in (needed, free, needed - free))
            raise EnvironmentFault(
                "offline_no_room", where=str(self.root), needed_mb=needed_mb, free_mb=free_mb, lacking_mb=lacking_mb
            )
        longest = max(lacking, key=lambda item: item.size_bytes, default=None)
        if longest and longest.size_bytes > fat.MOST_FILE_BYTES and not self._takes(fat.MOST_FILE_BYTES + 1):
            size_gb = f"{longest.size_bytes / 1e9:.2f}"
            raise EnvironmentFault("hand_over_too_large", where=self.where(longest.path), size_gb=size_gb)

    def size(self, path: str) -> int | None:
        file = self.root / path
        return file.stat().st_size if file.is_file() and not file.is_symlink() else None

    def make_folder(self, path: str) -> None:
        durable.make_folder(self.root / path)

    def append(self, path: str, start: int, blocks: Iterator[bytes], on_bytes: OnBytes) -> None:
        file = self.root / path
        with durable.space_is_an_environment_fault(file), file.open("r+b") if start else _anew(file) as out:
            out.seek(start)
            for block in blocks:
                out.write(block)
                on_bytes(len(block))

    def digest(self, path: str) -> Digest | None:
        file = self.root / path
        # of what is renamed in a moment, or is read as quickly as a record of it, nothing is worth remembering
        is_kept = not path.endswith(PART) and file.stat().st_size >= LEAST_REMEMBERED_BYTES
        return Digest(Proof.SHA256, (self._digest if is_kept else durable.digest)(file))

    def read(self, path: str, most: int) -> Iterator[bytes]:
        with regular.opened(self.root / path) as handle:
            while block := handle.read(min(BLOCK_BYTES, most)):
                most -= len(block)
                yield block

    def remove(self, path: str) -> None:
        with durable.space_is_an_environment_fault(self.root / path):
            (self.root / path).unlink(missing_ok=True)

    def put_in_place(self, temporary: str, path: str) -> None:
        _refuse_folder(self.root / path)
        durable.publish_file(self.root / temporary, self.root / path)

    def close(self) -> None:
        """There is nothing to leave."""

    def _begun(self, shipment: Shipment) -> int:
        """Bytes that an earlier run left under temporary names."""
        folder = self.root / shipment.folder
        parts = (path.lstat() for path in folder.rglob(f"*{PART}")) if folder.is_dir() else ()
        return sum(found.st_size for found in parts if stat.S_ISREG(found.st_mode))

    def _takes(self, size_bytes: int) -> bool:
        """Whether the disk knows files of this length: a hole of it is asked for, and given back."""
        trial = durable.make_folder(self.root) / TRIAL
        try:
            with durable.space_is_an_environment_fault(trial), _anew(trial) as out:
                out.truncate(size_bytes)
        except OSError as error:
            if error.errno == errno.EFBIG:
                return False
            raise
        finally:
            trial.unlink(missing_ok=True)
        return True


def _anew(file: Path) -> BinaryIO:
    """A new file: a link that somebody put at its name would lead out of the folder, a pipe would hold us.

    Raises:
        InputError: a folder stands there.
    """
    _refuse_folder(file)
    file.unlink(missing_ok=True)
    return file.open("xb")


def _refuse_folder(file: Path) -> None:
    if file.is_dir() and not file.is_symlink():
        raise InputError("not_a_file", where=str(file), detail=None, kind="folder")
