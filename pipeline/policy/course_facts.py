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
    spoken = sorted({language for part in parts for language in part.sound})
    read = sorted({language for part in parts for language in part.subtitles})
    lacking = []
    for part in parts:
        is_spoken = bool(part.sound or part.subtitles)  # slides alone have nothing to be written below them
        rows = (
            (SOUND, spoken if part.sound else [], part.sound),
            (SUBTITLES, read if is_spoken else [], part.subtitles),
        )
        for kind, wanted, there in rows:
            if absent := [language for language in wanted if language not in there]:
                lacking.append(Fact(kind, detail=f"{part.shown}: {', '.join(absent)}"))
    return {
        "course.missing_part": tuple(Fact(True, detail=name) for name in missing),
        "course.missing_language": tuple(lacking),
    }
