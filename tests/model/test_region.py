"""Prefectures as people write them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from pydantic import TypeAdapter, ValidationError

from pipeline import catalogue
from pipeline.model import region


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("653200", "653200"),
        ("和田地区", "653200"),
        ("和田", "653200"),
        ("Hotan Prefecture", "653200"),
        ("hotan", "653200"),
        ("652100", "650400"),
        ("吐鲁番地区", "650400"),
        ("吐鲁番市", "650400"),
        ("哈密", "650500"),
        ("652200", "650500"),
        ("伊犁哈萨克自治州", "654000"),
        ("伊犁", "654000"),
        ("克孜勒苏", "653000"),
        ("博尔塔拉", "652700"),
        ("昌吉", "652300"),
        ("昌吉回族自治州", "652300"),
        ("650000", "650000"),
        (" 喀什 ", "653100"),
        ("石河子市", "659001"),
        ("653200.0", "653200"),
        ("653200.00", "653200"),
        ("６５３２００", "653200"),
        ("'653200", "653200"),
        ("652100.0", "650400"),
        ("乌市", "650100"),
        ("克市", "650200"),
        ("吐市", "650400"),
        ("哈市", "650500"),
        ("昌吉州", "652300"),
        ("昌吉回族州", "652300"),
        ("博州", "652700"),
        ("博尔塔拉州", "652700"),
        ("巴州", "652800"),
        ("巴音郭楞州", "652800"),
        ("阿克苏", "652900"),
        ("克州", "653000"),
        ("克孜勒苏州", "653000"),
        ("喀地", "653100"),
        ("和地", "653200"),
        ("伊犁州", "654000"),
        ("塔地", "654200"),
        ("阿勒泰", "654300"),
        ("自治区", "650000"),
    ],
)
def test_codes_and_names_of_today_and_before(text: str, code: str) -> None:
    assert region.code_of(text) == code


@pytest.mark.parametrize(
    "text", ["", "653299", "北京", "地区", "市", "65320", "653200.5", "6532000", "653299.0", "=653200"]
)
def test_what_is_no_prefecture(text: str) -> None:
    assert region.code_of(text) is None


def test_what_is_refused_is_shown() -> None:
    for text in ("火星", "653299.0", "火" * 100):
        with pytest.raises(ValidationError) as refused:
            TypeAdapter(region.Prefecture).validate_python(text)
        assert refused.value.errors()[0]["ctx"] == {"text": text[:40], "known": region.names()}


@pytest.mark.parametrize("text", ["兵团", "新疆生产建设兵团", "兵团第八师", "第八师", "八师石河子市", "第十四师"])
def test_the_corps_is_answered_with_its_cities(text: str) -> None:
    with pytest.raises(ValidationError) as refused:
        TypeAdapter(region.Prefecture).validate_python(text)
    error = refused.value.errors()[0]
    assert error["type"] == "prefecture_corps"
    assert "659001 石河子市" in error["ctx"]["cities"]
    assert error["ctx"]["cities"].count("659") == 12


def test_no_short_form_means_two_prefectures() -> None:
    tree = json.loads((Path(region.__file__).parent / "regions.json").read_text(encoding="utf-8"))
    regions = (tree["parent"], *tree["prefectures"])
    for item in regions:
        for short in item.get("short", ()):
            assert region.code_of(short) == item["code"]


def test_all_fourteen_have_names_in_both_languages() -> None:
    assert len([code for code in region.known() if not code.startswith("659")]) == 15
    for code in region.known():
        assert region.name_of(code, "zh")
        assert region.name_of(code, "en")
    assert region.name_of("999999", "zh") == "999999"


def test_what_is_no_prefecture_is_told_with_those_that_are() -> None:
    """Names are taken as codes are: nobody is told to write six digits."""
    fault = region.not_known("火星", "--prefecture")
    assert fault.key == "settings_prefecture"
    for language, name in (("zh", "和田地区"), ("en", "Hotan Prefecture")):
        *_, do = catalogue.error_lines(language, fault)  # type: ignore[arg-type]
        assert name in do, do
    assert region.not_known("第八师", "--prefecture").key == "settings_corps"
