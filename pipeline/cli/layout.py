"""Help in columns that stand straight: an East-Asian letter is two cells wide, and may end a line."""

from __future__ import annotations

import shutil
import unicodedata
from collections.abc import Iterable

import click

GAP, MOST_FIRST = 2, 30
WIDTH = 80


def terminal_width() -> int:
    """Columns of the terminal, or 80."""
    return max(40, shutil.get_terminal_size((WIDTH, 24)).columns)


def width(text: str) -> int:
    """Cells that a terminal gives to the text (Unicode Standard Annex 11)."""
    wide = sum(unicodedata.east_asian_width(char) in "WF" for char in text)
    return len(text) + wide - sum(bool(unicodedata.combining(char)) for char in text)


def cut(text: str, cells: int) -> str:
    """The text in at most so many cells; what is cut ends in «…»."""
    if width(text) <= cells:
        return text
    while text and width(text) > cells - 1:
        text = text[:-1]
    return f"{text.rstrip()}…"


def wrap(text: str, cells: int) -> list[str]:
    """Lines of at most `cells`: broken at spaces, and between East-Asian letters but not before their marks."""
    lines, line = [], ""
    for piece in _pieces(" ".join(text.split())):
        if line and width(line + piece.rstrip()) > cells:
            lines.append(line.rstrip())
            line = ""
        line += piece if line else piece.lstrip()
    return [*lines, line.rstrip()] if line.strip() else lines or [""]


def hung(text: str, cells: int, indent: int = 4) -> list[str]:
    """As `wrap`, the lines behind the first indented; a path or an address is never parted."""
    if width(text) <= cells:
        return [text]
    lead = " " * (len(text) - len(text.lstrip()))
    first, *rest = wrap(text, cells - indent - len(lead))
    return [lead + first, *(lead + " " * indent + line for line in rest)]


def _pieces(text: str) -> list[str]:
    """What may not be parted: words with their space, East-Asian letters with the mark behind them."""
    pieces: list[str] = []
    for char in text:
        wide = unicodedata.east_asian_width(char) in "WF"
        mark = wide and unicodedata.category(char) in ("Po", "Pe", "Pf")
        opened = bool(pieces) and unicodedata.category(pieces[-1][-1]) in ("Ps", "Pi")
        before_wide = bool(pieces) and unicodedata.east_asian_width(pieces[-1][-1]) in "WF"
        joins = mark or opened or (not wide and not before_wide and not pieces[-1].endswith(" ") if pieces else False)
        if pieces and (joins or char == " "):
            pieces[-1] += char
        else:
            pieces.append(char)
    return pieces


class Formatter(click.HelpFormatter):
    """click's, with widths in cells."""

    def write_text(self, text: str) -> None:
        room = max(self.width - self.current_indent, 11)
        for paragraph in text.split("\n\n"):
            for line in wrap(paragraph, room):
                self.write(f"{' ' * self.current_indent}{line}\n")

    def write_dl(self, rows: Iterable[tuple[str, str]], col_max: int = MOST_FIRST, col_spacing: int = GAP) -> None:
        rows = list(rows)
        first = min(max((width(name) for name, _ in rows), default=0), col_max) + col_spacing
        room = max(self.width - first - self.current_indent, 10)
        for name, text in rows:
            lines = wrap(text, room) if text else [""]
            lead = f"{' ' * self.current_indent}{name}"
            if width(name) <= first - col_spacing:
                self.write(f"{lead}{' ' * (first - width(name))}{lines.pop(0)}".rstrip() + "\n")
            else:
                self.write(f"{lead}\n")
            for line in lines:
                self.write(f"{' ' * (first + self.current_indent)}{line}\n")


class Context(click.Context):
    """click's, with that formatter."""

    formatter_class = Formatter
