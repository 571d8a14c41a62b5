"""A folder in a bucket, and the submission's own: where each of its records lies (DESIGN section 6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from pipeline.errors import IntegrityError
from pipeline.model.base import Noun
from pipeline.storage.bucket import Bucket, ListedObject, side_by_side

Marked = TypeVar("Marked", bound=Noun)


@dataclass(frozen=True)
class Place:
    """Everything whose key begins with `prefix`, which ends with a slash."""

    bucket: Bucket
    prefix: str

    def where(self, name: str = "") -> str:
        """As people are told of it."""
        return f"{self.bucket.name}/{self.prefix}{name}"

    def get(self, name: str) -> bytes | None:
        """A small object whole; None when it is not there."""
        return self.bucket.get(self.prefix + name)

    def has(self, name: str) -> bool:
        """Whether there is such an object."""
        return self.bucket.head(self.prefix + name) is not None

    def put_if_absent(self, name: str, record: Noun) -> bool:
        """Put a record; False when another one stands there."""
        return self.bucket.put_if_absent(self.prefix + name, record.to_file())

    def marker(self, name: str, model: type[Marked], **named: object) -> Marked | None:
        """A small object as its model; None when it is not there. `named` are the fields that its key says too.

        Raises:
            IntegrityError: what stands there is none, or it is another's.
        """
        content = self.get(name)
        return None if content is None else parsed(content, model, self.where(name), named)


class Contents:
    """What stands in listed objects: read once, many at a time."""

    def __init__(self, objects: Iterable[ListedObject] = ()):
        self._read: dict[ListedObject, bytes | None] = {}
        self.read(objects)

    def read(self, objects: Iterable[ListedObject]) -> None:
        """Read further ones."""
        wanted = list(objects)
        self._read |= zip(wanted, side_by_side(ListedObject.read, wanted), strict=True)

    def keep(self, listed: ListedObject, content: bytes) -> None:
        """Take an object's bytes from whoever knows them."""
        self._read[listed] = content

    def marker(self, listed: ListedObject | None, model: type[Marked], **named: object) -> Marked | None:
        """One of them as its model; None when it is not there. `named` are the fields that its key says too.

        Raises:
            IntegrityError: what stands there is none, or it is another's.
        """
        content = self._read[listed] if listed else None
        return parsed(content, model, listed.where, named) if listed and content is not None else None


def parsed(content: bytes, model: type[Marked], where: str, named: Mapping[str, object]) -> Marked:
    """A record's bytes as its model.

    Raises:
        IntegrityError: it is none, or another's.
    """
    try:
        found = model.model_validate_json(content)
    except ValidationError as error:
        raise IntegrityError("marker_unreadable", where=where) from error
    if any(getattr(found, name) != value for name, value in named.items()):
        raise IntegrityError("marker_differs", where=where)
    return found
