"""Small objects of a store that were read before: nothing is asked twice. May be deleted at any time.

An object of the same endpoint, bucket, key and ETag is the same bytes. Entries are not fsynced: one that a crash tore
does not match its digest, and is read from the store again.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.errors import EnvironmentFault

MOST_BYTES = 1 << 20  # markers are small; whatever is larger is nobody's marker
_DIGEST_BYTES = 32


@dataclass(frozen=True)
class ObjectCache:
    """A folder of entries; `endpoint` tells stores apart."""

    folder: Path
    endpoint: str

    def get(self, bucket: str, key: str, etag: str) -> bytes | None:
        """The object's bytes; None where they are not kept, or not whole."""
        name = self._name(bucket, key, etag)
        try:
            entry = self._path(name).read_bytes()
        except OSError:
            return None
        content = entry[_DIGEST_BYTES:]
        return content if entry[:_DIGEST_BYTES] == _digest(name, content) else None

    def put(self, bucket: str, key: str, etag: str, content: bytes) -> None:
        """Keep the object's bytes; a place that can't be written keeps nothing."""
        if len(content) > MOST_BYTES:
            return
        name = self._name(bucket, key, etag)
        path = self._path(name)
        with suppress(OSError, EnvironmentFault):
            path.parent.mkdir(parents=True, exist_ok=True)
            durable.write(path, _digest(name, content) + content, synced=False)

    def _name(self, bucket: str, key: str, etag: str) -> str:
        return hashlib.sha256("\n".join((self.endpoint, bucket, key, etag)).encode()).hexdigest()

    def _path(self, name: str) -> Path:
        return self.folder / name[:2] / name


def _digest(name: str, content: bytes) -> bytes:
    """Of the entry's name too, so that one that was renamed is none."""
    return hashlib.sha256(name.encode() + content).digest()
