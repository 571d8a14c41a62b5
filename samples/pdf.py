"""A small writer of PDF, with embedded subsets of the fonts that we draw with: for the sample course and for tests."""

from __future__ import annotations

import io
import zlib
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache

import uharfbuzz
from fontTools import subset
from fontTools.ttLib import TTFont

from pipeline.inspect import fonts

WIDE = (960.0, 540.0)  # points of a 16:9 slide
HAN, ARABIC, LATIN = "han", "arabic", "latin"
SONG = "/STSong-Light"  # one of the fonts of Adobe-GB1, which every reader has in its own way
_FACES = {HAN: ("han.ttc", 2), ARABIC: ("arabic.ttf", 0), LATIN: ("latin.ttf", 0)}


@dataclass(frozen=True)
class Line:
    """A line of text; `font` is one of ours, or the name of a font that is not embedded (`/Helvetica`);
    `apart` puts each letter by itself, `mode` 3 is unseen (ISO 32000-1, 9.3.6); `to_left`: x is where it ends at the
    right, as lines of Arabic letters begin there."""

    text: str
    x: float
    y: float
    size: float
    font: str = LATIN
    colour: str = "0 0 0"
    apart: bool = False
    mode: int = 0
    to_left: bool = False


@dataclass(frozen=True)
class Page:
    """Texts on a coloured page; `marks` are raw drawing commands."""

    lines: tuple[Line, ...] = ()
    colour: str = "1 1 1"
    size: tuple[float, float] = WIDE
    marks: str = ""
    entries: str = ""
    title: str = ""


class Pdf:
    """Objects of a file, by their numbers from 1.

    Args:
        is_small: rather than quickly made.
    """

    def __init__(self, *, is_small: bool = False) -> None:
        self.is_small = is_small
        self.objects: list[bytes] = []

    def add(self, body: str | bytes = "") -> int:
        self.objects.append(body.encode() if isinstance(body, str) else body)
        return len(self.objects)

    def put(self, number: int, body: str) -> None:
        self.objects[number - 1] = body.encode()

    def stream(self, content: bytes, entries: str = "") -> int:
        packed = zlib.compress(content, 9 if self.is_small else 1)
        head = f"<< /Length {len(packed)} /Filter /FlateDecode {entries} >>\nstream\n".encode()
        return self.add(head + packed + b"\nendstream")

    def bytes(self, root: int) -> bytes:
        out = io.BytesIO()
        out.write(b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n")
        places = []
        for number, body in enumerate(self.objects, start=1):
            places.append(out.tell())
            out.write(f"{number} 0 obj\n".encode() + body + b"\nendobj\n")
        start = out.tell()
        out.write(f"xref\n0 {len(places) + 1}\n0000000000 65535 f \n".encode())
        out.write(b"".join(f"{place:010} 00000 n \n".encode() for place in places))
        out.write(f"trailer << /Size {len(places) + 1} /Root {root} 0 R >>\nstartxref\n{start}\n%%EOF\n".encode())
        return out.getvalue()


@dataclass
class _Used:
    """The glyphs of a font that a deck needs, with the letter of each."""

    letters: dict[int, str] = field(default_factory=dict)


@cache
def _shaper(name: str) -> uharfbuzz.Font:
    file, face = _FACES[name]
    return uharfbuzz.Font(uharfbuzz.Face(uharfbuzz.Blob.from_file_path(str(fonts.paths()[file])), face))


@dataclass(frozen=True)
class _Glyph:
    """One glyph: which letter of the line it is of, its advance, and how far it is moved; in em."""

    number: int
    letter: int
    advance: float
    right: float
    up: float


def _shaped(line: Line) -> list[_Glyph]:
    """As they stand from left to right; dots of Arabic letters are glyphs of their own, moved to their place."""
    buffer = uharfbuzz.Buffer()
    buffer.add_str(line.text)
    buffer.guess_segment_properties()
    font = _shaper(line.font)
    uharfbuzz.shape(font, buffer)
    em = font.face.upem
    return [
        _Glyph(info.codepoint, info.cluster, at.x_advance / em, at.x_offset / em, at.y_offset / em)
        for info, at in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True)
    ]


