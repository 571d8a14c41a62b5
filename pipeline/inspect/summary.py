"""What analysers end with and filters log, as measures of the film: pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import numpy as np

from pipeline.inspect import shared_times, stretches
from pipeline.inspect.analyzers import AudioAnalyzers, VideoAnalyzers
from pipeline.inspect.audio.levels import LevelAnalyzer, decibels
from pipeline.inspect.audio.samples import WINDOWS_A_SECOND
from pipeline.inspect.damage import DamageFound, UndecodedHead
from pipeline.inspect.decoded import DecodedAudio, DecodedVideo, Packets
from pipeline.inspect.filter_log import FilterLog
from pipeline.inspect.video.frames import Array
from pipeline.model.inspection import AudioMeasures, Curves, Measures, Segment, Timeline, VideoMeasures
from pipeline.model.loudness import Loudness
from pipeline.model.media import Media

HOLE = 1.5  # periods
MOST_HOLES = 1000
ROUNDING_S = 0.0011
USUAL_PERIOD_S = 0.04
MOST_SHARED = 0.1  # of the frames may have the time of the one before, or an earlier one
CLOSE_S = 1.0  # damage closer than that is one place


@dataclass
class DecodeResult:
    """Everything that one decode gave; times in seconds of the file's clock."""

    times: Array
    fields: Array
    packets: Packets | None
    video: VideoAnalyzers | None
    audio: AudioAnalyzers | None
    filter_log: FilterLog
    decode_errors: int = 0
    damage: DamageFound = field(default_factory=DamageFound)


def summarise(media: Media, result: DecodeResult) -> tuple[Measures, Curves]:
    """The measures, and a figure for each second."""
    timeline = timeline_of(result.times)
    start_s = timeline.first_pts_s if timeline else result.packets.first_s if result.packets else 0.0
    levels = result.audio.levels if result.audio else None
    curves = Curves(
        luma=_by_second(result.video.light.mean, timeline) if result.video and timeline else (),
        peak_dbfs=_peaks(levels) if levels else (),
        loudness_lkfs=_loudness(result.filter_log),
    )
    damage = VideoMeasures(
        timeline=timeline,
        damage=_damage([time - start_s for time in result.damage.times], timeline),
        undecoded_head=_undecoded_head(result.damage.head),
    )
    measures = Measures(
        video=_joined_video((damage, *_video(media, result, timeline))),
        audio=_joined_audio(_audio(result, start_s)),
        decode_errors=result.decode_errors,
    )
    return measures, curves


def _joined_video(parts: Iterable[VideoMeasures]) -> VideoMeasures:
    return VideoMeasures(**{name: getattr(part, name) for part in parts for name in part.model_fields_set})


def _joined_audio(parts: Iterable[AudioMeasures]) -> AudioMeasures:
    return AudioMeasures(**{name: getattr(part, name) for part in parts for name in part.model_fields_set})


def timeline_of(times: Array) -> Timeline | None:
    """Times of frames in seconds, in order of display."""
    if not len(times):
        return None
    steps = np.round(np.diff(times), 6) if len(times) > 1 else np.array([USUAL_PERIOD_S])
    return Timeline(
        frames=len(times),
        first_pts_s=float(times[0]),
        last_pts_s=float(times[-1]),
        period_s=_period(steps),
        shortest_s=float(steps.min()),
        longest_s=float(steps.max()),
    )


def _period(steps: Array) -> float:
    """How far frames are apart most of the time; where many have the time of another one, in the mean of all."""
    usual = float(np.median(steps))
    # Matroska keeps whole milliseconds: 33 and 34 are 33.367 in the mean
    like = steps[np.abs(steps - usual) <= ROUNDING_S]
    if len(like) and np.mean(steps <= shared_times.SAME_S) <= MOST_SHARED:
        return round(float(like.mean()), 6)
    return round(float(steps.mean()), 6) if steps.mean() > 0 else USUAL_PERIOD_S


