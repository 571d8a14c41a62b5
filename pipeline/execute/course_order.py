"""The order and numbers that names of lessons tell: 第2讲 before 第十讲, 1-2 before 1-10, ０１ as 01, （一） as 1."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath
from typing import NamedTuple

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2}
_DIGITS |= {char: value for value, char in enumerate("壹贰叁肆伍陆柒捌玖", start=1)}
_TENS = {"十": 10, "拾": 10, "百": 100, "佰": 100}
_SHORT = str.maketrans({"廿": "二十", "卅": "三十"})
_HAN = "".join((*_DIGITS, *_TENS, "廿卅"))
_COUNTED = "讲課课节節集章期回册冊部篇"
_UNITS = "单單章编編部册冊"
# Chinese figures are numbers where they count: behind 第, before what is counted, before 、 at the start, in brackets,
# and at the end behind what is counted (上篇一)
_COUNTING = (
    rf"(?<=第)[{_HAN}]+",
    rf"^[{_HAN}]+(?=[、.．\s_-])",
    rf"[{_HAN}]+(?=\s*[{_COUNTED}单單])",
    rf"(?<=[(\[【])[{_HAN}]+(?=[)\]】])",
    rf"(?<=[{_COUNTED}\s_-])[{_HAN}]+$",
    "[0-9]+",
)
_NUMBER = re.compile("|".join(_COUNTING))
# in an order alone they may be numbers at any end: 播种一 before 播种二 before 播种三
_AT_THE_END = re.compile(rf"[{_HAN}]+$")
_ROMAN = re.compile(r"(?<![a-z])(x{0,2}(?:ix|iv|v?i{0,3}))(?![a-z])")
_PLACES = {"上": "1", "中": "2", "下": "3"}
_VOLUME = re.compile(r"^([上中下])(?=[篇部册冊])")
_PLACE = re.compile(r"(?<![0-9A-Za-z])[上中下](?=[集部篇]?[）)\]】]?$)|(?<=[0-9讲课節节集章])[上中下](?=[集部篇]?$)")
_LARGEST = 199  # a larger number is a year or a version
_OF_LESSON = re.compile(rf"第\s*([0-9]+)\s*[{_COUNTED}]")
_OF_UNIT = re.compile(rf"第\s*([0-9]+)\s*[{_UNITS}]")
_LEADING = re.compile(r"^[(\[【]?([0-9]{1,3})(?:\s*[-_.—]\s*([0-9]{1,3}))?(?![0-9])")
_MEASURED = re.compile(r"^[1-9][0-9]*\s*(?:月|年|天(?!敌)|分钟|秒|点|小时|个|步|项|亩|%)")  # 3月总结 is no lesson 3
_TRAILING = re.compile(r"(?<![0-9])([0-9]{1,3})[)\]】]?$")
_SECTION = re.compile(r"^[\s(\[【_-]*([0-9]{1,2})[\s)\]】集部篇]*$")
_DAY = (
    r"(?<![0-9])((?:19|20)[0-9]{2})\s*[-._年]\s*(1[0-2]|0?[1-9])\s*[-._月]\s*(3[01]|[12][0-9]|0?[1-9])(?![0-9])\s*[日号]?",
    r"(?<![0-9])((?:19|20)[0-9]{2})(1[0-2]|0[1-9])(3[01]|[12][0-9]|0[1-9])(?=$|[^0-9]|[0-9]{6}(?![0-9]))",
)
_TIME = r"(?:[\s_t-]*(?:[01][0-9]|2[0-3])[-.:_]?[0-5][0-9][-.:_]?[0-5][0-9](?![0-9]))?"  # as recorders write behind it
_DATES = tuple(re.compile(day + _TIME) for day in _DAY)
# what cameras, telephones and recorders count by themselves: IMG_0001, DSC00012, MVI_0003, C0001, GX010004
_CAMERA = re.compile(r"(?:img|vid|mov|mvi|dsc[fn]?|sam|gopr|gp|gx|gh|dji|mah|pxl|wp|rec|c|p)[_-]?[0-9]{4,}")
_OPENING = (
    *("导学", "导论", "导言", "导读", "绪论", "绪言", "前言", "序言", "序", "引言", "概述", "概论", "开篇", "片头"),
    *("课程介绍", "课程简介", "课程导学", "intro", "introduction", "preface", "overview"),
)

Key = tuple[tuple[int, int, str], ...]


class _Told(NamedTuple):
    """The numbers of a name; whether the last is a section's, and whether it only stands at the end."""

    found: tuple[int, ...] = ()
    is_section: bool = False
    is_at_the_end: bool = False


def plain(name: str) -> str:
    """A name in one form: full-width signs as usual ones, Chinese figures that count as digits, lower case."""
    text = unicodedata.normalize("NFKC", "".join(map(_figure, name))).strip().casefold()
    text = _NUMBER.sub(lambda match: str(_value(match[0])), text)
    return _PLACE.sub(lambda match: " " * text[match.start() - 1 : match.start()].isdecimal() + _PLACES[match[0]], text)


