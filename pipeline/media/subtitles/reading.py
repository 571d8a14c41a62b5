"""Subtitle files as cues: text, times, and whether a line stands at the top. The only importer of pysubs2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pysubs2

from pipeline.media.subtitles import leftovers, outline, scripts, ttml
from pipeline.media.subtitles.encoding import DecodedText, NotSubtitles
from pipeline.media.subtitles.outline import Event, MarkedCue
from pipeline.media.timecode import webvtt
from pipeline.model.subtitles import Cue, CueFault, SubtitleFormat, Subtitles
from pipeline.model.text import printable

_ASS_HEAD = re.compile(r"^\[(?:Script Info|V4\+? Styles\+?|Events)\]\s*$", re.MULTILINE)
_TAGS_OF_ASS = re.compile(r"\{([^{}]*)\}")
# what players know of HTML, and times in WebVTT; other angle brackets are text
_TAG = re.compile(
    r"</?(?:b|i|u|s|ruby|rt|rp)(?:[.][^<>\s]*)?>|</?(?:font|c|v|lang)(?:[ .\t][^<>]*)?>|<[0-9:.]+>", re.IGNORECASE
)
_OVERRIDE = re.compile(r"\{(?:\\[^{}]*|[yY]:[a-z,]*)\}")  # of other forms that SubRip has taken in
_TOP = re.compile(r"\\an?[789](?![0-9])")
# WebVTT's own: a line number or share of the picture above the middle
_TOP_SETTING = re.compile(r"\bline:(?:[0-4]?[0-9]%|[0-5])(?![0-9%])")


@dataclass(frozen=True)
class _Plain:
    """A cue without its markup."""

    found: MarkedCue
    text: str
    top: bool
    mended: str = ""


def read(found: DecodedText) -> Subtitles:
    """The cues of a subtitle file, in order of time.

    Raises:
        NotSubtitles: it is none, or has neither a cue nor a fault that could be told.
        EnvironmentFault: it is TTML, and the library that reads it is not installed.
    """
    form = form_of(found.text)
    faults: list[CueFault] = []
    match form:
        case "ttml":
            listed, faults = ttml.read(found.text)
            plain = [_Plain(item, item.text, top=False) for item in listed]
        case "ass":
            events, faults = outline.of_events(found.text)
            plain = [_of_event(item) for item in events]
        case _:
            listed, faults = outline.of_blocks(found.text, form)
            plain = [_of_block(item, form) for item in listed]
    cues: list[Cue] = []
    faults = [*faults, *_kept(plain, cues)]
    if not cues and all(item.kind == "empty" for item in faults):
        raise NotSubtitles("no_cue")
    return Subtitles(
        form=form,
        encoding=found.encoding,
        guessed=found.guessed,
        line_ends=found.line_ends,
        cues=tuple(sorted(cues, key=lambda cue: (cue.start_s, cue.end_s))),
        faults=tuple(sorted(faults, key=lambda item: (item.cue, item.line or 0))),
    )


def form_of(text: str) -> SubtitleFormat:
    """What kind of subtitle file a text is.

    Raises:
        NotSubtitles: none.
    """
    head = text.lstrip("\ufeff \t\n")[:4096]
    if head.startswith("WEBVTT"):
        return "vtt"
    if _ASS_HEAD.search(head):
        return "ass"
    if head.startswith("<") and ttml.is_ttml(head):
        return "ttml"
    if outline.looks_timed(text):
        return "srt"
    raise NotSubtitles("no_subtitles")


def _kept(plain: Iterable[_Plain], cues: list[Cue]) -> Iterable[CueFault]:
    """Fills `cues`; what is none, or not as it stands, is told."""
    known: set[tuple[float, float, tuple[str, ...], bool]] = set()
    for item in plain:
        found = item.found
        lines = tuple(line for line in map(_clean, item.text.split("\n")) if scripts.bare(line).strip())
        if found.end_s <= found.start_s:
            times = f"{webvtt(found.start_s)} --> {webvtt(found.end_s)}"
            yield CueFault(kind="times", cue=found.number, line=found.line, detail=times)
        elif not lines:
            yield CueFault(kind="empty", cue=found.number, line=found.line)
        elif (same := (found.start_s, found.end_s, lines, item.top)) in known:
            yield CueFault(kind="doubled", cue=found.number, line=found.line)
        else:
            known.add(same)
            if item.mended:
                shown = item.mended[: outline.MOST_SHOWN]
                yield CueFault(kind="mended", cue=found.number, line=found.line, detail=shown)
            if seen := leftovers.rubbish("\n".join(lines)):
                yield CueFault(kind="rubbish", cue=found.number, line=found.line, detail=seen[: outline.MOST_SHOWN])
            cues.append(
                Cue(
                    number=found.number,
                    line=found.line,
                    start_s=found.start_s,
                    end_s=found.end_s,
                    lines=lines,
                    top=item.top,
                )
            )


def _of_block(item: MarkedCue, form: SubtitleFormat) -> _Plain:
    """SubRip and WebVTT."""
    # references come last: what they stand for is no markup
    text, mended = leftovers.as_meant(_TAG.sub("", _OVERRIDE.sub("", item.text)), form)
    overrides = "".join(_OVERRIDE.findall(item.text))
    return _Plain(item, text, bool(_TOP.search(overrides) or _TOP_SETTING.search(item.settings)), mended)


def _of_event(item: Event) -> _Plain:
    """Advanced SubStation Alpha: what is between tags, but for drawings, which are no text."""
    [event] = pysubs2.SSAFile.from_string(
        f"[Script Info]\nScriptType: v4.00+\n\n[Events]\n{item.row}\n", format_="ass"
    ).events
    text, tags, at, draws = "", "", 0, False
    for tag in _TAGS_OF_ASS.finditer(event.text):
        text += "" if draws else event.text[at : tag.start()]
        at = tag.end()
        tags += tag[1]
        for word in re.findall(r"\\p([0-9]+)", tag[1]):
            draws = int(word) > 0
    text += "" if draws else event.text[at:]
    text = text.replace("\\N", "\n").replace("\\n", "\n").replace("\\h", " ")
    found = MarkedCue(item.number, item.line, event.start / 1000, event.end / 1000, text)
    return _Plain(found, text, bool(_TOP.search(tags)))


def _clean(line: str) -> str:
    return " ".join(printable(line).replace("\ufeff", "").split())