def _video(media: Media, result: DecodeResult, timeline: Timeline | None) -> list[VideoMeasures]:
    if result.video is None or timeline is None:
        return []
    count = min(len(result.times), result.video.count)
    decoded = DecodedVideo(
        track=media.video[0],
        timeline=timeline,
        edges=np.append(result.times[:count], result.times[count - 1] + timeline.period_s) - timeline.first_pts_s,
        fields=result.fields[:count],
        repeated=result.filter_log.repeated,
    )
    stamps = VideoMeasures(holes=_holes(decoded), shared_times=shared_times.of(decoded.edges, timeline.period_s))
    return [*result.video.finish(decoded), stamps]


def _holes(decoded: DecodedVideo) -> tuple[Segment, ...]:
    """Where a frame lasts longer than it should, or times go back."""
    found = (
        stretches.segment((index, index + 1), decoded.edges, round(float(step), 3))
        for index, step in enumerate(np.diff(decoded.edges[:-1]))
        if step > HOLE * decoded.timeline.period_s or step <= 0
    )
    return tuple(found)[:MOST_HOLES]


def _audio(result: DecodeResult, start_s: float) -> list[AudioMeasures]:
    audio, packets, figures = result.audio, result.packets, result.filter_log.in_order()
    if audio is None or audio.samples is None or packets is None:
        return []
    own = figures[0] if figures else Loudness(integrated_lkfs=None, range_lu=None, true_peak_dbtp=None)
    dull, rest = result.filter_log.named("dull"), result.filter_log.named("rest")
    logged = AudioMeasures(
        sound_gaps=_gaps(packets, start_s),
        loudness_lkfs=own.integrated_lkfs,
        loudness_range_lu=own.range_lu,
        true_peak_dbtp=own.true_peak_dbtp,
        stereo=figures[-1] if figures else None,
        dull_lkfs=dull.integrated_lkfs if dull else None,
        rest_lkfs=rest.integrated_lkfs if rest else None,
        audio_duration_s=round(packets.end_s - packets.first_s, 3),
    )
    return [*audio.finish(DecodedAudio(audio.samples, packets, start_s)), logged]


def _gaps(packets: Packets, start_s: float) -> tuple[Segment, ...]:
    """Where the next packet of sound does not begin at the end of the one before."""
    found = []
    for ends, following in packets.gaps:
        span = sorted((max(0.0, ends - start_s), max(0.0, following - start_s)))
        found.append(Segment(start_s=round(span[0], 3), end_s=round(span[1], 3), value=round(span[1] - span[0], 3)))
    return tuple(found)


def _damage(times: list[float], timeline: Timeline | None) -> tuple[Segment, ...]:
    """Places of damage: frames close to each other are one; the value is how many."""
    period = timeline.period_s if timeline else 0.0
    found: list[Segment] = []
    for time in sorted(times):
        begin, end = round(max(0.0, time), 3), round(max(0.0, time) + period, 3)
        if found and begin - found[-1].end_s <= CLOSE_S:
            found[-1] = found[-1].model_copy(update={"end_s": end, "value": (found[-1].value or 0) + 1})
        else:
            found.append(Segment(start_s=begin, end_s=end, value=1.0))
    return tuple(found)


def _undecoded_head(head: UndecodedHead | None) -> tuple[Segment, ...]:
    """What lies in front of the first picture; the value is how many pictures."""
    return (Segment(start_s=-head.duration_s, end_s=0.0, value=float(head.pictures)),) if head else ()


def _by_second(values: Array, timeline: Timeline) -> tuple[float | None, ...]:
    size = max(1, round(1 / timeline.period_s)) if timeline.period_s else 25
    return tuple(round(float(values[at : at + size].mean()), 1) for at in range(0, len(values), size))


def _peaks(levels: LevelAnalyzer) -> tuple[float | None, ...]:
    peak = decibels(np.square(levels.peak.max(axis=1))) if len(levels.peak) else np.zeros(0)
    return tuple(
        round(float(peak[at : at + WINDOWS_A_SECOND].max()), 1) for at in range(0, len(peak), WINDOWS_A_SECOND)
    )


def _loudness(filter_log: FilterLog) -> tuple[float | None, ...]:
    """The last moment of each second."""
    return tuple(filter_log.moments.get(second) for second in range(max(filter_log.moments, default=-1) + 1))
