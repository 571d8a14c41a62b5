"""The options on the line to the store: how long one that is away is waited for, and how fast it may be."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any

import click

from pipeline import quantities
from pipeline.errors import InputError
from pipeline.settings import Settings

WAIT = "15m"  # a line that drops, a store that starts anew
NAMES = ("wait", "limit_rate")
_META = "pipeline.line"


def line_options(function: Callable[..., int]) -> Callable[..., int]:
    """`--wait` and `--limit-rate` of a command that sends or fetches films; `workspace_here` gives them on.

    Stands below `options`: what is wrong with a value is then said as every error is.
    """

    @click.option("--wait", metavar="DURATION", default=WAIT)
    @click.option("--limit-rate", "limit_rate", metavar="RATE")
    @wraps(function)
    def wrapped(*args: Any, wait: str, limit_rate: str | None, **values: Any) -> int:
        click.get_current_context().meta[_META] = _said(wait, limit_rate)
        return function(*args, **values)

    return wrapped


def _said(wait: str, limit_rate: str | None) -> dict[str, Any]:
    try:
        said: dict[str, Any] = {"wait_s": quantities.duration(wait)}
    except ValueError as error:
        raise InputError("duration_wrong", where="--wait", value=wait, known=quantities.DURATIONS) from error
    if limit_rate is not None:
        try:
            quantities.rate(limit_rate)
        except ValueError as error:
            raise InputError("rate_wrong", where="--limit-rate", value=limit_rate, known=quantities.RATES) from error
        said["limit_rate"] = limit_rate
    return said


def over(settings: Settings) -> Settings:
    """The settings under what this command's options say."""
    context = click.get_current_context(silent=True)
    return replace(settings, **context.meta.get(_META, {})) if context else settings
