"""What the builders of outputs share: the film, its cadence, and each output before its streams are joined."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.ffmpeg.source import MAIN
from pipeline.media.track_shape import are_shown_alike, as_stretch, upright_shape
from pipeline.model.base import Noun
from pipeline.model.chapter import Chapter
from pipeline.model.font_coverage import FontCoverage
from pipeline.model.inspection import Inspection, PictureStretch, PosterCandidate, Segment, are_sampled_alike
from pipeline.model.media import VideoTrack
from pipeline.model.plan import Output
from pipeline.model.subtitles import SubtitleTrack
from pipeline.plan.lecture import Slides
from pipeline.plan.posters import NO_POSTERS, Posters


class Fields(StrEnum):
    """Where an output's fields come from."""

    NONE = "none"
    KEPT = "kept"  # the source's own
    MADE = "made"  # of frames at twice the rate
    SEGMENTED = "segmented"  # two of one frame (PsF)


@dataclass(frozen=True)
class Cadence:
    """Frames in time as an output has them; `slack` is how far the count may be off.

    `rate_by` is how the source's rate becomes this one; `speed` is how much faster the film runs then.
    """

    rate: Fraction
    frames: int
    slack: int = 0
    fields: Fields = Fields.NONE
    rate_by: str = "repeat"
    speed: Fraction = Fraction(1)
    pulldown: bool = False

    @property
    def duration_s(self) -> float:
        return round(float(self.frames / self.rate), 6)

    @property
    def interlaced(self) -> bool:
        """Whether two fields of a frame are of two moments."""
        return self.fields in (Fields.KEPT, Fields.MADE)


class AudioSource(Noun):
    """The sound in one language: the film's own, another of its tracks, or a file.

    Args:
        token: the input that holds it.
        begins_s: where in a file of its own the programme begins.
    """

    inspection: Inspection
    language: str
    token: str = MAIN
    begins_s: float = 0.0

    @property
    def has_sound(self) -> bool:
        """Whether anything of it is in the file: a track may be announced alone."""
        return self.inspection.measures is not None and self.inspection.measures.audio.audio_duration_s is not None


class Sidecars(Noun):
    """What goes with a film.

    Args:
        audio: more languages, or another sound for the film's own one.
        font_coverage: the fonts to draw `subtitles` with; None where none are installed.
        posters: stills that were handed in.
        slides: what a lecture speaks about.
    """

    audio: tuple[AudioSource, ...] = ()
    subtitles: tuple[SubtitleTrack, ...] = ()
    font_coverage: FontCoverage | None = None
    posters: Posters = NO_POSTERS
    slides: Slides | None = None


NO_SIDECARS = Sidecars()


@dataclass(frozen=True)
class Shown:
    """The pictures that an output is made of, and those of the slides that stand with them."""

    pictures: Stream
    slides: Stream | None = None

    def each(self, name: str, **arguments: object) -> Shown:
        """One filter on either."""
        slides = None if self.slides is None else graph.apply(self.slides, name, **arguments)
        return Shown(graph.apply(self.pictures, name, **arguments), slides)


@dataclass(frozen=True)
class Stretch:
    """Pictures of one kind, from one with this number on: of the output, or of twice as many where fields are made."""

    begins: int
    track: VideoTrack


