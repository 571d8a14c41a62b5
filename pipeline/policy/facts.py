"""Facts by name, as rules ask for them: every value with the track or stretch of film it belongs to.

A fact that does not apply (sound of a film without sound) has no entries: nothing to hold against a rule.
A fact that should be there but could not be measured has the entry None: its rules are skipped, never passed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TypeVar

from pipeline.media.track_shape import upright_shape
from pipeline.model.finding import Scalar
from pipeline.model.inspection import AudioTrack, Bars, Inspection, Measures, Media, Segment, VideoTrack
from pipeline.policy import subtitle_facts
from pipeline.policy.fact import Fact

CINEMA_RATIOS = (1.85, 2.0, 2.2, 2.35, 2.39)  # letterboxed in 16:9 by the film's own right (QC sheet: letterbox)
RATIO_SLACK = 0.04
LEAST_BAR = 0.015  # of the height or width, on both sides
SD_BLANKING = 20 / 720  # analogue blanking of SD pictures
HOLE_S = 0.5  # QC sheet: dropped_frames; shorter ones are jumps of timestamps
RATE_SLACK = 0.012  # 29.97 and 23.976 are further from a whole number
EDGE_S = 0.3  # what begins or ends so near to the film's own begins or ends with it
TrackKind = TypeVar("TrackKind")


def facts(inspection: Inspection) -> dict[str, tuple[Fact, ...]]:
    """Every fact that a rule may name."""
    media, measures = inspection.media, inspection.measures or Measures()
    table: dict[str, tuple[Fact, ...]] = {
        "file.truncated": (Fact(media.truncated),),
        "file.container": (Fact(media.container),),
        "file.programmes": (Fact(media.programmes),),
        "file.attached_pictures": (Fact(media.attached_pictures),),
        "file.timecode_tracks": (Fact(len(media.timecode)),),
        "file.text_tracks": (Fact(len(media.text)),),
        "file.edit_list": (Fact(media.edit_list),),
        "video.count": (Fact(len(media.video)),),
        "audio.count": (Fact(len(media.audio)),),
        "av.difference_s": _difference(inspection),
        "image.lines": tuple(Fact(min(item.width * 9 // 16, item.height)) for item in media.images),
        **dict.fromkeys(subtitle_facts.NAMES, ()),  # those are of other files
    }
    for name, of_video in _VIDEO.items():
        table[name] = _tracks("video", media.video, of_video)
    for name, of_audio in _AUDIO.items():
        table[name] = _tracks("audio", _heard_as(media), of_audio)
    table |= _seen(media.video[0] if media.video else None, measures)
    table |= _heard(measures, has_sound=bool(media.audio), has_picture=bool(media.video))
    if inspection.start_s:  # what stands in front of the programme is left out: nobody will see it
        table = {
            name: tuple(item for item in found if not _before(item, inspection.start_s))
            for name, found in table.items()
        }
    return table


def _before(fact: Fact, start_s: float) -> bool:
    return fact.end_s is not None and fact.end_s <= start_s + EDGE_S


def _seen(track: VideoTrack | None, measures: Measures) -> dict[str, tuple[Fact, ...]]:
    end_s = measures.video.timeline.duration_s if measures.video.timeline else 0.0
    head, inside, tail = by_place(measures.video.black, end_s)
    holes = [item for item in measures.video.holes if (item.value or 0) > HOLE_S]
    unknown = (Fact(None, "video:0"),) if track and measures.video.fields is None else ()
    steady = _is_steady(measures)
    jumps = [item for item in measures.video.holes if (item.value or 0) <= HOLE_S] if steady else []
    return {
        "content.black_head_s": _lengths(head),
        "content.black_s": _lengths(inside),
        "content.black_tail_s": _lengths(tail),
        "content.freeze_s": _lengths(measures.video.freeze),
        "content.flashes_a_second": _values(measures.video.flash),
        "content.flash_at_limit_s": _lengths(measures.video.flash_at_limit),
        "content.combed_s": unknown or _lengths(measures.video.combed),
        "content.wrong_fields_s": unknown or _lengths(measures.video.wrong_fields),
        "content.outside_range_s": _lengths(measures.video.outside_range),
        "content.line_up_s": _lengths(measures.video.line_up),
        "content.repeats_share": _values(measures.video.repeats),
        "content.hole_s": _values(holes),
        "content.timestamp_jump_s": _sizes(jumps) + _sizes(measures.audio.sound_gaps, "audio:0"),
        "content.decode_errors": _errors(measures),
        "content.bars_s": _bars(track, measures) if track else (),
        "video.bitrate_kbps": (Fact(round(track.bitrate_bps / 1000), "video:0"),)
        if track and track.bitrate_bps
        else (),
        "video.frame_rate": (Fact(_rate(track, measures), "video:0"),) if track else (),
        "video.constant_rate": (Fact(_constant(measures), "video:0"),) if track else (),
        "video.duration_s": (Fact(end_s, "video:0"),) if track and measures.video.timeline else (),
    }


def _heard(measures: Measures, *, has_sound: bool, has_picture: bool) -> dict[str, tuple[Fact, ...]]:
    end_s = measures.audio.audio_duration_s or 0.0
    head, inside, tail = by_place(measures.audio.silence, end_s)
    tone = [item for item in measures.audio.tone if item.start_s <= 2.0 or item.end_s >= end_s - 2.0]
    table = {
        "content.silence_percent": _silence(measures, end_s) if has_sound and not has_picture else (),
        "content.silence_head_s": _lengths(head, "audio:0"),
        "content.silence_s": _lengths(inside, "audio:0"),
        "content.silence_tail_s": _lengths(tail, "audio:0"),
        "content.clipping_s": _lengths(measures.audio.clipping, "audio:0"),
        "content.inverted_s": _lengths(measures.audio.inverted, "audio:0"),
        "content.dead_channel_s": _lengths(measures.audio.dead_channels, "audio:0"),
        "content.tone_s": _lengths(tone, "audio:0"),
        "content.dual_mono": (Fact(measures.audio.dual_mono, "audio:0"),) if has_sound else (),
    }
    for name, value in (
        ("sound.loudness_lkfs", measures.audio.loudness_lkfs),
        ("sound.loudness_range_lu", measures.audio.loudness_range_lu),
        ("sound.true_peak_dbtp", measures.audio.true_peak_dbtp),
    ):
        # silence from end to end has no loudness: silence is what is reported
        table[name] = (Fact(value, "audio:0"),) if has_sound and value is not None else ()
    return table


def _silence(measures: Measures, end_s: float) -> tuple[Fact, ...]:
    """How much of a file of sound is silent, all its pauses together."""
    silent_s = sum(item.duration_s for item in measures.audio.silence)
    if not silent_s or not end_s:
        return ()
    first, last = measures.audio.silence[0].start_s, measures.audio.silence[-1].end_s
    return (Fact(round(100 * silent_s / end_s, 1), "audio:0", first, last),)


def by_place(found: Iterable[Segment], end_s: float) -> tuple[list[Segment], list[Segment], list[Segment]]:
    """Stretches at the head, inside, at the tail; one that is the whole film is inside."""
    head: list[Segment] = []
    inside: list[Segment] = []
    tail: list[Segment] = []
    for item in found:
        begins, ends = item.start_s <= EDGE_S, item.end_s >= end_s - EDGE_S
        (inside if begins == ends else head if begins else tail).append(item)
    return head, inside, tail


def _aspect(track: VideoTrack) -> str:
    shape = float(upright_shape(track))
    if abs(shape - 16 / 9) < 0.03:
        return "16:9"
    if abs(shape - 4 / 3) < 0.03:
        return "4:3 SD" if track.height == 576 else "4:3"
    return f"{shape:.2f}:1"


# what a file of sound is held to, or a further track: the other facts are of pictures or of the whole film
AUDIO_FACTS = frozenset(
    {"file.truncated", "audio.count", "content.decode_errors", "content.timestamp_jump_s"}
    | {"sound.loudness_lkfs", "sound.loudness_range_lu", "sound.true_peak_dbtp"}
    | {"content.silence_head_s", "content.silence_s", "content.silence_tail_s", "content.silence_percent"}
    | {"content.clipping_s", "content.inverted_s", "content.dead_channel_s", "content.tone_s", "content.dual_mono"}
    | {"audio.channels", "audio.codec", "audio.language", "audio.sample_rate_hz"}
)

_VIDEO: dict[str, Callable[[VideoTrack], Scalar | None]] = {
    "video.codec": lambda track: track.codec,
    "video.size": lambda track: f"{track.width}x{track.height}",
    "video.aspect": _aspect,
    "video.scan": lambda track: track.scan.value,
    "video.bit_depth": lambda track: track.bit_depth,
    "video.chroma": lambda track: track.chroma or "",
    "video.hdr": lambda track: track.hdr is not None,
    "video.rotation": lambda track: track.rotation,
}
_AUDIO: dict[str, Callable[[AudioTrack], Scalar | None]] = {
    "audio.channels": lambda track: track.channels,
    "audio.codec": lambda track: track.codec,
    "audio.language": lambda track: track.language or "",
    "audio.sample_rate_hz": lambda track: track.sample_rate_hz,
}


def _heard_as(media: Media) -> tuple[AudioTrack, ...]:
    """The sound tracks; two mono ones that are left and right count as stereo."""
    if not media.is_pair:
        return media.audio
    pair = tuple(item.model_copy(update={"channels": 2}) for item in media.audio[:2])
    return pair + media.audio[2:]


def _tracks(kind: str, tracks: Iterable[TrackKind], read: Callable[[TrackKind], Scalar | None]) -> tuple[Fact, ...]:
    return tuple(Fact(read(track), f"{kind}:{index}") for index, track in enumerate(tracks))


def _lengths(found: Iterable[Segment], track: str = "video:0") -> tuple[Fact, ...]:
    return tuple(
        Fact(
            round(item.duration_s, 3),
            track if item.channel is None else f"{track}:{item.channel}",
            item.start_s,
            item.end_s,
        )
        for item in found
    )


def _values(found: Iterable[Segment], track: str = "video:0") -> tuple[Fact, ...]:
    return tuple(Fact(item.value, track, item.start_s, item.end_s) for item in found)


def _sizes(found: Iterable[Segment], track: str = "video:0") -> tuple[Fact, ...]:
    """How far times jump, whichever way."""
    return tuple(Fact(abs(item.value or 0.0), track, item.start_s, item.end_s) for item in found)


def _errors(measures: Measures) -> tuple[Fact, ...]:
    """Where they are; errors without a place are of the whole film."""
    if measures.video.damage:
        return tuple(Fact(int(item.value or 1), "video:0", item.start_s, item.end_s) for item in measures.video.damage)
    return (Fact(measures.decode_errors),)


def _difference(inspection: Inspection) -> tuple[Fact, ...]:
    if not (inspection.media.video and inspection.media.audio) or inspection.measures is None:
        return ()
    timeline, sound = inspection.measures.video.timeline, inspection.measures.audio.audio_duration_s
    if timeline is None or sound is None:
        return (Fact(None),)
    return (Fact(round(abs(timeline.duration_s - sound), 3)),)


def _constant(measures: Measures) -> bool | None:
    """From picture times, since MediaInfo calls 25p in MPEG-TS variable; a twentieth of a picture is rounding.

    A hole is reported as such and makes no variable rate.
    """
    timeline = measures.video.timeline
    if timeline is None:
        return None
    if _is_steady(measures) and measures.video.holes:
        return True
    slack = max(0.0011, timeline.period_s / 20)  # Matroska keeps whole milliseconds
    return timeline.longest_s - timeline.period_s <= slack and timeline.period_s - timeline.shortest_s <= slack


def _rate(track: VideoTrack, measures: Measures) -> float | None:
    """Pictures a second by their times, without the holes; the file's own word where the rate varies."""
    timeline = measures.video.timeline
    if timeline is None or timeline.frames < 2 or not _is_steady(measures):
        return track.frame_rate
    missing = sum((item.value or 0.0) - timeline.period_s for item in measures.video.holes)
    span = timeline.last_pts_s - timeline.first_pts_s - missing
    rate = (timeline.frames - 1) / span if span > 0 else 0.0
    return float(round(rate)) if abs(rate - round(rate)) < RATE_SLACK else round(rate, 3)


