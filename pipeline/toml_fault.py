"""Why a text is no TOML, for who wrote it in an editor."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.errors import InputError

# editors and chat programs put them in place of plain quotes
_TYPOGRAPHIC = "“”„‟«»＂‘’‚‛＇"


def not_toml(path: Path, text: str, detail: str) -> InputError:
    """The line that is no TOML; typographic quotes are named, since on the screen they look right."""
    for number, line in enumerate(text.splitlines(), 1):
        if (found := next((sign for sign in line if sign in _TYPOGRAPHIC), None)) and '"' not in line:
            return InputError("settings_quotes", where=str(path), line=number, sign=found)
    placed = re.fullmatch(r"(.*) \(at (?:line (\d+), column (\d+)|end of document)\)", detail, re.DOTALL)
    said = placed[1] if placed else detail
    lines = text.splitlines() or [""]
    place = f"{placed[2]}:{placed[3]}" if placed and placed[2] else f"{len(lines)}:{len(lines[-1]) + 1}"
    return InputError("settings_syntax", where=f"{path}:{place}", detail=said)
