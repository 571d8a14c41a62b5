"""A submission as a catalogue will know it: terms of the vocabularies, short forms, search names. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from pipeline import graphemes
from pipeline.exchange.search_names import search_names
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.course import PartKey, Title
from pipeline.model.metadata import (
    MOST_SHORT_SYNOPSIS,
    MOST_SHORT_TITLE,
    ShortSynopsis,
    ShortTitle,
    Synopsis,
)
from pipeline.model.programme import Description, PartDescription
from pipeline.model.submission import Kind, Submission
from pipeline.model.vocabulary import Term, Vocabulary


def describe(submission: Submission, titles: Sequence[tuple[PartKey, int, str]], words: Vocabularies) -> Description:
    """The description.

    Args:
        titles: of each part that is there its key, its place from 1 and its title; of a film the one.

    Raises:
        InputError: a vocabulary's file is wrong.
    """
    title, synopsis = submission.full_title, submission.full_synopsis
    told = {part.id: part for part in submission.course_parts}

    def part(key: PartKey, number: int, shown: str) -> PartDescription:
        if submission.kind is Kind.FILM:
            return PartDescription(key=key, number=number, title=title, short_title=short, search=search)
        own = Title(zh=shown, en=told[str(key)].title_en if str(key) in told else None)
        return PartDescription(
            key=key,
            number=number,
            title=own,
            short_title=short_title(own),
            search=search_names(shown, words.readings),
        )

    short = short_title(title, submission.short_title)
    search = search_names(title.zh, words.readings, submission.search)
    return Description(
        identity=submission.identity(),
        prefecture=submission.prefecture,
        kind=submission.kind,
        title=title,
        short_title=short,
        search=search,
        languages=submission.languages,
        synopsis=synopsis,
        short_synopsis=short_synopsis(synopsis, submission.short_synopsis),
        column=term(words.columns, submission.column) if submission.column else None,
        genre=term(words.genres, submission.genre) if submission.genre else None,
        country=term(words.countries, submission.country) if submission.country else None,
        credits=submission.credits.model_copy(update={"contact": None}),  # for the editor, not for viewers
        year=submission.year,
        rating=submission.rating,
        keywords=submission.keywords,
        episode=submission.episode,
        air_date=submission.air_date,
        produced=submission.produced,
        licence=submission.licence,
        parts=tuple(part(*item) for item in titles),
    )


def term(vocabulary: Vocabulary, written: str) -> Term:
    """The vocabulary's term; what it does not know keeps its own words and has no name that a dialect could know."""
    return vocabulary.find(written) or Term(name=UNKNOWN, zh=written, en=written)


UNKNOWN = "unlisted"


def short_title(title: Title, said: str | ShortTitle | None = None) -> ShortTitle:
    """By language: what is said, else the title as far as it fits."""
    own = ShortTitle(zh=said) if isinstance(said, str) else said or ShortTitle()
    return ShortTitle(**_shortened(own.model_dump(), title.model_dump(), MOST_SHORT_TITLE))


def short_synopsis(synopsis: Synopsis | None, said: str | ShortSynopsis | None = None) -> ShortSynopsis | None:
    """By language: what is said, else the synopsis in one line as far as it fits; None where nothing is said."""
    own = ShortSynopsis(zh=said) if isinstance(said, str) else said or ShortSynopsis()
    whole = {} if synopsis is None else synopsis.model_dump()
    found = _shortened(own.model_dump(), whole, MOST_SHORT_SYNOPSIS)
    return ShortSynopsis(**found) if any(found.values()) else None


def _shortened(own: Mapping[str, str | None], whole: Mapping[str, str | None], most: int) -> dict[str, str | None]:
    return {
        language: own.get(language) or (graphemes.cut(" ".join(text.split()), most) if text else None)
        for language, text in {"zh": None, "en": None, **whole}.items()
    }


def cut_forms(submission: Submission) -> list[tuple[str, str]]:
    """Short forms that nobody said and that are less than the whole: the field's name and what is left of it."""
    found: list[tuple[str, str]] = []
    for name, said, whole, short in (
        ("short_title", submission.short_title, submission.full_title, short_title(submission.full_title)),
        (
            "short_synopsis",
            submission.short_synopsis,
            submission.full_synopsis,
            short_synopsis(submission.full_synopsis),
        ),
    ):
        for language in ("zh", "en"):
            is_said = language == "zh" if isinstance(said, str) else bool(getattr(said, language, None))
            text, left = getattr(whole, language, None), getattr(short, language, None)
            if not is_said and text and left and left != " ".join(text.split()):
                found.append((name if language == "zh" else f"{name}_{language}", left))
    return found
