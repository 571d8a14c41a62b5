"""What `showinfo` logs of a decoded picture, and what a file's first one tells (libavfilter's `vf_showinfo.c`)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

PICTURE = re.compile(
    r"^n: *(?P<number>\d+) pts: *\S+ +pts_time:(?P<at>-?[0-9.]+|NOPTS) .* fmt:(?P<pix_fmt>\S+) .*"
    r"\bsar:(?P<above>\d+)/(?P<below>\d+) s:(?P<width>\d+)x(?P<height>\d+) i:(?P<field>[PTB]) "
)
_WORD = r"([a-z][a-z0-9-]*)"
COLOURS = re.compile(f"^color_range:{_WORD} color_space:{_WORD} color_primaries:{_WORD} color_trc:{_WORD}$")
UNTOLD = ("unknown", "reserved", "unspecified")
TURNED = re.compile(r"^ *side data - 3x3 displaymatrix: rotation of (-?[0-9.]+) degrees")
_STEREO, _SPHERE = "Stereo 3D: type - ", "Spherical Mapping: "
_FLAT = ("2D", "unspecified")
# `dir` of vf_transpose: degrees clockwise behind a mirror
_DIRECTIONS = {"0": (270, True), "1": (90, False), "2": (270, False), "3": (90, True)}


@dataclass(frozen=True)
class DecodedPicture:
    """The first picture of a track, as a player that heeds the container shows it.

    Args:
        index: of its stream.
        size: width and height in samples, cropped and turned.
        aspect: of one of those samples; None where it is not told.
        range, matrix, primaries, transfer: in ffmpeg's words; None where they are not told.
        rotation: degrees clockwise by which the coded picture is turned, after it was mirrored (left to right).
        is_askew: it is turned by an angle that leaves no upright rectangle.
        immersive: it is marked as one for players of `3D` or `360°` films.
    """

    index: int
    pix_fmt: str
    size: tuple[int, int]
    aspect: Fraction | None
    field: str
    range: str | None
    matrix: str | None
    primaries: str | None
    transfer: str | None
    rotation: int = 0
    mirrored: bool = False
    is_askew: bool = False
    immersive: str | None = None


@dataclass
class FirstPicture:
    """Takes what is logged of the first picture, line by line."""

    shown: re.Match[str] | None = None
    colours: re.Match[str] | None = None
    immersive: str | None = None

    def take(self, text: str) -> None:
        """One line of `showinfo`."""
        if self.shown is None and (match := PICTURE.match(text)) and match["number"] == "0":
            self.shown = match
        self.colours = self.colours or COLOURS.match(text)
        self.immersive = self.immersive or _immersive(text)

    def decoded(self, index: int, filters: Sequence[str], direction: str) -> DecodedPicture | None:
        """The picture; None where its lines are torn by those of other threads.

        Args:
            index: of its stream.
            filters: names of those that ffmpeg put in by itself.
            direction: `dir` of its `transpose`; empty where nothing is told of it.
        """
        if self.shown is None or self.colours is None or ("transpose" in filters and not direction):
            return None
        if "transpose" in filters:
            rotation, mirrored = _DIRECTIONS[direction]
        else:
            flips = ("hflip" in filters, "vflip" in filters)
            rotation, mirrored = {(True, True): (180, False), (False, True): (180, True)}.get(flips, (0, flips[0]))
        told = [None if word in UNTOLD else word for word in self.colours.groups()]
        return DecodedPicture(
            index=index,
            pix_fmt=self.shown["pix_fmt"],
            size=size_of(self.shown),
            aspect=aspect_of(self.shown),
            field=self.shown["field"],
            range=told[0],
            matrix=told[1],
            primaries=told[2],
            transfer=told[3],
            rotation=rotation,
            mirrored=mirrored,
            is_askew="rotate" in filters,
            immersive=self.immersive,
        )


def size_of(picture: re.Match[str]) -> tuple[int, int]:
    """Width and height in samples that a line of `PICTURE` tells."""
    return int(picture["width"]), int(picture["height"])


def aspect_of(picture: re.Match[str]) -> Fraction | None:
    """Of one of its samples; None where it is not told."""
    above, below = int(picture["above"]), int(picture["below"])
    return Fraction(above, below) if above and below else None


def _immersive(text: str) -> str | None:
    """What a line of side data says of players of other than flat pictures."""
    told = text.strip().removeprefix("side data - ")
    if told.startswith(_STEREO) and not told.removeprefix(_STEREO).startswith(_FLAT):
        return "3D"
    return "360°" if told.startswith(_SPHERE) and "rectilinear" not in told else None
