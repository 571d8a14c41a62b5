"""HTTP/1.1 (RFC 9112) as far as the reading of objects needs it: a question, an answer of a known length.

Nothing that came before the line was cut is lost, and what takes the time of a small object is its bytes.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Mapping
from contextlib import suppress

from botocore.exceptions import ConnectionClosedError, ReadTimeoutError, ResponseStreamingError

from pipeline import children

MOST_HEAD = 64 << 10
HEAD_READ = 16 << 10
POLL_S = 0.25  # after which who waits looks whether the work was ended
GATHER_S = 0.05  # for so long what comes is gathered: large pieces of a fast line, small ones of a slow one
_END = b"\r\n\r\n"


class NoPlainAnswer(Exception):
    """What came is nothing that this module reads."""


class Wire:
    """A connection, for one question after the other.

    Args:
        context: of TLS; None is without.
        connect_s, read_s: seconds that are waited for a connection, and for the next bytes.

    Raises:
        OSError: nobody answers there, or not as whom TLS wants.
    """

    def __init__(self, host: str, port: int, context: ssl.SSLContext | None, connect_s: float, read_s: float):
        plain = socket.create_connection((host, port), connect_s)
        try:
            plain.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._socket = context.wrap_socket(plain, server_hostname=host) if context else plain
            self._socket.settimeout(POLL_S)
        except BaseException:
            plain.close()
            raise
        self.host, self._read_s = host, read_s
        self._there = bytearray()  # of the body, what came with the head
        self._left = 0
        self._keeps = True

    @property
    def is_free(self) -> bool:
        """Whether another question may be asked: all of the answer was read, and nothing more has come."""
        if self._left or not self._keeps:
            return False
        try:
            self._socket.settimeout(0)
            self._socket.recv(1)
        except (BlockingIOError, ssl.SSLWantReadError):
            self._socket.settimeout(POLL_S)
            return True
        except OSError:
            return False
        return False  # its end, or what nobody asked for

    def ask(self, request: bytes) -> tuple[int, Mapping[str, str]]:
        """Status and headers (lower case) of the answer.

        Raises:
            BotoCoreError: the line is cut or still. Interrupted: the work was ended.
            NoPlainAnswer: the answer has no known length, or is none.
        """
        self._keeps = False
        try:
            self._socket.sendall(request)
            came = bytearray()
            part = bytearray(HEAD_READ)
            while _END not in came and len(came) < MOST_HEAD and (count := self._receive(part, self._read_s)):
                came += part[:count]
        except TimeoutError as error:
            raise ReadTimeoutError(endpoint_url="-", error=error) from error
        except OSError as error:
            raise ConnectionClosedError(endpoint_url="-", error=error) from error
        if not came:
            raise ConnectionClosedError(endpoint_url="-")
        head, _, self._there = came.partition(_END)
        first, *rows = bytes(head).decode("latin-1").split("\r\n")
        version, _, said = first.partition(" ")
        headers = {name.strip().lower(): value.strip() for name, _, value in (row.partition(":") for row in rows)}
        length = headers.get("content-length", "")
        if version != "HTTP/1.1" or not (said[:3].isdigit() and length.isdigit()) or "transfer-encoding" in headers:
            raise NoPlainAnswer
        self._left = int(length)
        self._keeps = headers.get("connection", "").lower() != "close" and len(self._there) <= self._left
        return int(said[:3]), headers

    def read(self, count: int) -> bytearray:
        """The next bytes of the answer, at most so many; none at its end.

        Raises:
            BotoCoreError: the line is cut or still.
        """
        wanted = min(count, self._left)
        block = bytearray(wanted)
        got = min(wanted, len(self._there))
        block[:got], self._there = self._there[:got], self._there[got:]
        until = time.monotonic() + GATHER_S
        with memoryview(block) as view:
            while got < wanted:
                try:
                    more = self._receive(view[got:], POLL_S if got else self._read_s)
                except OSError as error:
                    if got:
                        break  # it is told when more is asked for
                    if isinstance(error, TimeoutError):
                        raise ReadTimeoutError(endpoint_url="-", error=error) from error
                    raise ResponseStreamingError(error=error) from error
                got += more
                if not more or time.monotonic() > until:
                    break
        del block[got:]
        self._left -= got
        return block

    def _receive(self, into: bytearray | memoryview, wait_s: float) -> int:
        """How many bytes came: none at the end.

        Raises:
            OSError: the line is cut, or still. Interrupted: the work was ended.
        """
        until = time.monotonic() + wait_s
        while True:
            children.refuse_when_stopped()
            try:
                return self._socket.recv_into(into)
            except TimeoutError:
                if time.monotonic() >= until:
                    raise

    def close(self) -> None:
        """End it."""
        self._socket.close()

    def __del__(self) -> None:
        with suppress(AttributeError):  # nobody answered
            self._socket.close()
