"""Facts of what a submission says of its programme: each one's value is the name of a field (`text.value_…`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.model.metadata import FIELDS
from pipeline.policy.fact import Fact

OVER_BYTES, CUT, UNLISTED, LACKING, OVER, LEFT_OUT = (
    "metadata.over_bytes",
    "metadata.cut",
    "metadata.unlisted",
    "metadata.lacking",
    "metadata.over",
    "metadata.left_out",
)
UNMAPPED, BARE = "metadata.unmapped", "metadata.lacking_bare"
NAMES = (OVER_BYTES, CUT, UNLISTED, LACKING, OVER, LEFT_OUT, UNMAPPED, BARE)
Facts = Mapping[str, tuple[Fact, ...]]


@dataclass(frozen=True)
class Lack:
    """What a receiver wants and does not get: a text, or a shorter one (`most` characters); a text that it can do
    without is left out there.

    Args:
        dialect: the receiver's, by name.
        is_there: it is said, and the receiver's data have no word for it.
        is_bare: nobody was asked for it: a film file without a submission.
    """

    dialect: str
    field: str
    written: str
    most: int | None = None
    actual: int = 0
    left_out: str | None = None
    is_there: bool = False
    is_bare: bool = False


def facts(
    said: Mapping[str, Any],
    cut: Iterable[tuple[str, str]],
    unlisted: Iterable[tuple[str, str, str]],
    lacking: Iterable[Lack],
) -> Facts:
    """Args:
    said: the submission as plain data.
    cut: short forms that were made, and their texts.
    unlisted: fields whose words no vocabulary knows, the words, and what it knows.
    lacking: what the workspace's dialect, or a cable operator, does not get.
    """
    lacks = list(lacking)
    needed = [item for item in lacks if item.left_out is None]
    return {
        OVER_BYTES: tuple(
            Fact(field.value, detail=text[:40], about={"bytes": str(len(text.encode())), "most": str(field.most)})
            for field in FIELDS
            for text in field.texts(said)
            if field.in_bytes and len(text.encode()) > field.most
        ),
        CUT: tuple(Fact(field, detail=text) for field, text in cut),
        UNLISTED: tuple(Fact(field, detail=words, about={"known": known}) for field, words, known in unlisted),
        LACKING: _missing(item for item in needed if not (item.is_there or item.is_bare)),
        UNMAPPED: _missing(item for item in needed if item.is_there),
        BARE: _missing(item for item in needed if item.is_bare and not item.is_there),
        OVER: tuple(
            Fact(
                item.field,
                detail=item.written,
                about={"dialect": item.dialect, "most": str(item.most), "length": str(item.actual)},
            )
            for item in needed
            if item.most is not None
        ),
        LEFT_OUT: tuple(
            Fact(
                item.field,
                detail=item.left_out,
                about={"dialect": item.dialect, "most": str(item.most), "written": item.written},
            )
            for item in lacks
            if item.left_out is not None
        ),
    }


def _missing(lacks: Iterable[Lack]) -> tuple[Fact, ...]:
    return tuple(
        Fact(item.field, detail=item.written, about={"dialect": item.dialect}) for item in lacks if item.most is None
    )
