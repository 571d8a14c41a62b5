"""What was seen and heard as measures of the film: pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzers import AudioAnalyzers, VideoAnalyzers
from pipeline.inspect.audio.levels import LevelWindows, decibels
from pipeline.inspect.audio.samples import WINDOWS_A_SECOND
from pipeline.inspect.filter_log import FilterLog
from pipeline.inspect.video import flash, motion
from pipeline.inspect.video.bars import WINDOW, LitArea, alike
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array
from pipeline.model.inspection import (
    SHORTEST_BLACK_S,
    SHORTEST_S,
    SHORTEST_SILENCE_S,
    AudioMeasures,
    Bars,
    Curves,
    FieldCounts,
    Loudness,
    Measures,
    Media,
    Scan,
    Segment,
    Timeline,
    VideoMeasures,
)

R103_SHARE = 0.01  # EBU R 103: 1 % of the picture is tolerated
LEAST_MOVEMENT = 0.2  # share of pictures in which movement must have decided, before fields are judged
MOSTLY = 0.5
ONE_ORDER = 0.8  # real fields have one order; detail that only looks combed has both
LEAST_COMBS = 0.002  # of the picture
LIMIT_S = 5.0  # flash sheet: a run at the limit for longer is a risk
HOLE = 1.5  # periods
ROUNDING_S = 0.0011
CLOSE_S = 1.0  # damage closer than that is one place


TOP, BOTTOM, WHOLE = 1, 2, 3  # what idet says of a picture; 0 is undecided


@dataclass(frozen=True)
class Packets:
    """The sound track's own times, in seconds of the file's clock; gaps from where one packet ends to the next."""

    first_s: float
    end_s: float
    gaps: tuple[tuple[float, float], ...]


@dataclass
class DecodeResult:
    """Everything that one decode gave; times in seconds of the file's clock."""

    times: Array
    fields: Array
    sound: Packets | None
    video: VideoAnalyzers | None
    audio: AudioAnalyzers | None
    filter_log: FilterLog
    decode_errors: int = 0
    damaged: list[float] = field(default_factory=list)


def summarise(media: Media, measured: DecodeResult) -> tuple[Measures, Curves]:
    """The measures, and a figure for each second."""
    timeline = timeline_of(measured.times)
    start_s = timeline.first_pts_s if timeline else measured.sound.first_s if measured.sound else 0.0
    seen = _seen(media, measured, timeline) if timeline and measured.video else {}
    heard = _heard(measured, start_s)
    curves = Curves(
        luma=_by_second(stretches.joined(measured.video.light.mean), timeline) if measured.video and timeline else (),
        peak_dbfs=_peaks(measured.audio.heard) if measured.audio and measured.audio.heard else (),
        loudness_lkfs=_loudness(measured.filter_log),
    )
    damage = _damage([time - start_s for time in measured.damaged], timeline)
    measures = Measures(
        video=VideoMeasures.model_validate({"timeline": timeline, "damage": damage, **seen}),
        audio=AudioMeasures.model_validate(heard),
        decode_errors=measured.decode_errors,
    )
    return measures, curves


def timeline_of(times: Array) -> Timeline | None:
    """Picture times in seconds, in order of display."""
    if not len(times):
        return None
    steps = np.round(np.diff(times), 6) if len(times) > 1 else np.array([0.04])
    usual = float(np.median(steps))
    # Matroska keeps whole milliseconds: 33 and 34 are 33.367 in the mean
    like = steps[np.abs(steps - usual) <= ROUNDING_S]
    return Timeline(
        frames=len(times),
        first_pts_s=float(times[0]),
        last_pts_s=float(times[-1]),
        period_s=round(float(like.mean()), 6),
        shortest_s=float(steps.min()),
        longest_s=float(steps.max()),
    )


