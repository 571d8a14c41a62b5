"""What goes wrong on a line, with which requests and how often."""

from __future__ import annotations

import random
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, fields
from email.utils import formatdate
from enum import StrEnum
from time import time


class Kind(StrEnum):
    """What may be dealt; `at` counts bytes of the body that is named."""

    CUT_CONNECT = "cut-connect"  # taken and reset at once
    CUT_REQUEST = "cut-request"  # reset within the request's body
    CUT_ANSWER = "cut-answer"  # reset within the answer's body
    END_ANSWER = "end-answer"  # closed in order within the answer's body
    LOSE_ANSWER = "lose-answer"  # the store did it and said so; nobody hears
    STALL_CONNECT = "stall-connect"  # taken, and nothing more
    STALL_REQUEST = "stall-request"  # no byte more within the request's body
    STALL_ANSWER = "stall-answer"  # no byte more within the answer's body
    DELAY = "delay"  # the answer's first byte comes later
    REFUSE = "refuse"  # an error's status and code in the store's place
    SHORTEN_REQUEST = "shorten-request"  # the store hears of a shorter body
    SHORTEN_ANSWER = "shorten-answer"  # the client does
    FLIP_REQUEST = "flip-request"  # one bit of the request's body
    FLIP_ANSWER = "flip-answer"  # one bit of the answer's
    DOUBLE_REQUEST = "double-request"  # sent to the store twice; its second answer is the one that comes
    DOUBLE_ANSWER = "double-answer"  # comes twice


ON_CONNECT = {Kind.CUT_CONNECT, Kind.STALL_CONNECT}
OF_REQUEST_BODY = {Kind.CUT_REQUEST, Kind.STALL_REQUEST, Kind.SHORTEN_REQUEST, Kind.FLIP_REQUEST}
OF_ANSWER_BODY = {Kind.CUT_ANSWER, Kind.END_ANSWER, Kind.STALL_ANSWER, Kind.SHORTEN_ANSWER, Kind.FLIP_ANSWER}


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong.

    Args:
        asked: searched for, as a regular expression, in «PUT /inbox/a?partNumber=1»; connections are not asked.
        first: how many are dealt at most; None is without end.
        chance: of each that could be dealt.
        at: byte of the body; None is its middle. One behind its end is its last.
        span_s: how long a stall or a delay lasts; None is for good.
        status: of a refusal, with its `code` and, where it is not None, `retry_after_s`.
    """

    kind: Kind
    asked: str = ""
    first: int | None = 1
    chance: float = 1.0
    at: int | None = None
    span_s: float | None = None
    status: int = 503
    code: str = "ServiceUnavailable"
    retry_after_s: int | None = None

    @classmethod
    def parse(cls, text: str) -> Fault:
        """From «cut-request:at=1000,first=2,asked=PUT»; `first=all` is without end."""
        kind, _, rest = text.partition(":")
        given: dict[str, object] = {}
        readers = {"asked": str, "code": str, "chance": float, "span_s": float}
        for item in filter(None, rest.split(",")):
            name, _, value = item.partition("=")
            if name not in {field.name for field in fields(cls)}:
                raise ValueError(name)
            given[name] = None if value == "all" else readers.get(name, int)(value)
        return cls(Kind(kind), **given)  # type: ignore[arg-type]

    def __str__(self) -> str:
        told = [f"{name}={value}" for name, value in vars(self).items() if name not in ("kind", "status", "code")]
        return f"{self.code if self.kind is Kind.REFUSE else self.kind} ({', '.join(told)})"

    def place(self, length: int | None) -> int:
        """The byte that is meant of a body of this length."""
        if length is None:
            return self.at or 0
        return min(length // 2 if self.at is None else self.at, max(length - 1, 0))

    def refusal(self, asked: str) -> bytes:
        """The answer in the store's place; where its clock is the matter, it says so."""
        body = f"<?xml version='1.0'?><Error><Code>{self.code}</Code><Message>-</Message></Error>".encode()
        shift = 2 * 3600 if self.code == "RequestTimeTooSkewed" else 0
        rows = [
            f"HTTP/1.1 {self.status} -",
            f"Date: {formatdate(time() + shift, usegmt=True)}",
            "Content-Type: application/xml",
            f"Content-Length: {len(body)}",
        ]
        if self.retry_after_s is not None:
            rows.append(f"Retry-After: {self.retry_after_s}")
        head = "\r\n".join([*rows, "", ""]).encode()
        return head if asked.startswith("HEAD ") else head + body


def refused(code: str, status: int, **more: object) -> Fault:
    """A refusal by its code."""
    return Fault(Kind.REFUSE, code=code, status=status, **more)  # type: ignore[arg-type]


class Dealer:
    """Deals faults to what comes by, the first that fits; `dealt` counts by kind, a refusal by its code."""

    def __init__(self, faults: Sequence[Fault], seed: int):
        self._left: list[tuple[Fault, list[int]]] = [(fault, [0]) for fault in faults]
        self._random = random.Random(seed)
        self.dealt: Counter[str] = Counter()

    def draw(self, asked: str | None, length: int | None = None) -> Fault | None:
        """What happens to a request with a body of this length, or to a connection (None); it counts as dealt."""
        for fault, count in self._left:
            if (asked is None) != (fault.kind in ON_CONNECT):
                continue
            if fault.first is not None and count[0] >= fault.first:
                continue
            if asked is not None and not re.search(fault.asked, asked):
                continue
            if fault.kind in OF_REQUEST_BODY and length == 0:
                continue
            if self._random.random() >= fault.chance:
                continue
            count[0] += 1
            self.dealt[_named(fault)] += 1
            return fault
        return None

    def take_back(self, fault: Fault) -> None:
        """It could not be dealt after all: an answer had no body."""
        for known, count in self._left:
            if known is fault:
                count[0] -= 1
        self.dealt[_named(fault)] -= 1


def _named(fault: Fault) -> str:
    return fault.code if fault.kind is Kind.REFUSE else fault.kind.value
