"""Variables of playlists: EXT-X-DEFINE, and {$NAME} in what it stands for (RFC 8216bis clauses 4.3 and 4.4.2.3)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

TAG = "#EXT-X-DEFINE"
VERSION, QUERY_VERSION = 8, 11  # RFC 8216bis clause 8
_REFERENCE = re.compile(r"\{\$([A-Za-z0-9_-]+)\}")


@dataclass
class Definitions:
    """The variables of one playlist.

    Args:
        inherited: those of the multivariant playlist; None: the playlist was read without one.
        values: what has been defined so far.
        unknown: names whose values only a server's address or an absent playlist tells.
        version: what the tags need of EXT-X-VERSION.
    """

    inherited: Mapping[str, str] | None = None
    values: dict[str, str] = field(default_factory=dict)
    unknown: set[str] = field(default_factory=set)
    version: int = 1

    def define(self, attributes: Mapping[str, str], line: int, faults: list[str]) -> None:
        """Take in a tag; NAME with VALUE, IMPORT, or QUERYPARAM."""
        self.version = max(self.version, QUERY_VERSION if "QUERYPARAM" in attributes else VERSION)
        name, given = attributes.get("NAME"), attributes.get("IMPORT")
        if name and "VALUE" in attributes:
            self.values[name] = attributes["VALUE"]
        elif given and self.inherited is not None and given in self.inherited:
            self.values[given] = self.inherited[given]
        elif given and self.inherited is None:
            self.unknown.add(given)
        elif asked := attributes.get("QUERYPARAM"):
            self.unknown.add(asked)
        else:
            faults.append(f"line {line}: {TAG} {given or name or ''}".rstrip())

    def put_in(self, text: str, line: int, faults: list[str]) -> str:
        """The text with the values in place of the names; a name that nothing defines is a fault."""

        def value(match: re.Match[str]) -> str:
            if match[1] not in self.values and match[1] not in self.unknown:
                faults.append(f"line {line}: {match[0]} is not defined")
            return self.values.get(match[1], match[0])

        return _REFERENCE.sub(value, text)


def is_undefined(text: str) -> bool:
    """Whether a name is left in it."""
    return _REFERENCE.search(text) is not None
