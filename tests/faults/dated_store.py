"""A real store on 127.0.0.1 that tells other days: what is put while `at` is a day was, it says, put on that day.

The server takes no clock that is an hour off, so the times in its answers are rewritten on their way: `Last-Modified`
of GET and HEAD, `LastModified` of listings and copies. Nothing else is touched, and a later look reads the same.
"""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, unquote_plus, urlsplit

BLOCK = 256 << 10
_ENTRY = re.compile(rb"<(Contents|Version|DeleteMarker)>.*?</\1>", re.DOTALL)
_KEY = re.compile(rb"<Key>(.*?)</Key>", re.DOTALL)
_TIME = re.compile(rb"<LastModified>[^<]*?(\.\d+)?Z?</LastModified>")
_XML = {"&lt;": "<", "&gt;": ">", "&quot;": '"', "&apos;": "'", "&#34;": '"', "&#39;": "'", "&amp;": "&"}
_OF_A_HOP = ("connection", "expect", "keep-alive", "transfer-encoding")


class DatedStore:
    """The proxy, with threads of its own.

    Args:
        to: the store, «http://127.0.0.1:PORT».
        at: what time it is; each object that is put takes the next second.
    """

    def __init__(self, to: str, at: datetime):
        address = urlsplit(to)
        self.to = (address.hostname or "127.0.0.1", address.port or 80)
        self._at = at.astimezone(UTC).replace(microsecond=0)
        self._dates: dict[str, datetime] = {}
        self._lock = threading.Lock()
        self._server = _Server(("127.0.0.1", 0), self)
        self.endpoint = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)

    def turn_to(self, at: datetime) -> None:
        """It is another time now, later than before."""
        with self._lock:
            assert at.astimezone(UTC) >= self._at, "time only goes on"
            self._at = at.astimezone(UTC).replace(microsecond=0)

    def put(self, key: str) -> None:
        """An object was put now; `key` is with its bucket."""
        with self._lock:
            self._at += timedelta(seconds=1)
            self._dates[key] = self._at

    def date_of(self, key: str) -> datetime | None:
        """When an object was put, as this store tells it; None for one that was not put by this way."""
        with self._lock:
            return self._dates.get(key)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def __init__(self, address: tuple[str, int], store: DatedStore):
        self.store = store
        super().__init__(address, _Talk)

    def handle_error(self, request: object, client_address: object) -> None:
        """A client or the store hung up: the other end sees it too."""


class _Talk(BaseHTTPRequestHandler):
    """One connection of a client, with one to the store."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: _Server

    def setup(self) -> None:
        super().setup()
        self._upstream = http.client.HTTPConnection(*self.server.store.to, timeout=120)

    def finish(self) -> None:
        self._upstream.close()
        with suppress(OSError):
            super().finish()

    def log_message(self, *_: object) -> None:
        """Nothing: tests read what clients say."""

    def _pass_on(self) -> None:
        self._ask()
        answer = self._upstream.getresponse()
        where = urlsplit(self.path)
        key = unquote(where.path).lstrip("/")
        query = parse_qs(where.query, keep_blank_values=True)
        if answer.status < 300 and self._is_put(key, query):
            self.server.store.put(key)
        is_told = self.command == "GET" and "/" not in key.rstrip("/") and answer.status < 300
        is_told = is_told or (self.command == "PUT" and "x-amz-copy-source" in self.headers)
        if is_told:
            body = self._dated(answer.read(), key)
            self._head(answer, key, len(body))
            self.wfile.write(body)
        else:
            self._stream(answer, key)

    do_GET = do_HEAD = do_PUT = do_POST = do_DELETE = do_OPTIONS = _pass_on  # noqa: N815 - named by http.server

    def _ask(self) -> None:
        self._upstream.putrequest(self.command, self.path, skip_host=True, skip_accept_encoding=True)
        for name, value in self.headers.items():
            if name.lower() not in _OF_A_HOP:
                self._upstream.putheader(name, value)
        self._upstream.endheaders()
        left = int(self.headers.get("content-length") or 0)
        with suppress(OSError):  # the store has answered already, and hears no more
            while left:
                block = self.rfile.read(min(left, BLOCK))
                if not block:
                    break
                self._upstream.send(block)
                left -= len(block)

    def _is_put(self, key: str, query: dict[str, list[str]]) -> bool:
        if "/" not in key.rstrip("/"):
            return False
        if self.command == "POST":
            return "uploadId" in query
        return self.command == "PUT" and not {"partNumber", "tagging", "acl"} & set(query)

    def _dated(self, body: bytes, asked: str) -> bytes:
        bucket = asked.strip("/")
        if b"<CopyObjectResult" in body:
            return _told(body, self.server.store.date_of(asked))
        is_url = b"<EncodingType>url</EncodingType>" in body

        def entry(found: re.Match[bytes]) -> bytes:
            name = _KEY.search(found[0])
            if name is None:
                return found[0]
            key = name[1].decode()
            for sign, meant in _XML.items():
                key = key.replace(sign, meant)
            return _told(found[0], self.server.store.date_of(f"{bucket}/{unquote_plus(key) if is_url else key}"))

        return _ENTRY.sub(entry, body)

    def _head(self, answer: http.client.HTTPResponse, key: str, length: int | None) -> None:
        self.send_response_only(answer.status, answer.reason)
        date = self.server.store.date_of(key)
        for name, value in answer.getheaders():
            small = name.lower()
            if small in _OF_A_HOP or (small == "content-length" and length is not None):
                continue
            self.send_header(name, format_datetime(date, usegmt=True) if small == "last-modified" and date else value)
        if length is not None:
            self.send_header("Content-Length", str(length))
        self.end_headers()

    def _stream(self, answer: http.client.HTTPResponse, key: str) -> None:
        is_bare = self.command == "HEAD" or answer.status in (204, 304)
        if answer.length is None and not is_bare:
            body = answer.read()
            self._head(answer, key, len(body))
            self.wfile.write(body)
            return
        self._head(answer, key, None)
        while not is_bare and (block := answer.read(BLOCK)):
            self.wfile.write(block)
        answer.read()


def _told(text: bytes, date: datetime | None) -> bytes:
    """With that time, in the form that stands there: with parts of a second or without."""
    if date is None:
        return text
    day = date.strftime("%Y-%m-%dT%H:%M:%S").encode()

    def told(found: re.Match[bytes]) -> bytes:
        part = b"." + b"0" * (len(found[1]) - 1) if found[1] else b""
        return b"<LastModified>" + day + part + b"Z</LastModified>"

    return _TIME.sub(told, text)


@contextmanager
def dated(to: str, at: datetime) -> Iterator[DatedStore]:
    """The store at `to` that tells other days, for as long as this lasts."""
    proxy = DatedStore(to, at)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.close()
