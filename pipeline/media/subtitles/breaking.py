"""Lines that fit: Chinese has no spaces, others break at them; never more than two, both about as long."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import groupby

from pipeline.media.subtitles import scripts

MOST_LINES = 2
# neither begins nor ends a line (GB/T 15834-2011, clause 5)
_NO_BEGIN = frozenset("，。、；：？！）》〉」』】〕”’…—·,.;:?!)]}%‰℃،؛؟»")
_NO_END = frozenset("（《〈「『【〔“‘([{«")
_CLAUSE_SCALE = 0.9  # letters may be this much smaller, so that no word is cut: Chinese shows no words
_NEAR = 40  # places about the middle that are looked at
Width = Callable[[str], float]  # of a text, in em


@dataclass(frozen=True)
class Fitted:
    """At most two lines, and for each by how much its letters are made smaller, 1 for not at all."""

    lines: tuple[str, ...]
    scales: tuple[float, ...]


def fit(lines: Sequence[str], width: Width, widest: Callable[[str], float]) -> Fitted:
    """Bring a cue into two lines. Its own lines stay where they fit; lines of two scripts are never mixed.

    `width` measures a text in em, `widest` is how many em a line of this text may have.
    """
    groups = [list(found) for _, found in groupby(lines, key=scripts.main_of)]
    if len(lines) > MOST_LINES or any(width(line) > widest(line) for line in lines):
        if len(groups) == 1:
            lines = _halved(_joined(lines), width, widest)
        elif len(groups) == MOST_LINES:  # a language each
            lines = [_joined(found) for found in groups]
        else:
            lines = _halved(" ".join(lines), width, widest)
    scales = tuple(min(1.0, widest(line) / width(line)) if width(line) else 1.0 for line in lines)
    if len(groups) == 1:  # one language in one size
        scales = (min(scales, default=1.0),) * len(scales)
    return Fitted(tuple(lines), scales)


def _joined(lines: Sequence[str]) -> str:
    """One line of several: Chinese needs no space between them."""
    made = ""
    for line in lines:
        tight = not made or (_is_han(made[-1]) and _is_han(line[0]))
        made += line if tight else f" {line}"
    return made


def _halved(text: str, width: Width, widest: Callable[[str], float]) -> list[str]:
    """One line where that is enough, else two, cut where both are nearest to the same length, rather behind a
    clause than inside one."""
    if width(text) <= widest(text):
        return [text]
    middle = len(text) / 2
    places = sorted((at for at in range(1, len(text)) if _may_break(text, at)), key=lambda at: abs(at - middle))[:_NEAR]
    if not places:
        return [text]
    clauses = [at for at in places if text[:at].rstrip()[-1] in _NO_BEGIN]
    fits = [at for at in clauses if max(_sides(text, at, width)) * _CLAUSE_SCALE <= widest(text)]
    best = min(fits or places, key=lambda at: (max(_sides(text, at, width)), at))
    return [text[:best].rstrip(), text[best:].lstrip()]


def _sides(text: str, at: int, width: Width) -> tuple[float, float]:
    return width(text[:at].rstrip()), width(text[at:].lstrip())


def _may_break(text: str, at: int) -> bool:
    before, after = text[at - 1], text[at]
    if before == " " or after == " ":
        return after != " " and bool(text[:at].strip()) and text[at:].lstrip()[0] not in _NO_BEGIN
    if after in _NO_BEGIN or before in _NO_END:
        return False
    return _is_han(before) or _is_han(after)


def _is_han(char: str) -> bool:
    return scripts.script_of(char) == scripts.HAN
