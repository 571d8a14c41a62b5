"""Packets of a transport stream, in blocks: the columns of their headers, and where synchronism is lost.

ISO/IEC 13818-1 2.4.3.2. Reads in blocks, so memory does not grow with the film.
"""

from __future__ import annotations

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, TypeAlias

import numpy as np
from numpy.typing import NDArray

from pipeline import regular

PACKET = 188
SYNC = 0x47
NULL_PID = 0x1FFF
BLOCK_PACKETS = 32_768
M2TS = 192  # four bytes with the time of arrival stand before each packet (BDAV)
_SIZES = (188, 204, M2TS)  # 204: 16 bytes of Reed-Solomon parity behind each packet
_GAINED_AFTER = 5  # TR 101 290 1.1: sync is gained after five good bytes and lost after two bad ones

Bytes: TypeAlias = NDArray[np.uint8]
Numbers: TypeAlias = NDArray[np.int64]
Flags: TypeAlias = NDArray[np.bool_]


class NotTransportStream(ValueError):
    """No packets with sync bytes. The argument is a key of the catalogue's `problem`."""


@dataclass(frozen=True)
class Block:
    """Consecutive packets, one a row; `first` is the number of the first one in the stream."""

    first: int
    rows: Bytes
    pid: NDArray[np.uint16]
    starts: Flags  # payload_unit_start_indicator
    loaded: Flags  # has payload
    payload: Numbers  # where the payload begins; 188 or more where there is none
    broken: Flags  # discontinuity_indicator

    def numbers(self, rows: NDArray[np.intp]) -> Numbers:
        """Packet numbers in the stream of rows of this block."""
        return rows + self.first


@dataclass
class Sync:
    """What went wrong between packets; positions are packet numbers."""

    size: int = PACKET
    wrong: list[int] = field(default_factory=list)  # sync bytes that are not 0x47
    lost: list[int] = field(default_factory=list)
    cut_bytes: int = 0  # of a packet that the file's end cuts
    packets: int = 0


def blocks(path: Path, sync: Sync) -> Iterator[Block]:
    """Every packet of a file; `sync` is filled on the way.

    Raises:
        NotTransportStream: five packets in a row are nowhere near the head of the file.
        InputError: it is no regular file.
    """
    with regular.opened(path) as handle:
        yield from blocks_of(handle, sync)


def blocks_of(handle: IO[bytes], sync: Sync) -> Iterator[Block]:
    """Every packet from the front of an open file; as `blocks`."""
    start, sync.size = _aligned(handle.read(4 * _SIZES[1] * _GAINED_AFTER))
    handle.seek(start)
    rest = b""
    while raw := handle.read(BLOCK_PACKETS * sync.size - len(rest)):
        rest = yield from _whole(rest + raw, sync, handle)
    if sync.size == M2TS and len(rest) == PACKET:  # the last packet has no time behind it
        rest = yield from _whole(rest + bytes(M2TS - PACKET), sync, handle)
    sync.cut_bytes = len(rest)


def _whole(data: bytes, sync: Sync, handle: IO[bytes]) -> Generator[Block, None, bytes]:
    """Blocks of the whole packets in `data`, found again where bytes are missing; what is left over is returned."""
    while True:
        count = len(data) // sync.size
        rows = np.frombuffer(data, dtype=np.uint8, count=count * sync.size).reshape(count, sync.size)[:, :PACKET]
        bad = np.flatnonzero(rows[:, 0] != SYNC)
        twice = bad[:-1][np.diff(bad) == 1] if len(bad) > 1 else bad[:0]
        good = int(twice[0]) if len(twice) else count
        sync.wrong += [sync.packets + int(row) for row in bad[bad < good]]
        if good:
            yield _block(rows[:good], sync.packets)
            sync.packets += good
        if good == count:
            return data[count * sync.size :]
        sync.lost.append(sync.packets)
        sync.wrong.append(sync.packets)
        data = data[good * sync.size + 1 :]
        while (again := _found(data, sync.size)) is None:
            more = handle.read(BLOCK_PACKETS * sync.size)
            if not more:
                return b""
            data = data[-sync.size * _GAINED_AFTER :] + more
        data = data[again:]


def _aligned(head: bytes) -> tuple[int, int]:
    for size in _SIZES:
        start = _found(head, size)
        if start is not None and start < size:
            return start, size
    raise NotTransportStream("ts_no_sync")


def _found(data: bytes, size: int) -> int | None:
    """Where five sync bytes stand a packet apart; the head of a shorter file has as many as it holds."""
    least = min(_GAINED_AFTER, max(1, len(data) // size))
    at = data.find(SYNC)
    while 0 <= at <= len(data) - least * size:
        if data[at : at + size * least : size] == bytes([SYNC]) * least:
            return at
        at = data.find(SYNC, at + 1)
    return None


def _block(rows: Bytes, first: int) -> Block:
    control = rows[:, 3]
    adapted = (control & 0x20) != 0
    loaded = (control & 0x10) != 0
    payload = np.where(adapted, 5 + rows[:, 4].astype(np.int64), 4)
    return Block(
        first=first,
        rows=rows,
        pid=(((rows[:, 1] & 0x1F).astype(np.uint16) << 8) | rows[:, 2]).astype(np.uint16),
        starts=(rows[:, 1] & 0x40) != 0,
        loaded=loaded & (payload < PACKET),
        payload=payload,
        broken=adapted & (rows[:, 4] > 0) & ((rows[:, 5] & 0x80) != 0),
    )