@dataclass(frozen=True)
class Pictures:
    """What an output's frames are made of.

    Args:
        track: the picture track as the output takes it over.
        stretches: of a track that changes on the way, from 0 on; none of any other.
        slides: those that stand beside it.
    """

    track: VideoTrack
    cadence: Cadence
    stretches: tuple[Stretch, ...] = ()
    slides: Slides | None = None

    def at(self, number: int) -> Pictures:
        """The picture with this number alone."""
        shown = [item.track for item in self.stretches if item.begins <= number]
        return replace(self, track=shown[-1] if shown else self.track, stretches=())

    def every(self, step: int) -> Pictures:
        """Each picture whose number `step` divides."""
        numbered = {-(-item.begins // step): item.track for item in self.stretches}
        return replace(self, stretches=tuple(Stretch(begins, track) for begins, track in numbered.items()))


@dataclass(frozen=True)
class Film:
    """A film, or a lesson without pictures, as one output sees it.

    Args:
        inspection: of what is seen: of the slides where they stand for the lecture.
        toned: the picture track behind tone mapping, where there is any.
        chapters: in seconds of the programme.
        is_drawn: its pictures, or those beside them, are pages or a still: they have words to the edge.
    """

    title: str
    audio_sources: tuple[AudioSource, ...]
    inspection: Inspection
    cadence: Cadence
    toned: VideoTrack | None = None
    sidecars: Sidecars = NO_SIDECARS
    chapters: tuple[Chapter, ...] = ()
    is_drawn: bool = False

    @property
    def source_track(self) -> VideoTrack:
        return self.inspection.media.video[0]

    @property
    def slides(self) -> Slides | None:
        """Those that stand beside its pictures."""
        slides = self.sidecars.slides
        return slides if slides and slides.stand_beside else None

    @property
    def track(self) -> VideoTrack:
        """The picture track as an output takes it over: with slides beside it the picture is theirs."""
        return self.slides.track if self.slides else self.toned or self.source_track

    @property
    def pictures(self) -> Pictures:
        """Its pictures, each stretch in its own shape and colours."""
        told = self.inspection.measures.video.picture_stretches if self.inspection.measures else ()
        rate = self.rate / self.cadence.speed * (2 if self.cadence.fields is Fields.MADE else 1)
        found: list[tuple[int, PictureStretch]] = []
        for item in told:
            # the nearest picture, as the `fps` filter rounds
            begins = max(0, int((item.start_s - self.inspection.start_s) * float(rate) + 0.5))
            if found and found[-1][0] == begins:
                found.pop()
            if not found or not are_shown_alike(found[-1][1], item):
                found.append((begins, item))
        stretches = tuple(Stretch(begins, self._as_shown(item)) for begins, item in found)
        own = self.toned or self.source_track
        return Pictures(own, self.cadence, stretches if len(stretches) > 1 else (), self.slides)

    def _as_shown(self, stretch: PictureStretch) -> VideoTrack:
        """The track in one stretch, behind what brings all pictures to one size and format."""
        if self.toned:
            shape = upright_shape(as_stretch(self.source_track, stretch))
            return self.toned.model_copy(update={"display_aspect": float(shape)})
        told = self.inspection.measures.video.picture_stretches if self.inspection.measures else ()
        own = {"display_aspect": stretch.display_aspect, "matrix": stretch.matrix}
        if are_sampled_alike(told):
            own["colour_range"] = stretch.colour_range
        return self.source_track.model_copy(update=own)

    @property
    def language(self) -> str:
        return self.audio_sources[0].language

    @property
    def languages(self) -> tuple[str, ...]:
        return tuple(source.language for source in self.audio_sources)

    @property
    def frames(self) -> int:
        return self.cadence.frames

    @property
    def rate(self) -> Fraction:
        return self.cadence.rate

    @property
    def duration_s(self) -> float:
        return self.cadence.duration_s

    @property
    def poster_candidates(self) -> tuple[PosterCandidate, ...]:
        return self.inspection.measures.video.stills if self.inspection.measures else ()

    @property
    def black(self) -> tuple[Segment, ...]:
        return self.inspection.measures.video.black if self.inspection.measures else ()


@dataclass(frozen=True)
class OutputSpec:
    """One output before its streams are joined: which of the film's audio sources it takes, and with which options."""

    output: Output
    token: str
    options: tuple[str, ...]
    files: dict[str, str]
    audio: tuple[int, ...] = ()  # by their places in the film, in order
    texts: tuple[tuple[str, str], ...] = ()  # files that lie beside the encoder, and what is in them
    chapters: str | None = None  # that one of them which is read as chapters


CLEAN = ("-map_metadata", "-1", "-map_chapters", "-1")
# the same where there are chapters: told so, ffmpeg leaves their titles alone
CLEAN_BUT_CHAPTERS = ("-map_metadata:g", "-1", "-map_metadata:s", "-1")


def rate_options(rate: Fraction) -> tuple[str, ...]:
    """The `fps` filter has made the cadence; the encoder must neither drop nor repeat."""
    return ("-fps_mode:v", "passthrough", "-enc_time_base:v", f"{rate.denominator}:{rate.numerator}")


def threads_options(threads: int | str) -> tuple[str, ...]:
    """One thread repeats its bytes; `auto` lets the encoder choose (DESIGN section 5)."""
    return ("-threads:v", "0" if threads == "auto" else str(threads))


def field_options(cadence: Cadence) -> tuple[str, ...]:
    """Code fields as fields; which comes first is in the frames themselves."""
    return ("-flags:v", "+ilme+ildct") if cadence.interlaced else ()
