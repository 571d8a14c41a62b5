"""What is said of a submission itself: its words, and of a course which parts it has."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from pipeline.exchange import describing
from pipeline.exchange.intake import Intake
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.execute import course_check
from pipeline.execute.examined_part import ExaminedPart
from pipeline.execute.rule_sets import RuleSets
from pipeline.model.c2_dialect import Dialect
from pipeline.model.course import PartKey
from pipeline.model.finding import Evaluation, Policy
from pipeline.model.programme import Description
from pipeline.model.submission import Role, Submission
from pipeline.package.metadata import adi, c2
from pipeline.package.metadata.field_texts import FaultKind
from pipeline.policy import evaluate, metadata_facts
from pipeline.policy.metadata_facts import Facts, Lack

POLICY = "metadata"  # of a film; that of a course stands on it


def judge(intake: Intake, parts: Sequence[ExaminedPart], rules: RuleSets) -> tuple[Policy, Evaluation] | None:
    """What its policy says of it; None where there is nothing to say of a film.

    Raises:
        InputError: a vocabulary, a policy or the workspace's dialect is wrong.
    """
    submission = intake.submission
    is_course = course_check.is_judged(submission)
    table = {**course_check.facts(intake, parts), **_facts(intake, parts, rules)}
    policy = rules.policy(course_check.POLICY if is_course else POLICY)
    found = evaluate.judge_facts(table, policy, sha256=submission.fingerprint())
    return (policy, found) if is_course or found.findings else None


def _facts(intake: Intake, parts: Sequence[ExaminedPart], rules: RuleSets) -> Facts:
    submission = intake.submission
    is_programme = not intake.is_bare or any(part.film for part in parts)  # else subtitles, a document or a picture
    return metadata_facts.facts(
        submission.model_dump(mode="json", by_alias=True),
        describing.cut_forms(submission) if not intake.is_bare else (),
        _unlisted(submission, rules.vocabularies),
        _lacking(intake, parts, rules) if is_programme else (),
    )


def _unlisted(submission: Submission, words: Vocabularies) -> Iterator[tuple[str, str, str]]:
    for field, written in (
        ("column", submission.column),
        ("genre", submission.genre),
        ("country", submission.country),
    ):
        if written is None:
            continue
        vocabulary = words.of_field(field)
        if vocabulary.find(written) is None:
            yield field, written, "、".join(term.zh for term in vocabulary.terms)


def _lacking(intake: Intake, parts: Sequence[ExaminedPart], rules: RuleSets) -> Iterator[Lack]:
    """What each receiver that films are made for lacks."""
    asked = [part.rules.chosen.adi for part in parts if part.part.shown]
    cable = {item.fingerprint(): item for item in asked if item}
    if rules.dialect is None and not cable:
        return
    titles: list[tuple[PartKey, int, str]] = [
        (part.key, number, part.title) for number, part in enumerate(intake.parts, start=1) if part.key is not None
    ]
    description = describing.describe(intake.submission, titles, rules.vocabularies)
    if rules.dialect is not None:
        yield from _of_dialect(intake, description, rules.dialect)
    if cable:
        for fault in adi.described_faults(description):
            most = fault.most if fault.kind is FaultKind.LONG else None
            yield Lack(adi.NAME, fault.source, fault.field, most, fault.actual)
    for settings in cable.values():
        for fault, text in adi.left_out(description, settings):
            yield Lack(adi.NAME, fault.source, fault.field, fault.most, fault.actual, left_out=text)


def _of_dialect(intake: Intake, description: Description, dialect: Dialect) -> Iterator[Lack]:
    has_subtitles = any(item.role is Role.SUBTITLES for item in intake.submission.media)
    for fault in c2.described_faults(description, dialect):
        field = fault.field
        if field.source == "searched" and field.kind is FaultKind.MISSING and has_subtitles:
            continue  # their languages are keywords
        yield Lack(
            dialect.name,
            c2.said_as(field.source),
            f"{fault.element_type} {field.field}",
            field.most if field.kind is FaultKind.LONG else None,
            field.actual,
            is_there=field.kind is FaultKind.UNMAPPED,
            is_bare=intake.is_bare,
        )
