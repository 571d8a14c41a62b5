"""How much is read of what others put: whoever puts more costs those who read no more than a line."""

from __future__ import annotations

import io
from collections.abc import Callable

from pipeline.errors import IntegrityError
from pipeline.model.reference import SubmissionRef
from pipeline.storage import layout

MOST_RECORD = 1 << 20  # bytes; what is larger is no record of ours
MOST_SMALL = 64 << 20  # bytes of what is read whole: the manifest of a long film's segments is the largest
MOST_RECORDS = 16 << 20  # bytes of all records of a prefecture in a bucket that one look reads; a season has a tenth
MOST_VALUES, MOST_VALUES_OF_SMALL = 40_000, 2_000_000  # of a record in JSON, and of what is larger
MOST_KEYS = 10_000  # of one submission in a bucket
# of one prefecture in a bucket: keys, and folders, each of which takes SeaweedFS as long as two keys (1 s for all);
# 1,600 films of two revisions have as many
MOST_LISTED, FOLDER = 20_000, 2
# of one submission, each of which is read: revisions, packages, what the editor said, what the producer answered
MOST_REVISIONS, MOST_PACKAGES, MOST_REVIEWS, MOST_ANSWERS = 200, 500, 2_000, 200
_BLOCK = 1 << 20


def read(blocks: Callable[[int], bytes], most: int) -> bytes | None:
    """All that a body gives, whatever length it was announced with; None where that is more than `most` bytes.

    Args:
        blocks: gives the next bytes, up to as many as it is asked for, and none at the end.
    """
    found = io.BytesIO()
    while block := blocks(min(_BLOCK, most + 1 - found.tell())):
        found.write(block)
        if found.tell() > most:
            return None
    return found.getvalue()


def is_bomb(content: bytes) -> bool:
    """Whether there are more values in a record (JSON) than one of ours has, of which each costs memory when it is read
    and again when it is found to be wrong: told by the signs between them, of which texts may hold some too."""
    most = MOST_VALUES if len(content) <= MOST_RECORD else MOST_VALUES_OF_SMALL
    return sum(content.count(sign) for sign in (b",", b"[", b"{")) > most


def overfull(where: str, most: int, ref: SubmissionRef) -> IntegrityError:
    """Of a submission that holds more than is read."""
    return IntegrityError("listing_overfull", where=where, most=most, id=ref.typed)


class Tally:
    """Counts what the listing of a prefecture's or a submission's part of a bucket tells, and ends it where that is
    more than a season has.

    Of a submission that has too many keys nothing more is listed; where all are too many, nothing that follows is seen.

    Args:
        campaign: the season of which all that was said is wanted too.
    """

    def __init__(self, bucket: str, campaign: str | None = None):
        self._bucket, self._campaign = bucket, campaign
        self._ref: SubmissionRef | None = None
        self._folder = ""
        self._keys = self._listed = 0
        self.overfull: dict[SubmissionRef, IntegrityError] = {}

    def skipped(self, key: str) -> str | None:
        """As `Bucket.walk` asks: the folder of which nothing after this key is wanted."""
        prefecture, _, rest = key.partition("/")
        ref = layout.ref_of(key) or SubmissionRef(prefecture, rest.partition("/")[0])
        folder = key.rpartition("/")[0]
        if ref != self._ref:
            self._ref, self._keys = ref, 0
        self._keys += 1
        self._listed += 1 if folder == self._folder else 1 + FOLDER
        self._folder = folder
        if self._listed > MOST_LISTED:
            return self._end(ref, layout.prefecture_prefix(prefecture), MOST_LISTED)
        if self._keys > MOST_KEYS:
            return self._end(ref, layout.submission_prefix(ref), MOST_KEYS)
        return layout.without_media(key, self._campaign)

    def _end(self, ref: SubmissionRef, folder: str, most: int) -> str:
        own = layout.submission_prefix(ref)
        key = "listing_overfull" if folder == own else "listing_broken_off"
        self.overfull[ref] = IntegrityError(key, where=f"{self._bucket}/{own}", most=most, id=ref.typed)
        return folder

    def refuse(self, ref: SubmissionRef) -> None:
        """Let pass a submission of which all was listed.

        Raises:
            IntegrityError: its listing was broken off.
        """
        if fault := self.overfull.get(ref):
            raise fault
