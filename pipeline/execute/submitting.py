"""A submission on its way to the inbox: what was examined, the proxies of a rough cut, the master."""

from __future__ import annotations

from dataclasses import dataclass

from pipeline.errors import InputError
from pipeline.exchange import cuts, submit
from pipeline.exchange.intake import Intake
from pipeline.exchange.progress import REUSE, UPLOAD, ByteProgress
from pipeline.exchange.submit import HashedFile, SubmissionUpload
from pipeline.execute import drafting
from pipeline.execute.examination import Examination
from pipeline.execute.examined_part import CheckedFile
from pipeline.execute.job import PACKAGE_LANGUAGE
from pipeline.execute.job_context import JobContext
from pipeline.execute.own_scratch import own_scratch
from pipeline.model import region
from pipeline.model.inbox import Answer, InboxMarker, PartsIn
from pipeline.model.states import Move
from pipeline.model.submission import Role
from pipeline.settings import Settings
from pipeline.storage import rights
from pipeline.storage.buckets import Buckets

SCRATCH = "submit"


@dataclass(frozen=True)
class Sent:
    """What lies in the inbox now.

    Args:
        new: False when it lay there before.
        reused_bytes: of new files, what the store had before and was not sent.
    """

    marker: InboxMarker
    new: bool
    reused_bytes: int = 0


def others_prefecture(own: Settings, given: Intake) -> InputError | None:
    """What is said where a submission is of another prefecture than the settings' own; None where it may be sent.

    Editors and administrators are of no prefecture: what their settings name is only what is usual.
    """
    said = given.submission.prefecture
    if own.prefecture in (None, said) or own.role not in (None, rights.Role.PRODUCER):
        return None
    where = given.prefecture_at or given.shown
    return InputError("prefecture_others", where=where, said=region.called(said), own=region.called(own.prefecture))


def refuse_others_prefecture(own: Settings, given: Intake) -> None:
    """Let pass what a producer's keys can send: the store would refuse the others' after the film was read.

    Raises:
        InputError: the submission is another prefecture's.
    """
    if own.role == rights.Role.PRODUCER and (other := others_prefecture(own, given)):
        raise other


def refuse_doubtful(job: JobContext, examination: Examination, buckets: Buckets) -> InputError | None:
    """Before anything is made or sent: what was returned is not sent again; gives why this may be another film.

    Raises:
        InputError: the same was returned, rejected or withdrawn.
    """
    upload = _upload(job, examination)
    is_draft = examination.parts[0].examined.draft
    there = cuts.known(buckets, upload)
    cuts.refuse_unchanged(there, upload, Move.SUBMIT_DRAFT if is_draft else Move.SUBMIT)
    return cuts.doubt(buckets, there, upload)


def is_there(job: JobContext, examination: Examination, buckets: Buckets, *, is_draft: bool) -> bool:
    """Whether the same lies in the inbox already, as a draft or whole; nothing is written."""
    revisions = buckets.place_in_inbox(examination.intake.ref).revisions()
    if not revisions or revisions[-1].claim.content_sha256 != _upload(job, examination).content:
        return False
    return revisions[-1].submitted is not None or (is_draft and revisions[-1].draft is not None)


def refuse_answer(job: JobContext, examination: Examination, buckets: Buckets) -> None:
    """Let pass what `answer` can answer; nothing is written. Raises as `cuts.answer`."""
    upload = _upload(job, examination)
    cuts.refuse_answer(cuts.known(buckets, upload), upload)


def answer(job: JobContext, examination: Examination, buckets: Buckets, words: str, by: str) -> Answer:
    """The producer's words on a return; the film stays as it is. Raises as `cuts.answer`."""
    return cuts.answer(buckets, _upload(job, examination), words, by)


def send_draft(job: JobContext, examination: Examination, buckets: Buckets) -> Sent:
    """A proxy of each part, then the marker of a draft.

    Raises:
        MediaError, EnvironmentFault, TransferError, IntegrityError: as the rooms say; a rerun goes on.
    """
    context = job.context
    with own_scratch(context.workspace, SCRATCH) as scratch:
        proxies = drafting.proxies(job, examination, scratch)
        upload = _upload(job, examination)
        place = submit.claim(buckets.inbox, upload)
        counted = ByteProgress(context.on_progress, sum(item.path.stat().st_size for item in proxies))
        marker, new = submit.send_draft(
            place, upload, proxies, scratch, counted.of(UPLOAD), on_same=counted.same(REUSE)
        )
    counted.ended()
    _journal(job, marker, "draft", new=new)
    return Sent(marker, new, counted.bytes_of(REUSE) if new else 0)


def send_master(job: JobContext, examination: Examination, buckets: Buckets) -> Sent:
    """The films themselves, then the marker of a master.

    Raises:
        InputError: a film changed while it was sent.
        EnvironmentFault, TransferError, IntegrityError: as `storage` says.
    """
    context = job.context
    with own_scratch(context.workspace, SCRATCH) as scratch:
        upload = _upload(job, examination)
        place = submit.claim(buckets.inbox, upload)
        counted = ByteProgress(context.on_progress, sum(item.path.stat().st_size for item in upload.media))
        marker, new = submit.send_master(place, upload, scratch, counted.of(UPLOAD), on_same=counted.same(REUSE))
        for item in upload.media:
            context.confirm(item.sha256)
    counted.ended()
    _journal(job, marker, "master", new=new)
    return Sent(marker, new, counted.bytes_of(REUSE) if new else 0)


def _upload(job: JobContext, examination: Examination) -> SubmissionUpload:
    seconds = sum(_duration_s(item) for item in examination.files if item.file and item.file.role is Role.MAIN)
    intake = examination.intake
    media = tuple(
        HashedFile(item.path, item.file, job.context.hashed(item.path), item.role, item.part)
        for item in intake.files_to_check
    )
    reports = examination.reports(PACKAGE_LANGUAGE)
    expected = len(intake.submission.course_parts)
    parts = PartsIn(there=expected - len(intake.missing), expected=expected) if expected else None
    return SubmissionUpload(intake.submission, intake.folder, media, reports, round(seconds, 3), parts)


def _duration_s(checked: CheckedFile) -> float:
    measures = checked.evaluation.measures
    if measures and measures.video.timeline:
        return measures.video.timeline.duration_s
    return (measures.audio.audio_duration_s if measures else None) or 0.0


def _journal(job: JobContext, marker: InboxMarker, what: str, *, new: bool) -> None:
    job.context.journal.write(
        "submitted", submission=marker.submission_id, revision=marker.revision, what=what, new=new
    )
