"""Notes and decisions of the editor: one object each, beside the packages, never changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pipeline.model.inbox import Review
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket, ListedObject
from pipeline.storage.place import Contents, Place

_NAME = re.compile(rf"/{layout.REVIEWS}/r(\d+)-(\d{{4,}})\.json$")


@dataclass(frozen=True)
class ReviewRecord:
    """One review of which a listing tells."""

    listed: ListedObject
    revision: int
    number: int


def review_records(objects: Sequence[ListedObject]) -> tuple[ReviewRecord, ...]:
    """The reviews among the objects of one submission, in the order in which they were given."""
    found = [
        ReviewRecord(listed, int(match[1]), int(match[2])) for listed in objects if (match := _NAME.search(listed.key))
    ]
    return tuple(sorted(found, key=lambda item: (item.revision, item.number)))


def reviews(ref: SubmissionRef, records: Sequence[ReviewRecord], contents: Contents) -> list[Review]:
    """What they say.

    Raises:
        IntegrityError: one of them is none, or another's.
    """
    made = [
        contents.marker(
            item.listed, Review, submission_id=ref.submission_id, revision=item.revision, number=item.number
        )
        for item in records
    ]
    return [item for item in made if item]


def add(bucket: Bucket, ref: SubmissionRef, make: Callable[[int], Review], after: int) -> Review:
    """Put one under the next number that nobody has; `make` gives it its number."""
    place = Place(bucket, layout.submission_prefix(ref))
    number = after
    while True:
        number += 1
        made = make(number)
        if place.put_if_absent(layout.review_name(made.revision, number), made):
            return made
