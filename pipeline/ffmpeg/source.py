"""What ffmpeg reads: a file with its demuxer and tracks, and a stretch of its time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Input, Stream, Written
from pipeline.model.inspection import PictureStretch, SoundStretch
from pipeline.model.media import Media

MAIN = "{in.main}"
_NOWHERE = ("-c", "copy", "-f", "null")
ENDLESS_S = 1e9  # an end that is no end: clocks of recorders may begin at 1000 h


@dataclass(frozen=True)
class Source:
    """A file to be decoded: the demuxer that its first bytes ask for, and its tracks.

    Args:
        stretches: of pictures that change on the way; the picture track in `media` is then as they are delivered.
        sound_stretches: of its first sound track, where that changes on the way.
    """

    path: Path
    demuxer: str
    media: Media
    stretches: tuple[PictureStretch, ...] = ()
    sound_stretches: tuple[SoundStretch, ...] = ()

    @property
    def paths(self) -> Mapping[str, Path]:
        """What the token of its input stands for."""
        return {MAIN: self.path}

    @property
    def keeps_clock(self) -> bool:
        """Whether its times are the file's own, not counted from its beginning."""
        return bool(graph.clock_options(self.demuxer, self.media))

    def input(self, *options: str) -> Input:
        """The file as an input, with options of its own before the guard."""
        uneven = (graph.index_of(self.media.audio[0]),) if self.sound_stretches else ()
        options = (*graph.clock_options(self.demuxer, self.media), *options)
        return Input(MAIN, self.demuxer, options, one_graph=bool(self.stretches), uneven=uneven)

    def picture(self, *options: str) -> Stream:
        """The first picture track as a player shows it; `options` are of the input."""
        return graph.as_shown(self.coded_picture(*options), self.media.video[0], self.stretches)

    def picture_at(self, at_s: float, *options: str) -> Stream:
        """The same in the shape that it has `at_s` seconds from the first picture, for one picture alone."""
        picture = self.coded_picture(*options)
        if aspect := next((item.pixel_aspect for item in self.stretches if at_s < item.end_s), None):
            picture = graph.apply(picture, "setsar", sar=aspect)
        return graph.as_shown(picture, self.media.video[0])

    def coded_picture(self, *options: str) -> Stream:
        """The same as it is coded."""
        return self.input(*options).stream(graph.index_of(self.media.video[0]))

    def unseen(self) -> list[Written]:
        """Its pictures to nowhere: ffmpeg counts time from the first of all tracks that are used."""
        return [Written((self.coded_picture(),), "unseen", _NOWHERE)] if self.media.video else []

    def unheard(self) -> list[Written]:
        """Its sound to nowhere, likewise."""
        index = graph.index_of(self.media.audio[0]) if self.media.audio else None
        return [] if index is None else [Written((self.input().stream(index),), "unheard", _NOWHERE)]

    def programme(self) -> Stream:
        """The programme's sound as it comes."""
        return graph.programme(self.input(), self.media)

    def audio(self) -> Stream:
        """The same as 48 kHz stereo."""
        return graph.to_stereo(self.programme())


@dataclass(frozen=True)
class Span:
    """A stretch of a file's time, in seconds of its own clock."""

    start_s: float
    end_s: float = ENDLESS_S

    @property
    def is_endless(self) -> bool:
        return self.end_s >= ENDLESS_S

    @property
    def duration_s(self) -> float:
        return self.end_s - self.start_s

    def cut(self, sound: Stream) -> Stream:
        """What of the sound will be heard, silence at its end included: blocks that are partly silent count too."""
        sound = graph.apply(sound, "atrim", start=f"{self.start_s:.6f}", end=f"{self.end_s:.6f}")
        return sound if self.is_endless else graph.apply(sound, "apad", whole_dur=f"{self.duration_s:.6f}")
