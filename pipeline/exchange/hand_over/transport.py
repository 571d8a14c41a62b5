"""What every place can do that packages are handed over to, and how sure it is that a file is what it should be."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from pipeline.exchange.hand_over.shipment import Shipment

PART = ".part"  # what a file ends with until it is whole
OnBytes = Callable[[int], None]


class Proof(StrEnum):
    """By what a file is known to be whole; the last two leave bytes unverified."""

    SHA256 = "sha256"
    MD5 = "md5"
    READ_BACK = "read_back"
    SIZE = "size"
    NOTHING = "nothing"

    @property
    def is_of_bytes(self) -> bool:
        return self not in (Proof.SIZE, Proof.NOTHING)


@dataclass(frozen=True)
class Digest:
    """What the other end says of a file's bytes: SHA256 or MD5, in hex."""

    proof: Proof
    value: str


class Transport(Protocol):
    """A place, and how files come there; paths are below it. A line that fails is a TransferError: try again."""

    @property
    def tells_sizes(self) -> bool:
        """Whether `size` can be asked: a file whose size nobody tells is sent from its beginning."""

    @property
    def resumes(self) -> bool:
        """Whether a file can be gone on with."""

    @property
    def was_reached(self) -> bool:
        """Whether the other end has answered in this run, and knows us."""

    def where(self, path: str = "") -> str:
        """As people are told of it."""

    def refuse_unfit(self, shipment: Shipment) -> None:
        """Let pass what can be written there: asked before anything is."""

    def size(self, path: str) -> int | None:
        """Bytes of a file; None where there is none."""

    def make_folder(self, path: str) -> None:
        """Have a folder there, with those above it."""

    def append(self, path: str, start: int, blocks: Iterator[bytes], on_bytes: OnBytes) -> None:
        """Write a file from `start` on; from 0 on it is made anew."""

    def digest(self, path: str) -> Digest | None:
        """The best digest that is told without reading the file here; None where none is."""

    def read(self, path: str, most: int) -> Iterator[bytes]:
        """A file's bytes, no more than `most` of them."""

    def remove(self, path: str) -> None:
        """Take a file away; none there is fine."""

    def put_in_place(self, temporary: str, path: str) -> None:
        """Give a whole file its name, in place of one that has it."""

    def close(self) -> None:
        """Leave."""
