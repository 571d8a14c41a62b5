"""Any S3 endpoint, through boto3: the only importer of it. Every botocore error becomes one of ours."""

from __future__ import annotations

import base64
import hashlib
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlsplit

import boto3
import stamina
from botocore import exceptions
from botocore.config import Config

from pipeline.errors import EnvironmentFault, InputError, IntegrityError, ShowcaseError, TransferError

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef

CONNECT_TIMEOUT_S = 5
READ_TIMEOUT_S = 30
Result = TypeVar("Result")
SHA256_KEY = "sha256"  # object metadata: ETag is no digest and checksum headers are not kept everywhere


@dataclass(frozen=True)
class Connection:
    """Where and as whom; None is «by boto3's usual chain». The secret is never shown."""

    endpoint: str | None = None
    access_key: str | None = None
    secret_key: str | None = None

    def __repr__(self) -> str:
        return f"Connection(endpoint={self.endpoint!r})"


@dataclass(frozen=True)
class Head:
    """What the store says of an object."""

    size_bytes: int
    sha256: str | None
    checksum: str | None
    modified: datetime | None


@dataclass(frozen=True)
class UploadPart:
    """A part of an unfinished upload; `etag` of a single part is its MD5."""

    number: int
    size_bytes: int
    etag: str
    checksum: str


def endpoint_of_profile() -> str | None:
    """The endpoint that the user's AWS configuration files name for S3, if any."""
    files = (os.environ.get("AWS_CONFIG_FILE"), str(Path.home() / ".aws" / "config"))
    if not any(name and Path(name).is_file() for name in files):
        return None
    try:
        client = _client("AWS_PROFILE", region_name="us-east-1", aws_access_key_id="-", aws_secret_access_key="-")  # noqa: S106
    except exceptions.BotoCoreError as error:
        raise translate(error, "AWS_PROFILE") from error
    endpoint = client.meta.endpoint_url
    return None if ".amazonaws.com" in endpoint else endpoint


def without_userinfo(endpoint: str) -> str:
    """The address as it may be shown: no user, no password."""
    parts = urlsplit(endpoint)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"


_DENIED = {"AccessDenied", "InvalidAccessKeyId", "SignatureDoesNotMatch", "AuthorizationHeaderMalformed", "403"}
_MISSING = {"NoSuchKey", "404", "NotFound"}
_DIGESTS = {"BadDigest", "XAmzContentSHA256Mismatch", "InvalidDigest"}


def translate(error: Exception, where: str) -> ShowcaseError:
    """Our error for one of botocore's."""
    if isinstance(error, exceptions.ClientError):
        code = str(error.response.get("Error", {}).get("Code", ""))
        if code in _DENIED:
            return EnvironmentFault("store_denied", where=where)
        if code == "NoSuchBucket":
            return EnvironmentFault("store_no_bucket", where=where)
        if code == "RequestTimeTooSkewed":
            return EnvironmentFault("clock_skew", where=where)
        if code in _DIGESTS:
            return IntegrityError("digest_refused", where=where)
        return TransferError("transfer_failed", where=where, detail=code)
    if isinstance(error, exceptions.NoCredentialsError | exceptions.PartialCredentialsError):
        return EnvironmentFault("store_no_credentials", where=where)
    if isinstance(error, exceptions.FlexibleChecksumError | exceptions.ChecksumError):
        return IntegrityError("digest_refused", where=where)
    return TransferError("transfer_failed", where=where, detail=type(error).__name__)


@contextmanager
def _translated(where: str) -> Iterator[None]:
    try:
        yield
    except (exceptions.BotoCoreError, exceptions.ClientError) as error:
        raise translate(error, where) from error


def _client(shown: str, **settings: Any) -> S3Client:
    try:
        client: S3Client = boto3.client("s3", **settings)
    except ValueError as error:  # its text holds the whole address, user and password included
        raise InputError("endpoint_wrong", where=shown) from error
    return client


