"""A PPTX by its slides: order, hidden ones, titles and recorded times, read in a child; it is never drawn."""

from __future__ import annotations

import json
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from pipeline import process, regular
from pipeline.documents.messages import Inbox
from pipeline.errors import EnvironmentFault, Refused
from pipeline.ffmpeg.invocation import environment

MEMORY_BYTES = 1 << 30
TIMEOUT_S = 15.0


@dataclass(frozen=True)
class PptxSlide:
    """One slide; `shown_s` is how long it was shown when times were recorded, None where they were not."""

    hidden: bool
    title: str
    shown_s: float | None


def slides(path: Path) -> tuple[PptxSlide, ...]:
    """Every slide in the order of showing.

    Raises:
        Refused: it can't be read. EnvironmentFault: the child can't be started.
    """
    with tempfile.TemporaryDirectory(prefix="showcase-") as folder, regular.opened(path) as handle:
        running = process.start(
            [sys.executable, "-I", "-m", "pipeline.documents.pptx_child"],
            cwd=Path(folder),
            env=environment(Path(folder)),
            stdio=process.Stdio(stdin=handle, stderr=process.DEVNULL),
            limits=process.Limits(memory_bytes=MEMORY_BYTES, file_bytes=1),
        )
        if running.stdout is None:
            raise EnvironmentFault("internal", detail="a child without a pipe")
        inbox = Inbox(running.stdout)
        try:
            answer = inbox.take(TIMEOUT_S)
        except TimeoutError:
            answer = None
        finally:
            running.kill()
            running.wait(5.0)
            inbox.close()
    if answer is None:
        raise Refused("document.unreadable", where=str(path))
    return tuple(
        PptxSlide(item["hidden"], item["title"], None if item["shown_ms"] is None else item["shown_ms"] / 1000)
        for item in json.loads(answer)
    )
