"""Films without a film: slides with or without sound, and sound with one picture. They are planned before they are
drawn, and what is planned draws them first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.errors import MediaError
from pipeline.execute.audio_sources import UNKNOWN
from pipeline.model.capability import Capability
from pipeline.model.deck import Deck, SlideFilm, SlideTimes
from pipeline.model.generated import FoundLabel
from pipeline.model.inspection import Inspection
from pipeline.model.plan import Note
from pipeline.model.profile import Profile
from pipeline.plan import slides
from pipeline.plan.request import PlanRequest
from pipeline.plan.spec import NO_SIDECARS, AudioSource, Sidecars
from pipeline.policy.fact import numbers

NARRATION = "{in.audio.0}"  # files of sound in other languages are counted from 1
_MOST_LETTERS = 24  # that are named


@dataclass(frozen=True)
class Pictures:
    """What is seen; `film` is drawn when it is needed, `inspection` is what will be known of it then, with the labels
    of what it is drawn of."""

    film: SlideFilm
    notes: tuple[Note, ...] = field(default=())
    generated_labels: tuple[FoundLabel, ...] = ()

    @property
    def inspection(self) -> Inspection:
        return slides.inspection_of(self.film).model_copy(update={"generated_labels": self.generated_labels})


def of_slides(  # noqa: PLR0913 - as many things decide it
    deck: Deck,
    capability: Capability,
    *,
    times: SlideTimes | None = None,
    sound: Inspection | None = None,
    dubs: Sequence[AudioSource] = (),
    offset_s: float = 0.0,
    page_s: float = slides.PAGE_S,
) -> Pictures:
    """Pages as the times say, the last one to the end of the sound, or for `page_s`; without times each for `page_s`.

    Args:
        times: that no rule stands against.
        sound: the main sound; None where the slides are silent.
        dubs: in other languages: nothing of one that is longer is left out.
        offset_s: by which every page comes later than the times say.

    Raises:
        MediaError: the sound has no length.
    """
    length_s = _longest_s(sound, dubs) if sound else None
    if times is not None:
        length_s = length_s or slides.silent_s(times, offset_s=offset_s, page_s=page_s)
        film = slides.timed(deck, times, length_s, capability, offset_s=offset_s)
    else:
        film = slides.spread(deck, capability, page_s=page_s, length_s=length_s)
    return Pictures(film, tuple(notes_of(deck)))


def of_picture(
    poster: Inspection, sound: Inspection, capability: Capability, dubs: Sequence[AudioSource] = ()
) -> Pictures:
    """A picture that was handed in, for as long as the sound; raises as `of_slides`."""
    film = slides.of_picture(poster.sha256, _longest_s(sound, dubs), capability)
    return Pictures(film, generated_labels=poster.generated_labels)


def narration(sound: Inspection, language: str) -> AudioSource:
    """The main sound of such a film; it takes the place of the sound that the pictures have not."""
    return AudioSource(inspection=sound, language=language, token=NARRATION)


def request(  # noqa: PLR0913 - as many things go with a film
    pictures: Pictures,
    profiles: Sequence[Profile],
    capability: Capability,
    *,
    title: str,
    sound: AudioSource | None = None,
    set_name: str = "",
    notes: Sequence[Note] = (),
    sidecars: Sidecars = NO_SIDECARS,
) -> PlanRequest:
    """The plan of all that is wanted of it.

    Args:
        sound: the main sound (`narration`); without it, and without others, there is a silent track.
        sidecars: what goes with it: in `audio` the other languages.
    """
    heard = (*((sound,) if sound else ()), *sidecars.audio)
    return PlanRequest(
        inspection=pictures.inspection,
        profiles=tuple(profiles),
        capability=capability,
        title=title,
        language=sound.language if sound else UNKNOWN,
        set_name=set_name,
        notes=(*notes, *pictures.notes),
        sidecars=sidecars.model_copy(update={"audio": heard}),
        slides=pictures.film,
    )


def _longest_s(sound: Inspection, dubs: Sequence[AudioSource]) -> float:
    return max(_length_s(item) for item in (sound, *(dub.inspection for dub in dubs if dub.has_sound)))


def _length_s(sound: Inspection) -> float:
    length_s = sound.measures.audio.audio_duration_s if sound.measures else None
    if not length_s:
        raise MediaError("no_sound", where=sound.sha256)
    return length_s


def notes_of(deck: Deck) -> list[Note]:
    """What people should know of a deck however it is made."""
    found = []
    if deck.share < 1:
        found.append(Note(kind="slides_smaller", values={"percent": round(deck.share * 100)}))
    for kind, of in (("slides_undrawn", "undrawn"), ("slides_replaced", "replaced")):
        where = [number for number, page in enumerate(deck.pages, start=1) if getattr(page, of)]
        if where:
            letters = "".join(dict.fromkeys("".join(getattr(page, of) for page in deck.pages)))
            found.append(Note(kind=kind, values={"letters": letters[:_MOST_LETTERS], "pages": numbers(where)}))
    return found
