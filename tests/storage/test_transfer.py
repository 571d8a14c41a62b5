"""Bytes to a real S3 server and back."""

from __future__ import annotations

import hashlib
import random
import threading
from itertools import accumulate
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.errors import EnvironmentFault, IntegrityError, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage.bucket import Bucket
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Pace, Store
from pipeline.storage.transfer import download, multipart, upload
from pipeline.storage.transfer.multipart import Multipart
from tests.storage.part_sender import send_part


def made(root: Path, name: str, size: int, seed: int = 1) -> StoredFile:
    content = random.Random(seed).randbytes(size)
    path = root / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return StoredFile(path=name, size_bytes=size, sha256=hashlib.sha256(content).hexdigest())


def test_small_large_and_empty_files_go_up_and_come_back(delivery: Bucket, tmp_path: Path) -> None:
    files = [
        made(tmp_path / "up", "a/small.ts", 200_000),
        made(tmp_path / "up", "large.ts", 40_000_000, 2),
        made(tmp_path / "up", "empty.vtt", 0),
    ]
    told: list[int] = []
    assert upload.upload(Place(delivery, "t1/"), tmp_path / "up", files, told.append) == 3
    assert sum(told) == 40_200_000
    upload.confirm(Place(delivery, "t1/"), files)
    assert upload.upload(Place(delivery, "t1/"), tmp_path / "up", files) == 0
    assert download.download(Place(delivery, "t1/"), files, tmp_path / "down") == files
    for item in files:
        assert (tmp_path / "down" / item.path).read_bytes() == (tmp_path / "up" / item.path).read_bytes()
    assert download.download(Place(delivery, "t1/"), files, tmp_path / "down") == []


def test_a_file_that_changed_on_this_disk_is_not_sent(delivery: Bucket, tmp_path: Path) -> None:
    for size, name in ((1000, "s"), (20_000_000, "l")):
        item = made(tmp_path, name, size)
        (tmp_path / name).write_bytes(b"x" * size)
        with pytest.raises(IntegrityError, match="file_differs"):
            upload.upload(Place(delivery, "t2/"), tmp_path, [item])
        assert delivery.head(f"t2/{name}") is None
        assert multipart.open_uploads(delivery, f"t2/{name}") == []


def test_an_upload_broken_off_is_taken_up(delivery: Bucket, tmp_path: Path) -> None:
    item = made(tmp_path, "big.ts", 50_000_000)
    stale = multipart.begin(delivery, "t3/big.ts", sha256=item.sha256, media_type="video/mp2t")
    begun = multipart.begin(delivery, "t3/big.ts", sha256=item.sha256, media_type="video/mp2t")
    for number in (1, 2):
        send_part(begun, number, tmp_path / "big.ts", 16 << 20)
    sent: list[int] = []
    delivery.store.client(Pace.BODY).meta.events.register(
        "before-parameter-build.s3.UploadPart", lambda params, **_: sent.append(params["PartNumber"])
    )
    upload.upload(Place(delivery, "t3/"), tmp_path, [item])
    upload.confirm(Place(delivery, "t3/"), [item])
    assert multipart.open_uploads(delivery, "t3/big.ts") == []
    assert stale != begun
    assert sent == [3]  # in parts of the size that lies there


def test_a_half_fetched_file_goes_on_and_a_damaged_one_begins_anew(delivery: Bucket, tmp_path: Path) -> None:
    item = made(tmp_path / "up", "f.ts", 3_000_000)
    upload.upload(Place(delivery, "t4/"), tmp_path / "up", [item])
    content = (tmp_path / "up" / "f.ts").read_bytes()
    for half in (content[:1_000_000], b"wrong" * 1000):
        down = tmp_path / f"down{len(half)}"
        down.mkdir()
        durable.beside(down / "f.ts", "part").write_bytes(half)
        told: list[int] = []
        download.download(Place(delivery, "t4/"), [item], down, told.append)
        assert (down / "f.ts").read_bytes() == content
        assert not durable.beside(down / "f.ts", "part").exists()
        assert sum(told) == 3_000_000  # what was there counts; what was worth nothing is taken back
        assert max(accumulate(told)) <= 3_000_000 + len(half)
        assert told[0] == len(half)


def test_a_file_that_was_fetched_whole_but_not_renamed_counts_too(delivery: Bucket, tmp_path: Path) -> None:
    item = made(tmp_path / "up", "f.ts", 300_000)
    upload.upload(Place(delivery, "t8/"), tmp_path / "up", [item])
    (tmp_path / "down").mkdir()
    durable.beside(tmp_path / "down" / "f.ts", "part").write_bytes((tmp_path / "up" / "f.ts").read_bytes())
    told: list[int] = []
    for _ in range(2):
        download.download(Place(delivery, "t8/"), [item], tmp_path / "down", told.append)
    assert sum(told) == 600_000


def test_bytes_that_are_not_as_listed_never_get_the_final_name(delivery: Bucket, tmp_path: Path) -> None:
    item = made(tmp_path / "up", "f.ts", 1000)
    upload.upload(Place(delivery, "t5/"), tmp_path / "up", [item])
    lying = item.model_copy(update={"sha256": "0" * 64})
    with pytest.raises(IntegrityError, match="download_differs"):
        download.download(Place(delivery, "t5/"), [lying], tmp_path / "down")
    assert list((tmp_path / "down").iterdir()) == []
    with pytest.raises(IntegrityError, match="object_differs"):
        upload.confirm(Place(delivery, "t5/"), [lying])


def test_of_many_who_put_a_marker_one_wins(delivery: Bucket) -> None:
    won: list[int] = []

    def race(number: int) -> None:
        content = f"{number}".encode()
        if delivery.put_if_absent("t6/READY.json", content):
            won.append(number)

    threads = [threading.Thread(target=race, args=(number,)) for number in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 1
    assert delivery.get("t6/READY.json") == f"{won[0]}".encode()


def test_a_wrong_digest_is_refused_by_the_store(delivery: Bucket) -> None:
    with pytest.raises(IntegrityError):
        delivery.put("t7/x", b"abc", sha256="0" * 64, media_type="text/plain")
    assert delivery.head("t7/x") is None


def test_wrong_keys_and_a_dead_endpoint_are_environment_faults(store: Store) -> None:
    stranger = Store(Connection(store.endpoint_shown, "nobody", "wrong"), endpoint_shown="x")
    with pytest.raises(EnvironmentFault, match="store_denied"):
        Bucket(stranger, "delivery").head("t1/large.ts")
    dead = Store(Connection("http://127.0.0.1:1", "a", "b"), endpoint_shown="http://127.0.0.1:1")
    with pytest.raises(EnvironmentFault, match="store_unreachable"):
        dead.reach("delivery")
    with pytest.raises(TransferError):
        Multipart(Bucket(store, "delivery"), "t1/none", "no-such-upload").parts()


def test_a_connection_never_shows_its_secret() -> None:
    assert "S3CRET" not in repr(Connection("http://x", "A", "S3CRET"))
