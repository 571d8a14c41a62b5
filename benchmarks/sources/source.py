"""What a source is: the steps that make it, and what a viewer has to see and hear of it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path

from benchmarks.sources.card import Card
from benchmarks.sources.tones import GAPS_S, ZHO, Tones


@dataclass(frozen=True)
class Run:
    """A program by its row in `make.PROGRAMS`; words may hold `{name}` of an input, `{out}` and `{tmp}` (a folder)."""

    program: str
    words: tuple[str, ...]


@dataclass(frozen=True)
class Edit:
    """Bytes in, bytes out: what no program at hand writes but files have."""

    change: Callable[[bytes], bytes]
    before: str = "{tmp}/before"
    after: str = "{out}"


@dataclass(frozen=True)
class Join:
    """Files one after the other."""

    parts: tuple[str, ...]
    whole: str = "{out}"


Step = Run | Edit | Join


@dataclass(frozen=True)
class Heard:
    """A track of sound in the delivery.

    Args:
        language: ISO 639-2/T; nothing where the source says none (then it is the submission's, or unknown).
        hz: the strongest tone left and right.
        also_hz: tones that are in both as well.
    """

    language: str = ""
    hz: tuple[float, float] = (ZHO[0], ZHO[1])
    also_hz: tuple[float, ...] = ()


@dataclass(frozen=True)
class Shown:
    """What a good player shows and what is heard with it.

    Args:
        shape: width to height as displayed, before it is turned; of each stretch, until when (s of the content).
        turn: quarter turns clockwise, after `mirrored` (left is right).
        rate: what the counter counts, a second; `times_s` says it for each picture where they come unevenly.
        start_s, end_s: the first and the last moment of the content that has to be there.
        colours: the largest mean difference of a patch, of 255.
        grey: there is only light.
        sound: tracks in their order; none: a silent track, or none.
        unheard_hz: tones that must not be heard.
        sound_late_s: how much later than the picture the sound is meant to be.
    """

    shape: tuple[tuple[float, Fraction], ...] = ((1e9, Fraction(16, 9)),)
    turn: int = 0
    mirrored: bool = False
    rate: Fraction = Fraction(25)
    times_s: tuple[float, ...] = ()
    start_s: float = 0.0
    end_s: float = 3.0
    colours: float = 10.0
    grey: bool = False
    sound: tuple[Heard, ...] = (Heard(),)
    unheard_hz: tuple[float, ...] = ()
    gaps_s: tuple[float, ...] = GAPS_S
    sound_late_s: float = 0.0


@dataclass(frozen=True)
class Source:
    """One film.

    Args:
        file: its name; most have the source's with a suffix.
        writer: the program that wrote the container.
        right: why `shown` is what it is, where that is not plain.
    """

    name: str
    file: str
    writer: str
    steps: tuple[Step, ...]
    inputs: tuple[tuple[str, Card | Tones], ...] = ()
    shown: Shown = field(default_factory=Shown)
    right: str = ""

    @property
    def programs(self) -> frozenset[str]:
        """What has to be there to make it."""
        return frozenset(step.program for step in self.steps if isinstance(step, Run))

    def key(self) -> str:
        """Changes with everything that the file hangs on."""
        said = [drawn(), self.file, repr(self.inputs), *(_said(step) for step in self.steps)]
        return hashlib.sha256("\n".join(said).encode()).hexdigest()[:16]


@cache
def drawn() -> str:
    """Changes with how cards, tones and edits are made."""
    here = Path(__file__).parent
    whole = b"".join((here / name).read_bytes() for name in ("card.py", "tones.py", "surgery.py"))
    return hashlib.sha256(whole).hexdigest()


def _said(step: Step) -> str:
    if isinstance(step, Edit):
        return f"Edit {step.change.__module__}.{step.change.__qualname__} {step.before} {step.after}"
    return repr(step)


def plain_shape(width: int, height: int) -> tuple[tuple[float, Fraction], ...]:
    """One shape from start to end."""
    return ((1e9, Fraction(width, height)),)
