"""Objects as they are asked for and put there, and as they come."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Protocol

# of an answer that may be anybody's: no number is as long as one that Python would not read
_NUMBER = re.compile("[0-9]{1,18}")
_RANGE = re.compile(r"bytes ([0-9]{1,18})-([0-9]{1,18})/([0-9]{1,18}|\*)")
_ETAG = re.compile("[!-~]{1,1000}")  # that can be asked for by its name
# what takes the blocks of an answer in turn, and gives whether more is wanted
Take = Callable[[bytes], bool]


def length_of(headers: Mapping[str, str]) -> int | None:
    """What an answer says that its body is long, in bytes; None where it says nothing that can be read.

    Args:
        headers: by their names in small letters.
    """
    told = headers.get("content-length", "")
    return int(told) if _NUMBER.fullmatch(told) else None


class ObjectAnswer:
    """An object, or a stretch of it, that is on its way.

    Attributes:
        etag: of the object, without quotes; empty where none is told, or none that can be said to the store again.
        length: of the body in bytes, as it is announced; None where it is not.
        span: the stretch that it is said to be, None where it is said to be all.
        of_bytes: how long the whole object is said to be, beside `span`.
    """

    def __init__(self, headers: Mapping[str, str]):
        etag = headers.get("etag", "").strip('"')
        self.etag = etag if _ETAG.fullmatch(etag) else ""
        self.length = length_of(headers)
        found = _RANGE.fullmatch(headers.get("content-range", ""))
        self.span = range(int(found[1]), int(found[2]) + 1) if found else None
        self.of_bytes = int(found[3]) if found and found[3].isdigit() else None


# is told of the answer before its body, and gives who takes that
Begin = Callable[[ObjectAnswer], Take]


@dataclass(frozen=True)
class Wanted:
    """Which object is read, and how much of it.

    Attributes:
        span: the bytes that are wanted; None is all.
        etag: of the object that is meant, if it is known: another one is refused.
        block_bytes: how many may be read at once.
    """

    bucket: str
    key: str
    span: range | None
    etag: str
    block_bytes: int


class SentBytes(Protocol):
    """What a request carries."""

    size_bytes: int

    def begin_sending(self) -> None:
        """From its first byte on."""

    def read(self, size: int = -1, /) -> bytes:
        """The next ones; how many is its own to say."""

    def take_back(self) -> None:
        """What was sent came to nothing: whoever reads next does so for another reason, from the first byte on."""


@dataclass(frozen=True)
class Written:
    """Which object is written, and of which bytes.

    Attributes:
        headers: with `x-amz-content-sha256`.
    """

    bucket: str
    key: str
    body: SentBytes
    headers: Mapping[str, str]
