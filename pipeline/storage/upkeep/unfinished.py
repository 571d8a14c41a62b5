"""Uploads in parts that were not joined: how much they take of a store, and when something came last."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from pipeline.errors import TransferError
from pipeline.storage.bucket import Bucket, unless_missing
from pipeline.storage.s3.faults import NO_UPLOAD
from pipeline.storage.transfer.multipart import Multipart

if TYPE_CHECKING:
    from mypy_boto3_s3.type_defs import ListMultipartUploadsOutputTypeDef, ListPartsOutputTypeDef


@dataclass(frozen=True)
class Unfinished:
    """An upload that was not joined.

    Args:
        touched: when its newest part came; without one when it was begun.
    """

    upload: Multipart
    begun: datetime
    touched: datetime
    parts: int
    size_bytes: int

    @property
    def key(self) -> str:
        """Of the object that it would be."""
        return self.upload.key


def unfinished(bucket: Bucket, prefix: str = "") -> Iterator[Unfinished]:
    """Those below a prefix, as a store lists them; a page is asked for when it is wanted.

    Raises:
        EnvironmentFault: this identity may not list them. TransferError: the store does not answer.
    """
    further: dict[str, Any] = {}
    while True:
        page = _uploads(bucket, prefix, further)
        for row in page.get("Uploads", []):
            if looked := look(Multipart(bucket, row["Key"], row["UploadId"]), row["Initiated"]):
                yield looked
        if not page.get("IsTruncated"):
            return
        further = {"KeyMarker": page.get("NextKeyMarker", ""), "UploadIdMarker": page.get("NextUploadIdMarker", "")}


def _uploads(bucket: Bucket, prefix: str, further: dict[str, Any]) -> ListMultipartUploadsOutputTypeDef:
    def ask() -> ListMultipartUploadsOutputTypeDef:
        return bucket.store.ask(
            f"{bucket.name}/{prefix}",
            lambda client: client.list_multipart_uploads(Bucket=bucket.name, Prefix=prefix, **further),
        )

    return unless_missing(ask) or {}  # type: ignore[return-value]  # an answer without rows


def look(upload: Multipart, begun: datetime) -> Unfinished | None:
    """One with its parts; None where it was joined or dropped meanwhile."""
    touched, parts, size_bytes = begun, 0, 0
    further: dict[str, Any] = {}
    while True:
        page = _parts(upload, further)
        if page is None:
            return None
        for row in page.get("Parts", []):
            touched, parts, size_bytes = max(touched, row["LastModified"]), parts + 1, size_bytes + row["Size"]
        if not page.get("IsTruncated"):
            return Unfinished(upload, begun, touched, parts, size_bytes)
        further = {"PartNumberMarker": page["NextPartNumberMarker"]}


def _parts(upload: Multipart, further: dict[str, Any]) -> ListPartsOutputTypeDef | None:
    def ask() -> ListPartsOutputTypeDef:
        return upload.bucket.store.ask(
            upload.where,
            lambda client: client.list_parts(
                Bucket=upload.bucket.name, Key=upload.key, UploadId=upload.upload, **further
            ),
        )

    try:
        return unless_missing(ask)
    except TransferError as error:
        if error.detail != NO_UPLOAD:
            raise
        return None  # it ended meanwhile; or its key has signs that no XML can hold, and another one was listed
