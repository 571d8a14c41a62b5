"""What people type, as the submissions that are meant: the one place where an id becomes prefecture and id.

`PREFECTURE/ID` (also `PREFECTURE/ID/PACKAGE`) means exactly that one. An id alone means this workspace's own
submission; where its prefecture has none, or the workspace is of none, those of this id in every prefecture. What is
no submission's id may be a package's.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.errors import InputError, IntegrityError
from pipeline.model import region
from pipeline.model.delivery import Delivery
from pipeline.model.reference import SubmissionRef
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets, SubmissionRecords
from pipeline.storage.place import Contents

Unreadable = Callable[[IntegrityError], None]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")


def refuse(fault: IntegrityError) -> None:
    """What becomes of a record that is none where one thing alone is asked for."""
    raise fault


@dataclass(frozen=True)
class Selected:
    """A submission that is meant, or one package of it."""

    records: SubmissionRecords
    package_id: str | None = None

    def means(self, package_id: str) -> bool:
        """Whether a package of the submission is meant."""
        return self.package_id in (None, package_id)


def is_id(text: str) -> bool:
    """Whether a word can be a submission's id, alone or behind its prefecture."""
    prefecture, slash, name = text.rpartition("/")
    return _ID.fullmatch(name) is not None and (not slash or region.code_of(prefecture) is not None)


def with_code(text: str) -> str:
    """`PREFECTURE/ID` with the prefecture's code, as a `SubmissionRef` is written; anything else as it is."""
    prefecture, slash, name = text.rpartition("/")
    code = region.code_of(prefecture) if slash else None
    return f"{code}/{name}" if code else text


def select(buckets: Buckets, wanted: str, among: Sequence[Bucket] = ()) -> list[Selected]:
    """The submissions that somebody means; nothing where there is none.

    Args:
        among: the buckets to look in: both where none is given.
    """
    prefecture, slash, rest = wanted.partition("/")
    name, _, package_id = (rest if slash else wanted).partition("/")
    if _ID.fullmatch(name) is None:
        return []
    if slash:
        ref = SubmissionRef(region.code_of(prefecture) or prefecture, name)
        return [Selected(item, package_id or None) for item in buckets.records(among, ref)]
    if buckets.own and (found := buckets.records(among, SubmissionRef(buckets.own, wanted))):
        return [Selected(item) for item in found]
    refs = buckets.named(wanted, among)
    if refs:
        return [Selected(item) for ref in refs for item in buckets.records(among, ref)]
    return [Selected(item, wanted) for ref in _with_package(buckets, wanted) for item in buckets.records(among, ref)]


def deliveries(buckets: Buckets, wanted: str | None, unreadable: Unreadable = refuse) -> list[Delivery]:
    """The packages of what is meant, or all, newest first; nothing but the delivery bucket is asked.

    Raises:
        IntegrityError: a marker is none, or another's, and `unreadable` does not take it.
    """
    among = (buckets.delivery,)
    chosen = [Selected(item) for item in buckets.records(among)] if wanted is None else select(buckets, wanted, among)
    packages = [package for item in chosen for package in item.records.packages if item.means(package.package_id)]
    contents = Contents(listed for package in packages for listed in package.objects())
    found = []
    for package in packages:
        try:
            found.append(package.delivery(contents))
        except IntegrityError as fault:
            unreadable(fault)
    return sorted(found, key=lambda item: str(item.ready_at or ""), reverse=True)


def refuse_several(wanted: str, refs: Sequence[SubmissionRef]) -> None:
    """One thing is done with one submission: where several prefectures have one of this id, nothing is.

    Raises:
        InputError: there are several.
    """
    if len(distinct := sorted(set(refs))) > 1:
        raise InputError("several_fit", where=wanted, known=", ".join(map(str, distinct)))


def _with_package(buckets: Buckets, package_id: str) -> list[SubmissionRef]:
    records = buckets.records((buckets.delivery,))
    return [item.ref for item in records if any(package.package_id == package_id for package in item.packages)]
