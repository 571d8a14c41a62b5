"""How far each film is: a live row for each on a terminal, a line for each 10 % elsewhere."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import click

from pipeline import catalogue, quantities
from pipeline.catalogue import Language
from pipeline.exchange.progress import COMPARE, DOWNLOAD, LINE, REUSE, UPLOAD, WAIT, Speed

NAME_CELLS, BAR_CELLS = 28, 12
_OF_BYTES = (UPLOAD, REUSE, DOWNLOAD, COMPARE)  # whose time left is known by their rate, or not at all
_WITHOUT_TIME = (*_OF_BYTES, LINE, WAIT)


@dataclass
class _Film:
    stage: str = ""
    tenth: int = -1
    task: Any = None


@dataclass
class Live:
    """Told from several threads; owns the lower lines of the terminal while it is open."""

    language: Language
    _films: dict[str, _Film] = field(default_factory=dict)
    _overall: str = ""
    _progress: Any = None
    _lock: Any = field(default_factory=threading.RLock)

    def tell(self, film: str, stage: str, fraction: float | None, speed: Speed) -> None:
        """Progress of one stage of one film; "" where there is only one."""
        with self._lock:
            known = self._films.setdefault(film, _Film())
            name = stage.split(maxsplit=1)[0]
            shown = catalogue.say(self.language, f"text.stage_{name}") + stage.removeprefix(name)
            if name == LINE and isinstance(speed, float):
                shown += f" {quantities.clock(speed)}"
            percent = None if fraction is None else int(100 * fraction)
            if _is_terminal():
                self._draw(known, film, stage, shown, percent, speed)
            elif name in (LINE, WAIT) and stage != known.stage:
                click.echo(self._of(film, shown), err=True)
            elif name != LINE and percent is not None and (stage != known.stage or percent // 10 > known.tenth):
                known.tenth = percent // 10
                if percent in (0, 100) or stage == known.stage:
                    click.echo(self._of(film, f"{shown} {percent} % {_pace(name, speed)}".rstrip()), err=True)
            known.stage = stage

    def _of(self, film: str, text: str) -> str:
        return catalogue.say(self.language, "text.said", lead=film, text=text) if film else text

    def _draw(self, known: _Film, film: str, stage: str, shown: str, percent: int | None, speed: Speed) -> None:
        self._open()
        text = f"{_cut(film)} {shown}" if film else shown
        if known.task is None:
            known.task = self._progress.add_task(text, total=100, pace="", left="")
        elif stage != known.stage and LINE not in (stage, known.stage):  # who waits stands where it was
            self._progress.reset(known.task, total=100, description=text, pace="", left="")
        left = "" if stage.split(maxsplit=1)[0] in _WITHOUT_TIME else None
        if isinstance(speed, tuple):
            left = quantities.clock(speed[1])
        pace = _pace(stage, speed)
        self._progress.update(known.task, description=text, completed=percent, pace=pace, left=left)

    def overall(self, text: str) -> None:
        """How far all films are: a line above theirs, on a terminal."""
        with self._lock:
            self._overall = text
            if _is_terminal():
                self._open()
                self._progress.refresh()

    def _open(self) -> None:
        if self._progress is None:
            self._progress = _progress(lambda: self._overall)
            self._progress.start()

    def ended(self, film: str) -> None:
        """Take a film's row away."""
        with self._lock:
            known = self._films.pop(film, None)
            if known is not None and known.task is not None and self._progress is not None:
                self._progress.remove_task(known.task)

    def close(self) -> None:
        """Give the terminal back before anything else is printed."""
        with self._lock:
            if self._progress is not None:
                self._progress.stop()
                self._progress = None
                for known in self._films.values():
                    known.task = None


def _pace(stage: str, speed: Speed) -> str:
    """How fast it is, in the words of its kind."""
    if isinstance(speed, tuple):
        return quantities.pace(speed[0])
    return f"{speed:.1f}x" if speed and not stage.startswith(LINE) else ""


def _is_terminal() -> bool:
    return sys.stderr.isatty() and not os.environ.get("CI")


def _progress(overall: Callable[[], str]) -> Any:
    from rich.console import Console as Terminal
    from rich.console import RenderableType
    from rich.progress import BarColumn, Progress, Task, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.text import Text

    class Films(Progress):
        """A row for each, below a line on all."""

        def get_renderables(self) -> Iterable[RenderableType]:
            if text := overall():
                yield Text(text, no_wrap=True, overflow="ellipsis")
            yield from super().get_renderables()

    class Left(TimeRemainingColumn):
        """By what is known of the bytes and the line, else by how long it took so far."""

        def render(self, task: Task) -> Text:
            left = task.fields["left"]
            return super().render(task) if left is None else Text(left, style="progress.remaining")

    columns = (
        TextColumn("{task.description}", markup=False),
        BarColumn(BAR_CELLS),
        TaskProgressColumn(),
        TextColumn("{task.fields[pace]}", markup=False),
        Left(compact=True),
    )
    return Films(*columns, console=Terminal(stderr=True), transient=True)


def _cut(name: str) -> str:
    from rich.cells import cell_len, set_cell_size

    return name if cell_len(name) <= NAME_CELLS else set_cell_size(name, NAME_CELLS - 1) + "…"
