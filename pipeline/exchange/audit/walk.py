"""Every object of a store with what it must be, one submission after the other: of a listing nothing is kept but the
files that a manifest still waits for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import chain, groupby
from typing import Any

from pipeline.errors import IntegrityError
from pipeline.exchange.audit import package_lists
from pipeline.exchange.audit.found import Fault, Item, Look, Pending, Problem
from pipeline.model.base import Noun
from pipeline.model.c2_records import Order, OrderAnswer, OrderResult
from pipeline.model.delivery import Acknowledgement, Cleared, Ready, Withdrawal
from pipeline.model.inbox import Answer, Claim, InboxMarker, Reports, Review
from pipeline.model.reference import SubmissionRef
from pipeline.model.stage_record import StageRecord
from pipeline.storage import layout
from pipeline.storage.bounds import MOST_RECORD
from pipeline.storage.bucket import MOST_KEYS, Bucket, ListedObject
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import CHECKSUMS, MANIFEST
from pipeline.storage.network.together import together
from pipeline.storage.place import Place, given, parsed
from pipeline.storage.upkeep.folders import level
from pipeline.storage.upkeep.kinds import BucketRole
from pipeline.storage.upkeep.usage import roles

_SERIES = re.compile(r"(ACK|WITHDRAWN)(?:-\d{4,})?\.json")
_SAID = re.compile(r"r(\d+)-(\d{4,})\.json")
_CLAIM = re.compile(r"r(\d+)\.json")
_REVISION = re.compile(r"r(\d+)")
_DIGEST = re.compile(r"[0-9a-f]{64}")
_OF_ORDER: dict[str, type[Noun]] = {layout.ORDER: Order, layout.ANSWER: OrderAnswer, layout.RESULT: OrderResult}


@dataclass(frozen=True)
class Stop:
    """A part of a store that is walked in one go: one submission of a bucket, or what machines share."""

    role: BucketRole
    bucket: Bucket
    prefix: str


def stops(buckets: Buckets) -> tuple[list[Stop], list[Problem]]:
    """The parts, and objects that lie where none of ours does.

    Raises:
        EnvironmentFault, TransferError: the store does not answer.
    """
    found: list[Stop] = []
    stray: list[Problem] = []
    for role, bucket, own in roles(buckets):
        if role is BucketRole.WORK:
            found += [Stop(role, bucket, prefix) for prefix in (layout.SOURCES, layout.STAGES)]
            continue
        names, loose = level(bucket, "") if not own else ([own.rstrip("/")], [])
        stray += _stray(bucket, "", names, loose)
        for name in filter(layout.is_ours, names):
            submissions, loose = level(bucket, f"{name}/")
            stray += _stray(bucket, f"{name}/", submissions, loose)
            found += [Stop(role, bucket, f"{name}/{item}/") for item in filter(layout.is_ours, submissions)]
    return found, stray


def _stray(bucket: Bucket, prefix: str, names: Sequence[str], loose: Sequence[ListedObject]) -> list[Problem]:
    """Objects where only folders are, and folders that no prefecture and no submission can be called like."""
    strange = [name for name in names if not (layout.is_ours(name) or name.startswith("_"))]
    is_any = together(lambda name: bucket.has(f"{prefix}{name}/"), strange)  # the embedded store lists empty ones
    strange = [name for name, there in zip(strange, is_any, strict=True) if there]
    return [
        *(Problem(Fault.EXTRA, item.where) for item in loose),
        *(Problem(Fault.EXTRA, f"{bucket.name}/{prefix}{name}/") for name in strange),
    ]


def walked(stop: Stop, since: datetime | None = None) -> Iterator[Item]:
    """What lies in one part, and what lacks there.

    Args:
        since: what was announced before is passed over; records are not.

    Raises:
        EnvironmentFault, TransferError: the store does not answer.
    """
    objects = stop.bucket.walk(stop.prefix, lambda _: None, MOST_KEYS)
    if stop.role is BucketRole.WORK:
        yield from _sources(objects) if stop.prefix == layout.SOURCES else _stages(stop.bucket, objects)
        return
    prefecture, submission, _ = stop.prefix.split("/")
    ref = SubmissionRef(prefecture, submission)

    def folder_of(item: ListedObject) -> str:
        name, slash, _ = item.key.removeprefix(stop.prefix).partition("/")
        return name if slash else ""

    for folder, group in groupby(objects, folder_of):
        place = Place(stop.bucket, f"{stop.prefix}{folder}/" if folder else stop.prefix)
        if stop.role is BucketRole.INBOX:
            yield from _of_inbox(ref, folder, place, group, since)
        else:
            yield from _of_delivery(ref, folder, place, group, since)


def _of_inbox(
    ref: SubmissionRef, folder: str, place: Place, group: Iterable[ListedObject], since: datetime | None
) -> Iterator[Item]:
    if not folder:
        yield from _claims(place, group, Claim)
    elif folder == layout.ANSWERS:
        yield from _said(ref, place, group, Answer)
    elif match := _REVISION.fullmatch(folder):
        yield from _revision(ref, int(match[1]), place, group, since)
    else:
        yield from (Problem(Fault.EXTRA, item.where) for item in group)


def _of_delivery(
    ref: SubmissionRef, folder: str, place: Place, group: Iterable[ListedObject], since: datetime | None
) -> Iterator[Item]:
    if not folder:
        yield from _claims(place, group, None)
    elif folder == layout.REVIEWS:
        yield from _said(ref, place, group, Review)
    else:
        yield from _package(ref, folder, place, group, since)


def _claims(place: Place, group: Iterable[ListedObject], model: type[Noun] | None) -> Iterator[Item]:
    for item in group:
        is_claim = _CLAIM.fullmatch(item.key.removeprefix(place.prefix))
        yield Look(item, model=model) if is_claim else Problem(Fault.EXTRA, item.where)


def _said(ref: SubmissionRef, place: Place, group: Iterable[ListedObject], model: type[Noun]) -> Iterator[Item]:
    for item in group:
        match = _SAID.fullmatch(item.key.removeprefix(place.prefix))
        if match is None:
            yield Problem(Fault.EXTRA, item.where)
            continue
        named = {"submission_id": ref.submission_id, "revision": int(match[1]), "number": int(match[2])}
        yield Look(item, model=model, named=named)


def _split(place: Place, group: Iterable[ListedObject]) -> tuple[dict[str, ListedObject], Iterator[ListedObject]]:
    """The records, which come before all files in any store's order, by their names; and what is behind them."""
    objects = iter(group)
    records: dict[str, ListedObject] = {}
    for item in objects:
        name = item.key.removeprefix(place.prefix)
        if not layout.is_record(name):
            return records, chain([item], objects)
        records[name] = item
    return records, iter(())


