"""How many films at once: by cores and by memory, measured (transcode baseline)."""

from __future__ import annotations

import os
from pathlib import Path

FILM_BYTES = 1_400_000_000  # peak of one film with every output at 1080
CORES_A_FILM = 2  # on 2 cores films side by side are 1.02 to 1.06 times slower than one after the other


def jobs(asked: int | None) -> int:
    """Films at once: as asked, but never more than memory holds; one always."""
    available = memory_available()
    by_memory = max(1, available // FILM_BYTES) if available else 1
    by_cores = max(1, (os.cpu_count() or 1) // CORES_A_FILM)
    return max(1, min(asked or by_cores, by_memory))


def memory_available() -> int | None:
    """Bytes that new processes can have without swapping (proc(5): MemAvailable); None where it is not told."""
    return _told("MemAvailable:")


def memory_total() -> int | None:
    """Bytes that this machine has, whatever it is doing (proc(5): MemTotal); None where it is not told."""
    return _told("MemTotal:")


def _told(name: str) -> int | None:
    try:
        lines = Path("/proc/meminfo").read_text().splitlines()
    except OSError:
        return None
    for line in lines:
        if line.startswith(name):
            return int(line.split()[1]) * 1024
    return None
