"""What a rule is held against: one value, and where it is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from pipeline.model.finding import Scalar
from pipeline.model.media import AudioTrack, VideoTrack


@dataclass(frozen=True)
class Fact:
    """One value; None is «could not be measured». `cue` and `line` are a subtitle's, `detail` is said in words, and
    `about` is what they name beside it."""

    value: Scalar | None
    track: str | None = None
    start_s: float | None = None
    end_s: float | None = None
    cue: int | None = None
    line: int | None = None
    detail: str = ""
    about: Mapping[str, str] = field(default_factory=dict, hash=False)


def numbers(found: Iterable[int]) -> str:
    """Numbers in a row as first and last."""
    runs: list[list[int]] = []
    for number in found:
        if runs and number == runs[-1][-1] + 1:
            runs[-1] = [runs[-1][0], number]
        else:
            runs.append([number])
    return ", ".join("–".join(map(str, run)) for run in runs)


def number_in_file(tracks: Sequence[VideoTrack | AudioTrack], position: int) -> int:
    """Which of its kind a track is in the file, from 1: the one that is taken comes first among them."""
    places = sorted(item.index if item.index is not None else place for place, item in enumerate(tracks))
    own = tracks[position].index
    return places.index(position if own is None else own) + 1
