"""The text of a cue while it is read, and what in it was read otherwise than it stands."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field

LOST = "\ufffd"  # what decoders put where they found no letter
Meant = Callable[[re.Match[str]], str]


@dataclass
class CueText:
    """Text that becomes what its author meant, step by step; `told` holds each sign that was mended once, in order."""

    text: str
    told: dict[str, None] = field(default_factory=dict)

    def take(self, pattern: re.Pattern[str], meant: Meant) -> None:
        """Read what the form has by itself: nothing is told of it."""
        self.text = pattern.sub(meant, self.text)

    def mend(self, pattern: re.Pattern[str], meant: Meant) -> None:
        """Read what another program or form left."""

        def one(match: re.Match[str]) -> str:
            made = meant(match)
            if made != match[0]:
                self.told[shown(match[0])] = None
            return made

        self.text = pattern.sub(one, self.text)


def nothing(_: re.Match[str]) -> str:
    """What stands for no letters."""
    return ""


def shown(found: str) -> str:
    """A sign for people: one that can't be seen by its number, one of several lines in one."""
    even = re.sub("[ \n]+", " ", found).strip(" ")
    return " ".join(f"U+{ord(char):04X}" for char in found[:4]) if not even.isprintable() or LOST in found else even
