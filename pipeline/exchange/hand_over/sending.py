"""A shipment to its place: each file under a temporary name, gone on with, checked, renamed; marker last."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import PurePosixPath
from typing import TypeVar

from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.exchange.hand_over.shipment import HeldReading, Shipment, ShippedFile
from pipeline.exchange.hand_over.transport import PART, Proof, Transport
from pipeline.exchange.progress import COMPARE, UPLOAD, ByteProgress, ProgressCallback

DIFFERS = "hand_over_differs"
FIRST_ATTEMPTS = 4  # to reach the place at all: who mistyped a port waits four seconds
ATTEMPTS = 7  # without a byte more between them: half a minute
WAIT_S, MOST_WAIT_S = 0.5, 30.0
Result = TypeVar("Result")


@dataclass
class Outcome:
    """What became of a shipment.

    Args:
        sent: files; `already` were there.
        sent_bytes: what went over the line, twice where a cut made it.
        proofs: by what each file is known to be whole, by its path.
    """

    sent: int = 0
    already: int = 0
    sent_bytes: int = 0
    proofs: dict[str, Proof] = field(default_factory=dict)

    @property
    def unverified(self) -> list[str]:
        """Files of which no more than the size is known."""
        return [path for path, proof in self.proofs.items() if not proof.is_of_bytes]


class Sending:
    """One run to one place.

    Args:
        read_back: files whose digest the other end does not tell are read again.
    """

    def __init__(self, transport: Transport, on_progress: ProgressCallback, *, read_back: bool = False):
        self.transport, self._on_progress, self._read_back = transport, on_progress, read_back

    def send(self, shipment: Shipment) -> Outcome:
        """Have all of it there, in its order.

        Raises:
            EnvironmentFault: the other end refuses us, or has no room.
            TransferError: the line fails after retries.
            IntegrityError: what lies there is not what was sent, or what was read is not as the package lists it.
        """
        outcome = Outcome()
        counted = ByteProgress(self._on_progress, shipment.size_bytes)
        self._again(lambda: self.transport.refuse_unfit(shipment))
        for item in shipment.files:
            one = _OneFile(self.transport, shipment.folder, item, counted, read_back=self._read_back)
            proof = self._again(one.bring, one.furthest)
            outcome.proofs[item.path] = proof
            outcome.sent += one.is_sent
            outcome.already += not one.is_sent
            outcome.sent_bytes += one.sent_bytes
        counted.ended()
        return outcome

    def _again(self, attempt: Callable[[], Result], furthest: Callable[[], int] = lambda: 0) -> Result:
        """Try what a line can break, with waits between; as long as bytes come through the tries begin anew."""
        import stamina

        while True:
            before = furthest()
            most = ATTEMPTS if self.transport.was_reached else FIRST_ATTEMPTS
            try:
                for trial in stamina.retry_context(
                    on=_is_transient, attempts=most, timeout=None, wait_initial=WAIT_S, wait_max=MOST_WAIT_S
                ):
                    with trial:
                        return attempt()
            except TransferError as error:
                if not self.transport.was_reached:
                    raise EnvironmentFault("ftp_unreachable", where=error.where, detail=error.detail) from error
                if furthest() <= before:
                    raise


class _OneFile:
    """One file on its way."""

    def __init__(self, transport: Transport, folder: str, item: ShippedFile, counted: ByteProgress, *, read_back: bool):
        pure = PurePosixPath(folder) / item.path
        self.transport, self.item = transport, item
        self.final, self.folder = str(pure), str(pure.parent)
        # what a stopped run left under this name is the beginning of the same bytes
        self.temporary = str(pure.with_name(f"{item.sha256[:40]}{PART}"))
        self.reading = HeldReading(item)
        self.is_sent, self.sent_bytes = False, 0
        self._counted, self._told, self._read_back = counted, 0, read_back
        self._there = 0

    def furthest(self) -> int:
        """The most bytes that were ever there."""
        return self._there

    def bring(self) -> Proof:
        """Have it there; as far as an earlier try came, it is gone on with.

        Raises:
            TransferError: the line fails. IntegrityError: what lies there, or was read, is not as listed.
        """
        standing = self.transport.size(self.final)
        if standing == self.item.size_bytes:
            found = self._proof(self.final)
            if found is not None:
                self._tell(self._counted.same(COMPARE), self.item.size_bytes)
                return found
        self.transport.make_folder(self.folder)
        self._append(self._begun())
        size = self.transport.size(self.temporary)
        is_whole = size == self.item.size_bytes or not self.transport.tells_sizes
        found = self._proof(self.temporary) if is_whole else None
        if found is None:
            self.transport.remove(self.temporary)
            raise IntegrityError(DIFFERS, where=self.transport.where(self.final))
        self.transport.put_in_place(self.temporary, self.final)
        self.is_sent = True
        return found

    def _begun(self) -> int:
        """How much of it is there already; what can't be its beginning is taken away."""
        begun = self.transport.size(self.temporary) or 0
        if begun > self.item.size_bytes:
            self.transport.remove(self.temporary)
            begun = 0
        if begun < self.item.size_bytes and not self.transport.resumes:
            begun = 0
        self._there = max(self._there, begun)
        return begun

    def _append(self, start: int) -> None:
        self._tell(self._counted.same(UPLOAD), start)
        if 0 < start == self.item.size_bytes:
            return

        def on_bytes(more: int) -> None:
            self.sent_bytes += more
            self._tell(self._counted.of(UPLOAD), self._told + more)

        try:
            self.transport.append(self.temporary, start, self.reading.blocks(start), on_bytes)
        except IntegrityError:  # the bytes that were read: nothing of them is to stay
            self.transport.remove(self.temporary)
            raise

    def _proof(self, path: str) -> Proof | None:
        """By what the file there is known to be the one that is meant; None where it is another."""
        told = self.transport.digest(path)
        if told is not None:
            wanted = self.item.sha256 if told.proof is Proof.SHA256 else self.reading.md5()
            return told.proof if told.value == wanted else None
        if self._read_back:
            digest = hashlib.sha256()
            for block in self.transport.read(path, self.item.size_bytes + 1):
                digest.update(block)
            return Proof.READ_BACK if digest.hexdigest() == self.item.sha256 else None
        return Proof.SIZE if self.transport.tells_sizes else Proof.NOTHING

    def _tell(self, count: Callable[[int], None], there: int) -> None:
        count(there - self._told)
        self._told = there


def _is_transient(error: Exception) -> bool:
    """Whether another try may go well: a file of this machine that is not as listed stays so."""
    return isinstance(error, TransferError) or (
        isinstance(error, IntegrityError) and error.key in (DIFFERS, "download_differs")
    )
