"""What `check` says of a film: inspected and judged by what its kind is held to, nothing else."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue import Language
from pipeline.execute import inspection, voices
from pipeline.execute.context import Context
from pipeline.execute.handed_in import Part
from pipeline.execute.rulebook import Rulebook
from pipeline.inspect import film, still
from pipeline.model.finding import Policy, Report, Verdict
from pipeline.model.inspection import Inspection
from pipeline.model.submission import Kind
from pipeline.policy import evaluate

MOST_PICTURES = 60
_UNREADABLE = ("file.empty", "file.suspicious", "file.not_media", "file.unreadable", "file.truncated")


@dataclass(frozen=True)
class Examined:
    """A film that was looked at; `inspection` is None where it could not be read."""

    path: Path
    report: Report
    policy: Policy
    inspection: Inspection | None


def examine(
    context: Context, part: Part, shown: str, kind: Kind, book: Rulebook, language: Language, *, draft: bool = False
) -> Examined:
    """Inspect and judge one film or lesson; a file that can't be read is a report too.

    Raises:
        InputError: no such file. EnvironmentFault: this machine can't do it now.
    """
    try:
        measured = inspection.inspect(context, part.path, book.targets(kind), without_line_up=part.trim_line_up)
        measured = voices.as_heard(context, measured, part.sounds, book.targets(kind))
    except film.Refused as refused:
        policy = book.draft if draft else book.of(kind, None).policy
        told = evaluate.refuse(refused.code, policy, file=shown, sha256=None, language=language)
        return Examined(part.path, told, policy, None)
    policy = book.draft if draft else book.of(kind, measured).policy
    return Examined(part.path, evaluate.judge(measured, policy, file=shown, language=language), policy, measured)


def pictures(context: Context, examined: Examined) -> dict[int, bytes]:
    """A small JPEG for each finding that has a place, by the finding's number; the first ones of very many."""
    seen = examined.inspection
    if seen is None or not seen.media.video:
        return {}
    placed = [(number, item) for number, item in enumerate(examined.report.findings) if item.start_s is not None]
    found = {}
    with tempfile.TemporaryDirectory(prefix="showcase-") as folder:
        for number, item in placed[:MOST_PICTURES]:
            middle = (item.start_s or 0.0) + min(1.0, ((item.end_s or 0.0) - (item.start_s or 0.0)) / 2)
            picture = still.take(examined.path, seen.format, middle, ffmpeg=context.ffmpeg, folder=Path(folder))
            if picture:
                found[number] = picture
    return found


def exit_code(report: Report) -> int:
    """4 for what can't be read, 1 for a reject, else 0."""
    if report.media is None and any(finding.code in _UNREADABLE for finding in report.findings):
        return 4
    return 1 if report.verdict is Verdict.REJECT else 0
