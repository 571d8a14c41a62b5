"""Notes and decisions of the editor: one object each, beside the packages, never changed."""

from __future__ import annotations

import re
from collections.abc import Callable

from pipeline.model.inbox import Review
from pipeline.storage import layout
from pipeline.storage.delivery import read_marker
from pipeline.storage.s3 import Store

_NAME = re.compile(r"r(\d+)-(\d{4,})\.json$")


def of_submission(store: Store, bucket: str, prefecture: str, submission_id: str) -> list[Review]:
    """All of a submission's, in the order in which they were given.

    Raises:
        IntegrityError: one of them is none, or another's.
    """
    prefix = f"{layout.submission_prefix(prefecture, submission_id)}{layout.REVIEWS}/"
    found = []
    for key in store.listing(bucket, prefix):
        if match := _NAME.search(key):
            named = {"submission_id": submission_id, "revision": int(match[1]), "number": int(match[2])}
            review = read_marker(store, bucket, key, Review, **named)
            found += [review] if review else []
    return sorted(found, key=lambda item: (item.revision, item.number))


def add(store: Store, bucket: str, prefecture: str, make: Callable[[int], Review], after: int) -> Review:
    """Put one under the next number that nobody has; `make` gives it its number."""
    number = after
    while True:
        number += 1
        made = make(number)
        key = layout.review_key(prefecture, made.submission_id, made.revision, number)
        if store.put_if_absent(bucket, key, made.to_file()):
            return made
