"""How a child that reads a document answers: one message after the other, each behind its length."""

from __future__ import annotations

import queue
import threading
from collections.abc import Iterator
from typing import IO

MOST_BYTES = 16 << 20  # a picture of 1920×1080 takes 6 MB
_LENGTH_BYTES = 4
_AHEAD = 2  # messages that wait for their taker


def send(out: IO[bytes], payload: bytes) -> None:
    """Write one message."""
    out.write(len(payload).to_bytes(_LENGTH_BYTES, "big"))
    out.write(payload)
    out.flush()


class Inbox:
    """What a child sends, taken one by one, each within its time."""

    def __init__(self, pipe: IO[bytes]):
        self._messages: queue.Queue[bytes | None] = queue.Queue(_AHEAD)
        self._left = threading.Event()
        self._reader = threading.Thread(target=self._read, args=(pipe,), daemon=True)
        self._reader.start()

    def take(self, timeout_s: float) -> bytes | None:
        """The next message; None where the child ended, or sent what is none.

        Raises:
            TimeoutError: nothing came.
        """
        try:
            return self._messages.get(timeout=timeout_s)
        except queue.Empty:
            raise TimeoutError from None

    def close(self) -> None:
        """Take nothing more; call it once the child has ended."""
        self._left.set()
        self._reader.join(5.0)

    def _read(self, pipe: IO[bytes]) -> None:
        with pipe:
            for message in _messages(pipe):
                if not self._put(message):
                    return
        self._put(None)

    def _put(self, message: bytes | None) -> bool:
        while not self._left.is_set():
            try:
                self._messages.put(message, timeout=0.1)
            except queue.Full:
                continue
            return True
        return False


def _messages(pipe: IO[bytes]) -> Iterator[bytes]:
    while len(head := pipe.read(_LENGTH_BYTES)) == _LENGTH_BYTES:
        length = int.from_bytes(head, "big")
        if length > MOST_BYTES or len(payload := pipe.read(length)) != length:
            return
        yield payload
