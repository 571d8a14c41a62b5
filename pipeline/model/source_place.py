"""Where in the store the bytes of a film lie that a machine is to work on, whoever it is."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from pipeline.model.base import Noun


class SourceBucket(StrEnum):
    """The bucket by what it is for: each machine knows by its own settings what it is called."""

    INBOX = "inbox"
    WORK = "work"


class SourcePlace(Noun):
    """A film in the store: no path of a machine, no address, no secret.

    Args:
        key: in that bucket: a revision's own in the inbox, `sources/<sha256>` in the bucket that machines share.
        size_bytes: of the whole film.
        sha256: of the whole film (hex).
    """

    bucket: SourceBucket
    key: Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9_-][A-Za-z0-9._-]*(/[A-Za-z0-9_-][A-Za-z0-9._-]*)+$")]
    size_bytes: int = Field(ge=0)
    sha256: Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]

    @model_validator(mode="after")
    def _is_named_by_its_digest(self) -> Self:
        """What machines share has no name but its digest."""
        if self.bucket is SourceBucket.WORK and self.key.rpartition("/")[2] != self.sha256:
            raise ValueError("a shared source is named by its digest")
        return self
