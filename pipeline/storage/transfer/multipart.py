"""Uploads in parts: begun, taken up again, sent or copied part by part, joined."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import IO, TYPE_CHECKING, Any, cast

from pipeline.errors import EnvironmentFault, TransferError
from pipeline.storage.bucket import Bucket, unless_missing
from pipeline.storage.head import PART_BYTES_KEY, SHA256_KEY
from pipeline.storage.network.sent_body import SentBody
from pipeline.storage.s3.faults import DENIED, NO_UPLOAD

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import ListMultipartUploadsOutputTypeDef, PartTypeDef

# where there are none (rclone), or none can be listed (OSS by its S3 interface)
NONE_LISTED = {NO_UPLOAD, "NotImplemented", "501", "MethodNotAllowed", "405"}


def composite(digests: Iterable[bytes]) -> str:
    """What a store that keeps SHA-256 says of an object whose parts have these."""
    parts = tuple(digests)
    return f"{base64.b64encode(hashlib.sha256(b''.join(parts)).digest()).decode()}-{len(parts)}"


@dataclass(frozen=True)
class UploadPart:
    """A part of an unfinished upload; `etag` of a single part is its MD5, but under keys of a key service."""

    number: int
    size_bytes: int
    etag: str
    checksum: str
    came: datetime | None = None

    def is_of(self, checksum: str, md5: Callable[[], str] | None) -> bool:
        """Whether it is a stretch of its size, by the best that the store tells: its SHA-256, its MD5, its size.

        Args:
            checksum: SHA-256 of the stretch (base64).
            md5: reckons that of the stretch (hex); None where the store's ETags of parts are none.
        """
        if self.checksum:
            return self.checksum == checksum
        return md5 is None or self.etag == md5()


def open_uploads(bucket: Bucket, key: str) -> list[OpenUpload] | None:
    """Unfinished uploads of exactly this key, oldest first; None where they may not, or can't be listed."""
    if not bucket.store.preset.multipart.lists_uploads:
        return None

    def ask() -> ListMultipartUploadsOutputTypeDef:
        return bucket.store.ask(
            f"{bucket.name}/{key}",
            lambda client: client.list_multipart_uploads(Bucket=bucket.name, Prefix=key),
        )

    try:
        answer = unless_missing(ask)
    except EnvironmentFault as fault:
        if fault.key != DENIED:  # AWS has no right to list those below a prefix alone
            raise
        return None
    except TransferError as error:
        if error.detail not in NONE_LISTED:
            raise
        return None
    rows = [item for item in answer.get("Uploads", []) if item.get("Key") == key] if answer else []
    found = [OpenUpload(Multipart(bucket, key, item["UploadId"]), item.get("Initiated")) for item in rows]
    return sorted(found, key=lambda item: str(item.begun))


def begin(bucket: Bucket, key: str, *, sha256: str, media_type: str, part_bytes: int | None = None) -> Multipart:
    """Start an upload in parts, which are of one size if that is given."""
    told = {SHA256_KEY: sha256} | ({PART_BYTES_KEY: str(part_bytes)} if part_bytes else {})

    def create() -> str:
        answer = bucket.store.ask(
            f"{bucket.name}/{key}",
            lambda client: client.create_multipart_upload(
                Bucket=bucket.name,
                Key=key,
                ContentType=media_type,
                Metadata=told,
                ChecksumAlgorithm="SHA256",
            ),
        )
        return answer["UploadId"]

    return Multipart(bucket, key, bucket.written(create))


@dataclass(frozen=True)
class Multipart:
    """One unfinished upload of one key."""

    bucket: Bucket
    key: str
    upload: str

    @property
    def where(self) -> str:
        """As people are told of it."""
        return f"{self.bucket.name}/{self.key}"

    def parts(self) -> dict[int, UploadPart]:
        """What is there of it, by number."""

        def all_pages(client: S3Client) -> list[PartTypeDef]:
            pages = client.get_paginator("list_parts").paginate(**self._named())
            return [row for page in pages for row in page.get("Parts", [])]

        rows = self.bucket.store.ask(self.where, all_pages)
        return {
            row["PartNumber"]: UploadPart(
                row["PartNumber"],
                row["Size"],
                row["ETag"].strip('"'),
                row.get("ChecksumSHA256", ""),
                row.get("LastModified"),
            )
            for row in rows
        }

    def send(self, number: int, body: SentBody, checksum: str) -> UploadPart:
        """Send one part; the store checks its digest (base64 SHA-256)."""
        answer = self.bucket.store.ask(
            f"{self.where}#{number}",
            lambda client: client.upload_part(
                **self._named(), PartNumber=number, Body=cast("IO[bytes]", body), ChecksumSHA256=checksum
            ),
            body=body,
        )
        return UploadPart(number, body.size_bytes, answer["ETag"].strip('"'), checksum)

    def copy(self, number: int, source: str, etag: str, span: range) -> UploadPart:
        """Take one part from an object of the bucket, if that still is what `etag` says; tried once.

        Args:
            span: the bytes of it that are meant.
        """
        answer = self.bucket.store.ask_once(
            f"{self.where}#{number}",
            lambda client: client.upload_part_copy(
                **self._named(),
                PartNumber=number,
                CopySource={"Bucket": self.bucket.name, "Key": source},
                CopySourceIfMatch=etag,
                CopySourceRange=f"bytes={span.start}-{span.stop - 1}",
            ),
        )
        made = answer["CopyPartResult"]
        return UploadPart(number, len(span), made.get("ETag", "").strip('"'), made.get("ChecksumSHA256", ""))

    def complete(self, parts: list[UploadPart]) -> None:
        """Join the parts into the object."""
        rows: Any = [
            {"PartNumber": part.number, "ETag": part.etag, "ChecksumSHA256": part.checksum}
            for part in sorted(parts, key=lambda part: part.number)
        ]
        self.bucket.store.ask(
            self.where,
            lambda client: client.complete_multipart_upload(**self._named(), MultipartUpload={"Parts": rows}),
        )

    def abort(self) -> None:
        """Drop it."""
        self.bucket.store.ask(self.where, lambda client: client.abort_multipart_upload(**self._named()))

    def _named(self) -> dict[str, Any]:
        return {"Bucket": self.bucket.name, "Key": self.key, "UploadId": self.upload}


@dataclass(frozen=True)
class OpenUpload:
    """An unfinished upload as a listing tells of it."""

    upload: Multipart
    begun: datetime | None
