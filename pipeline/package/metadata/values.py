"""What a programme's values are called in dialects of C2 and in tables of branches, and how each is found. Pure.

Media are named as MediaInfo names them, sizes and definitions by the words below: what a receiver calls them stands in
its data (`map:`).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.media.track_shape import HD_LINES
from pipeline.model import languages, region
from pipeline.model.programme import (
    Description,
    PartDescription,
    Programme,
    ProgrammePart,
    ProgrammePoster,
    ProgrammeStream,
)
from pipeline.model.submission import Kind
from pipeline.package.metadata.field_texts import Duration, Value

UHD_LINES = 2160
Values = dict[str, Value]
_SIZES = {
    (176, 144): "qcif",
    (320, 240): "qvga",
    (480, 576): "2/3d1",
    (544, 576): "3/4d1",
    (704, 480): "d1",
    (704, 576): "d1",
    (720, 480): "d1",
    (720, 576): "d1",
    (3840, 2160): "2160p",
    (4096, 2160): "4096x2160",
}


def _extent(programme: Programme) -> str | None:
    """How much of it is declared to be generated: `whole`, `part` or `none`."""
    found = programme.generated
    return found.extent.value if found and found.extent else None


# of a film, of a course, and of one of its lessons (None is the whole)
DESCRIBED: Mapping[str, Callable[[Description, PartDescription | None], Value]] = {
    "title": lambda told, part: (part or told).title.zh,
    "title_en": lambda told, part: (part or told).title.en,
    "short_title": lambda told, part: (part or told).short_title.zh,
    "short_title_en": lambda told, part: (part or told).short_title.en,
    "pinyin": lambda told, part: (part or told).search.pinyin,
    "initials": lambda told, part: (part or told).search.initials,
    "series_title": lambda told, _: told.title.zh,
    "synopsis": lambda told, _: told.synopsis.zh if told.synopsis else None,
    "synopsis_en": lambda told, _: told.synopsis.en if told.synopsis else None,
    "short_synopsis": lambda told, _: told.short_synopsis.zh if told.short_synopsis else None,
    "short_synopsis_en": lambda told, _: told.short_synopsis.en if told.short_synopsis else None,
    "column": lambda told, _: told.column.zh if told.column else None,
    "column_name": lambda told, _: told.column.name if told.column else None,
    "genre": lambda told, _: told.genre.zh if told.genre else None,
    "genre_name": lambda told, _: told.genre.name if told.genre else None,
    "country": lambda told, _: told.country.zh if told.country else None,
    "country_code": lambda told, _: told.country.name if told.country else None,
    "kind": lambda told, _: told.kind.value,
    "year": lambda told, _: told.year,
    "rating": lambda told, _: told.rating,
    "keywords": lambda told, _: told.keywords,
    "episode": lambda told, part: part.number if told.kind is Kind.COURSE and part else told.episode,
    "air_date": lambda told, _: told.air_date,
    "produced": lambda told, _: told.produced,
    "licence_from": lambda told, _: told.licence.start if told.licence else None,
    "licence_until": lambda told, _: told.licence.until if told.licence else None,
    "director": lambda told, _: told.credits.director,
    "organisation": lambda told, _: told.credits.organisation,
    "writers": lambda told, _: told.credits.writers,
    "cast": lambda told, _: told.credits.cast,
    "hosts": lambda told, _: told.credits.hosts,
    "guests": lambda told, _: told.credits.guests,
    "reporters": lambda told, _: told.credits.reporters,
    "producers": lambda told, _: told.credits.producers,
    "prefecture": lambda told, _: told.prefecture,
    "prefecture_name": lambda told, _: region.name_of(told.prefecture, "zh"),
    "id": lambda told, _: told.identity,
    "part": lambda _, part: None if part is None else str(part.key),
    "languages": lambda told, _: tuple(map(languages.chinese_name, told.languages)),
}
_MADE: Mapping[str, Callable[[Programme, ProgrammePart], Value]] = {
    "revision": lambda programme, _: programme.revision,
    "languages": lambda _, part: tuple(map(languages.chinese_name, part.languages)),
    "is_episode": lambda programme, _: "yes" if programme.is_course else "no",
    "subtitle_languages": lambda _, part: tuple(map(languages.chinese_name, part.subtitles)),
    "subtitle_files": lambda _, part: tuple(f"{language}={file}" for language, file in part.subtitles.items()),
    "searched": lambda programme, part: (
        *programme.description.keywords,
        *(f"{languages.chinese_name(language)}字幕" for language in part.subtitles),
    ),
    "definition": lambda _, part: definition(part.streams),
    "duration": lambda _, part: duration(part.streams),
    "generated": lambda programme, _: _extent(programme),
    "generated_label": lambda programme, _: programme.generated.label if programme.generated else None,
    "has_subtitles": lambda _, part: "yes" if part.subtitles else "no",
}
_SERIES: Mapping[str, Callable[[Programme], Value]] = {
    "revision": lambda programme: programme.revision,
    "generated": _extent,
    "generated_label": lambda programme: programme.generated.label if programme.generated else None,
    "episodes": lambda programme: len(played(programme)) + len(programme.expected),
}
STREAM: Mapping[str, Callable[[ProgrammeStream], Value]] = {
    "file": lambda stream: stream.file,
    "profile": lambda stream: stream.profile,
    "sha256": lambda stream: stream.sha256,
    "size_bytes": lambda stream: stream.size_bytes,
    "duration": lambda stream: Duration(stream.frames, stream.frame_rate),
    "definition": lambda stream: definition((stream,)),
    "resolution": lambda stream: resolution(stream.width, stream.height, interlaced=stream.interlaced),
    "width": lambda stream: stream.width,
    "height": lambda stream: stream.height,
    "scan": lambda stream: "interlaced" if stream.interlaced else "progressive",
    "frame_rate": lambda stream: f"{stream.frame_rate:g}",
    "video_codec": lambda stream: stream.video_codec,
    "video_profile": lambda stream: stream.video_profile.partition("@")[0],
    "video_kbps": lambda stream: stream.video_bps // 1000,
    "audio_codec": lambda stream: stream.audio_codec,
    "audio_kbps": lambda stream: stream.audio_bps // stream.audio_tracks // 1000 if stream.audio_tracks else None,
    "audio_tracks": lambda stream: "several" if stream.audio_tracks > 1 else "one" if stream.audio_tracks else "none",
    "burnt": lambda stream: "yes" if stream.burnt else "no",
    "burnt_language": lambda stream: languages.chinese_name(stream.burnt) if stream.burnt else None,
}
PICTURE: Mapping[str, Callable[[ProgrammePoster], Value]] = {
    "file": lambda poster: poster.file,
    "sha256": lambda poster: poster.sha256,
    "size_bytes": lambda poster: poster.size_bytes,
    "width": lambda poster: poster.width,
    "height": lambda poster: poster.height,
    "shape": lambda poster: "landscape" if poster.is_landscape else "portrait",
}
DAYS = ("air_date", "produced", "licence_from", "licence_until")
PROGRAM_NAMES = frozenset((*DESCRIBED, *_MADE))
SERIES_NAMES = frozenset((*DESCRIBED, *_SERIES))


def described(description: Description, part: PartDescription | None) -> Values:
    """What is known before anything is made; `part` is a film's one part or a lesson."""
    return {name: value(description, part) or None for name, value in DESCRIBED.items()}


