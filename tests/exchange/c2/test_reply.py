"""What answer files say: the example, the form with properties, codes of a branch's own, hostile and empty files."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.exchange.c2 import reply
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable
from tests.conftest import SHARED

MOVIE = '<Object ElementType="Movie" Code="M" Action="REGIST"/>'

BAD = '<Property Name="Result">1</Property>'


def adi(text: str) -> bytes:
    return f'<?xml version="1.0" encoding="UTF-8"?><ADI>{text}</ADI>'.encode()


def test_results_of_objects_and_mappings_are_told_beside_the_reply() -> None:
    found = reply.read(
        adi("""<Objects>
        <Object ElementType="Program" ID="P1" Code="P1" Action="REGIST"><Property Name="Result">0</Property></Object>
        <Object ElementType="Movie" ID="M1" Code="M1" Action="REGIST"><Property Name="Result">1</Property>
        <Property Name="ErrorDescription">下载失败 ftp://u:geheim@h/a.ts</Property></Object>
        <Object ElementType="Picture" ID="I1" Code="I1" Action="REGIST"/></Objects>
        <Mappings><Mapping ParentType="Program" ParentID="P1" ParentCode="P1" ElementType="Movie" ElementID="M1"
        ElementCode="M1" Action="REGIST"><Property Name="Result">1</Property></Mapping></Mappings>
        <Reply><Result>1</Result><Description>部分成功</Description></Reply>""")
    )
    assert (found.result, found.description) == (1, "部分成功")
    assert [(item.code, item.result, item.description) for item in found.objects] == [
        ("P1", 0, None),
        ("M1", 1, "下载失败 ftp://***@h/a.ts"),
    ]
    assert [(item.parent_code, item.element_code, item.result) for item in found.mappings] == [("P1", "M1", 1)]
    assert found.codes == {("Program", "P1"), ("Movie", "M1"), ("Picture", "I1")}


@pytest.mark.shared
def test_the_example_is_read() -> None:
    found = reply.read((SHARED / "specs" / "c2_reply_example.xml").read_bytes())
    assert (found.result, found.description) == (1, "部分成功")
    assert [(item.type, item.result) for item in found.objects] == [("Program", 0), ("Movie", 1)]
    assert found.objects[1].description == "媒体文件下载失败"


@pytest.mark.parametrize(
    ("text", "result", "words"),
    [
        ('<Reply><Property Name="Result">0</Property><Property Name="Description">好</Property></Reply>', 0, "好"),
        ("<Reply><Result> -1 </Result></Reply>", -1, None),
        ("<Reply><Result>E0001</Result><Description/></Reply>", "E0001", None),
        (f"<Reply><Result>{'9' * 40}</Result></Reply>", "9" * 32, None),
        ("<Reply><Description>x</Description><Result>00000</Result></Reply>", 0, "x"),
    ],
)
def test_a_reply_has_two_forms_and_any_code(text: str, result: int | str, words: str | None) -> None:
    found = reply.read(adi(text))
    assert (found.result, found.description) == (result, words)


def test_words_are_kept_no_longer_than_the_clause_has_them() -> None:
    found = reply.read(adi(f"<Reply><Result>1</Result><Description>{'很长' * 4000}</Description></Reply>"))
    assert found.description is not None
    assert len(found.description) == 1024


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw.NO_REPLY),
        (b"not found", Flaw.NO_REPLY),
        (b"<html/>", Flaw.NO_REPLY),
        (adi(""), Flaw.NO_REPLY),
        (adi('<Objects><Object ElementType="Program" ID="P" Code="P" Action="REGIST"/></Objects>'), Flaw.NO_REPLY),
        (adi("<Reply/>"), Flaw.NO_REPLY),
        (
            adi(f"<Objects>{MOVIE}</Objects>".replace('"M"', f'"{"M" * 200}"').replace("/>", f">{BAD}</Object>")),
            Flaw.FIELD,
        ),
        (b"<!DOCTYPE ADI>" + adi("<Reply><Result>0</Result></Reply>")[38:], Flaw.NO_REPLY),
        (b" " * (reply.MOST_BYTES + 1), Flaw.NO_REPLY),
        (adi(f"<Objects>{MOVIE * 2001}</Objects>"), Flaw.TOO_LARGE),
    ],
)
def test_what_is_no_reply_is_refused_with_its_reason(content: bytes, flaw: Flaw) -> None:
    with pytest.raises(Unreadable) as refused:
        reply.read(content)
    assert refused.value.flaw is flaw


@given(st.binary(max_size=300) | st.text(max_size=200).map(adi))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        reply.read(content)
