"""Notices over real HTTP into a real store: none lost, none twice, none of others, however callers behave."""

from __future__ import annotations

import base64
import json
import socket
import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_network
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault, InputError
from pipeline.exchange.c2 import door, http_request, listener, soap
from pipeline.exchange.c2.door import Door
from pipeline.exchange.c2.http_request import NoHttpAnswer, Request
from pipeline.exchange.c2.journal import Notice, NoticeJournal
from pipeline.exchange.c2.order_book import OrderBook, remember
from pipeline.exchange.c2.reception import Reception
from pipeline.exchange.c2.settling import Settlement
from pipeline.model.c2_records import How, OrderState, ReplyFile
from pipeline.model.c2_wire import Operation, ResultNotify
from pipeline.passwords import Login
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from tests.exchange.c2.conftest import CSP, LSP, listening, put_order

REPLY = """<?xml version="1.0" encoding="UTF-8"?><ADI><Objects>
<Object ElementType="Program" ID="P1" Code="P1" Action="REGIST"><Property Name="Result">0</Property></Object>
<Object ElementType="Movie" ID="M1" Code="M1" Action="REGIST"><Property Name="Result">1</Property>
<Property Name="ErrorDescription">ftp://u:geheim@h/a.ts 下载失败</Property></Object>
<Object ElementType="Movie" ID="X" Code="X" Action="REGIST"><Property Name="Result">1</Property></Object></Objects>
<Reply><Result>1</Result><Description>部分成功</Description></Reply></ADI>"""

EVERYWHERE = "0.0.0.0"  # noqa: S104 - it is refused


def notice(correlate_id: str, cmd: int = 0, file: str | None = None, csp: str = CSP) -> bytes:
    return soap.written(
        ResultNotify(csp_id=csp, lsp_id=LSP, correlate_id=correlate_id, cmd_result=cmd, result_file_url=file)
    )


def post(url: str, body: bytes, **headers: str) -> tuple[int, bytes]:
    named = {"Content-Type": "text/xml", "SOAPAction": '""', **headers}
    answer = http_request.sent(Request(url, "POST", body, named, deadline_s=30))
    return answer.status, answer.body


def told(url: str, body: bytes) -> int:
    status, content = post(url, body)
    assert status == 200, content
    return soap.read_answer(content, Operation.RESULT_NOTIFY).message.result


def until(holds: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.05)


