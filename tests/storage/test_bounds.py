"""How much of an object is read, whatever its server says of its length."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pipeline.errors import IntegrityError
from pipeline.storage import bounds
from pipeline.storage.bounds import MOST_RECORD, MOST_VALUES
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store

BLOCK = bytes(1 << 16)
CHUNK = b"10000\r\n" + BLOCK + b"\r\n"
HEADS = {
    "no length": (b"Connection: close", BLOCK),
    "in chunks": (b"Transfer-Encoding: chunked", CHUNK),
    "too short a length": (b"Content-Length: 4194304", BLOCK),
}


@contextmanager
def endless(head: bytes, block: bytes) -> Iterator[tuple[str, Callable[[], int]]]:
    """A server whose only answer does not end; the address, and how many bytes of it were taken."""
    taken = 0
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def serve() -> None:
            nonlocal taken
            line, _ = listening.accept()
            with line:
                line.settimeout(20)
                line.recv(1 << 16)
                line.sendall(b'HTTP/1.1 200 OK\r\nETag: "e"\r\n' + head + b"\r\n\r\n")
                try:
                    while taken < 1 << 30:
                        line.sendall(block)
                        taken += len(block)
                except OSError:  # the reader has left
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}", lambda: taken
        thread.join(30)


@pytest.mark.parametrize("head", HEADS)
def test_no_more_is_read_than_a_byte_too_many(head: str) -> None:
    with endless(*HEADS[head]) as (endpoint, taken):
        bucket = Bucket(Store(Connection(endpoint, "key", "secret"), endpoint_shown=endpoint), "inbox")
        with pytest.raises(IntegrityError, match="record_too_large"):
            bucket.get("653200/film/r1.json", MOST_RECORD)
    assert taken() < 16 << 20  # with what lay in the system's buffers


def test_what_is_read_is_all_of_it_and_not_a_byte_more_than_it_may_have() -> None:
    def body(size: int) -> Callable[[int], bytes]:
        left = [bytes(7)] * (size // 7) + [bytes(size % 7)]
        return lambda most: left.pop(0)[:most] if left else b""

    assert bounds.read(body(100), 100) == bytes(100)
    assert bounds.read(body(101), 100) is None
    assert bounds.read(body(0), 100) == b""


def test_values_are_counted_before_json_is_read() -> None:
    assert not bounds.is_bomb(b"[" + b"0," * (MOST_VALUES - 2) + b"0]")
    assert bounds.is_bomb(b"[" + b"0," * MOST_VALUES + b"0]")
    assert bounds.is_bomb(b"[" * (MOST_VALUES + 1))
