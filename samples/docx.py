"""A small writer of DOCX (ECMA-376): headings, lines and one table, the same bytes each time."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Sequence
from dataclasses import dataclass
from xml.sax.saxutils import escape

_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_WORD = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_TYPE = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_ENTRY_DATE = (1980, 1, 1, 0, 0, 0)  # the first that a zip can hold
_HEADING = "Heading1"


@dataclass(frozen=True)
class Text:
    """A line of its own."""

    text: str
    is_heading: bool = False


@dataclass(frozen=True)
class Table:
    """Cells, row by row; the first row has the headings."""

    rows: Sequence[Sequence[str]]


def docx(content: Sequence[Text | Table]) -> bytes:
    """A document of these, in A4."""
    body = "".join(_table(item) if isinstance(item, Table) else _paragraph(item) for item in content)
    section = '<w:sectPr><w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1440" w:right="1440" w:bottom="1440" w:left="1440" w:header="720" w:footer="720" w:gutter="0"/></w:sectPr>'
    entries = {
        "[Content_Types].xml": f'<Types xmlns="{_PACKAGE}/content-types">'
        f'<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>'
        f'<Override PartName="/word/document.xml" ContentType="{_TYPE}.document.main+xml"/>'
        f'<Override PartName="/word/styles.xml" ContentType="{_TYPE}.styles+xml"/></Types>',
        "_rels/.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/officeDocument" Target="word/document.xml"/></Relationships>',
        "word/document.xml": f'<w:document xmlns:w="{_WORD}"><w:body>{body}{section}</w:body></w:document>',
        "word/_rels/document.xml.rels": f'<Relationships xmlns="{_PACKAGE}/relationships">'
        f'<Relationship Id="rId1" Type="{_OFFICE}/styles" Target="styles.xml"/></Relationships>',
        "word/styles.xml": _styles(),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        for name, text in entries.items():
            package.writestr(zipfile.ZipInfo(name, _ENTRY_DATE), _HEAD + text, zipfile.ZIP_DEFLATED)
    return out.getvalue()


def _paragraph(item: Text) -> str:
    style = f'<w:pPr><w:pStyle w:val="{_HEADING}"/></w:pPr>' if item.is_heading else ""
    return f'<w:p>{style}<w:r><w:t xml:space="preserve">{escape(item.text)}</w:t></w:r></w:p>'


def _table(item: Table) -> str:
    columns = len(item.rows[0])
    width = 9026 // columns  # twentieths of a point between the margins
    edges = "".join(
        f'<w:{edge} w:val="single" w:sz="4" w:space="0" w:color="auto"/>'
        for edge in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    grid = f'<w:gridCol w:w="{width}"/>' * columns
    rows = "".join(
        "<w:tr>"
        + "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/></w:tcPr>{_paragraph(Text(cell))}</w:tc>' for cell in row
        )
        + "</w:tr>"
        for row in item.rows
    )
    about = f'<w:tblPr><w:tblW w:w="{width * columns}" w:type="dxa"/><w:tblBorders>{edges}</w:tblBorders></w:tblPr>'
    return f"<w:tbl>{about}<w:tblGrid>{grid}</w:tblGrid>{rows}</w:tbl>" + _paragraph(Text(""))


def _styles() -> str:
    fonts = '<w:rFonts w:ascii="Arial" w:hAnsi="Arial" w:eastAsia="SimSun" w:cs="Arial"/>'
    usual = f'<w:rPr>{fonts}<w:sz w:val="24"/><w:szCs w:val="24"/><w:lang w:val="en-US" w:eastAsia="zh-CN"/></w:rPr>'
    return (
        f'<w:styles xmlns:w="{_WORD}"><w:docDefaults><w:rPrDefault>{usual}</w:rPrDefault></w:docDefaults>'
        '<w:style w:type="paragraph" w:default="1" w:styleId="Normal"><w:name w:val="Normal"/></w:style>'
        f'<w:style w:type="paragraph" w:styleId="{_HEADING}"><w:name w:val="heading 1"/><w:basedOn w:val="Normal"/>'
        '<w:pPr><w:keepNext/><w:spacing w:before="240" w:after="120"/><w:outlineLvl w:val="0"/></w:pPr>'
        '<w:rPr><w:b/><w:sz w:val="36"/><w:szCs w:val="36"/></w:rPr></w:style></w:styles>'
    )
