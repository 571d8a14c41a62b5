"""What of a package a viewer gets: each lesson's film, sound, subtitles, slides and hand-outs."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PurePosixPath

from pipeline.media.track_shape import is_portrait
from pipeline.model.base import canonical
from pipeline.model.course import PartKey
from pipeline.model.languages import UNKNOWN
from pipeline.model.package import Package, PackageFile, PackagePart
from pipeline.model.plan import OutputForm
from pipeline.model.rendition import Rendition, StoredFile

REMUX_VERSION = 1
FILM, SOUND = "mp4", "m4a"
PREFERRED = ("station", "projector")  # of several MP4s
_INDEX = "index.m3u8"


@dataclass(frozen=True)
class StreamOf:
    """One stream of a file in the package, such as `v:0`; `form` says how the file is read."""

    path: str
    form: OutputForm
    stream: str
    language: str | None = None


@dataclass(frozen=True)
class Remuxed:
    """A file that is made of streams as they are, where the package has none that a browser plays from a disk.

    Args:
        files: all that is read, playlists and segments.
        generated_label: of generated content, of what it is made of.
    """

    streams: tuple[StreamOf, ...]
    files: tuple[StoredFile, ...]
    suffix: str
    generated_label: str | None = None

    @property
    def made_of(self) -> str:
        """SHA-256 (hex) of what decides its bytes, but for the ffmpeg."""
        streams = [[item.path, item.stream, item.language] for item in self.streams]
        return hashlib.sha256(
            canonical([REMUX_VERSION, streams, [item.sha256 for item in self.files], self.suffix, *self._label])
        ).hexdigest()

    @property
    def _label(self) -> tuple[str, ...]:
        """Nothing where there is none: such files keep their names."""
        return () if self.generated_label is None else (self.generated_label,)

    @property
    def size_bytes(self) -> int:
        """At most: one index takes less than the heads of all segments."""
        return sum(item.size_bytes for item in self.files) + (64 << 10)


Playable = StoredFile | Remuxed


@dataclass(frozen=True)
class Sound:
    """One language of a lesson's sound."""

    language: str | None
    file: Playable


@dataclass(frozen=True)
class Lesson:
    """A film or part of a course. `film` is None where it is sound alone; then `sounds` begins with its own.

    Args:
        subtitles: one file a language.
        pages: pictures of the deck that is shown, in order.
        times: when which page is shown.
    """

    key: PartKey
    number: int
    title: str
    title_en: str | None
    unit: str | None
    duration_s: float
    film: Playable | None
    film_language: str | None
    sounds: tuple[Sound, ...]
    poster: StoredFile | None
    subtitles: tuple[PackageFile, ...]
    documents: tuple[PackageFile, ...]
    pages: tuple[StoredFile, ...]
    times: PackageFile | None
    chapters: PackageFile | None


def lessons(package: Package) -> tuple[Lesson, ...]:
    """The parts that are there, in the order of showing."""
    return tuple(_lesson(package, part) for part in package.parts)


def whole_documents(package: Package) -> tuple[PackageFile, ...]:
    """The hand-outs of the whole course."""
    return tuple(item for item in package.files if item.part is None and item.role in ("document", "slides"))


def _lesson(package: Package, part: PackagePart) -> Lesson:
    files = [item for item in package.files if item.part == part.key]
    renditions = [item for item in package.renditions if item.part == part.key]
    film = _film(renditions)
    sounds = _own_sounds(renditions)
    if film is not None:
        # what the package has as sound alone need not be made
        there = {item.language: item for item in sounds if item.language not in (None, film.language)}
        sounds = list(({item.language: item for item in film.dubs} | there).values())
    labels = _labels(part, renditions)
    documents = tuple(item for item in files if item.role in ("document", "slides"))
    times = _first(files, "slide_times")
    return Lesson(
        key=part.key,
        number=part.number,
        title=part.title,
        title_en=part.title_en,
        unit=part.unit,
        duration_s=part.duration_s,
        film=_labelled(film.file, labels) if film else None,
        film_language=film.language if film else None,
        sounds=tuple(replace(item, file=_labelled(item.file, labels)) for item in sounds),
        poster=_poster(files, renditions),
        subtitles=tuple(item for item in files if item.role == "subtitles" and item.language),
        documents=documents,
        pages=_pages(files, [item for item in documents if item.role == "slides"]),
        times=times,
        chapters=_first(files, "chapters"),
    )


def _labels(part: PackagePart, renditions: Sequence[Rendition]) -> dict[str, str]:
    """The label of generated content of each file that streams are taken of; a transport stream holds none itself."""
    own = {
        stored.path: part.generated_label if item.form is OutputForm.MPEGTS else item.generated_label
        for item in renditions
        for stored in item.files
    }
    return {path: label for path, label in own.items() if label is not None}


