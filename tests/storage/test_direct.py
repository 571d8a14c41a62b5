"""Objects that libcurl carries: whoever answers, lies or hangs up, it ends as the client would have it, or better."""

from __future__ import annotations

import base64
import gc
import hashlib
import threading
import weakref
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import ShowcaseError
from pipeline.model.storage_preset import GENERIC, Checksums
from pipeline.storage.bucket import Bucket
from pipeline.storage.network.line import Line
from pipeline.storage.network.patience import Patience
from pipeline.storage.network.sent_body import SentBody
from pipeline.storage.s3.dialect import Encryption
from pipeline.storage.s3.objects import ObjectAnswer, Take, Wanted
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore
from tests.storage.proxy import Message, proxied
from tests.storage.scripted_server import KEPT, NOTHING, RESET, Step, scripted

FILM = b"film " * 2000
KEYS = ("AKIAEXAMPLE", "se/c+r=et")
OK, FOR_NOTHING = b'HTTP/1.1 200 OK\r\nETag: "e"\r\n', b"Content-Length: 0\r\n\r\n"
HELLO = b"Content-Length: 5\r\n\r\nhello"


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery") as connection:
        yield connection


def reached(endpoint: str, wait_s: float = 0.0, **more: object) -> Store:
    """A store that is known to have answered before."""
    patience = Patience(Line(), wait_s)
    patience.has_answered = True
    given = Connection(endpoint, *KEYS)
    return Store(replace(given, **more), endpoint_shown=endpoint, patience=patience)  # type: ignore[arg-type]


def put(store: Store, folder: Path, key: str = "film.ts", content: bytes = FILM) -> list[int]:
    """What was told of the bytes that were sent."""
    path = folder / "film.ts"
    path.write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    told: list[int] = []
    checksum = base64.b64encode(bytes.fromhex(sha256)).decode()
    with SentBody(path, range(len(content)), checksum, store.line, told.append) as body:
        Bucket(store, "delivery").put_file(key, body, sha256=sha256, media_type="video/mp2t")
    return told


def got(store: Store, key: str = "film.ts", span: range | None = None, etag: str = "") -> tuple[bytes, ObjectAnswer]:
    blocks: list[bytes] = []
    answers: list[ObjectAnswer] = []

    def begin(answer: ObjectAnswer) -> Take:
        answers.append(answer)
        return lambda block: blocks.append(block) is None

    store.read(Wanted("delivery", key, span, etag, 1 << 16), begin)
    return b"".join(blocks), answers[-1]


def said(status: int, code: str) -> bytes:
    body = f"<Error><Code>{code}</Code><Message>-</Message></Error>".encode()
    return f"HTTP/1.1 {status} -\r\nContent-Length: {len(body)}\r\n\r\n".encode() + body


ERROR = said(200, "InternalError")
# what is answered to a put, what is told of it (None: it is there), and how many requests were made for that
TO_PUTS: dict[str, tuple[tuple[Step, ...], str | None, int]] = {
    "nothing more": (NOTHING, None, 1),
    "made": ((b"HTTP/1.1 201 Created\r\n" + FOR_NOTHING,), None, 1),
    "no words": ((b"HTTP/1.1 204 -\r\n\r\n",), None, 1),
    "an error of success": ((ERROR,), "InternalError", 1),
    "a page of success": ((OK + b"Content-Length: 12\r\n\r\n<html>login<",), "500", 1),
    "chunked error": ((OK + b"Transfer-Encoding: chunked\r\n\r\n7\r\n<Error>\r\n0\r\n\r\n",), "500", 1),
    "busy": ((said(503, "SlowDown"),), "SlowDown", 1),
    "a wall of words": ((b"HTTP/1.1 500 -\r\nContent-Length: 1000000000\r\n\r\n", *(b"z" * 65536,) * 100), "500", 1),
    "later": ((said(408, "RequestTimeout"),), "RequestTimeout", 1),
    "refused": ((said(403, "AccessDenied"),), None, 2),
    "not there": ((said(412, "PreconditionFailed"),), "PreconditionFailed", 2),
    "cut within headers": ((b"HTTP/1.1 200 OK\r\nConte",), "ResponseStreamingError", 1),
    "reset": ((RESET,), "ResponseStreamingError", 1),
    "no status": ((b"HTTP/1.1 abc -\r\n\r\n",), "ConnectionClosedError", 2),
    "a header like a status": ((OK + b"HTTP/x: y z\r\nHTTP/1.1 500: -\r\n" + FOR_NOTHING,), None, 1),
    "a number that is none": ((OK + b"Content-Length: 5, 5\r\n\r\nhello",), "ResponseStreamingError", 1),
}


