"""Files from the store, by ranges where one is half there, each held to its digest before it has its name."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from functools import partial
from pathlib import Path

from pipeline import durable
from pipeline.errors import IntegrityError
from pipeline.model.rendition import StoredFile
from pipeline.storage.place import Place
from pipeline.storage.transfer import BytesCallback, DigestCallback


def download(  # noqa: PLR0913 - what, where to, under which names, and who is told
    place: Place,
    files: Sequence[StoredFile],
    folder: Path,
    on_bytes: BytesCallback = lambda _: None,
    *,
    on_same: BytesCallback | None = None,
    names: Mapping[str, str] | None = None,
    digest: DigestCallback = durable.digest,
) -> list[StoredFile]:
    """Fetch every file into `folder` that is not there as listed, taking up half-fetched ones; gives those fetched.

    Args:
        on_same: is told of the bytes of files that are there as listed, else `on_bytes` is.
        names: what a key is called in `folder`, where that is not the key itself.
        digest: SHA-256 of a file that is there; one that remembers spares reading it again.

    Raises:
        IntegrityError: what came is not what the manifest lists.
        TransferError: an object is missing or the line fails after retries.
    """
    fetched = []
    for item in files:
        path = folder / (names or {}).get(item.path, item.path)
        if _is_here(path, item, digest):
            (on_same or on_bytes)(item.size_bytes)
            continue
        durable.make_folder(path.parent)
        place.bucket.store.patience.again(partial(_fetch, place, item, path, on_bytes))
        fetched.append(item)
    return fetched


def _is_here(path: Path, item: StoredFile, digest: DigestCallback) -> bool:
    is_file = path.is_file() and not path.is_symlink()
    return is_file and path.stat().st_size == item.size_bytes and digest(path) == item.sha256


def _fetch(place: Place, item: StoredFile, path: Path, on_bytes: BytesCallback) -> None:
    """One file; what is told to `on_bytes` is what is there of it, and is taken back where that is worth nothing."""
    there = durable.beside(path, "part")
    digest = hashlib.sha256()
    start = there.stat().st_size if there.is_file() else 0
    start = start if start <= item.size_bytes else 0
    if start:
        with there.open("rb") as begun:
            while block := begun.read(1 << 20):
                digest.update(block)
        on_bytes(start)
    counted = start
    try:
        with durable.space_is_an_environment_fault(there), there.open("ab" if start else "wb") as out:
            is_whole = 0 < start == item.size_bytes
            blocks = () if is_whole else place.bucket.stream(place.prefix + item.path, start=start)
            for block in blocks:
                out.write(block)
                digest.update(block)
                on_bytes(len(block))
                counted += len(block)
                if out.tell() > item.size_bytes:
                    break
        if digest.hexdigest() != item.sha256:
            there.unlink()
            raise IntegrityError("download_differs", where=place.where(item.path))
    except BaseException:
        on_bytes(-counted)
        raise
    there.replace(path)
