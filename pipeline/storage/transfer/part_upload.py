"""A large file to the store in parts: one that was broken off goes on, days later and from another place too."""

from __future__ import annotations

import base64
import hashlib
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path

from pipeline.errors import IntegrityError, TransferError
from pipeline.model.china_time import CHINA
from pipeline.model.rendition import StoredFile
from pipeline.storage.head import Head
from pipeline.storage.network.line import AT_ONCE
from pipeline.storage.network.sent_body import READ_BYTES, SentBody
from pipeline.storage.network.together import threads
from pipeline.storage.place import Place
from pipeline.storage.s3.faults import NO_UPLOAD
from pipeline.storage.transfer import copying, multipart, part_sizes
from pipeline.storage.transfer.callbacks import Told
from pipeline.storage.transfer.copying import Earlier, PartSource
from pipeline.storage.transfer.key_uploads import KeyUploads, TakenUp, end
from pipeline.storage.transfer.multipart import UploadPart

TRIES = 4  # of a file whose upload others end, or the store drops, while it is sent
AHEAD = 1  # parts that are hashed while others are under way
CUT_WITHIN, CHANGED = "cut_within", "file_differs"
_GONE = {NO_UPLOAD, "InvalidPart", "InvalidPartOrder"}  # InvalidPart: another machine sent it in other parts meanwhile


