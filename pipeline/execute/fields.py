"""Fields of a submission as people write them in tables and on the command line: headings, names, dates."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from pipeline.errors import InputError
from pipeline.exchange.table_headings import folded
from pipeline.execute import headings
from pipeline.model import languages
from pipeline.model.generated import Extent
from pipeline.model.submission import Kind
from pipeline.tables import Row
from pipeline.workbook import Odd
from pipeline.yamlio import Document, Location, Place

_NEEDED = ("file", "title", "prefecture")  # a column of these is filled in every row
# what is left out of a row is the workspace's, the film's own, or «for ever»: never in silence under a filled cell
_TAKEN_FROM_ELSEWHERE = ("column", "kind", "languages", "organisation", "from", "until")
_ONE_LINE = (
    *("title", "title_en", "short_title", "short_synopsis", "column", "genre", "country", "rating"),
    *("director", "organisation", "contact"),
)
_PEOPLE = ("writers", "cast", "hosts", "guests", "reporters", "producers")
_LISTS = ("keywords", *_PEOPLE)
_NUMBERS = ("year", "episode")
_LOCATIONS: dict[str, Location] = {
    "title_en": ("title", "en"),
    "director": ("credits", "director"),
    "organisation": ("credits", "organisation"),
    "contact": ("credits", "contact"),
    **{name: ("credits", name) for name in _PEOPLE},
    "from": ("licence", "from"),
    "until": ("licence", "until"),
    "generated": ("generated", "extent"),
}
_DATES = ("from", "until", "air_date", "produced")
_KINDS = {
    "影片": "film",
    "专题": "film",
    "专题片": "film",
    "纪录片": "film",
    "电影": "film",
    "课程": "course",
    "课件": "course",
    "讲座": "course",
}
_EXTENTS = {
    "全部": "whole",
    "全部生成": "whole",
    "部分": "part",
    "部分生成": "part",
    "无": "none",
    "没有": "none",
    "否": "none",
}
_DATE = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?")


@dataclass(frozen=True)
class Given:
    """A field's text and where it was written: FILE, line and column, or the flag.

    Args:
        heading: what the table calls the field, if it is a table's cell.
        above: the last text above, if the cell is empty.
        odd: what a workbook's cell holds in place of a text.
    """

    text: str
    place: Place
    heading: str | None = None
    above: str = ""
    odd: Odd | None = None

    @property
    def where(self) -> str:
        return ":".join(map(str, self.place))


def refuse_beyond(row: Row) -> None:
    """A text to the right of the last heading belongs to no field, and the cells before it may have moved with it.

    Raises:
        InputError: there is one; `where` is the cell.
    """
    if row.beyond:
        where = f"{row.where}:{row.beyond.column}"
        raise InputError("table_cell_beyond", where=where, text=row.beyond.text[:80])


def of_row(row: Row) -> dict[str, Given]:
    """The fields that a table's row holds.

    A cell that is empty where something else would be taken in its place is a field without text: `document` refuses
    it, unless a flag stands in for it.
    """
    found: dict[str, Given] = {}
    for heading, cell in row.cells.items():
        field = headings.field_of(heading)
        if field in found and field in headings.SEVERAL:  # a name and a number
            found[field] = replace(found[field], text=f"{found[field].text} {cell.text}")
        elif field and field not in found:
            found[field] = Given(cell.text, (row.file, cell.line, cell.column), heading, odd=cell.odd)
    for heading, cell in row.empty.items():
        field = headings.field_of(heading)
        if field and field not in found and (field in _NEEDED or (cell.text and field in _TAKEN_FROM_ELSEWHERE)):
            found[field] = Given("", (row.file, cell.line, cell.column), heading, above=cell.text)
    return found


def document(given: Mapping[str, Given], media: Sequence[Mapping[str, Any]], name: str) -> Document:
    """The fields as a submission's document, each value with its place, so that errors name the cell or the flag.

    Raises:
        InputError: a table's cell is empty, or holds several lines where one is meant; `where` is the cell.
    """
    for field, item in given.items():
        if item.heading:
            _refuse_cell(field, item, item.heading)
    data: dict[str, Any] = {"schema_version": 1}
    places: dict[Location, Place] = {(): (name,)}
    for field in (item for item in headings.FIELDS if item in given and item != "file"):
        location = _location(field, given)
        node = data
        for part in location[:-1]:
            node = node.setdefault(str(part), {})
        node[str(location[-1])] = _value(field, given[field].text)
        for end in range(1, len(location) + 1):
            places.setdefault(location[:end], given[field].place)
    data["media"] = [dict(item) for item in media]
    places[("media",)] = given["file"].place if "file" in given else (name,)
    return Document(name, data, places, _names(given))


def _names(given: Mapping[str, Given]) -> dict[Location, str]:
    """What the fields are called where they were written; one that is missing, as such a table would call it."""
    written = [item.heading for item in given.values() if item.heading]
    is_ascii = all(heading.isascii() for heading in written)
    named: dict[Location, str] = {}
    for field, usual in headings.FIELDS.items():
        location = ("media",) if field == "file" else _location(field, given)
        own = given[field].heading if field in given else None
        missing = field if is_ascii else usual[0]
        named[location] = own or missing
    return named


def _location(field: str, given: Mapping[str, Given]) -> Location:
    if field == "title" and "title_en" in given:
        return ("title", "zh")
    return _LOCATIONS.get(field, (field,))


def kind_of(text: str) -> str:
    """A kind as the model calls it; what is none stays for the model to refuse."""
    return _KINDS.get(text, text.casefold())


def word_of(kind: Kind) -> str:
    """What Chinese tables call a kind."""
    return next(word for word, code in _KINDS.items() if code == kind.value)


def word_of_extent(extent: Extent) -> str:
    """What Chinese tables call how much of it is generated."""
    return next(word for word, code in _EXTENTS.items() if code == extent.value)


def _refuse_cell(field: str, given: Given, heading: str) -> None:
    """A cell that is empty under a filled one may have been joined with it, or forgotten: neither is guessed.

    Nor is what a workbook shows of a date in a title, of a number by a format of its own, of an error, or of a formula
    that nothing has computed.
    """
    if given.odd and not (given.odd in (Odd.DATE, Odd.NUMBER) and field in _DATES):
        raise InputError(f"table_cell_{given.odd}", where=given.where, heading=heading, text=given.text)
    if field == "file":
        return
    if not given.text and given.above:
        raise InputError("table_cell_joined", where=given.where, heading=heading, above=given.above)
    if not given.text:
        raise InputError("table_cell_empty", where=given.where, heading=heading)
    if field in _ONE_LINE and len(given.text.splitlines()) > 1:
        raise InputError("table_line_break", where=given.where, heading=heading)


def _value(field: str, text: str) -> Any:
    """A field's text as the model wants it; what is not understood stays for the model to refuse."""
    if field == "kind":
        return kind_of(text)
    if field == "generated":
        return _EXTENTS.get(text.strip(), text.strip().casefold())
    if field == "languages":
        names = [name for name in re.split(r"[\s,;、，；/+和]+", text) if name]
        return [languages.code_of_word(folded(name)) or name for name in names]
    if field in _DATES:
        if match := _DATE.fullmatch(text.strip()):
            return f"{match[1]}-{int(match[2]):02}-{int(match[3]):02}"
        if re.fullmatch(r"\d{8}", text):
            return f"{text[:4]}-{text[4:6]}-{text[6:]}"
    if field in _LISTS:
        return [item for item in re.split(r"\s*[,;、，；\n]+\s*", text.strip()) if item]
    if field in _NUMBERS and (match := re.fullmatch(r"第?\s*(\d{1,5})\s*[年集期]?", text.strip())):
        return int(match[1])
    if field == "id":
        return text.strip()
    return text
