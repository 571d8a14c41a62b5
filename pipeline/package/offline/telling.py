"""What a lesson's page knows of its time: subtitles as cues, chapters, and when which slide is shown."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass

from pydantic import ValidationError

from pipeline.errors import IntegrityError
from pipeline.media.subtitles import encoding, reading, scripts, webvtt
from pipeline.media.subtitles.encoding import NotSubtitles
from pipeline.model import languages
from pipeline.model.base import Noun
from pipeline.model.package import PackageFile
from pipeline.model.rendition import StoredFile
from pipeline.model.subtitles import Cue, words
from pipeline.package.offline.contents import Lesson

Read = Callable[[StoredFile], bytes]


class PageTime(Noun):
    """From when on a page is shown, by its number from 1."""

    start_s: float
    page: int
    title: str | None = None


class PageTimes(Noun):
    """`slides.json` of a package."""

    deck: str
    pages: tuple[PageTime, ...]


@dataclass(frozen=True)
class Chapter:
    """A place to jump to, and the slide that is shown there; its `title` is empty where that is the slide's number."""

    start_s: float
    title: str
    page: int | None = None


@dataclass(frozen=True)
class SubtitleText:
    """Subtitles of one language; `tag` is of BCP 47, `name` what its speakers call it."""

    language: str
    tag: str
    name: str
    cues: tuple[Cue, ...]


@dataclass(frozen=True)
class Told:
    """All of it, each in order of time."""

    subtitles: tuple[SubtitleText, ...] = ()
    chapters: tuple[Chapter, ...] = ()
    times: tuple[PageTime, ...] = ()


def told(lesson: Lesson, read: Read) -> Told:
    """Read what a lesson's page shows beside its film.

    Args:
        read: gives a file of the package, held to its digest.

    Raises:
        IntegrityError: a file is not what the package says it is.
    """
    times = _times(lesson.times, read)
    return Told(
        tuple(sorted((_subtitles(item, read) for item in lesson.subtitles), key=_usual)),
        _chapters(lesson.chapters, times, read),
        times,
    )


def _usual(item: SubtitleText) -> tuple[int, str]:
    """Languages of the region first, as they are listed everywhere."""
    known = [language.code for language in languages.ours()]
    return (known.index(item.language) if item.language in known else len(known), item.language)


def _times(file: PackageFile | None, read: Read) -> tuple[PageTime, ...]:
    if file is None:
        return ()
    try:
        found = PageTimes.model_validate_json(read(file))
    except ValidationError as error:
        raise IntegrityError("manifest_unreadable", where=file.path) from error
    return tuple(sorted(found.pages, key=lambda item: item.start_s))


def _subtitles(file: PackageFile, read: Read) -> SubtitleText:
    cues = _cues(file, read)
    code, script = file.language or languages.UNKNOWN, scripts.main_of(words(cues))
    return SubtitleText(code, languages.tag(code, script), languages.name(code, script), cues)


def _cues(file: PackageFile, read: Read) -> tuple[Cue, ...]:
    try:
        return reading.read(encoding.decode(read(file))).cues
    except NotSubtitles as error:
        if error.reason == "no_cue":
            return ()
        raise IntegrityError("manifest_unreadable", where=file.path) from error


def _chapters(file: PackageFile | None, times: tuple[PageTime, ...], read: Read) -> tuple[Chapter, ...]:
    """Those of the package; else the slides, each time that one comes."""
    if file is None:
        return tuple(_chapter(item.start_s, item.title or "", item.page) for item in times)
    starts = [item.start_s for item in times]

    def page(start_s: float) -> int | None:
        at = bisect_right(starts, start_s + 0.01)
        return times[at - 1].page if at else None

    return tuple(_chapter(cue.start_s, " ".join(cue.lines), page(cue.start_s)) for cue in _cues(file, read))


def _chapter(start_s: float, title: str, page: int | None) -> Chapter:
    """Pages say «page 3» in their reader's language where a chapter is called 3."""
    return Chapter(start_s, "" if title == str(page) else title, page)


def payload(cue: Cue) -> tuple[float, float, str, str]:
    """A cue as a page adds it: begin, end, text in WebVTT's own marks, and where it stands (`top`, `vertical`, ``)."""
    where = "vertical" if webvtt.is_vertical(cue) else "top" if cue.top else ""
    return cue.start_s, cue.end_s, webvtt.payload(cue), where
