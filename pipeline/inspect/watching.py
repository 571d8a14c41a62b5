"""Everything that looks at pictures, and everything that listens: each takes its pipe to the end in one thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO

from pipeline.inspect.picture import bars, combs, frames
from pipeline.inspect.picture.bars import Frames
from pipeline.inspect.picture.colour import Colour
from pipeline.inspect.picture.flash import Flashes
from pipeline.inspect.picture.frames import Array
from pipeline.inspect.picture.light import Light
from pipeline.inspect.picture.motion import Motion
from pipeline.inspect.picture.portrait import Portraits
from pipeline.inspect.sound import samples
from pipeline.inspect.sound.clipping import Clipping
from pipeline.inspect.sound.levels import Heard, Levels
from pipeline.inspect.sound.samples import Form


@dataclass
class Watch:
    """The eyes: `rate` is the film's pictures a second, `matrix` its colours'."""

    rate: float
    matrix: str
    shortest_still: int
    light: Light = field(default_factory=Light)
    frames: Frames = field(default_factory=Frames)
    line_up: list[Array] = field(default_factory=list)
    combs: Array | None = None
    flashes: Flashes = field(init=False)
    motion: Motion = field(init=False)
    portraits: Portraits = field(init=False)

    def __post_init__(self) -> None:
        self.flashes = Flashes(window=max(2, round(self.rate)))
        self.motion = Motion(shortest=self.shortest_still)
        self.portraits = Portraits(self.rate)

    def take(self, pipe: IO[bytes]) -> None:
        """Look at every picture."""
        for pictures in frames.read(pipe):
            colour = Colour(pictures, self.matrix)
            self.light.see(pictures, colour)
            self.flashes.see(colour)
            self.motion.see(pictures)
            self.frames.see(pictures)
            self.portraits.see(pictures)
            self.line_up.append(bars.is_line_up(pictures))

    def take_lines(self, pipe: IO[bytes], height: int) -> None:
        """Look at columns of every picture in full height, for combs."""
        self.combs = combs.read(pipe, height)


@dataclass
class Ear:
    """The ears; `exact` where the samples come as they were recorded, with `bits` each."""

    exact: bool
    bits: int = 16
    heard: Heard | None = None
    clipped: list[tuple[int, int]] = field(default_factory=list)
    form: Form | None = None

    def take(self, pipe: IO[bytes]) -> None:
        """Listen to every sample."""
        self.form = samples.head(pipe)
        if self.form is None:
            return
        levels, clipping = Levels(self.form), Clipping(self.form, self.exact, self.bits)
        for second in samples.seconds(pipe, self.form):
            levels.see(second)
            clipping.see(second)
        self.heard, self.clipped = levels.end(), clipping.end()
