"""The producer's sheet: one file that needs no line, prints on A4, and says the verdict first."""

from __future__ import annotations

import base64
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.catalogue import Language, say
from pipeline.media.timecode import Clock
from pipeline.model.finding import ReportedFinding, Severity
from pipeline.report.charts import Mark, Scale, chart
from pipeline.report.sheet import Sheet

CHINA = ZoneInfo("Asia/Shanghai")
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
    """The sheet of one film or of several, each on a page of its own."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["word"] = lambda key, **values: say(language, f"report.{key}", **values)
    films = [_film(sheet, language) for sheet in sheets]
    page = environment.get_template("sheet.html.j2").render(language=language, films=films)
    return page.encode("utf-8")


def _film(sheet: Sheet, language: Language) -> dict[str, object]:
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
    return {
        "report": report,
        "verdict": say(language, f"text.verdict_{report.verdict}"),
        "made_at": f"{sheet.made_at.astimezone(CHINA):%Y-%m-%d %H:%M}",
        "to_do": [row for row in found if row.finding.severity is not Severity.INFO],
        "to_know": [row for row in found if row.finding.severity is Severity.INFO],
        "curves": [pair for pair in curves if pair[1]],
        "length": Clock(sheet.clock.rate).at(seconds) if seconds else "",
        "tool": sheet.tool_version,
    }


def _marks(sheet: Sheet, kind: str) -> list[Mark]:
    return [
        Mark(item.start_s, item.end_s, item.severity.value)
        for item in sheet.report.findings
        if item.start_s is not None and item.end_s is not None and (item.track or "").startswith(kind)
    ]


def _uri(picture: bytes | None) -> str | None:
    return f"data:image/jpeg;base64,{base64.b64encode(picture).decode()}" if picture else None
