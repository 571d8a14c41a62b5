"""The C2 work order as XML: the examples are equal after reading and writing, odd ones are read or refused."""

from __future__ import annotations

import pytest
from lxml import etree

from pipeline.model.c2 import Reply
from pipeline.package.metadata.c2_order import MOST_BYTES, NoWorkOrder, from_xml, to_xml
from tests.conftest import SHARED


def canonical(content: bytes) -> bytes:
    """C14N without what stands between elements."""
    root = etree.fromstring(content, etree.XMLParser(remove_blank_text=True, remove_comments=True))
    return etree.tostring(root, method="c14n")


@pytest.mark.shared
@pytest.mark.parametrize("name", ["c2_example_valid.xml", "c2_reply_example.xml"])
def test_the_examples_are_equal_after_reading_and_writing(name: str) -> None:
    content = (SHARED / "specs" / name).read_bytes()
    assert canonical(to_xml(from_xml(content))) == canonical(content)


def test_a_reply_stands_as_elements_or_as_properties_in_any_namespace() -> None:
    plain = b"<ADI><Reply><Result> 1 </Result><Description>x</Description></Reply></ADI>"
    other = (
        b'<a:ADI xmlns:a="urn:b"><a:Objects><a:Object ElementType="Movie" ID="M1" Action="REGIST" Extra="1">'
        b'<a:Property name="Result">-1</a:Property><a:Later/></a:Object></a:Objects>'
        b'<a:Reply><a:Property Name="Result">1</a:Property><a:Property Name="Description">x</a:Property></a:Reply>'
        b"</a:ADI>"
    )
    assert from_xml(plain).reply == from_xml(other).reply == Reply(result="1", description="x")
    (movie,) = from_xml(other).objects
    assert (movie.key, movie.properties[0].text) == (("Movie", "M1"), "-1")


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"<ADI>",
        b"<html/>",
        b'<!DOCTYPE ADI SYSTEM "ADI.DTD"><ADI/>',
        b'<!DOCTYPE a [<!ENTITY b "c">]><ADI><Reply><Result>&b;</Result></Reply></ADI>',
        b'<ADI><Objects><Object ElementType="Movie" Action="REGIST"/></Objects></ADI>',
        b"<ADI>" + b" " * MOST_BYTES + b"</ADI>",
    ],
)
def test_what_is_no_order_is_refused(content: bytes) -> None:
    with pytest.raises(NoWorkOrder):
        from_xml(content)
