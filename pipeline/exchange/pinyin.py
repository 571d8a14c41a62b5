"""Chinese in the letters of a keyboard: syllables without marks, by pypinyin, the one importer of it."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

_UNIT = re.compile(r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff〇]+|[a-z]+|[0-9]+|[^a-z0-9]")
BREAK = "-"  # what stands for all between two words


def units(text: str, readings: Mapping[str, str] | None = None) -> list[str]:
    """Syllables, words and figures of a text in lower case, with one `BREAK` for whatever is between them.

    Latin letters lose their accents; letters of other scripts are left away.

    Args:
        readings: words that are read otherwise than pypinyin does, the longest first where several begin at one place.
    """
    plain = unicodedata.normalize("NFKD", unicodedata.normalize("NFKC", text).casefold())
    plain = "".join(char for char in plain if not unicodedata.combining(char))
    found: list[str] = []
    for run in _UNIT.findall(plain):
        if run.isascii() and run.isalnum():
            found.append(run)
        elif syllables := _syllables(run, readings or {}):
            found += syllables
        elif found and found[-1] != BREAK:
            found.append(BREAK)
    return found


def _syllables(run: str, readings: Mapping[str, str]) -> list[str]:
    import pypinyin

    known = sorted((word for word in readings if word in run), key=lambda word: (-len(word), word))
    parts = re.split(f"({'|'.join(map(re.escape, known))})", run) if known else [run]
    return [
        syllable
        for part in parts
        for syllable in (readings[part].split() if part in readings else pypinyin.lazy_pinyin(part, errors="ignore"))
        if syllable.isascii()
    ]
