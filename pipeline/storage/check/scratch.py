"""The scratch prefix: what is put there is known, so that it can be taken away however the trial ends."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from typing import Any

from pipeline.errors import EnvironmentFault, ShowcaseError
from pipeline.storage import layout
from pipeline.storage.bucket import SHA256_KEY, Bucket, unless_missing
from pipeline.storage.multipart import Multipart
from pipeline.storage.s3.faults import DENIED
from pipeline.storage.s3.store import Request

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
        """Put one object; `parameters` are botocore's."""
        key = self.key(name)
        given = {"Metadata": {SHA256_KEY: hashlib.sha256(content).hexdigest()}, **parameters}
        return self.ask(
            lambda client: client.put_object(Bucket=self.bucket.name, Key=key, Body=content, **given), bare=bare
        )

    def get(self, name: str, **parameters: Any) -> tuple[int, bytes]:
        """The status and the bytes of an answer."""

        def read(client: Any) -> tuple[int, bytes]:
            answer = client.get_object(Bucket=self.bucket.name, Key=self.prefix + name, **parameters)
            return answer["ResponseMetadata"]["HTTPStatusCode"], answer["Body"].read()

        status, content = self.ask(read)
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
        EnvironmentFault: nothing can be put there.
    """
    within = f"{own or ''}{layout.CHECK}/"
    probe = within + _PROBE
    content = b"{}\n"
    bucket.put(probe, content, sha256=hashlib.sha256(content).hexdigest(), media_type="application/json")
    try:
        bucket.delete(probe)
        may_delete = True
    except EnvironmentFault as fault:
        if fault.key != DENIED:
            raise
        may_delete = False
    name = secrets.token_hex(4) if may_delete else KEPT
    bare = replace(bucket, store=bucket.store.bare())
    scratch = Scratch(bucket, bare, f"{within}{name}/", may_delete)
    scratch.keys |= set() if may_delete else {probe}
    yield scratch
