"""What a coder leaves of the level: bright sound is coded once alone, measured, and its gain corrected.

MP2 and AAC cut off the highest tones. Of speech and music that is nothing (0.1 LU at most, measured); of water,
applause or noise up to some LU.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.run import Invocation, run
from pipeline.inspect.filter_log import FilterLog
from pipeline.inspect.level import NEAR_LU, cut
from pipeline.model.inspection import LevelAdjustment, Loudness, Media

ROUNDS = 3
TURNED_DOWN = ("mp3",)  # LAME scales what it codes, by up to 0.5 dB
_CODED = "coded.mka"


def corrected(
    level: LevelAdjustment,
    path: Path,
    demuxer: str,
    media: Media,
    *,
    start_s: float,
    end_s: float,
    ffmpeg: Path,
    folder: Path,
    log: Path,
) -> LevelAdjustment:
    """The level with the gain that brings the coded sound to its target; as it was where nothing is lost in coding."""
    if level.bitrate_kbps is None:  # kept as it is
        return level
    if level.reached_lkfs is not None and abs(level.reached_lkfs - level.target_lkfs) > 2 * NEAR_LU:
        # it can't be had anyway: then what the coder leaves is what is reached
        heard = _coded(level, path, demuxer, media, start_s, end_s, ffmpeg, folder, log)
        return level.model_copy(update={"reached_lkfs": heard.integrated_lkfs or level.reached_lkfs})
    for _ in range(ROUNDS):
        heard = _coded(level, path, demuxer, media, start_s, end_s, ffmpeg, folder, log)
        if heard.integrated_lkfs is None or abs(level.target_lkfs - heard.integrated_lkfs) <= NEAR_LU:
            break
        gain = round(level.gain_db + level.target_lkfs - heard.integrated_lkfs, 2)
        peak = heard.true_peak_dbtp if heard.true_peak_dbtp is not None else 0.0
        over = peak + gain - level.gain_db > level.ceiling_dbtp - graph.margin_db(level.bitrate_kbps)
        level = level.model_copy(update={"gain_db": gain, "limited": level.limited or over})
    return level


def _coded(
    level: LevelAdjustment,
    path: Path,
    demuxer: str,
    media: Media,
    start_s: float,
    end_s: float,
    ffmpeg: Path,
    folder: Path,
    log: Path,
) -> Loudness:
    """How loud the sound is at that level after it was coded and decoded."""
    given = graph.Input("{in.main}", demuxer)
    sound = graph.to_stereo(graph.programme(given, media))
    sound = graph.levelled(cut(sound, start_s, end_s), level)
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
    words = graph.argv([given], [graph.Written((sound,), "{out.coded}", options)])
    (folder / _CODED).unlink(missing_ok=True)
    run(
        Invocation(
            argv=words,
            folder=folder,
            log=log,
            inputs={"{in.main}": path},
            outputs={"{out.coded}": _CODED},
            where=path.name,
        ),
        ffmpeg,
    )
    made = graph.Input("{in.coded}", "matroska")
    sound = graph.apply(made.stream("a:0"), "ebur128", peak="true", framelog="quiet")
    words = graph.argv([made], [graph.Written((sound,), "-", ("-c:a", "pcm_s16le", "-f", "null"))])
    heard = FilterLog()
    run(
        Invocation(argv=words, folder=folder, log=log, inputs={"{in.coded}": folder / _CODED}, where=path.name),
        ffmpeg,
        on_line=heard.feed,
    )
    (folder / _CODED).unlink()
    return next(iter(heard.in_order()), Loudness(integrated_lkfs=None, range_lu=None, true_peak_dbtp=None))
