"""What people type, as the submissions that are meant: the one place where a name becomes prefecture and id.

`PREFECTURE/ID` (also `PREFECTURE/ID/PACKAGE`) means exactly that one. An id alone means this workspace's own
submission; where its prefecture has none, or the workspace is of none, those of this id in every prefecture. What is
no submission's id may be a package's, then the beginning of an id (with or without the prefecture's code that ids
begin with), then a title, then the beginning of one: the first of these that anything fits.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.errors import InputError, IntegrityError
from pipeline.model import region
from pipeline.model.delivery import Delivery
from pipeline.model.reference import SubmissionRef
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets, SubmissionRecords, contents_of
from pipeline.storage.place import Contents

Unreadable = Callable[[IntegrityError], None]
_ID = re.compile(r"[a-z0-9][a-z0-9-]{0,23}")
_SUFFIX = re.compile(r"\.[A-Za-z][A-Za-z0-9]{1,4}$")
_QUOTES = str.maketrans("", "", '《》〈〉「」“”"')


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


@dataclass(frozen=True)
class Fit:
    """One of several that fit what was typed; `state` is a `Stage`'s or a `State`'s name."""

    ref: SubmissionRef
    title: str
    state: str


def is_id(text: str) -> bool:
    """Whether a word can be a submission's id, alone or behind its prefecture."""
    prefecture, slash, name = text.rpartition("/")
    return _ID.fullmatch(name) is not None and (not slash or region.code_of(prefecture) is not None)


def is_name(text: str) -> bool:
    """Whether what is no path may mean a submission: an id, or a title, which no file's suffix ends."""
    prefecture, slash, name = text.partition("/")
    if slash and region.code_of(prefecture) is None:
        return False
    name = name if slash else text
    return bool(name.strip()) and "/" not in name and "\\" not in name and _SUFFIX.search(name) is None


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
    code = region.code_of(prefecture) if slash else None
    if slash and code is None:
        return []
    name, _, package_id = (rest if slash else wanted).partition("/")
    if _ID.fullmatch(name):
        if found := _of_id(buckets, code, name, among):
            return [Selected(item, package_id or None) for item in found]
        if not slash and (packages := _with_package(buckets, name)):
            return [Selected(item, name) for ref in packages for item in buckets.records(among, ref)]
    if package_id:
        return []
    listed = [item for item in buckets.records(among) if code in (None, item.ref.prefecture)]
    return [Selected(item) for item in _by_beginning(listed, name) or _by_title(listed, name)]


def _of_id(buckets: Buckets, code: str | None, name: str, among: Sequence[Bucket]) -> list[SubmissionRecords]:
    if code:
        return buckets.records(among, SubmissionRef(code, name))
    if buckets.own and (found := buckets.records(among, SubmissionRef(buckets.own, name))):
        return found
    return [item for ref in buckets.named(name, among) for item in buckets.records(among, ref)]


def _by_beginning(listed: Sequence[SubmissionRecords], name: str) -> list[SubmissionRecords]:
    def begins(ref: SubmissionRef) -> bool:
        return ref.submission_id.removeprefix(f"{ref.prefecture}-").startswith(name)

    if _ID.fullmatch(name) is None:
        return []
    whole = [item for item in listed if item.ref.submission_id == f"{item.ref.prefecture}-{name}"]
    return whole or [item for item in listed if item.ref.submission_id.startswith(name) or begins(item.ref)]


def _by_title(listed: Sequence[SubmissionRecords], name: str) -> list[SubmissionRecords]:
    wanted = plain_title(name)
    if not wanted:
        return []
    contents = contents_of(listed)
    titles = [(item, {plain_title(title) for title in _titles(item, contents)}) for item in listed]
    whole = [item for item, known in titles if wanted in known]
    return whole or [item for item, known in titles if any(title.startswith(wanted) for title in known)]


def _titles(item: SubmissionRecords, contents: Contents) -> list[str]:
    """What a submission is called by its newest revision and its packages; whoever reads it hears of bad records."""
    try:
        sent = [revision.marker.title for revision in item.read_revisions(contents)[-1:] if revision.marker]
        return sent + [package.title for package in item.read_packages(contents)]
    except IntegrityError:
        return []


def plain_title(title: str) -> str:
    """A title as titles are compared: without its quotes and spaces."""
    return "".join(unicodedata.normalize("NFKC", title).translate(_QUOTES).casefold().split())


def deliveries(buckets: Buckets, wanted: str | None, unreadable: Unreadable = refuse) -> list[Delivery]:
    """The packages of what is meant, or all, newest first; nothing but the delivery bucket is asked.

    Raises:
        IntegrityError: a marker is none, or another's, and `unreadable` does not take it.
    """
    among = (buckets.delivery,)
    chosen = [Selected(item) for item in buckets.records(among)] if wanted is None else select(buckets, wanted, among)
    for item in chosen:
        if item.records.fault:
            unreadable(item.records.fault)
    packages = [package for item in chosen for package in item.records.packages if item.means(package.package_id)]
    contents = Contents(listed for package in packages for listed in package.objects())
    found = []
    for package in packages:
        try:
            found.append(package.delivery(contents))
        except IntegrityError as fault:
            unreadable(fault)
    return sorted(found, key=lambda item: str(item.ready_at or ""), reverse=True)


def refuse_several(wanted: str, fits: Sequence[Fit]) -> None:
    """One thing is done with one submission: where several fit what was typed, nothing is.

    Raises:
        InputError: there are several; its `fits` are one of each.
    """
    distinct = {fit.ref: fit for fit in reversed(fits)}
    if len(distinct) > 1:
        rows = tuple(distinct[ref] for ref in sorted(distinct))
        raise InputError("several_fit", where=wanted, count=len(rows), fits=rows, example=rows[0].ref)


def _with_package(buckets: Buckets, package_id: str) -> list[SubmissionRef]:
    records = buckets.records((buckets.delivery,))
    return [item.ref for item in records if any(package.package_id == package_id for package in item.packages)]
