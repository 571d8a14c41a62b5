"""Findings in words: the one place where codes and values become a reader's sentences."""

from __future__ import annotations

from pipeline.catalogue import Language, has, say
from pipeline.model.finding import Evaluation, Finding, Op, Report, ReportedFinding, Scalar

_SIGNS = {Op.EQ: "=", Op.IN: "∈", Op.GE: "≥", Op.LE: "≤", Op.BETWEEN: "∈", Op.MATCHES: "~", Op.PRESENT: "="}


def has_words(code: str) -> bool:
    """Whether a finding of this code can be said."""
    return has(f"finding.{code}.message")


def report(evaluation: Evaluation, *, file: str, language: Language) -> Report:
    """What a policy says of one file, for a reader; `file` is what the reader calls it."""
    return Report(
        file=file,
        sha256=evaluation.sha256,
        verdict=evaluation.verdict,
        policy=evaluation.policy,
        media=evaluation.media,
        subtitles=evaluation.subtitles,
        document=evaluation.document,
        measures=evaluation.measures,
        generated_labels=evaluation.generated_labels,
        findings=tuple(reported(finding, language) for finding in evaluation.findings),
        skipped=evaluation.skipped,
    )


def reported(finding: Finding, language: Language) -> ReportedFinding:
    """One finding in words."""
    could_be_read = finding.op is not None
    expected, actual, message, advice = (_broken if could_be_read else _refusal)(finding, language)
    return ReportedFinding(
        code=finding.code,
        rule=finding.rule,
        severity=finding.severity,
        track=finding.track,
        start_s=finding.start_s,
        end_s=finding.end_s,
        start_tc=finding.start_tc,
        end_tc=finding.end_tc,
        cue=finding.cue,
        line=finding.line if could_be_read else None,
        expected=expected,
        actual=actual,
        message=message,
        advice=advice,
    )


def _broken(finding: Finding, language: Language) -> tuple[str, str, str, str]:
    """Of a rule that does not hold: what is expected, what is there, message, advice."""
    unit = f" {finding.unit}" if finding.unit else ""
    many = finding.wanted if isinstance(finding.wanted, tuple) else (finding.wanted,)
    wanted, actual = f"{', '.join(map(_shown, many))}{unit}", f"{_shown(finding.value)}{unit}"
    values: dict[str, object] = {
        "actual": _in_words(finding, language) or actual,
        "expected": wanted,
        "track": finding.track or "",
        "start": finding.start_tc or "",
        "end": finding.end_tc or "",
        "place": _place(finding, language),
        "detail": finding.detail,
        **finding.about,
    }
    sign = _SIGNS[finding.op] if finding.op else ""
    code = f"finding.{finding.code}"
    detailed = [f"{code}.detailed"] if finding.detail else []  # of a code whose detail is there at times
    message = _first(f"{code}.messages.{finding.rule}", *detailed, f"{code}.message")
    advice = _first(f"{code}.advices.{finding.value}", f"{code}.advices.{finding.rule}", f"{code}.advice")
    return f"{sign} {wanted}", actual, say(language, message, **values), say(language, advice, **values)


def _first(*keys: str) -> str:
    """Of a rule or a value that has words of its own these, else those of the code: the last key."""
    return next((key for key in keys if has(key)), keys[-1])


def _in_words(finding: Finding, language: Language) -> str | None:
    """A value that is a word, as the reader says it."""
    key = _first(f"finding.{finding.code}.values.{finding.value}", f"text.value_{finding.value}")
    return say(language, key, **finding.about) if has(key) else None


def _refusal(finding: Finding, language: Language) -> tuple[str, str, str, str]:
    """Of a file that could not be read, or not be made right: what is expected, what is there, message, advice."""
    if has(f"unsuitable.{finding.reason}.message"):
        known = {"what": finding.detail}
        expected, *rest = (
            say(language, f"unsuitable.{finding.reason}.{part}", **known)
            for part in ("expected", "actual", "message", "advice")
        )
        actual, message, advice = rest
        return expected, actual, message, advice
    detail, advice = f"text.refused_{finding.reason}", f"text.refused_{finding.reason}_do"
    line = "" if finding.line is None else finding.line
    values = {
        "place": say(language, "text.at_file"),
        "detail": say(language, detail, line=line) if has(detail) else "",
    }
    code = f"finding.{finding.code}"
    return (
        say(language, _first(f"{code}.expected", "text.expected_media")),
        say(language, f"{code}.actual"),
        say(language, _first(f"{code}.messages.{finding.reason}", f"{code}.message"), **values),
        say(language, _first(advice, f"{code}.advices.{finding.reason}", f"{code}.advice"), **values),
    )


def _place(finding: Finding, language: Language) -> str:
    """Where it is, as the message puts it: a cue with its line and time, else a time."""
    start = finding.start_tc
    if finding.cue is None and finding.line is not None:
        return say(language, "text.at_row", line=finding.line)
    if finding.cue is None:
        return say(language, "text.at_place", start=start) if start else ""
    if finding.line is None:
        where = start or "–"
    else:
        key = "text.at_line_and_time" if start else "text.at_line"
        where = say(language, key, line=finding.line, start=start or "")
    return say(language, "text.at_cue", cue=finding.cue, where=where)


def _shown(value: Scalar | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return f"{value:g}" if isinstance(value, float) else str(value)
