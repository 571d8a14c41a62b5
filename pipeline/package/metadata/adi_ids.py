"""Ids and names of ADI assets: the same on every machine and in every revision (adi11 facts, AMS rules).

An Asset_ID is 20 characters: the provider's three letters, a letter for the class, and 16 digits of prefecture, id and
lesson. It is never a clock's and never the revision's, since an update keeps the ids and raises Version_Major. A class
stands once in a package, so the letter makes an id unique in it, and the digits say what belongs together.
"""

from __future__ import annotations

import hashlib

from pipeline import graphemes
from pipeline.model.course import label
from pipeline.model.programme import Programme, ProgrammePart

LETTERS = {"package": "P", "title": "T", "movie": "M", "preview": "R", "poster": "I", "box cover": "B"}
DIGITS = 16
MOST_NAME, MOST_DESCRIPTION = 50, 100


def asset_id(programme: Programme, part: ProgrammePart, prefix: str, asset_class: str) -> str:
    """`XJDM` and 16 digits."""
    return f"{prefix}{LETTERS[asset_class]}{_digits(programme, part)}"


def asset_name(programme: Programme, part: ProgrammePart, asset_class: str) -> str:
    """Prefecture, id, lesson and class; the digits of the id stand for those that are too long."""
    plain = " ".join((*_whose(programme, part), asset_class))
    return plain if len(plain) <= MOST_NAME else f"{_digits(programme, part)} {asset_class}"


def description(part: ProgrammePart, asset_class: str) -> str:
    """The title and the class."""
    ending = f" ({asset_class})"
    return graphemes.cut(part.title.zh, MOST_DESCRIPTION - len(ending)) + ending


def _digits(programme: Programme, part: ProgrammePart) -> str:
    digest = hashlib.sha256("\n".join(_whose(programme, part)).encode()).digest()
    return f"{int.from_bytes(digest) % 10**DIGITS:0{DIGITS}}"


def _whose(programme: Programme, part: ProgrammePart) -> tuple[str, ...]:
    told = programme.description
    return (told.prefecture, told.identity, *((label(part.key),) if programme.is_course else ()))