def _seen(media: Media, measured: DecodeResult, timeline: Timeline) -> dict[str, object]:
    video = measured.video
    if video is None:
        return {}
    black = stretches.joined(video.light.black).astype(bool)
    count = min(len(measured.times), len(black))
    edges = np.append(measured.times[:count], measured.times[count - 1] + timeline.period_s) - timeline.first_pts_s

    def placed(runs: Sequence[stretches.Run], shortest_s: float) -> tuple[Segment, ...]:
        found = [stretches.segment((a, min(b, count)), edges) for a, b in runs if a < count]
        return tuple(item for item in found if item.duration_s >= shortest_s - 1e-6)

    dark = placed(stretches.runs(black[:count]), SHORTEST_BLACK_S)
    moved, busy = np.array(video.motion.moved), np.array(video.motion.busy)
    frozen = placed(video.motion.finish(), SHORTEST_S)
    line_up = placed(stretches.runs(stretches.joined(video.line_up).astype(bool)[:count], gap=2), SHORTEST_S)
    outside = stretches.joined(video.light.outside)[:count]
    worst, shared = video.flashes.finish()

    def flashing(most: int) -> list[tuple[int, int, int]]:
        return flash.stretches(worst[:count], shared[:count], video.flashes.window, most)

    return {
        "black": dark,
        "freeze": stretches.without(frozen, (*dark, *line_up), SHORTEST_S),
        "flash": tuple(stretches.segment((a, b), edges, most / 2) for a, b, most in flashing(flash.MOST_TRANSITIONS)),
        "flash_at_limit": placed([(a, b) for a, b, _ in flashing(flash.MOST_TRANSITIONS - 1)], LIMIT_S),
        "bars": _bars(video.frames.finish(), edges),
        "outside_range": stretches.without(  # colour bars hold such values on purpose
            [
                stretches.segment(run, edges, round(float(outside[run[0] : run[1]].max()), 3))
                for run in stretches.runs(outside > R103_SHARE, gap=2)
                if edges[run[1]] - edges[run[0]] >= SHORTEST_S - 1e-6
            ],
            line_up,
            SHORTEST_S,
        ),
        "line_up": line_up,
        "stills": video.portraits.finish(stretches.joined(video.light.mean), np.array(video.motion.change), edges[:-1]),
        "repeats": tuple(
            stretches.segment((a, min(b, count)), edges, round(n / (b - a), 3))
            for a, b, n in motion.repeated(moved[:count], busy[:count])
        ),
        "holes": tuple(
            stretches.segment((index, index + 1), edges, round(float(step), 3))
            for index, step in enumerate(np.diff(edges[:-1]))
            if step > HOLE * timeline.period_s or step <= 0
        )[:1000],
        **_fields(media, measured.fields[:count], edges, video.combs, measured.filter_log.repeated),
    }


def _fields(
    media: Media, classes: Array, edges: Array, combs: Array | None, repeated: tuple[int, int]
) -> dict[str, object]:
    """How movement shows each picture, against what the file says: only a contradiction is a fault (PsF is none)."""
    top, bottom, whole = classes == TOP, classes == BOTTOM, classes == WHOLE
    track = media.video[0]
    combed = wrong = np.zeros(len(classes), bool)
    if track.scan is Scan.PROGRESSIVE:
        combed = top | bottom
    elif track.scan is Scan.INTERLACED and track.field_order:
        wrong = bottom if track.field_order.value == "tff" else top
    if combs is not None:  # without combs it was an edge that jumped: credits that roll, a camera that tilts
        seen = np.zeros(len(classes), bool)
        seen[: len(combs)] = combs[: len(classes)] >= LEAST_COMBS
        combed, wrong = combed & seen, wrong & seen
        top, bottom = top & seen, bottom & seen
    counts = FieldCounts(
        tff=int(top.sum()),
        bff=int(bottom.sum()),
        progressive=int(whole.sum()),
        undetermined=int(len(classes) - top.sum() - bottom.sum() - whole.sum()),
        repeated_top=repeated[0],
        repeated_bottom=repeated[1],
    )
    decided = top | bottom | whole
    return {
        "fields": counts,
        "combed": _against(combed, decided, edges, top),
        "wrong_fields": _against(wrong, decided, edges, top),
    }


def _against(against: Array, decided: Array, edges: Array, top: Array) -> tuple[Segment, ...]:
    """Stretches where most of the pictures that moved speak against the flag, in one field order."""
    width = min(len(against), max(1, round(SHORTEST_S / float(np.median(np.diff(edges))))))
    if not width or not against.any():
        return ()
    moved, bad = stretches.sliding(decided, width), stretches.sliding(against, width)
    starts = np.flatnonzero((moved >= LEAST_MOVEMENT * width) & (bad > MOSTLY * moved))
    found = []
    for start, end in stretches.runs(stretches.covered(starts.tolist(), width, len(against)), gap=width):
        marks = np.flatnonzero(against[start:end]) + start
        first, last = int(marks[0]), int(marks[-1]) + 1
        earliest, latest = max(0, first - width), min(len(against), last + width)
        while first > earliest and not decided[first - 1]:  # what movement has not decided speaks for nobody
            first -= 1
        while last < latest and not decided[last]:
            last += 1
        tops = top[first:last][against[first:last]].mean()
        if max(tops, 1 - tops) >= ONE_ORDER:
            share = against[first:last].sum() / max(1, decided[first:last].sum())
            found.append(stretches.segment((first, last), edges, round(float(share), 3)))
    return tuple(found)


