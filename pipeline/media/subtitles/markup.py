"""Markup in the text of a cue: what the form has is taken out; what is of another form is taken out too, and told."""

from __future__ import annotations

import re

from pipeline.media.subtitles.cue_text import CueText, nothing, shown
from pipeline.model.subtitles import SubtitleFormat

# what players know of HTML, and times in WebVTT; other angle brackets are text
_TAG = re.compile(
    r"</?(?:b|i|u|s|ruby|rt|rp)(?:[.][^<>\s]*)?\s*>|</?(?:font|c|v|lang)(?:[ .\t][^<>]*)?>|<[0-9:.]+>", re.IGNORECASE
)
# with attributes, or closed at once; «a <b and c>» and «<small talk>» are text
_OTHER_TAG = re.compile(
    r"<(?:b|i|u|s)(?:\s[^<>=]*=[^<>]*|\s*/\s*)>"
    r"|</?(?:big|del|ins|nobr|small|strike|tt)(?:\s[^<>=]*=[^<>]*|[\s/]*)>"
    r"|</\s+(?:b|i|u|s)\s*>|<\s+(?P<name>[bius])\s*>(?=[^<]*</\s*(?P=name)\s*>)",
    re.IGNORECASE,
)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)
_CDATA = re.compile(r"<!\[CDATA\[(.*?)\]\]>", re.DOTALL)
# how a word is read: between the lines of the picture there is no room for it
_READING = re.compile(r"<(?P<name>r[tp])(?:[.\s][^<>]*)?>.*?(?:</(?P=name)\s*>|(?=</ruby))", re.DOTALL | re.IGNORECASE)

_OF_ASS = re.compile(r"\{[^{}]*\}")
_OVERRIDE = re.compile(r"\{(?:\\[^{}]*|[yY]:[a-z,]*)\}")  # of other forms that SubRip has taken in
_DRAWS = re.compile(r"\\p([0-9]+)")
_MICRODVD = re.compile(
    r"\{(?:c:\$[0-9a-f]{6}|s:[0-9]{1,3}|p:[01]|o:[0-9]+,[0-9]+|y:[a-z,]*|f:[a-z][\w -]*)\}", re.IGNORECASE
)
# overrides that can be told from the text behind them where a brace is missing, or is a wide one
_WORD = (
    r"\\(?:an?[0-9]{1,2}|[bius][01]|q[0-3]|(?:fs|bord|shad|blur|be)[0-9.]+|[1-4]?[ac]&H[0-9A-Fa-f]+&?"
    r"|(?:pos|move|org|fade?)\([^()\n]*\))"
)
_HALF = re.compile(rf"[{{｛](?:{_WORD})+[ \t]*｝?|(?:{_WORD})+[}}｝]|\{{/?an[1-9]\}}")
_PLACE = re.compile(r"(?:\\|\{/?)(an?)([0-9]{1,2})(?![0-9])")


def take_out(cue: CueText, form: SubtitleFormat) -> str:
    """Leave the words of a cue alone, and give its overrides, one behind the other."""
    overrides = _take_overrides(cue, form)
    cue.mend(_MICRODVD, nothing)
    overrides += "".join(match[0] for match in _HALF.finditer(cue.text))
    cue.mend(_HALF, nothing)
    cue.mend(_COMMENT, nothing)
    cue.mend(_CDATA, lambda match: match[1])
    cue.mend(_READING, nothing)
    (cue.mend if form == "ass" else cue.take)(_TAG, nothing)
    cue.mend(_OTHER_TAG, nothing)
    return overrides


def _take_overrides(cue: CueText, form: SubtitleFormat) -> str:
    """Overrides, and the drawings between them: figures of a pen, no text."""
    text, overrides, at, draws = "", "", 0, False
    for tag in (_OF_ASS if form == "ass" else _OVERRIDE).finditer(cue.text):
        text += "" if draws else cue.text[at : tag.start()]
        at = tag.end()
        overrides += tag[0]
        for word in _DRAWS.findall(tag[0]):
            draws = int(word) > 0
            if draws and form != "ass":
                cue.told[shown(tag[0])] = None
    cue.text = text + ("" if draws else cue.text[at:])
    return overrides


def stands_at_top(overrides: str, *, by_default: bool) -> bool:
    """Whether a cue stands at the top: by the first override that says where, as in libass."""
    match = _PLACE.search(overrides)
    if match is None:
        return by_default
    return is_top(int(match[2]), legacy=match[1] == "a")


def is_top(alignment: int, *, legacy: bool) -> bool:
    """Whether a number stands for the top: 7 to 9 as on a keypad, 5 to 7 in SubStation Alpha, whose 4 is «top»."""
    return alignment in ((5, 6, 7) if legacy else (7, 8, 9))
