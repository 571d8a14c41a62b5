"""Subtitle files as cues: text, times, and whether a line stands at the top. The only importer of pysubs2."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import pysubs2

from pipeline.media.subtitles import leftovers, markup, mojibake, outline, scripts, substation, ttml
from pipeline.media.subtitles.cue_text import CueText
from pipeline.media.subtitles.encoding import DecodedText, NotSubtitles
from pipeline.media.subtitles.outline import MarkedCue
from pipeline.media.subtitles.substation import Event
from pipeline.media.timecode import webvtt
from pipeline.model.subtitles import Cue, CueFault, SubtitleFormat, Subtitles
from pipeline.model.text import printable

# WebVTT's own: a line number or share of the picture above the middle
_TOP_SETTING = re.compile(r"\bline:(?:[0-4]?[0-9]%|[0-5])(?![0-9%])")


@dataclass(frozen=True)
class _Plain:
    """A cue without its markup: what in it was read otherwise than it stands, and what letters were lost."""

    found: MarkedCue
    text: str
    top: bool
    mended: tuple[str, ...]
    lost: tuple[str, ...]


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
            plain = [_plain(item, form) for item in listed]
        case "ass":
            events, faults = substation.events(found.text)
            plain = [_of_event(item) for item in events]
        case _:
            listed, faults = outline.of_blocks(found.text, form)
            plain = [_plain(item, form, top=_TOP_SETTING.search(item.settings) is not None) for item in listed]
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
    if head[:6].upper() == "WEBVTT":
        return "vtt"
    if substation.is_substation(head):
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
            rubbish = (*item.lost, *leftovers.rubbish("\n".join(lines)))
            kinds: dict[Literal["mended", "rubbish"], tuple[str, ...]] = {"mended": item.mended, "rubbish": rubbish}
            for kind, signs in kinds.items():
                if signs:
                    detail = " ".join(dict.fromkeys(signs))[: outline.MOST_SHOWN]
                    yield CueFault(kind=kind, cue=found.number, line=found.line, detail=detail)
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


def _plain(item: MarkedCue, form: SubtitleFormat, *, top: bool = False) -> _Plain:
    """The words of a cue that stands at the top, or not, unless its own text says otherwise."""
    cue = CueText(item.text)
    lost = mojibake.lost(item.text)  # as it stands: among its letters are some that a text has no use for
    if form != "ttml":  # which has elements, and no other markup
        top = markup.stands_at_top(markup.take_out(cue, form), by_default=top)
    # references come last: what they stand for is no markup
    leftovers.mend(cue, form)
    return _Plain(item, cue.text, top, tuple(cue.told), tuple(lost))


def _of_event(item: Event) -> _Plain:
    """Advanced SubStation Alpha, whose times are the library's to read."""
    [event] = pysubs2.SSAFile.from_string(
        f"[Script Info]\nScriptType: v4.00+\n\n[Events]\n{item.row}\n", format_="ass"
    ).events
    found = MarkedCue(item.number, item.line, event.start / 1000, event.end / 1000, event.text)
    return _plain(found, "ass", top=item.top)


def _clean(line: str) -> str:
    return " ".join(printable(line).replace("\ufeff", "").split())
