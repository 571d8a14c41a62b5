"""Subtitle files as cues. The only importer of pysubs2.

pysubs2 takes what it can't read for the text of the cue before it, or drops it. So it is given only what was found to
be a cue first (`outline`), one by one; what is not one is a fault with its line, never lost.
"""

from __future__ import annotations

import re

import pysubs2

from pipeline.media.subtitles import outline, ttml
from pipeline.media.subtitles.encoding import NotSubtitles, Text
from pipeline.media.subtitles.outline import Found
from pipeline.media.timecode import webvtt
from pipeline.model.subtitles import Cue, CueFault, Form, Subtitles
from pipeline.model.text import printable

_BREAK = re.compile(r"\\N|\\n|\n")
_DRAWING = re.compile(r"\{[^}]*\\p[1-9][^}]*\}.*?(?:\{[^}]*\\p0[^}]*\}|$)")
_TAG = re.compile(r"\{[^}]*\}|</?[a-zA-Z][^>]*>|<[0-9:.]+>")
_TOP = re.compile(r"\{[^}]*\\an?[789]\b[^}]*\}")
# WebVTT's own: a line number or share of the picture above the middle
_TOP_SETTING = re.compile(r"\bline:(?:[0-4]?[0-9]%|[0-5])(?![0-9%])")


def read(found: Text) -> Subtitles:
    """The cues of a subtitle file, in order of time.

    Raises:
        NotSubtitles: it is none, or has neither a cue nor a fault that could be told.
        EnvironmentFault: it is TTML, and the library that reads it is not installed.
    """
    form = form_of(found.text)
    if form == "ttml":
        text, faults = ttml.as_srt(found.text)
        outlined, more = outline.of_blocks(text, "srt")
        outlined = [item.without_line() for item in outlined]
        faults = [*faults, *more]
    else:
        outlined, faults = outline.of_events(found.text) if form == "ass" else outline.of_blocks(found.text, form)
    if not outlined and not faults:
        raise NotSubtitles("no_cue")
    cues = []
    for item in outlined:
        cue = _cue(item)
        if cue.end_s <= cue.start_s:
            times = f"{webvtt(cue.start_s)} --> {webvtt(cue.end_s)}"
            faults.append(CueFault(kind="times", cue=cue.number, line=cue.line, detail=times))
        elif not cue.lines:
            faults.append(CueFault(kind="empty", cue=cue.number, line=cue.line))
        else:
            cues.append(cue)
    return Subtitles(
        form=form, encoding=found.encoding, guessed=found.guessed, line_ends=found.line_ends,
        cues=tuple(sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))),
        faults=tuple(sorted(faults, key=lambda fault: fault.cue)),
    )  # fmt: skip


def form_of(text: str) -> Form:
    """What kind of subtitle file a text is.

    Raises:
        NotSubtitles: none.
    """
    head = text.lstrip("\ufeff \t\n")[:4096]
    if head.startswith("WEBVTT"):
        return "vtt"
    if "[Script Info]" in head or "[V4+ Styles]" in head or "[Events]" in head:
        return "ass"
    if head.startswith("<") and "http://www.w3.org/ns/ttml" in head:
        return "ttml"
    if "-->" in text or outline.looks_timed(text):
        return "srt"
    raise NotSubtitles("no_subtitles")


def _cue(item: Found) -> Cue:
    """One cue, its text without markup: our own styles take their place."""
    [event] = pysubs2.SSAFile.from_string(item.text, format_=item.form).events
    text = _TAG.sub("", _DRAWING.sub("", event.text)).replace("\\h", " ")
    lines = [_clean(line) for line in _BREAK.split(text)]
    top = bool(_TOP.search(event.text)) or (item.form == "vtt" and bool(_TOP_SETTING.search(item.settings)))
    return Cue(number=item.number, line=item.line, start_s=event.start / 1000, end_s=event.end / 1000,
               lines=tuple(line for line in lines if line), top=top)  # fmt: skip


_ENTITIES = (("&lt;", "<"), ("&gt;", ">"), ("&nbsp;", " "), ("&lrm;", ""), ("&rlm;", ""), ("&amp;", "&"))


def _clean(line: str) -> str:
    for name, char in _ENTITIES:
        line = line.replace(name, char)
    return " ".join(printable(line).replace("\ufeff", "").split())
