"""Prefectures by GB/T 2260 code or name, former ones understood (`regions.json`)."""

from __future__ import annotations

import json
import re
import unicodedata
from functools import cache
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator
from pydantic_core import PydanticCustomError

from pipeline.errors import InLanguages, InputError

REGION = "650000"  # the autonomous region itself
_MOST_SHOWN = 40
# what people leave away: 喀什 is 喀什地区, 伊犁 is 伊犁哈萨克自治州
_SUFFIXES = ("自治州", "自治区", "地区", "市", "州")
_SPREADSHEET_CODE = re.compile(r"'?(\d{6})(?:\.0+)?")  # its mark of a text, a number's decimals
_CORPS = re.compile(r".*兵团.*|(?:兵直|第?[一二三四五六七八九十]{1,2}师)(?:.*市)?")  # 第八师, 八师石河子市
_PEOPLES = ("维吾尔", "回族", "蒙古", "柯尔克孜", "哈萨克")


@cache
def _tree() -> dict[str, Any]:
    tree: dict[str, Any] = json.loads((Path(__file__).parent / "regions.json").read_text(encoding="utf-8"))
    return tree


@cache
def _regions() -> tuple[dict[str, Any], ...]:
    tree = _tree()
    cities = tree["directly_administered_county_level"]["cities"]
    return (tree["parent"], *tree["prefectures"], *cities)


@cache
def _codes() -> dict[str, str]:
    """Every code and name, also former and short ones (`short`: what no rule makes), with the code of today."""
    found: dict[str, str] = {}
    for region in _regions():
        for known in (region, *region.get("former", ())):
            names = [known["code"], known["zh"], *known.get("short", ()), *_short(known["zh"])]
            if english := known.get("en"):
                names += [english, english.split(" ")[0]]
            for name in names:
                found.setdefault(_folded(name), region["code"])
    return found


def code_of(text: str) -> str | None:
    """Today's six-digit code for a code or a name in Chinese or English; None for what is neither."""
    return _codes().get(_folded(text))


def not_known(text: str, where: str) -> InputError:
    """What is said of a text for which `code_of` has no code."""
    if is_corps(text):
        return InputError("settings_corps", where=where, value=text[:_MOST_SHOWN], cities=corps_cities())
    return InputError("settings_prefecture", where=where, value=text[:_MOST_SHOWN], known=names())


def name_of(code: str, language: str) -> str:
    """The name of a code, or the code itself where it is not known."""
    for region in _regions():
        if region["code"] == code:
            return str(region[language])
    return code


def short_name_of(code: str, language: str) -> str:
    """The same in a column: 博尔塔拉, Bortala."""
    name = name_of(code, language)
    return min(_short(name), key=len, default=name) if language == "zh" else name.partition(" ")[0]


def is_corps(text: str) -> bool:
    """Whether it is the Production and Construction Corps or a division of it, which has cities, not a prefecture."""
    return _CORPS.fullmatch(_folded(text)) is not None


def corps_cities() -> str:
    """What to write instead of the Corps: each of its cities with its code."""
    return ", ".join(f"{code} {name_of(code, 'zh')}" for code in known() if code.startswith("659"))


def called(code: str) -> InLanguages:
    """A code's name in each language, for an error that names it."""
    return InLanguages(name_of(code, "zh"), name_of(code, "en"))


def names() -> InLanguages:
    """What can be written for a prefecture: the fourteen by their names."""
    codes = prefectures()
    return InLanguages(
        "、".join(name_of(code, "zh") for code in codes), ", ".join(name_of(code, "en") for code in codes)
    )


def known() -> list[str]:
    """Every code of today, the region first."""
    return [region["code"] for region in _regions()]


def prefectures() -> list[str]:
    """The codes of the prefectures and the cities of their rank: fourteen, without the region and its county cities."""
    return [region["code"] for region in _tree()["prefectures"]]


def _short(full: str) -> list[str]:
    short, name = [], full
    for suffix in _SUFFIXES:
        name = name.removesuffix(suffix)
        short.append(name)
    for people in _PEOPLES:
        name = name.removesuffix(people)
        short.append(name)
    if full.endswith("自治州"):
        short += [f"{name}州", full.replace("自治州", "州")]  # 昌吉州, 昌吉回族州
    return [item for item in short if len(item) > 1]


def _folded(text: str) -> str:
    """As names are compared: full-width figures narrowed, and what a spreadsheet adds to a code left away."""
    plain = unicodedata.normalize("NFKC", text).strip().casefold()
    code = _SPREADSHEET_CODE.fullmatch(plain)
    return code[1] if code else plain


def _code(text: str) -> str:
    code = code_of(text)
    if code is None and is_corps(text):
        values = {"text": text[:_MOST_SHOWN], "cities": corps_cities()}
        raise PydanticCustomError("prefecture_corps", "«{text}» is no prefecture; its cities are: {cities}", values)
    if code is None:
        known_names: dict[str, Any] = {"text": text[:_MOST_SHOWN], "known": names()}
        raise PydanticCustomError("prefecture", "«{text}» is neither a prefecture's code nor its name", known_names)
    return code


Prefecture = Annotated[str, AfterValidator(_code)]
