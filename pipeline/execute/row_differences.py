"""What a table's row says otherwise than the submission that stands beside its film."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from pipeline.execute import fields
from pipeline.execute.fields import Given
from pipeline.model.generated import Extent
from pipeline.model.metadata import ShortSynopsis, ShortTitle
from pipeline.model.region import name_of
from pipeline.model.submission import Kind, Submission

_MOST_SHOWN = 40
_VALUES: dict[str, Callable[[Submission], str | None]] = {
    "id": lambda said: said.identity(),
    "title": lambda said: said.title_zh,
    "title_en": lambda said: said.full_title.en,
    "kind": lambda said: said.kind.value,
    "prefecture": lambda said: said.prefecture,
    "column": lambda said: said.column,
    "languages": lambda said: " ".join(said.languages),
    "synopsis": lambda said: said.full_synopsis.zh if said.full_synopsis else None,
    "director": lambda said: said.credits.director,
    "organisation": lambda said: said.credits.organisation,
    "contact": lambda said: said.credits.contact,
    "short_title": lambda said: _in_chinese(said.short_title),
    "short_synopsis": lambda said: _in_chinese(said.short_synopsis),
    "genre": lambda said: said.genre,
    "country": lambda said: said.country,
    "year": lambda said: _text(said.year),
    "rating": lambda said: said.rating,
    "keywords": lambda said: "、".join(said.keywords),
    "episode": lambda said: _text(said.episode),
    "air_date": lambda said: _text(said.air_date),
    "produced": lambda said: _text(said.produced),
    "writers": lambda said: "、".join(said.credits.writers),
    "cast": lambda said: "、".join(said.credits.cast),
    "hosts": lambda said: "、".join(said.credits.hosts),
    "guests": lambda said: "、".join(said.credits.guests),
    "reporters": lambda said: "、".join(said.credits.reporters),
    "producers": lambda said: "、".join(said.credits.producers),
    "from": lambda said: said.licence.start.isoformat() if said.licence else None,
    "until": lambda said: said.licence.until.isoformat() if said.licence else None,
    "generated": lambda said: said.generated.extent.value if said.generated else None,
}


def _text(value: object) -> str | None:
    return None if value is None else str(value)


def _in_chinese(value: str | ShortTitle | ShortSynopsis | None) -> str | None:
    return value if value is None or isinstance(value, str) else value.zh


def differences(given: Mapping[str, Given], row: Submission, there: Submission) -> str:
    """Each field that the row holds and the submission has otherwise: its heading, the row's text, the submission's.

    Args:
        given: the row's fields.
        row: the submission that they make.
        there: the one beside the film.
    """
    found = []
    for field, value in _VALUES.items():
        if field in given and given[field].text and value(row) != (other := value(there)):
            heading = given[field].heading or field
            found.append(f"{heading}: {_shown(given[field].text)} → {_shown(_word(field, heading, other or '-'))}")
    return "; ".join(found)


def _word(field: str, heading: str, value: str) -> str:
    """A value as such a table would hold it."""
    language = "en" if heading.isascii() else "zh"
    if field == "prefecture":
        return name_of(value, language)
    if field == "generated" and language == "zh" and value in list(Extent):
        return fields.word_of_extent(Extent(value))
    return fields.word_of(Kind(value)) if field == "kind" and language == "zh" else value


def _shown(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _MOST_SHOWN else f"{line[:_MOST_SHOWN]}…"
