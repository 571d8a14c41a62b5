"""Files from a store whose line, or whose way with ranges, is not what one would wish."""

from __future__ import annotations

import hashlib
import random
import threading
import time
from collections.abc import Callable
from itertools import accumulate
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.children import ChildGroup
from pipeline.errors import EnvironmentFault, IntegrityError, Interrupted, TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage.bucket import Bucket
from pipeline.storage.network.line import Line
from pipeline.storage.network.patience import Patience
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import download, fetching
from tests.faults.dealing import Fault, Kind
from tests.faults.line_proxy import LineProxy, lined
from tests.storage.proxy import Message, proxied, without

LARGE = 40_000_000  # three ranges
GET = "^GET "


def put(delivery: Bucket, name: str, size: int) -> tuple[StoredFile, bytes]:
    content = random.Random(name).randbytes(size)
    sha256 = hashlib.sha256(content).hexdigest()
    delivery.put(name, content, sha256=sha256, media_type="video/mp2t")
    return StoredFile(path=name, size_bytes=size, sha256=sha256), content


def through(delivery: Bucket, endpoint: str, wait_s: float = 10) -> Place:
    """The bucket by another address."""
    given = delivery.store._connection
    there = Connection(endpoint, given.access_key, given.secret_key)
    patience = Patience(Line(), wait_s)
    patience.has_answered = True
    return Place(Bucket(Store(there, endpoint_shown=endpoint, patience=patience), "delivery"), "")


@pytest.mark.parametrize(
    ("fault", "size"),
    [
        (Fault(Kind.CUT_ANSWER, GET, at=3_000_000), LARGE),
        (Fault(Kind.CUT_ANSWER, GET, at=100_000), 200_000),
        (Fault(Kind.END_ANSWER, GET, at=3_000_000), LARGE),
        (Fault(Kind.SHORTEN_ANSWER, GET, at=3_000_000), LARGE),
        (Fault(Kind.CUT_CONNECT), LARGE),
        (Fault(Kind.REFUSE, GET, code="SlowDown", status=503), LARGE),
    ],
)
def test_what_broke_goes_on_from_the_byte_where_it_did(
    delivery: Bucket, tmp_path: Path, fault: Fault, size: int
) -> None:
    item, content = put(delivery, f"broken-{fault.kind}-{size}", size)
    told: list[int] = []
    with lined(delivery.store.endpoint_shown, faults=[fault]) as proxy:
        download.download(through(delivery, proxy.endpoint), [item], tmp_path, told.append)
        assert proxy.dealt
        # a reset takes with it what lies in the system's buffers, all of a fast line's; a shortened answer is read on
        lost = {Kind.CUT_ANSWER: fault.at or 0, Kind.SHORTEN_ANSWER: fetching.RANGE_BYTES}.get(fault.kind, 0)
        assert proxy.counts.down < size + lost + 300_000
    assert (tmp_path / item.path).read_bytes() == content
    assert min(told) >= 0  # 0 is that none came meanwhile
    assert sum(told) == size


def test_a_wrong_byte_has_the_file_fetched_once_more(delivery: Bucket, tmp_path: Path) -> None:
    item, content = put(delivery, "flipped", LARGE)
    told: list[int] = []
    with lined(delivery.store.endpoint_shown, faults=[Fault(Kind.FLIP_ANSWER, GET)]) as proxy:
        download.download(through(delivery, proxy.endpoint), [item], tmp_path, told.append)
    assert (tmp_path / item.path).read_bytes() == content
    assert [count for count in told if count < 0] == [-LARGE]
    assert sum(told) == LARGE


def test_bytes_that_are_always_wrong_leave_nothing_and_say_so(delivery: Bucket, tmp_path: Path) -> None:
    item, _ = put(delivery, "always-flipped", 300_000)
    with lined(delivery.store.endpoint_shown, faults=[Fault(Kind.FLIP_ANSWER, GET, first=None)]) as proxy:
        with pytest.raises(IntegrityError, match="download_differs"):
            download.download(through(delivery, proxy.endpoint), [item], tmp_path)
        assert proxy.dealt["flip-answer"] == 2
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("size", [150_000, LARGE])
@pytest.mark.parametrize("other", [-1000, 1000])
def test_an_object_of_another_length_is_not_fetched_to_its_end(
    delivery: Bucket, tmp_path: Path, size: int, other: int
) -> None:
    item, _ = put(delivery, f"length-{size}-{other}", size)
    listed = item.model_copy(update={"size_bytes": size + other})
    told: list[int] = []
    with pytest.raises(IntegrityError, match="download_differs"):
        download.download(Place(delivery, ""), [listed], tmp_path, told.append)
    assert sum(told) == 0


def unmarked(answer: Message) -> Message:
    """As `rclone serve s3`: the right bytes, and 200."""
    answer.status = 200
    answer.headers = without(answer.headers, "content-range")
    return answer


