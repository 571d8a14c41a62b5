"""How firm a loudness is: the same sound on other places of the grid that BS.1770 lays over it.

Integrated loudness is the mean of blocks of 400 ms, one every 100 ms, that lie over two gates. A coder's delay moves
sound on that grid by some milliseconds. Of speech and music nothing follows; of a few short beeps it decides how many
blocks count, and the figure moves by 1 LU. Sound is kept here as the power of every 10 ms, of which the figure follows
for each place of the grid.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from itertools import product
from typing import IO

import numpy as np

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.inspect.audio import samples
from pipeline.inspect.audio.samples import Array
from pipeline.model.loudness import GATE_LKFS, LEAST_SPREAD_LU

STEPS_A_SECOND = 100
HOP, BLOCK = 10, 40  # steps of 10 ms: a block of 400 ms begins every 100 ms (ITU-R BS.1770-4, annex 1)
RELATIVE_GATE_LU = 10.0
OFFSET_LKFS = -0.691  # BS.1770-4, equation 2
# its two filters at 48 kHz, tables 1 and 2
_WEIGHTING = (
    {
        "b0": "1.53512485958697",
        "b1": "-2.69169618940638",
        "b2": "1.19839281085285",
        "a0": "1",
        "a1": "-1.69065929318241",
        "a2": "0.73248077421585",
    },
    {"b0": "1", "b1": "-2", "b2": "1", "a0": "1", "a1": "-1.99004745483398", "a2": "0.99007225036621"},
)
NEAR_GATE_LU = 0.1  # coding moves blocks by so much against the gates
FAR_GATE_LU = 0.5  # what may happen to a short attack; counted only where the figure leaps
LEAP_LU = 0.5
# speech fills half of its own blocks and more (measured: 0.5 to 0.7), beeps, claps and ticks less (0.03 to 0.4)
SPARSE = 0.4
_DENSE, _GAINS_DB = 0.65, (0.0, 12.0, 24.0, 36.0)  # of the first look
_PIPE = "{pipe.weighted}"
SMEAR_LU = 0.4  # what coders alone change of those (measured)


@dataclass(frozen=True)
class Firmness:
    """What of a loudness holds.

    Args:
        spread_lu: how far the figure moves on other places of the grid, with blocks near to a gate, or by what a coder
            smears where the loud blocks are mostly silence; None: it holds.
        middle_lkfs: the middle of the figures on all places of the grid.
    """

    spread_lu: float | None = None
    middle_lkfs: float | None = None


@dataclass(frozen=True)
class StepPowers:
    """The weighted power of every 10 ms, both channels together; `first_s` is where they begin on the file's clock."""

    powers: Array
    first_s: float = 0.0

    def within(self, start_s: float, end_s: float) -> StepPowers:
        """What is heard of them from one second to another of the file's clock, and silence until then."""
        first = max(0, round((start_s - self.first_s) * STEPS_A_SECOND))
        last = max(first, min(len(self.powers), round((end_s - self.first_s) * STEPS_A_SECOND)))
        return StepPowers(np.append(self.powers[first:last], np.zeros(BLOCK)), start_s)


NOTHING = StepPowers(np.zeros(0))  # of sound that is not sparse: its figure holds


