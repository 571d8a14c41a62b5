"""Where a paper may be written: what every command asks of its name before it begins."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from pipeline import durable
from pipeline.errors import InputError


def refuse_paper(paper: Path, kinds: Collection[str], wrong: InputError) -> None:
    """Say what is wrong with a paper's name.

    Args:
        kinds: the endings that are known, with their dots.
        wrong: what is said of another one, or of a folder.

    Raises:
        InputError: `wrong`, or a file stands where its folder is to be.
    """
    if paper.suffix.lower() not in kinds or paper.is_dir():
        raise wrong
    if found := durable.file_on_the_way(paper.parent):
        raise InputError("not_a_folder", where=str(found))
