"""Who is told of the bytes of a transfer, and who knows digests."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

# bytes that are there now, also those of an earlier run; less than 0 where a retry takes some back
BytesCallback = Callable[[int], None]
DigestCallback = Callable[[Path], str]


@dataclass(frozen=True)
class Told:
    """Who is told of bytes: `of_sent` of those that were sent, `of_same` of those that the store had before."""

    of_sent: BytesCallback
    of_same: BytesCallback
