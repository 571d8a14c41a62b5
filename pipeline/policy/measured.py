"""A film as its facts are read from it, and what stretches of it are as facts."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

from pipeline.model.inspection import AudioMeasures, Segment, VideoMeasures
from pipeline.model.media import Media, VideoTrack
from pipeline.policy.fact import Fact

EDGE_S = 0.3  # what begins or ends so near to the film's own begins or ends with it


@dataclass(frozen=True)
class MeasuredFilm:
    """What is known of a film; measures are empty where it was not measured."""

    media: Media
    video: VideoMeasures
    audio: AudioMeasures
    decode_errors: int
    is_measured: bool
    demuxer: str = ""

    @property
    def track(self) -> VideoTrack | None:
        """The video track that was measured."""
        return self.media.video[0] if self.media.video else None


FactTable: TypeAlias = Mapping[str, Callable[[MeasuredFilm], tuple[Fact, ...]]]


def lengths(found: Iterable[Segment], track: str = "video:0") -> tuple[Fact, ...]:
    """How long each stretch lasts."""
    return tuple(
        Fact(
            round(item.duration_s, 3),
            track if item.channel is None else f"{track}:{item.channel}",
            item.start_s,
            item.end_s,
        )
        for item in found
    )


def values(found: Iterable[Segment], track: str = "video:0") -> tuple[Fact, ...]:
    """The measure's own figure of each stretch."""
    return tuple(Fact(item.value, track, item.start_s, item.end_s) for item in found)


def sizes(found: Iterable[Segment], track: str = "video:0") -> tuple[Fact, ...]:
    """How far times jump, whichever way."""
    return tuple(Fact(abs(item.value or 0.0), track, item.start_s, item.end_s) for item in found)


def by_place(found: Iterable[Segment], end_s: float) -> tuple[list[Segment], list[Segment], list[Segment]]:
    """Stretches at the head, inside, at the tail; one that is the whole film is inside."""
    head: list[Segment] = []
    inside: list[Segment] = []
    tail: list[Segment] = []
    for item in found:
        begins, ends = item.start_s <= EDGE_S, item.end_s >= end_s - EDGE_S
        (inside if begins == ends else head if begins else tail).append(item)
    return head, inside, tail
