"""What a preset makes of a client, and of each request: everybody above speaks AWS's S3, the store gets its own.

Digests, the condition that nothing is there, and encryption at rest are put into requests here, in one place; a store
that checks no digest is held to the ETag that it answers.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from pipeline.errors import IntegrityError
from pipeline.model.storage_preset import StoragePreset

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client

KMS = "aws:kms"
_MD5 = re.compile("[0-9a-f]{32}")
_BODIES = ("PutObject", "UploadPart")  # that carry an object's bytes
_MADE = ("PutObject", "CreateMultipartUpload", "CopyObject")  # that say how an object is kept
_CONDITIONED = ("PutObject", "CompleteMultipartUpload")
_HEADER, _SENT = "showcase_header", "showcase_sent"  # in the context of a request


@dataclass(frozen=True)
class Encryption:
    """How the store keeps objects, at its own cost.

    Args:
        algorithm: `AES256` under the store's own keys, or `aws:kms`.
        key_id: of the key service, where it is not the bucket's own.
    """

    algorithm: str
    key_id: str | None = None

    def parameters(self) -> dict[str, str]:
        """As botocore calls them."""
        return {"ServerSideEncryption": self.algorithm} | ({"SSEKMSKeyId": self.key_id} if self.key_id else {})

    def headers(self) -> dict[str, str]:
        """As they are on the line."""
        key = {"x-amz-server-side-encryption-aws-kms-key-id": self.key_id} if self.key_id else {}
        return {"x-amz-server-side-encryption": self.algorithm, **key}


def config(preset: StoragePreset) -> dict[str, Any]:
    """What a preset says of all requests, as arguments of botocore's `Config`."""
    s3: dict[str, Any] = {}
    if preset.addressing != "auto":  # that is the user's AWS configuration, else the path
        s3["addressing_style"] = preset.addressing
    if preset.payload_signed:
        s3["payload_signing_enabled"] = True
    said: dict[str, Any] = {"signature_version": preset.signature, "s3": s3 or None}
    if preset.checksums.calculation == "when_required":
        # an answer in part (Range) that comes with the digest of the whole would be refused too
        said |= {"request_checksum_calculation": "when_required", "response_checksum_validation": "when_required"}
    return said


def register(client: S3Client, preset: StoragePreset, encryption: Encryption | None) -> None:
    """Have a client say everything as the store wants it."""
    events = client.meta.events
    for operation in {*_BODIES, *_MADE, *_CONDITIONED}:
        steps: list[Callable[[dict[str, Any], dict[str, Any]], None]] = []
        if encryption and operation in _MADE:
            steps.append(lambda params, _: params.update(encryption.parameters()))
        if preset.checksums.digest != "sha256":
            steps.append(partial(_digest, operation, preset.checksums.digest == "md5"))
        if preset.create_only.by != "if-none-match" and operation in _CONDITIONED:
            steps.append(partial(_condition, preset))
        if steps:
            events.register(f"provide-client-params.s3.{operation}", partial(_said_otherwise, steps))  # type: ignore[arg-type]
    if preset.create_only.by == "header":
        events.register("before-call.s3", _with_header)
    if preset.checksums.digest == "read-back":
        for operation in _BODIES:
            events.register(f"after-call.s3.{operation}", _held)


def under_keys(answer: Any) -> bool:
    """Whether an answer of botocore's tells of an object under keys of a key service, or of the customer's own: its
    ETag is no MD5 then, whatever it looks like."""
    told = str(answer.get("ServerSideEncryption") or "")
    return told.startswith(KMS) or bool(answer.get("SSECustomerAlgorithm"))


def _said_otherwise(
    steps: list[Callable[[dict[str, Any], dict[str, Any]], None]],
    params: dict[str, Any],
    context: dict[str, Any],
    **_: Any,
) -> dict[str, Any]:
    said = dict(params)
    for step in steps:
        step(said, context)
    return said


def _digest(operation: str, has_md5: bool, params: dict[str, Any], context: dict[str, Any]) -> None:
    """Content-MD5 in place of what AWS takes besides; a wrong one that was said stays."""
    for name in ("ChecksumSHA256", "ChecksumAlgorithm", "ChecksumType"):
        params.pop(name, None)
    if operation == "CompleteMultipartUpload":
        rows = params.get("MultipartUpload", {}).get("Parts", [])
        params["MultipartUpload"] = {"Parts": [{k: v for k, v in row.items() if k != "ChecksumSHA256"} for row in rows]}
    if operation in _BODIES and "ContentMD5" not in params:
        digest = _md5_of(params.get("Body", b""))
        if has_md5:
            params["ContentMD5"] = base64.b64encode(digest).decode()
        else:
            context[_SENT] = digest.hex()


def _md5_of(body: Any) -> bytes:
    """Of bytes, or of a file from where it stands on, which it stands at again then."""
    if isinstance(body, str):
        body = body.encode()
    if isinstance(body, bytes | bytearray | memoryview):
        return hashlib.md5(body, usedforsecurity=False).digest()
    digest = hashlib.md5(usedforsecurity=False)
    start = body.tell()
    while block := body.read(1 << 20):
        digest.update(block)
    body.seek(start)
    return digest.digest()


def _condition(preset: StoragePreset, params: dict[str, Any], context: dict[str, Any]) -> None:
    """The vendor's own header instead; without one nothing, and `leases` find a race."""
    asked = params.pop("IfNoneMatch", None)
    if asked is not None and preset.create_only.header is not None:
        context[_HEADER] = (preset.create_only.header, preset.create_only.value)


def _with_header(params: dict[str, Any], context: dict[str, Any], **_: Any) -> None:
    if _HEADER in context:  # before the request is signed: signatures of the fourth version cover every header
        name, value = context[_HEADER]
        params["headers"][name] = value


def _held(parsed: Any, context: dict[str, Any], **_: Any) -> None:
    """What the store says that it got, held to what was sent; where its ETag is no MD5, the size is asked for later."""
    sent, etag = context.get(_SENT), str(parsed.get("ETag", "")).strip('"')
    if sent is not None and _MD5.fullmatch(etag) and not under_keys(parsed) and etag != sent:
        raise IntegrityError("digest_refused")
