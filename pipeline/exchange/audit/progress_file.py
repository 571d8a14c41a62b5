"""What a check of a store has read so far: one line an object, so that a check that was ended goes on where it was.

An object counts by its place, its ETag and the digest that it must have: one that was put anew is read anew.
"""

from __future__ import annotations

import hashlib
import json
import secrets
import threading
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import IO

from pipeline import durable

_DIGITS = 32


@dataclass(frozen=True)
class Asked:
    """What a check is to do: another is another check.

    Args:
        share: of the objects that are read whole, 0 to 1; of the others sizes and kept digests are looked at.
        seed: which those are.
        since: the first day, as it was typed.
        prefix: where it looks.
    """

    share: float = 1.0
    seed: int = 0
    since: str = ""
    prefix: str = ""


class Progress:
    """The objects that were read and are right; safe in several threads."""

    def __init__(self, path: Path, asked: Asked, known: set[bytes], out: IO[bytes]):
        self.asked = asked
        self._path, self._known, self._out = path, known, out
        self._lock = threading.Lock()

    @property
    def before(self) -> int:
        """How many are known of a run that was ended."""
        return len(self._known)

    def is_read(self, where: str) -> bool:
        """Whether an object is one of those that are read whole: the same ones for the same seed."""
        drawn = int.from_bytes(hashlib.sha256(f"{self.asked.seed}:{where}".encode()).digest()[:8]) / 2**64
        return drawn < self.asked.share

    def knows(self, where: str, etag: str, sha256: str) -> bool:
        """Whether it was read before."""
        return _key(where, etag, sha256) in self._known

    def remember(self, where: str, etag: str, sha256: str) -> None:
        """Keep that it was read and is right."""
        with self._lock:
            self._out.write(_key(where, etag, sha256).hex().encode() + b"\n")
            self._out.flush()

    def close(self, *, is_done: bool) -> None:
        """End it; after all was looked at the next check begins anew."""
        self._out.close()
        if is_done:
            self._path.unlink(missing_ok=True)


def begin(path: Path, asked: Asked, seed: int | None) -> Progress:
    """Go on with the check that was ended here, if it was the same one, else begin.

    Args:
        path: the file, which nobody else writes meanwhile.
        seed: the one that is wanted; None takes that of the check that goes on, or draws one.

    Raises:
        EnvironmentFault: the place is not writable.
    """
    stood, known = _stood(path)
    if stood is None or stood != replace(asked, seed=stood.seed if seed is None else seed):
        stood, known = replace(asked, seed=secrets.randbelow(1 << 32) if seed is None else seed), set()
        durable.make_folder(path.parent)
        durable.write(path, json.dumps(asdict(stood)).encode())
    out = path.open("ab")
    out.write(b"\n")  # behind the first line, or one that a kill tore
    return Progress(path, stood, known, out)


def _stood(path: Path) -> tuple[Asked | None, set[bytes]]:
    """What an ended check was asked and has read; a torn last line counts nothing."""
    known: set[bytes] = set()
    try:
        with path.open("rb") as lines:
            asked = Asked(**json.loads(lines.readline()))
            for line in lines:
                if len(line) == _DIGITS + 1:
                    known.add(bytes.fromhex(line[:_DIGITS].decode("ascii")))
    except (OSError, ValueError, TypeError):
        return None, set()
    return asked, known


def _key(where: str, etag: str, sha256: str) -> bytes:
    return hashlib.sha256("\0".join((where, etag, sha256)).encode()).digest()[: _DIGITS // 2]
