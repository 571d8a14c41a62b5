"""What `check` says of a film: inspected and judged by what its kind is held to, nothing else."""

from __future__ import annotations

from pathlib import Path

from pipeline.catalogue import Language
from pipeline.execute import inspection
from pipeline.execute.context import Context
from pipeline.execute.rulebook import Rulebook
from pipeline.inspect import film
from pipeline.model.finding import Report, Verdict
from pipeline.model.submission import Kind
from pipeline.policy import evaluate

_UNREADABLE = ("file.empty", "file.suspicious", "file.not_media", "file.unreadable", "file.truncated")


def report(
    context: Context, path: Path, shown: str, kind: Kind, book: Rulebook, language: Language, *, draft: bool = False
) -> Report:
    """The report on one film or lesson; a file that can't be read is a report too.

    Raises:
        InputError: no such file. EnvironmentFault: this machine can't do it now.
    """
    try:
        measured = inspection.inspect(context, path, book.targets(kind))
    except film.Refused as refused:
        policy = book.draft if draft else book.of(kind, None).policy
        return evaluate.refuse(refused.code, policy, file=shown, sha256=None, language=language)
    policy = book.draft if draft else book.of(kind, measured).policy
    return evaluate.judge(measured, policy, file=shown, language=language)


def exit_code(report: Report) -> int:
    """4 for what can't be read, 1 for a reject, else 0."""
    if report.media is None and any(finding.code in _UNREADABLE for finding in report.findings):
        return 4
    return 1 if report.verdict is Verdict.REJECT else 0
