"""A stretch of a file as the body of a request: what is sent of it is told byte by byte, and kept within the limit."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path

from pipeline.storage.line import Line


class SentBody(io.RawIOBase):
    """Read by the client twice or more: for its signature, then for each try to send it.

    Only what is read after `begin_sending` goes over the line. What a try sent is taken back when the next one begins.

    Args:
        path: the file; it is open for as long as the body is.
        start, size_bytes: the stretch of it.
        on_bytes: is told of bytes that were handed to the line, below 0 where a try failed. What it raises ends the
            request, and is kept in `fault`.
    """

    def __init__(self, path: Path, start: int, size_bytes: int, line: Line, on_bytes: Callable[[int], None]):
        self._file = path.open("rb")
        self._start, self.size_bytes = start, size_bytes
        self._line, self._on_bytes = line, on_bytes
        self._at = self.sent = 0
        self._is_sending = False
        self.fault: BaseException | None = None

    def __len__(self) -> int:
        return self.size_bytes

    def begin_sending(self) -> None:
        """From here on what is read goes over the line; told by the client (`before-send`)."""
        self.take_back()
        self._is_sending = True

    def take_back(self) -> None:
        """What was sent came to nothing: the next try begins at its first byte."""
        sent, self.sent, self._is_sending = self.sent, 0, False
        self._at = 0
        if sent:
            self._on_bytes(-sent)

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._at

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        base = {io.SEEK_SET: 0, io.SEEK_CUR: self._at, io.SEEK_END: self.size_bytes}[whence]
        self._at = max(0, base + offset)
        return self._at

    def read(self, size: int = -1) -> bytes:
        """The next bytes; while they are sent a block of the line's, whatever was asked for."""
        left = max(0, self.size_bytes - self._at)
        asked = self._line.block_bytes if self._is_sending else size
        count = left if asked < 0 else min(left, asked)
        if self._is_sending:
            self._send(count)
        self._file.seek(self._start + self._at)
        content = self._file.read(count)
        self._at += len(content)
        return content

    def _send(self, count: int) -> None:
        try:
            self._line.carry(count)
            self.sent += count
            self._on_bytes(count)
        except BaseException as fault:
            self.fault = fault
            raise

    def close(self) -> None:
        self._file.close()
        super().close()
