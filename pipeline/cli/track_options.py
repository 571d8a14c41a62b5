"""The options that say of a bare file what it does not say itself: its kind, and of its tracks."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from pipeline.errors import InputError
from pipeline.model.submission import Kind
from pipeline.model.track_choice import LAYOUTS, MOST_CHANNELS, Channels, TrackChoice


def channels_of(given: str) -> Channels:
    """Two channels of a sound track by their numbers (`1,2`), or the name of a layout (`5.1`), as the noun has it.

    Raises:
        InputError: it is neither.
    """
    text = given.strip()
    match text:
        case "mono" | "stereo" | "quad" | "5.1" | "7.1":
            return text
    left, _, right = text.partition(",")
    if left.strip().isdecimal() and right.strip().isdecimal():
        pair = int(left), int(right)
        if all(1 <= number <= MOST_CHANNELS for number in pair):
            return pair
    raise InputError("channels_unknown", given=text, known=", ".join(LAYOUTS))


def kind_option(function: Callable[..., int]) -> Callable[..., int]:
    """`--kind`; the command gets a Kind or None as `kind`."""

    @click.option("--kind", type=click.Choice([kind.value for kind in Kind]))
    @wraps(function)
    def wrapped(*args: Any, kind: str | None, **values: Any) -> int:
        return function(*args, kind=Kind(kind) if kind else None, **values)

    return wrapped


def track_options(function: Callable[..., int]) -> Callable[..., int]:
    """`--programme` and `--channels`; the command gets a TrackChoice as `choice`.

    Stands below `options`: what is wrong with a value is then said as every error is.
    """

    @click.option("--programme", type=click.IntRange(0, 65535), metavar="N")
    @click.option("--channels", metavar="A,B|LAYOUT")
    @wraps(function)
    def wrapped(*args: Any, programme: int | None, channels: str | None, **values: Any) -> int:
        said = channels_of(channels) if channels is not None else None
        return function(*args, choice=TrackChoice(programme=programme, channels=said), **values)

    return wrapped
