"""What a store says of an object without its bytes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from pipeline.model.rendition import StoredFile
from pipeline.storage.s3.dialect import under_keys

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

SHA256_KEY = "sha256"  # object metadata: ETag is no digest and checksum headers are not kept everywhere
PART_BYTES_KEY = "part-bytes"  # of one that was sent in parts: what the store tells of it rests on where they begin


@dataclass(frozen=True)
class Head:
    """What the store says of an object.

    Args:
        has_md5: its ETag may be the MD5 of its bytes, or that of its parts' MD5.
        part_bytes: of the parts that it was sent in, but the last; None where it does not say.
    """

    size_bytes: int
    sha256: str | None
    checksum: str | None
    modified: datetime | None
    etag: str = ""
    has_md5: bool = True
    part_bytes: int | None = None

    def holds(self, item: StoredFile) -> bool:
        """Whether it is said to be this file: its size, and our digest beside it."""
        return self.size_bytes == item.size_bytes and self.sha256 == item.sha256


def head_of(answer: HeadObjectOutputTypeDef) -> Head:
    """The same as botocore has it."""
    return Head(
        size_bytes=answer["ContentLength"],
        sha256=_metadata(answer).get(SHA256_KEY),
        checksum=answer.get("ChecksumSHA256"),
        modified=answer.get("LastModified"),
        etag=answer.get("ETag", "").strip('"'),
        has_md5=not under_keys(answer),
        part_bytes=_number(_metadata(answer).get(PART_BYTES_KEY, "")),
    )


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and int(text) else None


def _metadata(answer: HeadObjectOutputTypeDef) -> dict[str, str]:
    """What was put beside an object: headers have no case, and stores and proxies write them as they like."""
    return {name.lower(): value for name, value in answer.get("Metadata", {}).items()}
