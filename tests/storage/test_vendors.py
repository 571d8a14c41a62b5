"""The client does as a preset says: real stores, and the embedded one behind the habits of others."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline import shipped
from pipeline.errors import EnvironmentFault, IntegrityError
from pipeline.model.rendition import StoredFile
from pipeline.model.storage_preset import GENERIC, Checksums, CreateOnly, StoragePreset
from pipeline.storage import layout, leases, presets
from pipeline.storage.bucket import Bucket
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import copying, download, upload
from pipeline.storage.trial import BucketTrial
from tests.common_store import CommonStore
from tests.storage import habits_of_vendors as vendors
from tests.storage import rclone
from tests.storage.proxy import Answered, Asked, Message, proxied
from tests.tiers import kept


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery") as connection:
        yield connection


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with rclone.serving(tmp_path_factory.mktemp("rclone") / "data", "delivery") as found:
        yield found


def preset(name: str) -> StoragePreset:
    return presets.preset(name, [shipped.folder("profiles")])


def bucket(connection: Connection, of: StoragePreset) -> Bucket:
    return Bucket(Store(replace(connection, preset=of), endpoint_shown=connection.endpoint or ""), "delivery")


def plain(answer: Message) -> Message:
    return answer


OVERWRITE = vendors.forbids_to_overwrite
VENDORS: dict[str, tuple[Asked, Answered]] = {
    "aliyun-oss": OVERWRITE("x-oss-forbid-overwrite", "FileAlreadyExists"),
    "tencent-cos": OVERWRITE("x-cos-forbid-overwrite", "FileAlreadyExists"),
    "huawei-obs": OVERWRITE("x-obs-forbid-overwrite", "ObjectAlreadyExists"),
    "tianyi-zos": (vendors.knows_no_condition, plain),
    "tianyi-oos": (vendors.knows_no_condition, plain),
}


@pytest.mark.parametrize("name", kept(VENDORS, "aliyun-oss", "tianyi-oos"))
def test_a_store_as_its_documents_say_is_spoken_to_in_its_own_way(
    name: str, connection: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(leases, "SETTLE_S", 0.05)
    asked, answered = VENDORS[name]
    of = preset(name)
    if of.addressing == "virtual":
        asked = vendors.both(vendors.wants_virtual_hosts, asked)
    with proxied(connection, vendors.both(vendors.knows_no_checksum, asked), answered, signed=True) as proxy:
        endpoint = proxy.store.endpoint_shown
        if of.addressing == "virtual":
            monkeypatch.setenv("http_proxy", endpoint)  # so that any name leads there
            endpoint = "http://store.test"
        there = bucket(Connection(endpoint, "K", "S"), of)
        goes_the_whole_way(there, f"{name}/", tmp_path)
        methods = {line.split()[0] for line in (given.headers.get("Authorization", "") for given in proxy.asked)}
    assert methods == {"AWS" if of.signature == "s3" else "AWS4-HMAC-SHA256"}


def goes_the_whole_way(there: Bucket, prefix: str, folder: Path) -> None:
    """A trial, files small and large, a marker that stands, and all of it back."""
    BucketTrial(there, prefix).run()
    files = []
    for name, size in (("s.ts", 7), ("l.ts", 17 << 20)):
        content = hashlib.sha256(name.encode()).digest() * (size // 32 + 1)
        (folder / name).write_bytes(content)
        files.append(StoredFile(path=name, size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest()))
    assert upload.upload(Place(there, prefix), folder, files) == 2
    assert upload.upload(Place(there, prefix), folder, files) == 0
    upload.confirm(Place(there, prefix), files)
    assert there.put_if_absent(f"{prefix}READY.json", b"{}")
    assert there.put_if_absent(f"{prefix}READY.json", b"{}")  # our own, met again
    assert not there.put_if_absent(f"{prefix}READY.json", b"[]")
    assert there.get(f"{prefix}READY.json") == b"{}"
    (folder / "back").mkdir()
    assert len(download.download(Place(there, prefix), files, folder / "back")) == 2
    for item in files:
        assert (folder / "back" / item.path).read_bytes() == (folder / item.path).read_bytes()


def test_rclone_serves_the_pipeline_with_leases(
    other: Connection, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(leases, "SETTLE_S", 0.05)
    goes_the_whole_way(bucket(other, preset("lease")), "653200/", tmp_path)


def test_without_a_preset_rclone_is_found_by_the_trial(other: Connection) -> None:
    with pytest.raises(EnvironmentFault, match="store_condition_ignored") as told:
        BucketTrial(bucket(other, GENERIC), "653201/").run()
    assert told.value.values["advised"] == 'preset = "lease"'


def test_a_vendors_address_names_its_preset() -> None:
    assert presets.advised(GENERIC, "https://oss-cn-beijing.aliyuncs.com") == 'preset = "aliyun-oss"'
    assert presets.advised(GENERIC, "https://huabei-2.zos.ctyun.cn:443") == 'preset = "tianyi-zos"'
    assert presets.advised(GENERIC, "https://oos-xj.ctyunapi.cn") == 'preset = "tianyi-oos"'
    assert presets.advised(preset("aliyun-oss"), "https://oss-cn-beijing.aliyuncs.com") == 'create_only = "lease"'
    assert presets.advised(GENERIC, "https://10.0.0.1:9000") == 'preset = "lease"'
    said = preset("aws").model_copy(update={"create_only": CreateOnly(by="lease")})  # set beside the preset already
    assert presets.advised(said, "https://10.0.0.1:9000") == 'preset = "lease"'


@pytest.mark.parametrize("digest", ["sha256", "md5"])
def test_a_byte_that_turns_on_the_way_is_refused(digest: str, connection: Connection) -> None:
    of = GENERIC.model_copy(update={"checksums": Checksums(calculation="when_required", digest=digest)})  # type: ignore[arg-type]
    with proxied(connection, turned) as proxy:
        there = bucket(replace(connection, endpoint=proxy.store.endpoint_shown), of)
        with pytest.raises(IntegrityError, match="digest_refused"):
            there.put_request("turned/k", b"film", sha256=hashlib.sha256(b"film").hexdigest(), media_type="text/plain")
    assert bucket(connection, GENERIC).get("turned/k") is None


def turned(given: Message) -> Message | None:
    """One byte of a body is another one."""
    if given.method == "PUT" and given.body:
        given.body = bytes([given.body[0] ^ 1]) + given.body[1:]
    return None


def deaf_to_digests(given: Message) -> Message | None:
    """No digest of what is sent comes to the store."""
    given.headers = {name: value for name, value in given.headers.items() if "checksum" not in name.lower()}
    given.headers.pop("Content-MD5", None)
    return turned(given)


def test_a_store_that_checks_nothing_is_read_back(connection: Connection) -> None:
    of = GENERIC.model_copy(update={"checksums": Checksums(calculation="when_required", digest="read-back")})
    digest = hashlib.sha256(b"film").hexdigest()
    with proxied(connection, deaf_to_digests, signed=True) as proxy:
        there = bucket(replace(connection, endpoint=proxy.store.endpoint_shown), of)
        with pytest.raises(IntegrityError, match="digest_refused"):
            there.put_request("back/k", b"film", sha256=digest, media_type="text/plain")
    bucket(connection, of).put_request("back/k", b"film", sha256=digest, media_type="text/plain")
    assert bucket(connection, GENERIC).get("back/k") == b"film"


def test_of_eight_who_take_one_name_by_leases_one_wins(other: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "SETTLE_S", 0.3)
    there = bucket(other, preset("lease"))
    for round_ in range(3):
        key = f"653200/film/r{round_}.json"
        with ThreadPoolExecutor(8) as pool:
            won = list(pool.map(lambda number, key=key: there.put_if_absent(key, b"%d" % number), range(8)))
        assert sum(won) == 1
        assert there.get(key) == b"%d" % won.index(True)


def test_a_lease_lies_where_its_writer_may_put_and_no_listing_finds_it() -> None:
    name = leases.name_of("653200/film/abc/ACK-0002.json")
    assert name.startswith("653200/_lease/ACK-0002-")
    assert leases.name_of("653200/film/abc/ACK-0002.json") == name != leases.name_of("653200/other/abc/ACK-0002.json")
    assert leases.name_of("stages/inspection/k/stage.json").startswith("_lease/stage-")
    assert layout.ref_of(name) is None
    assert layout.without_media(name) == "653200/_lease/"


def test_a_lease_that_somebody_left_behind_holds_nobody_up(other: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "SETTLE_S", 0.05)
    there = bucket(other, preset("lease"))
    left = b'{"id": "of one who was killed"}'
    there.put(leases.name_of("653200/left/r1.json"), left, sha256=hashlib.sha256(left).hexdigest(), media_type="a/b")
    assert there.put_if_absent("653200/left/r1.json", b"{}")


def test_a_digest_of_a_file_is_taken_from_where_it_stands(connection: Connection, tmp_path: Path) -> None:
    from pipeline.storage.s3 import dialect

    (tmp_path / "f").write_bytes(b"xxfilm")
    with (tmp_path / "f").open("rb") as body:
        body.seek(2)
        assert dialect._md5_of(body) == hashlib.md5(b"film", usedforsecurity=False).digest()
        assert body.read() == b"film"
    assert base64.b64encode(dialect._md5_of("film")) == base64.b64encode(dialect._md5_of(b"film"))


def test_create_only_by_setting_stands_for_the_presets(tmp_path: Path) -> None:
    from pipeline.settings import Settings

    said = presets.of_settings(Settings(preset="aliyun-oss", create_only="lease"), tmp_path)
    assert (said.create_only, said.addressing) == (CreateOnly(by="lease"), "virtual")


def test_nothing_is_copied_where_the_preset_says_that_the_store_copies_nothing(
    connection: Connection, tmp_path: Path
) -> None:
    there = bucket(connection, GENERIC.model_copy(update={"copies": False}))
    content = bytes(9000)
    (tmp_path / "f.ts").write_bytes(content)
    item = StoredFile(path="f.ts", size_bytes=9000, sha256=hashlib.sha256(content).hexdigest())
    sent: list[int] = []
    for prefix in ("copies-1/", "copies-2/"):
        earlier = copying.listed([("copies-1/", [item])])
        upload.upload(Place(there, prefix), tmp_path, [item], sent.append, on_same=lambda _: None, earlier=earlier)
    assert sum(sent) == 18_000


def test_a_store_that_wants_the_second_signature_gets_it(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "SETTLE_S", 0.05)
    there = bucket(connection, preset("tianyi-oos"))
    assert there.put_if_absent("653200/oos/r1.json", b"{}")
    assert not there.put_if_absent("653200/oos/r1.json", b"[]")
    wrong = bucket(replace(connection, secret_key=connection.access_key), preset("tianyi-oos"))
    with pytest.raises(EnvironmentFault, match="store_wrong_keys"):
        wrong.get("653200/oos/r1.json")
