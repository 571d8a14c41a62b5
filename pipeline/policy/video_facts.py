"""Facts of the pictures, each read from the measures or from the first video track."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise

from pipeline.media.track_shape import are_shown_alike, upright_shape
from pipeline.model.finding import Scalar
from pipeline.model.inspection import Bars, PictureStretch, Segment
from pipeline.model.media import VideoTrack
from pipeline.policy.fact import Fact, number_in_file, numbers
from pipeline.policy.measured import FactTable, MeasuredFilm, by_place, lengths, sizes, values

CINEMA_RATIOS = (1.85, 2.0, 2.2, 2.35, 2.39)  # letterboxed in 16:9 by the film's own right (QC sheet: letterbox)
RATIO_SLACK = 0.04
LEAST_BAR = 0.015  # of the height or width, on both sides
SD_BLANKING = 20 / 720  # analogue blanking of SD pictures
HOLE_S = 0.5  # QC sheet: dropped_frames; shorter ones are jumps of timestamps
RATE_SLACK = 0.012  # 29.97 and 23.976 are further from a whole number


def _of_track(read: Callable[[VideoTrack], Scalar | None]) -> Callable[[MeasuredFilm], tuple[Fact, ...]]:
    """A fact of every video track, as the file tells it."""
    return lambda film: tuple(Fact(read(track), f"video:{index}") for index, track in enumerate(film.media.video))


def _end_s(film: MeasuredFilm) -> float:
    return film.video.timeline.duration_s if film.video.timeline else 0.0


def _black(film: MeasuredFilm) -> tuple[list[Segment], list[Segment], list[Segment]]:
    return by_place(film.video.black, _end_s(film))


def _of_fields(film: MeasuredFilm, found: tuple[Segment, ...]) -> tuple[Fact, ...]:
    """Stretches that fields tell: where they could not be told the fact is unknown."""
    if film.track and film.video.fields is None:
        return (Fact(None, "video:0"),)
    return lengths(found)


def _jumps(film: MeasuredFilm) -> tuple[Fact, ...]:
    short = [item for item in film.video.holes if (item.value or 0) <= HOLE_S] if _is_steady(film) else []
    return sizes(short) + sizes(film.audio.sound_gaps, "audio:0")


def _errors(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Where they are; errors without a place are of the whole film."""
    damage = film.video.damage
    if damage:
        return tuple(Fact(int(item.value or 1), "video:0", item.start_s, item.end_s) for item in damage)
    return (Fact(film.decode_errors),)


def _undecoded_head(film: MeasuredFilm) -> tuple[Fact, ...]:
    """How much of the film's head lies before its first key picture."""
    return tuple(
        Fact(round(item.duration_s, 3), "video:0", 0.0, detail=f"{item.value or 0:g}")
        for item in film.video.undecoded_head
    )


def _crop(film: MeasuredFilm) -> tuple[Fact, ...]:
    """What the container cuts off: samples on the left, on the right, above, below."""
    crop = film.track.crop if film.track else None
    return (Fact(f"{crop.left}/{crop.right}/{crop.top}/{crop.bottom}", "video:0"),) if crop else ()