def _labelled(file: Playable, labels: Mapping[str, str]) -> Playable:
    """What is made of streams gets the label of the first that has one."""
    if not isinstance(file, Remuxed):
        return file
    return replace(file, generated_label=next((labels[s.path] for s in file.streams if s.path in labels), None))


@dataclass(frozen=True)
class _Film:
    file: Playable
    language: str | None
    dubs: tuple[Sound, ...]


def _film(renditions: Sequence[Rendition]) -> _Film | None:
    """The MP4 for stations, else another one, else the best rung of the ladder and its sound in one file."""
    single = {item.profile: item for item in renditions if item.form is OutputForm.MP4}
    if chosen := next((single[name] for name in (*PREFERRED, *single) if name in single), None):
        file = chosen.files[0]
        tracks = chosen.media.audio
        dubs = [
            Sound(track.language, _sound_of(file, OutputForm.MP4, f"a:{at}", track.language))
            for at, track in enumerate(tracks)
            if at
        ]
        return _Film(file, _known(tracks[0].language if tracks else chosen.language), tuple(dubs))
    rungs = [item for item in renditions if item.form is OutputForm.HLS_VIDEO and item.media.video]
    if not rungs:
        return _of_stream([item for item in renditions if item.form is OutputForm.MPEGTS and item.media.video])
    best = max(rungs, key=lambda item: (item.media.video[0].height, item.bandwidth_bps or 0))
    sounds = [item for item in renditions if item.form is OutputForm.HLS_AUDIO and item.profile == best.profile]
    streams = [_whole(best, "v:0"), *(_whole(item, "a:0") for item in sounds[:1])]
    needed = [stored for item in (best, *sounds[:1]) for stored in _streamed(item)]
    dubs = [Sound(item.language, Remuxed((_whole(item, "a:0"),), _streamed(item), SOUND)) for item in sounds[1:]]
    return _Film(Remuxed(tuple(streams), tuple(needed), FILM), sounds[0].language if sounds else None, tuple(dubs))


def _of_stream(streams: Sequence[Rendition]) -> _Film | None:
    """The finest transport stream without subtitles in its pictures, and every language of its sound."""
    if not streams:
        return None
    best = max(streams, key=lambda item: (item.burnt is None, item.media.video[0].height))
    file = best.files[0]
    tracks = best.media.audio
    own = tracks[0].language if tracks else None
    parts = [StreamOf(file.path, best.form, "v:0")]
    parts += [StreamOf(file.path, best.form, "a:0", own)] if tracks else []
    dubs = [
        Sound(track.language, _sound_of(file, best.form, f"a:{at}", track.language))
        for at, track in enumerate(tracks)
        if at
    ]
    return _Film(Remuxed(tuple(parts), (file,), FILM), _known(own), tuple(dubs))


def _own_sounds(renditions: Sequence[Rendition]) -> list[Sound]:
    """What there is as sound alone, in MP3 where it can be had: television sets and old players know that."""
    found: dict[str | None, StoredFile] = {}
    for item in renditions:
        if item.form is OutputForm.AUDIO:
            file, language = item.files[0], _known(item.language)
            if language not in found or file.path.endswith(".mp3"):
                found[language] = file
    return [Sound(language, file) for language, file in found.items()]


def _known(language: str | None) -> str | None:
    return None if language == UNKNOWN else language


def _sound_of(file: StoredFile, form: OutputForm, stream: str, language: str | None) -> Remuxed:
    return Remuxed((StreamOf(file.path, form, stream, language),), (file,), SOUND)


def _whole(item: Rendition, stream: str) -> StreamOf:
    main = next(stored.path for stored in item.files if PurePosixPath(stored.path).name == _INDEX)
    return StreamOf(main, item.form, stream, item.language)


def _streamed(item: Rendition) -> tuple[StoredFile, ...]:
    """A rendition's playlist and what it names."""
    return tuple(stored for stored in item.files if not stored.path.endswith("iframes.m3u8"))


def _pages(files: Sequence[PackageFile], decks: Sequence[PackageFile]) -> tuple[StoredFile, ...]:
    """The pictures of the deck; those of hand-outs are none of it."""
    for deck in decks:
        folder = PurePosixPath(deck.path).with_suffix("")
        if pages := [item for item in files if item.role == "page" and PurePosixPath(item.path).parent == folder]:
            return tuple(sorted(pages, key=lambda item: item.path))
    return ()


def _poster(files: Sequence[PackageFile], renditions: Sequence[Rendition]) -> PackageFile | None:
    """The landscape one, as players and pages show pictures; else the one that there is."""
    portrait = {item.name for item in renditions for image in item.media.images if is_portrait(image)}
    found = [item for item in files if item.role == "poster"]
    return min(found, key=lambda item: item.rendition in portrait, default=None)


def _first(files: Sequence[PackageFile], role: str) -> PackageFile | None:
    return next((item for item in files if item.role == role), None)