def test_right_bytes_that_are_not_called_a_range_are_taken(delivery: Bucket, tmp_path: Path) -> None:
    item, content = put(delivery, "unmarked", LARGE)
    with proxied(delivery.store._connection, answered=unmarked) as proxy:
        download.download(Place(Bucket(proxy.store, "delivery"), ""), [item], tmp_path)
    assert (tmp_path / item.path).read_bytes() == content


@pytest.mark.parametrize("begun", [0, 5_000_000])
def test_a_store_that_knows_no_ranges_is_read_from_its_beginning_to_its_end(
    delivery: Bucket, tmp_path: Path, begun: int
) -> None:
    item, content = put(delivery, f"whole-{begun}", LARGE)
    durable.beside(tmp_path / item.path, "part").write_bytes(content[:begun])
    whole = Message("GET", "", {"Content-Type": "video/mp2t", "ETag": '"1"'}, 200, content)
    told: list[int] = []
    with proxied(delivery.store._connection, asked=lambda _: whole) as proxy:
        download.download(Place(Bucket(proxy.store, "delivery"), ""), [item], tmp_path, told.append)
        assert len([given for given in proxy.asked if given.method == "GET"]) == 1
    assert (tmp_path / item.path).read_bytes() == content
    assert sum(told) == LARGE


@pytest.mark.parametrize(("begun", "is_alive"), [(5_000_000, False), (1_000_000, True)])
def test_bytes_that_were_here_before_are_no_sign_of_life(
    delivery: Bucket, tmp_path: Path, begun: int, is_alive: bool
) -> None:
    """Of a store that knows no ranges, on a line that is cut before, or after, what is new."""
    item, content = put(delivery, f"skipped-{begun}", LARGE)
    part = durable.beside(tmp_path / item.path, "part")
    part.write_bytes(content[:begun])
    whole = Message("GET", "", {"Content-Type": "video/mp2t", "ETag": '"1"'}, 200, content)
    cut = Fault(Kind.END_ANSWER, GET, at=3_000_000, first=None)
    with (
        proxied(delivery.store._connection, asked=lambda _: whole) as store,
        lined(store.store.endpoint_shown, faults=[cut]) as proxy,
    ):
        place = through(delivery, proxy.endpoint, wait_s=1.5)
        began = time.monotonic()
        with pytest.raises(TransferError) as fault:
            download.download(place, [item], tmp_path)
        assert time.monotonic() - began < 10
        assert fault.value.key == "download_stays"
        assert proxy.dealt["end-answer"] >= 2
        assert (place.bucket.store.line.carried > 0) == is_alive
    assert part.stat().st_size == max(begun, 3_000_000)


def shifted(answer: Message) -> Message:
    names = {name: value for name, value in answer.headers.items() if name.lower() == "content-range"}
    for name in names:
        answer.headers[name] = f"bytes 7-{6 + len(answer.body)}/{LARGE}"
    return answer


def test_another_range_than_was_asked_for_is_an_error(delivery: Bucket, tmp_path: Path) -> None:
    item, _ = put(delivery, "shifted", LARGE)
    with proxied(delivery.store._connection, answered=shifted) as proxy, pytest.raises(IntegrityError) as fault:
        download.download(Place(Bucket(proxy.store, "delivery"), ""), [item], tmp_path)
    assert fault.value.key == "range_differs"


@pytest.mark.parametrize("heeds", [True, False])
def test_an_object_that_is_replaced_meanwhile_is_told(delivery: Bucket, tmp_path: Path, heeds: bool) -> None:
    """Also by a store that does not heed If-Match: the ETags differ."""
    item, content = put(delivery, f"replaced-{heeds}", LARGE)
    other = random.Random(7).randbytes(LARGE)
    gets: list[str] = []

    def asked(given: Message) -> Message | None:
        if given.method == "GET":
            gets.append(given.path)
            if len(gets) == 2:
                delivery.put(item.path, other, sha256=hashlib.sha256(other).hexdigest(), media_type="a/b")
            if not heeds and len(gets) > 1:
                start, stop = (int(text) for text in given.headers["Range"].removeprefix("bytes=").split("-"))
                headers = {"Content-Range": f"bytes {start}-{stop}/{LARGE}", "ETag": '"another"'}
                return Message("GET", given.path, headers, 206, other[start : stop + 1])
        return None

    with (
        proxied(delivery.store._connection, asked=asked) as proxy,
        pytest.raises(IntegrityError, match="object_replaced"),
    ):
        download.download(Place(Bucket(proxy.store, "delivery"), ""), [item], tmp_path)
    there = durable.beside(tmp_path / item.path, "part").read_bytes()
    assert content.startswith(there)


def stopping_after(count: int) -> Callable[[int], None]:
    told: list[int] = []

    def tell(more: int) -> None:
        told.append(more)
        if sum(told) > count:
            raise Interrupted("interrupted")

    return tell


