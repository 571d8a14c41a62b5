"""What viewers type to find a programme with a remote control: pinyin and initials of its title."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from importlib import metadata
from pathlib import Path

from pipeline.exchange import pinyin
from pipeline.model.metadata import SearchNames
from pipeline.model.text import MOST_LINE
from pipeline.remembered import remembered

NOTHING_SAID = SearchNames()


def search_names(title: str, readings: Mapping[str, str], said: SearchNames = NOTHING_SAID) -> SearchNames:
    """`wo men de cun yi` and `wmdcy`; what the submission says wins, and initials follow the pinyin that it says.

    Whatever has no sound (marks, spaces) is left away; a title in other letters alone has none.

    Args:
        readings: local readings of words, as pinyin.
    """
    found = said.pinyin or _spoken(title, {word: read for word, read in readings.items() if word in title})
    initials = said.initials or "".join(unit if unit.isdecimal() else unit[0] for unit in found.split())
    return SearchNames(pinyin=_within(found), initials=initials[:MOST_LINE] or None)


def _spoken(title: str, readings: Mapping[str, str]) -> str:
    """The title's pinyin; kept in the user's cache, since to load all readings takes longer than a short command."""
    content = json.dumps([title, readings], ensure_ascii=False, sort_keys=True).encode()
    place = Path("pinyin") / hashlib.sha256(content).hexdigest()
    reader = f"pypinyin {metadata.version('pypinyin')}"
    found: str = remembered(
        place, content, reader, lambda: " ".join(unit for unit in pinyin.units(title, readings) if unit != pinyin.BREAK)
    )
    return found


def _within(spoken: str) -> str | None:
    """As many whole syllables as fit."""
    if len(spoken) > MOST_LINE:
        spoken = spoken[: MOST_LINE + 1].rpartition(" ")[0] or spoken[:MOST_LINE]
    return spoken or None
