"""The only importer of pypdfium2, and only in a child of its own: a PDF on stdin, messages on stdout.

`python -I -m pipeline.documents.pdfium_child ORDER`, with ORDER as JSON: `fonts` (the one folder that fonts are taken
from), `frame` (width and height of a picture), `share` (of the frame that a page may fill), `page_cpu_s`, `most_pages`,
and `draw`: the numbers of pages whose pictures are wanted, or null for what is known of each page.

The first message is of the whole document, in JSON; then comes one a page: facts in JSON, or the picture (BGR).
PDFium is given an open file and no name, and the wheel has no JavaScript engine: nothing is opened or sent.
"""

from __future__ import annotations

import ctypes
import json
import math
import os
import sys
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import pypdfium2 as pdfium
import pypdfium2.raw as c
from pypdfium2.internal import bases

from pipeline import process
from pipeline.documents import messages
from pipeline.documents.picture import SAMPLE_BYTES, Alone, Box, Frame, Picture, Rectangle, is_flat, is_outside, reach

Raw: TypeAlias = Any  # pypdfium2's handles are untyped

_TITLE_DEPTH = 15
_BLACK, _WHITE = 0xFF000000, 0xFFFFFFFF
_UNSEEN_MODES = (
    c.FPDF_TEXTRENDERMODE_INVISIBLE,
    c.FPDF_TEXTRENDERMODE_CLIP,
)  # a scan's letters lie over its picture so
_MOST_SHOWN = 24  # letters that are named
LOST = "\N{WHITE SQUARE}"  # for letters that leave nothing, not even what they are
_LATIN = "Aa0"


@dataclass
class _Found:
    """What is known of a page's letters so far; sizes in lines of the frame."""

    letters: int = 0
    smallest_lines: float | None = None
    smallest: list[str] = field(default_factory=list)
    reach: float = 0.0
    undrawn: list[str] = field(default_factory=list)
    replaced: list[str] = field(default_factory=list)


def main() -> None:
    order = json.loads(sys.argv[1])
    out = os.fdopen(os.dup(1), "wb")
    kept = _fonts_alone(order["fonts"])
    try:
        document = pdfium.PdfDocument(os.fdopen(os.dup(0), "rb", buffering=0))
        count = len(document)
    except pdfium.PdfiumError as error:
        is_locked = getattr(error, "err_code", None) in (c.FPDF_ERR_PASSWORD, c.FPDF_ERR_SECURITY)
        messages.send(out, json.dumps({"fault": "encrypted" if is_locked else "unreadable"}).encode())
        return
    is_too_long = count > order["most_pages"]
    titles = {} if is_too_long else _titles(document)
    about = {"pages": count, "titles": titles, "pdfium": str(pdfium.PDFIUM_INFO)}
    messages.send(out, json.dumps(about).encode())
    width, height = order["frame"]
    frame = Frame(width, height, order["share"])
    numbers = range(1, count + 1) if order["draw"] is None else order["draw"]
    for number in () if is_too_long else numbers:
        process.end_after_cpu(order["page_cpu_s"])
        page = document[number - 1]
        picture = _drawn(page, frame)
        answer = picture.pixels if order["draw"] is not None else json.dumps(_facts(document, page, picture)).encode()
        page.close()
        process.end_after_cpu(0.0)
        messages.send(out, answer)
    del kept


def _fonts_alone(folder: str) -> object:
    """Start PDFium anew with the fonts of one folder, in place of the machine's; gives what must be kept meanwhile."""
    c.FPDF_DestroyLibrary()
    path = ctypes.create_string_buffer(os.fsencode(folder))
    paths = (ctypes.POINTER(ctypes.c_char) * 2)(ctypes.cast(path, ctypes.POINTER(ctypes.c_char)))  # and no more
    config = c.FPDF_LIBRARY_CONFIG(version=2, m_pUserFontPaths=paths, m_pIsolate=None, m_v8EmbedderSlot=0)
    c.FPDF_InitLibraryWithConfig(ctypes.byref(config))
    bases.LIBRARY_AVAILABLE = True
    return path, paths, config


def _titles(document: pdfium.PdfDocument) -> dict[int, str]:
    """The first bookmark of each page that has one, by the page's number."""
    titles: dict[int, str] = {}
    for item in document.get_toc(max_depth=_TITLE_DEPTH):
        target = item.get_dest()
        index = target.get_index() if target else None
        title = " ".join(item.get_title().split())
        if index is not None and title:
            titles.setdefault(index + 1, title)
    return titles


