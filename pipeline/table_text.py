"""In which encoding a table's text is: as Excel and WPS save it, with and without a mark."""

from __future__ import annotations

import codecs
import io
from pathlib import Path

from pipeline.errors import InputError

_MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))
_UNMARKED = ("utf-16-le", "utf-16-be")
_BETWEEN_CELLS = (",", ";", "\t", "\r", "\n")


def decoded(raw: bytes, path: Path) -> str:
    """The text of a table.

    Raises:
        InputError: it is in none of these encodings, or holds NULs.
    """
    marked = next((name for mark, name in _MARKS if raw.startswith(mark)), None)
    encoding = marked or next((name for name in _UNMARKED if _is_table_in(raw, name)), None)
    for name in (encoding,) if encoding else ("utf-8", "gb18030"):
        try:
            text = raw.decode(name)
        except UnicodeDecodeError:
            continue
        if "\x00" in text:
            line = len(io.StringIO(text.partition("\x00")[0] + "-", newline="").readlines())
            raise InputError("table_nul", where=f"{path}:{line}")
        return text
    raise InputError("table_encoding", where=str(path))


def _is_table_in(raw: bytes, encoding: str) -> bool:
    """Whether bytes with NULs are UTF-16: what stands between cells then has a NUL of its own, two at the least."""
    if b"\x00" not in raw:
        return False
    try:
        text = raw.decode(encoding)
    except UnicodeDecodeError:
        return False
    return "\x00" not in text and sum(map(text.count, _BETWEEN_CELLS)) > 1
