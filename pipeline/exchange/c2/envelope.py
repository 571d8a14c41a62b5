"""A SOAP body as it came: its operation, and values that may stand elsewhere in it (rpc/encoded, multiRef).

Seen of head-ends, and read here (../shared/specs/c2.md, «Dialects of the wire»): values by `href` to a sibling of the
operation, on more than one level; names in another case; any namespace of the operation; mistyped namespaces of the
envelope, which are told of; no types, any order.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from pipeline.exchange.c2 import untrusted_xml as xml
from pipeline.exchange.c2.untrusted_xml import Flaw, Unreadable

ENVELOPE = "http://schemas.xmlsoap.org/soap/envelope/"
ENCODING = "http://schemas.xmlsoap.org/soap/encoding/"
XSD = "http://www.w3.org/2001/XMLSchema"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
MOST_BYTES = 1 << 20  # of a message: the addresses are its longest part
MOST_LEVELS = 8  # of references; two were seen
OTHER_NAMESPACE = "envelope_namespace"  # a warning: the envelope's namespace is not that of SOAP 1.1


class Faulted(Exception):
    """The other end answered by a SOAP fault.

    Args:
        is_servers: it says that the fault is its own: the same may be taken later.
        words: what it says.
    """

    def __init__(self, words: str, *, is_servers: bool):
        super().__init__("fault")
        self.words = words
        self.is_servers = is_servers


@dataclass(frozen=True)
class SoapBody:
    """The elements of a body, and those that others refer to, by their ids."""

    elements: tuple[etree._Element, ...]
    by_id: Mapping[str, etree._Element]
    warnings: tuple[str, ...] = ()

    def element(self, name: str) -> etree._Element | None:
        """The operation of this name, without case, whatever its namespace; None where there is none."""
        wanted = name.casefold()
        return next((item for item in self.elements if xml.local(item) == wanted), None)

    def response(self, name: str) -> etree._Element:
        """The answer to an operation: `NAMEResponse`, else any `…Response`.

        Raises:
            Faulted: it is a fault. Unreadable: there is neither.
        """
        if (fault := self.element("Fault")) is not None:
            raise _faulted(self, fault)
        found = self.element(f"{name}Response")
        if found is None:
            found = next((item for item in self.elements if xml.local(item).endswith("response")), None)
        if found is None:
            raise Unreadable(Flaw.NO_OPERATION, name)
        return found

    def resolved(self, element: etree._Element) -> etree._Element:
        """What an element stands for: itself, or what its `href` leads to.

        Raises:
            Unreadable: that is not there, leads back, or is too many references away.
        """
        seen: list[str] = []
        while (href := xml.attribute(element, "href")) is not None:
            target = href.removeprefix("#")
            if target in seen or len(seen) == MOST_LEVELS or target not in self.by_id:
                raise Unreadable(Flaw.REFERENCE, target[:32])
            seen.append(target)
            element = self.by_id[target]
        return element

    def values(self, element: etree._Element) -> dict[str, str | None]:
        """The members of a structure that are plain values, by their names without case; None is nil.

        Raises:
            Unreadable: a reference leads nowhere, or a name stands there twice.
        """
        found: dict[str, str | None] = {}
        for item in xml.children(element):
            name, value = xml.local(item), self.resolved(item)
            if name in found:
                raise Unreadable(Flaw.FIELD, etree.QName(item).localname[:64])
            if len(value) == 0:
                nil = (xml.attribute(value, "nil") or "").strip() in ("1", "true")
                found[name] = None if nil else xml.text_of(value)
        return found


def opened(content: bytes) -> SoapBody:
    """The body of a message.

    Raises:
        Unreadable: it is no message.
    """
    root = xml.parsed(content, MOST_BYTES)
    if xml.local(root) != "envelope":
        raise Unreadable(Flaw.NO_ENVELOPE)
    body = next((item for item in xml.children(root) if xml.local(item) == "body"), None)
    if body is None:
        raise Unreadable(Flaw.NO_BODY)
    by_id: dict[str, etree._Element] = {}
    for item in body.iter(etree.Element):
        if (own := xml.attribute(item, "id")) is not None:
            by_id.setdefault(own, item)
    is_as_said = xml.namespace(root) == xml.namespace(body) == ENVELOPE
    return SoapBody(tuple(xml.children(body)), by_id, () if is_as_said else (OTHER_NAMESPACE,))


def _faulted(body: SoapBody, fault: etree._Element) -> Faulted:
    """SOAP 1.1, clause 4.4: `Server` is worth another try, `Client` is not. SOAP 1.2 says Receiver and Sender."""
    values = body.values(fault)
    code = (values.get("faultcode") or "").rpartition(":")[2].casefold()
    words = values.get("faultstring")
    if words is None:  # SOAP 1.2: Reason/Text, Code/Value
        texts = {xml.local(item): xml.text_of(item) for item in fault.iter(etree.Element)}
        words, code = texts.get("text", ""), texts.get("value", code).rpartition(":")[2].casefold()
    return Faulted(words, is_servers=not code.startswith(("client", "sender")))
