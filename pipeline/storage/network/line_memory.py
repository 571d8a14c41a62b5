"""What this machine remembers of a store for the next command: how fast the line was, which uploads it has begun.

Nothing rests on it: it lies in the cache, and may be deleted at any time.
"""

from __future__ import annotations

import hashlib
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Annotated, TypeVar

from pydantic import Field, ValidationError

from pipeline import durable
from pipeline.errors import EnvironmentFault, InputError
from pipeline.model.base import Noun
from pipeline.model.rendition import StoredFile

Kept = TypeVar("Kept", bound=Noun)
MOST_BYTES = 4096  # of what is kept; an upload's id has up to some hundred letters


class FoundRate(Noun):
    """How fast a line was when it was last used upwards."""

    bytes_per_s: Annotated[float, Field(gt=0)]


class BegunUpload(Noun):
    """An upload in parts that this machine took up or began.

    Args:
        begun: when, as the store or this machine's clock told it.
    """

    upload: str
    begun: datetime
    part_bytes: Annotated[int, Field(gt=0)]


@dataclass(frozen=True)
class LineMemory:
    """A folder of small files; `endpoint` tells stores apart."""

    folder: Path
    endpoint: str

    def rate(self) -> float | None:
        """Bytes a second; None where it is not known."""
        found = self._read(FoundRate, "rate")
        return found.bytes_per_s if found else None

    def keep_rate(self, bytes_per_s: float) -> None:
        """For the next command."""
        self._write(FoundRate(bytes_per_s=round(bytes_per_s, 1)), "rate")

    def upload(self, bucket: str, key: str, item: StoredFile) -> BegunUpload | None:
        """The upload of this file to this key that was begun, and not ended here."""
        return self._read(BegunUpload, bucket, key, item.sha256)

    def keep_upload(self, bucket: str, key: str, item: StoredFile, begun: BegunUpload) -> None:
        """Until it is forgotten."""
        self._write(begun, bucket, key, item.sha256)

    def forget_upload(self, bucket: str, key: str, item: StoredFile) -> None:
        """It was ended."""
        with suppress(OSError):
            self._path(bucket, key, item.sha256).unlink()

    def _read(self, kind: type[Kept], *named: str) -> Kept | None:
        try:
            with self._path(*named).open("rb") as kept:
                return kind.model_validate_json(kept.read(MOST_BYTES))
        except (OSError, ValidationError):
            return None

    def _write(self, noun: Noun, *named: str) -> None:
        path = self._path(*named)
        with suppress(OSError, EnvironmentFault, InputError):
            durable.write(durable.make_folder(path.parent) / path.name, noun.to_file(), synced=False)

    def _path(self, *named: str) -> Path:
        digest = hashlib.sha256("\n".join((self.endpoint, *named)).encode("utf-8", "surrogateescape")).hexdigest()
        return self.folder / f"{digest[:40]}.json"
