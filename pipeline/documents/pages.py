"""Pages of a PDF: what is known of each, and their pictures, by a child that is ended when it takes too long."""

from __future__ import annotations

import json
import os
import sys
import tempfile
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

from pipeline import process, regular
from pipeline.documents.messages import Inbox
from pipeline.errors import EnvironmentFault, Refused, Unsuitable
from pipeline.ffmpeg.invocation import environment
from pipeline.model.deck import FRAME, MOST_PAGES, DeckPage

MEMORY_BYTES = 1 << 30  # PDFium aborts where it gets no more
STRUCTURE_S = 10.0
PAGE_CPU_S = 5.0  # of a processor: a busy machine makes no page too slow
PAGE_S = 15.0  # of the clock, for one that waits for something
PICTURE_BYTES = FRAME[0] * FRAME[1] * 3


@dataclass(frozen=True)
class Pages:
    """A PDF's pages, and the version of PDFium that looked at them."""

    pdfium: str
    pages: tuple[DeckPage, ...]


def look(
    path: Path,
    fonts: Path,
    *,
    most_pages: int = MOST_PAGES,
    on_page: Callable[[int, int], None] = lambda _number, _count: None,
) -> Pages:
    """What is known of each page.

    Args:
        fonts: the one folder that fonts are taken from.
        on_page: is told of each page that is done, and how many there are.

    Raises:
        Refused: it opens only with a password, or can't be read. Unsuitable: it has more pages, or one takes too long.
        EnvironmentFault: the child can't be started.
    """
    with _child(path, fonts, most_pages=most_pages) as child:
        count = child.pages
        found = []
        for number in range(1, count + 1):
            facts = json.loads(child.page(number))
            found.append(DeckPage(**facts, title=child.titles.get(str(number), "")))
            on_page(number, count)
    return Pages(child.pdfium, tuple(found))


@dataclass(frozen=True)
class Drawn:
    """Pages that are drawn as they are taken, and the version of PDFium that does it."""

    pdfium: str
    pictures: Iterator[bytes]


@contextmanager
def pictures(path: Path, fonts: Path, numbers: Sequence[int], share: float) -> Iterator[Drawn]:
    """Pictures of `FRAME`'s size in BGR, 8 bit, one for each number in its order.

    Args:
        share: how much of the frame a page fills.

    Raises:
        As `look`, here and while they are taken.
    """
    with _child(path, fonts, share=share, draw=numbers) as child:
        yield Drawn(child.pdfium, (child.picture(number) for number in numbers))


def write(picture: bytes, pipe: IO[bytes]) -> None:
    """All of a picture into a pipe that takes a piece at a time."""
    rest = memoryview(picture)
    while rest:
        rest = rest[pipe.write(rest) :]


@dataclass
class _Child:
    """The running child, once it has told of the document."""

    path: Path
    process: process.Child
    inbox: Inbox
    pages: int = 0
    pdfium: str = ""
    titles: dict[str, str] = field(default_factory=dict)

    def open(self, most_pages: int) -> None:
        """Take what it says of the whole document."""
        try:
            message = self.inbox.take(STRUCTURE_S)
        except TimeoutError as error:
            raise Refused("document.unreadable", where=str(self.path)) from error
        about: dict[str, Any] = json.loads(message) if message else {"fault": "unreadable"}
        if fault := about.get("fault"):
            raise Refused(f"document.{fault}", where=str(self.path))
        self.pages, self.pdfium, self.titles = about["pages"], about["pdfium"], about["titles"]
        if not self.pages:
            raise Refused("document.unreadable", where=str(self.path))
        if self.pages > most_pages:
            raise Unsuitable("document.too_large", where=str(self.path), reason="too_many_pages", what=str(self.pages))

    def page(self, number: int) -> bytes:
        """What it says of a page."""
        try:
            message = self.inbox.take(PAGE_S)
        except TimeoutError as error:
            raise self._too_slow(number) from error
        if message is None:
            usage = self.process.wait(5.0)
            if usage is not None and usage.exit_code in (process.OUT_OF_CPU, process.ABORTED):
                raise self._too_slow(number)
            raise Refused("document.unreadable", where=str(self.path))
        return message

    def picture(self, number: int) -> bytes:
        """A page's picture."""
        found = self.page(number)
        if len(found) != PICTURE_BYTES:
            raise Refused("document.unreadable", where=str(self.path))
        return found

    def _too_slow(self, number: int) -> Unsuitable:
        return Unsuitable("document.too_large", where=str(self.path), reason="page_too_slow", what=str(number))


@contextmanager
def _child(
    path: Path, fonts: Path, *, most_pages: int = MOST_PAGES, share: float = 1.0, draw: Sequence[int] | None = None
) -> Iterator[_Child]:
    order = {
        "fonts": os.fspath(fonts),
        "frame": FRAME,
        "share": share,
        "page_cpu_s": PAGE_CPU_S,
        "most_pages": most_pages,
        "draw": None if draw is None else list(draw),
    }
    with tempfile.TemporaryDirectory(prefix="showcase-") as folder, regular.opened(path) as handle:
        running = process.start(
            [sys.executable, "-I", "-m", "pipeline.documents.pdfium_child", json.dumps(order)],
            cwd=Path(folder),
            env=environment(Path(folder)),
            stdio=process.Stdio(stdin=handle, stderr=process.DEVNULL),
            limits=process.Limits(memory_bytes=MEMORY_BYTES, file_bytes=1),
        )
        if running.stdout is None:
            raise EnvironmentFault("internal", detail="a child without a pipe")
        child = _Child(path, running, Inbox(running.stdout))
        try:
            child.open(most_pages)
            yield child
        finally:
            running.kill()
            running.wait(5.0)
            child.inbox.close()
