"""A programme as ADI 1.1: a document for a film, one for each lesson of a course (adi11 facts). Pure.

ADI has one title in a package and one movie in a title: its readers hold a title's files by class, so that a second
movie would take the place of the first. The movie is the stream that the set prefers, else the finest without burnt
subtitles. For the same reason there is one poster, the landscape one where there are both; the other shape is the box
cover.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import PurePosixPath

from pipeline.model.adi import MOST_GENRE, MOST_LEVEL, MOST_SIDE, AdiSettings, Ams, AppData, Asset
from pipeline.model.programme import Description, Programme, ProgrammePart, ProgrammePoster, ProgrammeStream
from pipeline.package.metadata import adi_fields, adi_ids
from pipeline.package.metadata.adi_document import to_xml
from pipeline.package.metadata.adi_fields import Field
from pipeline.package.metadata.field_texts import FaultKind, FieldFault

NAME = "ADI 1.1"
FILE, FOLDER = "metadata/adi.xml", "metadata/adi"
DATED = "creation_date"  # what is lacking without `produced` and licence, among a programme's values


def render(programme: Programme) -> dict[str, bytes]:
    """The documents by their places in the package: of each part that is played and whose set asks for it.

    Raises:
        ValueError: nothing dates the programme, or a document is not valid (faults of this program).
    """
    found = {}
    for part in programme.parts:
        if part.adi is not None and part.streams:
            place = f"{FOLDER}/{part.key}.xml" if programme.is_course else FILE
            found[place] = to_xml(package(programme, part, part.adi))
    return found


def package(programme: Programme, part: ProgrammePart, settings: AdiSettings) -> Asset:
    """The asset of the package, all others in it.

    Raises:
        ValueError: nothing dates the programme.
    """
    stream = movie(part.streams, settings)

    def asset(kind: str, fields: Iterable[Field], inner: tuple[Asset, ...] = (), file: str | None = None) -> Asset:
        own = adi_ids.asset_id(programme, part, settings.provider_prefix, kind)
        return Asset(
            ams=_ams(programme, part, settings, kind),
            app_data=tuple(AppData(app=settings.product, name=name, value=value) for name, value in fields),
            assets=inner,
            content=file and own + PurePosixPath(file).suffix,
        )

    files = (
        asset("movie", adi_fields.of_movie(part, stream, settings), file=stream.file),
        *(asset(kind, adi_fields.of_picture(item, kind), file=item.file) for kind, item in pictures(part.posters)),
    )
    title = asset("title", adi_fields.of_title(programme, part, stream, settings), files)
    return asset("package", adi_fields.of_package(settings), (title,))


def _ams(programme: Programme, part: ProgrammePart, settings: AdiSettings, kind: str) -> Ams:
    made = creation_date(programme.description)
    if made is None:
        raise ValueError("nothing dates the programme")
    return Ams(
        provider=settings.provider,
        provider_id=settings.provider_id,
        product=settings.product,
        asset_name=adi_ids.asset_name(programme, part, kind),
        asset_id=adi_ids.asset_id(programme, part, settings.provider_prefix, kind),
        asset_class=kind,
        description=adi_ids.description(part, kind),
        creation_date=made.isoformat(),
        version_major=str(programme.revision),
        version_minor="0",
    )


def creation_date(told: Description) -> date | None:
    """When it was finished, else its licence's first day: never a clock's, so that a package repeats its bytes."""
    return told.produced or (told.licence.start if told.licence else None)


def movie(streams: tuple[ProgrammeStream, ...], settings: AdiSettings) -> ProgrammeStream:
    """The one stream that is the title's movie."""
    for name in settings.movie:
        for stream in streams:
            if stream.profile == name:
                return stream
    return max(streams, key=lambda stream: (stream.burnt is None, stream.height, stream.width, stream.video_bps))


def pictures(posters: tuple[ProgrammePoster, ...]) -> Iterator[tuple[str, ProgrammePoster]]:
    """The title's pictures by class: the first of each shape."""
    shapes = {item.is_landscape: item for item in reversed(posters)}
    for kind, wide in zip(("poster", "box cover"), sorted(shapes, reverse=True), strict=False):
        yield kind, shapes[wide]


def described_faults(told: Description) -> Iterator[FieldFault]:
    """What ADI lacks in what is said of a programme, before anything of it is made."""
    if creation_date(told) is None:
        yield FieldFault("Creation_Date", FaultKind.MISSING, DATED)
    if not adi_fields.summary(told):
        yield FieldFault("Summary_Short", FaultKind.MISSING, "synopsis")
    if told.column and len(told.column.zh) > MOST_LEVEL:
        yield FieldFault("Category", FaultKind.LONG, "column", MOST_LEVEL, len(told.column.zh))


def left_out(told: Description, settings: AdiSettings) -> Iterator[tuple[FieldFault, str]]:
    """What is too long for its field and not needed there, with the text."""
    for name, source, said in adi_fields.people(told):
        if adi_fields.person(said) is None:
            yield FieldFault(name, FaultKind.LONG, source, MOST_SIDE, len(said)), said
    if told.genre and adi_fields.genre(told, settings) is None:
        yield FieldFault("Genre", FaultKind.LONG, "genre", MOST_GENRE, len(told.genre.en)), told.genre.en
