"""Who is told of the bytes of a transfer, and who knows digests."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

# bytes that are there now, also those of an earlier run; less than 0 where a retry takes some back, and 0 now and then
# while none come: who shows it sees by that for how long the line is silent
BytesCallback = Callable[[int], None]
DigestCallback = Callable[[Path], str]


class Told:
    """Who is told of bytes, and of how many they were told: by `of_sent` of those that were sent, by `of_same` of those
    that the store had before."""

    def __init__(self, on_sent: BytesCallback, on_same: BytesCallback):
        self._on_sent, self._on_same = on_sent, on_same
        self._lock = threading.Lock()
        self._sent = self._same = 0
        self._is_ended = False

    @property
    def count(self) -> int:
        """The bytes that are there, as far as they were told of."""
        return self._sent + self._same

    def of_sent(self, count: int) -> None:
        """Sent, or taken back where it is below 0."""
        with self._lock:
            if not self._is_ended:
                self._sent += count
                self._on_sent(count)

    def of_same(self, count: int) -> None:
        """There before, or under another key."""
        with self._lock:
            if not self._is_ended:
                self._same += count
                self._on_same(count)

    def tick(self) -> None:
        """Nothing came meanwhile."""
        self._on_sent(0)

    def within(self) -> Told:
        """For a part of it, which may be taken back as a whole."""
        return Told(self.of_sent, self.of_same)

    def end(self) -> None:
        """From here on nobody is told: whoever was left to itself may still say something."""
        with self._lock:
            self._is_ended = True

    def take_back(self) -> None:
        """All of it came to nothing."""
        sent, same = self._sent, self._same
        if sent:
            self.of_sent(-sent)
        if same:
            self.of_same(-same)
