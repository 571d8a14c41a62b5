"""Text and paths that come from outside: what every room may rely on once a model holds them."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import Annotated

from pydantic import AfterValidator, StringConstraints
from pydantic_core import PydanticCustomError

MOST_LINE, MOST_LINES = 128, 1024
_NO_LINE = ("Cc", "Cs", "Zl", "Zp")  # categories of Unicode: controls, halves of characters, ends of lines
_UNSEEN = (*_NO_LINE, "Cf", "Zs")
_NOT_XML = re.compile("[^\\t\\n\\r\\x20-\\ud7ff\\ue000-\\ufffd\\U00010000-\\U0010ffff]")  # XML 1.0, production 2


def printable(text: str) -> str:
    """The text with everything replaced that XML can't hold, such as control characters."""
    return _NOT_XML.sub("\ufffd", text)


def is_shown(char: str) -> bool:
    """Whether a character is for readers: every space, and the joiners that Uyghur and Kazakh words are spelt with."""
    return char.isprintable() or unicodedata.category(char) == "Zs" or char in "\u200c\u200d"


def unfit_sign(path: str) -> str | None:
    """The first character for which a submission can't name a relative path: a backslash, the colon of what would be a
    drive, what is no part of a line; None where there is none."""
    drive = re.match(r"^[A-Za-z](:)", path)
    if drive:
        return drive[1]
    return next((char for char in path if char == "\\" or unicodedata.category(char) in _NO_LINE), None)


def in_one_line(text: str) -> str:
    """What somebody wrote in several lines in one, with a stroke where a line ended; spaces are single ones."""
    lines = (" ".join(line.split()) for line in text.splitlines())
    return " / ".join(line for line in lines if line)


def is_inside(path: str) -> bool:
    """Whether a relative path with forward slashes stays in its folder, on any system."""
    pure = PurePosixPath(path)
    odd = "\\" in path or "\x00" in path or re.match(r"^[A-Za-z]:", path) is not None
    return not (odd or pure.is_absolute() or ".." in pure.parts or not pure.name)


def _any_lines(text: str) -> str:
    if _NOT_XML.search(text):
        raise PydanticCustomError("any_lines", "must not hold control characters")
    return unicodedata.normalize("NFC", text)


def one_line(text: str) -> str:
    """The text as a `Line` has it: NFC, without spaces around it.

    Raises:
        PydanticCustomError: it is no single line.
    """
    text = _any_lines(text).strip()
    if all(unicodedata.category(char) in _UNSEEN for char in text) or any(
        unicodedata.category(char) in _NO_LINE for char in text
    ):
        raise PydanticCustomError("one_line", "must be one line of text without control characters")
    return text


def is_line(text: str) -> bool:
    """Whether a text can be a `Line`."""
    try:
        return len(text) <= MOST_LINE and bool(one_line(text))
    except PydanticCustomError:
        return False


def _relative(text: str) -> str:
    pure = PurePosixPath(text)
    if ".." in pure.parts or not pure.name:
        raise PydanticCustomError("inside_folder", "must stay inside its folder")
    if not is_inside(text):
        if not pure.is_absolute() and (sign := unfit_sign(text)) and not re.match(r"^[A-Za-z]:[/\\]", text):
            known = {"file": printable(text), "sign": printable(sign)}
            raise PydanticCustomError("path_sign", "«{file}» must not hold «{sign}»", known)
        raise PydanticCustomError("relative_path", "must be a relative path with forward slashes")
    return text


LanguageCode = Annotated[str, StringConstraints(pattern=r"^[a-z]{3}$")]  # ISO 639-2/3
Lines = Annotated[str, StringConstraints(max_length=MOST_LINES), AfterValidator(_any_lines)]
Line = Annotated[str, StringConstraints(max_length=MOST_LINE), AfterValidator(one_line)]
RelativePath = Annotated[str, AfterValidator(_relative)]
