"""All that decides a plan, as data: what is asked for here gives the same plan on every machine."""

from __future__ import annotations

from collections.abc import Collection

from pydantic import Field

from pipeline.media.track_shape import snapped_shape
from pipeline.model.adi import AdiSettings
from pipeline.model.base import Noun
from pipeline.model.capability import Capability
from pipeline.model.chapter import Chapter
from pipeline.model.deck import SlideFilm
from pipeline.model.generated import Propagation
from pipeline.model.inspection import Inspection
from pipeline.model.plan import Note
from pipeline.model.profile import AudioOnly, Hls, Mezzanine, Mp4, Poster, Profile, Sprite, TransportStream
from pipeline.plan.frame import FrameSize, cover
from pipeline.plan.spec import NO_SIDECARS, Sidecars


class PlanRequest(Noun):
    """A film, what goes with it, and the profiles that are wanted of it.

    Args:
        language: of the film's own sound, ISO 639-3.
        set_name: the set that the profiles are from; empty where none was asked for.
        notes: what choosing the profiles has to say.
        slides: what is drawn for it before: `inspection`, or what lies over it, is of that.
        chapters: of a lesson, in seconds from its first picture or its sound's beginning; none of a film.
        deck_sha256: of the document whose pages they are (hex), where they are such.
        propagation: who passes a label of generated content on, where that is to stand in it.
        adi: what the set says of a cable operator; no output's bytes depend on it.
        whole_frame: width and height of the largest frame of the request that this one is a part of.
    """

    inspection: Inspection
    profiles: tuple[Profile, ...]
    capability: Capability
    title: str
    language: str
    set_name: str = ""
    notes: tuple[Note, ...] = ()
    sidecars: Sidecars = NO_SIDECARS
    slides: SlideFilm | None = None
    chapters: tuple[Chapter, ...] = ()
    deck_sha256: str | None = None
    adi: AdiSettings | None = None
    whole_frame: tuple[int, int] | None = None
    propagation: Propagation | None = Field(default=None, exclude_if=lambda value: value is None)

    @property
    def is_drawn(self) -> bool:
        """Whether pages, or a still, are seen in its pictures."""
        slides = self.sidecars.slides
        return self.slides is not None or (slides is not None and slides.are_seen)

    @property
    def largest_frame(self) -> tuple[int, int]:
        """The size at which bright pictures are tone-mapped once, for all outputs that are made smaller of them."""
        if self.whole_frame:
            return self.whole_frame
        slides = self.sidecars.slides
        frames = [(slides.track.width, slides.track.height) if slides and slides.stand_beside else (2, 2)]
        for profile in self.profiles:
            match profile:
                case TransportStream() | Mp4():
                    frames.append((profile.video.width, profile.video.height))
                case Hls():
                    frames += [(rung.width, rung.height) for rung in profile.rungs]
                case Poster(aspect="crop") if self.inspection.media.video:
                    # what will be cut off too; the box lies, whichever way the film stands
                    whole = cover(
                        snapped_shape(self.inspection.media.video[0]), FrameSize(profile.width, profile.height)
                    )
                    frames.append((max(whole), min(whole)))
                case Poster() | Sprite():
                    frames.append((profile.width, profile.height))
                case Mezzanine() | AudioOnly():
                    pass
        return max(width for width, _ in frames), max(height for _, height in frames)

    def only(self, names: Collection[str]) -> PlanRequest:
        """The same for some of its profiles, without set or notes: an output has one key whatever group asked for it.

        The size at which bright pictures are tone-mapped stays that of the whole request.
        """
        profiles = tuple(item for item in self.profiles if item.name in names)
        part = {"profiles": profiles, "set_name": "", "notes": (), "whole_frame": self.largest_frame}
        return self.model_copy(update=part)
