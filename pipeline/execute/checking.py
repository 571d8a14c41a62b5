"""What `check` says of a film: inspected and judged by what its kind is held to, nothing else."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline.catalogue import Language
from pipeline.execute import audio_sources, inspection, subtitle_files
from pipeline.execute.context import Context
from pipeline.execute.intake import FileToCheck, IntakePart, LanguageFile
from pipeline.execute.rule_sets import RuleSets
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.inspect import film, thumbnails
from pipeline.model.finding import Policy, Report, Verdict
from pipeline.model.inspection import Inspection
from pipeline.model.submission import Kind, Role
from pipeline.policy import evaluate

MOST_PICTURES = 60
_UNREADABLE = (
    "file.empty",
    "file.suspicious",
    "file.not_media",
    "file.unreadable",
    "file.truncated",
    "poster.unreadable",
    "poster.too_large",
)


@dataclass(frozen=True)
class CheckedFile:
    """A film that was looked at; `inspection` is None where it could not be read."""

    path: Path
    report: Report
    policy: Policy
    inspection: Inspection | None


def check_file(
    context: Context,
    item: FileToCheck,
    shown: str,
    kind: Kind,
    rule_sets: RuleSets,
    language: Language,
    *,
    draft: bool = False,
) -> CheckedFile:
    """Inspect and judge one file; one that can't be read is a report too. `kind` is the submission's.

    Raises:
        InputError: no such file. EnvironmentFault: this machine can't do it now.
    """
    match item.role:
        case Role.SUBTITLES:
            return _subtitles(context, item, shown, kind, rule_sets, language)
        case Role.POSTER:
            return _poster(context, item, shown, rule_sets, language)
        case Role.AUDIO:  # held to what a lesson of sound is
            return _film(
                context, IntakePart(1, "", item.file, item.path), shown, Kind.COURSE, rule_sets, language, draft=draft
            )
        case _:
            return _film(context, item.part, shown, kind, rule_sets, language, draft=draft)


def _film(
    context: Context, part: IntakePart, shown: str, kind: Kind, rule_sets: RuleSets, language: Language, *, draft: bool
) -> CheckedFile:
    try:
        measured = inspection.inspect(context, part.path, rule_sets.targets(kind), without_line_up=part.trim_line_up)
        measured = audio_sources.with_audio_file(context, measured, part.sounds, rule_sets.targets(kind))
    except film.Refused as refused:
        policy = rule_sets.draft if draft else rule_sets.rules_for(kind, None).policy
        told = evaluate.refuse(refused.code, policy, file=shown, sha256=None, language=language)
        return CheckedFile(part.path, told, policy, None)
    policy = rule_sets.draft if draft else rule_sets.rules_for(kind, measured).policy
    return CheckedFile(part.path, evaluate.judge(measured, policy, file=shown, language=language), policy, measured)


def _subtitles(
    context: Context, item: FileToCheck, shown: str, kind: Kind, rule_sets: RuleSets, language: Language
) -> CheckedFile:
    """A file of subtitles, held against its film where there is one."""
    measured = None
    try:
        if item.part.path != item.path:
            measured = inspection.inspect(
                context, item.part.path, rule_sets.targets(kind), without_line_up=item.part.trim_line_up
            )
    except film.Refused:
        measured = None  # the film's own report says so
    try:
        text = subtitle_files.read(LanguageFile("und", item.file, item.path), measured)
        report = subtitle_files.judge(text, rule_sets.subtitles, shown=shown, language=language)
    except film.Refused as refused:
        report = evaluate.refuse(
            refused.code, rule_sets.subtitles, file=shown, sha256=None, language=language, reason=refused.detail
        )
    return CheckedFile(item.path, report, rule_sets.subtitles, None)


def _poster(context: Context, item: FileToCheck, shown: str, rule_sets: RuleSets, language: Language) -> CheckedFile:
    try:
        measured = inspection.inspect_poster(context, item.path)
        report = evaluate.judge(measured, rule_sets.poster, file=shown, language=language)
    except film.Refused as refused:
        report = evaluate.refuse(refused.code, rule_sets.poster, file=shown, sha256=None, language=language)
    return CheckedFile(item.path, report, rule_sets.poster, None)


def pictures(context: Context, examined: CheckedFile) -> dict[int, bytes]:
    """A small JPEG for each finding that has a place, by the finding's number; the first ones of very many."""
    seen = examined.inspection
    if seen is None or not seen.media.video:
        return {}
    placed = [(number, item) for number, item in enumerate(examined.report.findings) if item.start_s is not None]
    found = {}
    with tempfile.TemporaryDirectory(prefix="showcase-") as folder:
        runner = Runner(context.ffmpeg, Path(folder), Path(folder) / "thumbnail.log")
        source = Source(examined.path, seen.format, seen.media)
        for number, item in placed[:MOST_PICTURES]:
            middle = (item.start_s or 0.0) + min(1.0, ((item.end_s or 0.0) - (item.start_s or 0.0)) / 2)
            picture = thumbnails.thumbnail(source, middle, runner)
            if picture:
                found[number] = picture
    return found


def exit_code(report: Report) -> int:
    """4 for what can't be read, 1 for a reject, else 0."""
    whole = report.sha256 is None and any(finding.code == "subtitle.unreadable" for finding in report.findings)
    if whole or (report.media is None and any(finding.code in _UNREADABLE for finding in report.findings)):
        return 4
    return 1 if report.verdict is Verdict.REJECT else 0
