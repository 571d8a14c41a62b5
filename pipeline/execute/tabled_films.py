"""Films that a table in their folder tells of: sent bare, they would lack all that it says of them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import catalogue, tables
from pipeline.errors import InputError
from pipeline.execute import endings, fields, folders, headings
from pipeline.execute.folders import real
from pipeline.tables import RemarkCallback, Row, Table

_OUTCOMES = ("item", "title", "file", "revision", "outcome", "reason")
COSTS = ("worker", "began", "ended", "cpu", "memory", "sent")
RESULTS = (*_OUTCOMES, *COSTS)  # the columns of a batch's own table
_LEAST = 2  # headings of ours: a table with one of them alone says no more of a film than its name
_NO_TABLE = ("table_empty", "table_no_headings", "table_no_rows")
_LOCK = "~$"  # what Excel and WPS put beside a workbook that is open


@dataclass(frozen=True)
class _TabledFilm:
    """A row about a film.

    Args:
        file: the film as the row names it, from the table's folder; None where it names none.
        names: what the film can be called, if it lies below the table's folder.
    """

    table: Path
    where: str
    file: Path | None
    names: frozenset[str]

    def fault(self, film: Path) -> InputError | None:
        """Why a bare film is not to be taken; None where it is another."""
        lies_at = real(film)
        if self.file is not None and real(self.file) == lies_at:
            return InputError("film_in_table", where=self.where, file=film.name, table=str(self.table))
        is_called_so = not self.names.isdisjoint((_plain(film.name), _plain(film.stem)))
        if is_called_so and lies_at.is_relative_to(real(self.table.parent)):
            return InputError("film_called_in_table", where=self.where, file=str(film), table=str(self.table))
        return None


@dataclass(frozen=True)
class TabledFilms:
    """What the tables of a folder tell of.

    Args:
        tables: those that tell of films, or of what became of them.
    """

    rows: tuple[_TabledFilm, ...] = ()
    tables: tuple[Path, ...] = ()

    def with_those_above(self, folder: Path) -> TabledFilms:
        """With what tables beside a folder tell of by its path: a season's table often lies over its films."""
        named = read(_tables_in(folders.above(folder)), tables.silent).rows
        rows = (*self.rows, *(replace(row, names=frozenset()) for row in named))
        return TabledFilms(rows, self.tables)

    def fault(self, film: Path) -> InputError | None:
        """Why a bare film is not to be taken: a table here names it."""
        faults = [fault for row in self.rows if (fault := row.fault(film))]
        return min(faults, key=lambda fault: fault.key != "film_in_table", default=None)


def is_table(path: Path) -> bool:
    """Whether a file may be a table, by its name."""
    return path.suffix.lower() in (*endings.TABLES, ".txt")


def read(paths: Sequence[Path], remark: RemarkCallback) -> TabledFilms:
    """The films that tables name; of one that can't be read it is said that nobody knows."""
    found: list[_TabledFilm] = []
    known: list[Path] = []
    for path in paths:
        if path.name.startswith(_LOCK):
            continue
        try:
            table = tables.read(path, headings.is_heading, is_example=headings.is_example)
        except (InputError, OSError) as error:
            is_notes = path.suffix.lower() == ".txt" or (isinstance(error, InputError) and error.key in _NO_TABLE)
            if not is_notes:
                remark("table_not_looked_at", where=str(path))
            continue
        if _is_result(table):
            known.append(path)
        elif sum(map(headings.is_heading, table.headings)) >= _LEAST:
            known.append(path)
            found += [_of_row(row, path) for row in table.rows if not headings.is_example(row)]
    return TabledFilms(tuple(found), tuple(known))


def fault_beside(film: Path) -> InputError | None:
    """As `TabledFilms.fault`, by the tables that lie beside a film."""
    return read(_tables_in(film.parent), tables.silent).with_those_above(film.parent).fault(film)


def _tables_in(folder: Path) -> list[Path]:
    return folders.files_in(folder, is_table)


def _is_result(table: Table) -> bool:
    """Whether a batch wrote it, of films that were bare then too."""
    headings = set(table.headings)
    for language in catalogue.LANGUAGES:
        ours = {name: catalogue.say(language, f"text.column_{name}") for name in RESULTS}
        if {ours[name] for name in _OUTCOMES} <= headings <= {*ours.values()}:
            return True
    return False


def _of_row(row: Row, path: Path) -> _TabledFilm:
    given = fields.of_row(row)
    text = {field: given[field].text.replace("\\", "/") if field in given else "" for field in ("file", "title")}
    name = Path(text["file"]).name or text["title"]
    file = path.parent / text["file"] if text["file"] else None
    return _TabledFilm(path, row.where, file, frozenset({_plain(name)} - {""}))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold().strip()
