"""The WSDL 1.1 of either call (rpc/encoded), as the specification's own two files have it. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lxml import etree

from pipeline.exchange.c2.envelope import ENCODING, XSD
from pipeline.exchange.c2.soap import RESULT_TYPE
from pipeline.model.c2_wire import DESCRIPTION, FIELDS, RESULT, SPECIFIED, Operation, Spelling

_WSDL, _SOAP = "http://schemas.xmlsoap.org/wsdl/", "http://schemas.xmlsoap.org/wsdl/soap/"
_HTTP = "http://schemas.xmlsoap.org/soap/http"
PORT = "ctms"  # of both services
SERVICES: Mapping[Operation, str] = {
    Operation.EXEC_CMD: "CSPRequestService",
    Operation.RESULT_NOTIFY: "CSPResponseService",
}


def written(operation: Operation, address: str, spelling: Spelling = SPECIFIED) -> bytes:
    """The description of the service that takes a call at an address."""
    where = spelling.namespace or "urn:c2"
    names = {
        "wsdl": _WSDL,
        "tns": where,
        "soap": _SOAP,
        "soapenc": ENCODING,
        "xsd": XSD,
    }
    root = etree.Element(f"{{{_WSDL}}}definitions", nsmap=names)
    root.set("targetNamespace", where)
    root.append(_types(where, spelling))
    name, service = spelling.operation(operation), SERVICES[operation]
    parts = [(spelling.parameter(said), _type(own, spelling)) for own, said in FIELDS[operation].items()]
    _message(root, f"{name}Request", parts)
    _message(root, f"{name}Response", [(f"{name}Return", f"tns:{RESULT_TYPE}")])
    _interface(root, name, service)
    _binding(root, name, service, where)
    own = _below(root, "service", name=service)
    port = _below(own, "port", name=PORT, binding=f"tns:{PORT}SoapBinding")
    etree.SubElement(port, f"{{{_SOAP}}}address", location=address)
    etree.indent(root)
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _types(where: str, spelling: Spelling) -> etree._Element:
    types = etree.Element(f"{{{_WSDL}}}types")
    schema = etree.SubElement(types, f"{{{XSD}}}schema", targetNamespace=where)
    # PHP and zeep look for it; neither asks for an address, which head-ends could not reach
    etree.SubElement(schema, f"{{{XSD}}}import", namespace=ENCODING)
    kind = etree.SubElement(schema, f"{{{XSD}}}complexType", name=RESULT_TYPE)
    members = etree.SubElement(kind, f"{{{XSD}}}sequence")
    etree.SubElement(members, f"{{{XSD}}}element", name=spelling.parameter(RESULT), type="xsd:int")
    nillable = {
        "name": spelling.parameter(DESCRIPTION),
        "type": spelling.string_type.value,
        "nillable": "true",
    }
    etree.SubElement(members, f"{{{XSD}}}element", nillable)
    return types


def _type(own: str, spelling: Spelling) -> str:
    return "xsd:int" if own == "cmd_result" else spelling.string_type.value


def _message(root: etree._Element, name: str, parts: list[tuple[str, str]]) -> None:
    message = _below(root, "message", name=name)
    for part, kind in parts:
        _below(message, "part", name=part, type=kind)


def _interface(root: etree._Element, name: str, service: str) -> None:
    interface = _below(root, "portType", name=service)
    operation = _below(interface, "operation", name=name)
    for direction, message in _directions(name):
        _below(operation, direction, name=message, message=f"tns:{message}")


def _binding(root: etree._Element, name: str, service: str, where: str) -> None:
    binding = _below(root, "binding", name=f"{PORT}SoapBinding", type=f"tns:{service}")
    etree.SubElement(binding, f"{{{_SOAP}}}binding", style="rpc", transport=_HTTP)
    operation = _below(binding, "operation", name=name)
    etree.SubElement(operation, f"{{{_SOAP}}}operation", soapAction="")
    for direction, message in _directions(name):
        body = {"use": "encoded", "encodingStyle": ENCODING, "namespace": where}
        etree.SubElement(_below(operation, direction, name=message), f"{{{_SOAP}}}body", body)


def _directions(name: str) -> Iterator[tuple[str, str]]:
    yield "input", f"{name}Request"
    yield "output", f"{name}Response"


def _below(parent: etree._Element, tag: str, **attributes: str) -> etree._Element:
    return etree.SubElement(parent, f"{{{_WSDL}}}{tag}", attributes)