def _read(listed: ListedObject | None, model: type[Any], named: dict[str, object]) -> Any:
    """A record that the rest depends on; None where it is not there, or is none: that is told by its own look."""
    if listed is None or listed.size_bytes > MOST_RECORD:
        return None
    try:
        content = given(lambda: listed.bucket.get(listed.key), listed.where)
        return None if content is None else parsed(content, model, listed.where, named)
    except IntegrityError:
        return None


def _revision(
    ref: SubmissionRef, number: int, place: Place, group: Iterable[ListedObject], since: datetime | None
) -> Iterator[Item]:
    records, files = _split(place, group)
    of_it: dict[str, object] = {"submission_id": ref.submission_id, "revision": number}
    of_marker = {"prefecture": ref.prefecture, **of_it}
    known: dict[str, tuple[type[Noun], dict[str, object]]] = {
        layout.DRAFT: (InboxMarker, of_marker),
        layout.SUBMITTED: (InboxMarker, of_marker),
        layout.CLEARED: (Cleared, of_it),
        layout.DRAFT_CLEARED: (Cleared, of_it),
    }
    yield from _records(records, known)
    markers = {name: _read(records.get(name), InboxMarker, of_marker) for name in (layout.DRAFT, layout.SUBMITTED)}
    is_cleared, is_draft_cleared = (name in records for name in (layout.CLEARED, layout.DRAFT_CLEARED))
    announced = [records[name].modified for name, marker in markers.items() if marker]
    is_old = since is not None and bool(announced) and max(announced) < since
    gone = {name for name in markers if is_cleared or (is_draft_cleared and name == layout.DRAFT)}
    waiting = {
        item.path: (item.size_bytes, item.sha256)
        for name, marker in markers.items()
        if marker and name not in gone
        for item in marker.files
    }
    left = 0
    for item in files:
        name = item.key.removeprefix(place.prefix)
        if is_old:
            continue
        if name == layout.SUBMISSION:  # that of a draft is the producer's word until the master
            yield Look(item, marker=markers[layout.SUBMITTED])
        elif name in (layout.INSPECTION, layout.DRAFT_INSPECTION):
            of = layout.SUBMITTED if name == layout.INSPECTION else layout.DRAFT
            yield Look(item, model=Reports, marker=markers[of])
        elif found := waiting.pop(name, None):
            yield Look(item, *found)
        elif is_cleared or (is_draft_cleared and layout.is_of_draft(name)):
            left += 1
        elif any(name in records for name in markers if not markers[name]):
            yield Look(item)  # what named it can't be read
        elif markers[layout.SUBMITTED]:
            yield Problem(Fault.EXTRA, item.where)
        else:
            yield Pending(item.where)
    if left:
        yield Problem(Fault.LEFT, place.where(), str(left))
    if not is_old:
        yield from _missing(place, waiting)


