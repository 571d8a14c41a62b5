"""A store with revisions and packages whose bytes are there; one that says that what it holds came earlier."""

from __future__ import annotations

import base64
import hashlib
import os
import re
import signal
import subprocess
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime, parsedate_to_datetime
from urllib.parse import unquote, urlsplit

from pipeline import yamlio
from pipeline.model.delivery import Acknowledgement, Decision, Ready, Withdrawal
from pipeline.model.finding import Verdict
from pipeline.model.inbox import Claim, InboxFile, InboxMarker, Reports, Review, ReviewKind
from pipeline.model.package import Acceptance, Package, PackageFile
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Kind, MediaFile, Role, Submission
from pipeline.package import checksums
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.transfer import multipart
from tests.storage.proxy import Answered, Message

AT = datetime(2026, 6, 1, 8, tzinfo=UTC)
FILES = {"ts/hd.ts": b"stream" * 2000, "images/poster.jpg": b"poster" * 300}


def digest(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def put(bucket: Bucket, key: str, content: bytes) -> None:
    bucket.put(key, content, sha256=digest(content), media_type="application/octet-stream")


def given_in(ref: str) -> Submission:
    """What is handed in, whatever the revision: the films differ."""
    prefecture, name = ref.split("/")
    return Submission(
        schema_version=1,
        id=name,
        title=name,
        kind=Kind.FILM,
        prefecture=prefecture,
        media=(MediaFile(file="01.mp4", role=Role.MAIN),),
    )


def film_of(marker: str, ref: str, revision: int) -> bytes:
    """The film of a revision's marker."""
    return f"{marker} {ref}/r{revision}".encode() * 500


def content_of(ref: str, revision: int) -> str:
    """The digest of a submission's content: of the revision in the inbox, and of the package made of it."""
    return given_in(ref).content([("01.mp4", digest(film_of("SUBMITTED", ref, revision)))])


def package_id_of(ref: str, revision: int) -> str:
    return content_of(ref, revision)[:20]


def deliver(
    buckets: Buckets,
    ref: str,
    revision: int = 1,
    files: Mapping[str, bytes] = FILES,
    *,
    ready: bool = True,
    column: str = "",
) -> str:
    """A package with its files, and its id."""
    prefecture, name = ref.split("/")
    package_id = package_id_of(ref, revision)
    listed = tuple(
        PackageFile(path=path, size_bytes=len(content), sha256=digest(content), role="stream")
        for path, content in sorted(files.items())
    )
    given = Submission(
        schema_version=1,
        id=name,
        title=name,
        kind=Kind.FILM,
        prefecture=prefecture,
        media=(MediaFile(file="film.mp4", role=Role.MAIN),),
    )
    manifest = Package(
        package_id=package_id,
        submission_id=name,
        revision=revision,
        prefecture=prefecture,
        submission=given,
        acceptance=Acceptance(verdict=Verdict.ACCEPT, judgements=()),
        duration_s=1.0,
        parts=(),
        renditions=(),
        tools=(),
        files=listed,
    ).to_file()
    key = f"{ref}/{package_id}/"
    put(buckets.delivery, f"{ref}/r{revision}.json", b'{"package_id":"' + package_id.encode() + b'"}')
    for path, content in files.items():
        put(buckets.delivery, key + path, content)
    own = StoredFile(path="package.json", size_bytes=len(manifest), sha256=digest(manifest))
    put(buckets.delivery, key + "checksums.sha256", checksums.render([*listed, own]))
    put(buckets.delivery, key + "package.json", manifest)
    if ready:
        marker = Ready(
            package_id=package_id,
            submission_id=name,
            title=name,
            revision=revision,
            content_sha256=content_of(ref, revision),
            manifest_sha256=own.sha256,
            files=len(listed) + 2,
            size_bytes=sum(item.size_bytes for item in listed) + len(manifest),
            column=column,
        )
        put(buckets.delivery, key + "READY.json", marker.to_file())
    return package_id


def answer(buckets: Buckets, ref: str, revision: int, decision: Decision = Decision.ACCEPT) -> None:
    package_id = package_id_of(ref, revision)
    record = Acknowledgement(package_id=package_id, decision=decision, reason="声音", at=AT)
    put(buckets.delivery, f"{ref}/{package_id}/ACK.json", record.to_file())


def withdraw(buckets: Buckets, ref: str, revision: int) -> None:
    package_id = package_id_of(ref, revision)
    record = Withdrawal(package_id=package_id, reason="版权到期", by="编辑", at=AT)
    put(buckets.delivery, f"{ref}/{package_id}/WITHDRAWN.json", record.to_file())


def submit(
    buckets: Buckets,
    ref: str,
    revision: int = 1,
    *,
    draft: bool = False,
    master: bool = True,
    column: str | None = None,
) -> None:
    """A revision in the inbox, as a master, as a draft, or as both."""
    key, content = f"{ref}/r{revision}", content_of(ref, revision)
    put(buckets.inbox, f"{key}.json", Claim(content_sha256=content).to_file())
    put(
        buckets.inbox,
        f"{key}/submission.yaml",
        yamlio.dump(given_in(ref).model_dump(mode="json", by_alias=True, exclude_none=True)),
    )
    for wanted, marker, path, reports in (
        (draft, "DRAFT", "proxy.mp4", "draft-inspection"),
        (master, "SUBMITTED", "media/01.mp4", "inspection"),
    ):
        if not wanted:
            continue
        film = film_of(marker, ref, revision)
        put(buckets.inbox, f"{key}/{path}", film)
        put(buckets.inbox, f"{key}/{reports}.json", Reports(reports=()).to_file())
        record = marker_of(ref, revision, path, film).model_copy(update={"column": column})
        put(buckets.inbox, f"{key}/{marker}.json", record.to_file())


def marker_of(ref: str, revision: int, path: str, film: bytes) -> InboxMarker:
    prefecture, name = ref.split("/")
    return InboxMarker(
        submission_id=name,
        prefecture=prefecture,
        title=name,
        kind=Kind.FILM,
        revision=revision,
        content_sha256=content_of(ref, revision),
        verdict=Verdict.ACCEPT,
        duration_s=1.0,
        files=(InboxFile(path=path, file=path.rpartition("/")[2], size_bytes=len(film), sha256=digest(film)),),
    )


def approve(buckets: Buckets, ref: str, revision: int) -> None:
    """The master of a revision."""
    film = film_of("SUBMITTED", ref, revision)
    record = Review(
        submission_id=ref.split("/")[1],
        revision=revision,
        number=1,
        kind=ReviewKind.APPROVE,
        marker_sha256=marker_of(ref, revision, "media/01.mp4", film).digest(),
        of_draft=False,
        by="编辑",
        at=AT,
    )
    put(buckets.delivery, f"{ref}/reviews/r{revision}-0001.json", record.to_file())


def left_upload(bucket: Bucket, key: str) -> None:
    """An upload of which one part came."""
    content = os.urandom(5 << 20)
    begun = multipart.begin(bucket, key, sha256="0" * 64, media_type="x/y")
    digest = base64.b64encode(hashlib.sha256(content).digest()).decode()
    bucket.store.ask(
        key,
        lambda client: client.upload_part(
            Bucket=bucket.name, Key=key, UploadId=begun.upload, PartNumber=1, Body=content, ChecksumSHA256=digest
        ),
    )


def keys(bucket: Bucket, prefix: str = "") -> set[str]:
    return {item.key for item in bucket.walk(prefix, lambda _: None, 1000)}


def kill_at(running: subprocess.Popen[bytes], done: list[str], count: int) -> None:
    """Kill a command when so many more requests were answered, unless it ends before."""
    wanted = len(done) + count
    while len(done) < wanted and running.poll() is None:
        time.sleep(0.005)
    running.send_signal(signal.SIGKILL)
    running.wait()


def aged(days: Callable[[str], float]) -> Answered:
    """A store whose objects came so many days earlier than they did, by their keys."""

    def earlier(key: str, told: str) -> str:
        return (datetime.fromisoformat(told) - timedelta(days=days(key))).strftime("%Y-%m-%dT%H:%M:%SZ")

    def row(block: re.Match[bytes], of: str) -> bytes:
        text = block[0].decode()
        named = re.search("<Key>(.*?)</Key>", text)
        key = unquote(named[1]) if named else of
        for name in ("LastModified", "Initiated"):
            text = re.sub(
                f"(<{name}>)(.*?)(</{name}>)", lambda found: found[1] + earlier(key, found[2]) + found[3], text
            )
        return text.encode()

    def answered(answer: Message) -> Message:
        key = unquote(urlsplit(answer.path).path).lstrip("/").partition("/")[2]
        headers = {
            name: format_datetime(parsedate_to_datetime(value) - timedelta(days=days(key)), usegmt=True)
            if name.lower() == "last-modified"
            else value
            for name, value in answer.headers.items()
        }
        body = answer.body
        if answer.method == "GET" and b"<Key>" in body[:4000]:
            blocks = re.compile(rb"<(Contents|Upload|Part)>.*?</\1>", re.DOTALL)
            body = blocks.sub(lambda block: row(block, key), body)
        return replace(answer, headers=headers, body=body)

    return answered
