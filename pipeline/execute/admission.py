"""How many films at once: by cores and by memory, measured (transcode baseline)."""

from __future__ import annotations

import os

from pipeline import process

FILM_BYTES = 1_400_000_000  # peak of one film with every output at 1080
CORES_A_FILM = 2  # on 2 cores films side by side are 1.02 to 1.06 times slower than one after the other


def jobs(asked: int | None) -> int:
    """Films at once: as asked, but never more than memory holds; one always."""
    available = process.memory_available()
    by_memory = max(1, available // FILM_BYTES) if available else 1
    by_cores = max(1, (os.cpu_count() or 1) // CORES_A_FILM)
    return max(1, min(asked or by_cores, by_memory))
