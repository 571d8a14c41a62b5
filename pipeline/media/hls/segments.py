"""Segments of a rendition, read and measured: fragmented MP4, or a transport stream cut in pieces."""

from __future__ import annotations

import io
from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import pairwise
from pathlib import Path
from urllib.parse import unquote

import numpy as np

from pipeline import regular
from pipeline.media.hls import codecs
from pipeline.media.hls.measured import Coding, MeasuredSegments, Piece
from pipeline.media.hls.playlist import MediaPlaylist, Segment
from pipeline.media.isobmff import fragments
from pipeline.media.isobmff.fragments import FragmentTrack, NotFragments, Samples
from pipeline.media.mpegts.headers import Headers
from pipeline.media.mpegts.packets import NotTransportStream, Sync, blocks
from pipeline.media.mpegts.tables import Tables
from pipeline.media.mpegts.units import NO_STAMP, follow
from pipeline.media.mpegts.units import PesTrack as Units

TS_HZ = 90_000


def resolve(folder: Path, uri: str) -> Path | None:
    """The file that a playlist in `folder` means; None for what is no file below it or its parent."""
    if "://" in uri or uri.startswith("/") or "\\" in uri:
        return None
    for name in (uri, unquote(uri)):
        path = (folder / name).resolve()
        if path.is_relative_to(folder.resolve().parent) and path.is_file():
            return path
    return None


def measure(folder: Path, playlist: MediaPlaylist) -> MeasuredSegments:
    """Every segment of a media playlist in `folder`."""
    if playlist.init is None:
        return _transport(folder, playlist.segments)
    found = MeasuredSegments()
    try:
        track, found.coding = header(folder, playlist.init)
    except ValueError as error:
        return MeasuredSegments(pieces=[None] * len(playlist.segments), faults=[(0, str(error))])
    for number, segment in enumerate(playlist.segments):
        try:
            piece, period = _fragment(folder, segment, track, found.coding)
        except (ValueError, OSError) as error:
            found.faults.append((number, f"{segment.uri}: {error}"))
            found.pieces.append(None)
            continue
        found.pieces.append(piece)
        if period and found.coding.kind == "video" and found.coding.frame_rate is None:
            found.coding = replace(found.coding, frame_rate=period)
    return found


def header(folder: Path, init: Segment) -> tuple[FragmentTrack, Coding]:
    """The track of an initialisation segment, and how it is coded.

    Raises:
        ValueError: it is not there or can't be read; the argument names it.
    """
    path = resolve(folder, init.uri)
    try:
        if path is None:
            raise NotFragments("not there")
        track = fragments.header(read(path, init))
        return track, codecs.coding_of_track(track)
    except ValueError as error:
        raise NotFragments(f"{init.uri}: {error}") from error


def read(path: Path, segment: Segment) -> bytes:
    """The bytes that a playlist's line names.

    Raises:
        ValueError: the file is shorter than that.
    """
    with regular.opened(path) as file:
        if segment.range is None:
            return file.read()
        file.seek(segment.range.at)
        data = file.read(segment.range.length)
    if len(data) < segment.range.length:
        raise ValueError("the file ends before the range does")
    return data


def _fragment(folder: Path, segment: Segment, track: FragmentTrack, coding: Coding) -> tuple[Piece, float | None]:
    path = resolve(folder, segment.uri)
    if path is None:
        raise NotFragments("not there")
    data = read(path, segment)
    file = io.BytesIO(data)
    _, pairs = fragments.split(file)
    found = fragments.samples(file, track, pairs)
    if not len(found):
        raise NotFragments("no samples")
    shown = (found.shown - track.begins) / track.scale
    last = int(np.argmax(shown))
    keys = np.flatnonzero(found.sync) if coding.kind == "video" else np.zeros(0, np.int64)
    real = [int(index) for index in keys if is_key(data, found, int(index), coding)]
    period = float(np.median(found.duration)) / track.scale
    return Piece(
        size=len(data),
        start_s=float(shown.min()),
        end_s=float(shown[last] + found.duration[last] / track.scale),
        key=coding.kind != "video" or real[:1] == [0],
        keys_s=tuple(float(shown[index]) for index in real),
    ), 1 / period if period else None


def is_key(data: bytes, found: Samples, index: int, coding: Coding) -> bool:
    """Whether a sample holds a picture that decoding can begin at, and to which nothing behind it looks back."""
    if coding.codec is None:
        return False
    units = coding.codec.units
    at, end = int(found.at[index]), int(found.at[index] + found.size[index])
    while at + 5 <= end:
        if units.type_of(data[at + 4]) in units.closed:
            return True
        at += 4 + int.from_bytes(data[at : at + 4], "big")
    return False


def _transport(folder: Path, listed: Sequence[Segment]) -> MeasuredSegments:
    """Segments that are pieces of one transport stream."""
    found = MeasuredSegments(container="ts")
    sync, headers, tables = Sync(), Headers(), Tables()
    tracks: dict[int, Units] = {}
    edges, sizes = [0], []
    for number, segment in enumerate(listed):
        path = resolve(folder, segment.uri)
        before = len(headers.discontinued)
        try:
            if path is None:
                raise NotTransportStream("not there")
            for block in blocks(path, sync):
                headers.take(block)
                tables.take(block)
                follow(tables, block, tracks)
            sizes.append(path.stat().st_size)
        except (NotTransportStream, OSError) as error:
            found.faults.append((number, f"{segment.uri}: {error}"))
            sizes.append(0)
        if len(headers.discontinued) > before:
            found.breaks.append(number)
        edges.append(sync.packets)
    for track in tracks.values():
        track.finish()
    lead = next((item for item in tracks.values() if item.stream.is_video), next(iter(tracks.values()), None))
    found.pieces = [None] * len(listed) if lead is None else _cut(lead, edges, sizes)
    if lead is not None:
        found.coding = _coding(lead, found)
    return found


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
    stamps = np.sort(lead.pts[lead.pts != NO_STAMP])
    return float(np.median(np.diff(stamps))) / TS_HZ if len(stamps) > 1 else 0.0


def _coding(lead: Units, found: MeasuredSegments) -> Coding | None:
    if lead.stream.is_video:
        parameters = next(iter(lead.sets.values()), None)
        if lead.codec is None or parameters is None:
            found.faults.append((0, "no parameter set"))
            return None
        period = _period(lead)
        return replace(
            codecs.coding_of(lead.codec, parameters, lead.codec.sample_entries[0]),
            frame_rate=round(1 / period, 3) if period else None,
        )
    return Coding("audio", {"aac": "mp4a.40.2", "ac3": "ac-3"}.get(lead.stream.codec, lead.stream.codec))
