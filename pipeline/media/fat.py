"""What sticks and station computers take: names that FAT and Windows know, and how long a file may be. Pure.

Sources: Microsoft, «Naming Files, Paths, and Namespaces» (letters, reserved names, a dot or space at the end, 260 with
the drive and the end of a string); FAT32 specification 1.03 section 7 (names of 255 UTF-16 units, sizes in 32 bits).
"""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

MOST_FILE_BYTES = (1 << 32) - 1
CLUSTER_BYTES = 32 << 10  # what a file's end is rounded up to on sticks of 32 GB
MOST_UNITS = 255  # of a name, in UTF-16
MOST_BYTES = 255  # of a name in UTF-8, where the folder lies on a disk of Linux first
MOST_PATH_UNITS = 200  # below the folder: Windows takes 259, and the folder has a name of its own
_FORBIDDEN = re.compile(r'[\\/:*?"<>|\s]+')
_RESERVED = re.compile(r"(CON|PRN|AUX|NUL|CLOCK\$|CONIN\$|CONOUT\$|(COM|LPT)[0-9¹²³])", re.IGNORECASE)
_JOINERS = "\u200c\u200d"  # Uyghur and Kazakh words are spelt with them
_UNSEEN = ("Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp")


def units(text: str) -> int:
    """How long Windows takes a name or path for: in UTF-16."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def name(text: str, suffix: str = "", *, most: int = 60, fallback: str = "_") -> str:
    """A name for a file or folder that reads as the text does.

    Args:
        suffix: what it ends with, such as `.mp4`; of ASCII.
        most: UTF-16 units of all, the suffix too.
        fallback: what stands for a text of which nothing is left.
    """
    kept = "".join(char for char in _composed(text) if char in _JOINERS or unicodedata.category(char) not in _UNSEEN)
    stem = _ended(_FORBIDDEN.sub(" ", kept)) or fallback
    while units(stem + suffix) > min(most, MOST_UNITS) or len((stem + suffix).encode()) > MOST_BYTES:
        stem = _ended(_without_last(stem)) or fallback
    return (f"{stem}_" if is_reserved(stem) else stem) + suffix


def is_reserved(text: str) -> bool:
    """Whether Windows takes a name for a device: whatever stands behind its first dot."""
    return _RESERVED.fullmatch(text.partition(".")[0].rstrip(" ")) is not None


def key(path: str) -> str:
    """What two paths have in common that are one on a stick: neither case nor composition tells them apart."""
    return _composed(_composed(path).casefold())


def unlike(wanted: str, taken: set[str]) -> str:
    """The path, or the first of `… (2)`, `… (3)` that is not taken; it is then.

    Args:
        taken: keys of paths.
    """
    pure = PurePosixPath(wanted)
    # the end of a film's title, `v1.2`, is no suffix
    suffix = pure.suffix if re.fullmatch(r"\.[a-z0-9]{2,5}", pure.suffix) else ""
    stem, number, found = wanted.removesuffix(suffix), 1, wanted
    while key(found) in taken:
        number += 1
        found = f"{stem} ({number}){suffix}"
    taken.add(key(found))
    return found


def _composed(text: str) -> str:
    return unicodedata.normalize("NFC", text)


def _without_last(text: str) -> str:
    """The text without its last letter, which may have marks."""
    while len(text) > 1 and unicodedata.combining(text[-1]):
        text = text[:-1]
    return text[:-1]


def _ended(text: str) -> str:
    """No dot or space at the end, which Windows leaves off; none in front, which hides a file."""
    return text.strip(" .").rstrip(_JOINERS)
