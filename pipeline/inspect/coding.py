"""What a coder leaves of the level: bright sound is coded once alone, measured, and its gain corrected.

MP2 and AAC cut off the highest tones. Of speech and music that is nothing (0.1 LU at most, measured); of water,
applause or noise up to some LU.
"""

from __future__ import annotations

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source, Span
from pipeline.inspect.filter_log import FilterLog
from pipeline.inspect.level import SILENT
from pipeline.model.loudness import CODED_REACH_LU, NEAR_LU, LevelAdjustment, Loudness

ROUNDS = 3
TURNED_DOWN = ("mp3",)  # LAME scales what it codes, by up to 0.5 dB
_CODED = "coded.mka"


def corrected(level: LevelAdjustment, source: Source, span: Span, runner: Runner) -> LevelAdjustment:
    """The level with the gain that brings the coded sound to its target; as it was where nothing is lost in coding."""
    if level.bitrate_kbps is None:  # kept as it is
        return level
    if level.misses(CODED_REACH_LU):
        # it can't be had anyway: then what the coder leaves is what is reached
        coded = _coded(level, source, span, runner)
        return level.model_copy(update={"reached_lkfs": coded.integrated_lkfs or level.reached_lkfs})
    for _ in range(ROUNDS):
        coded = _coded(level, source, span, runner)
        if coded.integrated_lkfs is None or abs(level.target_lkfs - coded.integrated_lkfs) <= NEAR_LU:
            break
        gain = round(level.gain_db + level.target_lkfs - coded.integrated_lkfs, 2)
        peak = coded.true_peak_dbtp if coded.true_peak_dbtp is not None else 0.0
        over = peak + gain - level.gain_db > level.limit_dbtp
        level = level.model_copy(update={"gain_db": gain, "limited": level.limited or over})
    return level


def _coded(level: LevelAdjustment, source: Source, span: Span, runner: Runner) -> Loudness:
    """How loud the sound is at that level after it was coded and decoded."""
    sound = graph.levelled(span.cut(source.audio()), level)
    options = (
        "-c:a",
        graph.SOUND_ENCODERS[level.codec],
        "-b:a",
        f"{level.bitrate_kbps}k",
        "-ar",
        "48000",
        "-f",
        "matroska",
    )
    argv = graph.argv([source.input()], [graph.Written((sound,), "{out.coded}", options)])
    coded = runner.folder / _CODED
    coded.unlink(missing_ok=True)
    runner.run(Invocation(argv, inputs=source.paths, outputs={"{out.coded}": _CODED}, where=source.path.name))
    given = graph.Input("{in.coded}", "matroska")
    sound = graph.apply(given.stream("a:0"), "ebur128", peak="true", framelog="quiet")
    argv = graph.argv([given], [graph.Written((sound,), "-", ("-c:a", "pcm_s16le", "-f", "null"))])
    filter_log = FilterLog()
    runner.run(Invocation(argv, inputs={"{in.coded}": coded}, where=source.path.name), on_line=filter_log.feed)
    coded.unlink()
    return next(iter(filter_log.in_order()), SILENT)
