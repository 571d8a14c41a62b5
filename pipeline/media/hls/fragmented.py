"""Segments of fragmented MP4: pictures, sound, or both in one."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np

from pipeline.media.hls import codecs, files
from pipeline.media.hls.measured import Coding, MeasuredSegments, Piece, ReadStretch
from pipeline.media.hls.playlist import Segment
from pipeline.media.isobmff import fragments
from pipeline.media.isobmff.fragments import FragmentTrack, NotFragments, Samples

_ENCRYPTED = (b"encv", b"enca")  # ISO/IEC 23001-7 clause 4


def measure(folder: Path, head: bytes, listed: Sequence[Segment]) -> MeasuredSegments:
    """Segments behind one header. Where it holds pictures and sound, pieces begin and end with the pictures.

    Raises:
        ValueError: the header can't be read.
    """
    tracks = fragments.headers(head)
    lead = lead_of(tracks)
    if lead.entry[0] in _ENCRYPTED:
        return hidden(folder, listed)
    found = MeasuredSegments(codecs.coding_of_track(lead))
    for number, segment in enumerate(listed):
        try:
            piece, period = _fragment(files.read(folder, segment), lead, found.coding)
        except (ValueError, OSError) as error:
            found.put_fault(number, segment.uri, error, files.strange(folder, segment))
            found.pieces.append(None)
            continue
        found.pieces.append(piece)
        if period and found.coding and found.coding.kind == "video" and found.coding.frame_rate is None:
            found.coding = replace(found.coding, frame_rate=period)
    sounds = tuple(_sound(track) for track in tracks if track is not lead and track.handler == b"soun")
    found.stretches = [ReadStretch(0, len(listed), found.coding, sounds)]
    return found


def hidden(folder: Path, listed: Sequence[Segment]) -> MeasuredSegments:
    """Encrypted segments: that they are there, and their bytes."""
    found = MeasuredSegments(pieces=[None] * len(listed))
    for number, segment in enumerate(listed):
        try:
            found.hidden[number] = files.size(folder, segment)
        except (ValueError, OSError) as error:
            found.faults.append((number, f"{segment.uri}: {error}"))
    return found


def unread(listed: Sequence[Segment]) -> MeasuredSegments:
    """Segments that are not looked into, each with why."""
    whys = {number: why for number, segment in enumerate(listed) if (why := segment.unread)}
    return MeasuredSegments(pieces=[None] * len(listed), unread=whys)


def lead_of(tracks: Sequence[FragmentTrack]) -> FragmentTrack:
    """The track that segments are cut by: the pictures, else the first."""
    return next((track for track in tracks if track.handler == b"vide"), tracks[0])


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


def _sound(track: FragmentTrack) -> Coding:
    """How sound beside pictures is coded; by its sample entry's name where HLS does not take it."""
    try:
        return codecs.coding_of_track(track)
    except ValueError:
        return Coding("audio", track.entry[0].decode("latin-1"))


def _fragment(data: bytes, track: FragmentTrack, coding: Coding | None) -> tuple[Piece, float | None]:
    file = io.BytesIO(data)
    _, pairs = fragments.split(file)
    found = fragments.samples(file, track, pairs)
    if not len(found) or coding is None:
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
