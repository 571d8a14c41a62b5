"""A stretch of a file as the body of a request: what is sent of it is told byte by byte, and kept within the limit."""

from __future__ import annotations

import base64
import hashlib
import io
import time
from collections.abc import Callable
from pathlib import Path

from pipeline import children
from pipeline.errors import IntegrityError
from pipeline.storage.network.line import Line

READ_BYTES = 1 << 20


class SentBody(io.RawIOBase):
    """Read by the client twice or more: for its signature, then for each try to send it.

    Only what is read after `begin_sending` goes over the line. What a try sent is taken back when the next one begins.

    Args:
        path: the file; it is open for as long as the body is.
        span: the stretch of it, in bytes.
        checksum: SHA-256 of the stretch in base64, as it was hashed.
        on_bytes: is told of bytes that were handed to the line, below 0 where a try failed. What it raises ends the
            request, and is kept in `fault`.

    Attributes:
        sent: bytes that this try has handed to the line.
        is_alone: whether it has the line to itself.
    """

    def __init__(self, path: Path, span: range, checksum: str, line: Line, on_bytes: Callable[[int], None]):
        self._path, self._file = path, path.open("rb")
        self._start, self.size_bytes, self._checksum = span.start, len(span), checksum
        self._line, self._on_bytes = line, on_bytes
        self._at = self.sent = 0
        self._is_sending = self.is_alone = False
        self._began = 0.0
        self.fault: BaseException | None = None

    @property
    def sending_s(self) -> float:
        """For how long this try has been sent."""
        return time.monotonic() - self._began if self._is_sending else 0.0

    def __len__(self) -> int:
        return self.size_bytes

    def begin_sending(self) -> None:
        """From here on what is read goes over the line; told by the client (`before-send`)."""
        self.take_back()
        self._is_sending, self._began = True, time.monotonic()

    def take_back(self) -> None:
        """What was sent came to nothing: the next try begins at its first byte."""
        sent, self.sent, self._is_sending = self.sent, 0, False
        self._at = 0
        if sent:
            self._on_bytes(-sent)

    def refuse_changed(self) -> None:
        """Let pass a stretch that still is what was hashed: to send another again would be refused again.

        Raises:
            IntegrityError: it was changed meanwhile.
        """
        digest = hashlib.sha256()
        self._file.seek(self._start)
        left = self.size_bytes
        while left and (block := self._file.read(min(READ_BYTES, left))):
            digest.update(block)
            left -= len(block)
        if base64.b64encode(digest.digest()).decode() != self._checksum:
            raise self._differs()

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
        try:
            if self._is_sending and count:
                self._send(count)
            self._file.seek(self._start + self._at)
            content = self._file.read(count)
            if len(content) < count:
                raise self._differs()
        except BaseException as fault:
            self.fault = fault
            raise
        self._at += count
        return content

    def _send(self, count: int) -> None:
        children.refuse_when_stopped()
        self._line.carry(count)
        self.sent += count
        self._on_bytes(count)

    def _differs(self) -> IntegrityError:
        return IntegrityError("file_differs", where=str(self._path))

    def close(self) -> None:
        self._file.close()
        super().close()
