"""How long a part lasts, by what is in it: what its times and its subtitles are held against."""

from __future__ import annotations

from pipeline.execute.part_to_examine import PartToExamine
from pipeline.plan import slides
from pipeline.plan.spec import AudioSource
from pipeline.policy import dub_facts
from pipeline.policy.evaluate import FactsByName


def length_of(part: PartToExamine) -> float | None:
    """How long the sound of a part is, or its film; None where there is none, or nothing was measured."""
    measures = part.film.inspection.measures if part.film else None
    if measures is None:
        return None
    line = measures.video.timeline
    return line.duration_s if line else measures.audio.audio_duration_s


def shown_s(part: PartToExamine, dubs: tuple[AudioSource, ...]) -> float | None:
    """How long a part is shown or heard: as long as its film, as the longest of its sounds, or as its slides alone.

    None where nothing of it could be measured.
    """
    if part.part.main is None:
        return _silent_s(part)
    length_s = length_of(part)
    if part.film is None or length_s is None or not part.is_sound_alone:
        return length_s
    others = (*(source for _, source in part.film.further), *dubs)
    return max([length_s, *(found for item in others if (found := heard_s(item)))])


def heard_s(source: AudioSource) -> float | None:
    """How long a sound is; None where there is none."""
    measures = source.inspection.measures if source.has_sound else None
    return measures.audio.audio_duration_s if measures else None


def of_dub(part: PartToExamine, dub: AudioSource, audio: tuple[AudioSource, ...]) -> FactsByName:
    """How long a file of sound is beside the film or lesson; nothing of the film's only sound, which is held against
    its pictures.

    Args:
        audio: all files of sound.
    """
    film, sound_s = part.film.inspection if part.film else None, heard_s(dub)
    if film is None or sound_s is None or (not film.media.audio and dub is audio[0]):
        return {}
    line = film.programme
    main_s = line.duration_s if line else length_of(part)
    if not main_s:
        return {}
    return dub_facts.of_length(sound_s - dub.begins_s, main_s, is_cut=line is not None)


def page_s(part: PartToExamine) -> float:
    """How long a page stands where nobody says it."""
    told = part.part.part
    return (told.page_s if told else None) or slides.PAGE_S


def offset_s(part: PartToExamine) -> float:
    """By how much its pages come later than their times say."""
    return part.part.part.offset_s if part.part.part else 0.0


def _silent_s(part: PartToExamine) -> float | None:
    """Of slides that no sound goes with."""
    if part.deck is None:
        return None
    if part.times is not None and part.times.turns:
        return slides.silent_s(part.times, offset_s=offset_s(part), page_s=page_s(part))
    return slides.spread_s(len(part.deck.pages), page_s(part))
