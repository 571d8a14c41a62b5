"""Segments that are pieces of one transport stream: pictures, sound, or both."""

from __future__ import annotations

import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import numpy as np

from pipeline.media.hls import codecs, files
from pipeline.media.hls.measured import Coding, MeasuredSegments, Piece, ReadStretch
from pipeline.media.hls.playlist import Segment
from pipeline.media.mpegts.headers import Headers
from pipeline.media.mpegts.packets import Block, NotTransportStream, Sync, blocks, blocks_of
from pipeline.media.mpegts.tables import Tables
from pipeline.media.mpegts.units import NO_STAMP, follow
from pipeline.media.mpegts.units import PesTrack as Units

TS_HZ = 90_000
# RFC 6381 names; AAC's object type is told apart by what a playlist says of it
_SOUNDS = {"aac": "mp4a.40.2", "ac3": "ac-3", "ac3-atsc": "ac-3", "eac3": "ec-3", "eac3-atsc": "ec-3"}


def measure(folder: Path, head: bytes, listed: Sequence[Segment]) -> MeasuredSegments:
    """The pieces of one stream; `head` is PAT and PMT where they stand in a header of their own."""
    found = MeasuredSegments(container="ts")
    sync, headers, tables = Sync(), Headers(), Tables()
    tracks: dict[int, Units] = {}
    for block in blocks_of(io.BytesIO(head), Sync()) if head else ():
        tables.take(block)
    edges, sizes = [0], []
    torn = False  # behind a segment that can't be read counters need not go on
    for number, segment in enumerate(listed):
        before = len(headers.discontinued)
        try:
            sizes.append(files.size(folder, segment))
            for block in _blocks(folder, segment, sync):
                headers.take(block)
                tables.take(block)
                follow(tables, block, tracks)
        except (ValueError, OSError) as error:
            what = files.strange(folder, segment)
            found.put_fault(number, segment.uri, error, what or ("foreign" if str(error) == "ts_no_sync" else None))
            sizes[number:] = [0]
        if len(headers.discontinued) > before and not torn:
            found.breaks.append(number)
        torn = not sizes[number]
        edges.append(sync.packets)
    for track in tracks.values():
        track.finish()
    lead = next((item for item in tracks.values() if item.stream.is_video), next(iter(tracks.values()), None))
    found.pieces = [None] * len(listed) if lead is None else _cut(lead, edges, sizes)
    if lead is not None:
        found.coding = _coding(lead, found)
        heard = [item for item in tracks.values() if item is not lead and item.stream.is_audio and len(item.first)]
        sounds = tuple(_sound(item) for item in heard)
        found.stretches = [ReadStretch(0, len(listed), found.coding, sounds, "ts")]
    return found


def _blocks(folder: Path, segment: Segment, sync: Sync) -> Iterator[Block]:
    if segment.range:
        return blocks_of(io.BytesIO(files.read(folder, segment)), sync)
    path = files.resolve(folder, segment.uri)
    if path is None:
        raise NotTransportStream("not there")
    return blocks(path, sync)


def _cut(lead: Units, edges: Sequence[int], sizes: Sequence[int]) -> list[Piece | None]:
    """The units of each piece; a unit belongs to the piece in which it begins."""
    period = _period(lead)
    keys = {entry.unit for entry in lead.entries if entry.key}
    pieces: list[Piece | None] = []
    for (first, behind), size in zip(pairwise(edges), sizes, strict=True):
        units = np.flatnonzero((lead.first >= first) & (lead.first < behind) & (lead.pts != NO_STAMP))
        if not size or not len(units):
            pieces.append(None)
            continue
        shown = lead.pts[units] / TS_HZ
        picture, last = lead.stream.is_video, int(np.argmax(shown))
        # a packet holds some frames of sound: the last one as many as its bytes tell
        held = 1.0 if picture else float(lead.size[units[last]] / np.median(lead.size))
        real = [index for index, unit in enumerate(units) if int(unit) in keys] if picture else []
        end_s, starts = float(shown[last] + period * held), not picture or real[:1] == [0]
        pieces.append(Piece(size, float(shown.min()), end_s, starts, tuple(float(shown[index]) for index in real)))
    return pieces if lead.stream.is_video else _closed(pieces)


def _closed(pieces: Iterable[Piece | None]) -> list[Piece | None]:
    """Each ends where the next begins."""
    made = list(pieces)
    for index, (one, after) in enumerate(pairwise(made)):
        if one and after:
            made[index] = replace(one, end_s=after.start_s)
    return made


def _period(lead: Units) -> float:
    """Seconds from one unit to the next."""
    stamps = np.unique(lead.pts[lead.pts != NO_STAMP])  # one time may be told twice, in a segment that is
    return float(np.median(np.diff(stamps))) / TS_HZ if len(stamps) > 1 else 0.0


def _coding(lead: Units, found: MeasuredSegments) -> Coding | None:
    if not lead.stream.is_video:
        return _sound(lead)
    parameters = next(iter(lead.sets.values()), None)
    if lead.codec is None or parameters is None:
        found.faults.append((0, "no parameter set"))
        return None
    period = _period(lead)
    return replace(
        codecs.coding_of(lead.codec, parameters, lead.codec.sample_entries[0]),
        frame_rate=round(1 / period, 3) if period else None,
    )


def _sound(track: Units) -> Coding:
    return Coding("audio", _SOUNDS.get(track.stream.codec, track.stream.codec))
