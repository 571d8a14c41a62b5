"""Attribute lists of a playlist's tags (RFC 8216 clause 4.2)."""

from __future__ import annotations

import re

_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)')
# with the blanks that the clause does not allow, which do not hide what is meant
_LOOSE = re.compile(r'\s*([A-Z0-9-]+)\s*=\s*("[^"\r\n]*"|[^",\s]+)\s*(,|$)')


def read(text: str, line: int, faults: list[str]) -> tuple[dict[str, str], bool]:
    """Names and values without their quotes, and whether all of the list was read; what the clause does not allow is
    put down in `faults`, once a list."""
    made: dict[str, str] = {}
    at = 0
    loose = ""
    while at < len(text):
        match = _ATTRIBUTE.match(text, at)
        if match is None:
            match = _LOOSE.match(text, at)
            loose = loose or text[at : at + 40]
        if match is None or match[1] in made:
            faults.append(f"line {line}: {text[at : at + 40]}")
            return made, False
        made[match[1]] = match[2].strip('"')
        at = match.end()
    if loose:
        faults.append(f"line {line}: {loose}")
    return made, True
