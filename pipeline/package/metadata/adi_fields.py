"""The App_Data of each ADI asset: what a title, a movie and a poster say of themselves (adi11 facts). Pure.

A field is a name and its text; one that may stand several times comes once for each value, one without a text not at
all.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from pipeline import graphemes
from pipeline.media.track_shape import HD_LINES
from pipeline.model import languages
from pipeline.model.adi import MOST_GENRE, MOST_LEVEL, MOST_SIDE, AdiSettings
from pipeline.model.metadata import MOST_SHORT_TITLE, Licence
from pipeline.model.programme import Description, Programme, ProgrammePart, ProgrammePoster, ProgrammeStream
from pipeline.model.vocabulary import Term
from pipeline.package.metadata.adi_rules import SPEC
from pipeline.package.metadata.field_texts import Duration

NOT_RATED = "NR"
_AUDIO_TYPES = {"AC-3": "Dolby Digital", "E-AC-3": "Dolby Digital"}  # all else that streams carry is stereo
_LEVELS, _INSTEAD = "/", "／"  # what parts the levels of a category, and what stands for it in a word
Field = tuple[str, str]


def of_package(settings: AdiSettings) -> Iterator[Field]:
    """What the package says."""
    yield "Metadata_Spec_Version", SPEC
    yield from _each("Provider_Content_Tier", settings.provider_content_tier)


def of_title(
    programme: Programme, part: ProgrammePart, stream: ProgrammeStream, settings: AdiSettings
) -> Iterator[Field]:
    """What is said of a film, or of a lesson as one of a series; `stream` is its movie."""
    told = programme.description
    yield "Type", "title"
    yield "Title_Brief", part.short_title.zh or graphemes.cut(part.title.zh, MOST_SHORT_TITLE)
    yield "Title", part.title.zh
    yield from _each("Summary_Short", (summary(told),))
    yield from _each("Summary_Medium", (" ".join(told.synopsis.zh.split()) if told.synopsis else None,))
    if programme.is_course:
        yield "Episode_Name", part.title.zh
    episode = part.number if programme.is_course else told.episode
    yield from _each("Episode_ID", () if episode is None else (str(episode),))
    yield "Rating", told.rating or NOT_RATED
    yield "Closed_Captioning", "N"  # subtitles are drawn into the pictures
    whole = Duration(stream.frames, stream.frame_rate).seconds
    yield "Run_Time", f"{whole // 3600:02}:{whole // 60 % 60:02}:{whole % 60:02}"
    yield "Display_Run_Time", f"{whole // 3600:02}:{whole // 60 % 60:02}"  # V: what is over a minute counts not
    year = told.year or (told.produced.year if told.produced else None)
    yield from _each("Year", () if year is None else (f"{year:04}",))
    yield from _each("Country_of_Origin", () if told.country is None else (_code(told.country),))
    yield from _each("Studio_Name", (told.credits.organisation,))
    yield from _people(told)
    root = (settings.category,) if settings.category else ()
    yield from _each("Category", (_LEVELS.join((*root, *_levels(programme))),))
    yield from _each("Genre", (genre(told, settings),))
    yield "Show_Type", settings.show_type or ("Series" if programme.is_course else "Other")
    yield "Billing_ID", settings.billing_id
    if told.licence:
        yield from _window(told.licence)
    yield "Preview_Period", str(settings.preview_period)
    yield from _each("Provider_QA_Contact", (settings.provider_qa_contact,))


def of_movie(part: ProgrammePart, stream: ProgrammeStream, settings: AdiSettings) -> Iterator[Field]:
    """What is said of a stream."""
    yield "Type", "movie"
    yield "Audio_Type", _AUDIO_TYPES.get(stream.audio_codec or "", "Stereo")
    yield from _each("Languages", map(languages.two_letters, part.languages))
    yield from _each("Subtitle_Languages", (languages.two_letters(stream.burnt),) if stream.burnt else ())
    if settings.hd_content:
        yield settings.hd_content, "Y" if stream.height >= HD_LINES else "N"
    if settings.technical:
        yield from _each("Codec", (_codec(stream),))
        yield "Resolution", f"{stream.height}{'i' if stream.interlaced else 'p'}"
        yield "Frame_Rate", f"{stream.frame_rate:.0f}"
    yield "Bit_Rate", f"{stream.size_bytes * 8 / stream.duration_s / 1000:.0f}"
    yield from _file(stream)


def of_picture(poster: ProgrammePoster, asset_class: str) -> Iterator[Field]:
    """What is said of a poster or box cover; its «aspect ratio» is its size (V)."""
    yield "Type", asset_class
    yield "Image_Aspect_Ratio", f"{poster.width}x{poster.height}"
    yield from _file(poster)


def _file(file: ProgrammeStream | ProgrammePoster) -> Iterator[Field]:
    yield "Content_FileSize", str(file.size_bytes)
    yield from _each("Content_CheckSum", (file.md5,))


def _each(name: str, values: Iterable[str | None]) -> Iterator[Field]:
    return ((name, value) for value in values if value)


def people(told: Description) -> Iterator[tuple[str, str, str]]:
    """Each person: the field of ADI, the value that it is from, the name as it was said."""
    credits = told.credits
    for name, source, said in (
        ("Actors", "cast", credits.cast),
        ("Director", "director", (credits.director,) if credits.director else ()),
        ("Producers", "producers", credits.producers),
    ):
        yield from ((name, source, one) for one in said)


def person(said: str) -> str | None:
    """A name as ADI takes it, `Last,First` where a comma parts it; None for one that is too long: which part of it is
    the family's nobody can tell from a name, and half a name is another person's."""
    sides = [side.strip() for side in said.replace("，", ",").split(",", maxsplit=1)]
    fits = all(0 < len(side) <= MOST_SIDE and "," not in side for side in sides)
    return ",".join(sides) if fits else None


def _people(told: Description) -> Iterator[Field]:
    for name, _, said in people(told):
        yield from _each(name, (person(said),))
    yield from _each("Actors_Display", ("、".join(told.credits.cast),))
    yield from _each("Writer_Display", ("、".join(told.credits.writers),))


def summary(told: Description) -> str | None:
    """The synopsis in one line."""
    return told.short_synopsis.zh if told.short_synopsis else None


def genre(told: Description, settings: AdiSettings) -> str | None:
    """What the operator calls the genre; None where there is none, or it is too long."""
    if told.genre is None:
        return None
    text = settings.genres.get(told.genre.name, told.genre.en)
    return text if len(text) <= MOST_GENRE else None


def _levels(programme: Programme) -> Iterator[str]:
    """The column, and below it the course that a lesson is of: ADI knows no series."""
    told = programme.description
    for level in (told.column.zh if told.column else None, told.short_title.zh if programme.is_course else None):
        if level:
            yield graphemes.cut(level.replace(_LEVELS, _INSTEAD), MOST_LEVEL)


def _window(licence: Licence) -> Iterator[Field]:
    """Both days whole (C2 facts: China time)."""
    yield "Licensing_Window_Start", f"{licence.start.isoformat()}T00:00:00"
    yield "Licensing_Window_End", f"{licence.until.isoformat()}T23:59:59"


def _code(term: Term) -> str:
    """Of a country; its own words where no vocabulary knows it."""
    return term.name if len(term.name) == 2 else term.zh  # ISO 3166-1 alpha-2


def _codec(stream: ProgrammeStream) -> str | None:
    """V: `MPEG2`, or `AVC` with the profile's letter and ten times the level; 1.1 has no word for others."""
    if stream.video_codec == "MPEG Video":
        return "MPEG2"
    profile, _, level = stream.video_profile.partition("@L")
    if stream.video_codec != "AVC" or not profile or not level:
        return None
    return f"AVC {profile[0]}P@L{round(float(level) * 10)}"
