"""Letters that were lost before the file came, because a program took its encoding for another."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator

from pipeline.media.subtitles import scripts

# how each byte looks in Windows-1252, and in Latin-1 where that has none; editors make spaces of U+00A0
_SIGNS = {bytes([byte]).decode("cp1252", "ignore") or chr(byte): chr(byte) for byte in range(0x80, 0x100)}
_AS_BYTES = str.maketrans({**_SIGNS, " ": "\xa0"})
_LETTER = re.compile(
    r"[\xc2-\xdf][\x80-\xbf]|\xe0[\xa0-\xbf][\x80-\xbf]|[\xe1-\xec\xee\xef][\x80-\xbf]{2}|\xed[\x80-\x9f][\x80-\xbf]"
    r"|\xf0[\x90-\xbf][\x80-\xbf]{2}"
)
_UTF8 = re.compile(f"(?:{_LETTER.pattern})+")
# what stands behind a letter in words of Europe, «été », «BÉŽOVÝ», «MÄÄRÄ × 2»: by itself it proves nothing
_BEHIND = frozenset(" \xa0«»‘’‚“”„…–—•™®©°º·¿¡ŠšŽžŒœŸƒ".translate(_AS_BYTES))
_NO_WORD = re.compile(r"â€.|ï»¿|Ã©")  # quotes and dashes of typesetting, a mark of the encoding, é
_WIDE = re.compile(r"[^\x00-\x9f\s]{3,}")
_NO_LETTERS = frozenset({"Cc", "Cn", "Co", "Cs"})
# what is left of U+FFFD read as GBK, and of memory that nobody filled; «烫烫烫！» is what one cries at a hot pot
_FILLERS = re.compile(r"(?:锟斤拷)+|烫{4,}[烫屯]*|屯{4,}|烫+屯{2,}")
# Letters that an encoding did not have. «?????» alone may be meant, and so may be «什么????». Lost are those before the
# letters of a line or in a word's place, those inside a word unless a question ends there, and several words of them.
_QUESTIONS = re.compile(
    r"^\?{2,}(?: \?{2,})+(?=\W*$)"
    r"|(?P<word>(?:^|(?<=\s))\?{4,})(?=(?P<line>.*))"
    r"|(?<=[^\W\d_吗呢么啊吧嘛呀谁哪啥何的了是对行好])\?{4,}(?=(?P<next>.))",
    re.MULTILINE,
)


def lost(text: str) -> list[str]:
    """Each run of letters that stands for others, or for none any more, as it stands in the text."""
    return [*_western(text), *_chinese(text), *(match[0] for match in _FILLERS.finditer(text)), *_questions(text)]


def _western(text: str) -> Iterator[str]:
    """UTF-8 that was read as Windows-1252 or Latin-1: «ä½ å¥½» was 你好."""
    for match in _UTF8.finditer(text.translate(_AS_BYTES)):
        stands = text[match.start() : match.end()]
        meant = match[0].encode("latin-1").decode("utf-8")
        letters = _LETTER.findall(match[0])
        proves = any(not _BEHIND & set(letter) for letter in letters) or _NO_WORD.search(stands)
        several = len(letters) > 1 and len(match[0]) > 2 * len(letters)  # one of them of three signs
        if (proves or several) and not any(unicodedata.category(char) in _NO_LETTERS for char in meant):
            yield "".join(char if char.isprintable() else " " for char in stands).strip()


def _chinese(text: str) -> Iterator[str]:
    """UTF-8 that was read as GBK: «鎴戜滑» was 我们. What is meant hardly ever makes two of UTF-8 by chance."""
    for match in _WIDE.finditer(text):
        try:
            meant = codecs.getincrementaldecoder("utf-8")().decode(match[0].encode("gb18030"))
        except UnicodeError:
            continue
        if len(meant) > 1 and all(scripts.script_of(char) == scripts.HAN for char in meant):
            yield match[0]


def _questions(text: str) -> Iterator[str]:
    """Question marks in the place of letters. Latin ones are in every encoding, so that none of them is lost."""
    for match in _QUESTIONS.finditer(text):
        letters = match["line"] if match["word"] else match["next"]
        if letters and letters[0].isupper():  # of the next sentence
            continue
        if letters is None or any(scripts.script_of(char) not in (None, scripts.LATIN) for char in letters):
            yield match[0]
