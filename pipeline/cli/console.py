"""The one object that owns the terminal: results on stdout, progress and errors on stderr, JSON Lines on request."""

from __future__ import annotations

import json
import logging
import re
import sys
import threading
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property, partial, wraps
from typing import TYPE_CHECKING, Any

import click

from pipeline import catalogue, process, quantities, wording, workspace
from pipeline.catalogue import Language
from pipeline.cli.layout import hung, terminal_width
from pipeline.cli.live import Live
from pipeline.cli.words import language_here
from pipeline.errors import Refused, ShowcaseError, unforeseen, without_logins
from pipeline.exchange.progress import ProgressCallback, Speed
from pipeline.model import region
from pipeline.model.base import Noun
from pipeline.model.text import is_shown
from pipeline.policy import evaluate

if TYPE_CHECKING:  # which would bring all that talks to a store into every --help
    from pipeline.exchange.selection import Fit

PATIENCE_S = 1.0
# C1 controls, and what turns the direction of a line: JSON's own writer leaves them as they are
_OBEYED = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")
MOST_ALIKE = 3  # faults of one kind and place that are said one by one


@dataclass
class Console:
    """How this run talks."""

    language: Language
    as_json: bool = False
    quiet: bool = False
    verbose: int = 0
    debug: bool = False

    @cached_property
    def live(self) -> Live:
        return Live(self.language)

    @cached_property
    def role(self) -> str | None:
        """The reader's, as the settings say it; wrong settings are told of by the command that needs them."""
        try:
            return workspace.here().settings.role
        except ShowcaseError:
            return None

    def own(self, key: str) -> str:
        """The key of a sentence, of the one for the reader's role where there is one."""
        return catalogue.for_role(f"text.{key}", self.role).removeprefix("text.")

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

    def tell(self, key: str, /, **values: object) -> None:
        """A sentence of the result that names a film: within the terminal, however long its title."""
        self.hang(self.word(key, **values))

    def hang(self, text: str, *, beside: bool = False) -> None:
        """Long lines within the terminal, indented where they go on: of the result, or beside it on stderr."""
        if self.quiet if beside else self.as_json:
            return
        self.close()
        for line in _within(text):
            click.echo(_printable(line), err=beside)

    def fault_line(self, text: str) -> None:
        """A line on what is wrong in the result: within a terminal, whole elsewhere, where programs look for it."""
        if sys.stdout.isatty():
            self.hang(text)
        else:
            self.line(text)

    def give(self, result: Noun | dict[str, object]) -> None:
        """One object of --json."""
        if self.as_json:
            self.close()
            text = result.to_json() if isinstance(result, Noun) else json.dumps(result, ensure_ascii=False)
            click.echo(_for_programs(text.encode("utf-8", "surrogateescape").decode("utf-8", "replace")))

    def remark(self, key: str, /, **values: object) -> None:
        """A line beside the result, on stderr; not with -q."""
        if not self.quiet:
            self.close()
            click.echo(_printable(catalogue.say(self.language, f"text.{key}", **values)), err=True)

    @contextmanager
    def waiting(self, key: str, /, **values: object) -> Iterator[None]:
        """While something lasts: after a second it is said what is waited for."""
        timer = threading.Timer(PATIENCE_S, self.remark, (key,), values)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def complain(self, error: ShowcaseError) -> None:
        """What is wrong, where, what to do next."""
        self.close()
        for text in _lines(self.language, error, self.role):
            for line in _within(text) if sys.stderr.isatty() else [text]:  # programs read a line as it is
                click.echo(_printable(line), err=True)
        if self.debug:
            click.echo(without_logins("".join(traceback.format_exception(error))), err=True)

    def on_progress(self, stage: str, fraction: float | None, speed: Speed) -> None:
        """Progress of the one thing that this command does."""
        if not self.quiet:
            self.live.tell("", stage, fraction, speed)

    def overall(self, key: str, /, **values: object) -> None:
        """How far all films are, above the rows of each; on a terminal alone."""
        if not self.quiet:
            self.live.overall(self.word(key, **values))

    def progress_of(self, film: str) -> ProgressCallback:
        """Progress of one of several films."""
        if self.quiet:
            return lambda _stage, _fraction, _speed: None
        return lambda stage, fraction, speed: self.live.tell(film, stage, fraction, speed)

    def close(self) -> None:
        """Take the live view away before anything else is printed."""
        self.live.close()


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
        language = lang or language_here(click.get_current_context())
        console = Console(language, as_json=as_json, quiet=quiet, verbose=verbose, debug=debug)
        logging.basicConfig(level=logging.DEBUG if verbose > 1 else logging.ERROR, stream=sys.stderr)
        for name in ("botocore", "urllib3"):
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
    except (KeyboardInterrupt, click.Abort):  # at a question Ctrl-C and Ctrl-D are an Abort
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


