"""An id that can be said on the phone: the prefecture's code, and the title in the letters of a keyboard."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from pipeline.exchange import pinyin
from pipeline.model.submission import ID_LENGTH, Kind, unsaid_id

# of a series: 第3集, 第十二讲, (上), a figure at the end
_NUMBER = re.compile(
    r"第?\s*([0-9]{1,4}|[一二三四五六七八九十百]{1,3}|(?<=[(])[上中下](?=[)]))\s*[集期讲课部季回章节篇]?\W*$"
)
_MOST_NUMBER = 8


def spoken_id(prefecture: str, title: str) -> str | None:
    """`653200-cunyi`: Chinese by its pinyin, Latin letters without their accents, figures; what is between words a `-`.

    A title that is too long ends at a syllable or word, and keeps the number of its part. Two titles may have one id:
    nothing is counted here, so that each machine makes the same.

    Returns:
        None for a title without Chinese or Latin letters.
    """
    units = pinyin.units(title)
    if not any(unit.isalpha() for unit in units):
        return None
    most = ID_LENGTH - len(prefecture) - 1
    made = "".join(units)
    if len(made.strip("-")) > most:
        number = _NUMBER.search(unicodedata.normalize("NFKC", title))
        last = f"-{''.join(pinyin.units(number[1]))}"[:_MOST_NUMBER] if number else ""
        made = f"{_beginning(units, most - len(last))}{last}"
    return f"{prefecture}-{made.strip('-')}"


def id_of_title(prefecture: str, title: str, kind: Kind = Kind.FILM) -> str:
    """The id that a title gets, before there is a submission as where one is written: one to be said, where it has
    letters."""
    return spoken_id(prefecture, title) or unsaid_id(prefecture, kind, title)


def _beginning(units: Sequence[str], most: int) -> str:
    made = ""
    for unit in units:
        if len(made) + len(unit) > most:
            break
        made += unit
    return made.strip("-") or units[0][:most]
