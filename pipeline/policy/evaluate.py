"""Rules held against facts."""

from __future__ import annotations

import re
from collections.abc import Mapping

from pipeline.catalogue import Language, has, say
from pipeline.errors import InputError
from pipeline.media.timecode import Clock, clock
from pipeline.model.finding import (
    Finding,
    Op,
    Policy,
    Report,
    Rule,
    Scalar,
    Severity,
    Skipped,
    SubtitleFacts,
    Verdict,
    verdict_of,
)
from pipeline.model.inspection import Inspection
from pipeline.policy.fact import Fact
from pipeline.policy.facts import facts

_SIGNS = {Op.EQ: "=", Op.IN: "∈", Op.GE: "≥", Op.LE: "≤", Op.BETWEEN: "∈", Op.MATCHES: "~", Op.PRESENT: "="}


class UnknownFact(KeyError):
    """A rule names a fact that nothing measures."""


def judge(inspection: Inspection, policy: Policy, *, file: str, language: Language) -> Report:
    """The report on a film that could be read.

    Raises:
        UnknownFact: a rule names a fact that there is not.
        InputError: a rule compares what can't be compared.
    """
    found, left_out = _held(facts(inspection), policy, language, clock_of(inspection))
    return Report(
        file=file,
        sha256=inspection.sha256,
        verdict=verdict_of(found, left_out),
        policy=policy.name,
        media=inspection.media,
        measures=inspection.measures,
        findings=found,
        skipped=left_out,
    )


def judge_subtitles(
    seen: SubtitleFacts,
    table: Mapping[str, tuple[Fact, ...]],
    policy: Policy,
    *,
    file: str,
    sha256: str,
    language: Language,
    counted: Clock,
) -> Report:
    """The report on a file of subtitles that could be read, by its facts; `counted` is its film's clock.

    Raises:
        UnknownFact, InputError: as `judge`.
    """
    found, left_out = _held(table, policy, language, counted)
    return Report(
        file=file,
        sha256=sha256,
        verdict=verdict_of(found, left_out),
        policy=policy.name,
        subtitles=seen,
        findings=found,
        skipped=left_out,
    )


def _held(
    table: Mapping[str, tuple[Fact, ...]], policy: Policy, language: Language, counted: Clock
) -> tuple[tuple[Finding, ...], tuple[Skipped, ...]]:
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
                findings.append(finding(rule, fact, fact.value, language, counted))
    order = list(Severity)
    findings.sort(key=lambda item: (order.index(item.severity), item.line or 0, item.start_s or 0.0))
    return tuple(findings), tuple(skipped)


def refuse(
    code: str, policy: Policy, *, file: str, sha256: str | None, language: Language, reason: str | None = None
) -> Report:
    """The report on a file that could not be read: one finding, reject; `reason` is a key of the catalogue."""
    found = refused(code, language, reason)
    return Report(file=file, sha256=sha256, verdict=Verdict.REJECT, policy=policy.name, findings=found)


def refused(code: str, language: Language, reason: str | None = None) -> tuple[Finding]:
    """The one finding on a file that could not be read; `reason` may be followed by a line's number."""
    key, _, line = (reason or "").partition(" ")
    detail, advice = f"text.refused_{key}", f"text.refused_{key}_do"
    values = {"place": say(language, "text.at_file"), "detail": say(language, detail, line=line) if has(detail) else ""}
    found = Finding(
        code=code,
        severity=Severity.ERROR,
        expected=say(language, "text.expected_media"),
        actual=say(language, f"finding.{code}.actual"),
        message=say(language, f"finding.{code}.message", **values),
        advice=say(language, advice if has(advice) else f"finding.{code}.advice", **values),
    )
    return (found,)


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


def clock_of(inspection: Inspection) -> Clock:
    """How the film counts its pictures: by its timecode track where there is one, else from 0."""
    media = inspection.media
    timeline = inspection.measures.video.timeline if inspection.measures else None
    rate = media.video[0].frame_rate if media.video else None
    if rate is None and timeline and timeline.period_s:
        rate = 1 / timeline.period_s
    first = next((track.first_frame for track in media.timecode if track.first_frame), None)
    return clock(rate, first)


def finding(rule: Rule, fact: Fact, value: Scalar, language: Language, counted: Clock) -> Finding:
    """One finding in words."""
    unit = f" {rule.unit}" if rule.unit else ""
    start = counted.at(fact.start_s) if fact.start_s is not None else None
    end = counted.at(fact.end_s) if fact.end_s is not None else None
    wanted = ", ".join(map(_shown, rule.value)) if isinstance(rule.value, tuple) else _shown(rule.value)
    values: dict[str, object] = {
        "actual": f"{_shown(value)}{unit}",
        "expected": f"{wanted}{unit}",
        "track": fact.track or "",
        "start": start or "",
        "end": end or "",
        "place": _place(fact, language, start),
        "detail": fact.detail,
    }
    return Finding(
        code=rule.code,
        rule=rule.name or rule.code,
        severity=rule.severity,
        track=fact.track,
        start_s=fact.start_s,
        end_s=fact.end_s,
        start_tc=start,
        end_tc=end,
        cue=fact.cue,
        line=fact.line,
        expected=f"{_SIGNS[rule.op]} {wanted}{unit}",
        actual=f"{_shown(value)}{unit}",
        message=say(language, f"finding.{rule.code}.message", **values),
        advice=say(language, f"finding.{rule.code}.advice", **values),
    )


def _place(fact: Fact, language: Language, start: str | None) -> str:
    """Where it is, as the message puts it: a cue with its line and time, else a time."""
    if fact.cue is None:
        return say(language, "text.at_place", start=start) if start else ""
    if fact.line is None:
        where = start or "–"
    else:
        where = say(language, "text.at_line_and_time" if start else "text.at_line", line=fact.line, start=start or "")
    return say(language, "text.at_cue", cue=fact.cue, where=where)


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{value!r} is no number")
    return float(value)


def _shown(value: Scalar | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
