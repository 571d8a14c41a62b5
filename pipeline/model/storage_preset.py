"""What one kind of store wants and does: `profiles/storage/<name>.yaml`.

S3 is spoken by many, each in its own way. A preset's defaults are the way of a store that nobody described: what works
on AWS, MinIO and the embedded server alike.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.profile import About
from pipeline.model.text import Line

MIB, GIB = 1 << 20, 1 << 30
CLOCK_S = 900  # S3 refuses what was signed further off (RequestTimeTooSkewed)
PresetName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=32)]
HeaderName = Annotated[str, StringConstraints(pattern=r"^x-[a-z0-9-]+$", max_length=64)]
HeaderValue = Annotated[str, StringConstraints(pattern=r"^[\x21-\x7e]+$", max_length=64)]
ErrorCode = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9]+$", max_length=64)]
Bytes = Annotated[int, Field(ge=1)]
Addressing = Literal["auto", "path", "virtual"]
CreateOnlyWay = Literal["if-none-match", "header", "lease"]
Digest = Literal["sha256", "md5", "read-back"]
Source = Literal["measured", "documents", "assumed"]
Topic = Literal[
    "endpoint", "addressing", "signature", "checksums", "multipart", "life", "clock", "create_only", "copies"
]
TOPICS: tuple[Topic, ...] = (
    *("endpoint", "addressing", "signature", "checksums", "multipart", "life", "clock", "create_only", "copies"),
)


class Checksums(Noun):
    """How bytes are held on their way.

    Args:
        calculation: whether botocore adds a CRC of its own to what is put (`when_supported`), which many stores refuse.
        digest: goes with each put and each part, and the store checks it: `x-amz-checksum-sha256`, or `Content-MD5`.
            `read-back` is for a store that checks none: the object is asked for again, its size and ETag held to what
            was sent; an ETag that is no MD5 then leaves the size alone.
    """

    calculation: Literal["when_supported", "when_required"] = "when_supported"
    digest: Digest = "sha256"


class UploadLife(Noun):
    """How long an unfinished upload in parts is kept.

    Args:
        hours: until the store drops it by itself.
        counted: from its beginning, or from its newest part.
    """

    hours: Annotated[int, Field(ge=1, le=24 * 366)]
    counted: Literal["begin", "newest-part"] = "begin"


class Multipart(Noun):
    """Uploads in parts.

    Args:
        least_part_bytes, most_part_bytes: of each part but the last, which may be smaller.
        most_parts: of one upload.
        most_put_bytes: of an object that goes in one request.
        life: None where the store keeps what is unfinished until somebody removes it, or a rule of the bucket does.
        lists_uploads: whether the store tells which uploads are unfinished.
    """

    least_part_bytes: Bytes = 5 * MIB
    most_part_bytes: Bytes = 5 * GIB
    most_parts: Annotated[int, Field(ge=1, le=100_000)] = 10_000
    most_put_bytes: Bytes = 5 * GIB
    life: UploadLife | None = None
    lists_uploads: bool = True

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.least_part_bytes > self.most_part_bytes:
            raise PydanticCustomError("part_bytes", "is larger than the largest part", {"at": ("least_part_bytes",)})
        return self

    def expires(self, begun: datetime, newest_part: datetime) -> datetime | None:
        """When the store drops an unfinished upload; None where it never does by itself.

        Args:
            begun: when it was begun, as the store tells it.
            newest_part: when its newest part came, or `begun` where it has none.
        """
        if self.life is None:
            return None
        return (newest_part if self.life.counted == "newest-part" else begun) + timedelta(hours=self.life.hours)


class CreateOnly(Noun):
    """How an object is put only where there is none: claims and markers rest on that.

    Args:
        by: the header of HTTP, one of the vendor's own, or an object that tells who was about to write (`lease`), which
            finds a race and does not prevent it.
        header, value: the vendor's own.
        refused: codes by which the store says that something is there already, beside those of S3.
    """

    by: CreateOnlyWay = "if-none-match"
    header: HeaderName | None = None
    value: HeaderValue = "true"
    refused: tuple[ErrorCode, ...] = ()

    @model_validator(mode="after")
    def _has_its_header(self) -> Self:
        if (self.by == "header") != (self.header is not None):
            raise PydanticCustomError(
                "create_only_header", "header goes with by: header, and only with that", {"at": ("by",)}
            )
        return self


class StoragePreset(Noun):
    """One kind of store.

    Args:
        endpoint: the form of its address, with the parts that differ in `<>`; None where it is one's own.
        addressing: where the bucket's name stands in an address; `auto` leaves that to botocore.
        signature: of requests, the fourth (AWS4-HMAC-SHA256) or the second.
        payload_signed: the digest of what is sent is signed too where the line is encrypted, which botocore leaves out.
        clock_s: seconds that a clock may be off.
        copies: whether the store copies objects and parts by itself.
        source: how what stands here is known: measured, from the vendor's documents or published programs, or assumed
            since nothing was found; `sources` says otherwise of single topics.
        remarks: what else is to be known of it.
    """

    schema_version: Literal[1]
    name: PresetName
    about: About | None = None
    endpoint: Line | None = None
    addressing: Addressing = "auto"
    signature: Literal["s3v4", "s3"] = "s3v4"
    payload_signed: bool = False
    checksums: Checksums = Checksums()
    multipart: Multipart = Multipart()
    clock_s: Annotated[int, Field(ge=1, le=86_400)] = CLOCK_S
    create_only: CreateOnly = CreateOnly()
    copies: bool = True
    source: Source = "assumed"
    sources: dict[Topic, Source] = Field(default_factory=dict)
    remarks: tuple[About, ...] = ()

    def source_of(self, topic: Topic) -> Source:
        """How one topic is known."""
        return self.sources.get(topic, self.source)

    def known_from(self, source: Source) -> Iterator[Topic]:
        """The topics that are known in one way."""
        return (topic for topic in TOPICS if self.source_of(topic) == source)


GENERIC = StoragePreset(schema_version=1, name="generic")
