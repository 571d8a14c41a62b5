"""Films as they stand in the store: what was taken over with what its package says of it, the others by their titles.

What a package says is asked for once: under its marker nothing changes, so it is kept by the manifest's digest.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from datetime import datetime

from pydantic import ValidationError

from pipeline.errors import InputError, IntegrityError
from pipeline.exchange import describing, listing, status
from pipeline.exchange.running_order import absences
from pipeline.exchange.unchanged import Ledger
from pipeline.model.course import Title
from pipeline.model.delivery import Delivery, State
from pipeline.model.inbox import Stage, SubmissionStatus
from pipeline.model.programme import Programme
from pipeline.model.running_order import MOST_SECONDS, Film, Standing
from pipeline.model.text import is_line
from pipeline.model.vocabulary import Term, Vocabulary
from pipeline.storage.buckets import Buckets, contents_of
from pipeline.storage.network.together import together

FaultCallback = Callable[[InputError | IntegrityError], None]


def films(
    buckets: Buckets, columns: Vocabulary, unreadable: FaultCallback, until: datetime | None = None
) -> list[Film]:
    """Each submission as a film. A package that was taken over stands for it, also behind a newer cut in review.

    Args:
        unreadable: hears of each submission that is left out because one of its markers is none, and of each package
            that can't be read; its film is there, and can't be laid.
        until: as it was then: what the store got at that moment or later is left out.

    Raises:
        EnvironmentFault, TransferError: the store does not answer.
    """
    records = status.then(buckets.records(), until)
    contents = contents_of(records)
    contents.read(absences.unread(records))
    found = status.statuses_in(records, contents, unreadable, until, Ledger(buckets.delivery.store))
    taken = {item.ref: package for _, item in found if (package := taken_over(item))}
    programmes = together(lambda item: _programme(buckets, item), list(taken.values()))
    told = dict(zip(taken, programmes, strict=True))
    made = []
    for record, item in sorted(found, key=lambda pair: pair[1].ref):
        package = taken.get(item.ref)
        said = told.get(item.ref)
        if isinstance(said, InputError | IntegrityError):
            unreadable(said)
        if package and isinstance(said, Programme):
            film = _film(item, package, said, columns)
        else:
            film = _named(item, Standing.UNREADABLE if package else _standing(item), columns)
        try:
            made.append(film.model_copy(update={"absences": absences.absences(record, contents, until)}))
        except IntegrityError as fault:  # of an older record: where it stands now is known
            unreadable(fault)
            made.append(film)
    return made


def taken_over(item: SubmissionStatus) -> Delivery | None:
    """The package that an operator has taken over and that still stands; None where there is none."""
    if item.stage is Stage.ACCEPTED:
        return item.delivery
    earlier = item.earlier
    return earlier if earlier and earlier.state is State.ACCEPTED else None


def _standing(item: SubmissionStatus) -> Standing:
    return Standing.WITHDRAWN if item.stage is Stage.WITHDRAWN else Standing.NOT_TAKEN_OVER


def _named(item: SubmissionStatus, standing: Standing, columns: Vocabulary) -> Film:
    """What is known without a package: the title and the column that its submission says."""
    title = item.title if item.title and is_line(item.title) else item.submission_id
    known = columns.find(item.column) if item.column else None
    return Film(
        prefecture=item.prefecture,
        submission_id=item.submission_id,
        title=Title(zh=title),
        standing=standing,
        column=(known.name if known else item.column) if item.column else None,
    )


def _film(item: SubmissionStatus, package: Delivery, programme: Programme, columns: Vocabulary) -> Film:
    told, part = programme.description, next(iter(programme.parts), None)
    lengths = [stream.duration_s for stream in part.streams] if part else []
    seconds = math.ceil(max(lengths)) if lengths else 0
    is_known = 0 < seconds <= MOST_SECONDS
    lying = Standing.COURSE if programme.is_course else Standing.TAKEN_OVER if is_known else Standing.UNREADABLE
    return Film(
        prefecture=item.prefecture,
        submission_id=item.submission_id,
        title=told.title,
        standing=lying,
        column=_column(told.column, columns) if told.column else None,
        languages=(part.languages if part else ()) or told.languages,
        seconds=seconds if is_known else None,
        licence=told.licence,
        package_id=package.package_id,
        synopsis=told.short_synopsis,
    )


def _column(term: Term, columns: Vocabulary) -> str:
    """By the vocabulary's id; a column that it did not know when the package was made may be in it by now."""
    if term.name != describing.UNKNOWN:
        return term.name
    known = columns.find(term.zh)
    return known.name if known else term.zh


def _programme(buckets: Buckets, item: Delivery) -> Programme | InputError | IntegrityError:
    place = buckets.place_of_delivery(item.ref).package(item.package_id)
    cache, key = place.bucket.store.cache, place.place.prefix + listing.PROGRAMME
    kept = cache.get(place.bucket.name, key, item.manifest_sha256) if cache and item.manifest_sha256 else None
    if kept is not None:
        try:
            return Programme.model_validate_json(kept)
        except ValidationError:  # of an earlier version of this program
            kept = None
    try:
        found = listing.programme_of(place, item)
    except (InputError, IntegrityError) as fault:
        return fault
    if cache and item.manifest_sha256:
        cache.put(place.bucket.name, key, item.manifest_sha256, found.to_file())
    return found
