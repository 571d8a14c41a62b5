"""How stereo sound reaches its target: plain gain, and a limiter only when the peak asks for it.

A limiter takes some loudness away, so where it is needed the result is measured and the gain corrected, on the
sound alone, until it is within 0.1 LU: the plan then knows its gain before anything is encoded.
"""

from __future__ import annotations

from pathlib import Path

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.run import Task, run
from pipeline.inspect.content import Listener
from pipeline.model.inspection import Level, Loudness

ROUNDS = 3
MOST_GAIN_DB = 40.0


def first_level(stereo: Loudness | None, *, target_lkfs: float, ceiling_dbtp: float) -> Level:
    """Pure: the gain by arithmetic; sound without loudness is left as it is."""
    if stereo is None or stereo.integrated_lkfs is None:
        return Level(target_lkfs=target_lkfs, ceiling_dbtp=ceiling_dbtp, gain_db=0.0, limited=False)
    gain = round(min(target_lkfs - stereo.integrated_lkfs, MOST_GAIN_DB), 2)
    peak = stereo.true_peak_dbtp if stereo.true_peak_dbtp is not None else 0.0
    return Level(
        target_lkfs=target_lkfs, ceiling_dbtp=ceiling_dbtp, gain_db=gain,
        limited=peak + gain > ceiling_dbtp - graph.LIMITER_MARGIN_DB,
    )  # fmt: skip


def settle(level: Level, path: Path, demuxer: str, *, ffmpeg: Path, folder: Path, log: Path) -> Level:
    """Correct a limited level by measuring what the limiter leaves."""
    for _ in range(ROUNDS if level.limited else 0):
        given = graph.Input("{in.main}", demuxer)
        sound = graph.levelled(graph.to_stereo(given.stream("a:0")), level)
        sound = graph.apply(sound, "ebur128", peak="true", framelog="quiet")
        words = graph.argv([given], [graph.Written((sound,), "-", ("-c:a", "pcm_s16le", "-f", "null"))])
        heard = Listener()
        run(Task(argv=words, folder=folder, log=log, inputs={"{in.main}": path}, where=path.name), ffmpeg,
            on_line=heard.hear)  # fmt: skip
        found = next(iter(heard.loudness.values()), {}).get("integrated_lkfs")
        if found is None or abs(level.target_lkfs - found) <= 0.1:
            break
        gain = round(min(level.gain_db + level.target_lkfs - found, MOST_GAIN_DB), 2)
        level = level.model_copy(update={"gain_db": gain})
    return level
