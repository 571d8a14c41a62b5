"""Calls of C2 as SOAP: the captured examples both ways, every dialect of the wire that was seen, hostile bodies."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import etree

from pipeline.exchange.c2 import envelope, soap, untrusted_xml
from pipeline.exchange.c2.envelope import Faulted
from pipeline.exchange.c2.soap import Form
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable
from pipeline.model.c2_wire import ExecCmd, Operation, ResultNotify, Spelling, StringType, WireAnswer
from tests.conftest import SHARED

ORDER = ExecCmd(csp_id="XJDE", lsp_id="XJTEL", correlate_id="a" * 32, cmd_file_url="ftp://u:p@h:21/c2/a.xml")
NOTICE = ResultNotify(
    csp_id="XJDE", lsp_id="XJTEL", correlate_id="a" * 32, cmd_result=-1, result_file_url="ftp://u:p@h/r.xml"
)
HEAD = '<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"><s:Body>'
TAIL = "</s:Body></s:Envelope>"


def body(text: str) -> bytes:
    return f"{HEAD}{text}{TAIL}".encode()


def notice(text: str) -> ResultNotify:
    return soap.read_result_notify(body(text)).message


PLAIN = "<CSPID>XJDE</CSPID><LSPID>XJTEL</LSPID><CorrelateID>%s</CorrelateID>" % ("a" * 32)


@pytest.mark.shared
def test_the_example_of_an_order_is_equal_after_reading_and_writing() -> None:
    example = (SHARED / "specs" / "soap_ExecCmd_request.xml").read_text(encoding="utf-8")
    written = soap.written(soap.read_exec_cmd(example.encode()).message).decode()
    # C14N 2.0: the older one refuses the namespace «iptv», which is no address
    assert etree.canonicalize(written) == etree.canonicalize(example)


@pytest.mark.shared
def test_the_example_of_a_notice_has_the_same_values_after_reading_and_writing() -> None:
    example = (SHARED / "specs" / "soap_ResultNotify.xml").read_bytes()
    read = soap.read_result_notify(example)
    assert read.warnings == ()
    assert (read.message.cmd_result, read.message.correlate_id) == (0, "0f3b8c1e5a7d4b6f9c2e1a0d8b7f6e55")
    for form in Form:
        assert soap.read_result_notify(soap.written(read.message, form=form)) == read


SPELLINGS = (
    Spelling(),
    Spelling(namespace="http://cms.vendor.example"),
    Spelling(namespace=""),
    Spelling(string_type=StringType.PLAIN),
    Spelling(operations={Operation.RESULT_NOTIFY: "resultNotify"}, parameters={"CorrelateID": "correlateID"}),
)


@pytest.mark.parametrize("form", Form)
@pytest.mark.parametrize("spelling", SPELLINGS)
def test_what_is_written_in_any_spelling_is_read_by_that_of_the_specification(spelling: Spelling, form: Form) -> None:
    assert soap.read_exec_cmd(soap.written(ORDER, spelling, form)).message == ORDER
    assert soap.read_result_notify(soap.written(NOTICE, spelling, form)).message == NOTICE
    for answer in (WireAnswer(result=0), WireAnswer(result=-1, description="存储空间不足 <&>")):
        written = soap.answer_written(Operation.RESULT_NOTIFY, answer, spelling, form)
        assert soap.read_answer(written, Operation.RESULT_NOTIFY, spelling).message == answer


def test_a_name_of_a_branchs_own_is_read_by_its_spelling() -> None:
    own = Spelling(operations={Operation.EXEC_CMD: "execute"}, parameters={"CmdFileURL": "orderUrl"})
    written = soap.written(ORDER, own)
    assert soap.read_exec_cmd(written, own).message == ORDER
    with pytest.raises(Unreadable):
        soap.read_exec_cmd(written)


def test_types_stand_at_every_value_and_the_style_at_the_operation() -> None:
    root = etree.fromstring(soap.written(NOTICE))
    operation = root[0][0]
    assert operation.tag == "{iptv}ResultNotify"
    assert operation.get(f"{{{envelope.ENVELOPE}}}encodingStyle") == envelope.ENCODING
    types = {item.tag: item.get(f"{{{envelope.XSI}}}type") for item in operation}
    assert types.pop("CmdResult") == "xsd:int"
    assert set(types.values()) == {"soapenc:string"}


AXIS = """<n:resultNotifyResponse xmlns:n="com.vendor.cms"><resultNotifyReturn href="#id0"/></n:resultNotifyResponse>
<multiRef id="id0" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"><Result href="#id1"/>
<ErrorDescription xsi:nil="true"/></multiRef><multiRef id="id1">0</multiRef>"""


def test_an_answer_of_axis_is_found_through_two_references_and_in_lower_case() -> None:
    assert soap.read_answer(body(AXIS), Operation.RESULT_NOTIFY).message == WireAnswer(result=0)


@pytest.mark.parametrize(
    "text",
    [
        f"<ResultNotify>{PLAIN}<CmdResult>0</CmdResult></ResultNotify>",
        f'<v:resultnotify xmlns:v="urn:vendor">{PLAIN}<CmdResult> 0 </CmdResult></v:resultnotify>',
        f"<ResultNotify><CmdResult>+0</CmdResult><ResultFileURL/>{PLAIN}</ResultNotify>".replace(
            "CorrelateID", "correlateID"
        ),
        f'<multiRef id="n">0</multiRef><ResultNotify>{PLAIN}<CmdResult href="#n"/></ResultNotify>',
    ],
    ids=["untyped", "another namespace and case", "any order", "the reference first"],
)
def test_a_notice_is_read_in_every_dialect(text: str) -> None:
    assert notice(text) == NOTICE.model_copy(update={"cmd_result": 0, "result_file_url": None})


def test_a_mistyped_envelope_is_read_and_told_of() -> None:
    text = body(f"<ResultNotify>{PLAIN}<CmdResult>0</CmdResult></ResultNotify>")
    wrong = text.replace(b"schemas.xmlsoap.org", b"schemas.xmlsoap.com")
    assert soap.read_result_notify(wrong).warnings == (envelope.OTHER_NAMESPACE,)
    assert soap.read_result_notify(text).warnings == ()
    assert soap.read_result_notify(b"\n  " + text).message.cmd_result == 0


def refusal(content: bytes) -> Flaw:
    with pytest.raises(Unreadable) as refused:
        soap.read_result_notify(content)
    return refused.value.flaw


CHAIN = "".join(f'<m id="i{number}" href="#i{number + 1}"/>' for number in range(20)) + '<m id="i20">0</m>'


@pytest.mark.parametrize(
    ("content", "flaw"),
    [
        (b"", Flaw.NOT_XML),
        (b"\x00\xff", Flaw.NOT_XML),
        (b"<html><body>404</body></html>", Flaw.NO_ENVELOPE),
        (b'<s:Envelope xmlns:s="http://schemas.xmlsoap.org/soap/envelope/"/>', Flaw.NO_BODY),
        (body(""), Flaw.NO_OPERATION),
        (body("<ExecCmd/>"), Flaw.NO_OPERATION),
        (body("<ResultNotify/>"), Flaw.FIELD),
        (body(f"<ResultNotify>{PLAIN}</ResultNotify>"), Flaw.FIELD),
        (body(f"<ResultNotify>{PLAIN}<CmdResult>zero</CmdResult></ResultNotify>"), Flaw.FIELD),
        (body(f"<ResultNotify>{PLAIN}<CmdResult>99999999999</CmdResult></ResultNotify>"), Flaw.FIELD),
        (body(f"<ResultNotify>{PLAIN}{PLAIN}<CmdResult>0</CmdResult></ResultNotify>"), Flaw.FIELD),
        (body(f"<ResultNotify>{PLAIN.replace('XJDE', 'X' * 33)}<CmdResult>0</CmdResult></ResultNotify>"), Flaw.FIELD),
        (body(f'<ResultNotify>{PLAIN}<CmdResult href="#gone"/></ResultNotify>'), Flaw.REFERENCE),
        (
            body(
                f'<ResultNotify>{PLAIN}<CmdResult href="#a"/></ResultNotify><m id="a" href="#b"/><m id="b" href="#a"/>'
            ),
            Flaw.REFERENCE,
        ),
        (body(f'<ResultNotify>{PLAIN}<CmdResult href="#i0"/></ResultNotify>{CHAIN}'), Flaw.REFERENCE),
        (b"<!DOCTYPE a>" + body(f"<ResultNotify>{PLAIN}<CmdResult>0</CmdResult></ResultNotify>"), Flaw.DTD),
        (("\ufeff<!DOCTYPE a>" + body("<ResultNotify/>").decode()).encode("utf-16-le"), Flaw.DTD),
        (body(f"<ResultNotify>{'<CSPID>' * 300}</ResultNotify>"), Flaw.NOT_XML),
        (b" " * (envelope.MOST_BYTES + 1), Flaw.TOO_LARGE),
    ],
)
def test_what_is_no_notice_is_refused_with_its_reason(content: bytes, flaw: Flaw) -> None:
    assert refusal(content) is flaw


def test_entities_are_not_expanded_however_they_are_written() -> None:
    entities = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))
    bomb = f'<!DOCTYPE x [<!ENTITY e0 "aaaaaaaaaa">{entities}]><x a="&e11;">&e11;</x>'
    file = '<!DOCTYPE x [<!ENTITY f SYSTEM "file:///etc/hostname">]><x>&f;</x>'
    before = time.monotonic()
    for text in (bomb, file):
        for encoding in ("utf-8", "utf-16"):
            with pytest.raises(Unreadable):
                untrusted_xml.parsed(text.encode(encoding), envelope.MOST_BYTES)
    assert time.monotonic() - before < 5


@given(st.binary(max_size=400) | st.text(max_size=200).map(lambda text: body(f"<ResultNotify>{text}</ResultNotify>")))
def test_whatever_comes_is_read_or_refused(content: bytes) -> None:
    with pytest.raises(Unreadable):
        soap.read_result_notify(content)


def test_a_fault_tells_whose_it_is() -> None:
    for is_servers in (True, False):
        with pytest.raises(Faulted) as fault:
            soap.read_answer(soap.fault_written("忙", is_servers=is_servers), Operation.EXEC_CMD)
        assert (fault.value.words, fault.value.is_servers) == ("忙", is_servers)
    twelve = """<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Sender
    </e:Value></e:Code><e:Reason><e:Text>no</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>"""
    with pytest.raises(Faulted) as fault:
        soap.read_answer(twelve.encode(), Operation.EXEC_CMD)
    assert (fault.value.words, fault.value.is_servers) == ("no", False)


def test_an_address_with_a_password_is_in_no_repr() -> None:
    assert "p@h" not in repr(ORDER) + str(NOTICE)


def test_an_answer_without_a_structure_is_read_too() -> None:
    flat = body("<ExecCmdResponse><Result>-1</Result><ErrorDescription>no</ErrorDescription></ExecCmdResponse>")
    assert soap.read_answer(flat, Operation.EXEC_CMD).message == WireAnswer(result=-1, description="no")
    with pytest.raises(Unreadable):
        soap.read_answer(body("<ExecCmdResponse><ExecCmdReturn/></ExecCmdResponse>"), Operation.EXEC_CMD)
