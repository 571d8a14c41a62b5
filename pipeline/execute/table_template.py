"""The table of a season as a workbook to be filled in, which `headings.read` reads back."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from pipeline import durable, workbook
from pipeline.catalogue import Language
from pipeline.errors import InputError
from pipeline.execute import fields, headings
from pipeline.model import languages, region
from pipeline.model.generated import Extent
from pipeline.workbook import TemplateColumn

SUFFIX = ".xlsx"
_NEEDED = ("file", "title", "prefecture")
_WIDTHS = {"file": 24, "title": 24, "title_en": 24, "prefecture": 22, "synopsis": 40, "organisation": 24, "contact": 20}
_EXAMPLE: dict[str, tuple[str | date, str | date]] = {
    "file": headings.EXAMPLES,
    "title": ("我们的村医", "我们的村医"),
    "title_en": ("Our village doctor", "Our village doctor"),
    "kind": ("影片", "film"),
    "prefecture": (region.name_of("653200", "zh"), region.name_of("653200", "en")),
    "column": ("七一展播", "七一展播"),
    "languages": ("中文、维吾尔语", "zho uig"),
    "director": ("古丽", "Guli"),
    "from": (date(2026, 7, 1), date(2026, 7, 1)),
    "until": (date(2029, 6, 30), date(2029, 6, 30)),
}


def write(path: Path, language: Language, *, hint: str, force: bool) -> None:
    """A workbook with a column for each field, an example row, and what prefecture, kind and language can be.

    Args:
        hint: what is said of a cell that holds something else.

    Raises:
        InputError: it is to be no .xlsx, or stands there. EnvironmentFault: the place is not writable.
    """
    if path.suffix.lower() != SUFFIX or path.is_dir():
        raise InputError("template_suffix", where=str(path))
    if path.exists() and not force:
        raise InputError("file_there", where=str(path))
    index = 0 if language == "zh" else 1
    choices = {
        "kind": (("影片", "课程"), ("film", "course"))[index],
        "generated": (tuple(fields.word_of_extent(item) for item in Extent), tuple(item.value for item in Extent))[
            index
        ],
        "prefecture": tuple(region.name_of(code, language) for code in region.known()),
        "languages": tuple(item.chinese if language == "zh" else item.code for item in languages.ours()),
    }
    columns = [
        TemplateColumn(
            _heading(field, names, language),
            _EXAMPLE.get(field, ("", ""))[index] or None,
            choices.get(field, ()),
            only=field != "languages",  # a film may have several
            width=_WIDTHS.get(field, 14),
        )
        for field, names in headings.FIELDS.items()
        if field in headings.USUAL
    ]
    name, lists = (("影片", "选项"), ("films", "choices"))[index]
    durable.write(path, workbook.template(columns, name, lists, hint))


def _heading(field: str, names: tuple[str, ...], language: Language) -> str:
    """As people of a language call the field, and whether it must be filled."""
    if language == "zh":
        return names[0] + ("（必填）" if field in _NEEDED else "")
    own = field if field in names else next(name for name in names if name.isascii())
    return own + (" (required)" if field in _NEEDED else "")
