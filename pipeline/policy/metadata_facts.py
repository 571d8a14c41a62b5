"""Facts of what a submission says of its programme: each one's value is the name of a field (`text.value_…`)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pipeline.model.metadata import FIELDS
from pipeline.policy.fact import Fact

OVER_BYTES, CUT, UNLISTED, LACKING, OVER = (
    "metadata.over_bytes",
    "metadata.cut",
    "metadata.unlisted",
    "metadata.lacking",
    "metadata.over",
)
NAMES = (OVER_BYTES, CUT, UNLISTED, LACKING, OVER)
Facts = Mapping[str, tuple[Fact, ...]]


@dataclass(frozen=True)
class Lack:
    """What a dialect wants and does not get: a text, or a shorter one (`most` characters)."""

    field: str
    written: str
    most: int | None = None
    actual: int = 0


def facts(
    said: Mapping[str, Any],
    cut: Iterable[tuple[str, str]],
    unlisted: Iterable[tuple[str, str, str]],
    lacking: Iterable[Lack],
    dialect: str,
) -> Facts:
    """Args:
    said: the submission as plain data.
    cut: short forms that were made, and their texts.
    unlisted: fields whose words no vocabulary knows, the words, and what it knows.
    lacking: what the workspace's dialect does not get.
    """
    lacks = list(lacking)
    return {
        OVER_BYTES: tuple(
            Fact(field.value, detail=text[:40], about={"bytes": str(len(text.encode())), "most": str(field.most)})
            for field in FIELDS
            for text in field.texts(said)
            if field.in_bytes and len(text.encode()) > field.most
        ),
        CUT: tuple(Fact(field, detail=text) for field, text in cut),
        UNLISTED: tuple(Fact(field, detail=words, about={"known": known}) for field, words, known in unlisted),
        LACKING: tuple(
            Fact(item.field, detail=item.written, about={"dialect": dialect}) for item in lacks if item.most is None
        ),
        OVER: tuple(
            Fact(
                item.field,
                detail=item.written,
                about={"dialect": dialect, "most": str(item.most), "length": str(item.actual)},
            )
            for item in lacks
            if item.most is not None
        ),
    }
