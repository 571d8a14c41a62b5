"""Everything that looks at pictures, and everything that listens: each takes its pipe to the end in one thread."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import IO

from pipeline.inspect.audio import samples
from pipeline.inspect.audio.clipping import ClippingAnalyzer
from pipeline.inspect.audio.levels import LevelAnalyzer, LevelWindows
from pipeline.inspect.audio.samples import SampleFormat
from pipeline.inspect.video import bars, combs, frames
from pipeline.inspect.video.bars import BarsAnalyzer
from pipeline.inspect.video.colour import Colour
from pipeline.inspect.video.flash import FlashAnalyzer
from pipeline.inspect.video.frames import Array
from pipeline.inspect.video.light import LightAnalyzer
from pipeline.inspect.video.motion import MotionAnalyzer
from pipeline.inspect.video.poster_candidates import PosterCandidateAnalyzer


@dataclass
class VideoAnalyzers:
    """The eyes: `rate` is the film's pictures a second, `matrix` its colours'."""

    rate: float
    matrix: str
    shortest_frozen: int
    light: LightAnalyzer = field(default_factory=LightAnalyzer)
    frames: BarsAnalyzer = field(default_factory=BarsAnalyzer)
    line_up: list[Array] = field(default_factory=list)
    combs: Array | None = None
    flashes: FlashAnalyzer = field(init=False)
    motion: MotionAnalyzer = field(init=False)
    portraits: PosterCandidateAnalyzer = field(init=False)

    def __post_init__(self) -> None:
        self.flashes = FlashAnalyzer(window=max(2, round(self.rate)))
        self.motion = MotionAnalyzer(shortest=self.shortest_frozen)
        self.portraits = PosterCandidateAnalyzer(self.rate)

    def take(self, pipe: IO[bytes]) -> None:
        """Look at every picture."""
        for pictures in frames.read(pipe):
            colour = Colour(pictures, self.matrix)
            self.light.process(pictures, colour)
            self.flashes.process(colour)
            self.motion.process(pictures)
            self.frames.process(pictures)
            self.portraits.process(pictures)
            self.line_up.append(bars.is_line_up(pictures))

    def take_lines(self, pipe: IO[bytes], height: int) -> None:
        """Look at columns of every picture in full height, for combs."""
        self.combs = combs.read(pipe, height)


@dataclass
class AudioAnalyzers:
    """The ears; `exact` where the samples come as they were recorded, with `bits` each."""

    exact: bool
    bits: int = 16
    heard: LevelWindows | None = None
    clipped: list[tuple[int, int]] = field(default_factory=list)
    form: SampleFormat | None = None

    def take(self, pipe: IO[bytes]) -> None:
        """Listen to every sample."""
        self.form = samples.head(pipe)
        if self.form is None:
            return
        levels, clipping = LevelAnalyzer(self.form), ClippingAnalyzer(self.form, self.exact, self.bits)
        for second in samples.seconds(pipe, self.form):
            levels.process(second)
            clipping.process(second)
        self.heard, self.clipped = levels.finish(), clipping.finish()
