"""Uploads that are broken off, dropped or crossed by another machine, on a real store."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate
from pathlib import Path

import pytest

from pipeline.children import ChildGroup
from pipeline.errors import IntegrityError, Interrupted, ShowcaseError, TransferError
from pipeline.model.inbox import Claim
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.model.storage_preset import GENERIC, Multipart, UploadLife
from pipeline.storage import layout
from pipeline.storage.bucket import Bucket
from pipeline.storage.delivery import DeliveryPlace
from pipeline.storage.inbox import InboxPlace
from pipeline.storage.network.line import Line
from pipeline.storage.network.line_memory import LineMemory
from pipeline.storage.network.patience import Patience
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Pace, Store
from pipeline.storage.transfer import copying, multipart, part_sizes, part_upload, upload
from tests.common_store import CommonStore
from tests.faults.dealing import Fault, Kind, refused
from tests.faults.line_proxy import Line as Wire
from tests.faults.line_proxy import lined
from tests.storage.part_sender import PART, send_part
from tests.storage.proxy import Message, proxied

LARGE = 12_000_000  # three parts of 5 MiB
NAME = "01.mov"


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("inbox", "delivery") as connection:
        yield connection


@pytest.fixture(scope="module")
def film(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("films") / NAME
    path.write_bytes(random.Random(5).randbytes(LARGE))
    return path


@pytest.fixture(scope="module")
def item(film: Path) -> StoredFile:
    return StoredFile(path=NAME, size_bytes=LARGE, sha256=hashlib.sha256(film.read_bytes()).hexdigest())


@dataclass
class Machine:
    """One that sends: what it was told, and what it remarked."""

    store: Store
    told: list[int] = field(default_factory=list)
    same: list[int] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.store.remark = lambda key, **_: self.remarks.append(key)

    @property
    def bucket(self) -> Bucket:
        return Bucket(self.store, "inbox")

    def send(self, film: Path, item: StoredFile, prefix: str) -> int:
        return upload.upload(
            Place(self.bucket, prefix), film.parent, [item], self.told.append, on_same=self.same.append
        )


def machine(
    connection: Connection, memory: Path | None = None, wait_s: float = 60, endpoint: str | None = None, **more: object
) -> Machine:
    kept = LineMemory(memory, "store") if memory else None
    behind = replace(connection, endpoint=endpoint or connection.endpoint, **more)  # type: ignore[arg-type]
    return Machine(Store(behind, endpoint_shown="", patience=Patience(Line(), wait_s), memory=kept))


def open_keys(connection: Connection, prefix: str) -> list[str]:
    rows = machine(connection).store.client().list_multipart_uploads(Bucket="inbox", Prefix=prefix).get("Uploads", [])
    return [row["Key"] for row in rows]


def is_whole(connection: Connection, film: Path, prefix: str) -> bool:
    return b"".join(machine(connection).bucket.stream(prefix + NAME, start=0)) == film.read_bytes()


def test_an_object_says_in_which_parts_it_was_sent(connection: Connection, film: Path, item: StoredFile) -> None:
    one = machine(connection)
    one.send(film, item, "says/")
    head = one.bucket.head(f"says/{NAME}")
    assert head is not None
    assert head.part_bytes == PART
    assert (head.checksum or head.etag).endswith("-3")
    assert copying.agrees(head, item, film)
    assert not copying.agrees(replace(head, checksum="x-3"), item, film)
    assert not copying.agrees(replace(head, checksum=None, etag=f"{'0' * 32}-3"), item, film)


def test_of_several_the_one_with_the_most_bytes_goes_on_and_none_stays(
    connection: Connection, film: Path, item: StoredFile
) -> None:
    one = machine(connection)
    for parts in ((), (2,), (1, 3), (3,)):
        begun = multipart.begin(one.bucket, f"several/{NAME}", sha256=item.sha256, media_type="video/quicktime")
        for number in parts:
            send_part(begun, number, film)
    assert one.send(film, item, "several/") == 1
    assert sum(one.same) == LARGE - PART  # the first and the last one
    assert sum(one.told) == PART
    assert open_keys(connection, "several/") == []
    assert is_whole(connection, film, "several/")


def test_parts_that_are_not_the_files_are_sent_again(connection: Connection, film: Path, item: StoredFile) -> None:
    one, other = machine(connection), film.with_name("other.mov")
    other.write_bytes(film.read_bytes()[::-1])
    begun = multipart.begin(one.bucket, f"others/{NAME}", sha256=item.sha256, media_type="video/quicktime")
    send_part(begun, 1, other)
    send_part(begun, 2, film)
    one.send(film, item, "others/")
    assert sum(one.same) == PART
    assert is_whole(connection, film, "others/")


def test_a_line_that_is_cut_costs_one_part(connection: Connection, film: Path, item: StoredFile) -> None:
    with lined(
        connection.endpoint or "", Wire(), [Fault(Kind.CUT_REQUEST, asked="partNumber=2", at=3_000_000)]
    ) as wire:
        one = machine(connection, endpoint=wire.endpoint)
        began = time.monotonic()
        one.send(film, item, "cut/")
        assert time.monotonic() - began < 10
        assert wire.counts.asked["PUT"] == 4
    assert is_whole(connection, film, "cut/")
    assert sum(one.told) == LARGE
    assert 0 < -sum(more for more in one.told if more < 0) <= PART


@pytest.mark.parametrize(
    "fault",
    [
        pytest.param(refused("SlowDown", 503), marks=pytest.mark.acceptance),
        pytest.param(refused("InternalError", 500), marks=pytest.mark.acceptance),
        pytest.param(Fault(Kind.LOSE_ANSWER, asked="partNumber=1"), marks=pytest.mark.acceptance),
        Fault(Kind.FLIP_REQUEST, asked="partNumber=3"),
        Fault(Kind.LOSE_ANSWER, asked="POST .*uploadId"),
        pytest.param(Fault(Kind.DOUBLE_REQUEST, asked="POST .*uploadId"), marks=pytest.mark.acceptance),
    ],
    ids=lambda fault: f"{fault.kind}-{fault.asked or fault.code}",
)
def test_one_fault_of_a_line_or_store_is_mended(
    fault: Fault, connection: Connection, film: Path, item: StoredFile
) -> None:
    prefix = f"fault-{abs(hash(str(fault)))}/"
    with lined(connection.endpoint or "", Wire(), [fault]) as wire:
        one = machine(connection, endpoint=wire.endpoint)
        assert one.send(film, item, prefix) == 1
        assert sum(wire.dealt.values()) == 1
    assert is_whole(connection, film, prefix)
    assert open_keys(connection, prefix) == []


@pytest.mark.parametrize("turns", [1, pytest.param(10, marks=pytest.mark.acceptance)])
def test_two_machines_that_send_the_same_both_end_well(
    turns: int, connection: Connection, film: Path, item: StoredFile
) -> None:
    for turn in range(turns):
        machines = [machine(connection), machine(connection)]
        faults: list[BaseException] = []

        def send(one: Machine, prefix: str = f"two-{turns}-{turn}/", faults: list[BaseException] = faults) -> None:
            try:
                one.send(film, item, prefix)
            except BaseException as fault:  # noqa: BLE001 - told below
                faults.append(fault)

        threads = [threading.Thread(target=send, args=(one,)) for one in machines]
        for number, thread in enumerate(threads):
            thread.start()
            time.sleep(0.03 * turn * (number + 1))
        for thread in threads:
            thread.join()
        assert faults == []
        for one in machines:
            assert sum(one.told) + sum(one.same) == LARGE
            assert one.remarks == []
        assert open_keys(connection, f"two-{turns}-{turn}/") == []
        assert is_whole(connection, film, f"two-{turns}-{turn}/")


def test_two_that_send_in_other_parts_both_end_well(connection: Connection, film: Path, item: StoredFile) -> None:
    slow, fast = machine(connection), machine(connection)
    fast.store.patience.line = Line(None, 1e9)  # whole in one part
    done = threading.Event()

    def send_beside(more: int) -> None:
        if more > 0 and not done.is_set():
            done.set()
            fast.send(film, item, "crossed/")

    upload.upload(Place(slow.bucket, "crossed/"), film.parent, [item], send_beside)
    assert open_keys(connection, "crossed/") == []
    assert is_whole(connection, film, "crossed/")
    assert slow.remarks == fast.remarks == []


def test_an_upload_that_is_dropped_under_way_begins_anew_and_says_so(
    connection: Connection, film: Path, item: StoredFile
) -> None:
    one = machine(connection)
    dropped = threading.Event()

    def drop(more: int) -> None:
        one.told.append(more)
        if more > 0 and not dropped.is_set():
            dropped.set()
            for other in multipart.open_uploads(one.bucket, f"dropped/{NAME}") or ():
                other.upload.abort()

    assert upload.upload(Place(one.bucket, "dropped/"), film.parent, [item], drop) == 1
    assert one.remarks == ["upload_gone"]
    assert sum(one.told) == LARGE
    assert is_whole(connection, film, "dropped/")
    assert open_keys(connection, "dropped/") == []


def broken_off(
    connection: Connection, film: Path, item: StoredFile, prefix: str, memory: Path, **more: object
) -> Machine:
    """A machine whose line goes for good within the third part."""
    with lined(connection.endpoint or "", Wire(), [Fault(Kind.CUT_REQUEST, "partNumber=3", first=None)]) as wire:
        one = machine(connection, memory, 0, wire.endpoint, **more)
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(part_upload, "AT_ONCE", 1)  # in order: the third one is tried when the second is there
            with pytest.raises(TransferError) as caught:
                one.send(film, item, prefix)
    one.fault = caught.value  # type: ignore[attr-defined]
    return one


def fault_of(one: Machine) -> ShowcaseError:
    return one.fault  # type: ignore[attr-defined,no-any-return]


def test_what_was_dropped_since_yesterday_begins_anew_and_says_so(
    connection: Connection, film: Path, item: StoredFile, tmp_path: Path
) -> None:
    broken_off(connection, film, item, "since/", tmp_path)
    for other in multipart.open_uploads(machine(connection).bucket, f"since/{NAME}") or ():
        other.upload.abort()
    again = machine(connection, tmp_path)
    again.send(film, item, "since/")
    assert again.remarks == ["upload_gone"]
    assert is_whole(connection, film, "since/")
    assert LineMemory(tmp_path, "store").upload("inbox", f"since/{NAME}", item) is None


def test_where_uploads_may_not_be_listed_the_one_that_is_remembered_goes_on(
    connection: Connection, film: Path, item: StoredFile, tmp_path: Path
) -> None:
    def unlisted(given: Message) -> Message | None:
        return given.refused(403, "AccessDenied") if given.method == "GET" and "?uploads" in given.path else None

    broken_off(connection, film, item, "unlisted/", tmp_path)
    with proxied(connection, unlisted) as proxy:
        again = machine(connection, tmp_path, endpoint=proxy.store.endpoint_shown)
        again.send(film, item, "unlisted/")
    assert sum(again.same) == 2 * PART
    assert is_whole(connection, film, "unlisted/")
    assert open_keys(connection, "unlisted/") == []


@pytest.mark.parametrize(
    ("life", "key"),
    [
        (None, "upload_stays"),
        pytest.param(UploadLife(hours=24), "upload_until", marks=pytest.mark.acceptance),
        (UploadLife(hours=24, counted="newest-part"), "upload_until"),
    ],
)
def test_what_is_given_up_says_how_much_is_there_and_until_when(
    life: UploadLife | None, key: str, connection: Connection, film: Path, item: StoredFile, tmp_path: Path
) -> None:
    of = GENERIC.model_copy(update={"multipart": Multipart(life=life)})
    error = fault_of(broken_off(connection, film, item, f"{key}-{life and life.counted}/", tmp_path, preset=of))
    assert isinstance(error, TransferError)
    assert (error.key, error.exit_code) == (key, 5)
    assert (error.values["there"], error.values["size"], error.values["percent"]) == ("10.5 MB", "12.0 MB", 87)
    if life:
        until = datetime.strptime(str(error.values["until"]), "%Y-%m-%d %H:%M").replace(tzinfo=UTC)
        expected = datetime.now(UTC) + timedelta(hours=24 + 8)  # in China's time
        assert abs(until - expected) < timedelta(minutes=3)


def test_a_file_that_changes_under_way_is_told_and_nothing_stays(connection: Connection, tmp_path: Path) -> None:
    path = tmp_path / NAME
    content = random.Random(6).randbytes(LARGE)
    path.write_bytes(content)
    item = StoredFile(path=NAME, size_bytes=LARGE, sha256=hashlib.sha256(content).hexdigest())
    for name, position in (("behind", LARGE - 10), ("before", 10)):
        path.write_bytes(content)
        changed = threading.Event()

        def change(more: int, position: int = position, changed: threading.Event = changed) -> None:
            if more > 0 and not changed.is_set():
                changed.set()
                with path.open("r+b") as file:
                    file.seek(position)
                    file.write(b"changed")

        one = machine(connection)
        with pytest.raises(IntegrityError, match="file_differs"):
            upload.upload(Place(one.bucket, f"{name}/"), tmp_path, [item], change)
        assert one.bucket.head(f"{name}/{NAME}") is None
        assert open_keys(connection, f"{name}/") == []


def test_a_stretch_that_changes_between_hash_and_line_is_not_sent_for_ever(
    connection: Connection, tmp_path: Path
) -> None:
    path = tmp_path / NAME
    content = random.Random(7).randbytes(LARGE)
    path.write_bytes(content)
    item = StoredFile(path=NAME, size_bytes=LARGE, sha256=hashlib.sha256(content).hexdigest())
    one = machine(connection)

    def changes(**_: object) -> None:
        with path.open("r+b") as file:
            file.seek(PART - 100)
            file.write(b"changed")

    one.store.client(Pace.BODY).meta.events.register_last("before-send.s3.UploadPart", changes)
    began = time.monotonic()
    with pytest.raises(IntegrityError, match="file_differs"):
        one.send(path, item, "stretch/")
    assert time.monotonic() - began < 15


@pytest.mark.parametrize("in_group", [True, False])
def test_ctrl_c_holds_nobody_on_a_line_that_is_silent(
    in_group: bool, connection: Connection, film: Path, item: StoredFile
) -> None:
    with lined(connection.endpoint or "", Wire(up=1e6, down=1e6)) as wire:
        one = machine(connection, endpoint=wire.endpoint)
        stopped_at: list[float] = []

        def stop(group: ChildGroup) -> None:
            wire.hold()
            time.sleep(0.3)
            stopped_at.append(time.monotonic())
            group.kill()

        def interrupt(more: int) -> None:
            if more == 0 and stopped_at:
                raise KeyboardInterrupt

        with ChildGroup() as group:
            timer = threading.Timer(1.5, stop, [group if in_group else ChildGroup()])
            timer.start()
            with pytest.raises((Interrupted, KeyboardInterrupt)):
                upload.upload(
                    Place(one.bucket, f"ended-{in_group}/"),
                    film.parent,
                    [item],
                    one.told.append if in_group else interrupt,
                )
            assert time.monotonic() - stopped_at[0] < 2


@pytest.mark.acceptance
def test_a_line_that_carries_no_large_part_gets_the_smallest(
    connection: Connection, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A line that was fast yesterday: what it carries between two cuts is less than the parts that it was good for."""
    path = tmp_path / NAME
    path.write_bytes(random.Random(8).randbytes(21 << 20))
    item = StoredFile(path=NAME, size_bytes=21 << 20, sha256=hashlib.sha256(path.read_bytes()).hexdigest())
    with lined(
        connection.endpoint or "", Wire(up=16e6), [Fault(Kind.CUT_REQUEST, "partNumber=", first=5, at=9 << 20)]
    ) as wire:
        one = machine(connection, endpoint=wire.endpoint)
        one.store.patience.line = Line(None, 1e9)
        monkeypatch.setattr(part_sizes, "MOST_BYTES", 10 << 20)
        monkeypatch.setattr(part_sizes, "LEAST_PARTS", 2)
        one.send(path, item, "smaller/")
    assert one.remarks == ["upload_smaller_parts"]
    assert is_whole(connection, path, "smaller/")
    assert open_keys(connection, "smaller/") == []


