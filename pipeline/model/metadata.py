"""What a submission says of its programme beside the title, and how long each field may be.

Lengths are those of the receivers: the C2 document's tables (clauses 3.4 and 3.13), CableLabs MD 3.0 for ADI 1.1, and
the narrowest table of a branch that was seen. They count characters; a receiver may count bytes of UTF-8, so a policy
warns of those where the limit is C2's.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Annotated, Any, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.text import MOST_LINE, MOST_LINES, Line, Lines, one_line

MOST_SHORT_TITLE = 19  # ADI 1.1, Title_Brief
MOST_SHORT_SYNOPSIS = 75  # a branch's table
MOST_NAMES = 256  # C2 clause 3.4, ActorDisplay and WriterDisplay, with what stands between the names
MOST_KEYWORDS = 256  # C2 clause 3.4, Keywords, with their semicolons
MOST_RATING = 50  # MD 3.0, Rating
MOST_COUNTRY = 64  # C2 clause 3.4, OriginalCountry
MOST_EPISODE = 99_999  # C2 clause 3.15: Sequence between series and programme has five digits
FIRST_YEAR, LAST_YEAR = 1888, 2199
SEPARATOR = ";"


def _no_separator(text: str) -> str:
    if SEPARATOR in text or "；" in text:
        raise PydanticCustomError("one_of_a_list", "must not hold a semicolon: write it as several")
    return text


def _joined(most: int) -> AfterValidator:
    """Several that are sent as one text."""

    def held(values: tuple[str, ...]) -> tuple[str, ...]:
        if len(SEPARATOR.join(values)) > most:
            raise PydanticCustomError("joined_long", "too long, at most {most} characters in all", {"most": most})
        return values

    return AfterValidator(held)


def _unsaid(value: Any) -> bool:
    return value is None or value == ()


def _default(value: Noun) -> bool:
    return value == type(value)()


OMITTED = Field(exclude_if=_unsaid)  # out of the JSON that names a package while unsaid
OMITTED_DEFAULT = Field(exclude_if=_default)
ShortLine = Annotated[str, StringConstraints(max_length=MOST_SHORT_TITLE), AfterValidator(one_line)]
ShortLines = Annotated[str, StringConstraints(max_length=MOST_SHORT_SYNOPSIS), AfterValidator(one_line)]
Rating = Annotated[str, StringConstraints(max_length=MOST_RATING), AfterValidator(one_line)]
Country = Annotated[str, StringConstraints(max_length=MOST_COUNTRY), AfterValidator(one_line)]
Year = Annotated[int, Field(ge=FIRST_YEAR, le=LAST_YEAR)]
Episode = Annotated[int, Field(ge=1, le=MOST_EPISODE)]
Listed = Annotated[Line, AfterValidator(_no_separator)]
Names = Annotated[tuple[Listed, ...], _joined(MOST_NAMES), OMITTED]
Keywords = Annotated[tuple[Listed, ...], _joined(MOST_KEYWORDS), OMITTED]
Latin = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+( [a-z0-9]+)*$", max_length=MOST_LINE)]


class ShortTitle(Noun):
    """A title for narrow places, by language."""

    zh: Annotated[ShortLine | None, OMITTED] = None
    en: Annotated[ShortLine | None, OMITTED] = None


class Synopsis(Noun):
    """What it is about, by language."""

    zh: Lines
    en: Annotated[Lines | None, OMITTED] = None


class ShortSynopsis(Noun):
    """The same in one line."""

    zh: Annotated[ShortLines | None, OMITTED] = None
    en: Annotated[ShortLines | None, OMITTED] = None


class Credits(Noun):
    """Who made it and who is in it. `contact` is for the editor alone and goes into no metadata."""

    director: Line | None = None
    organisation: Line | None = None
    contact: Line | None = None
    writers: Names = ()
    cast: Names = ()
    hosts: Names = ()
    guests: Names = ()
    reporters: Names = ()
    producers: Names = ()


class Licence(Noun):
    """When it may be shown: both days included, China time."""

    start: date = Field(alias="from")
    until: date

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.until < self.start:
            raise PydanticCustomError("licence_order", "ends before it begins")
        return self


class SearchNames(Noun):
    """What viewers type with a remote control: the title's pinyin in syllables, and their first letters."""

    pinyin: Annotated[Latin | None, OMITTED] = None
    initials: Annotated[Latin | None, OMITTED] = None


