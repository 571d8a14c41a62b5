"""Policies by name, checked before they are used: every fact exists, every value fits its operator."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

from pipeline import catalogue, yamlio
from pipeline.errors import InputError
from pipeline.model.finding import Op, Policy, Rule
from pipeline.model.inspection import Inspection, Media
from pipeline.policy.facts import facts

_NOTHING = Inspection(
    sha256="", size_bytes=0, format="",
    media=Media(container="", size_bytes=0, duration_s=None, bitrate_bps=None, truncated=False), measures=None,
)  # fmt: skip


def policy(name: str, folders: Sequence[Path]) -> Policy:
    """The first `policies/<name>.yaml` in `folders`.

    Raises:
        InputError: unknown name, or a wrong file with FILE:LINE:COLUMN.
    """
    for folder in folders:
        path = folder / "policies" / f"{name}.yaml"
        if path.is_file():
            document = yamlio.load(path)
            read = yamlio.validate(Policy, document)
            known = facts(_NOTHING)
            for index, rule in enumerate(read.rules):
                for field in _wrong_fields(rule, known.keys()):
                    where = document.where(("rules", index, field))
                    raise InputError("rule_wrong", where=where, code=rule.code, field=field)
            return read
    raise InputError("no_such_name", kind="policy", name=name, known="")


def _wrong_fields(rule: Rule, known_facts: Collection[str]) -> list[str]:
    wrong = []
    if not catalogue.has(f"finding.{rule.code}.message"):
        wrong.append("code")
    if rule.fact not in known_facts:
        wrong.append("fact")
    number = isinstance(rule.value, int | float) and not isinstance(rule.value, bool)
    many = isinstance(rule.value, tuple)
    fits = {
        Op.GE: number, Op.LE: number, Op.IN: many, Op.BETWEEN: many, Op.EQ: not many,
        Op.MATCHES: isinstance(rule.value, str), Op.PRESENT: isinstance(rule.value, bool),
    }  # fmt: skip
    if not fits[rule.op]:
        wrong.append("value")
    return wrong
