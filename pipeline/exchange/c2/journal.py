"""Notices that came in: one line of JSON each, on the disk before it is answered, so that none is lost by a crash.

What is answered and not yet in the store is taken up at the next start, and ends as it would have: until then the
address of a result file stands here whole, in a file that is the user's alone. When nothing waits any more, user,
password and signature are taken out of it.
"""

from __future__ import annotations

import threading
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import urlsplit, urlunsplit

from pydantic import AwareDatetime, Field, TypeAdapter, ValidationError

from pipeline import durable
from pipeline.errors import ShowcaseError
from pipeline.model.base import Noun, canonical
from pipeline.model.c2_wire import Int, ResultNotify, String32

NAME = "notices.jsonl"
_MODE = 0o600  # addresses hold logins
MOST_OPEN = 10_000  # notices that wait for the store; a season has some thousands in all


class Notice(Noun):
    """One notice.

    Args:
        result_file: where its answer file lies, as the notice has it: in no repr.
        at: when it came.
    """

    kind: Literal["notice"] = "notice"
    csp_id: String32
    lsp_id: String32
    correlate_id: String32
    cmd_result: Int
    result_file: Annotated[str | None, Field(repr=False)] = None
    at: AwareDatetime

    @classmethod
    def of(cls, message: ResultNotify, at: datetime) -> Notice:
        """What a call says."""
        return cls(
            csp_id=message.csp_id,
            lsp_id=message.lsp_id,
            correlate_id=message.correlate_id,
            cmd_result=message.cmd_result,
            result_file=message.result_file_url,
            at=at,
        )


class Settled(Noun):
    """That a notice is in the store, or is none of ours: such a one may be told again."""

    kind: Literal["settled"] = "settled"
    correlate_id: String32
    is_ours: bool = True
    at: AwareDatetime


_LINE: TypeAdapter[Notice | Settled] = TypeAdapter(Annotated[Notice | Settled, Field(discriminator="kind")])


class Full(Exception):
    """Too many notices wait for the store."""


class NoticeJournal:
    """The journal of one listener, which holds its file alone; many threads may call."""

    def __init__(self, path: Path):
        self._path = path
        self._lock = threading.Lock()
        self._known: dict[str, str] = {}  # CSPID by CorrelateID
        self._open: dict[str, Notice] = {}
        self._read()
        if path.exists():
            path.chmod(_MODE)
            self._clean()
        else:
            durable.make_folder(path.parent)
            durable.write(path, b"", mode=_MODE)

    def waiting(self) -> list[Notice]:
        """What is not in the store yet, the oldest first."""
        with self._lock:
            return list(self._open.values())

    def knows(self, message: ResultNotify) -> bool:
        """Whether a notice of this order came before, from whoever calls us the same."""
        with self._lock:
            return self._known.get(message.correlate_id) == message.csp_id

    def take(self, notice: Notice) -> bool:
        """Bring a notice to the disk; False where one of its order is there already.

        Raises:
            Full: too many wait. EnvironmentFault: no space, or the place is not writable.
        """
        with self._lock:
            if notice.correlate_id in self._known:
                return False
            if len(self._open) >= MOST_OPEN:
                raise Full
            self._append(notice)
            self._known[notice.correlate_id] = notice.csp_id
            self._open[notice.correlate_id] = notice
            return True

    def settle(self, notice: Notice, at: datetime, *, is_ours: bool = True) -> None:
        """It is in the store; what is none of ours may be told again."""
        with self._lock:
            line = Settled(correlate_id=notice.correlate_id, is_ours=is_ours, at=at)
            self._append(line)
            self._forget(line)
            if not self._open:
                self._clean()

    def _forget(self, line: Settled) -> None:
        self._open.pop(line.correlate_id, None)
        if not line.is_ours:
            self._known.pop(line.correlate_id, None)

    def _append(self, line: Notice | Settled) -> None:
        durable.append_line(self._path, canonical(line.model_dump(mode="json")))

    def _clean(self) -> None:
        """Take out of what is settled the secrets of its address. Where the disk refuses it is done another time."""
        before = self._path.read_bytes()
        lines = [self._cleaned(text) for text in before.splitlines()]
        after = b"".join(line + b"\n" for line in lines)
        if after != before:
            with suppress(ShowcaseError):
                durable.write(self._path, after, mode=_MODE)

    def _cleaned(self, text: bytes) -> bytes:
        try:
            line = _LINE.validate_json(text)
        except ValidationError:
            return text
        if isinstance(line, Settled) or line.correlate_id in self._open:
            return text
        told = without_secrets(line.result_file)
        if told == line.result_file:
            return text
        return canonical(line.model_copy(update={"result_file": told}).model_dump(mode="json"))

    def _read(self) -> None:
        """Lines that were torn by a crash are none: they were not answered."""
        if not self._path.exists():
            return
        for text in self._path.read_bytes().splitlines():
            try:
                line = _LINE.validate_json(text)
            except ValidationError:
                continue
            if isinstance(line, Notice):
                self._known[line.correlate_id] = line.csp_id
                self._open.setdefault(line.correlate_id, line)
            else:
                self._forget(line)


def without_secrets(address: str | None) -> str | None:
    """An address without user, password and query; None for what is no address."""
    if address is None:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        return None
    return urlunsplit((parts.scheme, parts.netloc.rpartition("@")[2], parts.path, "", ""))
