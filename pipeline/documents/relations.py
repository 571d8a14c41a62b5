"""Relationships and content types of a package: what they lead to, and what in it acts.

ECMA-376 part 2 clause 6.5, part 1 annex A; MS-OFFMACRO2, MS-OWEXML, MS-CUSTOMUI. A type is judged by its last word:
Strict documents, Microsoft's and WPS's have the same words under other addresses.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from pipeline.model.document import ActiveKind

_MACROS = ("vbaproject", "vbadata", "macrosheet", "jdedata", "jdeextension", "jsproject", "jsaproject")  # the last: WPS
_MACRO_ENABLED = "macroenabled"
_KINDS = {
    "attachedtemplate": ActiveKind.TEMPLATE,
    "oleobject": ActiveKind.OBJECT,
    "control": ActiveKind.CONTROL,
    "activexcontrol": ActiveKind.CONTROL,
    "activexcontrolbinary": ActiveKind.CONTROL,
    "ctrlprop": ActiveKind.CONTROL,
    "afchunk": ActiveKind.FILE,
    "webextension": ActiveKind.ADDIN,
    "webextensiontaskpanes": ActiveKind.ADDIN,
}
_SCRIPT = re.compile(r"\s*(?:javascript|vbscript|data|jar|mhtml):", re.IGNORECASE)
_HANDLER = re.compile(r"\s*(?:ms-[a-z-]+|search|search-ms|shell|wscript|cmd|powershell):", re.IGNORECASE)
_PROGRAM = re.compile(r"\.(?:exe|bat|cmd|ps1|vbs|vbe|jse|wsf|wsh|hta|scr|lnk|msi|cpl|jar|reg|pif)\W*$", re.IGNORECASE)
_SCHEME = re.compile(r"([a-z][a-z0-9+.-]+):", re.IGNORECASE)  # two letters and more: one is a drive
_MOST_LETTERS = 160


@dataclass(frozen=True)
class Relationship:
    """One line of a part's `.rels`."""

    source: str
    id: str
    type: str
    target: str
    is_external: bool

    @property
    def word(self) -> str:
        """The last word of its type, in small letters."""
        return self.type.rstrip("/").rpartition("/")[2].lower()

    @property
    def leads_out(self) -> bool:
        """Whether what it names is not in the package, whatever it says of itself."""
        return self.is_external or bool(_SCHEME.match(self.target)) or self.target.startswith(("//", "\\\\"))

    @property
    def part(self) -> str:
        """The part that it leads to, by its name without the first slash."""
        target = self.target.replace("\\", "/")
        within = [] if target.startswith("/") else self.source.split("/")[:-1]
        for step in target.split("/"):
            if step == "..":
                within = within[:-1]
            elif step not in ("", "."):
                within.append(step)
        return "/".join(within)


def of_relationship(found: Relationship, *, is_chart: bool) -> ActiveKind | None:
    """What a relationship does; `is_chart`: its source is one, and its numbers lie in a workbook beside it."""
    word = found.word
    if is_macro(found.type):
        return ActiveKind.MACRO
    if word in _KINDS:
        return _KINDS[word]
    if word == "hyperlink":
        return _of_link(found.target) if found.leads_out else None
    if word == "image" and found.leads_out:
        return ActiveKind.PICTURE
    if found.leads_out:
        return ActiveKind.ELSEWHERE
    return ActiveKind.OBJECT if word == "package" and not is_chart else None


def is_macro(type_or_name: str) -> bool:
    """Whether a content type, a relationship's type or a part's name is that of a macro."""
    small = type_or_name.lower()
    return any(word in small for word in _MACROS)


def of_content_type(content_type: str) -> ActiveKind | None:
    """What a part of this type does."""
    small = content_type.lower()
    if is_macro(small):
        return ActiveKind.MACRO
    if "oleobject" in small:
        return ActiveKind.OBJECT
    if "activex" in small:
        return ActiveKind.CONTROL
    return ActiveKind.ADDIN if "webextension" in small else None


def enables_macros(content_type: str) -> bool:
    """Whether a main part's type says that macros may run."""
    return _MACRO_ENABLED in content_type.lower()


def _of_link(target: str) -> ActiveKind | None:
    """A link that is clicked: pages, mail and files are ordinary, scripts and programs are not."""
    if _SCRIPT.match(target):
        return ActiveKind.JAVASCRIPT
    scheme = _SCHEME.match(target)
    is_local = scheme is None or scheme[1].lower() == "file"
    return ActiveKind.LAUNCH if _HANDLER.match(target) or (is_local and _PROGRAM.search(target)) else None


def shown(text: str) -> str:
    """An address or a name as a finding has it: short, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= _MOST_LETTERS else f"{line[:_MOST_LETTERS]}…"
