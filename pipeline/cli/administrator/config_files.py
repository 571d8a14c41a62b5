"""What `profiles` and `policies` share: list, show and validate files by name or by path."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pipeline import extends, shipped, yamlio
from pipeline.cli.command_context import workspace_here
from pipeline.cli.console import Console, failed
from pipeline.errors import InputError, ShowcaseError
from pipeline.yamlio import Document


@dataclass(frozen=True)
class ConfigKind:
    """One kind of file: its folders, the workspace's first, and how a document is read."""

    name: str
    folders: Sequence[Path]
    read: Callable[[Document], Any]


def folders() -> tuple[Path, Path]:
    """Where profiles lie: the workspace's own, then those that come with the program."""
    return workspace_here().profiles, shipped.folder("profiles")


def rows(console: Console, kind: ConfigKind) -> list[dict[str, object]]:
    """Each name with what it is for and where it is from."""
    listed = []
    for name in extends.names(kind.folders):
        path = extends.find(name, kind.folders, kind=kind.name)
        own = path.parent == kind.folders[0]
        try:
            data = extends.resolve(path, kind.folders, kind=kind.name).data
        except ShowcaseError as error:
            failed(console, error, item=name)
            continue
        said = data.get("about")
        about = said.get(console.language, "") if isinstance(said, dict) else ""
        listed.append(
            {
                "kind": kind.name,
                "name": name,
                "form": data.get("form"),
                "about": about,
                "from": "workspace" if own else "program",
                "file": str(path),
            }
        )
    return listed


def show(console: Console, kind: ConfigKind, name: str, *, resolved: bool) -> None:
    """The file as it stands, or what applies after `extends`."""
    path = extends.find(name, kind.folders, kind=kind.name)
    if not resolved and not console.as_json:
        yamlio.load(path)  # a file that is none is said, with its place
        console.line(path.read_text(encoding="utf-8-sig").rstrip("\n"))
        return
    document = extends.resolve(path, kind.folders, kind=kind.name)
    kind.read(document)  # what is wrong is said instead of shown
    console.give(document.data)
    console.line(yamlio.dump(document.data).decode().rstrip("\n"))


def validate(console: Console, kind: ConfigKind, wanted: Sequence[str]) -> int:
    """Every name or file, or all there are; 2 when one is wrong."""
    worst = 0
    for item in wanted or extends.names(kind.folders):
        try:
            path = Path(item) if _is_path(item) else extends.find(item, kind.folders, kind=kind.name)
            if not path.exists():
                raise InputError("path_missing", where=str(path))
            beside = () if path.parent in kind.folders else (path.parent,)
            kind.read(extends.resolve(path, (*beside, *kind.folders), kind=kind.name))
        except ShowcaseError as error:
            failed(console, error, item=item)
            worst = max(worst, error.exit_code)
        else:
            console.give({"item": item, "kind": kind.name, "good": True, "file": str(path)})
            console.say("valid", kind=console.word(f"kind_{kind.name}"), name=path.stem)
    return worst


def _is_path(item: str) -> bool:
    return item.endswith((".yaml", ".yml")) or "/" in item or "\\" in item