def _bars(boxes: list[LitArea | None], edges: Array) -> tuple[Bars, ...]:
    """Windows in a row with the same bars; those that are too dark to tell go with either side."""
    found: list[tuple[LitArea, int, int]] = []  # box, first and last window
    for index, box in enumerate(boxes):
        if box is None:
            continue
        if found and alike(found[-1][0], box):
            found[-1] = (found[-1][0], found[-1][1], index)
        else:
            found.append((box, index, index))
    last = len(edges) - 1
    return tuple(
        Bars(
            start_s=round(float(edges[min(last, a * WINDOW)]), 3),
            end_s=round(float(edges[min(last, (b + 1) * WINDOW)]), 3),
            top=round(box[0] / HEIGHT, 4),
            bottom=round(1 - box[1] / HEIGHT, 4),
            left=round(box[2] / WIDTH, 4),
            right=round(1 - box[3] / WIDTH, 4),
        )
        for box, a, b in found
        if box != (0, HEIGHT, 0, WIDTH) and (b + 1 - a) * WINDOW * (edges[-1] / last) >= SHORTEST_S
    )


def _heard(measured: DecodeResult, start_s: float) -> dict[str, object]:
    audio, figures = measured.audio, measured.filter_log.in_order()
    if audio is None or audio.heard is None or audio.form is None or measured.sound is None:
        return {}
    first_s, end_s = measured.sound.first_s, measured.sound.end_s
    window_s = audio.form.window / audio.form.rate_hz

    def placed(runs: Sequence[stretches.Run], channel: int | None = None) -> tuple[Segment, ...]:
        return tuple(
            Segment(
                start_s=round(max(0.0, first_s - start_s + a * window_s), 3),
                end_s=round(min(end_s, first_s + b * window_s) - start_s, 3),
                channel=channel,
            )
            for a, b in runs
            if min(end_s, first_s + b * window_s) > start_s
        )

    late: tuple[Segment, ...] = ()
    if first_s - start_s >= SHORTEST_SILENCE_S:  # the picture runs, the sound has not begun
        late = (Segment(start_s=0.0, end_s=round(first_s - start_s, 3)),)
    heard = audio.heard
    own = figures[0] if figures else Loudness(integrated_lkfs=None, range_lu=None, true_peak_dbtp=None)
    return {
        "silence": late + placed(heard.silence(SHORTEST_SILENCE_S)),
        "dead_channels": (*placed(heard.dead(0, SHORTEST_S), 0), *placed(heard.dead(1, SHORTEST_S), 1)),
        "inverted": placed(heard.inverted(SHORTEST_S)),
        "clipping": placed(audio.clipped),
        "tone": placed(heard.tones(SHORTEST_S)),
        "sound_gaps": _gaps(measured.sound, start_s),
        "dual_mono": heard.is_dual_mono(),
        "loudness_lkfs": own.integrated_lkfs,
        "loudness_range_lu": own.range_lu,
        "true_peak_dbtp": own.true_peak_dbtp,
        "stereo": figures[-1] if figures else None,
        "dull_lkfs": dull.integrated_lkfs if (dull := measured.filter_log.named("dull")) else None,
        "audio_duration_s": round(end_s - first_s, 3),
    }


def _gaps(packets: Packets, start_s: float) -> tuple[Segment, ...]:
    """Where the next packet of sound does not begin at the end of the one before."""
    found = []
    for ends, following in packets.gaps:
        span = sorted((max(0.0, ends - start_s), max(0.0, following - start_s)))
        found.append(Segment(start_s=round(span[0], 3), end_s=round(span[1], 3), value=round(span[1] - span[0], 3)))
    return tuple(found)


def _damage(times: list[float], timeline: Timeline | None) -> tuple[Segment, ...]:
    """Places of damage: pictures close to each other are one; the value is how many."""
    period = timeline.period_s if timeline else 0.0
    found: list[Segment] = []
    for time in sorted(times):
        begin, end = round(max(0.0, time), 3), round(max(0.0, time) + period, 3)
        if found and begin - found[-1].end_s <= CLOSE_S:
            found[-1] = found[-1].model_copy(update={"end_s": end, "value": (found[-1].value or 0) + 1})
        else:
            found.append(Segment(start_s=begin, end_s=end, value=1.0))
    return tuple(found)


def _by_second(values: Array, timeline: Timeline) -> tuple[float | None, ...]:
    size = max(1, round(1 / timeline.period_s)) if timeline.period_s else 25
    return tuple(round(float(values[at : at + size].mean()), 1) for at in range(0, len(values), size))


def _peaks(heard: LevelWindows) -> tuple[float | None, ...]:
    level = decibels(np.square(heard.peak.max(axis=1))) if len(heard.peak) else np.zeros(0)
    return tuple(
        round(float(level[at : at + WINDOWS_A_SECOND].max()), 1) for at in range(0, len(level), WINDOWS_A_SECOND)
    )


def _loudness(filter_log: FilterLog) -> tuple[float | None, ...]:
    """The last moment of each second."""
    return tuple(filter_log.moments.get(second) for second in range(max(filter_log.moments, default=-1) + 1))
