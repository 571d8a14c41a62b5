"""`showcase` alone: what to do next in this workspace."""

from __future__ import annotations

from pipeline.catalogue import Language
from pipeline.cli.console import Console


def show(language: Language) -> int:
    """Say it."""
    console = Console(language)
    console.say("valid", kind="", name="")
    return 0
