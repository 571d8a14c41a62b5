"""Policies by name, checked before they are used: every fact and number exists, every value fits its operator.

Whether a code has words is for those to check who say them (`execute.rule_sets`).
"""

from __future__ import annotations

import re
from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline import extends, yamlio
from pipeline.errors import InputError
from pipeline.model.finding import Op, Policy, Rule
from pipeline.model.inspection import SHORTEST_BLACK_S, SHORTEST_FREEZE_S, SHORTEST_SILENCE_S, Inspection
from pipeline.model.loudness import LEAST_SPREAD_LU
from pipeline.model.media import Media
from pipeline.policy.facts import facts
from pipeline.yamlio import Document

_NOTHING = Inspection(
    sha256="",
    size_bytes=0,
    format="",
    media=Media(container="", size_bytes=0, duration_s=None, bitrate_bps=None, truncated=False),
    measures=None,
)
# a smaller number would never find anything
_SHORTEST = {
    "content.black_s": SHORTEST_BLACK_S,
    "content.freeze_s": SHORTEST_FREEZE_S,
    "content.silence_s": SHORTEST_SILENCE_S,
    "sound.loudness_spread_lu": LEAST_SPREAD_LU,
}


def document(name: str, folders: Sequence[Path]) -> Document:
    """The file of this name with all that it extends; `folders` hold profiles, their `policies/` hold policies.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    within = [folder / "policies" for folder in folders]
    return extends.resolve(extends.find(name, within, kind="policy"), within, kind="policy")


def policy(name: str, folders: Sequence[Path]) -> Policy:
    """The policy of this name, with every rule's value in its place.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    return read(document(name, folders))


def read(source: Document) -> Policy:
    """A document as a policy.

    Raises:
        InputError: it is none, with FILE:LINE:COLUMN.
    """
    policy = yamlio.validate(Policy, source, form="policy")
    known = facts(_NOTHING).keys()
    for index, rule in enumerate(policy.rules):
        if rule.number is not None and rule.number not in policy.numbers:
            raise InputError(
                "rule_wrong", where=source.where(("rules", index, "number")), code=rule.code, field="number"
            )
    made = policy.resolved()
    for index, rule in enumerate(made.rules):
        at = ("numbers", rule.number) if rule.number else ("rules", index, "value")
        least = _SHORTEST.get(rule.fact)
        if least is not None and isinstance(rule.value, int | float) and rule.value < least:
            raise InputError("rule_too_small", where=source.where(at), code=rule.code, least=least)
        for field in _wrong_fields(rule, known):
            place = "number" if field == "value" and rule.number else field
            raise InputError("rule_wrong", where=source.where(("rules", index, place)), code=rule.code, field=place)
    return made


def _wrong_fields(rule: Rule, known_facts: Collection[str]) -> list[str]:
    wrong = []
    if rule.fact not in known_facts:
        wrong.append("fact")
    number = isinstance(rule.value, int | float) and not isinstance(rule.value, bool)
    many = isinstance(rule.value, tuple)
    fits = {
        Op.GE: number,
        Op.LE: number,
        Op.IN: many,
        Op.BETWEEN: many and _is_span(rule.value),
        Op.EQ: not many,
        Op.MATCHES: isinstance(rule.value, str) and _is_pattern(rule.value),
        Op.PRESENT: isinstance(rule.value, bool),
    }
    if not fits[rule.op]:
        wrong.append("value")
    return wrong


def _is_span(value: object) -> bool:
    """Two numbers, the smaller one first."""
    if not isinstance(value, tuple) or len(value) != 2:
        return False
    numbers = [item for item in value if isinstance(item, int | float) and not isinstance(item, bool)]
    return len(numbers) == 2 and numbers[0] <= numbers[1]


def _is_pattern(text: str) -> bool:
    try:
        re.compile(text)
    except re.error:
        return False
    return True
