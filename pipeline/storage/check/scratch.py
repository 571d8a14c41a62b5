"""The scratch prefix: what is put there is known, so that it can be taken away however the trial ends."""

from __future__ import annotations

import base64
import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import EnvironmentFault, ShowcaseError, TransferError
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket, unless_missing
from pipeline.storage.head import SHA256_KEY
from pipeline.storage.s3.faults import DENIED
from pipeline.storage.s3.store import Request
from pipeline.storage.transfer.multipart import Multipart

KEPT = "kept"  # the one set of names that is used where keys may not delete
_PROBE = "probe.json"


@dataclass
class Scratch:
    """Keys below a prefix of a bucket.

    Args:
        bucket: as the pipeline sees it, by the preset.
        bare: the same without what the preset puts in place of AWS's own.
        may_delete: whether what is put is taken away; else names are fixed, and emptied.
    """

    bucket: Bucket
    bare: Bucket
    prefix: str
    may_delete: bool
    keys: set[str] = field(default_factory=set)
    uploads: list[Multipart] = field(default_factory=list)

    def key(self, name: str) -> str:
        """A key that will be put."""
        self.keys.add(self.prefix + name)
        return self.prefix + name

    def ask(self, request: Request[Any], *, bare: bool = True) -> Any:
        """What the store answers to one request."""
        bucket = self.bare if bare else self.bucket
        return bucket.store.ask_once(f"{bucket.name}/{self.prefix}", request)

    def put(self, name: str, content: bytes, *, bare: bool = True, **parameters: Any) -> Any:
        """Put one object, with the digest that the preset wants; `parameters` are botocore's, another digest too."""
        key = self.key(name)
        said = {} if {"ChecksumSHA256", "ContentMD5"} & parameters.keys() else self.digest(content)
        given = {"Metadata": {SHA256_KEY: hashlib.sha256(content).hexdigest()}, **said, **parameters}
        return self.ask(
            lambda client: client.put_object(Bucket=self.bucket.name, Key=key, Body=content, **given), bare=bare
        )

    def digest(self, content: bytes) -> dict[str, str]:
        """The digest of what is put, as botocore calls it."""
        if self.bucket.store.preset.checksums.digest == "sha256":
            return {"ChecksumSHA256": base64.b64encode(hashlib.sha256(content).digest()).decode()}
        return {"ContentMD5": base64.b64encode(hashlib.md5(content, usedforsecurity=False).digest()).decode()}

    def get(self, name: str, **parameters: Any) -> tuple[int, bytes]:
        """The status and the bytes of an answer."""

        def read(client: Any) -> tuple[int, bytes]:
            answer = client.get_object(Bucket=self.bucket.name, Key=self.prefix + name, **parameters)
            return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Body"].read()

        status, content = self.ask(read, bare=False)
        return int(status), bytes(content)

    def head(self, name: str) -> Any:
        """What HEAD answers; None where there is nothing."""
        return unless_missing(
            lambda: self.ask(lambda client: client.head_object(Bucket=self.bucket.name, Key=self.prefix + name))
        )

    def clear(self) -> list[str]:
        """Take everything away; gives the keys that stay."""
        for upload in self.uploads:
            with suppress(ShowcaseError):
                upload.abort()
        stay = []
        for key in sorted(self.keys):
            try:
                if self.may_delete:
                    self.bucket.delete(key)
                elif unless_missing(lambda key=key: self.bucket.head(key)) is not None:  # type: ignore[misc]
                    stay.append(key)
                    self.bucket.put(key, b"", sha256=hashlib.sha256(b"").hexdigest(), media_type="text/plain")
            except ShowcaseError:
                stay.append(key)
        return list(dict.fromkeys(stay))


@contextmanager
def opened(bucket: Bucket, own: str | None) -> Iterator[Scratch]:
    """A scratch prefix; it is for the caller to clear it.

    Args:
        own: the prefix that these keys may write, where that is not all.

    Raises:
        EnvironmentFault: these keys may put nothing there, or the store does not know them.
    """
    within = f"{own or ''}{layout.CHECK}/"
    bare = replace(bucket, store=bucket.store.bare())
    scratch = Scratch(bucket, bare, within, may_delete=True)
    with suppress(TransferError):  # what is refused will be told in its row
        scratch.put(_PROBE, b"")
        scratch.may_delete = _is_deleted(bare, within + _PROBE)
    if scratch.may_delete:
        scratch.keys.clear()
    scratch.prefix += f"{secrets.token_hex(4) if scratch.may_delete else KEPT}/"
    yield scratch


def _is_deleted(bucket: Bucket, key: str) -> bool:
    try:
        bucket.delete(key)
    except EnvironmentFault as fault:
        if fault.key != DENIED:
            raise
        return False
    return True
