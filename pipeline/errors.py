"""Every error a person can meet.

ShowcaseError            exit code
├── InputError           2    usage, configuration, submission or profile file wrong
├── EnvironmentFault     3    missing encoder, no space, no store
│   └── ProcessLost      3    a process that stalled or was killed: worth another try, and no other work's fault
├── MediaError           4    media could not be read or encoded
│   └── Refused          4    a file that is not opened or can't be read; `code` is a finding's
│       └── Unsuitable   4    one that is read, and can't be made right; where it is checked or run, a reject: 1
├── TransferError        5    a transfer failed after its retries
├── IntegrityError       6    a digest or manifest does not match
└── Interrupted          130  stopped by the user; a rerun resumes

An error carries a catalogue key and the values for its sentences, never a sentence: the catalogue says in
Chinese and English what is wrong and what to do next (`error.<key>.what`, `error.<key>.do`).
"""

from __future__ import annotations

import errno
import re
from dataclasses import dataclass
from pathlib import Path

_LOGIN = re.compile(r"://[^/@\s]*@")


@dataclass(frozen=True)
class InLanguages:
    """A value of an error whose words are data, such as a prefecture's name: the reader's language takes its own."""

    zh: str
    en: str

    def __str__(self) -> str:
        return self.en


class ShowcaseError(Exception):
    """Base of all; `where` is a file (FILE:LINE:COLUMN), a track, a timecode or an object's key.

    Attributes:
        log: what the program wrote that failed.
    """

    exit_code = 1
    log: Path | None = None

    def __init__(self, key: str, /, *, where: str | None = None, detail: str | None = None, **values: object):
        super().__init__(key)
        self.key = key
        self.where = where
        self.detail = detail
        self.values = values

    def facts(self) -> dict[str, object]:
        """What programs are told of it, beside sentences in a language."""
        return {"key": self.key, "exit_code": self.exit_code, "where": self.where, "detail": self.detail}

    def __str__(self) -> str:
        shown = ", ".join(f"{name}={value}" for name, value in self.values.items())
        return " ".join(part for part in (self.key, self.where, shown, self.detail) if part)


class InputError(ShowcaseError):
    """What the user gave is wrong: an argument, a path, a YAML file."""

    exit_code = 2


class EnvironmentFault(ShowcaseError):
    """This machine or the store cannot do it now: no encoder, no space, no endpoint."""

    exit_code = 3


class ProcessLost(EnvironmentFault):
    """A process stood still or was ended from outside: it may go well next time, and other work may go on."""


class MediaError(ShowcaseError):
    """A film could not be read, or what was encoded from it is not what was planned."""

    exit_code = 4


class Refused(MediaError):
    """A file is not opened or can't be read.

    Args:
        code: the finding that it is, a key of the catalogue's `finding`.
        reason: why, where a code has several reasons: a key of the catalogue's `text.refused_…`.
        line: the file's line that the reason is about, from 1.
    """

    def __init__(
        self, code: str, *, where: str, detail: str | None = None, reason: str | None = None, line: int | None = None
    ):
        super().__init__("refused", where=where, detail=detail)
        self.code = code
        self.reason = reason
        self.line = line


class Unsuitable(Refused):
    """A film that can be read, and holds what nothing here can make right; no accepting lifts that.

    Args:
        reason: what it is, a key of the catalogue's `unsuitable`.
        track: where it is: `video:0`, `audio:1`.
        what: the value that the sentence is about: a codec, a number.
    """

    def __init__(self, code: str, *, where: str, reason: str, track: str | None = None, what: str = ""):
        super().__init__(code, where=where, detail=what or None, reason=reason)
        self.track = track

    def of_track(self, number: int) -> Unsuitable:
        """The same of a further sound track, which was looked at alone."""
        self.track = f"audio:{number}" if self.track == "audio:0" else self.track
        return self


class TransferError(ShowcaseError):
    """An upload or download failed after its retries.

    Attributes:
        retry_after_s: how long the store asked to be left alone, if it did.
        status: of the store's answer (HTTP), if there was one.
        waited_s: how long it was tried again without a byte coming through, until that was given up.
    """

    exit_code = 5
    retry_after_s: float | None = None
    status: int | None = None
    waited_s: float | None = None


class IntegrityError(ShowcaseError):
    """A digest, size or manifest does not match."""

    exit_code = 6


class Interrupted(ShowcaseError):
    """Stopped by SIGINT or SIGTERM."""

    exit_code = 130


def is_of_machine(error: BaseException | None) -> bool:
    """Whether it is the machine's fault, and not that of the one thing it was at: nothing else would go well there."""
    return isinstance(error, EnvironmentFault) and not isinstance(error, ProcessLost)


def without_logins(text: str) -> str:
    """A text without the users and passwords of the addresses in it: libraries write these whole into their errors."""
    return _LOGIN.sub("://***@", text)


def unforeseen(error: Exception) -> ShowcaseError:
    """An error that no room expected: a name that no system has (2), the machine's (3) or this program's (1)."""
    fault: ShowcaseError
    if isinstance(error, OSError):
        where = str(error.filename) if error.filename else None
        is_named = error.errno == errno.ENAMETOOLONG
        kind, key = (InputError, "path_missing") if is_named else (EnvironmentFault, "internal")
        fault = kind(key, where=where, detail=without_logins(error.strerror or str(error)))
    else:
        fault = ShowcaseError("internal", detail=without_logins(f"{type(error).__name__}: {error}"))
    fault.__cause__ = error
    return fault
