"""The label's text: whether it is one, how it is shown, and whoever passes it on put in."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence

from pipeline.media.generated_label.names import MOST_BYTES, PROPAGATE_ID, PROPAGATOR
from pipeline.model.generated import FoundLabel, LabelFault, Propagation
from pipeline.model.text import is_shown, printable

_MOST_SHOWN = 160
_SPACE = re.compile(r"[ \t\n\r]*")
_EMPTY = '""'


def judged(raw: bytes, place: str) -> FoundLabel:
    """What lies at a place, as a label: a JSON object (RFC 8259) in UTF-8 of at most 4 KiB whose names are unique.

    The text is kept as it is: some hold a signature over their own letters.
    """
    if len(raw) > MOST_BYTES:
        return FoundLabel(place=place, fault=LabelFault.TOO_LONG)
    try:
        text = raw.decode("utf-8")
        value = json.loads(text, object_pairs_hook=_once, parse_constant=_refuse)
    except (ValueError, RecursionError):
        return FoundLabel(place=place, fault=LabelFault.NOT_JSON)
    if printable(text) != text:  # XML could not hold it
        return FoundLabel(place=place, fault=LabelFault.NOT_JSON)
    if not isinstance(value, dict):
        return FoundLabel(place=place, fault=LabelFault.NOT_OBJECT)
    return FoundLabel(place=place, text=text)


def _once(pairs: Sequence[tuple[str, object]]) -> dict[str, object]:
    """An object; raises ValueError where a name stands twice: readers would not agree on what it says."""
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("a name twice")
    return made


def _refuse(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def shown(text: str) -> str:
    """The beginning of it for people: what is no letter is escaped, so that it can't pretend to be something else."""
    cut = text[:_MOST_SHOWN]
    letters = "".join(char if is_shown(char) else f"\\u{ord(char):04x}" for char in cut)
    return letters + ("…" if len(text) > _MOST_SHOWN else "")


def passed_on(text: str, by: Propagation) -> str:
    """The label with whoever passes it on: a member that is not there is put behind the last one, an empty one is
    filled, and every other letter stays. As it came where somebody else stands there, or it would grow too long."""
    wanted = {PROPAGATOR: by.propagator, PROPAGATE_ID: by.propagate_id}
    values = {name: json.dumps(value, ensure_ascii=False) for name, value in wanted.items() if value}
    before = _members(text)
    said = {name: text[slice(*before[name])] for name in wanted if name in before}
    if any(value not in (_EMPTY, values.get(name)) for name, value in said.items()):
        return text
    made = text
    for name, value in values.items():
        made = _with(made, name, value)
    return made if len(made.encode("utf-8")) <= MOST_BYTES else text


def _with(text: str, name: str, value: str) -> str:
    """One member put into an object's text, in place of what it says."""
    members = _members(text)
    if name in members:
        begin, end = members[name]
        return text[:begin] + value + text[end:]
    end = max((end for _, end in members.values()), default=text.index("{") + 1)
    comma = ", " if members else ""
    return f"{text[:end]}{comma}{json.dumps(name)}: {value}{text[end:]}"


def _members(text: str) -> dict[str, tuple[int, int]]:
    """Where the value of each of an object's own members begins and ends; the text was `judged`."""
    decoder = json.JSONDecoder()
    found: dict[str, tuple[int, int]] = {}
    at = _after_space(text, text.index("{") + 1)
    while text[at] != "}":
        name, at = decoder.raw_decode(text, at)
        at = _after_space(text, _after_space(text, at) + 1)  # the colon
        _, end = decoder.raw_decode(text, at)
        found[name] = at, end
        at = _after_space(text, end)
        if text[at] == ",":
            at = _after_space(text, at + 1)
    return found


def _after_space(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    return match.end() if match else at
