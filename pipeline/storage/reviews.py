"""What editor and producer say of a revision: one object each, beside packages and revisions, never changed."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from pipeline.model.inbox import Answer, Review
from pipeline.model.reference import SubmissionRef
from pipeline.storage import bounds, layout
from pipeline.storage.bucket import Bucket, ListedObject
from pipeline.storage.place import Contents, Place

Said = TypeVar("Said", Review, Answer)
_NAME = re.compile(r"/r(\d+)-(\d{4,})\.json$")
_FOLDERS: dict[type, str] = {Review: layout.REVIEWS, Answer: layout.ANSWERS}


@dataclass(frozen=True)
class ReviewRecord:
    """One review, or one answer to it, of which a listing tells."""

    listed: ListedObject
    revision: int
    number: int


def review_records(ref: SubmissionRef, objects: Sequence[ListedObject], model: type[Said]) -> tuple[ReviewRecord, ...]:
    """The reviews (or answers) among the objects of one submission, in the order in which they were given.

    Raises:
        IntegrityError: there are more than anybody reads.
    """
    prefix = f"{layout.submission_prefix(ref)}{_FOLDERS[model]}/"
    found = [
        ReviewRecord(listed, int(match[1]), int(match[2]))
        for listed in objects
        if listed.key.startswith(prefix) and (match := _NAME.search(listed.key))
    ]
    most = bounds.MOST_REVIEWS if model is Review else bounds.MOST_ANSWERS
    if len(found) > most:
        raise bounds.overfull(f"{found[0].listed.bucket.name}/{prefix}", most, ref)
    return tuple(sorted(found, key=lambda item: (item.revision, item.number)))


def reviews(ref: SubmissionRef, records: Sequence[ReviewRecord], contents: Contents, model: type[Said]) -> list[Said]:
    """What they say.

    Raises:
        IntegrityError: one of them is none, or another's.
    """
    made = [
        contents.marker(item.listed, model, submission_id=ref.submission_id, revision=item.revision, number=item.number)
        for item in records
    ]
    return [item for item in made if item]


def add(bucket: Bucket, ref: SubmissionRef, make: Callable[[int], Said], after: int) -> Said:
    """Put one under the next number that nobody has; `make` gives it its number."""
    number = after
    while True:
        number += 1
        made = make(number)
        if put(bucket, ref, made):
            return made


def put(bucket: Bucket, ref: SubmissionRef, made: Review | Answer) -> bool:
    """Put one under its own number; False where somebody else has that."""
    name = layout.said_name(_FOLDERS[type(made)], made.revision, made.number)
    return Place(bucket, layout.submission_prefix(ref)).put_if_absent(name, made)
