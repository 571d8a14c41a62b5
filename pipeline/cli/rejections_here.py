"""Codes of rejections as people read them: in the words of this workspace's vocabulary, or of the program's."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from pipeline import shipped
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console
from pipeline.errors import ShowcaseError
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.model.rejections import Rejections


def known(place: Workspace) -> Rejections:
    """The codes that an answer given here may carry.

    Raises:
        InputError: the workspace's own file is wrong.
    """
    return _read(place.profiles)


@lru_cache(maxsize=1)
def _read(own: Path) -> Rejections:
    from pipeline.exchange import rejections  # whoever meets no code reads no YAML

    return rejections.rejections((own, shipped.folder("profiles")))


def words_of(console: Console, code: str | None, reason: str | None) -> str | None:
    """Why something was rejected: the code's words, then the reason's; a code that nobody knows here as it is."""
    if code is None:
        return reason
    try:
        found = known(workspace_here()).by_code(code)
    except ShowcaseError:  # whoever only reads is not stopped by a file of answers
        found = None
    said = getattr(found, console.language) if found else code
    return console.word("said", lead=said, text=reason) if reason else said
