"""Flashes of known rate, area, contrast and colour, and what the detector says of each: the conformance table.

The truth is that of ITU-R BT.1702 as the flash sheet reads it: more than three flashes in a second, over more than a
quarter of the picture, of at least 20 cd/m² with the darker side under 160 (SDR white is 200), or to saturated red.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from pipeline.inspect.analyzer import Frames
from pipeline.inspect.decoded import VideoFormat
from pipeline.inspect.video.colour import LIGHT, Colour
from pipeline.inspect.video.flash import MOST_TRANSITIONS, FlashAnalyzer
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array, FrameBatch

SECONDS, RATE = 3, 25


@dataclass(frozen=True)
class Clip:
    """One film; `red` makes its lighter side saturated red instead of grey."""

    name: str
    hz: float
    area: float = 1.0
    light: int = 235
    dark: int = 16
    counterphase: bool = False
    noise: int = 0
    red: bool = False
    pan: int = 0

    @property
    def fails(self) -> bool:
        """Whether it is harmful."""
        if self.pan:
            return False
        step = abs(float(LIGHT[self.light] - LIGHT[self.dark]))
        harmful = self.red or (step >= 0.10 and float(LIGHT[min(self.light, self.dark)]) < 0.80)
        return harmful and self.hz > 3 and self.area > 0.25

    def pictures(self) -> tuple[Array, Array, Array]:
        """Y, U, V of every picture."""
        count = SECONDS * RATE
        if self.pan:
            stripes = (np.arange(WIDTH + self.pan * count) // 40 % 2 * 180 + 30).astype(np.uint8)
            y = np.stack([np.tile(stripes[self.pan * n : self.pan * n + WIDTH], (HEIGHT, 1)) for n in range(count)])
            return y.astype(np.int16), *self._grey(count)
        on = (np.arange(count) / RATE * self.hz + 1e-6) % 1 < 0.5
        y = np.full((count, HEIGHT, WIDTH), 90, np.int16)
        width = round(WIDTH * self.area)
        y[:, :, :width] = np.where(on, self.light, self.dark)[:, None, None]
        if self.counterphase:
            y[:, :, width // 2 : width] = np.where(on, self.dark, self.light)[:, None, None]
        if self.noise:
            y += np.random.default_rng(1).integers(-self.noise, self.noise + 1, y.shape)
        u, v = self._grey(count)
        if self.red:  # chroma has half the columns
            u[:, :, : width // 2] = np.where(on, 109, 128)[:, None, None]
            v[:, :, : width // 2] = np.where(on, 212, 128)[:, None, None]
        return y, u, v

    @staticmethod
    def _grey(count: int) -> tuple[Array, Array]:
        shape = (count, HEIGHT // 2, WIDTH // 2)
        return np.full(shape, 128, np.int16), np.full(shape, 128, np.int16)

    def told(self) -> bool:
        """What the detector says."""
        analyzer = FlashAnalyzer(VideoFormat(RATE, "bt709", HEIGHT))
        y, u, v = (np.clip(plane, 0, 255).astype(np.uint8) for plane in self.pictures())
        for start in range(0, len(y), 16):
            part = slice(start, start + 16)
            batch = FrameBatch(start, y[part], u[part], v[part])
            analyzer.process(Frames(batch, Colour(batch, "bt709")))
        return int(analyzer.transitions()[0].max()) > MOST_TRANSITIONS


CLIPS = (
    *(Clip(f"{hz:g} Hz", hz) for hz in (1, 2, 2.5, 25 / 9, 3.5, 4, 5, 6.25, 8, 12.5)),
    *(Clip(f"{area:.0%} of the picture, 5 Hz", 5, area) for area in (0.1, 0.15, 0.2, 0.24, 0.28, 0.3, 0.5)),
    *(Clip(f"30 %, 16 to {light}, 5 Hz", 5, 0.3, light) for light in (60, 80, 100, 128, 180)),
    *(Clip(f"from {dark} to 235, 5 Hz", 5, 1.0, 235, dark) for dark in (60, 120, 180, 205, 222)),
    Clip("counterphase, 5 Hz", 5, 1.0, counterphase=True),
    Clip("counterphase over 20 %, 5 Hz", 5, 0.2, counterphase=True),
    Clip("15 % with noise, 5 Hz", 5, 0.15, 255, noise=2),
    Clip("still with noise", 0.001, 1.0, noise=6),
    Clip("red, 5 Hz", 5, light=51, dark=40, red=True),
    Clip("red, 2 Hz", 2, light=51, dark=40, red=True),
    Clip("red over 15 %, 5 Hz", 5, 0.15, light=51, dark=40, red=True),
    Clip("slow pan over stripes", 1, pan=1),
    Clip("pan over stripes", 1, pan=3),
)


def report() -> int:
    """Print the table; gives how many are wrong."""
    wrong = 0
    print(f"{'flashes':36}{'truth':>7}{'told':>7}")
    for clip in CLIPS:
        truth, told = (("fail" if value else "pass") for value in (clip.fails, clip.told()))
        wrong += told != truth
        print(f"{clip.name:36}{truth:>7}{told:>7}{'' if told == truth else '  WRONG'}")
    print(f"{len(CLIPS)} clips, {wrong} wrong")
    return wrong
