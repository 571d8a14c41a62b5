"""What is looked at in a store, and what may be wrong with it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from pipeline.model.base import Noun
from pipeline.model.inbox import InboxMarker
from pipeline.storage.bucket import ListedObject


class Fault(StrEnum):
    """What is wrong with one object, or with what tells of several."""

    MISSING = "missing"  # a marker or manifest names it
    SIZE = "size"
    METADATA = "metadata"  # the digest beside it is another one
    BYTES = "bytes"
    EXTRA = "extra"  # nothing names it
    MARKER = "marker"  # it is none, or another's
    MANIFEST = "manifest"  # package.json is not the one that READY.json announces
    LISTING = "listing"  # checksums.sha256 says otherwise than package.json
    REFUSED = "refused"  # the store gives it to nobody of ours: whoever put it has the key
    WORDS = "words"  # submission.yaml or what the check said, against the marker
    LEFT = "left"  # files of what was cleared


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it must be; `where` is the bucket and the key."""

    fault: Fault
    where: str
    detail: str = ""


@dataclass(frozen=True)
class Pending:
    """What was sent and is not announced yet: nothing says what it must be."""

    where: str


@dataclass(frozen=True)
class Look:
    """An object that is there, to be held to what it must be.

    Args:
        size_bytes, sha256: of its manifest or marker; None where nothing says more than what is kept beside it.
        model: of a record, what it must be.
        named: the fields of a record that its key says too.
        marker: of `submission.yaml` and reports, what they were announced by.
    """

    listed: ListedObject
    size_bytes: int | None = None
    sha256: str | None = None
    model: type[Noun] | None = None
    named: Mapping[str, object] = field(default_factory=dict)
    marker: InboxMarker | None = None


Item = Problem | Pending | Look