def _written(line: Line, used: dict[str, _Used], plain: dict[str, str], *, placed: bool) -> str:
    if line.font.startswith("/"):
        plain.setdefault(line.font, f"P{len(plain)}")
        text = line.text.encode("utf-16-be" if line.font == SONG else "latin-1").hex()
        begin = f"BT {line.mode} Tr {line.colour} rg /{plain[line.font]} {line.size} Tf"
        return f"{begin} {line.x} {line.y} Td <{text}> Tj ET\n"
    found = used.setdefault(line.font, _Used())
    shaped = _shaped(line)
    for glyph in shaped:
        found.letters.setdefault(glyph.number, line.text[glyph.letter])
    begin = f"BT {line.mode} Tr {line.colour} rg /{line.font} {line.size} Tf "
    x = round(line.x - sum(glyph.advance for glyph in shaped) * line.size, 3) if line.to_left else line.x
    if not (line.apart or (placed and any(glyph.right or glyph.up for glyph in shaped))):
        return f"{begin} {x} {line.y} Td <{''.join(f'{glyph.number:04x}' for glyph in shaped)}> Tj ET\n"
    parts = []
    for glyph in shaped:
        place = f"{x + glyph.right * line.size:.3f} {line.y + glyph.up * line.size:.3f}"
        parts.append(f"1 0 0 1 {place} Tm <{glyph.number:04x}> Tj")
        x += glyph.advance * line.size
    return begin + " ".join(parts) + " ET\n"


@cache
def _subset(name: str, glyphs: tuple[int, ...], *, is_small: bool) -> tuple[bytes, bool]:
    """The font, of a large one these glyphs alone under their own numbers; and whether it is CFF."""
    file, face = _FACES[name]
    if name != HAN and not is_small:
        return fonts.paths()[file].read_bytes(), False
    font = TTFont(fonts.paths()[file], fontNumber=face, recalcTimestamp=False)
    options = subset.Options(retain_gids=True, layout_features=[], notdef_outline=True, drop_tables=["GSUB", "GPOS"])
    maker = subset.Subsetter(options)
    maker.populate(gids=glyphs)
    maker.subset(font)
    is_cff = "CFF " in font
    out = io.BytesIO()
    font.save(out)
    return out.getvalue(), is_cff


def _embedded(pdf: Pdf, name: str, used: _Used, *, embedded: bool) -> int:
    glyphs = tuple(sorted({0, *used.letters}))
    content, is_cff = _subset(name, glyphs, is_small=pdf.is_small)
    font = _shaper(name)
    widths = " ".join(f"{glyph} [{font.get_glyph_h_advance(glyph) * 1000 // font.face.upem}]" for glyph in glyphs)
    file = ""
    if embedded:
        kind = "/FontFile3" if is_cff else "/FontFile2"
        number = pdf.stream(content, "/Subtype /OpenType" if is_cff else f"/Length1 {len(content)}")
        file = f"{kind} {number} 0 R"
    about = pdf.add(
        f"<< /Type /FontDescriptor /FontName /AAAAAA+{name} /Flags 4 /FontBBox [-200 -400 1200 1100] /ItalicAngle 0 "
        f"/Ascent 900 /Descent -300 /CapHeight 700 /StemV 80 {file} >>"
    )
    kind = "/CIDFontType0" if is_cff else "/CIDFontType2 /CIDToGIDMap /Identity"
    descendant = pdf.add(
        f"<< /Type /Font /Subtype {kind} /BaseFont /AAAAAA+{name} /FontDescriptor {about} 0 R /DW 1000 /W [{widths}] "
        "/CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> >>"
    )
    pairs = "\n".join(
        f"<{glyph:04x}> <{letter.encode('utf-16-be').hex()}>" for glyph, letter in sorted(used.letters.items())
    )
    to_unicode = pdf.stream(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def /CMapType 2 def\n"
        f"1 begincodespacerange <0000> <ffff> endcodespacerange\n{len(used.letters)} beginbfchar\n{pairs}\nendbfchar\n"
        "endcmap end end".encode()
    )
    return pdf.add(
        f"<< /Type /Font /Subtype /Type0 /BaseFont /AAAAAA+{name} /Encoding /Identity-H "
        f"/DescendantFonts [{descendant} 0 R] /ToUnicode {to_unicode} 0 R >>"
    )


