"""A folder in a bucket, and the submission's own: where each of its records lies (DESIGN section 6)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from pydantic import ValidationError

from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.model.base import Noun
from pipeline.storage import bounds
from pipeline.storage.bounds import MOST_RECORD, MOST_RECORDS, MOST_SMALL
from pipeline.storage.bucket import Bucket, ListedObject
from pipeline.storage.layout import TRIAL
from pipeline.storage.network.patience import is_transient
from pipeline.storage.network.together import together
from pipeline.storage.s3.faults import DENIED

_LOCKED = "InvalidRequest"  # to who has not the key that an object was put with (SSE-C)
Marked = TypeVar("Marked", bound=Noun)
Read = TypeVar("Read")


@dataclass(frozen=True)
class Place:
    """Everything whose key begins with `prefix`, which ends with a slash."""

    bucket: Bucket
    prefix: str

    def where(self, name: str = "") -> str:
        """As people are told of it."""
        return f"{self.bucket.name}/{self.prefix}{name}"

    def get(self, name: str, most: int = MOST_SMALL) -> bytes | None:
        """A small object whole; None when it is not there. Raises as `Bucket.get_with_etag`."""
        return self.bucket.get(self.prefix + name, most)

    def has(self, name: str) -> bool:
        """Whether there is such an object."""
        return self.bucket.head(self.prefix + name) is not None

    def put_if_absent(self, name: str, record: Noun) -> bool:
        """Put a record; False when another one stands there."""
        return self.bucket.put_if_absent(self.prefix + name, record.to_file())

    def marker(self, name: str, model: type[Marked], **named: object) -> Marked | None:
        """A record as its model; None when it is not there. `named` are the fields that its key says too.

        Raises:
            IntegrityError: what stands there is none, too large for one, or another's.
        """
        content = self.get(name, MOST_RECORD)
        return None if content is None else parsed(content, model, self.where(name), named)


class Contents:
    """What stands in listed objects: read once, many at a time."""

    def __init__(self, objects: Iterable[ListedObject] = ()):
        self._read: dict[ListedObject, bytes | IntegrityError | None] = {}
        self._bytes: Counter[tuple[str, str]] = Counter()
        self.read(objects)

    def read(self, objects: Iterable[ListedObject]) -> None:
        """Read further ones."""
        asked = list(objects)
        over = [listed for listed in asked if self._is_over(listed)]
        self._read |= {listed: IntegrityError("records_too_large", where=listed.where) for listed in over}
        wanted = [listed for listed in asked if listed not in self._read] if over else asked
        found = together(_read, wanted)
        if found and all(isinstance(item, IntegrityError) and item.detail == DENIED for item in found):
            _refuse_reader(wanted)
        self._read |= zip(wanted, found, strict=True)

    def _is_over(self, listed: ListedObject) -> bool:
        """Whether a prefecture's records are more bytes with this one than a season has."""
        part = (listed.bucket.name, listed.key.partition("/")[0])
        self._bytes[part] += min(listed.size_bytes, MOST_RECORD)
        return self._bytes[part] > MOST_RECORDS

    def keep(self, listed: ListedObject, content: bytes) -> None:
        """Take an object's bytes from whoever knows them."""
        self._read[listed] = content

    def content(self, listed: ListedObject) -> bytes | None:
        """The bytes of one of them, as far as they were read."""
        found = self._read.get(listed)
        return None if isinstance(found, IntegrityError) else found

    def is_refused(self, listed: ListedObject) -> bool:
        """Whether the store does not give this one."""
        found = self._read.get(listed)
        return isinstance(found, IntegrityError) and found.key == "record_refused"

    def marker(self, listed: ListedObject | None, model: type[Marked], **named: object) -> Marked | None:
        """One of them as its model; None when it is not there. `named` are the fields that its key says too.

        Raises:
            IntegrityError: what stands there is none, or it is another's.
        """
        content = self._read[listed] if listed else None
        if isinstance(content, IntegrityError):
            raise content
        return parsed(content, model, listed.where, named) if listed and content is not None else None


def _refuse_reader(refused: Iterable[ListedObject]) -> None:
    """Let pass who may read beside these objects, none of which is given: then it is these that are locked.

    Raises:
        EnvironmentFault: it is whoever reads that has no right.
    """
    for listed in {item.bucket: item for item in refused}.values():
        folder = listed.key.rpartition("/")[0]
        try:
            listed.bucket.read_once(f"{folder}/{TRIAL}")
        except EnvironmentFault as fault:
            raise EnvironmentFault(fault.key, where=listed.where) from fault


def _read(listed: ListedObject) -> bytes | IntegrityError | None:
    """What cannot be read is told by whoever wants it: the others are read all the same.

    Whoever puts an object chooses that too: with a key of its own (SSE-C), in an archive, under a name or an encryption
    to which the readers have no right. What is locked with a key of its own stays so until it is put anew, and is
    asked for once.
    """
    cache = listed.bucket.store.cache if listed.etag else None
    name, sign = f"{listed.key}#locked", listed.modified.isoformat().encode()
    if cache and cache.get(listed.bucket.name, name, listed.etag) == sign:
        return IntegrityError("record_refused", where=listed.where, detail=_LOCKED)
    try:
        return given(listed.read, listed.where)
    except IntegrityError as fault:
        if cache and fault.key == "record_refused" and fault.detail == _LOCKED:
            cache.put(listed.bucket.name, name, listed.etag, sign)
        return fault


def given(read: Callable[[], Read], where: str) -> Read:
    """What the store gives of one object.

    Raises:
        IntegrityError: `record_refused`: it gives this one to nobody of ours; or as `read`.
        EnvironmentFault, TransferError: it answers nothing at all, or may in a while.
    """
    try:
        return read()
    except (TransferError, EnvironmentFault) as fault:
        if fault.key != DENIED and (isinstance(fault, EnvironmentFault) or is_transient(fault)):
            raise
        raise IntegrityError("record_refused", where=where, detail=fault.detail or fault.key) from fault


def parsed(content: bytes, model: type[Marked], where: str, named: Mapping[str, object]) -> Marked:
    """A record's bytes as its model.

    Raises:
        IntegrityError: it is none, or another's.
    """
    if bounds.is_bomb(content):
        raise IntegrityError("marker_unreadable", where=where)
    try:
        found = model.model_validate_json(content)
    except ValidationError:  # with a line on each of its values, which nobody reads and which nobody shall hold
        raise IntegrityError("marker_unreadable", where=where) from None
    if any(getattr(found, name) != value for name, value in named.items()):
        raise IntegrityError("marker_differs", where=where)
    return found
