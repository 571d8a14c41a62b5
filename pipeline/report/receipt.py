"""A receipt on paper and as a table: from the same records the same bytes, whenever it is written."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline import tables
from pipeline.catalogue import Language, say
from pipeline.model import region
from pipeline.model.china_time import CHINA
from pipeline.model.delivery import Decision
from pipeline.model.receipt import Receipt
from pipeline.model.text import is_shown

COLUMNS = (
    *("id", "film", "prefecture", "revision", "package", "manifest", "ready"),
    *("answered", "decision", "by", "code", "reason", "withdrawn"),
)
WordsCallback = Callable[[str | None], str]  # of a code


def csv(rows: Sequence[Receipt], language: Language, words: WordsCallback) -> bytes:
    """A table that a spreadsheet opens, and in which no cell is run."""
    headings = [say(language, f"report.receipt_{name}") for name in COLUMNS]
    return tables.write(headings, [_cells(row, language, words) for row in rows])


def html(rows: Sequence[Receipt], language: Language, words: WordsCallback) -> bytes:
    """One page that needs no line and prints on A4; what people wrote is text there, never markup."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.globals["word"] = lambda key, **values: say(language, f"report.{key}", **values)
    accepted = sum(row.decision is Decision.ACCEPT for row in rows)
    days = sorted(_local(row.answered_at)[:10] for row in rows)
    page = environment.get_template("receipt.html.j2").render(
        language=language,
        summary=say(language, "report.receipt_sum", count=len(rows), accepted=accepted, rejected=len(rows) - accepted),
        days=" – ".join(dict.fromkeys((days[0], days[-1]))) if days else "",
        rows=[dict(zip(COLUMNS, _cells(row, language, words), strict=True), kind=row.decision.value) for row in rows],
    )
    return page.encode("utf-8")


def _cells(row: Receipt, language: Language, words: WordsCallback) -> list[str]:
    cells = [
        str(row.ref),
        row.title,
        region.name_of(row.prefecture, language),
        str(row.revision),
        row.package_id,
        row.manifest_sha256,
        _local(row.ready_at),
        _local(row.answered_at),
        say(language, f"text.decision_{row.decision}"),
        row.by or say(language, "text.by_unknown"),
        words(row.code) if row.code else "",
        row.reason or "",
        _local(row.withdrawn_at),
    ]
    return [_shown(cell) for cell in cells]


def _shown(text: str) -> str:
    """Without what a page or a table would not show: controls, marks that turn the direction of letters."""
    return "".join(char if is_shown(char) or char == "\n" else "\ufffd" for char in text)


def _local(at: datetime | None) -> str:
    """The time in China, to the second: what is signed for is told from what came a moment later."""
    return f"{at.astimezone(CHINA):%Y-%m-%d %H:%M:%S}" if at else ""
