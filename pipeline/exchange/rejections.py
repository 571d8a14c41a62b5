"""The vocabulary of rejections, the workspace's own or the one that comes with the program."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from pipeline import extends, yamlio
from pipeline.errors import InputError
from pipeline.model.rejections import Rejections

NAME = "rejections"


def rejections(folders: Sequence[Path]) -> Rejections:
    """The codes; `folders` hold profiles, their `vocabulary/` holds what is said in codes.

    Raises:
        InputError: a wrong file with FILE:LINE:COLUMN.
    """
    within = [folder / "vocabulary" for folder in folders]
    source = extends.resolve(extends.find(NAME, within, kind="vocabulary"), within, kind="vocabulary")
    return yamlio.validate(Rejections, source, form=NAME)


def refuse_unknown(code: str, known: Rejections, where: str | None = None) -> None:
    """Let pass a code of the vocabulary.

    Raises:
        InputError: it is none.
    """
    if known.by_code(code) is None:
        raise InputError(
            "rejection_unknown", where=where, code=code, known=", ".join(item.code for item in known.codes)
        )