@pytest.mark.parametrize("name", TO_PUTS)
def test_what_is_answered_to_a_put(name: str, tmp_path: Path, capfd: pytest.CaptureFixture[str]) -> None:
    steps, expected, requests = TO_PUTS[name]
    with scripted(lambda *_: steps) as server:
        try:
            told = put(reached(server.endpoint), tmp_path)
        except ShowcaseError as error:
            assert error.key == "store_denied" if name == "refused" else error.detail == expected
        else:
            assert (expected, sum(told)) == (None, len(FILM))
        assert len(server.heads) == requests
    assert capfd.readouterr().err == ""


LONG = b"9" * 5000
TO_GETS: dict[str, tuple[tuple[Step, ...], str | None, int]] = {
    "plain": ((OK + HELLO,), None, 1),
    "for the moment": ((b"HTTP/1.1 103 -\r\nContent-Length: 77\r\n\r\n" + OK + HELLO,), None, 1),
    "old": ((b"HTTP/1.0 200 OK\r\n" + HELLO,), None, 1),
    "chunked": ((OK + b"Transfer-Encoding: chunked\r\n\r\n5\r\nhello\r\n0\r\n\r\n",), None, 1),
    "until it ends": ((OK + b"\r\nhello",), None, 1),
    "chunked, and cut": ((OK + b"Transfer-Encoding: chunked\r\n\r\n9\r\nhello",), "ResponseStreamingError", 1),
    "a header like a status": ((OK + b"HTTP/x: y z\r\nHTTP/:\r\n" + HELLO,), None, 1),
    "a header of nothing": ((OK + b":\r\n" + HELLO,), None, 1),
    "too much of a header": ((OK + b"X-A: " + b"a" * 1_000_000 + b"\r\n" + HELLO,), "ConnectionClosedError", 2),
    "a length that is none": ((OK + b"Content-Length: \xb2\r\n\r\nhello",), "ResponseStreamingError", 2),
    "a length below 0": ((OK + b"Content-Length: -5\r\n\r\nhello",), "ResponseStreamingError", 2),
    "a length of 5,000 digits": ((OK + b"Content-Length: " + LONG + b"\r\n\r\nhello",), None, 1),
    "a size of 5,000 digits": ((OK + b"Content-Range: bytes 0-4/" + LONG + b"\r\n" + HELLO,), None, 1),
    "two lengths": ((OK + b"Content-Length: 9\r\n" + HELLO,), "HTTPClientError", 2),
    "too short": ((OK + b"Content-Length: 9\r\n\r\nhello",), "ResponseStreamingError", 1),
    "cut within headers": ((b"HTTP/1.1 200 OK\r\nConte",), "ResponseStreamingError", 1),
    "elsewhere": ((b"HTTP/1.1 301 -\r\nLocation: http://127.0.0.1:9/\r\n" + FOR_NOTHING,), "", 2),
    "later": ((said(429, "TooManyRequests"),), "TooManyRequests", 1),
    "gone": ((said(404, "NoSuchKey"),), "NoSuchKey", 2),
    "busy": ((said(503, "SlowDown"),), "SlowDown", 1),
    "a page": ((b"HTTP/1.1 502 -\r\nContent-Type: text/html\r\nContent-Length: 6\r\n\r\n<html>",), "502", 1),
}


