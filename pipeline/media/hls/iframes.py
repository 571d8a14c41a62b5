"""I-frame playlists: whether each range of bytes is one key picture that can be shown alone."""

from __future__ import annotations

import io
from collections.abc import Sequence
from pathlib import Path

import numpy as np

from pipeline.media.hls import codecs, files, fragmented, transport
from pipeline.media.hls.measured import Coding, MeasuredSegments, Piece
from pipeline.media.hls.playlist import MediaPlaylist, Segment
from pipeline.media.isobmff import boxes, fragments
from pipeline.media.isobmff.fragments import FragmentTrack, NotFragments
from pipeline.media.mpegts.packets import NotTransportStream, Sync, blocks_of
from pipeline.media.mpegts.tables import Tables
from pipeline.media.mpegts.units import NO_STAMP, follow
from pipeline.media.mpegts.units import PesTrack as Units


def measure(folder: Path, playlist: MediaPlaylist) -> MeasuredSegments:
    """Every key picture of an I-frame playlist in `folder`; a piece begins and ends when its picture is shown."""
    found = MeasuredSegments(container="fmp4" if playlist.init else "ts")
    for _, listed in playlist.stretches:
        found.add(_measured(folder, listed))
    return found


def _measured(folder: Path, listed: Sequence[Segment]) -> MeasuredSegments:
    init = listed[0].init
    if listed[0].unread:
        return fragmented.unread(listed)
    if listed[0].is_encrypted:
        return fragmented.hidden(folder, listed)
    found = MeasuredSegments(container="fmp4" if init else "ts")
    track = None
    if init:
        try:
            track = fragmented.lead_of(fragments.headers(files.read(folder, init)))
            found.coding = codecs.coding_of_track(track)
        except (ValueError, OSError) as error:
            return MeasuredSegments(pieces=[None] * len(listed), faults=[(0, f"{init.uri}: {error}")])
    for number, segment in enumerate(listed):
        try:
            data = files.read(folder, segment)
            if track is None or found.coding is None:
                at_s, found.coding = _unit(data)
            else:
                at_s = _sample(data, track, found.coding)
            found.pieces.append(Piece(len(data), at_s, at_s, True, (at_s,)))
        except (ValueError, OSError) as error:
            found.faults.append((number, f"{segment.uri}: {error}"))
            found.pieces.append(None)
    return found


def span(data: bytes) -> int:
    """How many of a fragment's first bytes are its header and its first sample.

    Raises:
        NotFragments: it has no sample.
    """
    head, body = _pair(data)
    made = fragments.samples(io.BytesIO(data), FragmentTrack(0, b"", 1, 0, (b"", b""), (0, 0, 0)), [(head, body)])
    if not len(made):
        raise NotFragments("no samples")
    return int(made.at[0] + made.size[0])


def _pair(data: bytes) -> tuple[boxes.Box, boxes.Box]:
    found = {item.name: item for item in boxes.top(io.BytesIO(data))}
    if b"moof" not in found or b"mdat" not in found:
        raise NotFragments("the range does not begin with a fragment's header")
    return found[b"moof"], found[b"mdat"]


def _sample(data: bytes, track: FragmentTrack, coding: Coding) -> float:
    """When the picture of a fragment's first sample is shown."""
    head, body = _pair(data)
    made = fragments.samples(io.BytesIO(data), track, [(head, body)])
    if not len(made) or made.at[0] + made.size[0] > len(data):
        raise NotFragments("the range ends within the picture")
    if not fragmented.is_key(data, made, 0, coding):
        raise NotFragments("no key picture")
    return float((made.shown[0] - track.begins) / track.scale)


def _unit(data: bytes) -> tuple[float, Coding]:
    """When the key picture of these packets is shown, and what its parameter set says."""
    tables, tracks = Tables(), dict[int, Units]()
    for block in blocks_of(io.BytesIO(data), Sync()):
        tables.take(block)
        follow(tables, block, tracks)
    for track in tracks.values():
        track.finish()
        stamps = track.pts[track.pts != NO_STAMP]
        codec, parameters = track.codec, next(iter(track.sets.values()), None)
        if codec and parameters and len(stamps) and any(entry.unit == 0 and entry.key for entry in track.entries):
            coding = codecs.coding_of(codec, parameters, codec.sample_entries[0])
            return float(np.min(stamps)) / transport.TS_HZ, coding
    raise NotTransportStream("no key picture")
