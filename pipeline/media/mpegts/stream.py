"""One pass over a transport stream: everything that its checks need, none of it growing with the rate."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline.media.mpegts.buffers import Arrival, arrival
from pipeline.media.mpegts.clock import PcrClock, clock
from pipeline.media.mpegts.headers import Headers
from pipeline.media.mpegts.packets import NotTransportStream, Sync, blocks
from pipeline.media.mpegts.tables import Programme, Tables
from pipeline.media.mpegts.units import PesTrack, follow


@dataclass(frozen=True)
class Stream:
    """What one pass gathered."""

    sync: Sync
    headers: Headers
    tables: Tables
    programme: Programme  # the first one
    clock: PcrClock
    tracks: tuple[PesTrack, ...]  # of the first programme, in PMT order

    @property
    def packets(self) -> int:
        return self.sync.packets

    @cached_property
    def arrivals(self) -> tuple[tuple[PesTrack, Arrival], ...]:
        """Every unit of each stream against the clock."""
        return tuple((track, arrival(track, self.clock)) for track in self.tracks)

    @property
    def video(self) -> PesTrack | None:
        return next((track for track in self.tracks if track.stream.is_video), None)


def read(path: Path) -> Stream:
    """Read a file once.

    Raises:
        NotTransportStream: no sync, no programme, no clock or no units; the argument says which.
        OSError: it can't be read.
    """
    sync, headers, tables = Sync(), Headers(), Tables()
    tracks: dict[int, PesTrack] = {}
    for block in blocks(path, sync):
        headers.take(block)
        tables.take(block)
        follow(tables, block, tracks)
    if not tables.programmes:
        raise NotTransportStream("ts_no_programme")
    for track in tracks.values():
        track.finish()
    first = next(iter(tables.programmes.values()))
    # another programme has a time base of its own, and is an error in itself
    own = tuple(tracks[item.pid] for item in first.streams if item.pid in tracks)
    if not any(len(track.first) for track in own):
        raise NotTransportStream("ts_no_units")
    return Stream(sync, headers, tables, first, clock(headers, first.pcr_pid), own)
