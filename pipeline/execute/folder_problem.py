"""What is looked at in a package's folder, and what is wrong there."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pipeline.model.stream import Check


class FolderCheck(StrEnum):
    """What is looked at, in the order in which it is told."""

    MANIFEST = "manifest"  # package.json can be read, and its files and streams tell of each other
    LISTING = "listing"  # checksums.sha256 says the same as package.json
    MARKER = "marker"  # READY.json announces this package.json
    STORE = "store"  # and so does the store's
    FILES = "files"  # each file is there, byte for byte
    EXTRA = "extra"  # nothing else is
    NEWEST = "newest"  # the store has no newer version
    STANDING = "standing"  # it is not withdrawn
    CONTENT = "content"  # streams, playlists and documents


class Result(StrEnum):
    """How a check ended; what could not be held to anything is a note, not a pass."""

    PASS = "pass"  # noqa: S105 - no password
    FAIL = "fail"
    NOTE = "note"
    SKIPPED = "skipped"


@dataclass(frozen=True)
class Problem:
    """One thing that is not as it must be; exit code 6 for bytes, 4 for what can't be read, 1 for what it shows.

    Args:
        of: the check that it fails.
        check: of a transport stream or a ladder.
    """

    path: str
    kind: str
    detail: str = ""
    exit_code: int = 1
    check: Check | None = None
    of: FolderCheck = FolderCheck.CONTENT


@dataclass(frozen=True)
class CheckLine:
    """One check and how it ended.

    Args:
        why: of a note, and of what was skipped: a key of the catalogue's `text.folder_why_…`.
    """

    check: FolderCheck
    result: Result
    problems: int = 0
    why: str = ""

    def row(self) -> dict[str, object]:
        """What --json says of it."""
        row: dict[str, object] = {"check": self.check.value, "result": self.result.value, "problems": self.problems}
        return {**row, "why": self.why} if self.why else row


def check_lines(problems: Sequence[Problem], apart: Mapping[FolderCheck, tuple[Result, str]]) -> list[CheckLine]:
    """A line a check: failed where there are problems, else as `apart` says, else passed."""
    count = Counter(problem.of for problem in problems)
    return [
        CheckLine(check, Result.FAIL, count[check])
        if count[check]
        else CheckLine(check, *_apart(apart.get(check, (Result.PASS, ""))))
        for check in FolderCheck
    ]


def _apart(said: tuple[Result, str]) -> tuple[Result, int, str]:
    return said[0], 0, said[1]
