"""A server on 127.0.0.1 that answers each request by the very bytes it is told to, and knows what it was asked."""

from __future__ import annotations

import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress

RESET = "reset"  # the connection is reset
# what an answer is made of: bytes, seconds of silence, a reset; behind the last one the connection is closed, unless
# it is KEPT
KEPT = "kept"
Step = bytes | float | str
Answer = Callable[[int, bytes], Iterable[Step]]
NOTHING: tuple[Step, ...] = (b"HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", KEPT)


class ScriptedServer:
    """Takes connections until it is closed.

    Args:
        answer: what is said to a request, by how many came before it and its head.
        is_early: answers before the body came.
        tls: what it speaks TLS with.

    Attributes:
        heads: of the requests, as they came; `bodies` beside them.
        connections: that were made.
        ended: connections that the client closed.
    """

    def __init__(
        self,
        answer: Answer,
        *,
        family: socket.AddressFamily = socket.AF_INET,
        is_early: bool = False,
        tls: ssl.SSLContext | None = None,
    ):
        self._answer, self._is_early, self._tls = answer, is_early, tls
        self.heads: list[bytes] = []
        self.bodies: list[bytes] = []
        self.connections = 0
        self.ended = threading.Semaphore(0)
        self._listener = socket.socket(family)
        host = "127.0.0.1" if family == socket.AF_INET else "::1"
        self._listener.bind((host, 0))
        self._listener.listen(64)
        shown = host if family == socket.AF_INET else f"[{host}]"
        scheme = "https" if tls else "http"
        self.endpoint = f"{scheme}://{shown}:{self._listener.getsockname()[1]}"
        threading.Thread(target=self._accept, daemon=True).start()

    def close(self) -> None:
        with suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, connection: socket.socket) -> None:
        with suppress(OSError):
            if self._tls:
                connection = self._tls.wrap_socket(connection, server_side=True)
            while self._answered(connection):
                pass
        with suppress(OSError):
            connection.close()

    def _answered(self, connection: socket.socket) -> bool:
        came = b""
        while b"\r\n\r\n" not in came:
            if not (block := connection.recv(65536)):
                self.ended.release()
                return False
            came += block
        head, _, body = came.partition(b"\r\n\r\n")
        length = next((int(row[15:]) for row in head.split(b"\r\n") if row.lower().startswith(b"content-length:")), 0)
        if b"100-continue" in head.lower():
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        while not self._is_early and len(body) < length:
            if not (block := connection.recv(1 << 20)):
                return False
            body += block
        self.heads.append(head)
        self.bodies.append(body)
        for step in self._answer(len(self.heads) - 1, head):
            if isinstance(step, bytes):
                connection.sendall(step)
            elif isinstance(step, float):
                time.sleep(step)
            elif step == RESET:
                connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")
                return False
            else:
                return True
        return False


@contextmanager
def scripted(
    answer: Answer = lambda *_: NOTHING,
    *,
    family: socket.AddressFamily = socket.AF_INET,
    is_early: bool = False,
    tls: ssl.SSLContext | None = None,
) -> Iterator[ScriptedServer]:
    """One, for as long as this lasts."""
    server = ScriptedServer(answer, family=family, is_early=is_early, tls=tls)
    try:
        yield server
    finally:
        server.close()
