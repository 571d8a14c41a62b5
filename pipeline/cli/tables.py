"""Tables for people: 80 columns where there is no wider terminal, East-Asian letters counted as two."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.cli.console import Console
from pipeline.cli.layout import terminal_width


def table(console: Console, headings: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Rows under headings (keys `text.column_…`); cells that do not fit are wrapped, never cut."""
    if console.as_json or not rows:
        return
    for line in lines([console.word(f"column_{heading}") for heading in headings], rows):
        console.line(line)


def lines(headings: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """The same of headings that are words already."""
    from rich import box
    from rich.console import Console as Terminal
    from rich.table import Table
    from rich.text import Text

    made = Table(box=box.SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for index, heading in enumerate(headings):  # what a row is called is never broken
        made.add_column(heading, overflow="fold", no_wrap=index == 0)
    for row in rows:
        made.add_row(*(Text(cell) for cell in row))  # not markup: a title may hold brackets
    terminal = Terminal(width=terminal_width(), force_terminal=False, color_system=None, highlight=False)
    with terminal.capture() as captured:
        terminal.print(made)
    return [line.rstrip() for line in captured.get().rstrip("\n").split("\n")]
