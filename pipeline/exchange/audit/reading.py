"""Objects held to what they must be, side by side: by size and the digest beside them, or by every byte."""

from __future__ import annotations

import hashlib
import threading
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial

from pipeline import yamlio
from pipeline.errors import InputError, IntegrityError, TransferError
from pipeline.exchange.audit.found import Fault, Item, Look, Pending, Problem
from pipeline.exchange.audit.progress_file import Progress
from pipeline.model.finding import worst
from pipeline.model.inbox import InboxMarker, Reports
from pipeline.model.reference import SubmissionRef
from pipeline.model.submission import Submission
from pipeline.storage import layout
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.place import given, parsed
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
                    waiting.append(Future())
                    waiting[-1].set_result([item])
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
    try:
        return given(lambda: _held(look, progress, counts), look.listed.where)
    except IntegrityError as fault:
        return [Problem(Fault.REFUSED, look.listed.where, fault.detail or "")]


def _held(look: Look, progress: Progress, counts: Counts) -> list[Problem]:
    def told(fault: Fault, detail: str = "") -> list[Problem]:
        return [Problem(fault, look.listed.where, detail)]

    if look.model is not None or look.marker is not None:
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


def _record(look: Look, told: Callable[..., list[Problem]]) -> list[Problem]:
    """A record, `submission.yaml` or what the check said: small, and read whatever the sample is."""
    listed = look.listed
    if listed.size_bytes > MOST_RECORD:
        return told(Fault.MARKER)
    content = listed.bucket.get(listed.key, MOST_RECORD)
    head = listed.bucket.head(listed.key)
    if content is None or head is None:
        return told(Fault.MISSING)
    try:
        found = parsed(content, look.model, listed.where, look.named) if look.model else None
    except IntegrityError:
        return told(Fault.MARKER)
    if look.marker and not (
        _is_verdict(found, look.marker) if isinstance(found, Reports) else _is_submission(content, look.marker)
    ):
        return told(Fault.WORDS)
    digest = hashlib.sha256(content).hexdigest()
    return told(Fault.BYTES, digest) if head.sha256 not in (None, digest) else []


def _is_verdict(reports: Reports, marker: InboxMarker) -> bool:
    return worst(report.verdict for report in reports.reports) is marker.verdict


def _is_submission(content: bytes, marker: InboxMarker) -> bool:
    """Whether it is what was handed in, by the digest of its content (as `review_copy.read_fetched`)."""
    try:
        given = yamlio.validate(Submission, yamlio.parse(content.decode(), name=layout.SUBMISSION))
    except (InputError, UnicodeDecodeError):
        return False
    ref = SubmissionRef(given.prefecture, given.identity())
    return ref == marker.ref and given.content([(f.file, f.sha256) for f in marker.files]) == marker.content_sha256
