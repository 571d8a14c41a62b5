"""What commands share: the workspace, the context of this machine, a report on paper."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from pipeline import catalogue, workspace
from pipeline.cli import line_options
from pipeline.cli.console import Console, size
from pipeline.errors import InputError, ShowcaseError
from pipeline.execute import context
from pipeline.execute.context import Context
from pipeline.media import timecode
from pipeline.media.track_shape import upright_size
from pipeline.model import region, text
from pipeline.model.document import DocumentStructure
from pipeline.model.finding import Report, ReportedFinding, Severity
from pipeline.model.media import VideoTrack
from pipeline.workspace import Workspace

_MARKS = {Severity.ERROR: "✗", Severity.WARNING: "!", Severity.INFO: "i"}


def workspace_here() -> Workspace:
    """The workspace of `SHOWCASE_WORKSPACE`, else the one that the current folder lies in; its settings under what the
    command's options say of the line."""
    found = workspace.here()
    found = replace(found, settings=line_options.over(found.settings))
    named = found.settings.prefecture
    if named is None:
        return found
    origin = found.settings.origins.get("prefecture", str(found.root / workspace.SETTINGS))
    code = prefecture_code(named, origin)
    return replace(found, settings=replace(found.settings, prefecture=code))


def prefecture_code(named: str, where: str) -> str:
    """The code of a prefecture that is said by its code or name at `where`.

    Raises:
        InputError: it is none.
    """
    code = region.code_of(named)
    if code is None:
        raise region.not_known(named, where)
    return code


def user_here(place: Workspace) -> str:
    """Who signs notes and decisions: `user` of the settings, else the login's name."""
    if given := place.settings.user:
        if not text.is_line(given):
            raise InputError("user_wrong", most=text.MOST_LINE)
        return given
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError):
        return "?"


def workspace_or_cache() -> Workspace:
    """The workspace here; where there is none the user's cache folder, so that looking makes no workspace."""
    return workspace_here().or_user_cache()


def context_here(console: Console, place: Workspace | None = None) -> Context:
    """Workspace, journal and ffmpeg, with progress on this console."""
    return context.prepare(place or workspace_here(), console.on_progress)


def show_report(console: Console, report: Report) -> None:
    """Verdict first, then what is in the file, then what to mend."""
    console.give(report)
    verdict = catalogue.say(console.language, f"text.verdict_{report.verdict}")
    console.say("file_line", file=report.file, verdict=verdict)
    if report.media and report.media.images and not (report.media.video or report.media.audio):
        image = report.media.images[0]
        width, height = upright_size(image)
        console.say("image_line", codec=image.codec, width=width, height=height)
    elif report.media:
        console.say("media_line", **_media(console, report))
    if subtitles := report.subtitles:
        console.say(
            "subtitles_line",
            form=subtitles.form.upper(),
            encoding=subtitles.encoding.upper(),
            count=subtitles.cues,
            ends=timecode.webvtt(subtitles.ends_s),
        )
    if document := report.document:
        console.say(
            "document_line",
            kind=(document.kind or "?").upper(),
            size=size(document.size_bytes),
            count=_count(console, document),
        )
    if report.measures and report.measures.audio.loudness_lkfs is not None:
        console.say(
            "loudness_line", loudness=report.measures.audio.loudness_lkfs, peak=report.measures.audio.true_peak_dbtp
        )
    for finding in report.findings:
        place = _track(console, finding.track) if finding.track else ""
        console.say("finding_line", mark=_MARKS[finding.severity], place=place, message=finding.message)
        console.say("advice_line", advice=finding.advice)
    for left_out in report.skipped:
        console.say("skipped_line", code=left_out.code)


def _count(console: Console, document: DocumentStructure) -> str:
    """How many pages or slides it has, where that is known."""
    if document.pages is not None:
        return console.word("document_pages", count=document.pages)
    return "" if document.slides is None else console.word("document_slides", count=document.slides)


def show_reason(
    console: Console, shown: str, title: str, findings: Sequence[ReportedFinding], error: ShowcaseError | None
) -> None:
    """Of one of many that did not end well: what is wrong, where, what to do."""
    console.line("")
    console.tell("batch_reason", item=f"{shown} {title}".rstrip())
    for finding in findings:
        console.say("finding_line", mark=_MARKS[finding.severity], place="", message=finding.message)
        console.say("advice_line", advice=finding.advice)
    for line in catalogue.error_lines(console.language, error, console.role) if error else ():
        console.fault_line(f"  {line}")


def _rate(report: Report, track: VideoTrack) -> float | str:
    """As the file says, else as the pictures come."""
    timeline = report.measures.video.timeline if report.measures else None
    if track.frame_rate is None and timeline and timeline.period_s:
        return round(1 / timeline.period_s, 3)
    return track.frame_rate or "?"


def _track(console: Console, track: str) -> str:
    """`video:0` in words; tracks are counted from 1 by people."""
    kind, index, *channel = track.split(":")
    shown = console.word(f"track_{kind}", number=int(index) + 1)
    return shown + console.word(f"channel_{channel[0]}") if channel else shown


def _media(console: Console, report: Report) -> dict[str, object]:
    media = report.media
    if media is None:
        return {}
    video, audio = catalogue.say(console.language, "text.no_video"), catalogue.say(console.language, "text.no_audio")
    if media.video:
        first = media.video[0]
        video = catalogue.say(
            console.language,
            "text.video_line",
            codec=first.codec,
            width=first.width,
            height=first.height,
            scan=console.word(f"scan_{first.scan}"),
            rate=_rate(report, first),
        )
    if media.audio:
        track = media.audio[0]
        audio = catalogue.say(
            console.language, "text.audio_line", codec=track.codec, channels=track.channels, rate=track.sample_rate_hz
        )
    timeline = report.measures.video.timeline if report.measures else None
    seconds = round(timeline.duration_s, 3) if timeline else media.duration_s
    return {"container": media.container, "duration": seconds, "video": video, "audio": audio}