def settled(proxy: LineProxy) -> int:
    """The bytes that came down, once those of who was ended have stopped coming."""
    seen = -1
    while seen != proxy.counts.down:
        seen = proxy.counts.down
        time.sleep(0.3)
    return seen


def test_what_is_left_is_always_the_beginning_and_the_next_run_goes_on_there(delivery: Bucket, tmp_path: Path) -> None:
    item, content = put(delivery, "left", LARGE)
    part = durable.beside(tmp_path / item.path, "part")
    with lined(delivery.store.endpoint_shown) as proxy:
        place = through(delivery, proxy.endpoint)
        for most in (3_000_000, 14_000_000):
            with pytest.raises(Interrupted):
                download.download(place, [item], tmp_path, stopping_after(most))
            assert content.startswith(part.read_bytes())
        kept = part.stat().st_size
        assert kept > 0
        before, told, same = settled(proxy), [], []
        download.download(place, [item], tmp_path, told.append, on_same=same.append)
        assert proxy.counts.down - before < LARGE - kept + 50_000
    assert (tmp_path / item.path).read_bytes() == content
    assert (sum(same), max(accumulate(told))) == (kept, LARGE - kept)  # what lay here did not come over the line
    assert not part.exists()


def test_who_is_ended_at_the_first_byte_loses_none_of_an_earlier_run(delivery: Bucket, tmp_path: Path) -> None:
    item, content = put(delivery, "kept", LARGE)
    part = durable.beside(tmp_path / item.path, "part")
    part.write_bytes(content[:5_000_000])
    group = ChildGroup()
    group.kill()
    with group, pytest.raises(Interrupted):
        download.download(Place(delivery, ""), [item], tmp_path)
    assert part.stat().st_size == 5_000_000


@pytest.mark.parametrize("fault", [Fault(Kind.STALL_ANSWER, GET, first=None), Fault(Kind.STALL_CONNECT, first=None)])
def test_a_line_that_stands_still_holds_nobody_who_ends_it(delivery: Bucket, tmp_path: Path, fault: Fault) -> None:
    item, _ = put(delivery, f"still-{fault.kind}", LARGE)
    group = ChildGroup()
    with lined(delivery.store.endpoint_shown, faults=[fault]) as proxy:
        place = through(delivery, proxy.endpoint)
        threading.Timer(1.0, group.kill).start()
        began = time.monotonic()
        with group, pytest.raises(Interrupted):
            download.download(place, [item], tmp_path)
        assert time.monotonic() - began < 3.0


def test_a_line_that_stays_away_ends_as_what_it_is(delivery: Bucket, tmp_path: Path) -> None:
    item, content = put(delivery, "away", 300_000)
    cuts = [Fault(Kind.CUT_ANSWER, GET), Fault(Kind.CUT_ANSWER, GET, first=None, at=0)]
    with lined(delivery.store.endpoint_shown, faults=cuts) as proxy:
        place = through(delivery, proxy.endpoint, wait_s=1.0)
        with pytest.raises(TransferError) as fault:
            download.download(place, [item], tmp_path)
        assert fault.value.key == "download_stays"
        kept = durable.beside(tmp_path / item.path, "part").stat().st_size  # what was on the line is lost with it
        assert 0 < kept < 300_000
        assert (fault.value.values["percent"], fault.value.values["size"]) == (kept * 100 // 300_000, "300.0 kB")
        proxy.deal()
        download.download(place, [item], tmp_path)
    assert (tmp_path / item.path).read_bytes() == content


def test_a_disk_that_is_too_small_is_said_before_anything_is_fetched(delivery: Bucket, tmp_path: Path) -> None:
    small, _ = put(delivery, "small", 1000)
    told: list[int] = []
    huge = StoredFile(path="huge", size_bytes=10**16, sha256="0" * 64)
    with pytest.raises(EnvironmentFault, match="fetch_no_room") as fault:
        download.download(Place(delivery, ""), [small, huge], tmp_path, told.append)
    assert fault.value.values["needed_mb"] == 10_000_000_001
    assert told == []
    assert list(tmp_path.iterdir()) == []


def test_many_files_come_side_by_side_and_the_same_name_once(delivery: Bucket, tmp_path: Path) -> None:
    made = [put(delivery, f"many/{number}", 1000 + number) for number in range(30)]
    files = [item for item, _ in made]
    told: list[int] = []
    assert download.download(Place(delivery, ""), [*files, files[0]], tmp_path, told.append) == files
    assert sum(told) == sum(item.size_bytes for item in files)
    for item, content in made:
        assert (tmp_path / item.path).read_bytes() == content


def test_an_object_that_is_not_there_is_missing(delivery: Bucket, tmp_path: Path) -> None:
    nothing = StoredFile(path="nothing", size_bytes=5, sha256="0" * 64)
    with pytest.raises(TransferError) as fault:
        download.download(Place(delivery, ""), [nothing], tmp_path)
    assert fault.value.detail == "NoSuchKey"
