"""A bucket of a store: its objects, and listings that tell as much as they can."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import IO, TYPE_CHECKING, Any, TypeVar, cast

from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.storage import bounds, leases, presets
from pipeline.storage.bounds import MOST_RECORD, MOST_SMALL
from pipeline.storage.head import SHA256_KEY, Head, head_of
from pipeline.storage.network.sent_body import SentBody
from pipeline.storage.s3.faults import DENIED, MISSING, NO_BUCKET, translated
from pipeline.storage.s3.objects import Written
from pipeline.storage.s3.store import Request, Store

if TYPE_CHECKING:
    from mypy_boto3_s3.client import S3Client
    from mypy_boto3_s3.type_defs import HeadObjectOutputTypeDef, ListObjectsV2OutputTypeDef

REFUSED = ("PreconditionFailed", "412", "ConditionalRequestConflict")  # a condition that is not met
NOT_KNOWN = ("NotImplemented", "501")  # a condition that the store does not know
LAST = "\U0010ffff"  # after every name that anybody can give
MOST_KEYS = 1000  # that S3 lists at once
Result = TypeVar("Result")


@dataclass(frozen=True)
class ListedObject:
    """An object as a listing tells of it."""

    bucket: Bucket
    key: str
    etag: str
    modified: datetime
    size_bytes: int

    @property
    def where(self) -> str:
        """As people are told of it."""
        return f"{self.bucket.name}/{self.key}"

    def read(self) -> bytes | None:
        """Its bytes, from the cache where they are kept; None when it is gone.

        Raises:
            IntegrityError: it is too large to be a record, whatever the listing says of it.
        """
        if self.size_bytes > MOST_RECORD:
            raise IntegrityError("record_too_large", where=self.where)
        cache = self.bucket.store.cache
        if cache is None or not self.etag:
            return self.bucket.get(self.key, MOST_RECORD)
        kept = cache.get(self.bucket.name, self.key, self.etag)
        if kept is None and (found := self.bucket.get_with_etag(self.key, MOST_RECORD)):
            kept, etag = found
            cache.put(self.bucket.name, self.key, etag, kept)
        return kept


@dataclass(frozen=True)
class Bucket:
    """Objects by their keys. Every method raises EnvironmentFault, TransferError or IntegrityError.

    A bucket that is not there reads as empty; whoever writes makes it.
    """

    store: Store
    name: str

    def make_if_missing(self, own: str | None = None) -> None:
        """Try the store before anything long is begun that ends with a write.

        Args:
            own: the prefix to ask for where an identity may see no more than that.

        Raises:
            EnvironmentFault: nobody answers, access is denied, or the bucket is missing and can't be made.
        """
        if not self.store.reach(self.name, own):
            self.store.make(self.name)

    def put(self, key: str, content: bytes, *, sha256: str, media_type: str) -> None:
        """Store an object; the store checks the digest before it answers."""
        self._put(key, content, sha256=sha256, media_type=media_type)

    def put_if_absent(self, key: str, content: bytes) -> bool:
        """Store a marker (JSON) unless there is one; False when somebody else's stands there.

        A lost reply makes the retry meet our own object (412): the digest tells.
        """
        sha256 = hashlib.sha256(content).hexdigest()
        if self.store.preset.create_only.by == "lease":
            return leases.put_if_absent(self, key, content, sha256)
        try:
            self._put(key, content, sha256=sha256, media_type="application/json", IfNoneMatch="*")
        except TransferError as error:
            if error.detail in NOT_KNOWN:
                advised = presets.advised(self.store.preset, self.store.endpoint_shown)
                raise EnvironmentFault(
                    "store_no_condition", where=self.store.endpoint_shown, advised=advised
                ) from error
            if not self.is_refused(error):
                raise
            there = self.head(key)
            if there is None:
                return False
            return self.get(key) == content if there.sha256 is None else there.sha256 == sha256
        return True

    def _put(self, key: str, content: bytes, *, sha256: str, media_type: str, **condition: Any) -> None:
        put = self._put_request(key, content, sha256=sha256, media_type=media_type, **condition)
        self.written(lambda: self.store.ask(f"{self.name}/{key}", put))

    def put_file(self, key: str, body: SentBody, *, sha256: str, media_type: str) -> None:
        """As `put`, of a file: what is sent of it is told as it goes."""
        put, store = self._put_request(key, body, sha256=sha256, media_type=media_type), self.store
        if store.preset.checksums.digest != "sha256":  # a digest of another kind is the client's to make
            self.written(lambda: store.ask(f"{self.name}/{key}", put, body=body))
            return
        headers = {
            "Content-Type": media_type,
            f"x-amz-meta-{SHA256_KEY}": sha256,
            "x-amz-checksum-sha256": base64.b64encode(bytes.fromhex(sha256)).decode(),
            "x-amz-content-sha256": sha256,
            **(store.encryption.headers() if store.encryption else {}),
        }
        self.written(lambda: store.write(Written(self.name, key, body, headers), put, body))

    def put_request(self, key: str, content: bytes, *, sha256: str, media_type: str, **condition: Any) -> None:
        """One request that stores an object; what fails is not tried again."""
        put = self._put_request(key, content, sha256=sha256, media_type=media_type, **condition)
        self.store.ask_once(f"{self.name}/{key}", put)

    def _put_request(
        self, key: str, content: bytes | SentBody, *, sha256: str, media_type: str, **condition: Any
    ) -> Request[object]:
        return lambda client: client.put_object(
            Bucket=self.name,
            Key=key,
            Body=cast("IO[bytes]", content),
            ContentType=media_type,
            Metadata={SHA256_KEY: sha256},
            ChecksumSHA256=base64.b64encode(bytes.fromhex(sha256)).decode(),
            **condition,
        )

    def is_refused(self, error: TransferError) -> bool:
        """Whether a condition was not met: something is there."""
        return error.detail in REFUSED or error.detail in self.store.preset.create_only.refused

    def written(self, write: Callable[[], Result]) -> Result:
        """Write; where the bucket is missing, make it and write again."""
        try:
            return write()
        except EnvironmentFault as fault:
            if fault.key != NO_BUCKET:
                raise
            self.store.make(self.name)
            return write()

    def head(self, key: str) -> Head | None:
        """What the store knows of an object; None when it is not there."""
        answer = self._unless_hidden(key, lambda: self._head_object(key))
        return head_of(answer) if answer else None

    def hides_missing(self, key: str) -> bool:
        """Whether what is not there is answered like what may not be seen; `key` is one that is never there."""
        try:
            unless_missing(lambda: self._head_object(key))
        except EnvironmentFault as fault:
            if fault.key != DENIED:
                raise
            return True
        return False

    def _head_object(self, key: str) -> HeadObjectOutputTypeDef:
        return self.store.ask(
            f"{self.name}/{key}",
            lambda client: client.head_object(Bucket=self.name, Key=key, ChecksumMode="ENABLED"),
        )

    def get(self, key: str, most: int = MOST_SMALL) -> bytes | None:
        """A small object whole; None when it is not there."""
        found = self.get_with_etag(key, most)
        return found[0] if found else None

    def get_with_etag(self, key: str, most: int = MOST_SMALL) -> tuple[bytes, str] | None:
        """A small object whole and the ETag of these bytes; None when it is not there.

        Raises:
            IntegrityError: it has more than `most` bytes, of which no more are read.
        """

        def read(client: S3Client) -> tuple[bytes, str] | None:
            answer = client.get_object(Bucket=self.name, Key=key)
            with closing(answer["Body"]) as body:
                content = bounds.read(body.read, most) if answer.get("ContentLength", 0) <= most else None
                return None if content is None else (content, answer.get("ETag", "").strip('"'))

        found = self._unless_hidden(key, lambda: (self.store.ask(f"{self.name}/{key}", read),))
        if found == (None,):
            raise IntegrityError("record_too_large", where=f"{self.name}/{key}")
        return found[0] if found else None

    def _unless_hidden(self, key: str, ask: Callable[[], Result]) -> Result | None:
        """What is answered of an object; None where it is not there. A store may answer 403 for that, where it would
        tell who may not list what there is: then the listing tells."""
        try:
            return unless_missing(ask)
        except EnvironmentFault as fault:
            if fault.key != DENIED:
                raise
            try:
                rows = self._page(Prefix=key, MaxKeys=2).get("Contents", [])  # the key itself is the first of them
            except EnvironmentFault:
                raise fault from None
            if any(row["Key"] == key for row in rows):
                raise
            return None

    def stream(self, key: str, *, start: int, block: int = 1 << 20) -> Iterator[bytes]:
        """An object's bytes from `start` on."""
        where = f"{self.name}/{key}"
        span = {"Range": f"bytes={start}-"} if start else {}
        answer = self.store.ask_once(where, lambda client: client.get_object(Bucket=self.name, Key=key, **span))  # type: ignore[arg-type]
        with translated(where), closing(answer["Body"]) as body:
            yield from body.iter_chunks(block)

    def presigned(self, key: str, seconds: int) -> str:
        """An address of an object that anybody may fetch it by for so long; nobody is asked."""
        named = {"Bucket": self.name, "Key": key}
        return self.store.ask_once(
            f"{self.name}/{key}",
            lambda client: client.generate_presigned_url("get_object", Params=named, ExpiresIn=seconds),
        )

    def delete(self, key: str) -> None:
        """Remove an object; none there is fine."""
        self.store.ask(f"{self.name}/{key}", lambda client: client.delete_object(Bucket=self.name, Key=key))

    def listed_once(self, prefix: str) -> None:
        """Ask for a listing.

        Raises:
            EnvironmentFault: this identity may not, or there is no such bucket.
        """
        self.store.ask(
            f"{self.name}/{prefix}",
            lambda client: client.list_objects_v2(Bucket=self.name, Prefix=prefix, MaxKeys=1),
        )

    def read_once(self, key: str) -> None:
        """Ask for an object, which need not be there.

        Raises:
            EnvironmentFault: this identity may not, or there is no such bucket.
        """
        try:
            self.store.ask(
                f"{self.name}/{key}", lambda client: client.get_object(Bucket=self.name, Key=key)["Body"].close()
            )
        except TransferError as error:
            if error.detail not in MISSING:
                raise

    def folders(self, prefix: str) -> list[str]:
        """Names of the «folders» right under a prefix."""
        names: list[str] = []
        further: dict[str, str] = {}
        while True:
            page = self._page(Prefix=prefix, Delimiter="/", **further)
            names += [item["Prefix"][len(prefix) : -1] for item in page.get("CommonPrefixes", [])]
            if not page.get("IsTruncated"):
                return sorted(names)
            further = {"ContinuationToken": page["NextContinuationToken"]}

    def has(self, prefix: str) -> bool:
        """Whether there is any object under a prefix."""
        return bool(self._page(Prefix=prefix, MaxKeys=1).get("Contents"))

    def walk(
        self,
        prefix: str,
        skipped: Callable[[str], str | None],
        page_keys: int,
        is_dense: Callable[[str], bool] = lambda _: False,
    ) -> Iterator[ListedObject]:
        """The objects under a prefix, without most of those that nobody wants.

        Args:
            skipped: gives, for the key of an object, the prefix («folder/») of which nothing after it is wanted.
            page_keys: how many objects are asked for at once; a page that ends in a skipped folder goes on behind it.
            is_dense: whether behind a key there are likely more that are wanted: the next page is a full one.
        """
        further: dict[str, str] = {}
        folder: str | None = None
        asked = page_keys
        while True:
            page = self._page(Prefix=prefix, MaxKeys=asked, **further)
            rows = page.get("Contents", [])
            for row in rows:
                key = row["Key"]
                if folder is not None and key.startswith(folder):
                    continue
                folder = skipped(key)
                modified = row["LastModified"].astimezone(UTC).replace(microsecond=0)  # as HEAD tells it
                yield ListedObject(self, key, row.get("ETag", "").strip('"'), modified, row.get("Size", 0))
            if not page.get("IsTruncated") or not rows:
                return
            last, behind = rows[-1]["Key"], f"{folder}{LAST}"
            is_ours = folder is not None and last.encode() < behind.encode()
            further = {"StartAfter": behind if is_ours else last}
            if folder is not None and not is_ours:  # names that are none of ours, as many as there are
                page_keys = MOST_KEYS
            asked = MOST_KEYS if is_dense(last) else page_keys

    def _page(self, **asked: Any) -> ListObjectsV2OutputTypeDef:
        """One answer of a listing; an empty one where there is no such bucket."""

        where = f"{self.name}/{asked['Prefix']}"
        answer = unless_missing(
            lambda: self.store.ask(where, lambda client: client.list_objects_v2(Bucket=self.name, **asked))
        )
        return answer or {}  # type: ignore[return-value]  # an answer without rows


def unless_missing(ask: Callable[[], Result]) -> Result | None:
    """What is answered; None where the object or its bucket is not there."""
    try:
        return ask()
    except TransferError as error:
        if error.detail in MISSING:
            return None
        raise
    except EnvironmentFault as fault:
        if fault.key == NO_BUCKET:
            return None
        raise
