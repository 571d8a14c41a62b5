"""Notices that are on the disk become results in the store: their answer files fetched, each result put once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Collection
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import StrEnum
from functools import partial
from queue import SimpleQueue
from urllib.parse import urlsplit

from pipeline.errors import InputError, ShowcaseError, unforeseen
from pipeline.exchange.c2 import fetching, reply, results
from pipeline.exchange.c2.command_file import CommandFile
from pipeline.exchange.c2.fetching import Bounds, NotFetched, WhyUnread
from pipeline.exchange.c2.journal import Notice, NoticeJournal
from pipeline.exchange.c2.order_book import OrderBook
from pipeline.exchange.c2.reply import Reply
from pipeline.exchange.c2.results import Told
from pipeline.exchange.c2.untrusted_xml import Unreadable
from pipeline.model.c2_dialect import Dialect
from pipeline.model.c2_records import How, Order, OrderResult
from pipeline.storage.bucket import Bucket
from pipeline.storage.orders import KnownOrder, OrderPlace

AT_ONCE = 4
PAUSE_S, PAUSE_MOST_S = 2.0, 60.0
CLOSING_S = 5.0
FILE_PATIENCE = timedelta(minutes=10)  # for an answer file that does not come: then the notice alone tells


class Settlement(StrEnum):
    """What became of a notice."""

    STORED = "stored"
    KNOWN = "known"  # a result stood there already
    NOT_OURS = "not_ours"  # which the store could not say when it came
    LATER = "later"  # the store, or the answer file's host, does not answer


@dataclass(frozen=True)
class Settled:
    """What became of a notice, for whoever looks on.

    Args:
        known: the order with its result, where it is stored.
        fault: why it is done later.
    """

    notice: Notice
    settlement: Settlement
    known: KnownOrder | None = None
    fault: ShowcaseError | None = None


class Settling:
    """Works on what waits in a journal, in threads of its own, until it is closed.

    What is tried again has threads apart: a host that does not answer keeps nothing new waiting.

    Args:
        hosts: that answer files may be fetched from, beside the head-end that was told.
        told: hears of each that is settled, and once of each that is done later.
        dialect: says what the head-end's numbers mean.
        accepts: a good result is the operator's acceptance too.
    """

    def __init__(
        self,
        journal: NoticeJournal,
        book: OrderBook,
        hosts: Collection[str],
        told: Callable[[Settled], None] = lambda _: None,
        dialect: Dialect | None = None,
        *,
        accepts: bool = False,
    ):
        self._journal, self._book, self._hosts, self._told = journal, book, tuple(hosts), told
        self._dialect, self._accepts = dialect, accepts
        self._wake, self._end = threading.Event(), threading.Event()
        self._lock = threading.Lock()
        self._busy: set[str] = set()
        self._again: dict[str, tuple[float, float]] = {}  # when (monotonic), and after which pause
        self._new: SimpleQueue[Notice | None] = SimpleQueue()
        self._tried: SimpleQueue[Notice | None] = SimpleQueue()
        self._threads = [self._thread(self._run)]
        for queue in (self._new, self._tried):
            self._threads += [self._thread(partial(self._work, queue)) for _ in range(AT_ONCE)]

    @staticmethod
    def _thread(act: Callable[[], None]) -> threading.Thread:
        return threading.Thread(target=act, name="c2-settling", daemon=True)

    def start(self) -> None:
        """Begin, with what a crash left."""
        for thread in self._threads:
            thread.start()

    def wake(self, _notice: Notice | None = None) -> None:
        """There is something new."""
        self._wake.set()

    def close(self) -> None:
        """End what waits at once; what is in hand has some seconds, and is done again at the next start else."""
        self._end.set()
        self._wake.set()
        for queue in (self._new, self._tried):
            for _ in range(AT_ONCE):
                queue.put(None)
        ends = time.monotonic() + CLOSING_S
        for thread in self._threads:
            thread.join(max(0.0, ends - time.monotonic()))

    def _run(self) -> None:
        """Hand out what is due."""
        while not self._end.is_set():
            self._wake.clear()
            now, wait_s = time.monotonic(), PAUSE_MOST_S
            for notice in self._journal.waiting():
                with self._lock:
                    due, _ = self._again.get(notice.correlate_id, (0.0, 0.0))
                    if notice.correlate_id in self._busy:
                        continue
                    if due > now:
                        wait_s = min(wait_s, due - now)
                        continue
                    self._busy.add(notice.correlate_id)
                (self._tried if due else self._new).put(notice)
            self._wake.wait(wait_s)

    def _work(self, queue: SimpleQueue[Notice | None]) -> None:
        while (notice := queue.get()) is not None and not self._end.is_set():
            self._one(notice)

    def _one(self, notice: Notice) -> None:
        try:
            settled = settle(notice, self._book, self._hosts, self._dialect, accepts=self._accepts)
            if settled.settlement is not Settlement.LATER:
                is_ours = settled.settlement is not Settlement.NOT_OURS
                self._journal.settle(notice, datetime.now(UTC), is_ours=is_ours)
        except Exception as error:  # noqa: BLE001 - a fault on one must not keep the next from being done
            fault = error if isinstance(error, ShowcaseError) else unforeseen(error)
            settled = Settled(notice, Settlement.LATER, fault=fault)
        is_first = self._scheduled(notice, is_later=settled.settlement is Settlement.LATER)
        if is_first and not self._end.is_set():
            self._told(settled)
        self._wake.set()

    def _scheduled(self, notice: Notice, *, is_later: bool) -> bool:
        """Whether this is to be told of: what is done later is told once."""
        own = notice.correlate_id
        with self._lock:
            self._busy.discard(own)
            _, before = self._again.pop(own, (0.0, 0.0))
            if not is_later:
                return True
            pause = min(before * 2, PAUSE_MOST_S) or PAUSE_S
            self._again[own] = (time.monotonic() + pause, pause)
            return not before


def settle(
    notice: Notice, book: OrderBook, hosts: Collection[str], dialect: Dialect | None = None, *, accepts: bool = False
) -> Settled:
    """Put the result of a notice beside its package."""
    try:
        place = book.find(notice.correlate_id)
        known = place.known() if place else None
    except ShowcaseError as fault:
        return Settled(notice, Settlement.LATER, fault=fault)
    if place is None or known is None or known.order.csp_id != notice.csp_id:
        return Settled(notice, Settlement.NOT_OURS)
    if known.result:
        return Settled(notice, Settlement.KNOWN, known)
    try:
        result = _result(notice, known.order, hosts, dialect).model_copy(update={"accepts": accepts})
    except NotFetched:
        return Settled(notice, Settlement.LATER)
    clear_command_file(place.bucket, known.order)
    return _put(notice, place, known, result)


def _put(notice: Notice, place: OrderPlace, known: KnownOrder, result: OrderResult) -> Settled:
    try:
        if place.put_result(result):
            return Settled(notice, Settlement.STORED, KnownOrder(known.ref, known.order, known.answer, result))
        return Settled(notice, Settlement.KNOWN, known)
    except ShowcaseError as fault:
        return Settled(notice, Settlement.LATER, fault=fault)


def clear_command_file(bucket: Bucket, order: Order) -> None:
    """Take the order's file away, since its result is in. A server that does not answer hinders no result."""
    with suppress(ShowcaseError):
        CommandFile(bucket, order.command_file).clear()


def _result(notice: Notice, order: Order, hosts: Collection[str], dialect: Dialect | None) -> OrderResult:
    """What a notice and its answer file say.

    Raises:
        NotFetched: the file does not come, and may yet.
    """
    if notice.result_file is None:
        return results.result_of(order, None, Told(How.NOTICE, notice.at, notice.cmd_result), dialect)
    said: Reply | None = None
    why: WhyUnread | None = None
    try:
        bounds = Bounds(reply.MOST_BYTES, hosts=(*hosts, urlsplit(order.head_end).hostname or ""))
        said = reply.read(fetching.fetched(notice.result_file, bounds))
    except NotFetched as error:
        if error.is_passing and datetime.now(UTC) - notice.at < FILE_PATIENCE:
            raise
        why = error.why
    except InputError:  # a wrong file of passwords
        why = WhyUnread.FETCH
    except Unreadable:
        why = WhyUnread.REPLY
    return results.result_of(order, said, Told(How.NOTICE, notice.at, notice.cmd_result, why), dialect)