@pytest.fixture
def files(tmp_path: Path) -> object:
    """A host of answer files; `/away` leads to another host, `/loop` to itself."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            away = {"/away": "http://192.0.2.1/r.xml", "/loop": "/loop", "/here": "/r.xml"}.get(self.path)
            content = b"x" * (6 << 20) if self.path == "/large" else REPLY.encode()
            self.send_response(302 if away else 404 if self.path == "/none" else 200)
            if away:
                self.send_header("Location", away)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        def log_message(self, *_: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,))
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_a_notice_becomes_a_result_with_what_failed(buckets: Buckets, tmp_path: Path, files: str) -> None:
    place = put_order(buckets)
    with listening(buckets, tmp_path) as here:
        assert told(here.url, notice(place.correlate_id, file=f"{files}/here")) == 0
        until(lambda: here.told)
        assert told(here.url, notice(place.correlate_id, cmd=-1)) == 0  # repeated: taken, and nothing new
        assert here.told[0].settlement is Settlement.STORED
    known = place.known()
    assert known
    assert known.result
    assert (known.result.state, known.result.how, known.result.file) == (
        OrderState.PARTLY,
        How.NOTICE,
        ReplyFile.READ,
    )
    assert [(item.code, item.result, item.description) for item in known.result.failed] == [
        ("M1", 1, "ftp://***@h/a.ts 下载失败")  # X is none of this order's
    ]
    lines = (tmp_path / "notices.jsonl").read_text().splitlines()
    assert [json.loads(line)["kind"] for line in lines] == ["notice", "settled"]


@pytest.mark.parametrize(
    ("path", "why"),
    [("/large", "large"), ("/away", "host"), ("http://192.0.2.9/r.xml", "host"), ("file:///r", "address")],
)
def test_a_file_that_may_not_be_read_is_told_and_the_notice_counts(
    buckets: Buckets, tmp_path: Path, files: str, path: str, why: str
) -> None:
    place = put_order(buckets)
    with listening(buckets, tmp_path) as here:
        assert told(here.url, notice(place.correlate_id, file=f"{files}{path}" if path[0] == "/" else path)) == 0
        until(lambda: here.told)
    known = place.known()
    assert known
    assert known.result
    assert (known.result.state, known.result.file, known.result.why_unread) == (
        OrderState.INGESTED,
        ReplyFile.UNREAD,
        why,
    )


def test_a_notice_of_no_order_or_of_another_csp_is_not_taken(buckets: Buckets, tmp_path: Path) -> None:
    place = put_order(buckets)
    with listening(buckets, tmp_path) as here:
        assert told(here.url, notice("f" * 32)) == -1
        assert told(here.url, notice("no-hex-at-all")) == -1
        assert told(here.url, notice(place.correlate_id, csp="OTHER")) == -1
        assert told(here.url, notice(place.correlate_id)) == 0
        assert told(here.url, notice(place.correlate_id, csp="OTHER")) == -1
        until(lambda: here.told)
    assert len((tmp_path / "notices.jsonl").read_text().splitlines()) == 2


def test_two_hundred_notices_at_once_are_all_in_the_store(buckets: Buckets, tmp_path: Path) -> None:
    with ThreadPoolExecutor(16) as pool:
        places = list(pool.map(lambda number: put_order(buckets, f"film-{number}", number), range(200)))
    with listening(buckets, tmp_path) as here, ThreadPoolExecutor(200) as pool:
        before = time.monotonic()
        results = list(pool.map(lambda place: told(here.url, notice(place.correlate_id)), places))
        took = time.monotonic() - before
        assert results == [0] * 200
        until(lambda: len(here.told) == 200, 60)
    assert all(place.place.has("RESULT.json") for place in places)
    assert took < 30


def test_what_was_answered_before_a_crash_is_stored_at_the_next_start(buckets: Buckets, tmp_path: Path) -> None:
    place = put_order(buckets)
    journal = NoticeJournal(tmp_path / "notices.jsonl")
    reception = Reception(journal, OrderBook(buckets, tmp_path / "orders.jsonl"), CSP)
    assert reception.answer(notice(place.correlate_id, cmd=-1)).result == 0  # and the process ends here
    with (tmp_path / "notices.jsonl").open("ab") as torn:
        torn.write(b'{"kind": "noti')
    with listening(buckets, tmp_path) as here:
        until(lambda: here.told)
    known = place.known()
    assert known
    assert known.result
    assert known.result.state is OrderState.FAILED
    assert NoticeJournal(tmp_path / "notices.jsonl").waiting() == []


def test_while_the_store_is_away_our_notices_are_taken_and_sorted_out_later(
    buckets: Buckets, tmp_path: Path, store: Store
) -> None:
    place = put_order(buckets)

    class Away:
        """A book whose store does not answer at first."""

        is_away = True

        def find(self, correlate_id: str) -> object:
            if self.is_away:
                raise EnvironmentFault("store_unreachable", where="x")
            return OrderBook(buckets, tmp_path / "none").find(correlate_id)

    journal, book = NoticeJournal(tmp_path / "notices.jsonl"), Away()
    reception = Reception(journal, book, CSP)  # type: ignore[arg-type]  # all that it is asked
    assert reception.answer(notice(place.correlate_id)).result == 0
    assert reception.answer(notice("f" * 32)).result == 0
    assert reception.answer(notice("e" * 32, csp="OTHER")).result == -1
    with listening(buckets, tmp_path) as here:
        until(lambda: len(here.told) == 2)
    assert {item.settlement for item in here.told} == {Settlement.STORED, Settlement.NOT_OURS}
    after = NoticeJournal(tmp_path / "notices.jsonl")
    assert after.waiting() == []
    assert not after.knows(ResultNotify(csp_id=CSP, lsp_id=LSP, correlate_id="f" * 32, cmd_result=0))


def test_the_journal_holds_a_login_only_while_the_file_is_to_be_fetched_with_it(
    buckets: Buckets, tmp_path: Path
) -> None:
    place = put_order(buckets)
    journal = NoticeJournal(tmp_path / "notices.jsonl")
    reception = Reception(journal, OrderBook(buckets, tmp_path / "orders.jsonl"), CSP)
    address = "ftp://wir:geheim@127.0.0.1:1/r.xml?X-Amz-Signature=geheim"
    assert reception.answer(notice(place.correlate_id, file=address)).result == 0
    path = tmp_path / "notices.jsonl"
    assert "geheim" not in repr(journal.waiting())
    for there in (journal, NoticeJournal(path)):  # and after a crash
        assert there.waiting()[0].result_file == address
    assert path.stat().st_mode & 0o077 == 0
    journal.settle(journal.waiting()[0], datetime.now(UTC))
    text = path.read_text()
    assert "ftp://127.0.0.1:1/r.xml" in text
    assert "geheim" not in text
    assert len(text.splitlines()) == 2


@pytest.mark.parametrize(
    ("body", "status", "result"),
    [
        (b"", 500, None),
        (b"<x/>", 500, None),
        (b"<!DOCTYPE x><x/>", 500, None),
        (notice("a" * 32).replace(b"<CmdResult", b"<Cmd").replace(b"</CmdResult", b"</Cmd"), 200, -1),
    ],
)
def test_what_is_no_notice_is_answered_and_kept_nowhere(
    buckets: Buckets, tmp_path: Path, body: bytes, status: int, result: int | None
) -> None:
    with listening(buckets, tmp_path) as here:
        found, content = post(here.url, body)
        assert found == status
        if result is not None:
            assert soap.read_answer(content, Operation.RESULT_NOTIFY).message.result == result
        try:
            assert post(here.url, b"x" * ((2 << 20) + 1))[0] == 413
        except NoHttpAnswer as error:  # it is closed while the rest is sent
            assert error.is_passing
        assert http_request.sent(Request(here.url)).status == 405
    assert (tmp_path / "notices.jsonl").read_bytes() == b""


def test_slow_callers_are_ended_and_keep_nobody_waiting(
    buckets: Buckets, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(listener, "REQUEST_S", 3.0)
    place = put_order(buckets)
    with listening(buckets, tmp_path) as here:
        port = int(here.url.rpartition(":")[2].partition("/")[0])
        slow = [socket.create_connection(("127.0.0.1", port)) for _ in range(100)]
        for number, each in enumerate(slow):
            each.sendall(b"POST / HTTP/1.1\r\nContent-Length: 1000\r\n" + (b"\r\n" if number % 2 else b"X: "))
        before = time.monotonic()
        assert told(here.url, notice(place.correlate_id)) == 0
        assert time.monotonic() - before < 2
        ended: set[socket.socket] = set()
        while len(ended) < len(slow) and time.monotonic() - before < 15:
            for each in set(slow) - ended:
                try:
                    each.sendall(b"a")  # a letter in time, and never enough
                except OSError:
                    ended.add(each)
            time.sleep(0.5)
        took = time.monotonic() - before
        for each in slow:
            each.close()
        until(lambda: here.told)
    assert len(ended) == len(slow)
    assert took < 10


def test_the_door_asks_for_what_is_set(buckets: Buckets, tmp_path: Path) -> None:
    def basic(pair: str) -> str:
        return "Basic " + base64.b64encode(pair.encode()).decode()

    login = Login("平台", "ge:heim")
    with listening(buckets, tmp_path / "a", Door((ip_network("127.0.0.0/8"),), login)) as here:
        for given, status in (
            ({}, 401),
            ({"Authorization": basic("平台:falsch")}, 401),
            ({"Authorization": "Basic ?"}, 401),
            ({"Authorization": basic("平台:ge:heim")}, 500),
        ):
            assert post(here.url, b"<x/>", **given)[0] == status
    with listening(buckets, tmp_path / "b", Door((ip_network("10.0.0.0/8"), ip_network("fd00::/8")))) as here:
        assert post(here.url, b"<x/>", **{"X-Forwarded-For": "10.0.0.1"})[0] == 403
    assert Door((ip_network("10.0.0.0/8"),)).lets_from("::ffff:10.1.1.1")


def test_another_address_than_this_machines_is_refused_without_a_guard(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("NETRC", raising=False)
    netrc = tmp_path / ".netrc"
    netrc.touch(0o600)
    netrc.write_text("default login a password b\n")
    for host in (EVERYWHERE, "::", "192.0.2.1", "example.invalid"):
        with pytest.raises(InputError) as refused:
            door.opened(host, (), "showcase.toml")
        assert refused.value.key == "c2_unguarded"
    assert not door.opened("127.0.0.1", (), "x").is_guarded
    assert door.opened(EVERYWHERE, ("10.0.0.0/8",), "x").is_guarded
    netrc.write_text(f"machine {door.NAME} login a password b\n")
    assert door.opened(EVERYWHERE, (), "x").login == Login("a", "b")
    with pytest.raises(InputError) as refused:
        door.opened("127.0.0.1", ("10.0.0.0/99",), "x")
    assert refused.value.key == "c2_network_wrong"


def test_a_port_that_is_taken_is_told(buckets: Buckets) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        with pytest.raises(EnvironmentFault) as refused:
            listener.Server(lambda _environ, _start: [], "127.0.0.1", taken.getsockname()[1])
        assert refused.value.key == "c2_port"


def test_an_order_of_this_machine_is_found_without_a_listing(buckets: Buckets, tmp_path: Path) -> None:
    place = put_order(buckets)
    hints = tmp_path / "orders.jsonl"
    away = Buckets(buckets.inbox, Bucket(buckets.delivery.store, "no-such-bucket"))
    book = OrderBook(away, hints)
    assert book.find(place.correlate_id) is None
    remember(hints, place)
    with hints.open("ab") as torn:
        torn.write(b'{"correl')
    found = book.find(place.correlate_id)
    assert found
    assert (found.package_id, found.ref) == (place.package_id, place.ref)


def test_a_journal_takes_no_more_than_it_can_hold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from pipeline.exchange.c2 import journal

    monkeypatch.setattr(journal, "MOST_OPEN", 1)
    kept = NoticeJournal(tmp_path / "n.jsonl")
    first = Notice.of(
        ResultNotify(csp_id=CSP, lsp_id=LSP, correlate_id="a" * 32, cmd_result=0),
        datetime.now(UTC),
    )
    assert kept.take(first)
    assert not kept.take(first)
    with pytest.raises(journal.Full):
        kept.take(first.model_copy(update={"correlate_id": "b" * 32}))
