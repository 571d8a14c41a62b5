"""What is started for each package that arrived: an argv, no shell, once for each package in a folder.

The record that it went well is put after its end: a stop in between starts it again, so it must bear that.
"""

from __future__ import annotations

import hashlib
import os
import re
import shlex
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pipeline import children, durable, locks, process
from pipeline.errors import InputError
from pipeline.exchange.pull import PackageFolder
from pipeline.model.base import canonical

PLACES = ("folder", "id", "package_id")
_PLACE = re.compile(r"\{([a-z_]+)\}")
_STANDARD_ERROR = 2
_LOOK_S = 1.0


def words_of(text: str, *, windows: bool = os.name == "nt") -> tuple[str, ...]:
    """A command as its words; quotes hold words together, on Windows a backslash is a letter as any other.

    Raises:
        ValueError: a quote has no end.
    """
    lexer = shlex.shlex(text, posix=True, punctuation_chars=False)
    lexer.whitespace_split = True
    lexer.commenters = ""
    if windows:
        lexer.escape = ""
    return tuple(lexer)


@dataclass(frozen=True)
class ArrivalCommand:
    """A command with places for what arrived: `{folder}`, `{id}`, `{package_id}`.

    Args:
        argv: the program and its words, split once; what is put in a place is never split again.
        records: the folder of what went well.
    """

    argv: tuple[str, ...]
    records: Path

    def filled(self, item: PackageFolder) -> list[str]:
        """The argv for one package."""
        values = {
            "folder": str(item.folder.resolve()),
            "id": item.delivery.ref.typed,
            "package_id": item.delivery.package_id,
        }
        program, *words = self.argv
        return [program, *(_PLACE.sub(lambda found: values.get(found[1], found[0]), word) for word in words)]

    def hand_on(self, item: PackageFolder, waiting: Callable[[], None] = children.refuse_when_stopped) -> int | None:
        """Start it and wait for its end: its exit code, or None where it went well for this package before.

        Another command that is at it at the same time is waited for.

        Raises:
            EnvironmentFault: the record can't be written. InputError: the program is gone.
        """
        record = self.records / f"{_named(item)}.json"
        with locks.held(record, waiting):
            if record.is_file():
                return None
            code = _ended(self.filled(item))
            if code == 0:
                durable.make_folder(self.records)
                durable.write(record, _record(item))
            return code


def arrival_command(text: str, records: Path) -> ArrivalCommand:
    """What somebody typed, held to what can be started before anything is fetched.

    Raises:
        InputError: no words, a quote without an end, a place that there is not, a program that is not there.
    """
    try:
        argv = words_of(text)
    except ValueError as error:
        raise InputError("then_wrong", where="--then", known=_known()) from error
    unknown = [name for word in argv for name in _PLACE.findall(word) if name not in PLACES]
    if not argv or unknown or _PLACE.search(argv[0]):
        raise InputError("then_wrong", where="--then", known=_known())
    if shutil.which(argv[0]) is None:
        raise InputError("then_missing", where=argv[0])
    return ArrivalCommand(argv, records)


def _known() -> str:
    return " ".join(f"{{{name}}}" for name in PLACES)


def _named(item: PackageFolder) -> str:
    """A package in a folder: in another folder it arrives anew."""
    whole = f"{item.delivery.ref}/{item.delivery.package_id}\n{item.folder.resolve()}"
    return hashlib.sha256(os.fsencode(whole)).hexdigest()[:32]


def _record(item: PackageFolder) -> bytes:
    told = {
        "id": str(item.delivery.ref),
        "package_id": item.delivery.package_id,
        "folder": os.fsencode(item.folder.resolve()).decode("utf-8", "replace"),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
    }
    return canonical(told, indent=1) + b"\n"


def _ended(argv: list[str]) -> int:
    """What it prints goes beside our results; stopped, we stop it too."""
    stdio = process.Stdio(stdout=_STANDARD_ERROR, stderr=_STANDARD_ERROR)
    try:
        child = process.start(argv, cwd=Path.cwd(), env=os.environ, stdio=stdio)
    except OSError as error:
        raise InputError("then_missing", where=argv[0], detail=error.strerror) from error
    try:
        while (usage := child.wait(_LOOK_S)) is None:
            children.refuse_when_stopped()
    except BaseException:
        child.stop()
        raise
    return usage.exit_code
