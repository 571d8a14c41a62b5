"""How much the streams of a transport stream carry, and what its tables call them, from the head of a file."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from itertools import islice
from pathlib import Path

from pipeline.media.mpegts import packets
from pipeline.media.mpegts.clock import clock
from pipeline.media.mpegts.headers import Headers
from pipeline.media.mpegts.packets import NotTransportStream, Sync
from pipeline.media.mpegts.tables import Tables

_BLOCKS = 8  # some seconds of most streams


@dataclass(frozen=True)
class StreamRate:
    """What a PID carries.

    Args:
        kbps: None where no clock tells how long it takes.
        registration: four letters of its format (ISO/IEC 13818-1 2.6.8); empty where there are none.
        is_packetized: it may be a picture or sound: the others carry sections, such as a carousel of applications.
    """

    kbps: int | None
    registration: str
    is_packetized: bool = True


def rates(path: Path, pids: Collection[int]) -> dict[int, StreamRate]:
    """What each of `pids` carries, its packets counted whole.

    Raises:
        InputError: it is no regular file.
    """
    headers, tables, count = Headers(), Tables(), 0
    try:
        for block in islice(packets.blocks(path, Sync()), _BLOCKS):
            headers.take(block)
            tables.take(block)
            count += len(block.pid)
    except (NotTransportStream, OSError):  # whoever reads the whole of it says so
        return {}
    whole_bps = _whole_bps(headers)
    known = {item.pid: item for programme in tables.programmes.values() for item in programme.streams}
    found = {}
    for pid in pids:
        seen = headers.seen[pid][-1] if pid in headers.seen else 0
        told = known.get(pid)
        letters = (told.registration if told else None) or ""
        kbps = None if whole_bps is None else round(whole_bps * seen / count / 1000)
        found[pid] = StreamRate(
            kbps, letters if letters.isascii() and letters.isalnum() else "", told is None or told.is_packetized
        )
    return found


def _whole_bps(headers: Headers) -> float | None:
    """By the PID that has most PCRs."""
    if not headers.pcr_packet:
        return None
    pid = max(headers.pcr_packet, key=lambda item: sum(map(len, headers.pcr_packet[item])))
    try:
        return clock(headers, pid).rate_bps
    except NotTransportStream:
        return None