def deck(pages: Sequence[Page], *, embedded: bool = True, is_small: bool = False) -> bytes:
    """A PDF of these pages.

    Args:
        embedded: with its fonts.
        is_small: rather than quickly made.
    """
    pdf = Pdf(is_small=is_small)
    root, tree = pdf.add(), pdf.add()
    used: dict[str, _Used] = {}
    plain: dict[str, str] = {}
    contents = []
    for page in pages:
        width, height = page.size
        text = f"{page.colour} rg 0 0 {width} {height} re f\n{page.marks}\n"
        contents.append(
            pdf.stream((text + "".join(_written(line, used, plain, placed=embedded) for line in page.lines)).encode())
        )
    names = {name: _embedded(pdf, name, item, embedded=embedded) for name, item in used.items()}
    for font, short in plain.items():
        entries = "/Subtype /Type1 /Encoding /WinAnsiEncoding"
        if font == SONG:
            system = "<< /Registry (Adobe) /Ordering (GB1) /Supplement 4 >>"
            about = "/Type /FontDescriptor /Flags 6 /FontBBox [-25 -254 1000 880] /ItalicAngle 0 /Ascent 880 "
            about = pdf.add(f"<< /FontName {font} {about} /Descent -120 /CapHeight 880 /StemV 93 >>")
            cid = f"/Type /Font /Subtype /CIDFontType0 /BaseFont {font} /CIDSystemInfo {system}"
            descendant = pdf.add(f"<< {cid} /FontDescriptor {about} 0 R /DW 1000 >>")
            entries = f"/Subtype /Type0 /Encoding /UniGB-UCS2-H /DescendantFonts [{descendant} 0 R]"
        names[short] = pdf.add(f"<< /Type /Font /BaseFont {font} {entries} >>")
    resources = " ".join(f"/{name} {number} 0 R" for name, number in names.items())
    kids = [
        pdf.add(
            f"<< /Type /Page /Parent {tree} 0 R /MediaBox [0 0 {page.size[0]} {page.size[1]}] {page.entries} "
            f"/Resources << /Font << {resources} >> >> /Contents {content} 0 R >>"
        )
        for page, content in zip(pages, contents, strict=True)
    ]
    pdf.put(tree, f"<< /Type /Pages /Kids [{' '.join(f'{kid} 0 R' for kid in kids)}] /Count {len(kids)} >>")
    outlines = _outlines(pdf, pages, kids)
    pdf.put(root, f"<< /Type /Catalog /Pages {tree} 0 R {outlines} >>")
    return pdf.bytes(root)


def _outlines(pdf: Pdf, pages: Sequence[Page], kids: Sequence[int]) -> str:
    titled = [(page.title, kid) for page, kid in zip(pages, kids, strict=True) if page.title]
    if not titled:
        return ""
    top = pdf.add()
    items = [pdf.add() for _ in titled]
    for at, (number, (title, kid)) in enumerate(zip(items, titled, strict=True)):
        links = (f"/Prev {items[at - 1]} 0 R " if at else "") + (
            f"/Next {items[at + 1]} 0 R" if items[at + 1 :] else ""
        )
        text = ("\ufeff" + title).encode("utf-16-be").hex()
        pdf.put(number, f"<< /Title <{text}> /Parent {top} 0 R /Dest [{kid} 0 R /Fit] {links} >>")
    pdf.put(top, f"<< /Type /Outlines /First {items[0]} 0 R /Last {items[-1]} 0 R /Count {len(items)} >>")
    return f"/Outlines {top} 0 R"
