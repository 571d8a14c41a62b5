"""A packet of XMP (ISO 16684-1) that holds a label, read and written."""

from __future__ import annotations

from collections.abc import Iterator
from xml.sax.saxutils import escape

from lxml import etree

from pipeline.media.generated_label.names import XMP_MOST_BYTES, XMP_NAME, XMP_NAMESPACE, XMP_PREFIX

_TAG = f"{{{XMP_NAMESPACE}}}{XMP_NAME}"
_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
_BEGIN = '<?xpacket begin="\ufeff" id="W5M0MpCehiHzreSzNTczkc9d"?>'
_CODES = {'"': "&quot;", "\r": "&#13;"}  # a reader would make a plain end of a line of the second


def labels(packet: bytes) -> Iterator[bytes]:
    """What stands in the label's element or attribute, in order; nothing where the packet is no XML, has a DTD or is
    larger than a megabyte. No entity is ever replaced but those of XML itself."""
    packet = packet.rstrip(b"\0")
    if len(packet) > XMP_MOST_BYTES or b"<!DOCTYPE" in packet or b"\0" in packet:  # zeros: UTF-16 could hide one
        return
    parser = etree.XMLParser(encoding="utf-8", resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False)
    try:
        root = etree.fromstring(packet.removeprefix(b"\xef\xbb\xbf"), parser)
    except (etree.XMLSyntaxError, ValueError):
        return
    for element in root.iter(etree.Element):
        said = "".join(str(text) for text in element.itertext()) if element.tag == _TAG else element.get(_TAG)
        if said is not None:
            yield str(said).encode("utf-8")


def speaks_of_labels(packet: bytes) -> bool:
    """Whether the key or its namespace stands in a packet, in UTF-8 or UTF-16, however it is written."""
    plain = packet.replace(b"\0", b"").lower()
    return b"tc260" in plain or XMP_NAME.lower().encode() in plain


def packet(label: str) -> bytes:
    """A packet that holds a label and nothing else."""
    return (
        f'{_BEGIN}<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="{_RDF}">'
        f'<rdf:Description rdf:about="" xmlns:{XMP_PREFIX}="{XMP_NAMESPACE}">'
        f"<{XMP_PREFIX}:{XMP_NAME}>{escape(label, _CODES)}</{XMP_PREFIX}:{XMP_NAME}>"
        '</rdf:Description></rdf:RDF></x:xmpmeta><?xpacket end="r"?>'
    ).encode()
