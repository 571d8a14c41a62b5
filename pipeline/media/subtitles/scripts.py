"""Scripts of a line of text: which letters belong together, and which way they run."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from functools import cache

HAN, ARABIC, CYRILLIC, LATIN, MONGOLIAN, OTHER = "han", "arabic", "cyrillic", "latin", "mongolian", "other"
_BY_NAME = {
    "CJK": HAN,
    "IDEOGRAPHIC": HAN,
    "FULLWIDTH": HAN,
    "KANGXI": HAN,
    "HIRAGANA": HAN,
    "KATAKANA": HAN,
    "HANGUL": HAN,
    "BOPOMOFO": HAN,
    "ARABIC": ARABIC,
    "CYRILLIC": CYRILLIC,
    "LATIN": LATIN,
    "MONGOLIAN": MONGOLIAN,
}
# finer than what is drawn alike: which letters a language is written with
_ALPHABETS = _BY_NAME | {"HIRAGANA": "kana", "KATAKANA": "kana", "HANGUL": "hangul", "TIBETAN": "tibetan", "YI": "yi"}
# marks of direction, and selectors of another shape of the letter before: nothing is drawn for them
_MARKS = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069\ufe00-\ufe0f\U000e0100-\U000e01ef]")
RIGHT_TO_LEFT, END = "\u202b", "\u202c"
# a Uyghur word in a Chinese line does not turn it; a Chinese name in a Uyghur one does not either
_TURNS = 1 / 3
_HAN_LETTERS = 3  # what others write with as many letters


@cache
def script_of(char: str) -> str | None:
    """The script of a letter; None for what all scripts share: spaces, figures, marks."""
    if unicodedata.category(char)[0] in "ZPSNCM" and not _is_own(char):
        return None
    return _BY_NAME.get(unicodedata.name(char, "").split(" ")[0], OTHER)


def _is_own(char: str) -> bool:
    """Marks and figures that only one script writes."""
    return unicodedata.name(char, "").startswith(("ARABIC", "MONGOLIAN", "IDEOGRAPHIC", "FULLWIDTH", "CJK"))


def letters(text: str) -> Counter[str]:
    """How much is written in each script (`languages.written_in`), a Han letter counted as what others need for it."""
    found: Counter[str] = Counter()
    for char in text:
        if script := script_of(char):
            alphabet = _ALPHABETS.get(unicodedata.name(char, "").split(" ")[0], OTHER)
            found[alphabet] += _HAN_LETTERS if script == HAN else 1
    return found


def main_of(text: str) -> str:
    """The script that most letters are of; Latin where there is none."""
    counts = Counter(script for char in text if (script := script_of(char)))
    return counts.most_common(1)[0][0] if counts else LATIN


def is_right_to_left(line: str) -> bool:
    """Whether a line is to be read from the right."""
    letters = Counter(script for char in line if (script := script_of(char)))
    letters[HAN] *= _HAN_LETTERS
    return letters[ARABIC] > _TURNS * letters.total()


def bare(line: str) -> str:
    """The line without marks of direction."""
    return _MARKS.sub("", line)


def isolated(line: str) -> str:
    """The line between marks that give it its direction, whatever it begins with."""
    plain = bare(line)
    return f"{RIGHT_TO_LEFT}{plain}{END}" if is_right_to_left(plain) else plain


def named(letters: str) -> str:
    """The first letters of a text with their code points, for people whose screen can't show them either."""
    return " ".join(f"{letter} U+{ord(letter):04X}" for letter in letters[:5])
