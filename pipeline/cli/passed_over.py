"""What a folder holds beside the films and submissions that are done: named, with the way to hand it in."""

from __future__ import annotations

from collections.abc import Sequence

from pipeline.cli.console import Console
from pipeline.execute.batch_source import shown_of
from pipeline.execute.endings import FileKind
from pipeline.execute.passed_over import PassedOver


def told(console: Console, found: Sequence[PassedOver]) -> None:
    """A line on each kind with all its files, on stderr; an object a file under --json."""
    for kind in FileKind:
        files = [shown_of(str(item.path)) for item in found if item.kind is kind]
        if files:
            console.remark(f"passed_over_{kind}", files=", ".join(files))
    for item in found:
        console.give({"item": shown_of(str(item.path)), "outcome": "passed_over", "kind": item.kind.value})