def of_program(programme: Programme, part: ProgrammePart) -> Values:
    """A film, or one lesson of a course."""
    told = described(programme.description, part)
    return {**told, **{name: value(programme, part) or None for name, value in _MADE.items()}}


def of_series(programme: Programme) -> Values:
    """A course."""
    return {
        **described(programme.description, None),
        **{name: value(programme) for name, value in _SERIES.items()},
    }


def of_stream(stream: ProgrammeStream) -> Values:
    """One stream for set-top boxes."""
    return {name: value(stream) for name, value in STREAM.items()}


def of_picture(poster: ProgrammePoster) -> Values:
    """One picture."""
    return {name: value(poster) for name, value in PICTURE.items()}


def played(programme: Programme) -> tuple[ProgrammePart, ...]:
    """The parts with a stream for set-top boxes: a lesson of sound alone is not for a head-end."""
    return tuple(part for part in programme.parts if part.streams)


def definition(streams: tuple[ProgrammeStream, ...]) -> str | None:
    """Of the finest: `sd`, `hd` or `uhd`."""
    lines = max((stream.height for stream in streams), default=0)
    return ("uhd" if lines >= UHD_LINES else "hd" if lines >= HD_LINES else "sd") if lines else None


def duration(streams: tuple[ProgrammeStream, ...]) -> Duration | None:
    """All streams of a part show the same."""
    return Duration(streams[0].frames, streams[0].frame_rate) if streams else None


def resolution(width: int, height: int, *, interlaced: bool) -> str | None:
    """HD by its lines (`1080i`, `1080p`, `720p`), other sizes exactly; None for one that has no name."""
    by_lines = {1080: "1080i" if interlaced else "1080p", 720: "720p"}
    return by_lines.get(height) or _SIZES.get((width, height))
