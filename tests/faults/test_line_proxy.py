"""The line does what it is told to: seen by a plain client of HTTP, with the real store behind it."""

from __future__ import annotations

import http.client
import random
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import ROOT
from tests.faults.dealing import Fault, Kind, refused
from tests.faults.line_proxy import Line, LineProxy, lined

CONTENT = random.Random(1).randbytes(400_000)
TORN = (ConnectionResetError, BrokenPipeError, http.client.RemoteDisconnected)


@dataclass
class Client:
    """Signed requests over the line, one connection, nothing tried again."""

    store: Store
    line: LineProxy

    def __post_init__(self) -> None:
        self._asks = self.store.ask_once("", lambda client: client)
        self.http = http.client.HTTPConnection(urlsplit(self.line.endpoint).netloc, timeout=3)

    def ask(self, method: str, key: str, body: bytes | None = None) -> tuple[int, bytes]:
        name = {"PUT": "put_object", "GET": "get_object", "HEAD": "head_object"}[method]
        signed = self._asks.generate_presigned_url(name, Params={"Bucket": "inbox", "Key": key})
        parts = urlsplit(signed)
        self.http.request(method, f"{parts.path}?{parts.query}", body, headers={"Host": parts.netloc})
        answer = self.http.getresponse()
        return answer.status, answer.read()


@contextmanager
def over(
    store: Store, connection: Connection, line: Line | None = None, faults: Sequence[Fault] = (), seed: int = 0
) -> Iterator[tuple[Client, LineProxy]]:
    with lined(connection.endpoint or "", line or Line(), faults, seed=seed) as proxy:
        client = Client(store, proxy)
        with closing(client.http):
            yield client, proxy


@pytest.fixture(scope="module")
def store(connection: Connection) -> Store:
    there = Store(connection, endpoint_shown="")
    there.ask("", lambda client: client.put_object(Bucket="inbox", Key="a", Body=CONTENT))
    return there


@pytest.mark.parametrize(
    ("fault", "method", "torn"),
    [
        (Fault(Kind.CUT_CONNECT), "GET", TORN),
        (Fault(Kind.CUT_REQUEST, at=100_000), "PUT", TORN),
        (Fault(Kind.CUT_ANSWER), "GET", TORN),
        (Fault(Kind.END_ANSWER), "GET", http.client.IncompleteRead),
        (Fault(Kind.LOSE_ANSWER), "PUT", TORN),
        (Fault(Kind.STALL_CONNECT), "GET", TimeoutError),
        (Fault(Kind.STALL_REQUEST), "PUT", TimeoutError),
        (Fault(Kind.STALL_ANSWER, span_s=9), "GET", TimeoutError),
    ],
)
def test_a_line_that_is_torn_or_stalls(
    fault: Fault, method: str, torn: type[Exception], store: Store, connection: Connection
) -> None:
    with over(store, connection, faults=[fault]) as (client, line):
        client.http.timeout = 0.5
        key = f"{fault.kind}"
        with pytest.raises(torn):
            client.ask(method, "a" if method == "GET" else key, CONTENT if method == "PUT" else None)
        assert line.dealt == {fault.kind: 1}
        client.http.close()
        seen = client.ask("HEAD", key)[0] if method == "PUT" else 0
        assert seen == (0 if method == "GET" else 200 if fault.kind is Kind.LOSE_ANSWER else 404)
        client.http.close()
        assert client.ask("GET", "a") == (200, CONTENT)


def test_bytes_that_change_and_come_short(store: Store, connection: Connection) -> None:
    flipped = Fault(Kind.FLIP_ANSWER, "GET", at=7)
    for fault in (flipped, Fault(Kind.SHORTEN_ANSWER, "GET", at=1000)):
        with over(store, connection, faults=[fault]) as (client, line):
            status, content = client.ask("GET", "a")
            assert status == 200
            if fault is flipped:
                assert [at for at in range(len(CONTENT)) if content[at] != CONTENT[at]] == [7]
            else:
                assert content == CONTENT[:1000]
            assert client.ask("GET", "a") == (200, CONTENT)  # on the same connection
            assert line.counts.connections == 1
    wrong = (Fault(Kind.FLIP_REQUEST, "PUT /inbox/f", at=7), Fault(Kind.SHORTEN_REQUEST, "PUT /inbox/s", at=1000))
    with over(store, connection, faults=wrong) as (client, line):
        assert client.ask("PUT", "f", CONTENT)[0] == 200  # nobody said what the bytes should be
        assert client.ask("GET", "f")[1][7] == CONTENT[7] ^ 1
        assert client.ask("PUT", "s", CONTENT)[0] == 200
        assert client.ask("GET", "s") == (200, CONTENT[:1000])


