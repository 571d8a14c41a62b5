"""One file from the store: by ranges where it is large, each held to what was asked for, and all to its digest."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from functools import partial

from pipeline import children
from pipeline.errors import IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage.bucket import REFUSED
from pipeline.storage.network.line import POLL_S
from pipeline.storage.place import Place
from pipeline.storage.s3.objects import ObjectAnswer, Take, Wanted
from pipeline.storage.transfer.callbacks import BytesCallback
from pipeline.storage.transfer.part_file import PartFile

RANGE_BYTES = 16 << 20
WINDOW_BYTES = 4 * RANGE_BYTES  # of a file, at most, are under way: what is ahead of its front is fetched again by who
# comes after a killed program
MOST_BLOCK = 512 << 10  # that is written and hashed at once
MOST_HELD_S = 1.0  # for which what came is not written yet
_BEHIND_END = ("InvalidRange", "416")


class FileOnItsWay:
    """A file that is fetched.

    Args:
        part: what is there of it.
        on_bytes: is told of bytes as they come; less than 0 of what was wrong.
        on_same: is told of those of an earlier run.
        publish: gives it its name, now or with others.
    """

    def __init__(
        self,
        place: Place,
        item: StoredFile,
        part: PartFile,
        on_bytes: BytesCallback,
        on_same: BytesCallback,
        publish: Callable[[PartFile], None],
    ):
        self._bucket, self._key, self._where = place.bucket, place.prefix + item.path, place.where(item.path)
        self._store = place.bucket.store
        self._item, self._part = item, part
        self._on_bytes, self._on_same, self._publish = on_bytes, on_same, publish
        self._etag = ""
        self._led = threading.Event()  # from the first range's answer on it is known what the others are part of
        self._led_to = 0

    def jobs(self) -> list[Callable[[], None]]:
        """What is to be done for it, in this order; the first one leads."""
        size = self._item.size_bytes
        further = range(RANGE_BYTES, size, RANGE_BYTES)
        return [self._lead, *(partial(self._follow, at, min(at + RANGE_BYTES, size)) for at in further)]

    def _lead(self) -> None:
        self._part.open(self._on_same)
        begin, size = self._part.front, self._item.size_bytes
        self._led_to = min(size, (begin // RANGE_BYTES + 1) * RANGE_BYTES)
        is_whole = 0 < begin == size
        if not is_whole:
            is_whole = self._fetch(begin, self._led_to) or not size
        self._led.set()
        if is_whole:
            self._finish()

    def _follow(self, start: int, stop: int) -> None:
        while not self._led.wait(POLL_S):
            children.refuse_when_stopped()
        if start < self._led_to:
            return
        self._part.await_turn(stop, WINDOW_BYTES)
        if self._fetch(start, stop):
            self._finish()
        else:
            self._part.sync()

    def _finish(self) -> None:
        """Give it its name where its digest is right; what is wrong is thrown away, and fetched once more.

        Raises:
            IntegrityError: it is wrong again.
        """
        for is_last in (False, True):
            if self._part.sha256() == self._item.sha256:
                self._publish(self._part)
                return
            self._on_bytes(-self._item.size_bytes)
            if is_last:
                self._part.drop()
                raise IntegrityError("download_differs", where=self._where)
            self._part.begin_anew()
            self._etag = ""
            self._fetch(0, self._item.size_bytes)

    def _fetch(self, start: int, stop: int) -> bool:
        """Bring a stretch of it, tried again from the byte where the line was cut; gives whether all is there then.

        Raises:
            IntegrityError: the object is another one, or what comes is twice not what was asked for.
        """
        stretch = _Stretch(start, stop)

        def attempt() -> IntegrityError | None:
            children.refuse_when_stopped()
            try:
                self._bring(stretch)
            except IntegrityError as fault:  # `again` would try it more often than it is worth
                return fault
            return None

        with self._store.line.gate.passed(stop - start):
            fault = self._store.patience.again(attempt)
            if fault and fault.key != "object_replaced":
                fault = self._store.patience.again(attempt)
        if fault:
            raise fault
        return stretch.is_whole

    def _bring(self, stretch: _Stretch) -> None:
        with self._part.writing(stretch.at, is_alone=self._item.size_bytes <= RANGE_BYTES) as put:
            come = _Arrived(put)
            try:
                self._ask(stretch, come)
            finally:
                stretch.is_whole = come.written() or stretch.is_whole
        if stretch.at < stretch.stop:
            raise TransferError("transfer_failed", where=self._where, detail="IncompleteReadError")

    def _ask(self, stretch: _Stretch, come: _Arrived) -> None:
        is_all = stretch.at == 0 and stretch.stop == self._item.size_bytes
        line = self._store.line
        most = MOST_BLOCK if line.limit.bytes_per_s is None else line.block_bytes

        def begin(answer: ObjectAnswer) -> Take:
            skipped = self._begins_before(answer, stretch)
            self._led.set()

            def take(block: bytes) -> bool:
                nonlocal skipped
                for at in range(0, len(block), most):
                    piece = block[at : at + most]
                    over = min(skipped, len(piece))
                    line.limit.wait_for(over)  # no sign of life: it brings nothing that was not there
                    skipped -= over
                    if wanted := piece[over : over + stretch.stop - stretch.at]:
                        line.carry(len(wanted))
                        self._on_bytes(len(wanted))
                        stretch.at += len(wanted)
                        come.take(wanted)
                return stretch.at < stretch.stop

            return take

        try:
            span = None if is_all else range(stretch.at, stretch.stop)
            self._store.read(Wanted(self._bucket.name, self._key, span, self._etag, most), begin)
        except TransferError as error:
            if error.detail in REFUSED:
                raise IntegrityError("object_replaced", where=self._where) from error
            if error.detail in _BEHIND_END:
                raise self._differs() from error
            raise

    def _begins_before(self, answer: ObjectAnswer, stretch: _Stretch) -> int:
        """How many bytes come before those that were asked for: none, but of a store that knows no ranges, whose answer
        then is all that is asked of it.

        Raises:
            IntegrityError: it is another object, or another stretch of it.
        """
        if self._etag and answer.etag and answer.etag != self._etag:
            raise IntegrityError("object_replaced", where=self._where)
        size, wanted = self._item.size_bytes, stretch.stop - stretch.at
        if answer.span is not None:
            if answer.of_bytes not in (None, size):
                raise self._differs()
            if answer.span != range(stretch.at, stretch.stop):
                raise IntegrityError("range_differs", where=self._where)
        # the bytes that were asked for, but not so called
        is_unmarked = answer.span is None and answer.length == wanted
        is_begun_before = answer.span is None and not is_unmarked
        if is_begun_before and answer.length not in (None, size):
            raise self._differs()
        # not sooner: by an answer to another request, which a line may give, the object itself would be refused
        self._etag = self._etag or answer.etag
        if not is_begun_before:
            return 0
        if not self._led.is_set():
            stretch.stop = self._led_to = size
        return stretch.at

    def _differs(self) -> IntegrityError:
        return IntegrityError("download_differs", where=self._where)


class _Stretch:
    """What is asked for: the next byte, the end, and whether the file was whole when it came."""

    def __init__(self, at: int, stop: int):
        self.at, self.stop = at, stop
        self.is_whole = False


class _Arrived:
    """What came of a stretch, gathered into blocks: each costs a write, and its turn."""

    def __init__(self, put: Callable[[bytes], bool]):
        self._put = put
        self._blocks: list[bytes] = []
        self._size, self._since = 0, time.monotonic()
        self._is_whole = False

    def take(self, block: bytes) -> None:
        self._blocks.append(block)
        self._size += len(block)
        if self._size >= MOST_BLOCK or time.monotonic() - self._since >= MOST_HELD_S:
            self.written()

    def written(self) -> bool:
        """Write what is held; gives whether the file was whole by then."""
        blocks, self._blocks = self._blocks, []
        self._size, self._since = 0, time.monotonic()
        if blocks:
            self._is_whole = self._put(blocks[0] if len(blocks) == 1 else b"".join(blocks)) or self._is_whole
        return self._is_whole
