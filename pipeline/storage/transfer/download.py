"""Files from the store, side by side, each held to its digest before it has its name.

What is there of a file is always its beginning (`part_file`): the next run goes on from there.
"""

from __future__ import annotations

import shutil
import threading
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from pipeline import children, durable, process
from pipeline.errors import EnvironmentFault, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage.network.together import together
from pipeline.storage.place import Place
from pipeline.storage.transfer.callbacks import BytesCallback, DigestCallback, Told
from pipeline.storage.transfer.fetching import FileOnItsWay
from pipeline.storage.transfer.given_up import fetching_given_up
from pipeline.storage.transfer.part_file import PartFile
from pipeline.storage.transfer.publishing import Publishing

AT_ONCE = 8
SPARE_BYTES = 64_000_000  # that stay free: for journals, and for all else that is written meanwhile


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
        on_bytes: is told by one thread at a time, not always the same.
        on_same: is told of the bytes that are there before, of whole files and of beginnings, else `on_bytes` is.
        names: what a key is called in `folder`, where that is not the key itself.
        digest: SHA-256 of a file that is there; one that remembers spares reading it again.

    Raises:
        IntegrityError: what came is not what the manifest lists, also when it was fetched once more.
        TransferError: an object is missing or the line fails after retries; `download_stays` where it was waited for.
        EnvironmentFault: there is no room for them, which is found before anything is fetched.
    """
    told = Told(on_bytes, on_same or on_bytes)
    wanted: dict[Path, StoredFile] = {}
    for item in files:
        path = folder / (names or {}).get(item.path, item.path)
        if path not in wanted and _is_here(path, item, digest):
            told.of_same(item.size_bytes)
        else:
            wanted[path] = item
    if wanted:
        try:
            _fetch(place, wanted, folder, told)
        except TransferError as error:
            raise fetching_given_up(error, told.count, sum(item.size_bytes for item in files)) from error
    return list(wanted.values())


def _fetch(place: Place, wanted: Mapping[Path, StoredFile], folder: Path, told: Told) -> None:
    folders = {path.parent for path in wanted}
    for parent in folders:
        durable.make_folder(parent)
    parts = {path: PartFile(path, item.size_bytes) for path, item in wanted.items()}
    _refuse_without_room(folder, parts.values())
    lock = threading.Lock()
    in_turn, same = _in_turn(lock, told.of_sent), _in_turn(lock, told.of_same)
    try:
        with Publishing(folders) as publishing:
            on_their_way = [
                FileOnItsWay(place, item, parts[path], in_turn, same, publishing.add) for path, item in wanted.items()
            ]
            jobs = [job for file in on_their_way for job in file.jobs()]
            together(lambda job: job(), jobs, AT_ONCE, lambda: in_turn(0))
    finally:
        for part in parts.values():
            part.close()
    for parent in folders:
        process.fsync_folder(parent)


def _is_here(path: Path, item: StoredFile, digest: DigestCallback) -> bool:
    is_file = path.is_file() and not path.is_symlink()
    return is_file and path.stat().st_size == item.size_bytes and digest(path) == item.sha256


def _refuse_without_room(folder: Path, parts: Iterable[PartFile]) -> None:
    needed = sum(part.lacking_bytes for part in parts)
    free = shutil.disk_usage(folder).free
    if needed and needed + SPARE_BYTES > free:
        lacking = needed + SPARE_BYTES - free
        needed_mb, free_mb, lacking_mb = (-(-count // 1_000_000) for count in (needed, free, lacking))
        seen = folder.parent if folder.name.startswith(".") else folder  # what is built has a hidden name
        raise EnvironmentFault(
            "fetch_no_room", where=str(seen), needed_mb=needed_mb, free_mb=free_mb, lacking_mb=lacking_mb
        )


def _in_turn(lock: threading.Lock, on_bytes: BytesCallback) -> BytesCallback:
    """Tell of bytes one after the other, and no more once the work was ended."""

    def told(count: int) -> None:
        with lock:
            children.refuse_when_stopped()
            on_bytes(count)

    return told
