"""The pictures that were handed in to stand for a film, by their shape, and the output that each is for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pydantic import Field

from pipeline.media.track_shape import is_portrait
from pipeline.model.base import Noun
from pipeline.model.inspection import Inspection
from pipeline.model.profile import Poster, Profile

# among the inputs of a plan, as the film is `ffmpeg.source.MAIN`: which is which is told by shape, not by place
LANDSCAPE_INPUT = "{in.poster}"
PORTRAIT_INPUT = "{in.poster.portrait}"


class Posters(Noun):
    """At most one of each shape.

    Args:
        landscape: wider than high, or square.
        portrait: higher than wide.
        of_course: the inputs that are the whole course's own, where a lesson has none of that shape.
    """

    landscape: Inspection | None = None
    portrait: Inspection | None = None
    of_course: tuple[str, ...] = Field(default=(), exclude_if=lambda value: not value)

    @property
    def first(self) -> Inspection | None:
        """The one that is shown where there is room for one, on screens that are wider than high."""
        return self.landscape or self.portrait

    @property
    def inputs(self) -> Iterator[tuple[str, Inspection]]:
        """Each by its token."""
        for token, found in ((LANDSCAPE_INPUT, self.landscape), (PORTRAIT_INPUT, self.portrait)):
            if found is not None:
                yield token, found

    def input_of(self, profile: Poster) -> str | None:
        """The token of the picture that an output is made of; None where it is made of the film."""
        wanted = PORTRAIT_INPUT if profile.is_portrait else LANDSCAPE_INPUT
        return wanted if wanted in dict(self.inputs) else None

    def outputs_of_course(self, profiles: Iterable[Profile]) -> tuple[str, ...]:
        """The outputs, by name, that are made of the whole course's own."""
        stills = [item for item in profiles if isinstance(item, Poster)]
        return tuple(item.name for item in stills if self.input_of(item) in self.of_course)

    def beside(self, course: Posters) -> Posters:
        """A lesson's own, and those of the whole course in the shapes that it has none of."""
        own = dict(self.inputs)
        return Posters(
            landscape=self.landscape or course.landscape,
            portrait=self.portrait or course.portrait,
            of_course=tuple(token for token, _ in course.inputs if token not in own),
        )


NO_POSTERS = Posters()


def by_shape(found: Iterable[Inspection]) -> Posters:
    """Pictures as they are shown, turned as their cameras say; of two of one shape the first."""
    landscape: Inspection | None = None
    portrait: Inspection | None = None
    for item in found:
        if is_portrait(item.media.images[0]):
            portrait = portrait or item
        else:
            landscape = landscape or item
    return Posters(landscape=landscape, portrait=portrait)
