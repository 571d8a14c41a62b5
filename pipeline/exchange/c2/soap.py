"""The calls of C2 and their answers as SOAP 1.1 (rpc/encoded): written inline with types, read in any dialect. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from lxml import etree
from pydantic import ValidationError

from pipeline.exchange.c2 import envelope
from pipeline.exchange.c2.envelope import ENCODING, ENVELOPE, XSD, XSI, SoapBody
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable
from pipeline.exchange.c2.untrusted_xml import children as elements_of
from pipeline.model.c2_wire import (
    DESCRIPTION,
    FIELDS,
    RESULT,
    SPECIFIED,
    ExecCmd,
    Operation,
    ResultNotify,
    Spelling,
    StringType,
    WireAnswer,
)
from pipeline.model.text import printable

Message = TypeVar("Message", ExecCmd, ResultNotify)
Heard = TypeVar("Heard", bound=ExecCmd | ResultNotify | WireAnswer)
INT = "xsd:int"
RESULT_TYPE = "CSPResult"
_STYLE = f"{{{ENVELOPE}}}encodingStyle"
_TYPE, _NIL = f"{{{XSI}}}type", f"{{{XSI}}}nil"
_ROOT = f"{{{ENCODING}}}root"
_PREFIX = "c2"


class Form(StrEnum):
    """How values are written."""

    INLINE = "inline"  # each where it belongs: some ends read no references
    REFERENCES = "references"  # as Axis 1 does: beside the operation


@dataclass(frozen=True)
class Read(Generic[Heard]):
    """What was read, and what was odd about it (keys of warnings)."""

    message: Heard
    warnings: tuple[str, ...] = ()


def written(message: ExecCmd | ResultNotify, spelling: Spelling = SPECIFIED, form: Form = Form.INLINE) -> bytes:
    """A call."""
    name = spelling.operation(message.operation)
    values = [(spelling.parameter(said), getattr(message, own)) for own, said in FIELDS[message.operation].items()]
    made = _Envelope(spelling, form, ints=message.operation is Operation.RESULT_NOTIFY)
    made.values(made.operation(name), [(said, value) for said, value in values if value is not None])
    return made.to_bytes()


def answer_written(
    operation: Operation, answer: WireAnswer, spelling: Spelling = SPECIFIED, form: Form = Form.INLINE
) -> bytes:
    """The answer to a call."""
    name = spelling.operation(operation)
    made = _Envelope(spelling, form, ints=True)
    given = made.structure(made.operation(f"{name}Response"), f"{name}Return", f"{_PREFIX}:{RESULT_TYPE}")
    description = printable(answer.description) if answer.description is not None else None
    made.values(given, [(spelling.parameter(RESULT), answer.result), (spelling.parameter(DESCRIPTION), description)])
    return made.to_bytes()


def fault_written(words: str, *, is_servers: bool) -> bytes:
    """A fault (SOAP 1.1, clause 4.4): whose it is decides whether the caller tries again."""
    root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap={"soapenv": ENVELOPE})
    fault = etree.SubElement(etree.SubElement(root, f"{{{ENVELOPE}}}Body"), f"{{{ENVELOPE}}}Fault")
    etree.SubElement(fault, "faultcode").text = f"soapenv:{'Server' if is_servers else 'Client'}"
    etree.SubElement(fault, "faultstring").text = printable(words)
    return _serialized(root)


def read_exec_cmd(content: bytes, spelling: Spelling = SPECIFIED) -> Read[ExecCmd]:
    """An order's call.

    Raises:
        Unreadable: it is none.
    """
    return _call(content, ExecCmd, spelling)


def read_result_notify(content: bytes, spelling: Spelling = SPECIFIED) -> Read[ResultNotify]:
    """A result's call. Raises as `read_exec_cmd`."""
    return _call(content, ResultNotify, spelling)


def read_answer(content: bytes, operation: Operation, spelling: Spelling = SPECIFIED) -> Read[WireAnswer]:
    """The answer to a call.

    Raises:
        Unreadable: it is none. Faulted: it is a fault.
    """
    body = envelope.opened(content)
    response = body.response(spelling.operation(operation))
    own = spelling.parameter(RESULT).casefold(), RESULT.casefold()
    for item in (response, *map(body.resolved, elements_of(response))):  # some give the members without a structure
        values = body.values(item)
        if any(name in values for name in own):
            description = _value(values, DESCRIPTION, spelling)
            answer = WireAnswer(result=_integer(RESULT, _value(values, RESULT, spelling)), description=description)
            return Read(answer, body.warnings)
    raise Unreadable(Flaw.FIELD, RESULT)


