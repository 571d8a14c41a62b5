"""What the decode itself tells of a track, beside its frames and samples: formats, times, fields."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.inspect import stretches
from pipeline.inspect.audio.samples import SampleFormat
from pipeline.inspect.video.frames import Array
from pipeline.model.inspection import Segment, Timeline
from pipeline.model.media import VideoTrack

UNDECIDED, TOP, BOTTOM, WHOLE = 0, 1, 2, 3  # what idet says of a frame


@dataclass(frozen=True)
class VideoFormat:
    """The frames to come: how many a second, their colour matrix, and the lines of the columns in full height."""

    rate: float
    matrix: str
    lines: int


@dataclass(frozen=True)
class DecodedVideo:
    """A video track that was decoded to its end.

    `edges` holds the second at which each frame begins, counted from the first one, and where the last one ends;
    `fields` what idet says of each frame; `repeated` how many frames repeat a top, and a bottom field.
    """

    track: VideoTrack
    timeline: Timeline
    edges: Array
    fields: Array
    repeated: tuple[int, int] = (0, 0)

    @property
    def frames(self) -> int:
        """How many frames have both a time and pixels."""
        return len(self.edges) - 1

    def placed(self, runs: Sequence[stretches.Run], shortest_s: float) -> tuple[Segment, ...]:
        """Runs of frames as stretches of the film, without what is shorter."""
        inside = [(start, min(end, self.frames)) for start, end in runs if start < self.frames]
        found = (stretches.segment(run, self.edges) for run in inside)
        return tuple(item for item in found if item.duration_s >= shortest_s - 1e-6)


@dataclass(frozen=True)
class AudioFormat:
    """The samples to come; `exact` where they are as they were recorded, with `bits` each."""

    samples: SampleFormat
    exact: bool = True
    bits: int = 16


@dataclass(frozen=True)
class Packets:
    """The sound track's own times, in seconds of the file's clock; gaps from where one packet ends to the next."""

    first_s: float
    end_s: float
    gaps: tuple[tuple[float, float], ...]


@dataclass(frozen=True)
class DecodedAudio:
    """A sound track that was decoded to its end; `start_s` is where the film begins on the file's clock."""

    samples: SampleFormat
    packets: Packets
    start_s: float

    def placed(self, runs: Sequence[stretches.Run], channel: int | None = None) -> tuple[Segment, ...]:
        """Runs of windows of 50 ms as stretches of the film."""
        window_s = self.samples.window / self.samples.rate_hz
        first_s, end_s, start_s = self.packets.first_s, self.packets.end_s, self.start_s
        return tuple(
            Segment(
                start_s=round(max(0.0, first_s - start_s + a * window_s), 3),
                end_s=round(min(end_s, first_s + b * window_s) - start_s, 3),
                channel=channel,
            )
            for a, b in runs
            if min(end_s, first_s + b * window_s) > start_s
        )
