"""Facts by name, as rules ask for them: every value with the track or stretch of film it belongs to.

A fact that does not apply (sound of a film without sound) has no entries: nothing to hold against a rule.
A fact that should be there but could not be measured has the entry None: its rules are skipped, never passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TypeVar

from pipeline.model.finding import Scalar
from pipeline.model.inspection import AudioTrack, Inspection, Measures, Scan, Segment, VideoTrack

CINEMA_RATIOS = (
    1.85,
    2.0,
    2.2,
    2.35,
    2.39,
)  # letterboxed in 16:9 by the film's own right (QC sheet: letterbox)
Track = TypeVar("Track")
LEAST_MOVEMENT = 0.2  # share of pictures in which movement must have decided, before fields are judged


@dataclass(frozen=True)
class Fact:
    """One value; None is «could not be measured»."""

    value: Scalar | None
    track: str | None = None
    start_s: float | None = None
    end_s: float | None = None


def facts(inspection: Inspection) -> dict[str, tuple[Fact, ...]]:
    """Every fact that a rule may name."""
    media, measures = inspection.media, inspection.measures or Measures()
    table: dict[str, tuple[Fact, ...]] = {
        "file.truncated": (Fact(media.truncated),),
        "video.count": (Fact(len(media.video)),),
        "audio.count": (Fact(len(media.audio)),),
        "content.decode_errors": (Fact(measures.decode_errors),),
        "content.black_s": _segments(measures.black, "video:0"),
        "content.freeze_s": _segments(measures.freeze, "video:0"),
        "content.silence_s": _segments(measures.silence, "audio:0"),
        "av.difference_s": _difference(inspection),
    }
    table |= dict.fromkeys(_OF_FIRST_PICTURE, ())
    for name, of_video in _VIDEO.items():
        table[name] = _tracks("video", media.video, of_video)
    for name, of_audio in _AUDIO.items():
        table[name] = _tracks("audio", media.audio, of_audio)
    if media.video:
        first = media.video[0]
        table["video.constant_rate"] = (Fact(_constant(measures), "video:0"),)
        table |= {name: (Fact(value, "video:0"),) for name, value in _fields(first, measures).items()}
        table["content.bars_share"] = (Fact(_bars(first, measures), "video:0"),)
    for name, value in (
        ("sound.loudness_lkfs", measures.loudness_lkfs),
        ("sound.true_peak_dbtp", measures.true_peak_dbtp),
    ):
        # silence from end to end has no loudness: silence is what is reported
        table[name] = (Fact(value, "audio:0"),) if media.audio and value is not None else ()
    return table


_OF_FIRST_PICTURE = (
    "video.constant_rate", "content.combed_share", "content.wrong_field_share", "content.bars_share",
)  # fmt: skip


def _aspect(track: VideoTrack) -> str:
    shape = track.display_aspect or track.width * track.pixel_aspect / track.height
    if track.rotation in (90, 270):
        shape = 1 / shape
    if abs(shape - 16 / 9) < 0.03:
        return "16:9"
    if abs(shape - 4 / 3) < 0.03:
        return "4:3 SD" if track.height == 576 else "4:3"
    return f"{shape:.2f}:1"


_VIDEO: dict[str, Callable[[VideoTrack], Scalar | None]] = {
    "video.codec": lambda track: track.codec,
    "video.size": lambda track: f"{track.width}x{track.height}",
    "video.frame_rate": lambda track: track.frame_rate,
    "video.aspect": _aspect,
    "video.scan": lambda track: track.scan.value,
    "video.bit_depth": lambda track: track.bit_depth,
    "video.chroma": lambda track: track.chroma or "",
    "video.hdr": lambda track: track.hdr is not None,
    "video.rotation": lambda track: track.rotation,
}
_AUDIO: dict[str, Callable[[AudioTrack], Scalar | None]] = {
    "audio.channels": lambda track: track.channels,
    "audio.sample_rate_hz": lambda track: track.sample_rate_hz,
}


def _tracks(kind: str, tracks: Iterable[Track], read: Callable[[Track], Scalar | None]) -> tuple[Fact, ...]:
    return tuple(Fact(read(track), f"{kind}:{index}") for index, track in enumerate(tracks))


def _segments(found: tuple[Segment, ...], track: str) -> tuple[Fact, ...]:
    return tuple(Fact(round(item.duration_s, 3), track, item.start_s, item.end_s) for item in found)


def _difference(inspection: Inspection) -> tuple[Fact, ...]:
    if not (inspection.media.video and inspection.media.audio) or inspection.measures is None:
        return ()
    timeline, sound = inspection.measures.timeline, inspection.measures.audio_duration_s
    if timeline is None or sound is None:
        return (Fact(None),)
    return (Fact(round(abs(timeline.duration_s - sound), 3)),)


def _constant(measures: Measures) -> bool | None:
    """From picture times, since MediaInfo calls 25p in MPEG-TS variable; a twentieth of a picture is rounding."""
    timeline = measures.timeline
    if timeline is None:
        return None
    slack = max(0.0011, timeline.period_s / 20)  # Matroska keeps whole milliseconds
    return timeline.longest_s - timeline.period_s <= slack and timeline.period_s - timeline.shortest_s <= slack


def _fields(track: VideoTrack, measures: Measures) -> dict[str, Scalar | None]:
    """Shares of pictures whose movement contradicts the flag; only a contradiction is a fault (PsF is none)."""
    counts = measures.fields
    if counts is None:
        return {"content.combed_share": None, "content.wrong_field_share": None}
    decided = counts.tff + counts.bff + counts.progressive
    total = decided + counts.undetermined
    if not total or decided / total < LEAST_MOVEMENT:
        return {"content.combed_share": 0.0, "content.wrong_field_share": 0.0}
    combed = (counts.tff + counts.bff) / decided if track.scan is Scan.PROGRESSIVE else 0.0
    wrong = 0.0
    if track.scan is Scan.INTERLACED and track.field_order:
        against = counts.bff if track.field_order.value == "tff" else counts.tff
        wrong = against / decided
    return {"content.combed_share": round(combed, 3), "content.wrong_field_share": round(wrong, 3)}


def _bars(track: VideoTrack, measures: Measures) -> float:
    """How much of the width and height is bars; cinema ratios in 16:9 are no defect."""
    crop = measures.crop
    if crop is None:  # too dark to tell: no bars are seen
        return 0.0
    sides = 1 - crop.width / track.width
    above = 1 - crop.height / track.height
    active = crop.width * track.pixel_aspect / crop.height
    wide_frame = track.width * track.pixel_aspect / track.height > 1.7
    if sides <= 0.03 and wide_frame and any(abs(active - ratio) < 0.04 for ratio in CINEMA_RATIOS):
        return 0.0
    blanking = 20 / track.width if track.height <= 576 else 0.0  # analogue blanking of SD pictures
    return round(max(sides - blanking, above), 3)
