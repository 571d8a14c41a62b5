"""Facts of a file of sound beside its film or lesson: whether they last as long, and what it is heard instead of."""

from __future__ import annotations

from pipeline.policy.fact import Fact

REPLACED = "dub.replaced"
NAMES = ("dub.longer_s", "dub.shorter_s", REPLACED)


def of_language(language: str, replaced: str) -> dict[str, tuple[Fact, ...]]:
    """What is not heard since a file of sound takes its place: by the name of its file, in the same language."""
    return {REPLACED: (Fact(replaced, detail=language),)}


def of_length(sound_s: float, main_s: float, *, is_cut: bool) -> dict[str, tuple[Fact, ...]]:
    """By how many seconds a dub is longer or shorter than what it belongs to.

    Args:
        sound_s, main_s: how long the dub is, from where the programme begins, and the film or lesson.
        is_cut: whether what is longer is left out, as beside pictures.
    """
    apart_s = round(sound_s - main_s, 2)
    about = {"sound": f"{round(sound_s, 2):g}", "main": f"{round(main_s, 2):g}"}
    return {
        "dub.longer_s": (Fact(apart_s, about=about),) if is_cut and apart_s > 0 else (),
        "dub.shorter_s": (Fact(-apart_s, about=about),) if apart_s < 0 else (),
    }