def _is_steady(measures: Measures) -> bool:
    """Whether pictures come at one rate but for few holes: those are jumps, not a variable rate."""
    timeline = measures.video.timeline
    return timeline is not None and len(measures.video.holes) <= max(1, timeline.frames // 500)


def _bars(track: VideoTrack, measures: Measures) -> tuple[Fact, ...]:
    """Stretches with bars that are a defect: cinema ratios in 16:9 are none."""
    return tuple(
        Fact(round(item.duration_s, 3), "video:0", item.start_s, item.end_s)
        for item in measures.video.bars
        if is_defect(item, track)
    )


def is_defect(bars: Bars, track: VideoTrack) -> bool:
    """Bars at the sides, on four sides, or above and below a picture of no cinema ratio or in a 4:3 frame."""
    blanking = SD_BLANKING if track.height <= 576 else 0.0
    sides = max(0.0, bars.left - blanking), max(0.0, bars.right - blanking)
    if min(sides) >= LEAST_BAR:
        return True
    if min(bars.top, bars.bottom) < LEAST_BAR:
        return False
    shape = float(upright_shape(track))  # as bars are measured
    active = shape * (1 - bars.left - bars.right) / (1 - bars.top - bars.bottom)
    return shape < 1.7 or not any(abs(active - ratio) < RATIO_SLACK for ratio in CINEMA_RATIOS)