def _call(content: bytes, model: type[Message], spelling: Spelling) -> Read[Message]:
    body = envelope.opened(content)
    element = _operation(body, model.operation, spelling)
    values = body.values(element)
    found: dict[str, object] = {}
    for own, said in FIELDS[model.operation].items():
        value = _value(values, said, spelling)
        if own == "cmd_result":
            found[own] = _integer(said, value)
        elif value is not None or model.model_fields[own].is_required():
            found[own] = value
    try:
        return Read(model.model_validate(found), body.warnings)
    except ValidationError as error:
        where = error.errors(include_input=False)[0]["loc"]
        raise Unreadable(Flaw.FIELD, FIELDS[model.operation].get(str(where[0]), "") if where else "") from None


def _operation(body: SoapBody, operation: Operation, spelling: Spelling) -> etree._Element:
    for name in (spelling.operation(operation), operation.value):
        if (found := body.element(name)) is not None:
            return found
    raise Unreadable(Flaw.NO_OPERATION, operation.value)


def _value(values: dict[str, str | None], name: str, spelling: Spelling) -> str | None:
    """A value by its name here, else by that of the specification; what is empty is not said."""
    for known in (spelling.parameter(name), name):
        if (value := values.get(known.casefold())) is not None:
            return value or None
    return None


def _integer(name: str, text: str | None) -> int:
    """An xsd:int.

    Raises:
        Unreadable: it is none.
    """
    digits = (text or "").removeprefix("-").removeprefix("+")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 10) or abs(int(digits)) >= 2**31:
        raise Unreadable(Flaw.FIELD, name)
    return int(text or "")


class _Envelope:
    """An envelope as it is made."""

    def __init__(self, spelling: Spelling, form: Form, *, ints: bool):
        types = {"xsd": XSD} if ints or spelling.string_type is StringType.PLAIN else {}
        names = {"soapenv": ENVELOPE, "soapenc": ENCODING, **types, "xsi": XSI}
        self._root = etree.Element(f"{{{ENVELOPE}}}Envelope", nsmap=names)
        self._body = etree.SubElement(self._root, f"{{{ENVELOPE}}}Body")
        self._spelling = spelling
        self._form = form
        self._references = 0

    def operation(self, name: str) -> etree._Element:
        """The element that the rest hangs on."""
        where = self._spelling.namespace
        tag, names = (f"{{{where}}}{name}", {_PREFIX: where}) if where else (name, {})
        return etree.SubElement(self._body, tag, {_STYLE: ENCODING}, nsmap=names)

    def structure(self, parent: etree._Element, name: str, kind: str) -> etree._Element:
        """A structure under an element, or beside the operation; without a namespace its type has none."""
        where = self._spelling.namespace
        element = self._placed(parent, name, {_PREFIX: where} if where else {})
        element.set(_TYPE, kind if where else kind.rpartition(":")[2])
        return element

    def values(self, parent: etree._Element, values: list[tuple[str, str | int | None]]) -> None:
        """Plain values under an element: numbers by reference where that is the form, as Axis writes them."""
        for name, value in values:
            if value is None:
                etree.SubElement(parent, name, {_NIL: "true"})
            elif isinstance(value, int):
                element = self._placed(parent, name, {})
                element.set(_TYPE, INT)
                element.text = str(value)
            else:
                etree.SubElement(parent, name, {_TYPE: self._spelling.string_type.value}).text = value

    def to_bytes(self) -> bytes:
        """The whole, in UTF-8."""
        return _serialized(self._root)

    def _placed(self, parent: etree._Element, name: str, names: dict[str, str]) -> etree._Element:
        if self._form is Form.INLINE:
            return etree.SubElement(parent, name, nsmap=names)
        own = f"id{self._references}"
        self._references += 1
        etree.SubElement(parent, name, href=f"#{own}")
        return etree.SubElement(self._body, "multiRef", {"id": own, _ROOT: "0", _STYLE: ENCODING}, nsmap=names)


def _serialized(root: etree._Element) -> bytes:
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"
