"""What the packets of a transport stream tell of its tracks that no reader of its head does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from pipeline.errors import Unsuitable
from pipeline.ffmpeg.report import ReportedStream, SourceReport, StreamKind
from pipeline.inspect import tracks
from pipeline.inspect.mediainfo import KeyedMedia, TrackKey
from pipeline.media.mpegts.carriage import Carriage, carriages

Track = TypeVar("Track")
_KINDS = {StreamKind.VIDEO: "video", StreamKind.AUDIO: "audio"}


def checked(path: Path, report: SourceReport, told: KeyedMedia, programme: int | None) -> KeyedMedia:
    """What MediaInfo told, with tracks protected where a share of their packets is scrambled.

    All packets are read only where something hangs on them: a track is said to be encrypted, or the programme has
    several pictures or sounds, of which one may go on where another ends.

    Raises:
        Unsuitable: the picture or the sound changes its PID on the way.
        InputError: it is no regular file.
    """
    streams = tracks.streams_of(report, programme)
    of_kinds = [[item for item in streams if item.kind is kind] for kind in _KINDS]
    is_said = any(key.is_protected for key, _ in (*told.video, *told.audio))
    if not is_said and all(len(same) < 2 for same in of_kinds):
        return told
    found = carriages(path)
    for same in of_kinds:
        _refuse_joints(same, found, path)
    return replace(told, video=_protected(told.video, found), audio=_protected(told.audio, found))


def _refuse_joints(same: Sequence[ReportedStream], found: Mapping[int, Carriage], path: Path) -> None:
    carried = [(item.id, found[item.id]) for item in tracks.in_order(same) if item.id is not None and item.id in found]
    for pid, other in carried[1:]:
        first, own = carried[0]
        if own.goes_on_in(other):
            kind = _KINDS[same[0].kind]
            raise Unsuitable(
                f"{kind}.changes",
                where=str(path),
                reason=f"changes_stream_{kind}",
                track=f"{kind}:0",
                what=f"PID {first} → {pid}",
            )


def _protected(
    told: tuple[tuple[TrackKey, Track], ...], found: Mapping[int, Carriage]
) -> tuple[tuple[TrackKey, Track], ...]:
    def is_scrambled(key: TrackKey) -> bool:
        return key.id.isdigit() and int(key.id) in found and found[int(key.id)].is_scrambled

    return tuple((replace(key, is_protected=is_scrambled(key)), track) for key, track in told)
