"""Languages: how each calls itself, and the shortest tag that playlists take."""

from __future__ import annotations

# ISO 639-2/T, in their own words: what a player's menu shows
NAMES = {
    "zho": "中文",
    "uig": "ئۇيغۇرچە",
    "kaz": "Қазақша",
    "kir": "Кыргызча",
    "mon": "ᠮᠣᠩᠭᠣᠯ",
    "tgk": "Тоҷикӣ",
    "eng": "English",
    "rus": "Русский",
    "und": "–",
}
# RFC 5646 wants the shortest code of a language
_TAGS = {"zho": "zh", "uig": "ug", "kaz": "kk", "kir": "ky", "mon": "mn", "tgk": "tg", "eng": "en", "rus": "ru"}


# where a language is written in a script that is not the usual one
_SCRIPTS = {
    ("kaz", "arabic"): ("kk-Arab", "قازاقشا"),
    ("kir", "arabic"): ("ky-Arab", "قىرعىزچا"),
    ("mon", "mongolian"): ("mn-Mong", NAMES["mon"]),
    ("mon", "cyrillic"): ("mn", "Монгол"),
}


def tag(code: str, script: str = "") -> str:
    """The tag that LANGUAGE takes, for an ISO 639-2/T code and the script it is written in."""
    own = _SCRIPTS.get((code, script))
    return own[0] if own else _TAGS.get(code, code)


def name(code: str, script: str = "") -> str:
    """What those who speak a language call it."""
    own = _SCRIPTS.get((code, script))
    return own[1] if own else NAMES.get(code, code)