def _drawn(page: pdfium.PdfPage, frame: Frame) -> Picture:
    """The page as people see it, annotations too; a page of any size costs no more than the frame."""
    width, height = (max(1e-3, float(side)) for side in page.get_size())
    scale = min(frame.width * frame.share / width, frame.height * frame.share / height)
    across, down = max(1, round(width * scale)), max(1, round(height * scale))
    left, top = (frame.width - across) // 2, (frame.height - down) // 2
    pixels = (ctypes.c_ubyte * (frame.width * frame.height * SAMPLE_BYTES))()
    bitmap = c.FPDFBitmap_CreateEx(frame.width, frame.height, c.FPDFBitmap_BGR, pixels, frame.width * SAMPLE_BYTES)
    c.FPDFBitmap_FillRect(bitmap, 0, 0, frame.width, frame.height, _BLACK)
    c.FPDFBitmap_FillRect(bitmap, left, top, across, down, _WHITE)
    c.FPDF_RenderPageBitmap(bitmap, page, left, top, across, down, 0, c.FPDF_ANNOT)
    c.FPDFBitmap_Destroy(bitmap)
    return Picture(frame, (left, top, left + across, top + down), bytes(pixels))


def _facts(document: pdfium.PdfDocument, page: pdfium.PdfPage, picture: Picture) -> dict[str, object]:
    """What is known of a page, as `DeckPage` has it."""
    found = _Found()
    text = c.FPDFText_LoadPage(page)
    objects = _Objects(document, page)
    for index in range(c.FPDFText_CountChars(text)) if text else ():
        _letter(text, index, page, picture, objects, found)
    if text:
        c.FPDFText_ClosePage(text)
    if objects.has_lost():
        _add(found.undrawn, LOST)
    width, height = page.get_size()
    return {
        "width_pt": round(float(width), 3),
        "height_pt": round(float(height), 3),
        "letters": found.letters,
        "smallest_lines": found.smallest_lines,
        "smallest": "".join(found.smallest),
        "reach": round(found.reach, 4),
        "undrawn": "".join(found.undrawn),
        "replaced": "".join(found.replaced),
    }


def _letter(text: Raw, index: int, page: pdfium.PdfPage, picture: Picture, objects: _Objects, found: _Found) -> None:
    """Add one letter to what was found."""
    char = chr(c.FPDFText_GetUnicode(text, index) or 0)
    if c.FPDFText_IsGenerated(text, index) == 1 or unicodedata.category(char)[0] in "ZC":
        return
    thing = c.FPDFText_GetTextObject(text, index)
    if not thing or (shown := objects.of(thing)).is_unseen:
        return
    box = _box(text, index)
    place = _on_picture(page, picture, box)
    if is_outside(place, picture.place):
        return
    found.letters += 1
    lines = _lines(text, index, page, picture)
    if found.smallest_lines is None or lines < found.smallest_lines:
        found.smallest_lines, found.smallest = lines, []
    if lines == found.smallest_lines:
        _add(found.smallest, char)
    found.reach = max(found.reach, reach(place, picture))
    if unicodedata.category(char)[0] != "M" and objects.is_undrawn(shown, box, is_flat(picture, place)):
        _add(found.undrawn, char)
    elif not shown.is_embedded:
        _add(found.replaced, char)


def _add(letters: list[str], char: str) -> None:
    if len(letters) < _MOST_SHOWN and char not in letters:
        letters.append(char)


def _box(text: Raw, index: int) -> Box:
    """Left, top, right and bottom of a letter in the page's points; one that has no shape takes its line's height."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    c.FPDFText_GetCharBox(text, index, left, right, bottom, top)
    if right.value > left.value and top.value > bottom.value:
        return left.value, top.value, right.value, bottom.value
    loose = c.FS_RECTF()
    c.FPDFText_GetLooseCharBox(text, index, loose)
    return loose.left, loose.top, loose.right, loose.bottom


def _on_picture(page: pdfium.PdfPage, picture: Picture, box: Box) -> Rectangle:
    left, top, right, bottom = picture.place
    corners = []
    for x, y in ((box[0], box[1]), (box[2], box[3])):
        across, down = ctypes.c_int(), ctypes.c_int()
        c.FPDF_PageToDevice(page, left, top, right - left, bottom - top, 0, x, y, across, down)
        corners.append((across.value, down.value))
    (x0, y0), (x1, y1) = corners
    return min(x0, x1), min(y0, y1), max(x0, x1), max(y0, y1)


def _lines(text: Raw, index: int, page: pdfium.PdfPage, picture: Picture) -> float:
    """A letter's font size in lines of the frame: what its matrix makes of it too."""
    matrix = c.FS_MATRIX()
    c.FPDFText_GetMatrix(text, index, matrix)
    across, down = (max(1e-3, float(side)) for side in page.get_size())
    place = picture.place
    scale = min((place[2] - place[0]) / across, (place[3] - place[1]) / down)
    size_pt = float(c.FPDFText_GetFontSize(text, index)) * math.hypot(matrix.c, matrix.d)
    return round(size_pt * scale, 1)


