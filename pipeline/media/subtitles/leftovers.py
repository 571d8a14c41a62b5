"""What other programs leave in the text of a cue: references, signs of other forms, letters that were lost before.

What has one meaning is read as it was meant, and told; what has none is found, so that no viewer gets to see it.
"""

from __future__ import annotations

import html
import re
from html.entities import html5

from pipeline.media.subtitles.cue_text import LOST, CueText, nothing, shown
from pipeline.model.subtitles import SubtitleFormat

# U+000B is the break of slides
_BREAK = re.compile(r"<\s*/?\s*br(?:\s[^<>]*=[^<>]*|[\s/]*)>|[\v\f\x1c-\x1e\x85\u2028\u2029]", re.IGNORECASE)
_SIGN = re.compile(r"(?:\\r)?\\n|\\{1,2}N|\\h")  # of Advanced SubStation Alpha: a break, a break, a space
# C:\New and \\host\new are paths; A, B and Q are no drives but speakers, and so is whoever has no Latin letter behind:
# M:\N你好
_DRIVE = re.compile(r"\b(?![ABQabq])[A-Za-z]:\\(?![Nn](?![A-Za-z0-9]))|\\\\(?!N)\w+\\")
_EITHER = r"\b(?![ABQ])[F-Z]:\\N(?=[A-Z0-9])(?!\w*(?:\\(?!N)|\.\w))"  # M:\NYes may be either, Z:\Notes\x is a path

_NAME = r"[A-Za-z][A-Za-z0-9]{1,31}"
_REFERENCE = re.compile(rf"&(?:#[0-9]{{1,7}}|#[xX][0-9A-Fa-f]{{1,6}}|{_NAME});")
# browsers know some names without their end; words of English among them are words: «this &not that»
_WORDS = {"cent", "copy", "deg", "divide", "micro", "not", "para", "pound", "sect", "shy", "thorn", "times", "yen"}
_SHORT = "|".join(name for name in sorted(html5) if name[-1] != ";" and not name.isupper() and name not in _WORDS)
_UNENDED = re.compile(
    r"(?<!#[0-9])(?<!#[0-9]{2})&#(?:(?:3[2-9]|[4-9][0-9]|[0-9]{3,7})(?![0-9;])|[xX][0-9A-Fa-f]{2,6}(?![0-9A-Za-z;]))"
    rf"|&(?:{_SHORT})(?![A-Za-z0-9=;])|(?<![A-Za-z])&copy(?=\s?[0-9]{{4}})"  # an address goes on: ?a=1&lt=2
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\xad]")  # Ctrl-Z ended files of CP/M; U+00AD is drawn
_MARKS = {"&lrm;": "", "&rlm;": ""}  # a line's direction is ours to say

_ELEMENTS = "a|body|br|center|div|em|font|h[1-6]|html|img|li|p|pre|script|span|strong|style|su[bp]|sync|table|t[dr]|ul"
_TAG = (
    rf"</?(?:{_ELEMENTS})(?:\s[^<>]*)?/?>|<(?:br|font\s[^<>]*)$"
    r"|<(?P<pair>[bius])>(?=.*</(?P=pair)>)|<!--|<!\[CDATA\[|\]\]>"
)
_OVERRIDE = r"\{\\[A-Za-z][^{}\s]*\}?|(?<![A-Za-z]:)\\an?[1-9](?![0-9A-Za-z])|\\u[0-9A-Fa-f]{4}"
_RUBBISH = re.compile(rf"{LOST}+|{_REFERENCE.pattern}|{_TAG}|{_OVERRIDE}|&nbsp|{_EITHER}", re.IGNORECASE | re.DOTALL)


def mend(cue: CueText, form: SubtitleFormat) -> None:
    """Read what other programs left in a cue's words, after its markup was taken out.

    What references stand for is neither a sign nor markup. TTML has had its own read already: what is left there was
    written as text.
    """
    cue.mend(_BREAK, lambda _: "\n")
    if form == "ass":
        cue.take(_SIGN, _signified)
    elif not _DRIVE.search(cue.text):
        cue.mend(_SIGN, _signified)
    if form != "ttml":
        cue.mend(_UNENDED, lambda match: _referred(f"{match[0]};"))
        (cue.take if form == "vtt" else cue.mend)(_REFERENCE, lambda match: _referred(match[0]))
    cue.mend(_CONTROL, nothing)


def rubbish(text: str) -> list[str]:
    """What in a text nobody was meant to read: lost letters, references and signs that say nothing."""
    found = (match[0] for match in _RUBBISH.finditer(text))
    return [shown(item) for item in found if item[0] != "&" or _is_reference(item)]


def _signified(match: re.Match[str]) -> str:
    return " " if match[0] == "\\h" else "\n"


def _referred(reference: str) -> str:
    """What a reference stands for, itself for none: `html.unescape` takes `&section;` for `&sect` and letters."""
    name = reference[1:]
    if name[0] == "#":
        return html.unescape(reference)
    letter = html5.get(name) or html5.get(name.lower(), "")
    if name not in html5 and letter.isalpha():  # &EACUTE; is a small letter or a large one
        return reference
    return _MARKS.get(reference.lower(), letter or reference)


def _is_reference(found: str) -> bool:
    """An ampersand before a name that no form knows is text; of `&section;` browsers make «§ion;»."""
    return any(html.unescape(name) != name for name in (found, found.lower()))