def test_what_is_said_in_the_stores_place_and_twice(store: Store, connection: Connection) -> None:
    faults = (
        refused("SlowDown", 503, first=2, retry_after_s=4, asked="GET"),
        refused("RequestTimeTooSkewed", 403, asked="PUT"),
        Fault(Kind.DOUBLE_REQUEST, asked="PUT"),
        Fault(Kind.DOUBLE_ANSWER, asked="GET"),
    )
    with over(store, connection, faults=faults) as (client, line):
        assert [client.ask("GET", "a")[0] for _ in range(2)] == [503, 503]
        status, told = client.ask("PUT", "b", CONTENT)
        assert status == 403
        assert b"<Code>RequestTimeTooSkewed</Code>" in told
        assert client.ask("PUT", "b", CONTENT)[0] == 200
        assert client.ask("GET", "b") == (200, CONTENT)
        assert client.http.sock.recv(1)  # nobody asked for that
        assert line.dealt == {"SlowDown": 2, "RequestTimeTooSkewed": 1, "double-request": 1, "double-answer": 1}
        assert line.counts.answered[503] == 2


def test_a_rate_holds_both_ways_and_little_is_ahead_of_it(store: Store, connection: Connection) -> None:
    with over(store, connection, Line(4e6, 8e6)) as (client, line):
        began = time.monotonic()
        assert client.ask("PUT", "r", CONTENT)[0] == 200
        up = time.monotonic()
        assert client.ask("GET", "r") == (200, CONTENT)
        assert 0.79 <= up - began < 1.5
        assert 0.39 <= time.monotonic() - up < 0.8
        peer = socket.create_connection((urlsplit(line.endpoint).hostname or "", urlsplit(line.endpoint).port or 0))
        peer.setblocking(False)
        before, taken = line.counts.up, 0
        with peer, suppress(BlockingIOError):
            while True:
                taken += peer.send(bytes(1 << 16))
        assert taken - (line.counts.up - before) < 600_000  # of a kernel that would take 4 MiB


def test_cuts_come_in_time_and_when_asked_for(store: Store, connection: Connection) -> None:
    with over(store, connection, Line(up=1e6, cut_every_s=0.4, down_s=0.2)) as (client, line):
        began = time.monotonic()
        with pytest.raises(TORN):
            client.ask("PUT", "c", CONTENT)
        assert 0.3 < time.monotonic() - began < 1
        client.http.close()
        with pytest.raises(TORN):  # there is no line yet
            client.ask("HEAD", "c")
        assert line.counts.cuts == 1
    with over(store, connection) as (client, line):
        assert client.ask("HEAD", "a")[0] == 200
        line.hold()
        client.http.sock.settimeout(0.3)
        with pytest.raises(TimeoutError):
            client.ask("HEAD", "a")
        line.go()
        client.http.close()
        assert client.ask("HEAD", "a")[0] == 200
        line.cut()
        with pytest.raises(TORN):
            client.ask("HEAD", "a")
        line.deal(refused("SlowDown", 503))
        client.http.close()
        assert client.ask("GET", "a")[0] == 503


def test_chances_are_drawn_alike_from_the_same_seed(store: Store, connection: Connection) -> None:
    seen = []
    for _ in range(2):
        with over(store, connection, faults=[refused("X", 500, first=None, chance=0.5)], seed=3) as (client, _):
            seen.append([client.ask("HEAD", "a")[0] for _ in range(20)])
    assert seen[0] == seen[1]
    assert 4 < seen[0].count(500) < 16


def test_a_line_by_hand_prints_its_address_and_what_went_by(store: Store, connection: Connection) -> None:
    address = (connection.endpoint or "").removeprefix("http://")
    words = ["--to", address, "--rate", "4M", "--cut-every", "60", "--fault", "refuse:first=1,asked=HEAD,status=500"]
    argv = [sys.executable, "-m", "tests.faults.line_proxy", *words]
    with subprocess.Popen(argv, cwd=ROOT, stdout=subprocess.PIPE, text=True) as running:
        assert running.stdout is not None
        parts = urlsplit(running.stdout.readline().strip())
        with closing(http.client.HTTPConnection(parts.netloc, timeout=3)) as peer:
            for status in (500, 405):
                peer.request("HEAD", "/")
                answer = peer.getresponse()
                answer.read()
                assert answer.status == status
        running.send_signal(signal.SIGINT)
        assert '"HEAD": 2' in running.stdout.read()
    assert running.returncode == 0


def test_what_is_told_by_hand_is_read(tmp_path: Path) -> None:
    assert Fault.parse("cut-request:at=10,first=all,asked=PUT .*a,chance=0.5") == Fault(
        Kind.CUT_REQUEST, "PUT .*a", None, 0.5, 10
    )
    for wrong in ("cut", "refuse:at=x", "refuse:when=1"):
        with pytest.raises(ValueError, match=r"cut|x|when"):
            Fault.parse(wrong)
