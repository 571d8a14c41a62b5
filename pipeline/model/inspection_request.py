"""What is asked of a film's inspection, as data."""

from __future__ import annotations

from pipeline.model.base import Noun
from pipeline.model.track_choice import NOTHING_SAID, TrackChoice


class AudioTarget(Noun):
    """The sound level that a profile asks for, and what it is coded with; `bitrate_kbps` None keeps it as it is."""

    loudness_lkfs: float
    true_peak_dbtp: float
    codec: str = ""
    bitrate_kbps: int | None = None


class InspectionRequest(Noun):
    """What is to be found out of a film or a file of sound.

    Args:
        targets: the levels that its sound will be brought to, each once.
        trim_line_up: the programme begins behind the bars, tone and black at its head, if there are any.
        track: that sound track alone, from 0.
        span: what of the sound will be heard, first and last second of its own clock.
        choice: what is said of its tracks.
        chapters: those that it comes with are read, too.
    """

    targets: tuple[AudioTarget, ...] = ()
    trim_line_up: bool = False
    track: int | None = None
    span: tuple[float, float] | None = None
    choice: TrackChoice = NOTHING_SAID
    chapters: bool = False

    @property
    def parameters(self) -> dict[str, str]:
        """As the inspection stage's key has it."""
        levels = (
            f"{target.loudness_lkfs:g}/{target.true_peak_dbtp:g}/{target.codec}{target.bitrate_kbps or ''}"
            for target in self.targets
        )
        return {
            "levels": " ".join(levels),
            **({"line_up": "left out"} if self.trim_line_up else {}),
            **({"chapters": "read"} if self.chapters else {}),
            **({"track": str(self.track)} if self.track is not None else {}),
            **({"choice": self.choice.to_json()} if not self.choice.is_empty else {}),
            **({"span": f"{self.span[0]:.6f} {self.span[1]:.6f}"} if self.span else {}),
        }
