"""Objects held to what they must be, side by side: by size and the digest beside them, or by every byte."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from pipeline.errors import IntegrityError, TransferError
from pipeline.exchange.audit.found import Fault, Item, Look, Pending, Problem
from pipeline.exchange.audit.progress_file import Progress
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.place import parsed
from pipeline.storage.s3.faults import MISSING

AT_ONCE = 8
_AHEAD = 64  # looks that wait for their turn


@dataclass
class Counts:
    """How much was looked at; safe in several threads.

    Args:
        known: of those that were read before a run that was broken off.
        bare: read and right, with no digest beside them: the tool that copied them left it out.
    """

    objects: int = 0
    read: int = 0
    read_bytes: int = 0
    known: int = 0
    bare: int = 0
    pending: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, **more: int) -> None:
        """Count further ones."""
        with self._lock:
            for name, count in more.items():
                setattr(self, name, getattr(self, name) + count)


def problems(items: Iterable[Item], progress: Progress, counts: Counts) -> Iterator[Problem]:
    """What is wrong, in the order of the items; a few are looked at at once.

    Raises:
        EnvironmentFault, TransferError: the store does not answer.
    """
    waiting: deque[Future[list[Problem]]] = deque()
    with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="audit") as pool:
        try:
            for item in items:
                if isinstance(item, Problem):
                    yield item
                elif isinstance(item, Pending):
                    counts.add(pending=1)
                else:
                    waiting.append(pool.submit(_looked, item, progress, counts))
                while len(waiting) > _AHEAD or (waiting and waiting[0].done()):
                    yield from waiting.popleft().result()
            while waiting:
                yield from waiting.popleft().result()
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise


def _looked(look: Look, progress: Progress, counts: Counts) -> list[Problem]:
    counts.add(objects=1)

    def told(fault: Fault, detail: str = "") -> list[Problem]:
        return [Problem(fault, look.listed.where, detail)]

    if look.model is not None:
        return _record(look, told)
    listed = look.listed
    if look.size_bytes not in (None, listed.size_bytes):
        return told(Fault.SIZE, f"{listed.size_bytes}, {look.size_bytes}")
    head = listed.bucket.head(listed.key)
    if head is None:
        return told(Fault.MISSING)
    if look.sha256 and head.sha256 and head.sha256 != look.sha256:
        return told(Fault.METADATA, head.sha256)
    wanted = look.sha256 or head.sha256
    if not progress.is_read(listed.where):
        return told(Fault.METADATA) if head.sha256 is None else []
    if wanted is None:
        return []  # nothing says what it must be
    if progress.knows(listed.where, listed.etag, wanted):
        counts.add(known=1)
        return []
    try:
        digest = listed.bucket.store.patience.again(partial(_digest, look))
    except TransferError as error:
        if error.detail in MISSING:
            return told(Fault.MISSING)
        raise
    counts.add(read=1, read_bytes=listed.size_bytes, bare=head.sha256 is None)
    if digest != wanted:
        return told(Fault.BYTES, digest)
    progress.remember(listed.where, listed.etag, wanted)
    return []


def _digest(look: Look) -> str:
    digest = hashlib.sha256()
    for block in look.listed.bucket.stream(look.listed.key, start=0):
        digest.update(block)
    return digest.hexdigest()


def _record(look: Look, told: Callable[[Fault], list[Problem]]) -> list[Problem]:
    listed = look.listed
    if look.model is None or listed.size_bytes > MOST_RECORD:
        return told(Fault.MARKER)
    content = listed.bucket.get(listed.key)
    if content is None:
        return told(Fault.MISSING)
    try:
        parsed(content, look.model, listed.where, look.named)
    except IntegrityError:
        return told(Fault.MARKER)
    return []
