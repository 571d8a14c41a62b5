"""Text as readers count it: grapheme clusters (Unicode Standard Annex 29) by `regex`, the one importer of it."""

from __future__ import annotations

ELLIPSIS = "…"


def cut(text: str, most: int) -> str:
    """The text, or as many whole grapheme clusters of it as fit with an ellipsis into `most` characters (code points).

    A letter keeps its marks and an emoji its parts; what would be a space before the ellipsis is left away. Where no
    cluster fits at all the first is cut, so that the length holds.
    """
    import regex

    if len(text) <= most:
        return text
    room = most - len(ELLIPSIS)
    end = 0
    for found in regex.finditer(r"\X", text):
        if found.end() > room:
            break
        end = found.end()
    kept = text[:end].rstrip() or text[: max(room, 0)]
    return f"{kept}{ELLIPSIS}" if room >= 0 else text[:most]
