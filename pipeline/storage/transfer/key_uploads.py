"""Which unfinished upload of a file goes on: one that is there, of this machine or another, with the most in it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from pipeline.errors import TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.network.line_memory import BegunUpload
from pipeline.storage.s3.faults import NO_UPLOAD
from pipeline.storage.transfer import multipart, part_sizes
from pipeline.storage.transfer.multipart import Multipart, OpenUpload, UploadPart
from pipeline.storage.transfer.part_sizes import Grid


@dataclass(frozen=True)
class TakenUp:
    """An upload that goes on.

    Args:
        grid: the parts that it is in.
        there: those that are there, by number; what does not fit the grid is left out.
        begun: when, as far as it is known.
    """

    upload: Multipart
    grid: Grid
    there: Mapping[int, UploadPart]
    begun: datetime | None

    @property
    def size_bytes(self) -> int:
        """How much of it is there."""
        return sum(part.size_bytes for part in self.there.values())


@dataclass(frozen=True)
class KeyUploads:
    """The uploads of one file to one key."""

    bucket: Bucket
    key: str
    item: StoredFile

    def remembered(self) -> BegunUpload | None:
        """The one that this machine began or took up before."""
        memory = self.bucket.store.memory
        return memory.upload(self.bucket.name, self.key, self.item) if memory else None

    def open(self) -> list[OpenUpload]:
        """Those that the store tells of; where it tells of none to us, the one that this machine remembers."""
        listed = multipart.open_uploads(self.bucket, self.key)
        if listed is not None:
            return listed
        known = self.remembered()
        return [OpenUpload(Multipart(self.bucket, self.key, known.upload), known.begun)] if known else []

    def found(self, others: Sequence[OpenUpload]) -> TakenUp | None:
        """The one of them with the most bytes; None where none has any that can be gone on with."""
        known = self.remembered()
        found = [item for other in others if (item := self._looked_at(other, known))]
        return max(found, key=lambda item: item.size_bytes, default=None)

    def _looked_at(self, other: OpenUpload, known: BegunUpload | None) -> TakenUp | None:
        """How far it is; None where it is gone, or nothing tells in which parts it was begun."""
        try:
            there = other.upload.parts()
        except TransferError as error:
            if error.detail not in multipart.NONE_LISTED:
                raise
            return None
        size, limits = self.item.size_bytes, self.bucket.store.preset.multipart
        grid = part_sizes.found(size, {number: part.size_bytes for number, part in there.items()}, limits)
        if grid is None and known and known.upload == other.upload.upload:
            grid = Grid(size, known.part_bytes)
        if grid is None:
            return None
        fitting = {number: part for number, part in there.items() if grid.holds(number, part.size_bytes)}
        return TakenUp(other.upload, grid, fitting, other.begun)

    def begin(self, grid: Grid) -> TakenUp:
        """A new one."""
        media_type = layout.media_type(self.item.path)
        upload = multipart.begin(
            self.bucket, self.key, sha256=self.item.sha256, media_type=media_type, part_bytes=grid.part_bytes
        )
        return TakenUp(upload, grid, {}, datetime.now(UTC))

    def keep(self, chosen: TakenUp) -> None:
        """Remember it for another day."""
        if memory := self.bucket.store.memory:
            begun = chosen.begun or datetime.now(UTC)
            known = BegunUpload(upload=chosen.upload.upload, begun=begun, part_bytes=chosen.grid.part_bytes)
            memory.keep_upload(self.bucket.name, self.key, self.item, known)

    def forget(self) -> None:
        """The file is there."""
        if memory := self.bucket.store.memory:
            memory.forget_upload(self.bucket.name, self.key, self.item)

    def end_others(self) -> None:
        """Give up whatever is unfinished of this key: the file is there. What another machine was in, it finds gone,
        and the file in its place."""
        for other in self.open():
            end(other.upload)


def end(upload: Multipart) -> None:
    """Give an upload up; one that is gone is fine."""
    try:
        upload.abort()
    except TransferError as error:
        if error.detail != NO_UPLOAD:
            raise
