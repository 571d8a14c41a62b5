"""The order and the numbers that names of lessons tell: 第2讲 before 第十讲, 1-2 before 1-10, ０１ as 01."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_TENS = {"十": 10, "百": 100}
_HAN = "".join((*_DIGITS, *_TENS))
_COUNTED = "讲課课节節集章期回册冊部篇"
_UNITS = "单單章编編部册冊"
# Chinese figures are numbers where they count: behind 第, before what is counted, before 、 at the start
_NUMBER = re.compile(rf"(?:(?<=第)[{_HAN}]+)|(?:^[{_HAN}]+(?=[、.．]))|(?:[{_HAN}]+(?=\s*[{_COUNTED}单單]))|[0-9]+")
_PLACES = {"上": "1", "中": "2", "下": "3"}
_PLACE = re.compile(r"(?<![0-9A-Za-z])[上中下](?=[集部篇]?[）)\]】]?$)")
_LARGEST = 199  # a larger number is a year or a version
_OF_LESSON = re.compile(rf"第\s*([0-9]+)\s*[{_COUNTED}]")
_OF_UNIT = re.compile(rf"第\s*([0-9]+)\s*[{_UNITS}]")
_LEADING = re.compile(r"^([0-9]{1,3})(?:\s*[-_.—]\s*([0-9]{1,3}))?(?![0-9])")
_TRAILING = re.compile(r"(?<![0-9])([0-9]{1,3})$")

Key = tuple[tuple[int, int, str], ...]


def plain(name: str) -> str:
    """A name in one form: full-width signs as usual ones, Chinese figures that count as digits, lower case."""
    text = unicodedata.normalize("NFKC", name).strip().casefold()
    text = _NUMBER.sub(lambda match: str(_value(match[0])), text)
    return _PLACE.sub(lambda match: _PLACES[match[0]], text)


def natural(path: str) -> Key:
    """What relative paths are sorted by: as people count, folder by folder."""
    found: list[tuple[int, int, str]] = []
    for part in PurePosixPath(path).with_suffix("").parts:
        for run in re.findall(r"[0-9]+|[^0-9]+", plain(part)):
            found.append((0, int(run), "") if run.isdecimal() else (1, 0, run))
        found.append((-1, 0, ""))
    return tuple(found)


def numbers(stem: str) -> tuple[int, ...]:
    """The number of a lesson, or of its unit and itself; nothing where the name tells none."""
    text = plain(stem)
    if lesson := _OF_LESSON.search(text):
        unit = _OF_UNIT.search(text[: lesson.start()])
        found = (*((int(unit[1]),) if unit else ()), int(lesson[1]))
    elif leading := _LEADING.search(text):
        found = tuple(int(group) for group in leading.groups() if group is not None)
    elif trailing := _TRAILING.search(text):
        found = (int(trailing[1]),)
    else:
        return ()
    return found if all(number <= _LARGEST for number in found) else ()


def is_number_alone(stem: str) -> bool:
    """Whether a name says which lesson it is of and nothing else."""
    left = _OF_UNIT.sub("", _OF_LESSON.sub("", plain(stem)))
    return bool(numbers(stem)) and not re.sub(r"[0-9\s._\-—第讲课元()（）]", "", left)


def title_of(stem: str) -> str | None:
    """A lesson's title: its name without a number in front; nothing where only that is there."""
    rest = re.sub(r"^[0-9０-９]{1,3}(?:\s*[-_.—][0-9０-９]{1,3})?[\s._\-—、．]*(?![0-9])", "", stem.strip())
    kept = rest.strip(" ._-—")
    return None if not kept or is_number_alone(stem) else kept


def _value(text: str) -> int:
    """A number in digits or in Chinese figures (二十三, 一百零二, 二〇)."""
    if text.isdecimal():
        return int(text)
    if not any(char in _TENS for char in text):
        return int("".join(str(_DIGITS[char]) for char in text))
    total = digit = 0
    for char in text:
        if char in _TENS:
            total += (digit or 1) * _TENS[char]
            digit = 0
        else:
            digit = _DIGITS[char]
    return total + digit