@dataclass
class _Shown:
    """A piece of text in one font; `alone` is its own picture, once it was asked for."""

    thing: Raw
    is_unseen: bool
    is_embedded: bool
    alone: Alone | None = None


class _Objects:
    """A page's pieces of text, each looked at once."""

    def __init__(self, document: pdfium.PdfDocument, page: pdfium.PdfPage):
        self._document, self._page = document, page
        self._known: dict[int, _Shown] = {}
        things = (c.FPDFPage_GetObject(page, index) for index in range(c.FPDFPage_CountObjects(page)))
        self._on_page = {ctypes.addressof(thing.contents) for thing in things if thing}

    def has_lost(self) -> bool:
        """Whether there are pieces without any extent in a font that is not embedded: a single letter that there is no
        glyph for. A font that draws Latin letters has only spaces like that."""
        for thing in _texts(self._page):
            left, bottom, right, top = (ctypes.c_float() for _ in range(4))
            shown = self.of(thing)
            if shown.is_embedded or shown.is_unseen or not c.FPDFPageObj_GetBounds(thing, left, bottom, right, top):
                continue
            font = c.FPDFTextObj_GetFont(thing)
            if left.value >= right.value and not all(c.FPDFFont_GetGlyphPath(font, ord(char), 10.0) for char in _LATIN):
                return True
        return False

    def of(self, thing: Raw) -> _Shown:
        """What is known of one."""
        address = ctypes.addressof(thing.contents)
        if address not in self._known:
            font = c.FPDFTextObj_GetFont(thing)
            self._known[address] = _Shown(
                thing,
                is_unseen=c.FPDFTextObj_GetTextRenderMode(thing) in _UNSEEN_MODES,
                is_embedded=bool(font) and c.FPDFFont_GetIsEmbedded(font) == 1,
            )
        return self._known[address]

    def is_undrawn(self, shown: _Shown, box: Box, is_flat: bool) -> bool:
        """Whether a letter leaves no ink, though nothing hides it.

        A letter under a picture, or in the colour of what is behind it, is drawn: its piece of text alone shows it.
        Where a box lies in that is only known of pieces on the page itself, not of those in forms.
        """
        if not is_flat and shown.is_embedded:
            return False
        alone = self._alone(shown)
        if shown.is_embedded or ctypes.addressof(shown.thing.contents) not in self._on_page:
            return is_flat and not alone.has_ink()
        return not alone.has_ink(box)

    def _alone(self, shown: _Shown) -> Alone:
        if shown.alone is None:
            shown.alone = self._draw_alone(shown.thing)
        return shown.alone

    def _draw_alone(self, thing: Raw) -> Alone:
        left, bottom, right, top = (ctypes.c_float() for _ in range(4))
        c.FPDFPageObj_GetBounds(thing, left, bottom, right, top)
        longest = max(right.value - left.value, top.value - bottom.value, 1e-3)
        scale = min(4.0, 1920 / longest)
        bitmap = c.FPDFTextObj_GetRenderedBitmap(self._document, self._page, thing, scale)
        if not bitmap:
            return Alone(left.value, top.value, scale, 0, 0, 0, b"")
        width, height = c.FPDFBitmap_GetWidth(bitmap), c.FPDFBitmap_GetHeight(bitmap)
        stride = c.FPDFBitmap_GetStride(bitmap)
        pixels = ctypes.string_at(c.FPDFBitmap_GetBuffer(bitmap), stride * height)
        c.FPDFBitmap_Destroy(bitmap)
        return Alone(left.value, top.value, scale, width, height, stride, pixels)


def _texts(page: pdfium.PdfPage) -> Iterator[Raw]:
    """Every piece of text on a page, those inside forms too."""
    pending = [c.FPDFPage_GetObject(page, index) for index in range(c.FPDFPage_CountObjects(page))]
    while pending:
        thing = pending.pop()
        kind = c.FPDFPageObj_GetType(thing)
        if kind == c.FPDF_PAGEOBJ_TEXT:
            yield thing
        elif kind == c.FPDF_PAGEOBJ_FORM:
            inside = range(c.FPDFFormObj_CountObjects(thing))
            pending += [c.FPDFFormObj_GetObject(thing, index) for index in inside]


if __name__ == "__main__":
    main()
