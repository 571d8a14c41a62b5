"""Uploads in parts: begun, found again, held to digests, joined, joined twice."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from typing import Any

from pipeline.errors import IntegrityError, ShowcaseError, TransferError
from pipeline.storage.check.feature import Feature, emulated, failed, holds, missing
from pipeline.storage.check.scratch import Scratch
from pipeline.storage.transfer.multipart import Multipart

LEAST = 5 << 20  # bytes of all parts but the last that S3 takes
SMALL = 128 << 10
_WHOLE = bytes(LEAST)


class Trial:
    """One upload, in the preset's own way."""

    def __init__(self, scratch: Scratch, name: str):
        self.scratch = scratch
        self.key = scratch.key(name)
        answer = self._ask(lambda client: client.create_multipart_upload(**self._where(), ChecksumAlgorithm="SHA256"))
        self.id = str(answer["UploadId"])
        scratch.uploads.append(Multipart(scratch.bucket, self.key, self.id))
        self.rows: list[dict[str, Any]] = []

    def send(self, number: int, content: bytes, **digest: str) -> None:
        """One part; another `digest` than its own in botocore's words."""
        said = digest or {"ChecksumSHA256": _sha256(content)}
        answer = self._ask(lambda client: client.upload_part(**self._named(), PartNumber=number, Body=content, **said))
        self._take(number, answer["ETag"], content)

    def copy(self, number: int, source: str) -> None:
        """One part, taken from another object."""
        answer = self._ask(
            lambda client: client.upload_part_copy(
                **self._named(),
                PartNumber=number,
                CopySource={"Bucket": self.scratch.bucket.name, "Key": source},
                CopySourceRange=f"bytes=0-{LEAST - 1}",
            )
        )
        self._take(number, answer["CopyPartResult"]["ETag"], _WHOLE)

    def listed(self) -> list[tuple[int, int, str]]:
        """Number, size and ETag of what is there."""
        answer = self._ask(lambda client: client.list_parts(**self._named()))
        return [(row["PartNumber"], row["Size"], row["ETag"].strip('"')) for row in answer.get("Parts", [])]

    def complete(self) -> None:
        """Join them."""
        rows: Any = {"Parts": self.rows}
        self._ask(lambda client: client.complete_multipart_upload(**self._named(), MultipartUpload=rows))

    def _take(self, number: int, etag: str, content: bytes) -> None:
        self.rows.append({"PartNumber": number, "ETag": etag, "ChecksumSHA256": _sha256(content)})

    def _ask(self, request: Callable[[Any], Any]) -> Any:
        return self.scratch.ask(request, bare=False)

    def _where(self) -> dict[str, Any]:
        return {"Bucket": self.scratch.bucket.name, "Key": self.key}

    def _named(self) -> dict[str, Any]:
        return {**self._where(), "UploadId": self.id}


def _sha256(content: bytes) -> str:
    return base64.b64encode(hashlib.sha256(content).digest()).decode()


def uploads(scratch: Scratch) -> Iterator[Feature]:
    """One upload from its beginning to its end, and looked at between."""
    try:
        trial = Trial(scratch, "parts.bin")
        trial.send(1, _WHOLE)
        trial.send(2, b"end")
    except ShowcaseError as error:
        yield failed("multipart", error, is_needed=True)
        return
    yield _parts_listed(trial)
    yield _uploads_listed(scratch, trial)
    try:
        trial.complete()
        head = scratch.head("parts.bin")
    except ShowcaseError as error:
        yield failed("multipart", error, is_needed=True)
        return
    is_right = head is not None and head["ContentLength"] == LEAST + 3
    yield holds("multipart", is_needed=True) if is_right else missing("multipart", is_needed=True)
    try:
        trial.complete()
        yield holds("complete_again")
    except TransferError as error:
        yield emulated("complete_again", error.detail or "")
    yield _digest_of_part(scratch)
    yield _small(scratch)
    yield _copied(scratch)


def _parts_listed(trial: Trial) -> Feature:
    try:
        found = trial.listed()
    except ShowcaseError as error:
        return failed("list_parts", error)
    sizes = [(number, size) for number, size, _ in found]
    if sizes != [(1, LEAST), (2, 3)]:
        return missing("list_parts", str(sizes))
    is_md5 = found[1][2] == hashlib.md5(b"end", usedforsecurity=False).hexdigest()
    return holds("list_parts") if is_md5 else emulated("list_parts", "ETag")


def _uploads_listed(scratch: Scratch, trial: Trial) -> Feature:
    if not scratch.bucket.store.preset.multipart.lists_uploads:
        return missing("list_uploads")
    try:
        answer = scratch.ask(
            lambda client: client.list_multipart_uploads(Bucket=scratch.bucket.name, Prefix=scratch.prefix)
        )
    except ShowcaseError as error:
        return failed("list_uploads", error)
    found = {(row["Key"], row["UploadId"]) for row in answer.get("Uploads", [])}
    return holds("list_uploads") if (trial.key, trial.id) in found else missing("list_uploads")


def _digest_of_part(scratch: Scratch) -> Feature:
    """In an upload of its own: some stores drop the whole one."""
    wanted = scratch.bucket.store.preset.checksums.digest
    another = b"another's"
    if wanted == "read-back":
        return emulated("part_digest", "ETag")
    said = (
        {"ContentMD5": base64.b64encode(hashlib.md5(another, usedforsecurity=False).digest()).decode()}
        if wanted == "md5"
        else {"ChecksumSHA256": _sha256(another)}
    )
    try:
        Trial(scratch, "digest-of-part.bin").send(1, b"end", **said)
    except IntegrityError:
        return holds("part_digest", wanted, is_needed=True)
    except ShowcaseError as error:
        return failed("part_digest", error, is_needed=True)
    return missing("part_digest", wanted, is_needed=True)


def _small(scratch: Scratch) -> Feature:
    """Parts under what S3 joins: they would carry more through a line that is cut every few seconds."""
    try:
        trial = Trial(scratch, "small.bin")
        trial.send(1, bytes(SMALL))
        trial.send(2, b"end")
        trial.complete()
    except ShowcaseError as error:
        return Feature("small_parts", failed("small_parts", error).state, error.detail or error.key)
    return holds("small_parts", f"{SMALL >> 10} KiB")


def _copied(scratch: Scratch) -> Feature:
    try:
        trial = Trial(scratch, "copied.bin")
        trial.copy(1, scratch.prefix + "parts.bin")
        trial.send(2, b"end")
        trial.complete()
        head = scratch.head("copied.bin")
    except ShowcaseError as error:
        return failed("copy_parts", error)
    except KeyError as error:
        return missing("copy_parts", str(error))
    is_right = head is not None and head["ContentLength"] == LEAST + 3
    return holds("copy_parts") if is_right else missing("copy_parts")
