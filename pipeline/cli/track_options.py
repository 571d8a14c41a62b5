"""The options that say of a film's tracks what the file does not."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

import click

from pipeline.errors import InputError
from pipeline.model.track_choice import LAYOUTS, MOST_CHANNELS, Channels, TrackChoice


class ChannelsType(click.ParamType[Channels]):
    """Two channels of a sound track by their numbers (`1,2`), or the name of a layout (`5.1`)."""

    name = "channels"

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Channels:  # noqa: ARG002 - click's own signature
        """What stands on the command line, as the noun has it.

        Raises:
            InputError: it is neither.
        """
        text = str(value).strip()
        match text:
            case "mono" | "stereo" | "quad" | "5.1" | "7.1":
                return text
        left, _, right = text.partition(",")
        if left.strip().isdecimal() and right.strip().isdecimal():
            pair = int(left), int(right)
            if all(1 <= number <= MOST_CHANNELS for number in pair):
                return pair
        raise InputError("channels_unknown", given=text, known=", ".join(LAYOUTS))


def track_options(function: Callable[..., int]) -> Callable[..., int]:
    """`--programme` and `--channels`; the command gets a TrackChoice as `choice`."""

    @click.option("--programme", type=click.IntRange(0, 65535), metavar="N")
    @click.option("--channels", type=ChannelsType(), metavar="A,B|LAYOUT")
    @wraps(function)
    def wrapped(*args: Any, programme: int | None, channels: Channels | None, **values: Any) -> int:
        return function(*args, choice=TrackChoice(programme=programme, channels=channels), **values)

    return wrapped