class PartUpload:
    """One file on its way; `bring` is called once."""

    def __init__(self, place: Place, path: Path, item: StoredFile, earlier: Earlier, told: Told):
        self._place, self._path, self._item, self._earlier = place, path, item, earlier
        self._told = told.within()
        self._bucket, self._key = place.bucket, place.prefix + item.path
        self._uploads = KeyUploads(self._bucket, self._key, item)
        self._taken: TakenUp | None = None
        self._newest_part: datetime | None = None

    @property
    def where(self) -> str:
        """As people are told of it."""
        return self._place.where(self._item.path)

    def expires(self) -> datetime | None:
        """When the store drops what is there of it; None where it does not by itself."""
        if self._taken is None or self._taken.begun is None:
            return None
        came = [part.came for part in self._taken.there.values() if part.came]
        newest = self._newest_part or max(came, default=self._taken.begun)
        return self._bucket.store.preset.multipart.expires(self._taken.begun, newest)

    def bring(self) -> bool:
        """Have it there; whether it was not before.

        Raises:
            IntegrityError: the file is not what its record says, or the store holds other bytes afterwards.
            TransferError: the line fails after retries; `cut_within` where it carries no part in one go.
        """
        if self._is_there():
            self._told.of_same(self._item.size_bytes)
            self._end_own()
            return False
        smallest = False
        for _ in range(TRIES):
            taken = self._take_up(smallest=smallest)
            if taken is None:
                return True
            told = self._told.within()
            try:
                self._join(taken, self._send(taken, told))
            except TransferError as error:
                told.end()
                if error.detail in _GONE:
                    if self._is_there():  # another machine was faster
                        self._told.of_same(self._item.size_bytes - self._told.count)
                        self._end_all()
                        return False
                    self._say_gone(taken)
                elif error.key == CUT_WITHIN and self._could_be_smaller(taken):
                    self._bucket.store.remark("upload_smaller_parts", where=self.where)
                    end(taken.upload)
                    self._uploads.forget()
                    smallest = True
                else:
                    raise
                last = error
                self._told.take_back()
            except IntegrityError as error:
                if error.key == CHANGED:  # what is there of it is no file's
                    end(taken.upload)
                    self._uploads.forget()
                raise
            else:
                self._end_all()
                return True
            finally:
                told.end()
        raise last

    def _is_there(self) -> bool:
        head = self._bucket.head(self._key)
        return head is not None and head.holds(self._item)

    def _take_up(self, *, smallest: bool) -> TakenUp | None:
        """The upload that goes on, or a new one; None where the file was copied within the store."""
        found = self._uploads.found(self._uploads.open())
        if found is None and (known := self._uploads.remembered()):
            self._bucket.store.remark("upload_gone", where=self.where, begun=_shown(known.begun))
            self._uploads.forget()
        if found is None and copying.copied(self._bucket, self._key, self._item, self._path, self._earlier):
            self._told.of_same(self._item.size_bytes)
            return None
        if found is None:
            limits, size = self._bucket.store.preset.multipart, self._item.size_bytes
            rate = 1.0 if smallest else self._bucket.store.line.found_per_s
            found = self._uploads.begin(part_sizes.chosen(size, rate, limits))
        self._uploads.keep(found)
        self._taken, self._newest_part = found, None
        return found

    def _say_gone(self, taken: TakenUp) -> None:
        """The upload went while it was sent, and the file is not there."""
        self._uploads.forget()
        begun = _shown(taken.begun) if taken.begun else "?"
        self._bucket.store.remark("upload_gone", where=self.where, begun=begun)

    def _could_be_smaller(self, taken: TakenUp) -> bool:
        """Whether a line that carries no part of this size may carry one, and little is lost by beginning anew."""
        least = part_sizes.least(self._item.size_bytes, self._bucket.store.preset.multipart)
        return taken.grid.part_bytes > least and self._told.count < self._item.size_bytes / 2

    def _send(self, taken: TakenUp, told: Told) -> list[UploadPart]:
        """Every part that is not there yet, hashed in order as it is read for the first time."""
        elsewhere = PartSource(
            next(copying.sources(self._bucket, self._key, self._item, self._path, self._earlier), None)
        )
        parts: list[UploadPart] = []
        whole = hashlib.sha256()
        with self._path.open("rb") as source, threads(AT_ONCE, told.tick) as senders:
            for number in range(1, taken.grid.count + 1):
                span, digest = taken.grid.span(number), hashlib.sha256()
                left = len(span)
                while left and (block := source.read(min(READ_BYTES, left))):
                    whole.update(block)
                    digest.update(block)
                    left -= len(block)
                checksum = base64.b64encode(digest.digest()).decode()
                known = taken.there.get(number)
                md5 = partial(copying.md5_of, self._path, span) if self._bucket.store.has_md5 else None
                if known and known.is_of(checksum, md5):
                    parts.append(replace(known, checksum=checksum))
                    told.of_same(len(span))
                    continue
                senders.give(self._bring_part, taken, number, span, checksum, elsewhere, told)
                parts += senders.results(left=AT_ONCE - 1 + AHEAD)
            parts += senders.results()
        if whole.hexdigest() != self._item.sha256:
            raise IntegrityError(CHANGED, where=str(self._path))
        return parts

    def _bring_part(
        self, taken: TakenUp, number: int, span: range, checksum: str, elsewhere: PartSource, told: Told
    ) -> UploadPart:
        if part := elsewhere.copied(taken.upload, number, span, checksum, self._path):
            told.of_same(len(span))
            return part
        with SentBody(self._path, span, checksum, self._bucket.store.line, told.of_sent) as body:
            part = taken.upload.send(number, body, checksum)
        self._newest_part = datetime.now(UTC)
        return part

    def _join(self, taken: TakenUp, parts: list[UploadPart]) -> None:
        """A lost reply looks like a missing upload on the second try: the object tells."""
        try:
            taken.upload.complete(parts)
        except TransferError as error:
            if error.detail not in _GONE or not self._is_there():
                raise
        head = self._bucket.head(self._key)
        in_order = sorted(parts, key=lambda part: part.number)
        composite = multipart.composite(base64.b64decode(part.checksum) for part in in_order)
        if head is None or not self._agrees(head, composite):
            raise IntegrityError("object_differs", where=self.where)

    def _agrees(self, head: Head, composite: str) -> bool:
        """Whether the object is the file; another machine may have joined it of other parts meanwhile."""
        if head.checksum in (None, composite):
            return head.holds(self._item)
        return head.holds(self._item) and copying.agrees(head, self._item, self._path)

    def _end_all(self) -> None:
        """The file is there: nothing of its key stays unfinished."""
        self._uploads.end_others()
        self._uploads.forget()

    def _end_own(self) -> None:
        """As `_end_all` where this machine was in one; else nothing is asked."""
        if self._uploads.remembered():
            self._end_all()


def _shown(at: datetime) -> str:
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M}"