def test_progress_never_counts_more_than_there_is(connection: Connection, film: Path, item: StoredFile) -> None:
    faults = [Fault(Kind.CUT_REQUEST, f"partNumber={number}", at=4_000_000) for number in (1, 2, 3)]
    with lined(connection.endpoint or "", Wire(), faults) as wire:
        one = machine(connection, endpoint=wire.endpoint)
        one.send(film, item, "counted/")
    assert max(accumulate(one.told)) == sum(one.told) == LARGE


def test_the_same_content_has_one_revision_whoever_claims_it(connection: Connection) -> None:
    one = machine(connection)
    ref = SubmissionRef("653200", "film")
    place = InboxPlace(one.bucket, ref)
    numbers: list[int] = []
    threads = [threading.Thread(target=lambda: numbers.append(place.claim("a" * 64))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert numbers == [1, 1, 1, 1]
    key = layout.submission_prefix(ref) + layout.claim_name(2)
    older = Claim(content_sha256="b" * 64).to_json().encode()  # the same content in other bytes
    seen: list[str] = []

    def meanwhile(given: Message) -> Message | None:
        if given.method == "PUT" and given.path.endswith("/r2.json") and not seen:
            seen.append(given.path)
            one.bucket.put_if_absent(key, older)
        return None

    with proxied(connection, meanwhile) as proxy:
        assert InboxPlace(Bucket(proxy.store, "inbox"), ref).claim("b" * 64) == 2
    delivered = DeliveryPlace(Bucket(one.store, "delivery"), ref)
    found: list[int] = []
    threads = [threading.Thread(target=lambda: found.append(delivered.next_revision("p1"))) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert found == [1, 1, 1]
