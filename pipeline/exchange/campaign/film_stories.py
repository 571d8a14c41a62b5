"""What happened to films of a season, by the records of each: who was to move when, and what reports found."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta

from pydantic import ValidationError

from pipeline.errors import IntegrityError
from pipeline.exchange import decisions, looking_back, status
from pipeline.model.campaign_report import Cut, CutFault, CutFaults, FilmStory, Turn
from pipeline.model.delivery import Delivery
from pipeline.model.finding import Severity
from pipeline.model.inbox import Reports, Stage, SubmissionStatus
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.bucket import ListedObject
from pipeline.storage.buckets import Buckets, SubmissionRecords, contents_of
from pipeline.storage.inbox import RevisionPlace
from pipeline.storage.network.together import together
from pipeline.storage.place import Contents, parsed
from pipeline.storage.revision_record import Revision

MOST_REPORT = 8 << 20  # bytes; a course of a hundred parts has a quarter
MOST_REPORTS = 10  # of a film, the newest
_NEXT = timedelta(microseconds=1)
FaultCallback = Callable[[IntegrityError], None]
_CutOf = tuple[SubmissionRef, int]
_Told = CutFaults | IntegrityError | None


def stories(
    buckets: Buckets, records: Sequence[SubmissionRecords], until: datetime, unreadable: FaultCallback
) -> list[FilmStory]:
    """The story of each submission as it was known at a moment.

    Reports are asked for once: under its marker nothing changes, so what they found is kept by the marker's digest.

    Args:
        records: as listings tell them, none left out of any.
        unreadable: hears of each report that is none, and of a submission whose records are none, which has no story.

    Raises:
        EnvironmentFault, TransferError: the store does not answer.
    """
    contents = contents_of(records)
    read = {listed for record in records for package in record.packages for listed in package.objects()}
    contents.read(listed for record in records for listed in _markers(record) if listed not in read)
    made: list[tuple[SubmissionRecords, FilmStory]] = []
    wanted: list[tuple[RevisionPlace, Revision]] = []
    for record in (looking_back.until(item, until) for item in records):
        try:
            revisions = record.read_revisions(contents)
            made.append((record, _story(record, revisions, contents, until)))
        except IntegrityError as fault:
            unreadable(fault)
            continue
        with_marker = [item for item in revisions if item.marker][-MOST_REPORTS:]
        wanted += [(buckets.place_in_inbox(record.ref).revision(item.number), item) for item in with_marker]
    found = dict(zip([(item.ref, item.number) for _, item in wanted], together(_faults, wanted), strict=True))
    for item in found.values():
        if isinstance(item, IntegrityError):
            unreadable(item)
    return [_with_faults(record, story, found) for record, story in made]


def _with_faults(record: SubmissionRecords, story: FilmStory, found: Mapping[_CutOf, _Told]) -> FilmStory:
    told = [item for (ref, _), item in found.items() if ref == record.ref and isinstance(item, CutFaults)]
    faults = tuple(fault for item in told for fault in item.faults)
    return story.model_copy(update={"faults": faults, "is_checked": bool(told)})


def _markers(record: SubmissionRecords) -> Iterator[ListedObject]:
    """Every marker of its packages: what counted once is needed for the time before."""
    for package in record.packages:
        yield from (listed for name, listed in package.markers.items() if layout.is_record(name) and "/" not in name)


def _story(record: SubmissionRecords, revisions: Sequence[Revision], contents: Contents, until: datetime) -> FilmStory:
    last = status.status_in(record, contents, until)
    return FilmStory(
        prefecture=record.ref.prefecture,
        submission_id=record.ref.submission_id,
        turns=tuple(_turns(record, contents)),
        masters=tuple(_masters(record, revisions, contents, last)),
        taken_over_key=_taken_over_key(record, last),
    )


def _turns(record: SubmissionRecords, contents: Contents) -> Iterator[Turn]:
    """Who was to move after each thing that happened: the same as `status` said then."""
    moments = {listed.modified: listed for listed in sorted(_objects(record), key=lambda item: item.modified)}
    turn: Turn | None = None
    for at, listed in sorted(moments.items()):
        end = at + _NEXT
        there = status.status_in(looking_back.until(record, end), contents, end)
        person = there.wanted_of if there else None
        if turn and turn.of is person:
            continue
        if turn:
            yield turn.model_copy(update={"until": at})
        turn = Turn(of=person, since=at, key=listed.where) if person else None
    if turn:
        yield turn


def _objects(record: SubmissionRecords) -> Iterator[ListedObject]:
    """Everything that tells of something that somebody did."""
    for revision in record.revisions:
        yield from (item for item in (revision.claim, revision.draft, revision.submitted) if item)
    yield from (said.listed for said in (*record.reviews, *record.answers))
    yield from _markers(record)
    for order in record.orders:
        yield from order.objects()


def _masters(
    record: SubmissionRecords,
    revisions: Sequence[Revision],
    contents: Contents,
    last: SubmissionStatus | None,
) -> Iterator[Cut]:
    said = record.read_reviews(contents)
    listed = {(item.revision, item.number): item.listed for item in record.reviews}
    packaged = _packaged(record, last)
    for item in revisions:
        if item.submitted is None or item.submitted_at is None:
            continue
        own = [review for review in said if review.revision == item.number]
        decision = decisions.decision(own) if decisions.is_approved(item, own) else None
        key = listed[decision.revision, decision.number].where if decision else None
        if key is None and packaged and packaged[0].content_sha256 == item.claim.content_sha256:
            key = packaged[1].where
        marker = next(one.submitted for one in record.revisions if one.number == item.number)
        yield Cut(revision=item.number, at=item.submitted_at, key=marker.where if marker else "", approved_key=key)


def _packaged(record: SubmissionRecords, last: SubmissionStatus | None) -> tuple[Delivery, ListedObject] | None:
    """The package that the newest cut stands in, and its marker: who makes one without a word approves by that."""
    delivery = last.delivery if last else None
    package = next((item for item in record.packages if delivery and item.package_id == delivery.package_id), None)
    marker = (package.markers.get(layout.READY) or package.markers.get(layout.CLEARED)) if package else None
    return (delivery, marker) if delivery and marker else None


def _taken_over_key(record: SubmissionRecords, last: SubmissionStatus | None) -> str | None:
    """The operator's answer, else the head-end's, by which the package is taken over."""
    if last is None or last.stage is not Stage.ACCEPTED or last.delivery is None:
        return None
    own = last.delivery.package_id
    answers = [listed for item in record.packages if item.package_id == own for listed in item.series(layout.ACK)]
    results = [
        order.listed[layout.RESULT]
        for order in record.orders
        if order.package_id == own and layout.RESULT in order.listed
    ]
    newest = max(answers or results, key=lambda item: item.modified, default=None)
    return newest.where if newest else None


def _faults(wanted: tuple[RevisionPlace, Revision]) -> _Told:
    """What the report beside a revision found; None where there is none."""
    place, revision = wanted
    name = layout.INSPECTION if revision.submitted else layout.DRAFT_INSPECTION
    key, where, cache = place.place.prefix + name, place.place.where(name), place.bucket.store.cache
    digest = revision.marker.digest() if revision.marker else ""
    kept = cache.get(place.bucket.name, f"{key}#faults", digest) if cache else None
    if kept is not None:
        try:
            return CutFaults.model_validate_json(kept)
        except ValidationError:  # of an earlier version of this program
            kept = None
    try:
        content = place.place.get(name, MOST_REPORT)
        found = None if content is None else _graver(parsed(content, Reports, where, {}), where)
    except IntegrityError as fault:
        return fault
    if cache and found is not None:
        cache.put(place.bucket.name, f"{key}#faults", digest, found.to_file())
    return found


def _graver(reports: Reports, where: str) -> CutFaults:
    """The worst of each code; information is no fault.

    Raises:
        IntegrityError: it has codes that are none.
    """
    worst: dict[str, Severity] = {}
    for finding in (finding for report in reports.reports for finding in report.findings):
        if finding.severity is not Severity.INFO:
            known = worst.get(finding.code, finding.severity)
            worst[finding.code] = Severity.ERROR if Severity.ERROR in (known, finding.severity) else finding.severity
    try:
        made = (CutFault(code=code, severity=severity, key=where) for code, severity in sorted(worst.items()))
        return CutFaults(faults=tuple(made))
    except ValidationError:  # with a line on each code, which whoever put the report chose
        raise IntegrityError("marker_unreadable", where=where) from None
