"""MD5 of delivered files, for branches that ask for it: each file is read once, held to its SHA-256 on the way, and its
MD5 kept by that. A copy that lies on this machine as `pull` put it is read in place of the store's."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from pipeline import children, durable, regular
from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import seen
from pipeline.model.reference import SubmissionRef
from pipeline.package.branch_table.rows import TableFile
from pipeline.storage.buckets import Buckets
from pipeline.storage.transfer.callbacks import BytesCallback

_BLOCK = 1 << 20
_MD5 = re.compile(r"[0-9a-f]{32}")


def known(files: Iterable[TableFile], cache: Path) -> dict[str, str]:
    """MD5 of the files that were read before, by their SHA-256."""
    found = {}
    for file in files:
        try:
            text = _kept(cache, file.sha256).read_text("ascii")
        except (OSError, ValueError):
            continue
        if _MD5.fullmatch(text):
            found[file.sha256] = text
    return found


def read(buckets: Buckets, file: TableFile, cache: Path, on_bytes: BytesCallback) -> str:
    """MD5 of one file, which is kept.

    Raises:
        IntegrityError: its bytes are not those that the package lists.
        TransferError: the store does not give it after retries.
    """
    md5 = _of_copy(file, on_bytes) or buckets.delivery.store.patience.again(lambda: _of_store(buckets, file, on_bytes))
    durable.make_folder(_kept(cache, file.sha256).parent)
    durable.write(_kept(cache, file.sha256), md5.encode(), synced=False)
    return md5


def _of_copy(file: TableFile, on_bytes: BytesCallback) -> str | None:
    """Of a copy here; None where there is none, or it is not whole."""
    for folder in seen.folders(file.listed.package_id):
        path = folder / file.path
        try:
            with regular.opened(path) as handle:
                if path.stat().st_size != file.size_bytes:
                    continue
                if md5 := _digest(iter(lambda: handle.read(_BLOCK), b""), file, on_bytes):
                    return md5
        except (OSError, InputError):
            continue
    return None


def _of_store(buckets: Buckets, file: TableFile, on_bytes: BytesCallback) -> str:
    told = file.listed.programme.description
    place = buckets.place_of_delivery(SubmissionRef(told.prefecture, told.identity))
    package = place.package(file.listed.package_id).place
    md5 = _digest(package.bucket.stream(package.prefix + file.path, start=0), file, on_bytes)
    if md5 is None:
        raise IntegrityError("download_differs", where=package.where(file.path))
    return md5


def _digest(blocks: Iterator[bytes], file: TableFile, on_bytes: BytesCallback) -> str | None:
    """MD5 of what is read; None where it is not the file that is listed, whose bytes are then taken back."""
    md5, sha256 = hashlib.md5(usedforsecurity=False), hashlib.sha256()
    counted = 0
    try:
        for block in blocks:
            md5.update(block)
            sha256.update(block)
            on_bytes(len(block))
            counted += len(block)
            children.refuse_when_stopped()
    except BaseException:
        on_bytes(-counted)
        raise
    if sha256.hexdigest() == file.sha256:
        return md5.hexdigest()
    on_bytes(-counted)
    return None


def _kept(cache: Path, sha256: str) -> Path:
    return cache / "md5" / sha256[:2] / sha256
