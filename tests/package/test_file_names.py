"""Names of files where the tree is not kept; and which file of a package each object of its C2 order is."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import InputError
from pipeline.model.package import Package
from pipeline.package import file_names
from pipeline.package.metadata import c2_files
from tests import head_end_packages
from tests.head_end_packages import PICTURE, PROGRAMME, STREAM

CODES = {
    "part01/ts/iptv-hd.ts": STREAM,
    "part01/images/poster.jpg": PICTURE,
    "part01/subtitles/zho.vtt": f"{PROGRAMME}-zho",
}


@pytest.fixture(scope="module")
def package(tmp_path_factory: pytest.TempPathFactory) -> Package:
    root = head_end_packages.package(tmp_path_factory.mktemp("pack"), 8)
    return Package.model_validate_json((root / "package.json").read_bytes())


def test_the_code_is_the_stem(package: Package) -> None:
    assert file_names.names(package, CODES) == {
        "part01/ts/iptv-hd.ts": f"{STREAM}.ts",
        "part01/images/poster.jpg": f"{PICTURE}.jpg",
        "part01/subtitles/zho.vtt": f"{PROGRAMME}-zho.vtt",
    }


def test_a_template_may_name_every_field(package: Package) -> None:
    template = "{prefecture}_{profile}_{stem}_r{revision}{suffix}"
    named = file_names.names(package, CODES, template)
    assert named["part01/ts/iptv-hd.ts"] == "653200_iptv-hd_iptv-hd_r1.ts"
    assert named["part01/subtitles/zho.vtt"] == "653200_zho_zho_r1.vtt"
    one = {"part01/ts/iptv-hd.ts": STREAM}
    assert file_names.names(package, one, "{id}.{package_id}{suffix}") == {
        "part01/ts/iptv-hd.ts": f"653200-mianhua.{package.package_id}.ts"
    }


@pytest.mark.parametrize(
    ("template", "key"),
    [
        ("{codes}{suffix}", "names_template"),
        ("{code", "names_template"),
        ("code}", "names_template"),
        ("{code!r}", "names_template"),
        ("{code.__class__}", "names_template"),
        ("{}", "names_template"),
        ("片{code}{suffix}", "names_rule"),
        ("../{code}{suffix}", "names_rule"),
        (".{code}{suffix}", "names_rule"),
        ("-{code}{suffix}", "names_rule"),
        ("{code} {suffix}", "names_rule"),
        ("{code}.", "names_rule"),
        ("{code}\r\nDELE x", "names_rule"),
        ("CON{suffix}", "names_rule"),
        ("{code}{code}{code}{suffix}", "names_rule"),
        ("film", "names_twice"),
        ("{prefecture}{revision}", "names_twice"),
        ("", "names_rule"),
    ],
)
def test_a_template_that_gives_no_fit_names_is_refused(template: str, key: str, package: Package) -> None:
    with pytest.raises(InputError) as caught:
        file_names.names(package, CODES, template)
    assert caught.value.key == key


def test_names_that_a_stick_takes_for_one_are_one(package: Package) -> None:
    codes = {"part01/ts/iptv-hd.ts": "a1", "part01/images/poster.jpg": "A1"}
    with pytest.raises(InputError) as caught:
        file_names.names(package, codes, "{code}.bin")
    assert caught.value.key == "names_twice"


@given(st.text(max_size=90))
def test_whatever_a_template_is_the_name_keeps_the_rule(template: str) -> None:
    values = file_names.NameFields("C1", ".ts", "653200", "x", "1", "0" * 20, "iptv-hd", "film")
    try:
        name = file_names.rendered(template, values)
    except InputError:
        return
    assert name.isascii()
    assert 0 < len(name) <= 64
    assert not set(name) & set("/\\ \r\n:")


def test_an_order_names_its_files_and_is_told_other_names(tmp_path: Path) -> None:
    content = head_end_packages.order()
    assert c2_files.codes_in(content) == CODES
    renamed = c2_files.with_names(content, {path: f"{code}.x" for path, code in CODES.items()})
    assert c2_files.codes_in(renamed) == {f"{code}.x": code for code in CODES.values()}
    assert c2_files.codes_in(c2_files.with_names(content, {})) == CODES


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<ADI>",
        b'<!DOCTYPE ADI [<!ENTITY x "y">]><ADI><Objects/></ADI>',
        b'<!DOCTYPE ADI SYSTEM "http://127.0.0.1:9/x.dtd"><ADI/>',
    ],
)
def test_what_is_no_order_is_a_value_error(content: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - lxml's own words
        c2_files.codes_in(content)


def test_an_order_of_others_is_read() -> None:
    """As live orders have it: attributes in any order, properties that are empty, an object without a code."""
    content = (
        b'<ADI><Objects><Object Code="M1" Action="REGIST" ElementType="Movie" ID="M1"><Property Name="FileURL">a.ts'
        b'</Property><Property Name="FileURL"/></Object><Object ElementType="Movie"><Property Name="FileURL">b'
        b"</Property></Object></Objects></ADI>"
    )
    assert c2_files.codes_in(content) == {"a.ts": "M1"}