@pytest.mark.parametrize("name", TO_GETS)
def test_what_is_answered_to_a_get(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    steps, expected, requests = TO_GETS[name]
    with scripted(lambda *_: steps) as server:
        try:
            content, _ = got(reached(server.endpoint))
        except ShowcaseError as error:
            assert error.detail == expected
        else:
            assert (expected, content) == (None, b"hello")
        assert len(server.heads) == requests
    assert capfd.readouterr().err == ""


@pytest.mark.parametrize(("told", "kept"), [(b"\xe9\x01", ""), (b"a" * 5000, ""), (b'"9b-2"', "9b-2")])
def test_no_etag_is_said_again_that_is_none(told: bytes, kept: str) -> None:
    """The next range is asked for under it."""
    with scripted(lambda *_: (b"HTTP/1.1 200 OK\r\nETag: " + told + b"\r\n" + HELLO,)) as server:
        assert got(reached(server.endpoint))[1].etag == kept


@pytest.mark.parametrize("hang_up", [(), (RESET,)])
def test_a_kept_connection_that_proves_to_be_closed_costs_nothing(hang_up: tuple[Step, ...], tmp_path: Path) -> None:
    with scripted(lambda number, _: hang_up if number == 1 else NOTHING) as server:
        store = reached(server.endpoint)
        for _ in range(3):
            assert sum(put(store, tmp_path, content=FILM * 30)) == len(FILM * 30)
        assert (len(server.heads), server.connections) == (4, 2)
        assert server.bodies[2] == server.bodies[1] == FILM * 30


def test_what_nobody_asked_for_answers_nothing(tmp_path: Path) -> None:
    """An answer that comes twice, the second time when the first one was heard and libcurl looks no more."""

    is_said_twice = threading.Event()

    def answer(number: int, _head: bytes) -> Iterator[Step]:
        if number:
            yield said(503, "SlowDown")
            return
        yield from (NOTHING[0], 0.1, NOTHING[0])
        is_said_twice.set()
        yield 2.0

    with scripted(answer) as server:
        store = reached(server.endpoint)
        put(store, tmp_path)
        assert is_said_twice.wait(10)
        with pytest.raises(ShowcaseError) as caught:
            put(store, tmp_path)
        assert (caught.value.key, server.connections) == ("store_busy", 2)


@pytest.mark.parametrize("last", [b"", RESET])
def test_an_answer_before_the_body_is_heard(last: Step, tmp_path: Path) -> None:
    with scripted(lambda *_: (said(503, "SlowDown"), 0.5, last), is_early=True) as server:
        with pytest.raises(ShowcaseError) as caught:
            put(reached(server.endpoint), tmp_path, content=b"z" * 4_500_000)
        assert (caught.value.key, len(server.heads)) == ("store_busy", 1)


def named(given: Message, name: str) -> str:
    return next(value for key, value in given.headers.items() if key.lower() == name)


def test_whom_direct_requests_are_refused_to_sends_by_the_client(connection: Connection, tmp_path: Path) -> None:
    """From the first byte on, whose digest is not that of what a try left unread; told once, and asked so from then."""

    def refused(given: Message) -> Message | None:
        is_direct = given.headers.get("User-Agent") == "showcase"
        return given.refused(400, "InvalidArgument") if is_direct else None

    with proxied(connection, refused) as proxy:
        for name in ("a.ts", "b.ts"):
            assert sum(put(proxy.store, tmp_path, name)) == len(FILM)
        asked = [given.headers["User-Agent"] == "showcase" for given in proxy.asked]
        signed = {named(given, "x-amz-content-sha256") for given in proxy.asked}
        assert got(proxy.store, "b.ts")[0] == FILM
    assert asked == [True, False, False]
    assert signed == {hashlib.sha256(FILM).hexdigest()}


MD5, READ_BACK = (
    GENERIC.model_copy(update={"checksums": Checksums(calculation="when_required", digest=digest)})
    for digest in ("md5", "read-back")
)
WAYS = {
    "plain": ({}, True),
    "under the store's keys": ({"encryption": Encryption("AES256")}, True),
    "payload signed": ({"preset": GENERIC.model_copy(update={"payload_signed": True})}, True),
    "md5": ({"preset": MD5}, False),
    "read back": ({"preset": READ_BACK}, False),
    "second signature": ({"preset": GENERIC.model_copy(update={"signature": "s3"})}, False),
}


@pytest.mark.parametrize("name", WAYS)
def test_an_object_is_the_same_by_either_way(name: str, connection: Connection, tmp_path: Path) -> None:
    more, is_direct = WAYS[name]
    with proxied(connection) as proxy:
        store = Store(replace(proxy.store._connection, **more), endpoint_shown="")  # type: ignore[arg-type]
        put(store, tmp_path, "by-libcurl.ts")
        sent = [given.headers.get("User-Agent") == "showcase" for given in proxy.asked if given.method == "PUT"]
        sha256 = hashlib.sha256(FILM).hexdigest()
        Bucket(store, "delivery").put("by-client.ts", FILM, sha256=sha256, media_type="video/mp2t")
        heads = [
            store.client().head_object(Bucket="delivery", Key=key, ChecksumMode="ENABLED")
            for key in ("by-libcurl.ts", "by-client.ts")
        ]
    told = [
        {key: value for key, value in head.items() if key not in ("ResponseMetadata", "LastModified")} for head in heads
    ]
    assert told[0] == told[1]
    assert sent == [is_direct]


class Taken:
    """Takes what comes."""

    def __call__(self, _block: bytes) -> bool:
        return True

    def begin(self, _answer: ObjectAnswer) -> Take:
        return self


@pytest.mark.parametrize("size", [0, 1, 65_537])
def test_files_of_all_lengths_go_there_and_back(size: int, connection: Connection, tmp_path: Path) -> None:
    with proxied(connection) as proxy:
        content = b"x" * size
        assert sum(put(proxy.store, tmp_path, "long.ts", content)) == size
        assert got(proxy.store, "long.ts")[0] == content
        assert [given.headers["User-Agent"] for given in proxy.asked] == ["showcase"] * 2


def test_nothing_is_kept_of_what_was_carried_and_connections_end_with_their_store() -> None:
    """Without a search for what refers to itself."""
    with scripted(lambda *_: (OK + HELLO, KEPT)) as server:
        store = reached(server.endpoint)
        store.direct()
        gc.collect()
        gc.disable()
        try:
            taken = Taken()
            known = weakref.ref(taken)
            store.read(Wanted("delivery", "k", None, "", 1 << 16), taken.begin)
            del taken
            assert known() is None
            assert not server.ended.acquire(timeout=0.1)
            store._direct = None
            assert server.ended.acquire(timeout=5)
        finally:
            gc.enable()
