"""Languages: how each calls itself, and the shortest tag that playlists take."""

from __future__ import annotations

# ISO 639-2/T, in their own words: what a player's menu shows
NAMES = {
    "zho": "中文", "uig": "ئۇيغۇرچە", "kaz": "Қазақша", "kir": "Кыргызча", "mon": "ᠮᠣᠩᠭᠣᠯ", "tgk": "Тоҷикӣ",
    "eng": "English", "rus": "Русский", "und": "–",
}  # fmt: skip
# RFC 5646 wants the shortest code of a language
_TAGS = {"zho": "zh", "uig": "ug", "kaz": "kk", "kir": "ky", "mon": "mn", "tgk": "tg", "eng": "en", "rus": "ru"}


def tag(code: str) -> str:
    """The tag that LANGUAGE takes, for an ISO 639-2/T code."""
    return _TAGS.get(code, code)