class Store:
    """Objects in buckets. Every method raises EnvironmentFault, TransferError or IntegrityError."""

    def __init__(self, connection: Connection, *, endpoint_shown: str):
        self._client: S3Client = _client(
            endpoint_shown,
            endpoint_url=connection.endpoint,
            aws_access_key_id=connection.access_key,
            aws_secret_access_key=connection.secret_key,
            region_name=os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION") or "us-east-1",
            config=Config(
                connect_timeout=CONNECT_TIMEOUT_S,
                read_timeout=READ_TIMEOUT_S,
                retries={"mode": "standard", "total_max_attempts": 5},
                signature_version="s3v4",
                max_pool_connections=16,
            ),
        )
        self.endpoint_shown = endpoint_shown

    def reach(self, bucket: str, own: str | None = None) -> None:
        """Try the endpoint before anything long is begun; the bucket is made when it is not there.

        An identity that may see only its `own` prefix is asked for that.

        Raises:
            EnvironmentFault: nobody answers, or access is denied.
        """
        try:
            self._client.head_bucket(Bucket=bucket)
        except exceptions.ClientError as error:
            code = str(error.response.get("Error", {}).get("Code"))
            if code in _DENIED and own:
                with _translated(self.endpoint_shown):
                    self._client.list_objects_v2(Bucket=bucket, Prefix=own, MaxKeys=1)
                return
            if code not in ("404", "NoSuchBucket"):
                raise translate(error, self.endpoint_shown) from error
            with _translated(bucket):
                self._client.create_bucket(Bucket=bucket)
        except (exceptions.NoCredentialsError, exceptions.PartialCredentialsError) as error:
            raise translate(error, self.endpoint_shown) from error
        except exceptions.BotoCoreError as error:
            raise EnvironmentFault("store_unreachable", where=self.endpoint_shown) from error

    def put(self, bucket: str, key: str, content: bytes, *, sha256: str, media_type: str) -> None:
        """Store an object; the store checks the digest before it answers."""
        self._put(bucket, key, content, sha256=sha256, media_type=media_type)

    def put_if_absent(self, bucket: str, key: str, content: bytes) -> bool:
        """Store a marker (JSON) unless there is one; False when somebody else's stands there.

        A lost reply makes the retry meet our own object (412): the digest tells.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        try:
            self._put(bucket, key, content, sha256=sha256, media_type="application/json", IfNoneMatch="*")
        except TransferError as error:
            if error.detail not in ("PreconditionFailed", "412", "ConditionalRequestConflict"):
                raise
            there = self.head(bucket, key)
            return there is not None and there.sha256 == sha256
        return True

    def _put(self, bucket: str, key: str, content: bytes, *, sha256: str, media_type: str, **condition: Any) -> None:
        def attempt() -> None:
            with _translated(f"{bucket}/{key}"):
                self._client.put_object(
                    Bucket=bucket,
                    Key=key,
                    Body=content,
                    ContentType=media_type,
                    Metadata={SHA256_KEY: sha256},
                    ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
                    **condition,
                )

        again(attempt)

    def head(self, bucket: str, key: str) -> Head | None:
        """What the store knows of an object; None when it is not there."""

        def attempt() -> HeadObjectOutputTypeDef:
            with _translated(f"{bucket}/{key}"):
                return self._client.head_object(Bucket=bucket, Key=key, ChecksumMode="ENABLED")

        try:
            answer = again(attempt)
        except TransferError as error:
            if error.detail in _MISSING:
                return None
            raise
        return Head(
            size_bytes=answer["ContentLength"],
            sha256=answer.get("Metadata", {}).get(SHA256_KEY),
            checksum=answer.get("ChecksumSHA256"),
            modified=answer.get("LastModified"),
        )

    def get(self, bucket: str, key: str) -> bytes | None:
        """A small object whole; None when it is not there."""

        def attempt() -> bytes:
            with _translated(f"{bucket}/{key}"):
                return self._client.get_object(Bucket=bucket, Key=key)["Body"].read()

        try:
            return again(attempt)
        except TransferError as error:
            if error.detail in _MISSING:
                return None
            raise

    def stream(self, bucket: str, key: str, *, start: int, block: int = 1 << 20) -> Iterator[bytes]:
        """An object's bytes from `start` on."""
        with _translated(f"{bucket}/{key}"):
            span = {"Range": f"bytes={start}-"} if start else {}
            body = self._client.get_object(Bucket=bucket, Key=key, **span)["Body"]  # type: ignore[arg-type]
            try:
                yield from body.iter_chunks(block)
            finally:
                body.close()

    def folders(self, bucket: str, prefix: str) -> list[str]:
        """Names of the «folders» right under a prefix."""
        names: list[str] = []
        with _translated(f"{bucket}/{prefix}"):
            pages = self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix, Delimiter="/")
            for page in pages:
                names += [item["Prefix"][len(prefix) : -1] for item in page.get("CommonPrefixes", [])]
        return sorted(names)

    def listing(self, bucket: str, prefix: str) -> dict[str, datetime]:
        """Every key under a prefix and when it was put there."""
        found: dict[str, datetime] = {}
        with _translated(f"{bucket}/{prefix}"):
            for page in self._client.get_paginator("list_objects_v2").paginate(Bucket=bucket, Prefix=prefix):
                found |= {item["Key"]: item["LastModified"] for item in page.get("Contents", [])}
        return found

    def delete(self, bucket: str, key: str) -> None:
        """Remove an object; none there is fine."""
        with _translated(f"{bucket}/{key}"):
            self._client.delete_object(Bucket=bucket, Key=key)

    # uploads in parts

    def open_uploads(self, bucket: str, key: str) -> list[str]:
        """Ids of unfinished uploads of exactly this key, oldest first."""
        with _translated(f"{bucket}/{key}"):
            answer = self._client.list_multipart_uploads(Bucket=bucket, Prefix=key)
        rows = [item for item in answer.get("Uploads", []) if item.get("Key") == key]
        return [item["UploadId"] for item in sorted(rows, key=lambda item: str(item.get("Initiated")))]

    def begin(self, bucket: str, key: str, *, sha256: str, media_type: str) -> str:
        """Start an upload in parts; gives its id."""
        with _translated(f"{bucket}/{key}"):
            answer = self._client.create_multipart_upload(
                Bucket=bucket,
                Key=key,
                ContentType=media_type,
                Metadata={SHA256_KEY: sha256},
                ChecksumAlgorithm="SHA256",
            )
        return answer["UploadId"]

    def parts(self, bucket: str, key: str, upload: str) -> dict[int, UploadPart]:
        """What is there of an unfinished upload."""
        found: dict[int, UploadPart] = {}
        with _translated(f"{bucket}/{key}"):
            pages = self._client.get_paginator("list_parts").paginate(Bucket=bucket, Key=key, UploadId=upload)
            for page in pages:
                for row in page.get("Parts", []):
                    number = row["PartNumber"]
                    found[number] = UploadPart(
                        number, row["Size"], row["ETag"].strip('"'), row.get("ChecksumSHA256", "")
                    )
        return found

    def send_part(self, bucket: str, key: str, upload: str, number: int, content: bytes, checksum: str) -> UploadPart:
        """Send one part; the store checks its digest (base64 SHA-256)."""

        def attempt() -> UploadPart:
            with _translated(f"{bucket}/{key}#{number}"):
                answer = self._client.upload_part(
                    Bucket=bucket, Key=key, UploadId=upload, PartNumber=number, Body=content, ChecksumSHA256=checksum
                )
            return UploadPart(number, len(content), answer["ETag"].strip('"'), checksum)

        return again(attempt)

    def complete(self, bucket: str, key: str, upload: str, parts: list[UploadPart]) -> None:
        """Join the parts into the object."""
        rows: Any = [
            {"PartNumber": part.number, "ETag": part.etag, "ChecksumSHA256": part.checksum}
            for part in sorted(parts, key=lambda part: part.number)
        ]
        with _translated(f"{bucket}/{key}"):
            self._client.complete_multipart_upload(
                Bucket=bucket, Key=key, UploadId=upload, MultipartUpload={"Parts": rows}
            )

    def abort(self, bucket: str, key: str, upload: str) -> None:
        """Drop an unfinished upload."""
        with _translated(f"{bucket}/{key}"):
            self._client.abort_multipart_upload(Bucket=bucket, Key=key, UploadId=upload)


def again(attempt: Callable[[], Result]) -> Result:
    """botocore does not retry a refused digest or a body cut short; those are tried anew from the same bytes."""
    for trial in stamina.retry_context(on=_is_transient, attempts=4, timeout=120.0, wait_initial=0.3, wait_max=5.0):
        with trial:
            return attempt()
    raise AssertionError("stamina raises the last error")


def _is_transient(error: Exception) -> bool:
    if isinstance(error, IntegrityError):
        return True
    permanent = ("PreconditionFailed", "412", "NoSuchUpload", "EntityTooSmall", "InvalidPart", *_MISSING)
    return isinstance(error, TransferError) and error.detail not in permanent
