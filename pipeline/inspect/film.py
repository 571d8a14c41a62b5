"""The whole inspection of one film: first bytes, MediaInfo, one decode, the level of its sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from pipeline.errors import EnvironmentFault, InputError, Interrupted, MediaError, Refused, ShowcaseError, Unsuitable
from pipeline.ffmpeg.invocation import Progress
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source, Span
from pipeline.inspect import (
    channels,
    chapters,
    coding,
    decode,
    empty,
    first_bytes,
    generated_label,
    level,
    line_up,
    probe,
    suitable,
)
from pipeline.inspect.audio import gating
from pipeline.inspect.audio.gating import Firmness, StepPowers
from pipeline.media.chapters import mended
from pipeline.model.chapter import Chapter
from pipeline.model.inspection import Curves, Inspection, Measures
from pipeline.model.inspection_request import AudioTarget, InspectionRequest
from pipeline.model.loudness import LevelAdjustment, margin_db
from pipeline.model.media import Media

TAIL_S = 0.25


def inspect(
    path: Path,
    request: InspectionRequest,
    runner: Runner,
    *,
    sha256: str,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Inspection:
    """Everything known of a film.

    Args:
        runner: its folder is a scratch folder for this film alone.
        sha256: the film's, which the caller knows.

    Raises:
        Refused: it can't be read, with the finding's code.
        EnvironmentFault: this machine can't do it now.
    """
    demuxer = first_bytes.demuxer(path)
    media = probe.media(path, demuxer, runner, request.choice)
    if request.track is None:
        suitable.refuse_unnamed(media, path)
    else:
        media = _one_track(media, request.track, path)
    suitable.refuse_sound(media, path, request.track or 0)
    media = channels.settled(media, request.choice.channels, path)
    if not (media.video or media.audio):
        raise probe.refusal(None, media, path, demuxer)
    source = Source(path, demuxer, media)
    try:
        source, measures, curves, powers = _measured(source, runner, on_progress)
        start_s = line_up.programme_start(measures) if request.trim_line_up else 0.0
        span = Span(*request.span) if request.span else _span(measures, start_s, source)
        firm = _firmness(measures, powers, span, request.targets)
        measures = _with_spread(measures, firm)
        levels = _levels(source, measures, span, request.targets, runner, firm)
    except Unsuitable as unsuitable:
        raise unsuitable.of_track(request.track or 0) from unsuitable.__cause__
    except (EnvironmentFault, InputError, Interrupted, Refused):
        raise
    except ShowcaseError as error:
        raise probe.refusal(error, media, path, demuxer) from error
    if media.video and measures.video.timeline is None:
        raise probe.refusal(None, media, path, demuxer)
    return Inspection(
        sha256=sha256,
        size_bytes=media.size_bytes,
        format=demuxer,
        media=source.media,
        measures=measures,
        levels=levels,
        start_s=start_s,
        curves=curves,
        chapters=_chapters(source, measures, runner) if request.chapters else (),
        generated_labels=generated_label.read(path, demuxer, media, runner),
    )


def _chapters(source: Source, measures: Measures, runner: Runner) -> tuple[Chapter, ...]:
    """Those that it came with, from its first picture on; beyond its end there are none."""
    line, heard_s = measures.video.timeline, measures.audio.audio_duration_s
    first_s, duration_s = (line.first_pts_s, line.duration_s) if line else (0.0, heard_s or 0.0)
    try:
        told = chapters.read(source.path, source.demuxer, runner)
    except MediaError:  # they are no reason to refuse what can be seen and heard
        return ()
    found = [(start_s - first_s, title) for start_s, title in told]
    return mended(item for item in found if item[0] < duration_s)


def _measured(
    source: Source, runner: Runner, on_progress: Callable[[Progress], None]
) -> tuple[Source, Measures, Curves, StepPowers]:
    """Decode it; where that fails, without sound tracks that are announced and not there."""
    try:
        return decode.measure(source, runner, on_progress=on_progress)
    except MediaError as error:
        if error.key != "ffmpeg_failed" or not (source.media.video and source.media.audio):
            raise
        if (kept := empty.without(source, runner)) is None:
            raise
        return decode.measure(kept, runner, on_progress=on_progress)


def _one_track(media: Media, track: int, path: Path) -> Media:
    """That sound track alone, with the one after it: the two may be left and right (`Media.is_pair`)."""
    if len(media.audio) <= track:
        raise MediaError("no_sound", where=str(path))
    return media.model_copy(update={"video": (), "audio": media.audio[track : track + 2], "unread": ()})


def _span(measures: Measures, start_s: float, source: Source) -> Span:
    """What will be heard: sound past the picture's end, or of the line-up, is cut off and must not count."""
    line = measures.video.timeline
    if line is None:
        return Span(0.0)
    begins_late = start_s or source.keeps_clock
    return Span(line.first_pts_s + start_s if begins_late else 0.0, line.first_pts_s + line.duration_s)


def _levels(
    source: Source, measures: Measures, span: Span, targets: Sequence[AudioTarget], runner: Runner, firm: Firmness
) -> tuple[LevelAdjustment, ...]:
    """The level of what will be heard for each target, in their order."""
    runner = runner.named("level")
    stereo = measures.audio.stereo
    ends_elsewhere = not span.is_endless and abs((measures.audio.audio_duration_s or 0.0) - span.end_s) > TAIL_S
    if targets and stereo and (span.start_s or ends_elsewhere):
        stereo = level.measure(source, span, runner)
    if stereo and firm.spread_lu is not None:  # the figure is one of several: the middle of them is as near as it gets
        stereo = stereo.model_copy(update={"integrated_lkfs": firm.middle_lkfs})
    settled: dict[tuple[float, float, float], LevelAdjustment] = {}
    made = []
    bright = level.loses_in_coding(measures)
    for target in targets:
        key = (target.loudness_lkfs, target.true_peak_dbtp, margin_db(target.bitrate_kbps))
        if key not in settled:
            first = level.first_level(stereo, target_lkfs=key[0], ceiling_dbtp=key[1], bitrate_kbps=target.bitrate_kbps)
            settled[key] = level.settle(first, source, span, runner)
        own = settled[key].model_copy(update={"codec": target.codec, "bitrate_kbps": target.bitrate_kbps})
        if stereo and (bright or target.codec in coding.TURNED_DOWN):
            own = coding.corrected(own, source, span, runner)
        made.append(own)
    return tuple(made)


def _firmness(measures: Measures, powers: StepPowers, span: Span, targets: Sequence[AudioTarget]) -> Firmness:
    """How firm the loudness is of what will be heard."""
    loud = measures.audio.stereo.integrated_lkfs if measures.audio.stereo else None
    if loud is None:
        return Firmness()
    return gating.firmness(powers.within(span.start_s, span.end_s), [target.loudness_lkfs - loud for target in targets])


def _with_spread(measures: Measures, firm: Firmness) -> Measures:
    sound = measures.audio.model_copy(update={"loudness_spread_lu": firm.spread_lu})
    return measures.model_copy(update={"audio": sound}) if firm.spread_lu is not None else measures
