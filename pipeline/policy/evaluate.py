"""Rules held against facts: findings in codes and values."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from types import MappingProxyType

from pipeline.errors import InputError, Refused, Unsuitable
from pipeline.media import timecode
from pipeline.media.timecode import Clock
from pipeline.model.document import DocumentStructure
from pipeline.model.finding import (
    Evaluation,
    Finding,
    Op,
    Policy,
    Report,
    Rule,
    Scalar,
    Severity,
    Skipped,
    SubtitleFacts,
)
from pipeline.model.inspection import Inspection
from pipeline.policy.fact import Fact
from pipeline.policy.facts import facts

FactsByName = Mapping[str, tuple[Fact, ...]]
EMPTY: FactsByName = MappingProxyType({})


class UnknownFact(KeyError):
    """A rule names a fact that nothing measures."""


def judge(inspection: Inspection, policy: Policy, more: FactsByName = EMPTY) -> Evaluation:
    """What the rules say of a film that could be read; `more` is known of it from elsewhere.

    Raises:
        UnknownFact: a rule names a fact that there is not.
        InputError: a rule compares what can't be compared.
    """
    found, left_out = _held({**facts(inspection), **more}, policy, clock_of(inspection))
    return Evaluation(
        sha256=inspection.sha256,
        policy=policy.name,
        media=inspection.media,
        measures=inspection.measures,
        generated_labels=inspection.generated_labels,
        findings=found,
        skipped=left_out,
    )


def judge_facts(
    table: FactsByName,
    policy: Policy,
    *,
    sha256: str,
    film_clock: Clock | None = None,
    subtitles: SubtitleFacts | None = None,
    document: DocumentStructure | None = None,
) -> Evaluation:
    """What the rules say of a file that is no film, by its facts.

    Args:
        film_clock: of the film that it goes with, for the timecodes of findings.
        subtitles, document: what the file is, where it is one.

    Raises:
        UnknownFact, InputError: as `judge`.
    """
    found, left_out = _held(table, policy, film_clock or Clock())
    return Evaluation(
        sha256=sha256, policy=policy.name, subtitles=subtitles, document=document, findings=found, skipped=left_out
    )


def refuse(refused: Refused, policy: Policy) -> Evaluation:
    """What is said of a file that could not be read: one finding, and with it reject."""
    return Evaluation(sha256=None, policy=policy.name, findings=(refusal(refused),))


def refusal(refused: Refused) -> Finding:
    """The one finding on a file that could not be read."""
    if isinstance(refused, Unsuitable):
        return Finding(
            code=refused.code,
            severity=Severity.ERROR,
            track=refused.track,
            reason=refused.reason,
            detail=refused.detail or "",
        )
    return Finding(code=refused.code, severity=Severity.ERROR, reason=refused.reason, line=refused.line)


def _held(table: FactsByName, policy: Policy, film_clock: Clock) -> tuple[tuple[Finding, ...], tuple[Skipped, ...]]:
    """Every rule against its facts."""
    findings: list[Finding] = []
    skipped: list[Skipped] = []
    for rule in policy.rules:
        if rule.fact not in table:
            raise UnknownFact(rule.fact)
        for fact in table[rule.fact]:
            if fact.value is None:
                skipped.append(Skipped(code=rule.code, fact=rule.fact))
            elif not _holds(rule, fact.value, policy):
                findings.append(_finding(rule, fact, film_clock))
    return in_order(findings), tuple(skipped)


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """The worst first, then by line and time."""
    order = list(Severity)
    return tuple(sorted(findings, key=lambda item: (order.index(item.severity), item.line or 0, item.start_s or 0.0)))


def _holds(rule: Rule, value: Scalar, policy: Policy) -> bool:
    try:
        return holds(rule, value)
    except TypeError as error:  # whether a fact is a number is only known with a film before us
        raise InputError("rule_wrong", where=policy.name, code=rule.code, field="op", detail=str(error)) from error


def holds(rule: Rule, value: Scalar) -> bool:
    """Whether `value` is as the rule wants it.

    Raises:
        TypeError: the rule compares what can't be compared (policies are validated before they are used).
    """
    wanted = rule.value
    match rule.op:
        case Op.EQ:
            return value == wanted
        case Op.PRESENT:
            return bool(value) == bool(wanted)
        case Op.IN:
            return value in wanted if isinstance(wanted, tuple) else value == wanted
        case Op.GE:
            return _number(value) >= _number(wanted)
        case Op.LE:
            return _number(value) <= _number(wanted)
        case Op.BETWEEN if isinstance(wanted, tuple):
            return _number(wanted[0]) <= _number(value) <= _number(wanted[-1])
        case Op.MATCHES:
            return re.fullmatch(str(wanted), str(value)) is not None
    raise TypeError(f"{rule.code}: {rule.op} can't be used with {wanted!r}")


def clock_of(film: Inspection | Report) -> Clock:
    """How the film counts its pictures: by its timecode track where there is one, else from 0."""
    if film.media is None:
        return Clock()
    timeline = film.measures.video.timeline if film.measures else None
    return timecode.clock_of(film.media, 1 / timeline.period_s if timeline and timeline.period_s else None)


def _finding(rule: Rule, fact: Fact, film_clock: Clock) -> Finding:
    """One finding."""
    return Finding(
        code=rule.code,
        rule=rule.name or rule.code,
        severity=rule.severity,
        track=fact.track,
        start_s=fact.start_s,
        end_s=fact.end_s,
        start_tc=film_clock.at(fact.start_s) if fact.start_s is not None else None,
        end_tc=film_clock.at(fact.end_s) if fact.end_s is not None else None,
        cue=fact.cue,
        line=fact.line,
        op=rule.op,
        value=fact.value,
        wanted=rule.value,
        unit=rule.unit,
        detail=fact.detail,
        about=dict(fact.about),
    )


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)
