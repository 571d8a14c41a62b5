"""Where in the folder everything of an item goes, under names that a stick takes and people read.

电视/棉花栽培/01-播种.mp4             films in showing order, for a television set; of a film alone 电视/我们的村医.mp4
课程/棉花栽培/01-播种.html            a lesson's page, which plays the film from there
课程/棉花栽培/资料|声音|图片/…        hand-outs, sound in other languages, pictures
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import PurePosixPath

from pipeline.media import fat
from pipeline.model import languages
from pipeline.model.offline import ShownDocument
from pipeline.model.package import Package, PackageFile
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Kind
from pipeline.package.offline.contents import FILM, Lesson, Playable, Remuxed, Sound, lessons, whole_documents

TELEVISION, PAGES = "电视", "课程"
DOCUMENTS, SOUNDS, PICTURES, COVER = "资料", "声音", "图片", "封面"
MOST_NAME = 40  # of an item's folder


@dataclass(frozen=True)
class Placement:
    """A file of the package, or one that is made of its streams, and its place in the folder."""

    path: str
    file: Playable

    @property
    def made_of(self) -> str:
        """What decides its bytes, by digest."""
        return self.file.made_of if isinstance(self.file, Remuxed) else self.file.sha256


@dataclass(frozen=True)
class PlacedSound:
    """Sound in one language."""

    language: str | None
    at: Placement


@dataclass(frozen=True)
class PlacedLesson:
    """A lesson with the place of each of its files; `main` is what is played, `film` whether that has a picture."""

    lesson: Lesson
    page: str
    main: Placement | None
    sounds: tuple[PlacedSound, ...]
    poster: Placement | None
    pages: tuple[Placement, ...]
    documents: tuple[tuple[ShownDocument, Placement], ...]

    @property
    def cover(self) -> Placement | None:
        """What stands for it in a list: its poster, else its first slide."""
        return self.poster or next(iter(self.pages), None)

    @property
    def is_film(self) -> bool:
        return self.lesson.film is not None

    @property
    def placements(self) -> Iterator[Placement]:
        """Every file, the largest first: what is missing is told of soonest."""
        yield from (self.main,) if self.main else ()
        yield from (item.at for item in self.sounds)
        yield from (at for _, at in self.documents)
        yield from self.pages
        yield from (self.poster,) if self.poster else ()


@dataclass(frozen=True)
class PlacedItem:
    """A film or course; `name` is what its folders are called."""

    package: Package
    name: str
    lessons: tuple[PlacedLesson, ...]
    documents: tuple[tuple[ShownDocument, Placement], ...]

    @property
    def placements(self) -> Iterator[Placement]:
        """Every file of it."""
        for lesson in self.lessons:
            yield from lesson.placements
        yield from (at for _, at in self.documents)


def named(package: Package, taken: set[str]) -> str:
    """What an item's folders are called: by its title, and unlike all others."""
    return fat.unlike(fat.name(package.submission.title_zh, most=MOST_NAME, fallback="film"), taken)


def placed(package: Package, name: str) -> PlacedItem:
    """The places of all that a viewer gets of a package."""
    places = _Places(name, is_course=package.submission.kind is Kind.COURSE)
    return PlacedItem(
        package,
        name,
        tuple(places.lesson(item) for item in lessons(package)),
        tuple(places.document(item, "") for item in whole_documents(package)),
    )


class _Places:
    """Gives each file of an item a place that no other has."""

    def __init__(self, name: str, *, is_course: bool):
        self._name, self._is_course = name, is_course
        self._home = f"{PAGES}/{name}"
        self._taken: set[str] = set()

    def lesson(self, item: Lesson) -> PlacedLesson:
        """Its files begin with its place in the course."""
        lead = f"{item.number:02}-" if self._is_course else ""
        name = fat.name(f"{lead}{item.title}", most=48, fallback="part")
        sounds = list(item.sounds)
        main = item.film or (sounds.pop(0).file if sounds else None)
        return PlacedLesson(
            item,
            self._of(f"{self._home}/{name}.html"),
            self._main(main, name) if main else None,
            tuple(self._sound(sound, name) for sound in sounds),
            self._picture(item.poster, f"{lead}{COVER}") if item.poster else None,
            tuple(self._picture(page, f"{lead}{at:04}") for at, page in enumerate(item.pages, start=1)),
            tuple(self.document(document, lead, item.title) for document in item.documents),
        )

    def document(self, file: PackageFile, lead: str, title: str = "") -> tuple[ShownDocument, Placement]:
        """A hand-out under the name that it was handed in by, with the ending that is right; one that was called 01 is
        called as its lesson is."""
        suffix = PurePosixPath(file.path).suffix
        given = PurePosixPath(file.file or file.path).stem
        title = title if title and given.isdecimal() else given
        begun = title if title.startswith(lead) else f"{lead}{title}"  # many hand them in with the number in front
        name = fat.name(begun, suffix, most=80, fallback="document")
        path = self._of(f"{self._home}/{DOCUMENTS}/{name}")
        return ShownDocument(title=f"{title}{suffix}", path=path, language=file.language), Placement(path, file)

    def _main(self, file: Playable, name: str) -> Placement:
        """Where a television set finds it: a course in a folder of its own."""
        inside = f"{self._name}/{name}" if self._is_course else self._name
        return Placement(self._of(f"{TELEVISION}/{inside}.{_suffix(file)}"), file)

    def _sound(self, sound: Sound, name: str) -> PlacedSound:
        language = languages.chinese_name(sound.language) if sound.language else SOUNDS
        path = self._of(f"{self._home}/{SOUNDS}/{name}-{fat.name(language)}.{_suffix(sound.file)}")
        return PlacedSound(sound.language, Placement(path, sound.file))

    def _picture(self, file: StoredFile, name: str) -> Placement:
        return Placement(self._of(f"{self._home}/{PICTURES}/{name}{PurePosixPath(file.path).suffix}"), file)

    def _of(self, path: str) -> str:
        return fat.unlike(path, self._taken)


def _suffix(file: Playable) -> str:
    """Without its dot."""
    return file.suffix if isinstance(file, Remuxed) else PurePosixPath(file.path).suffix.lstrip(".") or FILM
