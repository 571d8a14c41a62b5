"""What an administrator clears: unfinished uploads, what machines shared, what this workspace made, and by rules what
was superseded or withdrawn. Looked for first, told, then carried out, each thing asked anew right before it goes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial

from pipeline.exchange import keeping
from pipeline.exchange.progress import ByteProgress, ProgressCallback
from pipeline.exchange.selection import Unreadable
from pipeline.execute import old_work
from pipeline.execute.journal import Journal
from pipeline.execute.old_work import OldWork
from pipeline.model.keeping import Keeping
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.upkeep import clearing, expiry, kinds, unfinished
from pipeline.storage.upkeep.clearing import Clearance
from pipeline.storage.upkeep.expiry import Expired
from pipeline.storage.upkeep.kinds import BucketRole
from pipeline.storage.upkeep.unfinished import Unfinished
from pipeline.workspace import Workspace

UPLOAD_DAYS = 14  # without a new part: a film on a bad line takes days
CLEAR = "clear"


@dataclass(frozen=True)
class Heap:
    """Things of one kind of one prefecture: how many, and how much they take.

    Args:
        what: a kind of `Clearable`, or `unfinished`, `work`, `local`.
        rule: by which they go, where one says so.
    """

    prefecture: str
    what: str
    rule: str
    count: int
    size_bytes: int


@dataclass(frozen=True)
class Cleaning:
    """What may go."""

    clearances: tuple[Clearance, ...]
    uploads: tuple[tuple[str, Unfinished], ...]  # each with the prefecture that it is of
    work: Expired
    local: tuple[OldWork, ...]

    def heaps(self) -> list[Heap]:
        """Prefecture by prefecture, then what is nobody's."""
        found: dict[tuple[str, str, str], tuple[int, int]] = {}
        for prefecture, what, rule, size_bytes in self._things():
            count, taken = found.get((prefecture, what, rule), (0, 0))
            found[prefecture, what, rule] = count + 1, taken + size_bytes
        order = sorted(found, key=lambda key: (not key[0], key))
        return [Heap(*key, *found[key]) for key in order]

    @property
    def size_bytes(self) -> int:
        """All of it."""
        return sum(heap.size_bytes for heap in self.heaps())

    def _things(self) -> Iterator[tuple[str, str, str, int]]:
        for item in self.clearances:
            yield item.ref.prefecture, item.kind.value, item.rule, item.size_bytes
        for prefecture, upload in self.uploads:
            yield prefecture, kinds.ObjectKind.UNFINISHED.value, "", upload.size_bytes
        for sized in (*self.work.sources, *(item for stage in self.work.stages for item in stage)):
            yield "", kinds.ObjectKind.WORK.value, "", sized.size_bytes
        for local in self.local:
            yield "", "local", "", local.size_bytes


@dataclass(frozen=True)
class Cleaner:
    """Looks and clears, for one workspace and its store."""

    buckets: Buckets
    workspace: Workspace
    rules: Keeping
    days: int
    now: datetime

    def look(self, unreadable: Unreadable) -> Cleaning:
        """What may go.

        Args:
            unreadable: hears of submissions that are left alone because a record of them is none.

        Raises:
            EnvironmentFault: this identity may not list. TransferError: the store does not answer.
        """
        before = self.now - timedelta(days=self.days)
        return Cleaning(
            clearances=tuple(keeping.clearances(self.buckets, self.rules, self.now, unreadable)),
            uploads=tuple(self._uploads()),
            work=expiry.expired(self.buckets.work, before),
            local=tuple(old_work.old_work(self.workspace, before)),
        )

    def carry_out(self, found: Cleaning, by: str, journal: Journal, on_progress: ProgressCallback) -> None:
        """Remove it, the store's first; each that went is a line of the journal. What may no longer go stays.

        Raises:
            EnvironmentFault: this identity may not delete. TransferError: the store does not answer.
        """
        told = ByteProgress(on_progress, found.size_bytes).of(CLEAR)
        journal.write("gc.began", days=self.days, size_bytes=found.size_bytes)
        for _, upload in found.uploads:
            self._drop(upload, journal, told)
        if found.work.size_bytes:
            expiry.remove(found.work)
            told(found.work.size_bytes)
            journal.write("gc.work", size_bytes=found.work.size_bytes, sources=len(found.work.sources))
        for item in found.clearances:
            if fresh := keeping.still(self.buckets, item, self.rules, self.now):
                clearing.clear(fresh, by, self.now, told)
                journal.write(
                    "gc.cleared",
                    kind=fresh.kind.value,
                    rule=fresh.rule,
                    place=fresh.place.where(),
                    objects=fresh.objects,
                    size_bytes=fresh.size_bytes,
                )
        for local in found.local:
            if old_work.remove(self.workspace, local):
                told(local.size_bytes)
                name = local.path.relative_to(self.workspace.hidden).as_posix()
                journal.write("gc.local", path=name, size_bytes=local.size_bytes)

    def _drop(self, found: Unfinished, journal: Journal, told: Callable[[int], None]) -> None:
        """Drop an upload, unless a part came meanwhile."""
        fresh = unfinished.look(found.upload, found.begun)
        if fresh is not None and self._is_left(fresh):
            fresh.upload.abort()
            told(fresh.size_bytes)
            journal.write("gc.upload", place=fresh.upload.where, size_bytes=fresh.size_bytes)

    def _uploads(self) -> Iterator[tuple[str, Unfinished]]:
        buckets: Iterable[tuple[BucketRole, Bucket]] = (
            (BucketRole.INBOX, self.buckets.inbox),
            (BucketRole.DELIVERY, self.buckets.delivery),
            (BucketRole.WORK, self.buckets.work),
        )
        for role, bucket in buckets:
            whose = partial(kinds.prefecture_of, role)
            for upload in unfinished.unfinished(bucket):
                if self._is_left(upload):
                    yield whose(upload.key), upload

    def _is_left(self, upload: Unfinished) -> bool:
        return upload.touched < self.now - timedelta(days=UPLOAD_DAYS)