def _changes(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Each place where the picture becomes another, with what it was and is; those of size alone, which a conference
    may have by the hundred, in one."""
    pairs = list(pairwise(film.video.picture_stretches))
    of_size = [pair for pair in pairs if are_shown_alike(*pair)]
    told = [pair for pair in pairs if not are_shown_alike(*pair)]
    facts = [_change(*pair) for pair in told]
    if of_size:
        facts.append(_change(*of_size[0], times=len(of_size)))
    return tuple(sorted(facts, key=lambda fact: fact.start_s or 0.0))


def _change(before: PictureStretch, after: PictureStretch, times: int = 1) -> Fact:
    count = f" (× {times})" if times > 1 else ""
    words = f"{_kind(before, after)} → {_kind(after, before)}{count}"
    return Fact(words, "video:0", after.start_s, after.end_s)


def _kind(stretch: PictureStretch, other: PictureStretch) -> str:
    """What a stretch is, as far as it differs from another."""
    words = [f"{stretch.width}x{stretch.height} ({_ratio(stretch.display_aspect, stretch.height)})"]
    for name in ("pix_fmt", "matrix", "colour_range", "transfer"):
        if getattr(stretch, name) != getattr(other, name):
            words.append(str(getattr(stretch, name) or "–"))
    return ", ".join(words)


def _aspect(track: VideoTrack) -> str:
    return _ratio(float(upright_shape(track)), track.height)


def _ratio(shape: float, lines: int) -> str:
    if abs(shape - 16 / 9) < 0.03:
        return "16:9"
    if abs(shape - 4 / 3) < 0.03:
        return "4:3 SD" if lines == 576 else "4:3"
    return f"{shape:.2f}:1"


def _unread(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Picture tracks that can't be decoded beside one that can."""
    return tuple(
        Fact(item.coding, detail=str(item.number))
        for item in film.media.unread
        if item.kind == "video" and not item.empty
    )


def _unused(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Which further pictures of the file are not delivered."""
    tracks = film.media.video
    further = sorted(number_in_file(tracks, index) for index in range(1, len(tracks)))
    return (Fact(numbers(further)),) if further else ()


def _chroma(film: MeasuredFilm) -> tuple[Fact, ...]:
    """As the first track is decoded; of further ones as the file tells it."""
    told = [track.chroma for track in film.media.video]
    return tuple(Fact(item, f"video:{index}") for index, item in enumerate(told) if item or not index)


def _bitrate(film: MeasuredFilm) -> tuple[Fact, ...]:
    track = film.track
    return (Fact(round(track.bitrate_bps / 1000), "video:0"),) if track and track.bitrate_bps else ()


def _constant(film: MeasuredFilm) -> bool | None:
    """From frame times, since MediaInfo calls 25p in MPEG-TS variable; a twentieth of a frame is rounding.

    A hole is reported as such and makes no variable rate.
    """
    timeline = film.video.timeline
    if timeline is None:
        return None
    if _is_steady(film) and film.video.holes:
        return True
    if _spread_period(film):  # told as what it is
        return True
    slack = max(0.0011, timeline.period_s / 20)  # Matroska keeps whole milliseconds
    return timeline.longest_s - timeline.period_s <= slack and timeline.period_s - timeline.shortest_s <= slack


def _rate(film: MeasuredFilm, track: VideoTrack) -> float | None:
    """Frames a second by their times, without the holes; the file's own word where the rate varies."""
    timeline = film.video.timeline
    spread = _spread_period(film)
    if timeline is None or timeline.frames < 2 or not (_is_steady(film) or spread):
        return track.frame_rate
    missing = sum((item.value or 0.0) - timeline.period_s for item in film.video.holes)
    span = timeline.last_pts_s - timeline.first_pts_s - missing
    rate = 1 / spread if spread else (timeline.frames - 1) / span if span > 0 else 0.0
    return float(round(rate)) if abs(rate - round(rate)) < RATE_SLACK else round(rate, 3)


def _is_steady(film: MeasuredFilm) -> bool:
    """Whether frames come at one rate but for few holes: those are jumps, not a variable rate."""
    timeline = film.video.timeline
    return timeline is not None and len(film.video.holes) <= max(1, timeline.frames // 500)


def _spread_period(film: MeasuredFilm) -> float | None:
    """How far pictures that share their times are apart, where that is one rate."""
    return next((item.period_s for item in film.video.shared_times if item.period_s), None)


def _bars(film: MeasuredFilm) -> tuple[Fact, ...]:
    """Stretches with bars that are a defect: cinema ratios in 16:9 are none."""
    track = film.track
    return lengths(item for item in film.video.bars if _is_defect(item, track)) if track else ()


def _is_defect(bars: Bars, track: VideoTrack) -> bool:
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


FACTS: FactTable = {
    "video.codec": _of_track(lambda track: track.codec),
    "video.size": _of_track(lambda track: f"{track.width}x{track.height}"),
    "video.aspect": _of_track(_aspect),
    "video.scan": _of_track(lambda track: track.scan.value),
    "video.bit_depth": _of_track(lambda track: track.bit_depth),
    "video.changes": _changes,
    "video.chroma": _chroma,
    "video.hdr": _of_track(lambda track: track.hdr is not None),
    "video.mirrored": _of_track(lambda track: track.mirrored),
    "video.crop": _crop,
    "video.immersive": _of_track(lambda track: track.immersive or ""),
    "video.unread": _unread,
    "video.unused": _unused,
    "video.rotation": _of_track(lambda track: track.rotation),
    "video.bitrate_kbps": _bitrate,
    "video.frame_rate": lambda film: (Fact(_rate(film, film.track), "video:0"),) if film.track else (),
    "video.constant_rate": lambda film: (Fact(_constant(film), "video:0"),) if film.track else (),
    "video.duration_s": lambda film: (
        (Fact(_end_s(film), "video:0"),) if film.track and film.video.timeline is not None else ()
    ),
    "content.black_head_s": lambda film: lengths(_black(film)[0]),
    "content.black_s": lambda film: lengths(_black(film)[1]),
    "content.black_tail_s": lambda film: lengths(_black(film)[2]),
    "content.freeze_s": lambda film: lengths(film.video.freeze),
    "content.flashes_a_second": lambda film: values(film.video.flash),
    "content.flash_at_limit_s": lambda film: lengths(film.video.flash_at_limit),
    "content.combed_s": lambda film: _of_fields(film, film.video.combed),
    "content.wrong_fields_s": lambda film: _of_fields(film, film.video.wrong_fields),
    "content.outside_range_s": lambda film: lengths(film.video.outside_range),
    "content.line_up_s": lambda film: lengths(film.video.line_up),
    "content.repeats_share": lambda film: values(film.video.repeats),
    "content.shared_times": lambda film: values(film.video.shared_times),
    "content.hole_s": lambda film: values(item for item in film.video.holes if (item.value or 0) > HOLE_S),
    "content.timestamp_jump_s": _jumps,
    "content.decode_errors": _errors,
    "content.bars_s": _bars,
    "content.undecoded_head_s": _undecoded_head,
}
