"""The order's file as a dialect wants its root: with a default namespace, a version, a header. Pure."""

from __future__ import annotations

from datetime import datetime
from xml.sax.saxutils import quoteattr

from lxml import etree

from pipeline.model.c2 import WorkOrder
from pipeline.model.c2_dialect import OrderFile
from pipeline.model.c2_records import Order
from pipeline.model.china_time import CHINA
from pipeline.package.metadata import c2_order


def written(order: WorkOrder, root: OrderFile, record: Order) -> bytes:
    """The file, which is valid by the schema before a dialect's own root is put round it."""
    content = c2_order.to_xml(order)
    if root.namespace is None and root.version is None and not root.header:
        return content
    plain = etree.fromstring(content)
    tag = f"{{{root.namespace}}}" if root.namespace else ""
    made = etree.fromstring(f"<ADI xmlns={quoteattr(root.namespace)}/>" if root.namespace else "<ADI/>")
    for name, text in plain.items():
        made.set(name, text)
    if root.version is not None:
        made.set("Version", root.version)
    if root.header:
        header = etree.SubElement(made, f"{tag}Header")
        for name, text in (
            ("MsgID", record.correlate_id),
            ("CSPID", record.csp_id),
            ("LSPID", record.lsp_id),
            ("Timestamp", _stamp(record.at)),
        ):
            etree.SubElement(header, f"{tag}{name}").text = text
    for item in plain.iter(etree.Element):
        item.tag = f"{tag}{item.tag}"
    made.extend(list(plain))
    etree.indent(made)
    return etree.tostring(made, xml_declaration=True, encoding="UTF-8") + b"\n"


def _stamp(at: datetime) -> str:
    # C2 says no zone; live files are of China's time
    return f"{at.astimezone(CHINA):%Y%m%d%H%M%S}"
