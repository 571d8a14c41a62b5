"""Facts of a file of subtitles, each with the cue and the line it belongs to."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

from pipeline.media.subtitles import breaking, scripts
from pipeline.media.subtitles.field import HD, estimated_width
from pipeline.model import languages
from pipeline.model.languages import UNKNOWN
from pipeline.model.subtitles import Cue, CueFault, Subtitles
from pipeline.policy.fact import Fact

NAMES = (
    "subtitle.unreadable",
    "subtitle.empty",
    "subtitle.mended",
    "subtitle.rubbish",
    "subtitle.foreign_percent",
    "subtitle.doubled",
    "subtitle.moved_s",
    "subtitle.guessed",
    "subtitle.line_ends",
    "subtitle.overlap_s",
    "subtitle.beyond_end_s",
    "subtitle.after_end_s",
    "subtitle.missing_letters",
    "subtitle.scale",
    "subtitle.pace",
    "subtitle.duration_s",
)
PICTURE_S = 0.04
_OTHER_READ = 0.6  # letters of other scripts are read faster: 20 a second where Chinese are 12


_OWN = 1 / 3  # of a cue's letters: so that of two languages in one cue either may be the file's
_FEW_LETTERS = 20  # seven Chinese ones: names and figures tell no language
_SAMPLE = 24


def facts(
    found: Subtitles,
    film_end_s: float | None,
    missing: Mapping[int, str] | None,
    moved_s: float = 0.0,
    language: str = UNKNOWN,
) -> dict[str, tuple[Fact, ...]]:
    """All of a file.

    Args:
        film_end_s: on the file's own clock, None where there is no film.
        missing: the letters of a cue that no font holds, by its number; None where there are no fonts to ask.
        moved_s: by how much the subtitles come sooner, with a line-up left out.
        language: what they are said to be in.
    """
    cues = found.cues
    return {
        "subtitle.unreadable": _faults(found.faults, ("malformed", "times")),
        "subtitle.empty": _faults(found.faults, ("empty",)),
        "subtitle.mended": _faults(found.faults, ("mended",)),
        "subtitle.rubbish": _faults(found.faults, ("rubbish",)),
        "subtitle.foreign_percent": _foreign(cues, language),
        "subtitle.doubled": _faults(found.faults, ("doubled",)),
        "subtitle.moved_s": (Fact(moved_s),),
        "subtitle.guessed": (Fact(found.guessed, detail=found.encoding.upper()),),
        "subtitle.line_ends": (Fact(found.line_ends),),
        "subtitle.overlap_s": tuple(_overlaps(cues)),
        "subtitle.beyond_end_s": _late(cues, film_end_s),
        "subtitle.after_end_s": _after(cues, film_end_s),
        "subtitle.missing_letters": (Fact(None),)
        if missing is None
        else tuple(
            _fact(cue, letters, detail=scripts.named(letters)) for cue in cues if (letters := missing.get(cue.number))
        ),
        "subtitle.scale": tuple(_fact(cue, scale) for cue in cues if (scale := _scale(cue)) < 1),
        "subtitle.pace": tuple(_fact(cue, _pace(cue)) for cue in cues),
        "subtitle.duration_s": tuple(_fact(cue, round(cue.end_s - cue.start_s, 3)) for cue in cues),
    }


def _fact(cue: Cue, value: str | float, detail: str = "") -> Fact:
    return Fact(value, None, cue.start_s, cue.end_s, cue=cue.number, line=cue.line, detail=detail)


def _faults(faults: Iterable[CueFault], kinds: tuple[str, ...]) -> tuple[Fact, ...]:
    return tuple(
        Fact(True, cue=fault.cue, line=fault.line, detail=fault.detail) for fault in faults if fault.kind in kinds
    )


def _foreign(cues: Sequence[Cue], language: str) -> tuple[Fact, ...]:
    """How much of the text stands in cues that hardly have a letter of the language's scripts, from the first such."""
    own = languages.written_in(language)
    counted = [(cue, scripts.letters("".join(cue.lines))) for cue in cues] if own else []
    total = sum(found.total() for _, found in counted)
    foreign = [(cue, found) for cue, found in counted if sum(found[script] for script in own) < _OWN * found.total()]
    if total < _FEW_LETTERS or not foreign:
        return ()
    percent = round(100 * sum(found.total() for _, found in foreign) / total)
    return (_fact(foreign[0][0], percent, detail=f"{language}: {scripts.bare(foreign[0][0].lines[0])[:_SAMPLE]}"),)


def _overlaps(cues: Iterable[Cue]) -> Iterator[Fact]:
    """Cues that begin while the one that lasts longest before them is still there."""
    reach: Cue | None = None
    for cue in cues:
        if reach is not None and reach.end_s > cue.start_s:
            both_s = min(reach.end_s, cue.end_s) - cue.start_s
            yield _fact(cue, round(both_s, 3), detail=str(reach.number))
        if reach is None or cue.end_s > reach.end_s:
            reach = cue


def _late(cues: Iterable[Cue], end_s: float | None) -> tuple[Fact, ...]:
    """Cues that are still there when the film ends."""
    if end_s is None:
        return ()
    return tuple(_fact(cue, round(cue.end_s - end_s, 3)) for cue in cues if cue.start_s < end_s < cue.end_s)


def _after(cues: Iterable[Cue], end_s: float | None) -> tuple[Fact, ...]:
    """Cues that nobody would see."""
    if end_s is None:
        return ()
    return tuple(_fact(cue, round(cue.start_s - end_s + PICTURE_S, 3)) for cue in cues if cue.start_s >= end_s)


def _scale(cue: Cue) -> float:
    """By how much the letters would be made smaller to stand in two lines of an HD picture."""
    fitted = breaking.fit([scripts.bare(line) for line in cue.lines], estimated_width, HD.widest)
    return round(min(fitted.scales, default=1.0), 2)


def _pace(cue: Cue) -> float:
    """Letters a second, counted as Chinese ones; of two languages one is read."""
    read = max((sum(map(_weight, line)) for line in _languages(cue)), default=0.0)
    return round(read / (cue.end_s - cue.start_s), 1)


def _weight(char: str) -> float:
    if char.isspace():
        return 0.0
    return 1.0 if scripts.script_of(char) == scripts.HAN else _OTHER_READ


def _languages(cue: Cue) -> list[str]:
    """The text of each script in a cue."""
    made: dict[str, str] = {}
    for line in cue.lines:
        script = scripts.main_of(line)
        made[script] = made.get(script, "") + line
    return list(made.values())
