"""`checksums.sha256` in coreutils' format: written, read, and held against files."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.model.rendition import StoredFile
from pipeline.model.text import is_inside

NAME = "checksums.sha256"
UNREADABLE, EXTRA = "unreadable", "extra"
_LINE = re.compile(r"([0-9a-f]{64}) [ *](.+)")


@dataclass(frozen=True)
class Difference:
    """A file that is not as listed; `kind` is missing, differs, extra or unreadable (`detail` is why)."""

    path: str
    kind: str
    detail: str = ""


def render(files: Iterable[StoredFile]) -> bytes:
    """Lines of digest, two spaces and path, sorted by the path's bytes; names are plain ASCII by construction."""
    rows = sorted(files, key=lambda item: item.path.encode())
    return "".join(f"{item.sha256}  {item.path}\n" for item in rows).encode("ascii")


def parse(content: bytes) -> dict[str, str]:
    """Digest by path.

    Raises:
        ValueError: a line is not of the format, or a path leaves the folder.
    """
    listed: dict[str, str] = {}
    for line in content.decode("utf-8").splitlines():
        match = _LINE.fullmatch(line)
        if match is None or not is_inside(match[2]):
            raise ValueError(f"{line[:80]!r}")
        listed[match[2]] = match[1]
    return listed


def compare(root: Path, listed: Mapping[str, str], *, allowed: Callable[[str], bool]) -> list[Difference]:
    """What in `root` is not as listed; files that are `allowed` need no line."""
    found = {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}
    known = {NAME, *listed}
    differences = [Difference(name, EXTRA) for name in found if name not in known and not allowed(name)]
    for name, wanted in sorted(listed.items()):
        if name not in found or found[name].is_symlink():
            differences.append(Difference(name, "missing"))
        elif (different := _different(found[name], name, wanted)) is not None:
            differences.append(different)
    return differences


def _different(path: Path, name: str, wanted: str) -> Difference | None:
    """A read error on the way is one file's alone: the others are still compared."""
    try:
        return None if durable.digest(path) == wanted else Difference(name, "differs")
    except OSError as error:
        return Difference(name, UNREADABLE, error.strerror or str(error))