def may_be_sparse(power: Array) -> bool:
    """Whether sound is worth a second, exact look: by the power of each 50 ms, as it comes, wide of every limit.

    Args:
        power: mean square, (windows, channels).
    """
    steps = np.repeat(power.sum(axis=1), STEPS_A_SECOND // samples.WINDOWS_A_SECOND)
    grids = [_blocks(steps, shift) for shift in range(0, HOP, HOP // 2)]
    if not len(grids[0]) or not (grids[0] > _power(GATE_LKFS)).any():
        return bool((steps > 0).any())
    plain = _integrated(grids[0])
    near, far = (_moved(grids, plain, _GAINS_DB, wide) for wide in (NEAR_GATE_LU, FAR_GATE_LU))
    return near > LEAST_SPREAD_LU / 2 or far > LEAP_LU / 2 or _filled(steps, grids[0]) < _DENSE


def measure(source: Source, first_s: float, runner: Runner) -> StepPowers:
    """The weighted power of the programme's sound, which begins at `first_s` of the file's clock.

    Raises:
        MediaError, EnvironmentFault: as `Runner.run` says.
    """
    reader = PowerReader()
    sound = graph.apply(source.programme(), "aresample", **{"async": 1})
    written = graph.Written((weighted(graph.to_stereo(sound)),), _PIPE, ("-c:a", "pcm_f32be", "-f", "au"))
    argv = graph.argv([source.input()], [written])
    runner.run(Invocation(argv, inputs=source.paths, readers={_PIPE: reader.take}, where=source.path.name))
    return reader.powers(first_s)


def weighted(sound: Stream) -> Stream:
    """Stereo at 48 kHz through the filters of BS.1770, as `PowerReader` wants it."""
    sound = graph.apply(sound, "aformat", sample_fmts="dblp")
    for stage in _WEIGHTING:
        sound = graph.apply(sound, "biquad", **stage)
    return graph.apply(sound, "aformat", sample_fmts="flt")


class PowerReader:
    """Takes the weighted samples to their end."""

    def __init__(self) -> None:
        self._found: list[Array] = []

    def take(self, pipe: IO[bytes]) -> None:
        """Read an AU stream."""
        given = samples.head(pipe)
        if given is None:
            return
        step = given.rate_hz // STEPS_A_SECOND
        for second in samples.seconds(pipe, given):
            whole = second[: len(second) // step * step].reshape(-1, step, given.channels)
            self._found.append(np.square(whole, dtype=np.float64).mean(axis=1).sum(axis=1))

    def powers(self, first_s: float) -> StepPowers:
        """All that came, by where it begins."""
        return StepPowers(np.concatenate(self._found) if self._found else np.zeros(0), first_s)


def firmness(steps: StepPowers, gains_db: Iterable[float] = ()) -> Firmness:
    """How firm the loudness of this sound is, as it came and with each of these gains."""
    grids = [_blocks(steps.powers, shift) for shift in range(HOP)]
    plain = [_integrated(grid) for grid in grids]
    if plain[0] <= GATE_LKFS:
        return Firmness()
    gains = {0.0, *gains_db}
    near, far = (_moved(grids, plain[0], gains, wide) for wide in (NEAR_GATE_LU, FAR_GATE_LU))
    near, far = round(near, 2), round(far, 2)
    spread = near if near > LEAST_SPREAD_LU else far if far > LEAP_LU else None
    if _filled(steps.powers, grids[0]) < SPARSE:
        spread = max(spread or 0.0, SMEAR_LU)
    return Firmness(
        spread_lu=spread,
        middle_lkfs=round((max(plain) + min(plain)) / 2, 2),
    )


def _moved(grids: Sequence[Array], plain: float, gains_db: Collection[float], wide_lu: float) -> float:
    """How far the figure moves from `plain` on any of the grids, with gates that lie so far beside their place."""
    return max(
        abs(_integrated(grid, RELATIVE_GATE_LU + relative, GATE_LKFS - gain + absolute) - plain)
        for grid in grids
        for gain, relative, absolute in product(gains_db, (-wide_lu, 0.0, wide_lu), (-wide_lu, 0.0, wide_lu))
    )


def _blocks(powers: Array, shift: int) -> Array:
    """The mean power of every block where the grid begins so many steps later."""
    total = np.concatenate(([0.0], np.cumsum(powers)))
    starts = np.arange(shift, len(powers) - BLOCK + 1, HOP)
    blocks: Array = (total[starts + BLOCK] - total[starts]) / BLOCK
    return blocks


def _integrated(blocks: Array, relative_lu: float = RELATIVE_GATE_LU, absolute_lkfs: float = GATE_LKFS) -> float:
    """Loudness behind both gates; where nothing is over them, that of the gate itself."""
    over = blocks[blocks > _power(absolute_lkfs)]
    if not len(over):
        return GATE_LKFS
    over = over[over > over.mean() * 10 ** (-relative_lu / 10)]
    return OFFSET_LKFS + 10 * float(np.log10(over.mean()))


def _filled(powers: Array, blocks: Array) -> float:
    """How much of the loud blocks is sound: the share of their steps that reach the relative gate."""
    over = blocks[blocks > _power(GATE_LKFS)]
    gate = over.mean() * 10 ** (-RELATIVE_GATE_LU / 10)
    heard = np.zeros(len(powers), bool)
    for at in np.flatnonzero(blocks > max(gate, _power(GATE_LKFS))):
        heard[at * HOP : at * HOP + BLOCK] = True
    level = 10 ** ((_integrated(blocks) - OFFSET_LKFS - RELATIVE_GATE_LU) / 10)
    return float(np.mean(powers[heard] > level))


def _power(lkfs: float) -> float:
    return float(10 ** ((lkfs - OFFSET_LKFS) / 10))
