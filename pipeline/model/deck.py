"""Slides: what is known of a deck's pages, when each is shown, and the film that they become."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Literal

from pydantic import Field

from pipeline.model.base import Noun, canonical
from pipeline.model.stage import Stage

FRAME = (1920, 1080)  # of every picture that a page is drawn as
MOST_PAGES = 2_000
RATE = 25
# EBU R 95: graphics stay clear of 5 % of the picture at each side
SAFE_SHARE = 0.9
MOST_TURNS = 5_000  # of one film: a lesson of a day with a turn every 17 s
_STAGE, _VERSION = "slides", 1  # raise it when the same slides would give other bytes


def frame_of(seconds: float) -> int:
    """The film's picture that is nearest to a time; less than 0 before its first one."""
    return math.floor(seconds * RATE + 0.5)


class DeckPage(Noun):
    """One page; sizes and places as it is drawn to fill the frame.

    Args:
        width_pt, height_pt: as it is shown, turned where it says so, in points of 1/72 inch.
        title: of its first bookmark.
        letters: how many are seen.
        smallest_lines: font size of the smallest letters in lines of 1080; `smallest` are those letters.
        reach: how far the outermost letter stands from the middle; 1 is the frame's edge.
        undrawn: letters that leave no ink.
        replaced: letters that are drawn with a font of ours, since theirs is not in the file.
    """

    width_pt: float
    height_pt: float
    title: str = ""
    letters: int = 0
    smallest_lines: float | None = None
    smallest: str = ""
    reach: float = 0.0
    undrawn: str = ""
    replaced: str = ""

    @property
    def shape(self) -> float:
        """Width to height."""
        return round(self.width_pt / self.height_pt, 3) if self.height_pt else 0.0


class Renderer(Noun):
    """What pages are drawn with: the version of PDFium, and each font's SHA-256 (hex) by its name."""

    pdfium: str
    fonts: dict[str, str]


class Deck(Noun):
    """A PDF of slides or a hand-out, by SHA-256 (hex), page by page."""

    sha256: str
    size_bytes: int
    renderer: Renderer
    pages: tuple[DeckPage, ...]

    @property
    def share(self) -> float:
        """How much of the frame a page fills: less than all where letters would stand at the edge, so that a television
        that shows less of the picture shows them too."""
        reach = max((page.reach for page in self.pages), default=0.0)
        return 1.0 if reach <= SAFE_SHARE else math.floor(SAFE_SHARE / reach * 100) / 100


class Turn(Noun):
    """A page and when it is put on, in seconds of the sound; `line` is the table's, or the slide's number."""

    page: int
    start_s: float
    title: str = ""
    line: int


class Wrong(StrEnum):
    """Why times are no good."""

    MISSING = "missing"  # there is sound, and nobody says when pages turn
    NO_HEADINGS = "no_headings"
    NO_TURNS = "no_turns"
    NO_SLIDES = "no_slides"  # there are times, and nothing to turn
    ENCODING = "encoding"  # letters of no known encoding
    SYNTAX = "syntax"
    HEADING_TWICE = "heading_twice"
    TOO_LARGE = "too_large"
    SECOND_SHEET = "second_sheet"  # of a workbook, with times too
    HIDDEN = "hidden"  # a line that people do not see
    WORKBOOK = "workbook"  # none, or a damaged one
    WORKBOOK_OLD = "workbook_old"
    WORKBOOK_LOCKED = "workbook_locked"
    COLUMN = "column"  # a column is not there
    PAGE = "page"  # no page's number
    TIME = "time"  # no time
    NUMBER = "number"  # minutes or seconds, nobody knows
    UNKNOWN_PAGE = "unknown_page"
    NOT_RISING = "not_rising"
    SAME_PICTURE = "same_picture"  # the turn before would not be seen in any
    BEYOND_END = "beyond_end"
    MOVED_BEYOND_END = "moved_beyond_end"  # by an offset
    MOVED_BEFORE_START = "moved_before_start"  # as long as it is shown
    ANOTHER_DECK = "another_deck"  # a PPTX and a PDF that can't be of the same slides
    UNTIMED = "untimed"  # a slide of a PPTX without a recorded time
    NONE_TIMED = "none_timed"  # no slide of it has one
    TOO_MANY = "too_many"


class WrongTime(Noun):
    """One line that is no good, and what stands there."""

    why: Wrong
    line: int | None = None
    text: str = ""


class SlideTimes(Noun):
    """When pages turn, by the SHA-256 (hex) of the table or PPTX that says so; `wrong` are lines that can't be read.

    Args:
        slides: how many a PPTX has, hidden ones too; a turn's page is counted without them.
    """

    sha256: str
    form: Literal["table", "pptx"]
    turns: tuple[Turn, ...]
    wrong: tuple[WrongTime, ...] = ()
    slides: int | None = None

    @property
    def is_partly_timed(self) -> bool:
        """Whether some slides of a PPTX have a time and others lack it."""
        return any(item.why is Wrong.UNTIMED for item in self.wrong)

    def is_of(self, pages: int) -> bool:
        """Whether a PDF of so many pages can be of the same slides; of a table it always can."""
        return self.slides is None or not self.turns or pages in (len(self.turns), self.slides)

    def counted(self, pages: int) -> SlideTimes:
        """The turns by the pages of a PDF of so many: one that was exported with the hidden slides has a page for each
        of those too, which never comes."""
        if pages != self.slides:
            return self
        turns = tuple(turn.model_copy(update={"page": turn.line}) for turn in self.turns)
        return self.model_copy(update={"turns": turns})


class ShownPage(Noun):
    """A page and the number of the film's first picture that shows it, from 0."""

    page: int
    frame: int
    title: str = ""


class SlideFilm(Noun):
    """A film without sound of pages, or of one picture; all that decides it.

    Args:
        source_sha256: of the PDF, or of the picture.
        times_sha256: of what says when pages turn; empty where each stands as long as the next.
        shown: in the order of showing, the first at 0; of a picture it is one.
        frames: how many pictures there are, at `RATE` a second.
        share: how much of the frame a page fills.
        renderer: None for a picture, which ffmpeg reads.
        ffmpeg: the build that codes it.
    """

    source_sha256: str
    times_sha256: str = ""
    shown: tuple[ShownPage, ...] = Field(min_length=1)
    frames: int
    share: float = 1.0
    renderer: Renderer | None
    ffmpeg: str

    @property
    def duration_s(self) -> float:
        return self.frames / RATE

    @property
    def stage(self) -> Stage:
        """What makes it. Titles and the table's own bytes change no picture."""
        shown = [[item.page, item.frame] for item in self.shown]
        parameters = {"shown": canonical(shown).decode(), "frames": str(self.frames), "share": f"{self.share:g}"}
        if self.renderer:
            parameters["pdfium"] = self.renderer.pdfium
            parameters |= {f"font {name}": sha256 for name, sha256 in self.renderer.fonts.items()}
        return Stage(
            name=_STAGE,
            version=_VERSION,
            inputs={"source": self.source_sha256},
            parameters={**parameters, "ffmpeg": self.ffmpeg},
        )

    @property
    def sha256(self) -> str:
        """What plans name it by before it is there: its stage's key."""
        return self.stage.key
