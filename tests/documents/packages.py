"""Small packages of Office and PDFs, made part by part."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field

import pikepdf
from pikepdf import Array, Dictionary, Name

REL = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
TYPES = "http://schemas.openxmlformats.org/package/2006/content-types"
RELS = "http://schemas.openxmlformats.org/package/2006/relationships"
W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WORD_MAIN = "application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml"
SHOW_MAIN = "application/vnd.openxmlformats-officedocument.presentationml.presentation.main+xml"
SHOW_MACROS = "application/vnd.ms-powerpoint.presentation.macroEnabled.main+xml"
SLIDE = "application/vnd.openxmlformats-officedocument.presentationml.slide+xml"
BOOK_MAIN = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"
CHART = "application/vnd.openxmlformats-officedocument.drawingml.chart+xml"
VBA = "application/vnd.ms-office.vbaProject"
OLE2 = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
PROJECT = OLE2 + bytes(600) + "_VBA_PROJECT".encode("utf-16-le") + bytes(600)

Relation = tuple[str, str, str]  # type's last word or address, target, mode


@dataclass
class Package:
    """Parts by name, content types by part, relationships by source."""

    main: str
    main_type: str
    parts: dict[str, bytes] = field(default_factory=dict)
    types: dict[str, str] = field(default_factory=dict)
    defaults: dict[str, str] = field(
        default_factory=lambda: {
            "xml": "application/xml",
            "rels": "application/vnd.openxmlformats-package.relationships+xml",
            "bin": "application/octet-stream",
            "png": "image/png",
        }
    )
    relations: dict[str, list[Relation]] = field(default_factory=dict)

    def with_part(self, name: str, data: bytes | str, content_type: str | None = None) -> Package:
        self.parts[name] = data.encode() if isinstance(data, str) else data
        if content_type:
            self.types[name] = content_type
        return self

    def related(self, source: str, kind: str, target: str, mode: str = "Internal") -> Package:
        self.relations.setdefault(source, []).append((kind, target, mode))
        return self

    def all_parts(self) -> dict[str, bytes]:
        """Every part with its bytes, in the order in which Office writes them."""
        overrides = "".join(
            f'<Override PartName="/{name}" ContentType="{kind}"/>'
            for name, kind in {self.main: self.main_type, **self.types}.items()
        )
        defaults = "".join(f'<Default Extension="{end}" ContentType="{kind}"/>' for end, kind in self.defaults.items())
        made = {"[Content_Types].xml": f'<Types xmlns="{TYPES}">{defaults}{overrides}</Types>'.encode()}
        relations = {"": [("officeDocument", self.main, "Internal")], **self.relations}
        for source, found in relations.items():
            folder, _, file = source.rpartition("/")
            lines = "".join(
                f'<Relationship Id="rId{number}" Type="{kind if "/" in kind else f"{REL}/{kind}"}" '
                f'Target="{target}" TargetMode="{mode}"/>'
                for number, (kind, target, mode) in enumerate(found, 1)
            )
            name = f"{folder}/_rels/{file}.rels".lstrip("/")
            made[name] = f'<Relationships xmlns="{RELS}">{lines}</Relationships>'.encode()
        return made | self.parts

    def made(self) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
            for name, data in self.all_parts().items():
                file.writestr(name, data)
        return out.getvalue()


def word(body: str = "<w:p><w:r><w:t>棉田</w:t></w:r></w:p>") -> Package:
    """A document of Word with this body."""
    text = f'<w:document xmlns:w="{W}" xmlns:r="{REL}" xmlns:a="{A}"><w:body>{body}</w:body></w:document>'
    return Package("word/document.xml", WORD_MAIN).with_part("word/document.xml", text)


def show(slides: int = 1, inside: str = "") -> Package:
    """A presentation; `inside` is in each of its slides."""
    ids = "".join(f'<p:sldId id="{255 + n}" r:id="rId{n}"/>' for n in range(1, slides + 1))
    text = f'<p:presentation xmlns:p="{P}" xmlns:r="{REL}"><p:sldIdLst>{ids}</p:sldIdLst></p:presentation>'
    made = Package("ppt/presentation.xml", SHOW_MAIN).with_part("ppt/presentation.xml", text)
    slide = f'<p:sld xmlns:p="{P}" xmlns:r="{REL}" xmlns:a="{A}"><p:cSld>{inside}</p:cSld></p:sld>'
    for number in range(1, slides + 1):
        made.with_part(f"ppt/slides/slide{number}.xml", slide, SLIDE)
        made.related("ppt/presentation.xml", "slide", f"slides/slide{number}.xml")
    return made


def book() -> Package:
    """A workbook, as charts have one beside them."""
    text = '<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"/>'
    return Package("xl/workbook.xml", BOOK_MAIN).with_part("xl/workbook.xml", text)


def with_chart(inner: bytes) -> Package:
    """A presentation with a chart whose numbers are in a workbook."""
    made = show()
    made.related("ppt/slides/slide1.xml", "chart", "../charts/chart1.xml")
    made.with_part("ppt/charts/chart1.xml", '<c:c xmlns:c="urn:c"/>', CHART)
    made.related("ppt/charts/chart1.xml", "package", "../embeddings/a.xlsx")
    return made.with_part("ppt/embeddings/a.xlsx", inner, "application/vnd.openxmlformats-officedocument.sheet")


def runs(*texts: str) -> str:
    """A field of Word whose code is split over runs."""
    begin, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "end"))
    return begin + "".join(f"<w:r><w:instrText>{text}</w:instrText></w:r>" for text in texts) + end


def paragraph(inside: str) -> str:
    return f"<w:p>{inside}</w:p>"


def pdf(change: Callable[[pikepdf.Pdf], object] = lambda _: None, pages: int = 1, **save: object) -> bytes:
    """A PDF of blank pages, changed."""
    made = pikepdf.new()
    for _ in range(pages):
        made.add_blank_page(page_size=(960, 540))
    change(made)
    out = io.BytesIO()
    made.save(out, **save)  # type: ignore[arg-type]  # its options by name
    return out.getvalue()


def javascript(text: str = "app.alert(1)") -> Dictionary:
    return Dictionary(S=Name.JavaScript, JS=text)


def on_page(number: int, **annotation: object) -> Callable[[pikepdf.Pdf], object]:
    """An annotation on one page."""

    def change(made: pikepdf.Pdf) -> None:
        item = Dictionary(Type=Name.Annot, Rect=[0, 0, 10, 10], **annotation)
        made.pages[number - 1].obj.Annots = Array([made.make_indirect(item)])

    return change


def opens(action: Dictionary) -> Callable[[pikepdf.Pdf], object]:
    """What the document does when it is opened."""

    def change(made: pikepdf.Pdf) -> None:
        made.Root.OpenAction = made.make_indirect(action)

    return change


def compound(*names: str) -> bytes:
    """A compound file with streams of these names in its root: header, one FAT sector, a directory."""
    entries = b"".join(_entry(name, at, len(names)) for at, name in enumerate(("Root Entry", *names)))
    entries += bytes(-len(entries) % 512)
    sectors = len(entries) // 512
    chain = [0xFFFFFFFD, *range(2, sectors + 1), 0xFFFFFFFE]
    fat = b"".join(value.to_bytes(4, "little") for value in chain).ljust(512, b"\xff")
    header = bytearray(512)
    header[:8] = OLE2
    header[24:32] = bytes.fromhex("3e00 0300 feff 0900")
    header[44:52] = (1).to_bytes(4, "little") + (1).to_bytes(4, "little")
    header[76:512] = bytes(4) + b"\xff" * 432
    return bytes(header) + fat + entries


def _entry(name: str, at: int, count: int) -> bytes:
    written = name.encode("utf-16-le") + b"\0\0"
    right = at + 1 if 0 < at < count else 0xFFFFFFFF
    child = 1 if at == 0 and count else 0xFFFFFFFF
    kind = 5 if at == 0 else 2
    head = written.ljust(64, b"\0") + len(written).to_bytes(2, "little") + bytes([kind, 1])
    return (head + b"".join(n.to_bytes(4, "little") for n in (0xFFFFFFFF, right, child))).ljust(128, b"\0")
