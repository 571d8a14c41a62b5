"""Messages of HTTP/1.1 as they pass: heads read whole, bodies block by block."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass

END = b"\r\n\r\n"
MOST_HEAD = 1 << 20
# comes back when the line has carried so many bytes; told whether it had to wait for them
Carried = Callable[[int, bool], Awaitable[None]]


class Cut(Exception):
    """The connection ends here, at both ends, by a reset."""


class Ended(Exception):
    """The other end is done: nothing of a next message came."""


@dataclass(frozen=True)
class Head:
    """First line and fields of a message; `length` is its body's, None where it is in chunks or ends with the line."""

    raw: bytes

    @property
    def first(self) -> str:
        """«PUT /inbox/a HTTP/1.1», or «HTTP/1.1 200 OK»."""
        return self.raw.split(b"\r\n", 1)[0].decode("latin-1")

    @property
    def asked(self) -> str:
        """Of a request: «PUT /inbox/a»."""
        return self.first.rpartition(" ")[0]

    @property
    def method(self) -> str:
        """Of a request."""
        return self.first.split(" ")[0]

    @property
    def is_chunked(self) -> bool:
        """Whether its body comes in chunks that tell their own lengths."""
        return self.field("transfer-encoding") == "chunked"

    @property
    def status(self) -> int:
        """Of an answer."""
        return int(self.first.split(" ")[1])

    def field(self, name: str) -> str:
        """A field's value in small letters, empty where there is none."""
        for row in self.raw.split(b"\r\n")[1:]:
            key, _, value = row.decode("latin-1").partition(":")
            if key.lower() == name:
                return value.strip().lower()
        return ""

    def length(self, asked: str | None = None) -> int | None:
        """Bytes of its body; of an answer it matters what was asked."""
        if asked is not None and (asked.startswith("HEAD ") or self.status in (204, 304) or self.status < 200):
            return 0
        if self.is_chunked:
            return None
        told = self.field("content-length")
        return int(told) if told else (0 if asked is None else None)

    def with_length(self, length: int) -> Head:
        """The same with another `Content-Length`."""
        rows = [row for row in self.raw.split(b"\r\n") if not row.lower().startswith(b"content-length:")]
        return Head(b"\r\n".join([rows[0], f"Content-Length: {length}".encode(), *rows[1:]]))

    def without_waiting(self) -> Head:
        """The same without `Expect`: the body follows at once."""
        rows = [row for row in self.raw.split(b"\r\n") if not row.lower().startswith(b"expect:")]
        return Head(b"\r\n".join(rows))


class Peer:
    """One end of a connection; what comes from it has gone over the line (`carried`) before anybody sees it."""

    def __init__(self, connection: socket.socket, block: int, carried: Carried):
        self.connection = connection
        self._block = block
        self._carried = carried
        self._there = bytearray()
        self._is_new = True
        self._loop = asyncio.get_running_loop()

    async def _more(self) -> bool:
        was_idle, self._is_new = self._is_new, False
        try:
            block = self.connection.recv(self._block)
        except BlockingIOError:
            block, was_idle = await self._loop.sock_recv(self.connection, self._block), True
        if block:
            await self._carried(len(block), was_idle)
            self._there += block
        return bool(block)

    async def head(self) -> Head:
        """The next message's.

        Raises:
            Ended: there is none. Cut: it ends within.
        """
        while END not in self._there:
            if len(self._there) > MOST_HEAD or not await self._more():
                raise Cut if self._there else Ended
        end = self._there.index(END) + len(END)
        return Head(self._taken(end))

    async def body(self, length: int | None, *, is_chunked: bool) -> AsyncIterator[bytes]:
        """A body as it comes, with what marks its chunks.

        Raises:
            Cut: it ends before it is whole.
        """
        if is_chunked:
            while True:
                line = await self._line()
                yield line
                size = int(line.split(b";")[0], 16)
                async for block in self._blocks(size + 2 if size else 0):
                    yield block
                if size == 0:
                    while (line := await self._line()) != b"\r\n":
                        yield line
                    yield line
                    return
        elif length is None:
            while self._there or await self._more():
                yield self._taken(len(self._there))
        else:
            async for block in self._blocks(length):
                yield block

    async def _blocks(self, length: int) -> AsyncIterator[bytes]:
        while length:
            if not self._there and not await self._more():
                raise Cut
            block = self._taken(length)
            length -= len(block)
            yield block

    async def _line(self) -> bytes:
        while b"\r\n" not in self._there:
            if not await self._more():
                raise Cut
        return self._taken(self._there.index(b"\r\n") + 2)

    def _taken(self, most: int) -> bytes:
        block = bytes(self._there[:most])
        del self._there[:most]
        return block

    async def send(self, block: bytes) -> None:
        """Comes back when the kernel has all of it."""
        await self._loop.sock_sendall(self.connection, block)

    async def until_readable(self) -> None:
        """The other end sends something, or is done; nothing is taken."""
        come = asyncio.Event()
        self._loop.add_reader(self.connection, come.set)
        try:
            await come.wait()
        finally:
            self._loop.remove_reader(self.connection)

    @property
    def is_empty(self) -> bool:
        return not self._there

    def close(self, *, reset: bool) -> None:
        """Say good-bye, or tear it."""
        with suppress(OSError):
            if reset:
                self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            self.connection.close()
