"""What other programs leave in the text of a cue: references, signs of other forms, letters that were lost before.

What has one meaning is read as it was meant, and told; what has none is found, so that no viewer gets to see it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Callable

from pipeline.model.subtitles import SubtitleFormat

LOST = "\ufffd"  # what decoders put where they found no letter
_BREAK = re.compile(r"</?br\s*/?>|[\v\f\x1c-\x1e\x85\u2028\u2029]", re.IGNORECASE)  # U+000B: of presentations
_SIGN = re.compile(r"\\([Nnh])")  # of Advanced SubStation Alpha: a break, a break, a space
_DRIVE = re.compile(r"\b[A-Za-z]:\\")  # C:\New is a path
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9A-Fa-f]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f]")  # Ctrl-Z ended files of CP/M
_MARKS = {"&lrm;": "", "&rlm;": ""}  # a line's direction is ours to say
_ELEMENTS = "a|body|center|div|em|font|h[1-6]|html|img|li|p|pre|script|span|strong|style|su[bp]|table|t[dr]|ul"
_TAG = re.compile(rf"</?(?:{_ELEMENTS})(?:\s[^<>]*)?/?>|\{{\\[^{{}}]*\}}", re.IGNORECASE)
_RUBBISH = re.compile(rf"{LOST}+|{_REFERENCE.pattern}|{_TAG.pattern}", re.IGNORECASE)
_OWN: dict[SubtitleFormat, tuple[re.Pattern[str], ...]] = {"vtt": (_REFERENCE,)}  # what a form has by itself


def as_meant(text: str, form: SubtitleFormat) -> tuple[str, str]:
    """The text as it was meant, and what in it was read otherwise than it stands, each once."""
    told: dict[str, None] = {}

    def read(pattern: re.Pattern[str], meant: Callable[[re.Match[str]], str], before: str) -> str:
        def one(match: re.Match[str]) -> str:
            made = meant(match)
            if made != match[0] and pattern not in _OWN.get(form, ()):
                told[_shown(match[0])] = None
            return made

        return pattern.sub(one, before)

    text = read(_BREAK, lambda _: "\n", text)
    if not _DRIVE.search(text):
        text = read(_SIGN, lambda match: " " if match[1] == "h" else "\n", text)
    text = read(_REFERENCE, lambda match: _MARKS.get(match[0].lower(), html.unescape(match[0])), text)
    text = read(_CONTROL, lambda _: "", text)
    return text, " ".join(told)


def rubbish(text: str) -> str:
    """What in a text nobody was meant to read: lost letters, references and signs that say nothing; empty for none."""
    found = (match[0] for match in _RUBBISH.finditer(text))
    # an ampersand before a name that no form knows is text
    return " ".join(dict.fromkeys(_shown(item) for item in found if item[0] != "&" or html.unescape(item) != item))


def _shown(found: str) -> str:
    """A sign for people: one that can't be seen by its number."""
    return " ".join(f"U+{ord(char):04X}" for char in found[:4]) if not found.isprintable() or LOST in found else found
