"""Habits of what stands in front of a store: names of headers in another case."""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

import pytest

from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3 import Connection, Store

CASES = {"as it is": str, "Title-Case": str.title, "UPPER": str.upper, "lower": str.lower}


@contextmanager
def renamed(connection: Connection, case: Callable[[str], str]) -> Iterator[Store]:
    """The store behind a proxy that writes the names of headers its own way."""
    upstream = urlsplit(connection.endpoint or "").netloc

    class Proxy(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            line = http.client.HTTPConnection(upstream, timeout=60)
            line.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
            for name, value in self.headers.items():
                if name.lower() not in ("connection", "expect"):
                    line.putheader(name, value)
            line.endheaders(body or None)
            answer = line.getresponse()
            content = answer.read()
            self.send_response_only(answer.status)
            for name, value in answer.getheaders():
                if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                    self.send_header(case(name), value)
            self.send_header("Content-Length", answer.getheader("Content-Length") or str(len(content)))
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(content)
            line.close()

    for method in ("GET", "PUT", "HEAD"):
        setattr(Proxy, f"do_{method}", Proxy.forward)
    with ThreadingHTTPServer(("127.0.0.1", 0), Proxy) as proxy:
        thread = threading.Thread(target=proxy.serve_forever)
        thread.start()
        endpoint = f"http://127.0.0.1:{proxy.server_address[1]}"
        try:
            yield Store(replace(connection, endpoint=endpoint), endpoint_shown=endpoint)
        finally:
            proxy.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with embedded.serve(tmp_path_factory.mktemp("habits"), ("delivery",)) as server:
        yield server.connection


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_a_digest_is_found_however_its_header_is_written(case: Callable[[str], str], connection: Connection) -> None:
    content = b"film"
    key = f"habits/{case('name')}"
    with renamed(connection, case) as behind:
        bucket = Bucket(behind, "delivery")
        assert bucket.put_if_absent(key, content)
        head = bucket.head(key)
        assert head is not None
        assert (head.sha256, head.size_bytes) == (hashlib.sha256(content).hexdigest(), 4)
        assert bucket.put_if_absent(key, content)  # it is there, and it is ours
        assert not bucket.put_if_absent(key, b"another")
