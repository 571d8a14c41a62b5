"""The vocabularies by name, the workspace's own over those that come with the program."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from pipeline import extends, yamlio
from pipeline.model.rejections import Rejections
from pipeline.model.vocabulary import Readings, Vocabulary
from pipeline.yamlio import Document

COLUMNS, GENRES, COUNTRIES, READINGS = "columns", "genres", "countries", "readings"
FOLDER = "vocabulary"
REJECTIONS = "rejections"


@dataclass(frozen=True)
class Vocabularies:
    """Read when they are first asked for, from the folders that hold profiles.

    Every way in raises InputError when a file is wrong, with FILE:LINE:COLUMN.
    """

    folders: Sequence[Path]

    @cached_property
    def columns(self) -> Vocabulary:
        return read(self._document(COLUMNS))

    @cached_property
    def genres(self) -> Vocabulary:
        return read(self._document(GENRES))

    @cached_property
    def countries(self) -> Vocabulary:
        return read(self._document(COUNTRIES))

    @cached_property
    def readings(self) -> dict[str, str]:
        """Words and their pinyin."""
        return read_readings(self._document(READINGS)).readings

    def of_field(self, field: str) -> Vocabulary:
        """That of `column`, `genre` or `country`."""
        return self.columns if field == "column" else self.genres if field == "genre" else self.countries

    def _document(self, name: str) -> Document:
        within = [folder / FOLDER for folder in self.folders]
        return extends.resolve(extends.find(name, within, kind=FOLDER), within, kind=FOLDER)


def read(source: Document) -> Vocabulary:
    """A document as a vocabulary.

    Raises:
        InputError: it is none, with FILE:LINE:COLUMN.
    """
    return yamlio.validate(Vocabulary, source, form=FOLDER)


def read_any(source: Document) -> Vocabulary | Readings | Rejections:
    """A document of their folder by its name; raises as `read`."""
    if (name := source.data.get("name")) == READINGS:
        return read_readings(source)
    return yamlio.validate(Rejections, source, form=name) if name == REJECTIONS else read(source)


def read_readings(source: Document) -> Readings:
    """A document as readings; raises as `read`."""
    return yamlio.validate(Readings, source, form=READINGS)