@dataclass(frozen=True)
class MetadataField:
    """A field of a submission: where it stands, how long it may be.

    Args:
        most: characters of a text, or the greatest number; of a list all together.
        in_bytes: the limit is C2's, which may mean bytes of UTF-8.
        source: where the limit is from.
    """

    path: tuple[str, ...]
    most: int
    source: str
    in_bytes: bool = False

    @property
    def name(self) -> str:
        """`title.zh`."""
        return ".".join(self.path)

    @property
    def value(self) -> str:
        """What it is called among a programme's values: `title_en`, `cast`."""
        return "_".join(part for part in self.path if part not in ("zh", "credits", "search"))

    def texts(self, data: Any) -> Iterator[str]:
        """What a submission, as plain data, says in it: one text, or none; lists as they are sent."""
        for key in self.path:
            data = data.get(key) if isinstance(data, dict) else data if key == "zh" else None
        if isinstance(data, (list, tuple)):
            data = SEPARATOR.join(map(str, data))
        if data:
            yield str(data)


_C2, _C2_NAMES = "C2 3.0, 3.4 Name", "C2 3.0, 3.4 ActorDisplay, WriterDisplay"
_BY_LANGUAGE = (
    ("title", MOST_LINE, _C2, True),
    ("short_title", MOST_SHORT_TITLE, "CableLabs MD 3.0, Title_Brief", False),
    ("synopsis", MOST_LINES, "C2 3.0, 3.4 Description", True),
    ("short_synopsis", MOST_SHORT_SYNOPSIS, "the narrowest table of a branch", False),
)
_PEOPLE = ("writers", "cast", "hosts", "guests", "reporters", "producers")
FIELDS: tuple[MetadataField, ...] = (
    *(
        MetadataField((name, language), most, source, in_bytes)
        for name, most, source, in_bytes in _BY_LANGUAGE
        for language in ("zh", "en")
    ),
    MetadataField(("column",), MOST_LINE, "C2 3.0, 3.4 Tags"),
    MetadataField(("genre",), MOST_LINE, "C2 3.0, 3.4 Genre", in_bytes=True),
    MetadataField(("credits", "director"), MOST_LINE, _C2_NAMES, in_bytes=True),
    MetadataField(("credits", "organisation"), MOST_LINE, "CableLabs MD 3.0, Studio_Name", in_bytes=True),
    MetadataField(("credits", "contact"), MOST_LINE, "ours"),
    *(MetadataField(("credits", name), MOST_NAMES, _C2_NAMES, in_bytes=True) for name in _PEOPLE),
    MetadataField(("country",), MOST_COUNTRY, "C2 3.0, 3.4 OriginalCountry", in_bytes=True),
    MetadataField(("year",), LAST_YEAR, "C2 3.0, 3.4 ReleaseYear"),
    MetadataField(("rating",), MOST_RATING, "CableLabs MD 3.0, Rating"),
    MetadataField(("keywords",), MOST_KEYWORDS, "C2 3.0, 3.4 Keywords", in_bytes=True),
    MetadataField(("episode",), MOST_EPISODE, "C2 3.0, 3.15 Sequence"),
    MetadataField(("search", "pinyin"), MOST_LINE, "C2 3.0, 3.4 SearchName"),
    MetadataField(("search", "initials"), MOST_LINE, "C2 3.0, 3.4 SearchName"),
)
