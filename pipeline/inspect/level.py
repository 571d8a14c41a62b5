"""How stereo sound reaches its target: plain gain, and a limiter only when the peak asks for it.

A limiter takes some loudness away, so where it is needed the result is measured and the gain corrected, on the
sound alone, until it is within 0.1 LU: the plan then knows its gain before anything is encoded.
"""

from __future__ import annotations

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source, Span
from pipeline.inspect.filter_log import FilterLog
from pipeline.model.inspection import Measures
from pipeline.model.loudness import BRIGHT_LU, NEAR_LU, LevelAdjustment, Loudness, margin_db

ROUNDS = 8
SILENT = Loudness(integrated_lkfs=None, range_lu=None, true_peak_dbtp=None)
MOST_GAIN_DB = 40.0
SURE_GAIN_DB = 25.0  # quieter sound lies near the gate of -70 LKFS: after the gain more of it counts


def first_level(
    stereo: Loudness | None, *, target_lkfs: float, ceiling_dbtp: float, bitrate_kbps: int | None = None
) -> LevelAdjustment:
    """Pure: the gain by arithmetic; sound without loudness is left as it is."""
    if stereo is None or stereo.integrated_lkfs is None:
        return LevelAdjustment(
            target_lkfs=target_lkfs, ceiling_dbtp=ceiling_dbtp, gain_db=0.0, limited=False, bitrate_kbps=bitrate_kbps
        )
    gain = round(min(target_lkfs - stereo.integrated_lkfs, MOST_GAIN_DB), 2)
    peak = stereo.true_peak_dbtp if stereo.true_peak_dbtp is not None else 0.0
    return LevelAdjustment(
        target_lkfs=target_lkfs,
        ceiling_dbtp=ceiling_dbtp,
        gain_db=gain,
        limited=peak + gain > ceiling_dbtp - margin_db(bitrate_kbps),
        bitrate_kbps=bitrate_kbps,
        reached_lkfs=round(stereo.integrated_lkfs + gain, 2),
    )


def loses_in_coding(measures: Measures) -> bool:
    """Whether so much of the loudness lies in the highest tones that coders, which cut them off, change the level:
    water, applause, noise."""
    whole = measures.audio.stereo.integrated_lkfs if measures.audio.stereo else None
    return whole is not None and measures.audio.dull_lkfs is not None and whole - measures.audio.dull_lkfs > BRIGHT_LU


def settle(level: LevelAdjustment, source: Source, span: Span, runner: Runner) -> LevelAdjustment:
    """Correct a level by measuring what a limiter leaves, or what a large gain lifts over the absolute gate.

    The best round is kept.
    """
    tried: list[LevelAdjustment] = []
    for _ in range(ROUNDS if level.limited or level.gain_db > SURE_GAIN_DB else 0):
        measured = measure(source, span, runner, level)
        if measured.integrated_lkfs is None:
            break
        tried.append(level.model_copy(update={"reached_lkfs": measured.integrated_lkfs}))
        missing = level.target_lkfs - measured.integrated_lkfs
        gain = round(min(level.gain_db + missing, MOST_GAIN_DB), 2)
        if abs(missing) <= NEAR_LU or gain == level.gain_db:
            break
        level = level.model_copy(update={"gain_db": gain})
    return min(tried, key=lambda item: abs(item.target_lkfs - (item.reached_lkfs or 0.0)), default=level)


def measure(source: Source, span: Span, runner: Runner, level: LevelAdjustment | None = None) -> Loudness:
    """How loud the stereo mix is from the programme's beginning to the picture's end, at a level if one is given.

    Raises:
        MediaError, EnvironmentFault: as `Runner.run` says.
    """
    sound = span.cut(source.audio())
    if level:
        sound = graph.levelled(sound, level)
    sound = graph.apply(sound, "ebur128", peak="true", framelog="quiet")
    argv = graph.argv([source.input()], [graph.Written((sound,), "-", ("-c:a", "pcm_s16le", "-f", "null"))])
    filter_log = FilterLog()
    runner.run(Invocation(argv, inputs=source.paths, where=source.path.name), on_line=filter_log.feed)
    return next(iter(filter_log.in_order()), SILENT)
