"""Single objects: put, read, held to digests, put once, copied, listed, removed."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import quote, unquote

from pipeline.errors import EnvironmentFault, IntegrityError, ShowcaseError, TransferError
from pipeline.storage.check.feature import Feature, answered, emulated, failed, holds, missing
from pipeline.storage.check.scratch import Scratch
from pipeline.storage.head import SHA256_KEY
from pipeline.storage.s3.faults import DENIED

CONTENT = b"0123456789abcdef" * 64
RIVALS = 8
TITLE = "片名：天山"  # metadata holds it percent-encoded: raw letters outside ASCII are none of HTTP's
_ANOTHERS = b"another's"


def put_and_read(scratch: Scratch) -> Iterator[Feature]:
    """An object is there as it was put, with what was said of it."""
    title = quote(TITLE)
    try:
        scratch.put("object.bin", CONTENT, Metadata={SHA256_KEY: "abc", "title": title})
        head = scratch.head("object.bin")
        whole = scratch.get("object.bin")[1]
    except ShowcaseError as error:
        yield failed("put", error, is_needed=True)
        return
    is_right = head is not None and head["ContentLength"] == len(CONTENT) and whole == CONTENT
    yield holds("put", is_needed=True) if is_right else missing("put", is_needed=True)
    if head is None:
        return
    kept = head.get("Metadata", {})
    lowered = {name.lower(): value for name, value in kept.items()}
    changed = next((name for name in kept if name.lower() == SHA256_KEY and name != SHA256_KEY), None)
    if lowered.get(SHA256_KEY) != "abc":
        yield missing("metadata", is_needed=True)
    else:
        yield emulated("metadata", changed, is_needed=True) if changed else holds("metadata", is_needed=True)
    yield holds("chinese") if unquote(lowered.get("title", "")) == TITLE else missing("chinese")


def digests(scratch: Scratch) -> Iterator[Feature]:
    """A digest that is not that of what comes is refused."""
    wanted = scratch.bucket.store.preset.checksums.digest
    another = {
        "sha256": {"ChecksumSHA256": base64.b64encode(hashlib.sha256(_ANOTHERS).digest()).decode()},
        "md5": {"ContentMD5": base64.b64encode(hashlib.md5(_ANOTHERS, usedforsecurity=False).digest()).decode()},
    }
    for name, said in another.items():
        is_needed = name == wanted
        try:
            scratch.put("digest.bin", CONTENT, **said)  # type: ignore[arg-type]  # names of digests alone
        except IntegrityError:
            yield holds(name, is_needed=is_needed)
        except ShowcaseError as error:
            yield failed(name, error, is_needed=is_needed) if is_needed else emulated(name, wanted)
        else:
            yield missing(name, is_needed=True) if is_needed else emulated(name, wanted)


def put_once(scratch: Scratch) -> Iterator[Feature]:
    """An object is put only where there is none, by HTTP's own header or in the preset's way; one of eight wins."""
    ways = scratch.bucket.store.preset.create_only
    said = _overwritten(scratch, "once.json", bare=True)
    if said is None:
        yield holds("create_only", is_needed=True)
    else:
        if ways.by == "header":
            said = _overwritten(scratch, "vendor.json", bare=False)
        if ways.by == "if-none-match" or (ways.by == "header" and said is not None):
            yield missing("create_only", " ".join(part for part in (ways.header, said) if part), is_needed=True)
            return
        yield emulated("create_only", ways.header or ways.by, is_needed=True)
    yield _race(scratch)


def _overwritten(scratch: Scratch, name: str, *, bare: bool) -> str | None:
    """None where a second put of one name is refused for the first alone; else what was answered."""
    for content in (b"1", b"2"):
        try:
            answer = scratch.put(name, content, bare=bare, IfNoneMatch="*")
        except ShowcaseError as error:
            if not isinstance(error, TransferError) or not scratch.bucket.is_refused(error):
                return answered(error)
            return None if scratch.get(name)[1] in (b"1", b"") else "overwritten"
    return str(answer["ResponseMetadata"]["HTTPStatusCode"])


def _race(scratch: Scratch) -> Feature:
    key = scratch.key("race.json")
    is_lease = scratch.bucket.store.preset.create_only.by == "lease"
    if is_lease:
        from pipeline.storage import leases

        scratch.keys.add(leases.name_of(key))
    was_there = not scratch.may_delete and scratch.bucket.head(key) is not None
    with ThreadPoolExecutor(RIVALS, thread_name_prefix="rival") as pool:
        won = list(pool.map(lambda number: scratch.bucket.put_if_absent(key, b"%d" % number), range(RIVALS)))
    if sum(won) == (0 if was_there else 1):
        return (emulated if is_lease else holds)("race", f"{sum(won)}/{RIVALS}")
    return missing("race", f"{sum(won)}/{RIVALS}")


def reads(scratch: Scratch) -> Iterator[Feature]:
    """One read is of one object, or of a stretch of it; what is not there is told."""
    try:
        scratch.get("object.bin", IfMatch='"00000000000000000000000000000000"')
        yield emulated("if_match")
    except TransferError as error:
        yield holds("if_match") if error.detail in ("PreconditionFailed", "412") else failed("if_match", error)
    try:
        status, content = scratch.get("object.bin", Range="bytes=16-47")
        if content != CONTENT[16:48]:
            yield missing("ranges", str(status))
        else:
            yield holds("ranges", "206") if status == 206 else emulated("ranges", str(status))
    except ShowcaseError as error:
        yield failed("ranges", error)
    try:
        is_hidden = scratch.head("never.bin") is not None
        yield missing("not_there", is_needed=True) if is_hidden else holds("not_there", "404")
    except EnvironmentFault as fault:
        if fault.key != DENIED:
            raise
        yield emulated("not_there", "403")


def copies(scratch: Scratch) -> Iterator[Feature]:
    """Bytes go to another key inside the store, with other metadata, if they still are what was looked at."""
    source: Any = {"Bucket": scratch.bucket.name, "Key": scratch.prefix + "object.bin"}

    def copy(name: str, etag: str) -> None:
        key = scratch.key(name)
        scratch.ask(
            lambda client: client.copy_object(
                Bucket=scratch.bucket.name,
                Key=key,
                CopySource=source,
                CopySourceIfMatch=etag,
                MetadataDirective="REPLACE",
                Metadata={SHA256_KEY: "def"},
            )
        )

    try:
        copy("copy.bin", scratch.head("object.bin")["ETag"])
        made = scratch.head("copy.bin")
        kept = {name.lower(): value for name, value in made.get("Metadata", {}).items()}
        is_right = scratch.get("copy.bin")[1] == CONTENT and kept.get(SHA256_KEY) == "def"
    except ShowcaseError as error:
        yield failed("copy", error)
        return
    if not is_right:
        yield missing("copy")
        return
    try:
        copy("copy-2.bin", '"00000000000000000000000000000000"')
        yield emulated("copy", "CopySourceIfMatch")
    except ShowcaseError:
        yield holds("copy")


def listing(scratch: Scratch) -> Iterator[Feature]:
    """Keys are told page by page, from any of them on, folder by folder."""
    names = ("l/a-b/x", "l/a/x", "l/b")  # bytes: - comes before /
    try:
        for name in names:
            scratch.put(name, b"")
        within = scratch.prefix + "l/"

        def page(**asked: Any) -> Any:
            return scratch.ask(
                lambda client: client.list_objects_v2(Bucket=scratch.bucket.name, Prefix=within, **asked)
            )

        first = page(MaxKeys=2)
        second = page(MaxKeys=2, ContinuationToken=first["NextContinuationToken"])
        found = [row["Key"].removeprefix(scratch.prefix) for row in (*first["Contents"], *second["Contents"])]
        behind = [row["Key"] for row in page(StartAfter=scratch.prefix + found[0])["Contents"]]
        folders = {row["Prefix"] for row in page(Delimiter="/")["CommonPrefixes"]}
    except KeyError as error:
        yield missing("listing", str(error), is_needed=True)
        return
    except ShowcaseError as error:
        yield failed("listing", error, is_needed=True)
        return
    is_right = sorted(found) == sorted(names) and len(behind) == 2 and folders == {f"{within}a/", f"{within}a-b/"}
    yield holds("listing", is_needed=True) if is_right else missing("listing", is_needed=True)
    yield holds("order") if found == sorted(names) else emulated("order")


def removal(scratch: Scratch) -> Iterator[Feature]:
    """What is deleted is gone."""
    if not scratch.may_delete:
        yield missing("delete")
        return
    scratch.put("gone.bin", b"")
    scratch.bucket.delete(scratch.prefix + "gone.bin")
    yield holds("delete") if scratch.bucket.head(scratch.prefix + "gone.bin") is None else missing("delete")
