"""The one object that owns the terminal: results on stdout, progress and errors on stderr, JSON Lines on request."""

from __future__ import annotations

import json
import logging
import os
import sys
import threading
import traceback
from collections.abc import Callable
from dataclasses import dataclass, field
from functools import wraps
from typing import Any

import click

from pipeline import catalogue, process
from pipeline.catalogue import Language
from pipeline.errors import EnvironmentFault, ShowcaseError
from pipeline.model.base import Noun


@dataclass
class Console:
    """How this run talks."""

    language: Language
    as_json: bool = False
    quiet: bool = False
    verbose: int = 0
    debug: bool = False
    _stage: str = ""
    _tenth: int = -1
    _bar: Any = field(default=None, repr=False)
    _task: Any = field(default=None, repr=False)
    _lock: Any = field(default_factory=threading.RLock, repr=False)

    def say(self, key: str, /, **values: object) -> None:
        """A line of the result, for people; nothing under --json."""
        if not self.as_json:
            self.line(catalogue.say(self.language, f"text.{key}", **values))

    def word(self, key: str, /, **values: object) -> str:
        """A word or sentence in this run's language."""
        return catalogue.say(self.language, f"text.{key}", **values)

    def line(self, text: str) -> None:
        """A line of the result as it is."""
        if not self.as_json:
            self.close()
            click.echo(_printable(text))

    def give(self, result: Noun | dict[str, object]) -> None:
        """One object of --json."""
        if self.as_json:
            self.close()
            click.echo(result.to_json() if isinstance(result, Noun) else json.dumps(result, ensure_ascii=False))

    def remark(self, key: str, /, **values: object) -> None:
        """A line beside the result, on stderr; not with -q."""
        if not self.quiet:
            self.close()
            click.echo(_printable(catalogue.say(self.language, f"text.{key}", **values)), err=True)

    def complain(self, error: ShowcaseError) -> None:
        """What is wrong, where, what to do next."""
        self.close()
        for text in catalogue.error_lines(self.language, error):
            click.echo(_printable(text), err=True)
        if self.debug:
            click.echo("".join(traceback.format_exception(error)), err=True)

    def tell(self, stage: str, fraction: float | None, speed: float | None) -> None:
        """Progress: a live bar on a terminal, a line for each 10 % elsewhere."""
        if self.quiet:
            return
        with self._lock:  # uploads tell from several threads
            self._tell(stage, fraction, speed)

    def _tell(self, stage: str, fraction: float | None, speed: float | None) -> None:
        name = stage.split(maxsplit=1)[0]
        shown = catalogue.say(self.language, f"text.stage_{name}") + stage.removeprefix(name)
        percent = None if fraction is None else int(100 * fraction)
        if sys.stderr.isatty() and not os.environ.get("CI"):
            self._draw(stage, shown, percent, speed)
        elif percent is not None and (stage != self._stage or percent // 10 > self._tenth):
            self._tenth = percent // 10
            if percent in (0, 100) or stage == self._stage:
                pace = f" {speed:.1f}x" if speed else ""
                click.echo(f"{shown} {percent} %{pace}", err=True)
        self._stage = stage

    def _draw(self, stage: str, shown: str, percent: int | None, speed: float | None) -> None:
        from rich.progress import BarColumn, Progress, TaskProgressColumn, TextColumn, TimeRemainingColumn

        if self._bar is None:
            from rich.console import Console as Terminal

            terminal = Terminal(stderr=True)
            columns = (
                TextColumn("{task.description}"),
                BarColumn(24),
                TaskProgressColumn(),
                TextColumn("{task.fields[pace]}"),
                TimeRemainingColumn(),
            )
            self._bar = Progress(*columns, console=terminal, transient=True)
            self._bar.start()
        if stage != self._stage or self._task is None:
            if self._task is not None:
                self._bar.remove_task(self._task)
            self._task = self._bar.add_task(shown, total=100, pace="")
        pace = f"{speed:.1f}x" if speed else ""
        self._bar.update(self._task, completed=percent, pace=pace)

    def close(self) -> None:
        """Take the bar away before anything else is printed."""
        with self._lock:
            if self._bar is not None:
                self._bar.stop()
                self._bar = self._task = None


def options(function: Callable[..., int]) -> Callable[..., int]:
    """The options that every command has; the command gets a Console first and gives its exit code."""

    @click.option("--json", "as_json", is_flag=True)
    @click.option("-q", "--quiet", is_flag=True)
    @click.option("-v", "--verbose", count=True)
    @click.option("--debug", is_flag=True)
    @click.option("--lang", type=click.Choice(["zh", "en"]), envvar="SHOWCASE_LANG")
    @wraps(function)
    def wrapped(
        *args: Any, as_json: bool, quiet: bool, verbose: int, debug: bool, lang: Language | None, **values: Any
    ) -> int:
        language = lang or catalogue.language_of_locale()
        console = Console(language, as_json=as_json, quiet=quiet, verbose=verbose, debug=debug)
        logging.basicConfig(level=logging.DEBUG if verbose > 1 else logging.ERROR, stream=sys.stderr)
        for name in ("botocore", "boto3", "urllib3", "s3transfer"):
            logging.getLogger(name).setLevel(logging.WARNING)  # below that they write headers with secrets
        with process.signals_as_interrupts():
            return guarded(console, lambda: function(console, *args, **values))

    return wrapped


def guarded(console: Console, command: Callable[[], int | None]) -> int:
    """Run a command; an error becomes its lines and its exit code."""
    try:
        return command() or 0
    except ShowcaseError as error:
        failed(console, error)
        return error.exit_code
    except KeyboardInterrupt:
        console.close()
        console.remark("interrupted")
        return 130
    except click.ClickException:
        raise
    except BrokenPipeError:
        raise
    except Exception as error:  # noqa: BLE001 - the one place where nothing may escape as a traceback
        fault = unforeseen(error)
        failed(console, fault)
        return fault.exit_code
    finally:
        console.close()


def unforeseen(error: Exception) -> ShowcaseError:
    """An error that no room expected: the machine's (exit 3) or this program's (exit 1)."""
    if isinstance(error, OSError):
        where = str(error.filename) if error.filename else None
        fault: ShowcaseError = EnvironmentFault("internal", where=where, detail=error.strerror or str(error))
    else:
        fault = ShowcaseError("internal", detail=f"{type(error).__name__}: {error}")
    fault.__cause__ = error
    return fault


def failed(console: Console, error: ShowcaseError, **item: object) -> None:
    """Say an error to people and, under --json, to programs."""
    console.complain(error)
    if console.as_json:
        parts = ("what", "do")
        values = catalogue.named(console.language, error.values)
        said = {part: catalogue.say(console.language, f"error.{error.key}.{part}", **values) for part in parts}
        fault = {"key": error.key, "exit_code": error.exit_code, "where": error.where, "detail": error.detail, **said}
        console.give({**item, "error": fault})


def size(count: int | None) -> str:
    """Bytes for people."""
    if count is None:
        return "?"
    value = float(count)
    for unit in ("B", "kB", "MB"):
        if value < 1000:
            return f"{value:.0f} {unit}" if unit == "B" else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} GB"


def _printable(text: str) -> str:
    """Names from files can hold escape sequences and broken encodings: neither reaches the terminal."""
    kept = "".join(char if char.isprintable() or char in "\n\t" else "�" for char in text)
    return kept.encode("utf-8", "replace").decode("utf-8")
