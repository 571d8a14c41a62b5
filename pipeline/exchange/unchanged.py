"""Records that nobody changes once they are put, held to what this machine read of them first.

A prefecture's key can write all of its own part of the inbox, an editor's or a worker's most of the deliveries, and no
store but AWS can forbid to overwrite: so who reads remembers.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

from pipeline import durable
from pipeline.errors import IntegrityError, ShowcaseError
from pipeline.model.delivery import Delivery
from pipeline.model.inbox import InboxMarker
from pipeline.model.reference import SubmissionRef
from pipeline.remembered import user_cache
from pipeline.storage import layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.buckets import SubmissionRecords
from pipeline.storage.place import Contents
from pipeline.storage.s3.store import Store

MOST_KNOWN = 200_000  # records of a store; what is beyond that, the oldest of them, would be as if never read
_SIGNS = 32  # hex digits of a key's digest, and of a record's


class Ledger:
    """What this machine read of a store's records first, in the user's cache; where that is lost, it begins anew."""

    def __init__(self, store: Store):
        self._path = user_cache() / "records" / _digest(store.known_as.encode())
        self._known = dict(self._lines())
        self._is_new = False

    def _lines(self) -> Iterator[tuple[str, str]]:
        try:
            text = self._path.read_text("ascii")
        except (OSError, UnicodeDecodeError):
            return
        for line in text.splitlines():
            key, _, digest = line.partition(" ")
            if len(key) == len(digest) == _SIGNS:
                yield key, digest

    def is_first(self, where: str, said: bytes | str) -> bool:
        """Whether a record says what it said when it was read first; `said` is all of it, or what counts."""
        key, digest = _digest(where.encode()), _digest(said if isinstance(said, bytes) else said.encode())
        if key not in self._known:
            self._known[key], self._is_new = digest, True
        return self._known[key] == digest

    def take(self, where: str, marker: InboxMarker) -> None:
        """From now on this counts: somebody has looked at what it lists."""
        self._known[_digest(where.encode())], self._is_new = _digest(marker.to_file()), True

    def keep(self) -> None:
        """Write what is new; where that can't be, all is read as if for the first time once more."""
        if not self._is_new:
            return
        lines = [f"{key} {digest}\n" for key, digest in [*self._known.items()][-MOST_KNOWN:]]
        try:
            durable.make_folder(self._path.parent)
            durable.write(self._path, "".join(lines).encode("ascii"), synced=False)
        except ShowcaseError:
            return
        self._is_new = False


def changes(ledger: Ledger, record: SubmissionRecords, contents: Contents) -> Iterator[IntegrityError]:
    """What is other than it was, among all that tells where a submission stands: its newest revision, and packages."""
    for key, listed in _that_tell(record):
        marker = contents.marker(listed, InboxMarker) if key == "sent_changed" else None
        content = marker.to_file() if marker else contents.content(listed)
        if content is not None and not ledger.is_first(listed.where, content):
            yield _fault(key, listed.where, record.ref)
    for package in record.read_packages(contents):
        yield from changed_package(ledger, package)


def changed_records(ledger: Ledger, read: Mapping[str, bytes]) -> list[IntegrityError]:
    """What is other than it was, of a season's plan, its running order and what is said: as it is now it counts.

    Args:
        read: by its place.
    """
    changed = [where for where, content in read.items() if not ledger.is_first(where, content)]
    ledger.keep()
    return [IntegrityError("said_changed", where=where) for where in changed]


def _that_tell(record: SubmissionRecords) -> Iterator[tuple[str, ListedObject]]:
    if record.revisions:
        newest = record.revisions[-1]
        yield "claim_changed", newest.claim
        yield from (("sent_changed", listed) for listed in (newest.draft, newest.submitted) if listed)
        yield from (("answer_changed", item.listed) for item in record.answers if item.revision == newest.number)
        yield from (("word_changed", item.listed) for item in record.reviews if item.revision == newest.number)
    for package in record.packages:
        for listed in package.objects():
            name = listed.key.rpartition("/")[2]
            if name.startswith("ACK"):
                yield "ack_changed", listed
            elif name != layout.READY:
                yield "word_changed", listed


def changed_package(ledger: Ledger, package: Delivery) -> Iterator[IntegrityError]:
    """That a package is announced with another manifest than it was."""
    if package.manifest_sha256 and not ledger.is_first(_ready(package), package.manifest_sha256):
        yield package_changed(package)


def package_changed(package: Delivery) -> IntegrityError:
    """The error of that."""
    return _fault("ready_changed", _ready(package), package.ref)


def _ready(package: Delivery) -> str:
    return f"{package.ref}/{package.package_id}/{layout.READY}"


def _fault(key: str, where: str, ref: SubmissionRef) -> IntegrityError:
    return IntegrityError(key, where=where, id=ref.typed)


def _digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()[:_SIGNS]