def _records(
    records: dict[str, ListedObject], known: dict[str, tuple[type[Noun], dict[str, object]]]
) -> Iterator[Item]:
    for name, item in records.items():
        if name in known:
            model, named = known[name]
            yield Look(item, model=model, named=named)
        else:
            yield Problem(Fault.EXTRA, item.where)


def _package(
    ref: SubmissionRef, package_id: str, place: Place, group: Iterable[ListedObject], since: datetime | None
) -> Iterator[Item]:
    records, files = _split(place, group)
    own: dict[str, object] = {"package_id": package_id}
    of_it = {"submission_id": ref.submission_id, **own}
    known: dict[str, tuple[type[Noun], dict[str, object]]] = {
        layout.READY: (Ready, of_it),
        layout.CLEARED: (Cleared, of_it),
    }
    for name in records:
        if match := _SERIES.fullmatch(name):
            known[name] = (Acknowledgement if match[1] == "ACK" else Withdrawal, own)
        elif layout.is_record(name) and name.startswith(f"{layout.ORDERS}/"):
            _, correlate_id, told = name.split("/")
            if told in _OF_ORDER:
                known[name] = (_OF_ORDER[told], {"correlate_id": correlate_id})
    yield from _records(records, known)
    if layout.CLEARED in records:
        if left := sum(1 for _ in files) + (layout.READY in records):
            yield Problem(Fault.LEFT, place.where(), str(left))
        return
    ready: Ready | None = _read(records.get(layout.READY), Ready, of_it)
    if ready is None:
        if layout.READY not in records:
            yield from (Pending(item.where) for item in files)
        return
    if since is not None and records[layout.READY].modified < since:
        return
    yield from _files(place, ready, files)


def _files(place: Place, ready: Ready, files: Iterable[ListedObject]) -> Iterator[Item]:
    waiting, problems = package_lists.read(place, ready)
    yield from problems
    refused = {problem.where for problem in problems if problem.fault is Fault.REFUSED}
    for item in files:
        name = item.key.removeprefix(place.prefix)
        if item.where in refused:
            continue
        if waiting and (found := waiting.pop(name, None)):
            yield Look(item, *found)
        elif name in (MANIFEST, CHECKSUMS) or waiting is None:
            yield Look(item)
        else:
            yield Problem(Fault.EXTRA, item.where)
    yield from _missing(place, waiting or {})


def _missing(place: Place, waiting: package_lists.Waiting) -> Iterator[Item]:
    yield from (Problem(Fault.MISSING, place.where(path)) for path in waiting)


def _sources(objects: Iterable[ListedObject]) -> Iterator[Item]:
    for item in objects:
        name = item.key.removeprefix(layout.SOURCES)
        yield Look(item, sha256=name) if _DIGEST.fullmatch(name) else Problem(Fault.EXTRA, item.where)


def _stages(bucket: Bucket, objects: Iterable[ListedObject]) -> Iterator[Item]:
    for folder, group in groupby(objects, lambda item: "/".join(item.key.split("/")[:3])):
        place = Place(bucket, f"{folder}/")
        where = place.where(layout.STAGE)
        record: StageRecord | None = None
        try:
            content = given(partial(place.get, layout.STAGE), where)
            record = None if content is None else parsed(content, StageRecord, where, {})
        except IntegrityError as fault:
            yield Problem(Fault.REFUSED if fault.key == "record_refused" else Fault.MARKER, where)
        yield from _stage(place, record, list(group))


def _stage(place: Place, record: StageRecord | None, objects: Sequence[ListedObject]) -> Iterator[Item]:
    """The files that a marker names; those of another output of the same key are nobody's and stay."""
    prefix = f"{record.fingerprint()[:16]}/" if record else ""
    waiting = {prefix + item.path: (item.size_bytes, item.sha256) for item in record.files} if record else {}
    for item in objects:
        if found := waiting.pop(item.key.removeprefix(place.prefix), None):
            yield Look(item, *found)
        elif item.key != place.prefix + layout.STAGE:
            yield Pending(item.where)
    yield from _missing(place, waiting)
