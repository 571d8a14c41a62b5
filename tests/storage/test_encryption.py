"""Encryption at rest: asked of each object that is made; an ETag of what lies under a key service is never an MD5."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.model.rendition import StoredFile
from pipeline.model.storage_preset import GENERIC, Checksums
from pipeline.storage.bucket import Bucket
from pipeline.storage.place import Place
from pipeline.storage.s3.dialect import Encryption
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import copying, download, multipart, upload
from pipeline.storage.transfer.multipart import UploadPart
from tests.common_store import CommonStore
from tests.storage.part_sender import PART
from tests.storage.proxy import Message, proxied, without

MD5 = hashlib.md5(b"film", usedforsecurity=False).hexdigest()
KEY = "arn:aws-cn:kms:cn-north-1:1:key/2"


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery") as connection:
        yield connection


def files(folder: Path) -> list[StoredFile]:
    found = []
    for name, size in (("s.ts", 70_000), ("l.ts", 17 << 20)):
        content = hashlib.sha256(name.encode()).digest() * (size // 32)
        (folder / name).write_bytes(content)
        found.append(StoredFile(path=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()))
    return found


def test_the_embedded_store_keeps_objects_under_its_own_keys(connection: Connection, tmp_path: Path) -> None:
    store = Store(replace(connection, encryption=Encryption("AES256")), endpoint_shown="")
    there = Bucket(store, "delivery")
    made = files(tmp_path)
    assert upload.upload(Place(there, "aes/"), tmp_path, made) == 2
    earlier = copying.listed([("aes/", made)])
    same: list[int] = []
    assert upload.upload(Place(there, "copied/"), tmp_path, made, on_same=same.append, earlier=earlier) == 2
    assert sum(same) == sum(item.size_bytes for item in made)
    for prefix in ("aes/", "copied/"):
        for item in made:
            told = store.ask_once(
                "", lambda client, key=prefix + item.path: client.head_object(Bucket="delivery", Key=key)
            )
            assert told["ServerSideEncryption"] == "AES256"
    download.download(Place(there, "copied/"), made, tmp_path / "back")
    assert (tmp_path / "back" / "l.ts").read_bytes() == (tmp_path / "l.ts").read_bytes()


def turned(found: re.Match[bytes]) -> bytes:
    return found[1] + found[2][::-1]


def asked(given: Message) -> Message | None:
    """To the store go its own ETags, and no key service."""
    given.headers = without(given.headers, "x-amz-server-side-encryption")
    given.body = re.sub(rb"(<ETag>(?:&[#\w]+;|\")?)([0-9a-f]{32})", turned, given.body)
    for name in ("If-Match", "x-amz-copy-source-if-match"):
        if name in given.headers:
            given.headers[name] = re.sub("[0-9a-f]{32}", lambda found: found[0][::-1], given.headers[name])
    return None


def kms(answer: Message) -> Message:
    """ETags that look like an MD5 and are none, and the word of the key service beside them."""
    headers = {name: value for name, value in answer.headers.items() if name.lower() != "etag"}
    for name, value in answer.headers.items():
        if name.lower() == "etag":
            headers["ETag"] = re.sub("[0-9a-f]{32}", lambda found: found[0][::-1], value)
            headers["x-amz-server-side-encryption"] = "aws:kms"
    body = re.sub(rb"(<ETag>(?:&[#\w]+;|\")?)([0-9a-f]{32})", turned, answer.body)
    return replace(answer, headers=headers, body=body)


@pytest.mark.parametrize("digest", ["sha256", pytest.param("md5", marks=pytest.mark.acceptance), "read-back"])
def test_an_etag_under_a_key_service_is_taken_for_none(digest: str, connection: Connection, tmp_path: Path) -> None:
    of = GENERIC.model_copy(update={"checksums": Checksums(digest=digest)})  # type: ignore[arg-type]
    prefix = f"kms-{digest}/"
    with proxied(connection, asked, kms, signed=True) as proxy:
        encryption = Encryption("aws:kms", KEY)
        behind = replace(connection, endpoint=proxy.store.endpoint_shown, preset=of, encryption=encryption)
        there = Bucket(Store(behind, endpoint_shown=""), "delivery")
        made = files(tmp_path)
        large = made[1]
        begun = multipart.begin(there, f"{prefix}l.ts", sha256=large.sha256, media_type="video/mp2t")
        first = (tmp_path / "l.ts").read_bytes()[:PART]
        checksum = base64.b64encode(hashlib.sha256(first).digest()).decode()
        named = {"Bucket": "delivery", "Key": begun.key, "UploadId": begun.upload}
        there.store.ask_once(
            "", lambda client: client.upload_part(**named, PartNumber=1, Body=first, ChecksumSHA256=checksum)
        )
        same: list[int] = []
        assert upload.upload(Place(there, prefix), tmp_path, made, on_same=same.append) == 2
        assert same == [len(first)]  # what was there already was not sent again
        upload.confirm(Place(there, prefix), made)
        earlier = copying.listed([(prefix, made)])
        same.clear()
        upload.upload(Place(there, f"2-{prefix}"), tmp_path, made, on_same=same.append, earlier=earlier)
        assert sum(same) == sum(item.size_bytes for item in made)
        download.download(Place(there, f"2-{prefix}"), made, tmp_path / "back")
        puts = [given for given in proxy.asked if given.method == "PUT"]
    assert puts
    assert (tmp_path / "back" / "l.ts").read_bytes() == (tmp_path / "l.ts").read_bytes()


def test_the_key_is_named_where_an_object_is_made(connection: Connection) -> None:
    said: list[dict[str, str]] = []

    def noted(given: Message) -> Message | None:
        said.append({name.lower(): value for name, value in given.headers.items() if "server-side" in name.lower()})
        return asked(given)

    with proxied(connection, noted, kms, signed=True) as proxy:
        behind = replace(connection, endpoint=proxy.store.endpoint_shown, encryption=Encryption("aws:kms", KEY))
        there = Bucket(Store(behind, endpoint_shown=""), "delivery")
        there.put("named/k", b"x", sha256=hashlib.sha256(b"x").hexdigest(), media_type="text/plain")
        multipart.begin(there, "named/m", sha256="0" * 64, media_type="text/plain").abort()
    wanted = {"x-amz-server-side-encryption": "aws:kms", "x-amz-server-side-encryption-aws-kms-key-id": KEY}
    assert said == [wanted, wanted, {}]


@pytest.mark.parametrize(
    ("listed", "has_md5", "expected"),
    [
        (("", MD5), True, True),
        (("", "0" * 32), True, False),
        (("", "0" * 32), False, True),
        (("right", "0" * 32), True, True),
        (("wrong", MD5), False, False),
    ],
)
def test_a_part_is_held_to_the_best_that_the_store_tells(
    listed: tuple[str, str], has_md5: bool, expected: bool
) -> None:
    checksum, etag = listed
    assert UploadPart(1, 4, etag, checksum).is_of("right", (lambda: MD5) if has_md5 else None) is expected
