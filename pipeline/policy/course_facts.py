"""Facts of a course as a whole: which parts are not in yet, and what some of them lack that others have."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

from pipeline.policy.fact import Fact

SOUND_ALONE = "course.sound_alone"  # of a part that nothing can be seen of
NAMES = ("course.missing_part", "course.missing_language", SOUND_ALONE)
SOUND, SUBTITLES = "sound", "subtitles"


@dataclass(frozen=True)
class PartLanguages:
    """What a part that is there can be heard and read in, as ISO 639-3; `sound` is empty of slides alone."""

    shown: str
    sound: Collection[str] = ()
    subtitles: Collection[str] = ()


def facts(missing: Sequence[str], parts: Sequence[PartLanguages]) -> dict[str, tuple[Fact, ...]]:
    """Args: missing: what the parts are called of which nothing can be shown yet. parts: the others."""
    lacking: dict[tuple[str, str], list[str]] = {}
    spoken = sorted({language for part in parts for language in part.sound})
    read = sorted({language for part in parts for language in part.subtitles})
    for part in parts:
        if part.sound:  # slides alone are not heard
            _add(lacking, SOUND, part, [language for language in spoken if language not in part.sound])
        if part.sound or part.subtitles:
            # what is spoken in a language is understood without being written in it
            known = {*part.sound, *part.subtitles}
            _add(lacking, SUBTITLES, part, [language for language in read if language not in known])
    return {
        "course.missing_part": tuple(Fact(True, detail=name) for name in missing),
        "course.missing_language": tuple(
            Fact(kind, detail=f"{language}: {', '.join(shown)}") for (kind, language), shown in lacking.items()
        ),
    }


def _add(lacking: dict[tuple[str, str], list[str]], kind: str, part: PartLanguages, languages: Sequence[str]) -> None:
    for language in languages:
        lacking.setdefault((kind, language), []).append(part.shown)
