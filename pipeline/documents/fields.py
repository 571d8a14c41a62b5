"""Fields of Word: text that does something when the document is opened (ECMA-376 part 1, 17.16).

What a field is stands at its beginning, in any case, split over as many runs as its writer likes, or made by fields
inside it: `{ { QUOTE 68 68 69 } … }` is DDE.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from pipeline.model.document import ActiveKind

_NAME = re.compile(r"[\s\"'\u200b-\u200f\ufeff\\]*([a-z0-9]+)", re.IGNORECASE)
_ARGUMENT = re.compile(r'["“”]([^"“”]*)["“”]?|(\S+)')
_ADDRESS = re.compile(r"(?:https?|ftps?|smb|mhtml|webdav):", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):(.*)", re.IGNORECASE | re.DOTALL)  # one letter is a drive
_OTHER_HOST = re.compile(r"[\\/]{2}(?!localhost[\\/])[^\\/]|[\\/]{4}")
_QUOTED = re.compile(r'"([^"]*)"|(\d+)|(\S+)')
_ALWAYS = {
    "DDE": ActiveKind.DDE,
    "DDEAUTO": ActiveKind.DDE,
    "LINK": ActiveKind.OBJECT,
    "EMBED": ActiveKind.OBJECT,
    "DATABASE": ActiveKind.ELSEWHERE,
    "CONTROL": ActiveKind.CONTROL,
    "HTMLACTIVEX": ActiveKind.CONTROL,
}
# with an address they fetch what they show
_FETCHING = {
    "INCLUDEPICTURE": ActiveKind.PICTURE,
    "IMPORT": ActiveKind.PICTURE,
    "INCLUDETEXT": ActiveKind.ELSEWHERE,
    "INCLUDE": ActiveKind.ELSEWHERE,
    "RD": ActiveKind.ELSEWHERE,
}
_MOST_LETTERS = 1 << 16  # of one field's code
_MOST_DEPTH = 200


def has_address(code: str) -> bool:
    """Whether one of a field's arguments is on another machine: `http://…`, `\\\\server\\…`, no drive's letter."""
    return any(_is_elsewhere((quoted or bare).strip()) for quoted, bare in _ARGUMENT.findall(code))


def _is_elsewhere(argument: str) -> bool:
    if argument.startswith(("\\\\", "//")) or _ADDRESS.search(argument):
        return True
    found = _SCHEME.match(argument)
    return found is not None and (found[1].lower() != "file" or _OTHER_HOST.match(found[2]) is not None)


def judged(code: str, *, is_computed: bool = False) -> ActiveKind | None:
    """What a field does by its code; `is_computed`: a part of it is known only when it is opened."""
    found = _NAME.match(code)
    if not found:
        return None
    name = found[1].upper()
    if name in _ALWAYS:
        return _ALWAYS[name]
    if name in _FETCHING and (is_computed or has_address(code[found.end() :])):
        return _FETCHING[name]
    return None


@dataclass
class _Open:
    """A field whose end did not come yet."""

    code: list[str] = field(default_factory=list)
    result: list[str] = field(default_factory=list)
    letters: int = 0
    is_separated: bool = False
    is_computed: bool = False


@dataclass
class Fields:
    """The fields of one part, fed in the order of its text; what acts is given as soon as it is known."""

    _open: list[_Open] = field(default_factory=list)
    _outside: list[str] = field(default_factory=list)

    def begin(self) -> Iterator[tuple[ActiveKind, str]]:
        if len(self._open) < _MOST_DEPTH:
            self._open.append(_Open())
        else:
            yield ActiveKind.ELSEWHERE, "…"

    def separate(self) -> None:
        if self._open:
            self._open[-1].is_separated = True

    def text(self, text: str, *, is_code: bool) -> None:
        """A run's text; in front of the separation the text that is shown is code, too."""
        if not self._open:
            if is_code:
                self._outside.append(text[:_MOST_LETTERS])
            return
        here = self._open[-1]
        if here.letters < _MOST_LETTERS:
            here.letters += len(text)
            (here.result if here.is_separated and not is_code else here.code).append(text)

    def end(self) -> Iterator[tuple[ActiveKind, str]]:
        """A field ended: what it does, and its code."""
        if not self._open:
            return
        ended = self._open.pop()
        code = "".join(ended.code)
        found = judged(code, is_computed=ended.is_computed)
        if found:
            yield found, code
        if self._open and not self._open[-1].is_separated:
            outer, said = self._open[-1], _literal(code)
            outer.is_computed = outer.is_computed or said is None
            outer.code.append("".join(ended.result) if said is None else said)

    def paragraph(self) -> Iterator[tuple[ActiveKind, str]]:
        """A paragraph ended: code that stands in no field is judged, too."""
        code = "".join(self._outside)
        self._outside = []
        if found := judged(code):
            yield found, code

    def close(self) -> Iterator[tuple[ActiveKind, str]]:
        """The part ended: fields without an end are judged as they are."""
        while self._open:
            yield from self.end()
        yield from self.paragraph()


def _literal(code: str) -> str | None:
    """What a QUOTE stands for: its words, and the letters of its numbers; None for every other field."""
    found = _NAME.match(code)
    if not found or found[1].upper() != "QUOTE":
        return None
    said = []
    for words, number, word in _QUOTED.findall(code[found.end() :]):
        if word.startswith("\\"):
            break  # its switches
        said.append(chr(int(number)) if number and int(number) < 0x110000 else words or word)
    return "".join(said)
