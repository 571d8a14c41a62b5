"""A proxy on 127.0.0.1 that holds every answer of a store as a far line would, and counts what is asked."""

from __future__ import annotations

import socket
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from urllib.parse import urlsplit

END = b"\r\n\r\n"


class HoldingProxy:
    """HTTP/1.1, a thread a connection; `counts` by method, a listing apart from the reading of an object."""

    def __init__(self, upstream: str, hold_s: float):
        parts = urlsplit(upstream)
        self._upstream = (parts.hostname or "127.0.0.1", parts.port or 80)
        self._hold_s = hold_s
        self._lock = threading.Lock()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=128)
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self.counts: Counter[str] = Counter()
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        """Take no more connections."""
        self._listener.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def _serve(self, client: socket.socket) -> None:
        with client, socket.create_connection(self._upstream) as server, suppress(OSError):
            for peer in (client, server):
                peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            asked, answered = bytearray(), bytearray()
            while request := _message(client, asked, is_head=False):
                line = request[: request.index(b"\r\n")].decode("latin-1")
                server.sendall(request)
                answer = _message(server, answered, is_head=line.startswith("HEAD "))
                with self._lock:
                    self.counts[_kind(line)] += 1
                time.sleep(self._hold_s)
                client.sendall(answer)


def _kind(line: str) -> str:
    method, target, _ = line.split(" ", 2)
    return "LIST" if method == "GET" and "list-type=2" in target else method


def _message(peer: socket.socket, there: bytearray, *, is_head: bool) -> bytes:
    """One message with its body; `there` holds what came of the next. Nothing where the other end is done."""
    while END not in there:
        if not _more(peer, there):
            return b""
    end = there.index(END) + len(END)
    head = bytes(there[:end]).lower()
    if b"expect: 100-continue" in head or b" 100 continue" in head.split(b"\r\n", 1)[0]:
        raise OSError("a body that waits to be asked for is not for this proxy")
    if is_head or head.startswith((b"http/1.1 204", b"http/1.1 304")):
        length = end
    elif b"transfer-encoding: chunked" in head:
        while not there.endswith(b"0\r\n\r\n"):
            if not _more(peer, there):
                return b""
        length = len(there)
    else:
        field = next((row for row in head.split(b"\r\n") if row.startswith(b"content-length:")), b":0")
        length = end + int(field.split(b":")[1])
        while len(there) < length:
            if not _more(peer, there):
                return b""
    message = bytes(there[:length])
    del there[:length]
    return message


def _more(peer: socket.socket, there: bytearray) -> bool:
    block = peer.recv(1 << 16)
    there += block
    return bool(block)


@contextmanager
def held(upstream: str, hold_s: float) -> Iterator[HoldingProxy]:
    """A proxy for as long as this lasts."""
    proxy = HoldingProxy(upstream, hold_s)
    try:
        yield proxy
    finally:
        proxy.close()
