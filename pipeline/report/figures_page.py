"""A season's figures as one page that needs no line."""

from __future__ import annotations

from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline.report.figure_words import FigureWords


def page(words: FigureWords) -> bytes:
    """The page; what people wrote is text there, never markup."""
    environment = Environment(
        loader=FileSystemLoader(Path(__file__).parent),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    told = words.report
    made = environment.get_template("figures.html.j2").render(
        language=words.language,
        title=words.word("page"),
        name=words.season.name,
        made=words.word("made", day=words.season.day(told.today), revision=told.revision),
        summary=words.summary(),
        tables=words.tables(),
        beyond=words.word("faults_beyond", count=told.faults_beyond) if told.faults_beyond else "",
        notes=[words.word(f"note_{name}") for name in ("first_cut", "hands", "late", "faults")],
        notes_title=words.word("notes"),
    )
    return made.encode("utf-8")
