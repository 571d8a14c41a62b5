"""Pages for station computers: they run from a disk or stick, with no line and no server, and without scripts as lists.

What a browser keeps from a page of a disk (`fetch`, files as text tracks) they do without: cues lie in the page. Their
scripts and styles are named to the browser by digest, so that nothing else in a page runs.
"""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Callable, Sequence
from itertools import groupby
from pathlib import Path, PurePosixPath
from typing import Any
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from pipeline import catalogue
from pipeline.model import languages
from pipeline.model.offline import ShownLesson, ShownProgramme, StationItem
from pipeline.package.offline import showing, telling
from pipeline.package.offline.placing import PlacedItem, PlacedLesson
from pipeline.package.offline.telling import Told

NAMES = {"zh": "中文", "en": "English", "uig": languages.name("uig")}
TAGS = {"zh": "zh-CN", "en": "en", "uig": "ug"}
_HERE = Path(__file__).parent


class StationPages:
    """Writes them."""

    def __init__(self) -> None:
        self._environment = Environment(
            loader=FileSystemLoader(_HERE),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )
        css, js = ((_HERE / name).read_text(encoding="utf-8") for name in ("station.css", "station.js"))
        self._words = {language: catalogue.for_viewers(language) for language in catalogue.VIEWERS}
        self._environment.globals |= {
            "css": css,
            "js": js,
            "policy": _policy(css, js),
            "words": self._words,
            "names": NAMES,
            "tags": TAGS,
            "clock_of": clock,
            "units": units,
        }

    def lesson(self, item: PlacedItem, number: int, told: Told) -> bytes:
        """The page of one lesson: film, chapters, slide, and all that goes with it.

        Args:
            number: its place among the lessons that are there, from 0.
        """
        placed = item.lessons[number]
        programme = showing.shown(item)
        links = _links_from(placed.page)
        sounds = [
            {"path": sound.at.path, "name": languages.name(sound.language or languages.UNKNOWN)}
            for sound in placed.sounds
        ]
        page = self._environment.get_template("station_lesson.html.j2").render(
            programme=programme,
            is_course=programme.kind == "course",
            lesson=placed.lesson,
            links=links,
            main=placed.main.path if placed.main else None,
            is_film=placed.is_film,
            poster=placed.poster.path if placed.poster else None,
            subtitles=told.subtitles,
            sounds=sounds,
            own_sound=languages.name(placed.lesson.film_language) if placed.lesson.film_language else None,
            chapters=told.chapters if placed.main else (),
            pages=[page.path for page in placed.pages],
            times=told.times,
            documents=[document for document, _ in placed.documents],
            course_documents=[document for document, _ in item.documents],
            data=self._data(placed, told),
        )
        return page.encode("utf-8")

    def index(self, items: Sequence[StationItem]) -> bytes:
        """The page that leads to all, courses first."""
        shown = [item.shown for item in items if item.shown]
        kinds = [(f"{kind}s", [one for one in shown if one.kind == kind]) for kind in ("course", "film")]
        page = self._environment.get_template("station_index.html.j2").render(
            kinds=[(kind, programmes) for kind, programmes in kinds if programmes],
            links=_links_from("index.html"),
            data={"words": self._words},
        )
        return page.encode("utf-8")

    def _data(self, placed: PlacedLesson, told: Told) -> dict[str, Any]:
        """What the script is told."""
        links = _links_from(placed.page)
        return {
            "words": self._words,
            "language": placed.lesson.film_language,
            "sound": not placed.is_film,
            "main": links(placed.main.path) if placed.main else None,
            "subtitles": [
                {
                    "language": item.language,
                    "tag": item.tag,
                    "name": item.name,
                    "cues": [telling.payload(cue) for cue in item.cues],
                }
                for item in told.subtitles
            ],
            "chapters": [item.start_s for item in told.chapters],
            "times": [(item.start_s, item.page) for item in told.times if item.page <= len(placed.pages)],
            "pages": [links(page.path) for page in placed.pages],
        }


def clock(seconds: float) -> str:
    """Minutes and seconds, hours where there are any."""
    minutes, rest = divmod(int(seconds + 0.5), 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes:02}:{rest:02}"


def units(programme: ShownProgramme) -> list[tuple[str | None, list[ShownLesson]]]:
    """Lessons under the headings that they stand under, in the order of showing."""
    return [(unit, list(lessons)) for unit, lessons in groupby(programme.lessons, key=lambda item: item.unit)]


def _links_from(place: str) -> Callable[[str], str]:
    """What writes addresses of the folder's files for a page at `place`."""
    up = "../" * (len(PurePosixPath(place).parts) - 1)
    return lambda path: up + quote(path)


def _policy(css: str, js: str) -> str:
    """What a browser lets a page do: show files of the same disk, and run what is ours."""

    def named(text: str) -> str:
        return f"'sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}'"

    return (
        f"default-src 'none'; img-src 'self' file:; media-src 'self' file:; style-src {named(css)}; "
        f"script-src {named(js)}; base-uri 'none'; form-action 'none'"
    )
