"""Decks made by the tests themselves, by the writer of PDF that made the sample course's."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from samples.pdf import ARABIC, HAN, LATIN, SONG, WIDE, Line, Page, Pdf, deck

__all__ = ["ARABIC", "HAN", "LATIN", "SONG", "WIDE", "Line", "Page", "deck", "numbered", "of_objects", "write"]


def numbered(count: int) -> list[Page]:
    """Pages that differ: a large number, and a colour each."""
    found = []
    for number in range(1, count + 1):
        shade = " ".join(f"{0.35 + 0.6 * (number * step % 97) / 97:.3f}" for step in (31, 57, 83))
        found.append(Page((Line(str(number), 300, 200, 200),), colour=shade, title=f"第{number}页"))
    return found


def write(path: Path, pages: Sequence[Page], *, embedded: bool = True) -> Path:
    path.write_bytes(deck(pages, embedded=embedded))
    return path


def of_objects(*bodies: str | tuple[bytes, str]) -> bytes:
    """A file of raw objects (or streams with their entries), the first being the catalogue."""
    pdf = Pdf()
    for body in bodies:
        if isinstance(body, tuple):
            pdf.stream(*body)
        else:
            pdf.add(body)
    return pdf.bytes(1)
