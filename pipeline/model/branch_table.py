"""How one branch wants the table of what it is to take in: `profiles/tables/<name>.yaml`.

No two branches have the same sheets, headings, times or addresses; whatever differs is data here.
"""

from __future__ import annotations

import re
from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, StringConstraints, model_validator
from pydantic_core import PydanticCustomError

from pipeline.model.base import Noun
from pipeline.model.field_rule import FieldRule
from pipeline.model.profile import About
from pipeline.model.submission import Kind
from pipeline.model.text import Line, Lines

MOST_SHEET_TITLE = 31  # Excel's own, as the next two
_NO_SHEET_TITLE = re.compile(r"""[\[\]:*?/\\<>|"]|^'|'$""")  # the last four are for the names of CSV files
_RESERVED_TITLE = "history"
_FIELD = re.compile(r"\{([a-z][a-z0-9_]*)(?::([^{}]*))?\}")
_LOGIN = re.compile(r"://[^/@\s]*@")

TableName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9.-]*$", max_length=32)]
Shape = Literal["portrait", "landscape"]
RowKind = Literal["programme", "series", "episode", "stream", "picture"]


def _sheet_title(text: str) -> str:
    if len(text) > MOST_SHEET_TITLE or _NO_SHEET_TITLE.search(text) or text.casefold() == _RESERVED_TITLE:
        raise PydanticCustomError("sheet_title", "is no name of a sheet")
    return text


def _without_login(text: str) -> str:
    if _LOGIN.search(text):
        raise PydanticCustomError("address_login", "must hold no user and no password")
    return text


def _template(text: str) -> str:
    if set(_FIELD.sub("", text)) & set("{}"):
        raise PydanticCustomError("template_braces", "a brace stands alone")
    return text


SheetTitle = Annotated[Line, AfterValidator(_sheet_title)]
Template = Annotated[Lines, AfterValidator(_without_login), AfterValidator(_template)]


def template_fields(template: str) -> list[tuple[str, str | None]]:
    """The values that a template names, each with what stands behind its colon."""
    return [(found[1], found[2]) for found in _FIELD.finditer(template)]


class Column(FieldRule):
    """One column.

    Args:
        under: its headings in further rows, below the first one.
        template: a text with values in braces: `{initials}{part_number:02}`; behind a colon stands a form, or how many
            figures there are at least.
        profile: of which profile's stream the values are; of the finest one where none is said.
        picture: of which kind of picture the values are (`BranchTable.pictures`); of the first that there is.
        cell: what a workbook's cell is. A date's `format` is then the workbook's own (`yyyy-mm-dd`).
        absent: there is no cell under the heading: the branch gives these values, and its reader takes an empty cell
            for one.
        width: in letters.
    """

    under: tuple[Line, ...] = ()
    template: Template | None = None
    profile: Line | None = None
    picture: Line | None = None
    cell: Literal["text", "number", "date"] = "text"
    absent: bool = False
    width: Annotated[int, Field(ge=1, le=255)] = 16

    @model_validator(mode="after")
    def _one_content(self) -> Self:
        if self.template is not None and (self.source or self.text is not None):
            raise PydanticCustomError("one_content", "takes one of from, text and template")
        if self.absent and (self.source or self.template or self.text is not None or self.required):
            raise PydanticCustomError("absent_filled", "a column without cells holds nothing")
        if self.text is not None:
            _without_login(self.text)
        return self


class TableSheet(Noun):
    """One sheet.

    Args:
        title: what it is called.
        rows: what a row is: a `programme` is a film or a course, a `series` a course, an `episode` a film or a lesson
            with streams for set-top boxes.
        kinds: whose rows there are.
        headed: the first rows are headings; where not, the branch reads by place.
        order: columns that come first, by their names; the others follow as they are listed.
    """

    name: Line
    title: SheetTitle
    rows: RowKind
    kinds: Annotated[tuple[Kind, ...], Field(min_length=1)] = (Kind.FILM, Kind.COURSE)
    headed: bool = True
    order: tuple[Line, ...] = ()
    columns: Annotated[tuple[Column, ...], Field(min_length=1)]

    @property
    def ordered(self) -> tuple[Column, ...]:
        """The columns from left to right."""
        by_name = {column.name: column for column in self.columns}
        first = [by_name[name] for name in self.order if name in by_name]
        return (*first, *(column for column in self.columns if column.name not in self.order))


class PictureRule(Noun):
    """One kind of picture that the branch takes.

    Args:
        type: what the branch calls it, as C2's mappings do (clause 3.15).
    """

    name: Line
    shape: Shape | None = None
    profile: Line | None = None
    type: Annotated[str, StringConstraints(pattern=r"^[0-9]{1,2}$")]
    sequence: Annotated[int, Field(ge=0, le=9_999_999)] = 1


STORED = "{prefecture}/{id}/{package_id}/{path}"  # as in the store, and below where a hand-over keeps its tree


class Addresses(Noun):
    """Where the branch fetches files, by templates; without one, where they lie in the store."""

    stream: Template = STORED
    picture: Template = STORED


class BranchTable(Noun):
    """One branch's table.

    Args:
        definitions: HD and SD are files of one episode, or two episodes (as `Dialect.definitions`).
        pictures: the kinds of pictures, in the order of their rows.
    """

    schema_version: Literal[1]
    name: TableName
    about: About | None = None
    definitions: Literal["movies", "programs"] = "movies"
    addresses: Addresses = Addresses()
    pictures: tuple[PictureRule, ...] = (
        PictureRule(name="portrait", shape="portrait", type="1"),
        PictureRule(name="landscape", shape="landscape", type="2"),
    )
    sheets: Annotated[tuple[TableSheet, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _titles_once(self) -> Self:
        known: set[str] = set()
        for number, sheet in enumerate(self.sheets):
            if (title := sheet.title.casefold()) in known:
                raise PydanticCustomError(
                    "sheet_title_twice", "another sheet is called so", {"at": ("sheets", number, "title")}
                )
            known.add(title)
        return self

    def picture(self, name: str) -> PictureRule | None:
        """The kind of picture of this name."""
        return next((item for item in self.pictures if item.name == name), None)
