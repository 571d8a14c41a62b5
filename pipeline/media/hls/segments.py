"""Segments of a rendition, read and measured: fragmented MP4, a transport stream cut in pieces, or packed audio."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline.media.hls import files, fragmented, packed, transport
from pipeline.media.hls.measured import MeasuredSegments
from pipeline.media.hls.playlist import MediaPlaylist, Segment
from pipeline.media.mpegts.packets import SYNC


def measure(folder: Path, playlist: MediaPlaylist) -> MeasuredSegments:
    """Every segment of a media playlist in `folder`, each time line by itself; encrypted ones are not opened."""
    found = MeasuredSegments(container="ts" if playlist.init is None else "fmp4")
    for _, listed in playlist.stretches:
        found.add(_measured(folder, listed))
    return found


def _measured(folder: Path, listed: Sequence[Segment]) -> MeasuredSegments:
    first = listed[0]
    if first.unread:
        return fragmented.unread(listed)
    if first.is_encrypted:
        return fragmented.hidden(folder, listed)
    if first.init is None:
        beginning = next((data for item in listed if (data := files.head(folder, item))), b"")
        if packed.is_packed(beginning):
            return packed.measure(folder, listed)
        return transport.measure(folder, b"", listed)
    try:
        head = files.read(folder, first.init)
        if head[:1] == bytes([SYNC]):  # PAT and PMT (RFC 8216 clause 3.2)
            return transport.measure(folder, head, listed)
        return fragmented.measure(folder, head, listed)
    except (ValueError, OSError) as error:
        return MeasuredSegments(pieces=[None] * len(listed), faults=[(0, f"{first.init.uri}: {error}")])
