"""Every analyser in its table, and what feeds them: each pipe is taken to its end in one thread."""

from __future__ import annotations

from typing import IO

from pipeline.inspect.analyzer import AudioAnalyzer, ColumnAnalyzer, Frames, VideoAnalyzer, finish
from pipeline.inspect.audio import samples
from pipeline.inspect.audio.clipping import ClippingAnalyzer
from pipeline.inspect.audio.coded import CodedSound
from pipeline.inspect.audio.levels import LevelAnalyzer
from pipeline.inspect.audio.pair import PairAnalyzer
from pipeline.inspect.audio.samples import SampleFormat
from pipeline.inspect.audio.tone import ToneAnalyzer
from pipeline.inspect.decoded import AudioFormat, DecodedAudio, DecodedVideo, VideoFormat
from pipeline.inspect.video import combs, frames
from pipeline.inspect.video.bars import BarsAnalyzer
from pipeline.inspect.video.colour import Colour
from pipeline.inspect.video.colour_bars import ColourBarsAnalyzer
from pipeline.inspect.video.fields import FieldAnalyzer
from pipeline.inspect.video.flash import FlashAnalyzer
from pipeline.inspect.video.levels import VideoLevelAnalyzer
from pipeline.inspect.video.light import LightAnalyzer
from pipeline.inspect.video.motion import MotionAnalyzer
from pipeline.inspect.video.poster_candidates import PosterCandidateAnalyzer
from pipeline.model.inspection import AudioMeasures, VideoMeasures

# an analyser stands behind those that it needs
VIDEO: tuple[type[VideoAnalyzer], ...] = (
    LightAnalyzer,
    ColourBarsAnalyzer,
    MotionAnalyzer,
    FlashAnalyzer,
    BarsAnalyzer,
    VideoLevelAnalyzer,
    PosterCandidateAnalyzer,
)
COLUMNS: tuple[type[ColumnAnalyzer], ...] = (FieldAnalyzer,)
AUDIO: tuple[type[AudioAnalyzer], ...] = (LevelAnalyzer, PairAnalyzer, ToneAnalyzer, ClippingAnalyzer)


class VideoAnalyzers:
    """All that look at frames, and at columns of them in full height."""

    def __init__(self, given: VideoFormat) -> None:
        self.given = given
        self.frames = [kind(given) for kind in VIDEO]
        self.columns = [kind(given) for kind in COLUMNS]
        self.count = 0

    def take(self, pipe: IO[bytes]) -> None:
        """Show them every frame."""
        for batch in frames.read(pipe):
            some = Frames(batch, Colour(batch, self.given.matrix))
            for item in self.frames:
                item.process(some)
            self.count += len(batch)

    def take_columns(self, pipe: IO[bytes]) -> None:
        """Show them columns of every frame in full height."""
        for columns in combs.read(pipe, self.given.lines):
            for item in self.columns:
                item.process(columns)

    def finish(self, decoded: DecodedVideo) -> list[VideoMeasures]:
        """What each ends with."""
        return finish([*self.frames, *self.columns], decoded)

    @property
    def light(self) -> LightAnalyzer:
        """The one that keeps how light each frame is, for the curve."""
        return next(item for item in self.frames if isinstance(item, LightAnalyzer))


class AudioAnalyzers:
    """All that listen; `exact` where the samples come as they were recorded, with `bits` each."""

    def __init__(self, *, exact: bool, bits: int = 16) -> None:
        self._exact, self._bits = exact, bits
        self.samples: SampleFormat | None = None
        self.analyzers: list[AudioAnalyzer] = []
        self.coded = CodedSound()

    def take(self, pipe: IO[bytes]) -> None:
        """Play them every sample."""
        self.samples = samples.head(pipe)
        if self.samples is None:
            return
        given = AudioFormat(self.samples, self._exact, self._bits)
        self.analyzers = [kind(given) for kind in AUDIO]
        for second in samples.seconds(pipe, self.samples):
            self.coded.process(second)
            for item in self.analyzers:
                item.process(second)

    def finish(self, decoded: DecodedAudio) -> list[AudioMeasures]:
        """What each ends with."""
        return finish(self.analyzers, decoded)

    @property
    def levels(self) -> LevelAnalyzer | None:
        """The one that keeps how loud each window is, for the curve."""
        return next((item for item in self.analyzers if isinstance(item, LevelAnalyzer)), None)
