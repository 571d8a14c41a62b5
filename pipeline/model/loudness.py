"""How loud sound is and how it reaches a target, with every margin that loudness and peaks are held to."""

from __future__ import annotations

from pipeline.model.base import Noun

GATE_LKFS = -70.0  # ITU-R BS.1770-4: what lies under it is not loudness
NEAR_LU = 0.1  # a level is settled when it is so near to its target
CODED_REACH_LU = 0.2  # further off than that a target can't be had, and a coder's loss is not corrected
SLACK_LU = 0.3  # of an output, against what its plan says
REACH_LU = SLACK_LU / 2  # a level that misses its target by more is expected where it ends, not at the target
LEAST_SPREAD_LU = SLACK_LU  # a figure that moves by more on the grid of its blocks is no promise
BRIGHT_LU = 0.1  # what the highest tones hold: where it is more, coders that cut them off change the level
# lossy coding moves peaks, at low rates by more (measured: 1.1 dB over at 48 kbit/s): limit this far under the ceiling
LIMITER_MARGIN_DB, LOW_RATE_MARGIN_DB = 1.0, 2.5
LOW_RATE_KBPS = 96


class Loudness(Noun):
    """BS.1770-4 figures; None when nothing was above the gate."""

    integrated_lkfs: float | None
    range_lu: float | None
    true_peak_dbtp: float | None


class LevelAdjustment(Noun):
    """How stereo sound reaches a target in a codec: gain, and a limiter only when the peak asks for it.

    `reached_lkfs` is what comes of it: the target, but for sound so quiet or so full of peaks that it can't be had.
    """

    target_lkfs: float
    ceiling_dbtp: float
    gain_db: float
    limited: bool
    codec: str = ""
    bitrate_kbps: int | None = None
    reached_lkfs: float | None = None

    @property
    def limit_dbtp(self) -> float:
        """Where peaks are cut off, so that they stay under the ceiling when the sound is coded."""
        return self.ceiling_dbtp - margin_db(self.bitrate_kbps)

    def misses(self, most_lu: float) -> bool:
        """Whether what is reached lies further from the target than that."""
        return self.reached_lkfs is not None and abs(self.reached_lkfs - self.target_lkfs) > most_lu


def margin_db(bitrate_kbps: int | None) -> float:
    """How far under the ceiling sound that will be coded at this rate is limited."""
    return LOW_RATE_MARGIN_DB if bitrate_kbps is not None and bitrate_kbps < LOW_RATE_KBPS else LIMITER_MARGIN_DB