def failed(console: Console, error: ShowcaseError, **item: object) -> None:
    """Say an error to people and, under --json, to programs."""
    console.complain(error)
    if console.as_json:
        parts = ("what", "do")
        values = catalogue.named(console.language, error.values, console.role)
        keys = {part: catalogue.for_role(f"error.{error.key}.{part}", console.role) for part in parts}
        said = {part: catalogue.say(console.language, key, **values) for part, key in keys.items()}
        if isinstance(error, Refused):
            said = dict(zip(parts, _said(console.language, error), strict=True))
        fault = {**error.facts(), **said}
        if isinstance(fits := error.values.get("fits"), tuple):
            fault["fits"] = [{"id": str(fit.ref), "title": fit.title, "state": fit.state} for fit in fits]
        console.give({**item, "error": fault})


def _lines(language: Language, error: ShowcaseError, role: str | None) -> list[str]:
    """A film that is refused is refused in the words of `check`, whatever the command."""
    if isinstance(fits := error.values.get("fits"), tuple):
        *lines, last = catalogue.error_lines(language, error)
        return [*lines, *(_fit(language, item) for item in fits), last]
    if not isinstance(error, Refused):
        return catalogue.error_lines(language, error, role)
    message, advice = _said(language, error)
    return [
        catalogue.say(language, "text.error", message=message),
        catalogue.say(language, "text.where", where=error.where),
        catalogue.say(language, "text.do", action=advice),
    ]


def _fit(language: Language, fit: Fit) -> str:
    key = f"text.stage_{fit.state}"  # of a film that a season has alone, how it stands there
    stage = catalogue.say(language, key if catalogue.has(key) else f"text.standing_{fit.state}")
    prefecture = region.name_of(fit.ref.prefecture, language)
    return catalogue.say(language, "text.fit", ref=fit.ref, prefecture=prefecture, title=fit.title, stage=stage)


def _said(language: Language, refused: Refused) -> tuple[str, str]:
    found = wording.reported(evaluate.refusal(refused), language)
    return found.message, found.advice


def left_out(console: Console, faults: Sequence[ShowcaseError]) -> int:
    """Say what could not be read beside all that could; 7 when there was any.

    Of many of one kind under one prefecture's part of a bucket the first are said, and how many more there are.
    """
    alike: dict[tuple[str, str], int] = {}
    for fault in faults:
        kind = (fault.key, "/".join((fault.where or "").split("/")[:2]))
        alike[kind] = alike.get(kind, 0) + 1
        if alike[kind] <= MOST_ALIKE:
            failed(console, fault)
    for (key, where), count in alike.items():
        if count > MOST_ALIKE:
            what = catalogue.say(console.language, f"error.{key}.what")
            console.remark("left_out_more", count=count - MOST_ALIKE, what=what, where=where)
            console.give({"left_out": count - MOST_ALIKE, "error": {"key": key, "where": where}})
    return 7 if faults else 0


def each(console: Console, items: Sequence[str], act: Callable[[str], int]) -> int:
    """Do it with every item; where there are several, one that fails keeps no other from being done.

    Returns:
        The exit code: of several, 7 where some failed.
    """
    if len(items) == 1:
        return act(items[0])
    return worst(console, [attempt(console, item, partial(act, item)) for item in items])


def code_of(console: Console, faults: Sequence[ShowcaseError], tried: int) -> int:
    """0 where nothing failed; the fault's own of one that was tried, 7 of several."""
    if not faults:
        return 0
    if tried > 1:
        console.remark("several_failed", failed=len(faults), total=tried)
        return 7
    return faults[0].exit_code


def attempt(console: Console, item: str, act: Callable[[], int]) -> int:
    """One of several; its failure is said, and is its exit code."""
    try:
        return act()
    except ShowcaseError as error:
        failed(console, error, item=item)
        return error.exit_code
    except Exception as error:  # noqa: BLE001 - a fault on one must not keep the next from being done
        fault = unforeseen(error)
        failed(console, fault, item=item)
        return fault.exit_code


def worst(console: Console, codes: Sequence[int]) -> int:
    """The exit code of all: of several, 7 where some failed."""
    bad = [code for code in codes if code]
    if len(codes) > 1 and bad:
        console.remark("several_failed", failed=len(bad), total=len(codes))
        return 7
    return bad[0] if bad else 0


def size(count: int | None) -> str:
    """Bytes for people."""
    if count is None:
        return "?"
    return quantities.size(count)


def _within(text: str) -> list[str]:
    """The lines of a text within the terminal."""
    return [line for whole in text.split("\n") for line in hung(whole, terminal_width())]


def _for_programs(text: str) -> str:
    """A line of JSON as it is; with escapes where the other end's encoding lacks a letter, or a terminal obeys one."""
    try:
        text.encode(sys.stdout.encoding or "utf-8")
    except UnicodeEncodeError:
        return json.dumps(json.loads(text))
    return _OBEYED.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def _printable(text: str) -> str:
    """Names from files can hold escape sequences and broken encodings: neither reaches the terminal."""
    kept = "".join(char if is_shown(char) or char in "\n\t" else "�" for char in text)
    return kept.encode("utf-8", "replace").decode("utf-8")
