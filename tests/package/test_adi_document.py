"""ADI 1.1 as XML: the example is equal after reading and writing, what breaks a rule is not written, odd files are read
or refused and fetch nothing."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from lxml import etree

from pipeline.model.adi import Ams, AppData, Asset
from pipeline.package.metadata import adi, adi_rules
from pipeline.package.metadata.adi_document import DOCTYPE, DTD, MOST_BYTES, NotAdi, from_xml, to_xml
from tests.conftest import SHARED
from tests.package.test_adi import film

SPECS = SHARED / "specs"


def canonical(content: bytes) -> bytes:
    """C14N without what stands between elements, and without the document type."""
    root = etree.fromstring(content, etree.XMLParser(remove_blank_text=True, remove_comments=True, load_dtd=False))
    return etree.tostring(root, method="c14n")


def written() -> bytes:
    (content,) = adi.render(film()).values()
    return content


@pytest.mark.shared
def test_the_example_is_equal_after_reading_and_writing() -> None:
    content = (SPECS / "adi11_example_valid.xml").read_bytes()
    read = from_xml(content)
    assert adi_rules.faults(read) == []
    assert canonical(to_xml(read)) == canonical(content)


@pytest.mark.shared
def test_what_we_write_is_valid_by_the_outside_dtd_as_by_our_own() -> None:
    with (SPECS / "adi11.dtd").open("rb") as outside, DTD.open("rb") as own:
        for dtd in (etree.DTD(outside), etree.DTD(own)):
            assert dtd.validate(etree.fromstring(written())), dtd.error_log


def test_it_names_its_document_type_and_is_equal_after_reading_and_writing() -> None:
    content = written()
    assert content.splitlines()[1] == DOCTYPE.encode()
    assert to_xml(from_xml(content)) == content


def test_a_document_fetches_nothing(tmp_path: Path) -> None:
    there = tmp_path / "ADI.DTD"
    there.write_text('<!ELEMENT ADI ANY><!ENTITY e "x">', encoding="utf-8")
    content = written().replace(b'"ADI.DTD"', f'"file://{there}"'.encode())
    assert from_xml(content) == from_xml(written())
    plain = written().replace(DOCTYPE.encode() + b"\n", b"")  # others strip the line
    assert from_xml(plain) == from_xml(written())


def test_names_are_read_in_any_capitals() -> None:
    content = written().replace(b"Content_FileSize", b"Content_Filesize")
    movie = from_xml(content).assets[0].assets[0]
    assert movie.said("Content_FileSize") == ("1000000",)


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<ADI>",
        b"<html/>",
        b"<ADI/>",
        b'<!DOCTYPE ADI [<!ENTITY b "c">]><ADI><Metadata/></ADI>',
        b"<!DOCTYPE ADI [<!ELEMENT ADI ANY>]><ADI/>",
        b"<ADI><Metadata><AMS/></Metadata></ADI>",
        b"<ADI>" + b" " * MOST_BYTES + b"</ADI>",
    ],
)
def test_what_is_no_document_is_refused(content: bytes) -> None:
    with pytest.raises(NotAdi):
        from_xml(content)


def with_ams(**changes: str) -> Callable[[Asset], Asset]:
    """Of the movie."""
    return lambda asset: asset.model_copy(update={"ams": asset.ams.model_copy(update=changes)})


def with_field(name: str, *values: str) -> Callable[[Asset], Asset]:
    """In place of what stands there."""
    more = tuple(AppData(app="FVOD", name=name, value=value) for value in values)
    return lambda asset: asset.model_copy(
        update={"app_data": (*(item for item in asset.app_data if item.name != name), *more)}
    )


def with_movie(package: Asset, change: Callable[[Asset], Asset]) -> Asset:
    (title,) = package.assets
    movie, *others = title.assets
    return package.model_copy(update={"assets": (title.model_copy(update={"assets": (change(movie), *others)}),)})


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (with_ams(provider="x" * 21), "movie: Provider has 21"),
        (with_ams(product=""), "movie: Product has 0"),
        (with_ams(provider_id="Example.org"), "movie: Provider_ID is"),
        (with_ams(asset_name="653200 653200-doctor title"), "package: Asset_Name"),
        (with_ams(asset_name="x" * 51), "movie: Asset_Name has 51"),
        (with_ams(description="x" * 101), "movie: Description has 101"),
        (with_ams(asset_id="XJDT0000000000000017"), "movie: Asset_ID is"),
        (with_ams(asset_id="XJDM000000000000001"), "movie: Asset_ID is"),
        (with_ams(creation_date="2026-02-30"), "movie: Creation_Date is"),
        (with_ams(creation_date="2026-W01-1"), "movie: Creation_Date is"),
        (with_ams(version_major="1.0"), "movie: version 1.0"),
        (with_ams(version_minor="1"), "package: not every asset has one version"),
        (with_ams(asset_class="title"), "package: the title does not hold files"),
        (with_ams(asset_class="poster"), "package: 2 times poster"),
        (with_field("Type", "poster"), "movie: Type is not the class"),
        (with_field("Bit_Rate"), "movie: no Bit_Rate"),
        (with_field("Bit_Rate", "1", "2"), "movie: Bit_Rate stands 2 times"),
        (with_field("Content_CheckSum", "A" * 32), "movie: Content_CheckSum is"),
        (with_field("Codec", "AVC High@4.0"), "movie: Codec is"),
        (with_field("Resolution", "1080"), "movie: Resolution is"),
        (with_field("HDContent", "yes"), "movie: HDContent is"),
        (with_field("Category", "层" * 21), "movie: Category is"),
        (with_field("Category", "层/" * 128 + "层"), "movie: Category has 257"),
        (with_field("Billing_ID", "0000A"), "movie: Billing_ID is"),
        (with_field("Director", "张三,李,四"), "movie: Director is"),
        (with_field("Genre", *"123456"), "movie: Genre stands 6 times"),
        (with_field("Licensing_Window_Start", "2026-13-01"), "movie: the licence is"),
        (lambda asset: asset.model_copy(update={"content": "../x.ts"}), "movie: Content is"),
        (lambda asset: asset.model_copy(update={"content": "ADI.DTD"}), "movie: Content is «ADI.DTD»"),
        (lambda asset: asset.model_copy(update={"content": "adi.xml"}), "movie: Content is «adi.xml»"),
        (lambda asset: asset.model_copy(update={"app_data": (AppData(app="MOD", name="X", value="1"),)}), "App is not"),
        (lambda asset: asset.model_copy(update={"assets": (asset,)}), "the title does not hold files"),
    ],
)
def test_what_breaks_a_rule_is_not_written(change: Callable[[Asset], Asset], said: str) -> None:
    broken = with_movie(from_xml(written()), change)
    assert any(fault.startswith(said) or said in fault for fault in adi_rules.faults(broken)), adi_rules.faults(broken)
    with pytest.raises(ValueError, match="ADI"):
        to_xml(broken)


def test_a_package_without_a_title_is_none() -> None:
    package = from_xml(written())
    assert "package: is not of one title" in adi_rules.faults(package.model_copy(update={"assets": ()}))


def test_every_attribute_of_an_asset_is_written() -> None:
    package = from_xml(written())
    deleted = [item.ams.model_copy(update={"verb": "DELETE"}) for item in package.all()]
    assert isinstance(deleted[0], Ams)
    alone = package.model_copy(update={"ams": deleted[0]})
    assert "package: not every asset has one version" in adi_rules.faults(alone)
