"""The papers of `check --report`: the kind is said by the file's ending."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from pipeline import durable
from pipeline.cli.console import Console, size
from pipeline.cli.paper_place import refuse_paper
from pipeline.errors import InputError
from pipeline.execute.context import Context
from pipeline.execute.examination import finding_pictures
from pipeline.execute.examined_part import CheckedFile
from pipeline.media.timecode import Clock
from pipeline.model.inspection import Curves
from pipeline.policy import evaluate

KINDS = (".html", ".csv", ".xml")


def refuse(paper: Path, files: Sequence[Path]) -> None:
    """Say what is wrong with a paper's name before anything is inspected.

    Raises:
        InputError: no known ending, a folder or in none, one of the films, or an EBU QC report on several files.
    """
    refuse_paper(paper, KINDS, InputError("report_kind", where=str(paper), known=", ".join(KINDS)))
    if any(paper.exists() and path.samefile(paper) for path in files):
        raise InputError("in_the_way", where=str(paper))
    if paper.suffix.lower() == ".xml" and len(files) > 1:
        raise InputError("report_one_film", where=str(paper))


def write(console: Console, context: Context, paper: Path, checked: Sequence[tuple[str, CheckedFile]]) -> None:
    """Write one paper on all that was checked; each file goes by the name it is shown under.

    Raises:
        InputError: an EBU QC report is on one film. EnvironmentFault: the place is not writable.
    """
    from pipeline.report import ebu_qc, findings_csv, html
    from pipeline.report.sheet import Sheet

    kind = paper.suffix.lower()
    now = datetime.now(UTC).replace(microsecond=0)
    sheets = [
        Sheet(
            item.report(console.language, shown),
            item.policy,
            now,
            curves=item.inspection.curves if item.inspection else Curves(),
            clock=evaluate.clock_of(item.inspection) if item.inspection else Clock(),
            pictures=finding_pictures(context, item) if kind == ".html" else {},
            tool_version=f"showcase {version('showcase-pipeline')}, ffmpeg {context.capability.version}",
        )
        for shown, item in checked
    ]
    if kind == ".xml":
        if len(sheets) != 1:
            raise InputError("report_one_film", where=str(paper))
        content = ebu_qc.render(sheets[0])
    elif kind == ".csv":
        content = findings_csv.render(sheets, console.language)
    else:
        content = html.render(sheets, console.language)
    durable.make_folder(paper.parent)
    durable.write(paper, content)
    console.say("placed", file=paper, size=size(len(content)))
