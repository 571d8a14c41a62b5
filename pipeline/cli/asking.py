"""Yes or no before something is done that may not be meant."""

from __future__ import annotations

import sys

import click

from pipeline import catalogue
from pipeline.cli.console import Console
from pipeline.errors import InputError


def agreed(console: Console, doubt: InputError, *, said: bool) -> None:
    """Go on where somebody says so: by the option that `doubt` names, or at a terminal.

    Raises:
        InputError: nobody does; without a terminal nothing is asked, and `doubt` says what to add.
    """
    if said:
        return
    if console.as_json or not sys.stdin.isatty():
        raise doubt
    values = catalogue.named(console.language, doubt.values, console.role)
    _, *lines, advice = catalogue.error_lines(console.language, doubt, console.role)
    if catalogue.has(key := f"error.{doubt.key}.ask"):  # what to do instead, where the answer is no
        advice = catalogue.say(console.language, key, **values)
    question = catalogue.say(console.language, f"error.{doubt.key}.what", **values)
    for line in (console.word("doubt", message=question), *lines, advice):
        console.hang(line, beside=True)
    if not click.confirm(console.word("ask_anyway"), default=False, err=True):
        raise InputError("declined")