def natural(path: str) -> Key:
    """What relative paths are sorted by: as people count, folder by folder."""
    found: list[tuple[int, int, str]] = []
    for part in PurePosixPath(path).with_suffix("").parts:
        day, rest = _dated(part)
        text = plain("-".join((*map(str, day), rest)) if day else part)
        text = _AT_THE_END.sub(lambda match: str(_value(match[0])), text)
        text = _VOLUME.sub(lambda match: _PLACES[match[1]], text)
        text = re.sub(r"^[(\[【](?=[0-9])", "", text)
        text = _ROMAN.sub(lambda match: str(_roman(match[1])) if match[1] else "", text)
        for run in re.findall(r"[0-9]+|[^0-9]+", text):
            found.append((0, int(run), "") if run.isdecimal() else (1, 0, run))
        found.append((-1, 0, ""))
    return tuple(found)


def numbers(stem: str) -> tuple[int, ...]:
    """The number of a lesson, or of its unit and itself, and of a section (上, 中, 下) behind it; nothing where the
    name tells none. A date is none, nor what a camera counts."""
    return _told(stem).found


def is_at_the_end(stem: str) -> bool:
    """Whether a name's number only stands at its end (A1, 播种（上）), where it may count something else."""
    return _told(stem).is_at_the_end


def date_of(stem: str) -> tuple[int, ...]:
    """Year, month and day that a name tells: 2024-05-15, 2024年5月15日, VID_20240515_101010; else nothing."""
    return _dated(stem)[0]


def part_id(stem: str) -> str | None:
    """A lesson's number as the id of a part: 02, 1-2 (of a unit), 03-1 (a section)."""
    found, is_section, _ = _told(stem)
    if not found:
        return None
    first = f"{found[0]:02}" if len(found) == 1 + is_section else str(found[0])
    return "-".join((first, *map(str, found[1:])))


def is_opening(stem: str) -> bool:
    """Whether a lesson stands before the first by its name: 导学, 前言."""
    return plain(stem) in _OPENING


def is_number_alone(stem: str) -> bool:
    """Whether a name says which lesson it is of and nothing else."""
    left = _OF_UNIT.sub("", _OF_LESSON.sub("", plain(stem)))
    return bool(numbers(stem)) and not re.sub(r"[0-9\s._\-—第讲课元()（）\[\]【】]", "", left)


def title_of(stem: str) -> str | None:
    """A lesson's title: its name without a number in front; nothing where only digits are there, and no date."""
    if date_of(stem):
        return stem.strip()
    rest = re.sub(r"^[0-9０-９]{1,3}(?:\s*[-_.—][0-9０-９]{1,3})?[\s._\-—、．]*(?![0-9０-９])", "", stem.strip())
    kept = (stem if _MEASURED.search(plain(stem)) else rest).strip(" ._-—")
    return kept if any(char.isalpha() for char in unicodedata.normalize("NFKC", kept)) else None


def _told(stem: str) -> _Told:
    day, stem = _dated(stem)
    if _CAMERA.fullmatch(unicodedata.normalize("NFKC", stem).strip().casefold()):
        return _Told()
    text = plain(stem)
    section: re.Match[str] | None = None
    volume = tuple(int(_PLACES[place]) for place in _VOLUME.findall(text))
    if lesson := _OF_LESSON.search(text):
        unit = _OF_UNIT.search(text[: lesson.start()])
        found = (*((int(unit[1]),) if unit else volume), int(lesson[1]))
        section = _SECTION.search(text[lesson.end() :])
    elif (leading := _LEADING.search(text)) and not _MEASURED.search(text):
        found = tuple(int(group) for group in leading.groups() if group is not None)
    elif not day and (trailing := _TRAILING.search(text)):
        return _Told(_sensible((*volume, int(trailing[1]))), is_at_the_end=not volume)
    else:
        return _Told()
    if section is None and _PLACE.search(unicodedata.normalize("NFKC", stem).strip()):
        section = _TRAILING.search(re.sub("[集部篇](?=[)\\]】]?$)", "", text))
    if section:
        return _Told(_sensible((*found, int(section[1]))), is_section=True)
    return _Told(_sensible(found))


def _dated(stem: str) -> tuple[tuple[int, ...], str]:
    """A name's date, and the name without it and the time behind it."""
    text = unicodedata.normalize("NFKC", stem).strip().casefold()
    for pattern in _DATES:
        if match := pattern.search(text):
            before, behind = text[: match.start()].rstrip(" ._-—"), text[match.end() :].lstrip(" ._-—")
            return tuple(map(int, match.groups())), f"{before} {behind}".strip()
    return (), stem


def _sensible(found: tuple[int, ...]) -> tuple[int, ...]:
    return found if all(number <= _LARGEST for number in found) else ()


def _figure(char: str) -> str:
    """Ⅲ and ⅲ as 3: they would be letters, and ⅳ before ⅴ before ⅸ by chance alone."""
    return str(int(unicodedata.numeric(char))) if "Ⅰ" <= char <= "Ⅻ" or "ⅰ" <= char <= "ⅻ" else char


def _roman(text: str) -> int:
    values = [{"i": 1, "v": 5, "x": 10}[char] for char in text]
    return sum(-one if one < other else one for one, other in zip(values, (*values[1:], 0), strict=True))


def _value(text: str) -> int:
    """A number in digits or in Chinese figures (二十三, 廿三, 一百零二, 二〇)."""
    if text.isdecimal():
        return int(text)
    text = text.translate(_SHORT)
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
