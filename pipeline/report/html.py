"""The producer's sheet: one file that needs no line, prints on A4, and says the verdict first."""

from __future__ import annotations

import base64
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.catalogue import Language, say
from pipeline.media.timecode import Clock
from pipeline.model.china_time import CHINA
from pipeline.model.finding import Report, ReportedFinding, Severity
from pipeline.report.charts import Mark, Scale, chart
from pipeline.report.sheet import Sheet

_LUMA = Scale(0, 255, (16, 126, 235))
_PEAK = Scale(-60, 0, (-60, -20, -2))
_LOUDNESS = Scale(-60, 0, (-60, -24, -10))


@dataclass(frozen=True)
class _Row:
    """A finding as it is shown."""

    finding: ReportedFinding
    number: int
    picture: str | None


def render(sheets: Sequence[Sheet], language: Language) -> bytes:
    """The sheet of one film; of several an index, in which those that are clean take a line, and a page of each other.

    Args:
        sheets: at least one, in the order in which they are shown and numbered.
    """
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["word"] = lambda key, **values: say(language, f"report.{key}", **values)
    folder = _folder([sheet.report.file for sheet in sheets])
    films = [_film(sheet, number, language) for number, sheet in enumerate(sheets, start=1)]
    clean = [_is_clean(sheet) for sheet in sheets]
    verdicts = Counter(str(sheet.report.verdict) for sheet in sheets)
    page = environment.get_template("sheet.html.j2").render(
        language=language,
        films=films,
        folder=folder,
        to_see=[film for film, done in zip(films, clean, strict=True) if not done],
        clean=[film for film, done in zip(films, clean, strict=True) if done],
        summary=say(
            language,
            "report.index_sum",
            count=len(films),
            rejected=verdicts["reject"],
            warned=verdicts["warn"],
            accepted=verdicts["accept"],
        ),
    )
    return page.encode("utf-8")


def _is_clean(sheet: Sheet) -> bool:
    """Whether a line says it all: nothing to mend or to look at, and everything could be measured."""
    worst = {item.severity for item in sheet.report.findings}
    return sheet.report.verdict == "accept" and worst <= {Severity.INFO} and not sheet.report.skipped


def _folder(files: Sequence[str]) -> str:
    """What the names of all begin with, up to a folder: the index says it once."""
    levels = zip(*(file.split("/")[:-1] for file in files), strict=False)
    return "/".join(names[0] for names in takewhile(lambda names: len(set(names)) == 1, levels))


def _film(sheet: Sheet, number: int, language: Language) -> dict[str, object]:
    report = sheet.report
    found = [
        _Row(item, number, _uri(sheet.pictures.get(place)))
        for number, (place, item) in enumerate(sheet.in_order(), start=1)
    ]
    seconds = report.media.duration_s if report.media and report.media.duration_s else 0.0
    timeline = report.measures.video.timeline if report.measures else None
    seconds = timeline.duration_s if timeline else seconds
    marks = {"video": _marks(sheet, "video"), "audio": _marks(sheet, "audio")}
    curves = [
        ("luma", chart(sheet.curves.luma, _LUMA, marks["video"], seconds, sheet.clock)),
        ("loudness", chart(sheet.curves.loudness_lkfs, _LOUDNESS, marks["audio"], seconds, sheet.clock)),
        ("peak", chart(sheet.curves.peak_dbfs, _PEAK, marks["audio"], seconds, sheet.clock)),
    ]
    length = Clock(sheet.clock.rate).at(seconds) if seconds else ""
    return {
        "number": number,
        "counts": _counts(report, language),
        "figures": _figures(report, length),
        "report": report,
        "verdict": say(language, f"text.verdict_{report.verdict}"),
        "made_at": f"{sheet.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "to_do": [row for row in found if row.finding.severity is not Severity.INFO],
        "to_know": [row for row in found if row.finding.severity is Severity.INFO],
        "curves": [pair for pair in curves if pair[1]],
        "length": length,
        "tool": sheet.tool_version,
    }


def _counts(report: Report, language: Language) -> str:
    """How much there is of each severity, the worst first."""
    found = Counter(item.severity for item in report.findings)
    return " · ".join(
        f"{say(language, f'report.severity_{severity.value}')} {found[severity]}"
        for severity in (Severity.ERROR, Severity.WARNING, Severity.INFO)
        if found[severity]
    )


def _figures(report: Report, length: str) -> str:
    """A clean film in figures: its length, its picture, its loudness."""
    pictures = [f"{track.width}×{track.height}" for track in report.media.video[:1]] if report.media else []
    loudness = report.measures.audio.loudness_lkfs if report.measures else None
    return " · ".join(filter(None, [length, *pictures, f"{loudness} LKFS" if loudness is not None else ""]))


def _marks(sheet: Sheet, kind: str) -> list[Mark]:
    return [
        Mark(item.start_s, item.end_s, item.severity.value)
        for item in sheet.report.findings
        if item.start_s is not None and item.end_s is not None and (item.track or "").startswith(kind)
    ]


def _uri(picture: bytes | None) -> str | None:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}" if picture else None
