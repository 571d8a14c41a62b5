"""What bytes of a text file mean: by its mark, else as UTF-8, else by what the letters make likely.

The only importer of charset-normalizer.
"""

from __future__ import annotations

import codecs
import unicodedata
from dataclasses import dataclass

from charset_normalizer import from_bytes

from pipeline.model.subtitles import LineEnds

_MARKS = ((codecs.BOM_UTF8, "utf-8"), (codecs.BOM_UTF16_LE, "utf-16-le"), (codecs.BOM_UTF16_BE, "utf-16-be"))
# Chinese on the mainland and elsewhere, Cyrillic with and without Kazakh letters, Arabic
_LIKELY = ["gb18030", "big5", "ptcp154", "kz1048", "cp1251", "cp1256"]
_USUAL = "gb18030"  # what Chinese editing rooms save
_HALF_EMPTY = 0.03  # figures and line ends of UTF-16 leave every other byte 0
_DAMAGED = 10  # letters of UTF-8 for each that is none
_LEVEL_1_ENDS = 0xD7  # GB 2312: the first byte of the last row of everyday characters


class NotSubtitles(ValueError):
    """The text is no subtitle file that we know, or holds no cue.

    Args:
        reason: a key of the catalogue's `text.refused_…`.
        line: the file's line that it is about, from 1.
    """

    def __init__(self, reason: str, detail: str = "", line: int | None = None):
        super().__init__(reason, detail, line)
        self.reason, self.detail, self.line = reason, detail, line


class Undecodable(NotSubtitles):
    """The bytes are text in no encoding that we know."""


@dataclass(frozen=True)
class DecodedText:
    """Text with line ends of LF, the encoding it was in and whether that had to be guessed, and how lines ended."""

    text: str
    encoding: str
    guessed: bool
    line_ends: LineEnds


def decode(data: bytes) -> DecodedText:
    """The text that `data` holds.

    Raises:
        Undecodable: nothing fits.
    """
    text, encoding, guessed = _decode(data)
    if "\x00" in text:
        raise Undecodable("no_encoding", f"{encoding}: zero bytes")
    even = text.replace("\r\n", "\n").replace("\r", "\n")
    return DecodedText(even, encoding, guessed, _line_ends(text))


def _line_ends(text: str) -> LineEnds:
    both = text.count("\r\n")
    counts = {"crlf": both, "lf": text.count("\n") - both, "cr": text.count("\r") - both}
    kinds: list[LineEnds] = [name for name, count in counts.items() if count]  # type: ignore[misc] # the keys above
    return kinds[0] if len(kinds) == 1 else "mixed" if kinds else "lf"


def _decode(data: bytes) -> tuple[str, str, bool]:
    for mark, name in _MARKS:
        if data.startswith(mark):
            return _strict(data[len(mark) :], name), name, False
    if wide := _unmarked_wide(data):
        return _strict(data, wide), wide, True
    try:
        return data.decode("utf-8"), "utf-8", False
    except UnicodeDecodeError as error:
        _refuse_damaged(data, error.start)
    if (common := _common_chinese(data)) is not None:
        return common, _USUAL, True
    best = from_bytes(data, cp_isolation=_LIKELY).best()
    if best is not None:
        return _strict(data, best.encoding), best.encoding, True
    text = _strict(data, _USUAL)  # few letters of several scripts are likely in no encoding
    if any(unicodedata.category(char) in ("Co", "Cn", "Cs") for char in text):
        raise Undecodable("no_encoding", _USUAL)
    return text, _USUAL, True


def _strict(data: bytes, name: str) -> str:
    try:
        return data.decode(name)
    except UnicodeDecodeError as error:
        raise Undecodable("no_encoding", f"{name}: byte {error.start}") from error


def _refuse_damaged(data: bytes, at: int) -> None:
    """UTF-8 with a byte that is none, or cut inside a letter, is not another encoding.

    Raises:
        Undecodable: so it is; `detail` is the line of the first one.
    """
    text = data.decode("utf-8", "replace")
    wrong = text.count("\ufffd")
    right = sum(char > "\x7f" for char in text) - wrong
    if right > _DAMAGED * wrong:
        raise Undecodable("damaged", line=data.count(b"\n", 0, at) + 1)


def _common_chinese(data: bytes) -> str | None:
    """Text in GB 2312 all of whose characters are everyday ones (level 1): a few of them look like Big5 too."""
    try:
        text = data.decode("gb2312")
    except UnicodeDecodeError:
        return None
    wide = [char.encode("gb2312")[0] for char in text if char > "\x7f"]
    return text if wide and all(first <= _LEVEL_1_ENDS for first in wide) else None


def _unmarked_wide(data: bytes) -> str | None:
    """UTF-16 without a mark: no other text has zero bytes."""
    half = len(data) // 2
    if half < 8:
        return None
    if data[1::2].count(0) > _HALF_EMPTY * half:
        return "utf-16-le"
    return "utf-16-be" if data[0::2].count(0) > _HALF_EMPTY * half else None
