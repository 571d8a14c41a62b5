"""A PDF's structure; the only importer of pikepdf.

Every object is looked at, whether anything leads to it or not: qpdf unpacks object streams and undoes names such as
`/J#61vaScript`. What acts is told by its own keys (ISO 32000-1 clauses 7.11, 12.6, 13; ISO 32000-2 clause 13.7), so
where it hangs (`/OpenAction`, `/AA`, `/Next`, an annotation, a name tree) does not matter. qpdf opens no other file and
sends nothing.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from typing import IO, Any, BinaryIO

import pikepdf

from pipeline.documents import relations
from pipeline.documents.archive import refused
from pipeline.documents.ooxml import Findings
from pipeline.model.document import ActiveContent, ActiveKind, DocumentKind, DocumentStructure

_ACTIONS = {
    "/JavaScript": ActiveKind.JAVASCRIPT,
    "/Launch": ActiveKind.LAUNCH,
    "/SubmitForm": ActiveKind.FORM,
    "/ImportData": ActiveKind.FORM,
    "/GoToR": ActiveKind.ELSEWHERE,
    "/GoToE": ActiveKind.FILE,
    "/Rendition": ActiveKind.MEDIA,
    "/RichMediaExecute": ActiveKind.MEDIA,
    "/Movie": ActiveKind.MEDIA,
    "/Sound": ActiveKind.MEDIA,
}
_ANNOTATIONS = {
    "/RichMedia": ActiveKind.MEDIA,
    "/3D": ActiveKind.MEDIA,
    "/Movie": ActiveKind.MEDIA,
    "/Sound": ActiveKind.MEDIA,
    "/FileAttachment": ActiveKind.FILE,
}
_KEYS = {
    "/JS": ActiveKind.JAVASCRIPT,
    "/OnInstantiate": ActiveKind.JAVASCRIPT,  # of 3D
    "/XFA": ActiveKind.FORM,
    "/EF": ActiveKind.FILE,
    "/RichMediaContent": ActiveKind.MEDIA,
}
_NAMES = sorted({name[1:] for name in (*_ACTIONS, *_ANNOTATIONS, *_KEYS, "/EmbeddedFile", "/URL", "/Ref")}, key=len)
# an object that has none of these is not looked into: most have not
_HINT = re.compile(
    rb"/(?:" + "|".join(reversed(_NAMES)).encode() + rb")(?![^\s/<>\[\]()%{}])|/URI\s*\(\s*(?:java|vb)script:", re.I
)
_EXTERNAL = re.compile(rb"/F(?![^\s/<>\[\]()%{}])")  # of a stream: its bytes are in another file (7.3.8.2)
_END, _END_WITHIN, _OBJECT = b"%%EOF", 1 << 20, re.compile(rb"\d\s+obj\b")
_REBUILT = "reconstruct"
_LOCKED = re.compile(r"encrypt|security handler|password", re.IGNORECASE)
_MOST_READ = 2_000  # pages whose contents are unpacked: more are too many anyhow
_MOST_STEPS = 2_000  # from a page to what hangs on it, for the place of what acts
_FOLLOWED = ("/Annots", "/A", "/PA", "/FS", "/Next", "/JS", "/F", "/EF", "/RichMediaContent")
_UNPACKING = "error decoding stream data"

Object = Any  # pikepdf's objects answer to every name


def examine(file: BinaryIO, size_bytes: int) -> DocumentStructure:
    """What is in a PDF.

    Raises:
        Refused: it is damaged, has no page, or opens only with a password.
    """
    try:
        with pikepdf.open(file) as pdf:
            return _structure(pdf, file, size_bytes)
    except pikepdf.PasswordError as error:
        raise refused("document.encrypted", "document_password_pdf") from error
    except (pikepdf.PdfError, ValueError, TypeError, KeyError, RuntimeError) as error:
        if _LOCKED.search(str(error)):  # by a certificate, or by a program of its own
            raise refused("document.encrypted", "document_password_pdf") from error
        raise refused("document.unreadable", "document_damaged") from error


def _structure(pdf: pikepdf.Pdf, file: IO[bytes], size_bytes: int) -> DocumentStructure:
    pages = len(pdf.pages)
    if any(_REBUILT in warning for warning in pdf.get_warnings()) and not _ends(file, size_bytes):
        raise refused("document.unreadable", "document_cut_off")
    if not pages:
        raise refused("document.unreadable", "document_no_page")
    found, numbers = Findings(), {}
    hits = [(item, kind, detail) for item in (*pdf.objects, pdf.trailer) for kind, detail in _acts(item)]
    if hits:
        numbers = dict(_places(pdf))
    first: dict[ActiveKind, int] = {}  # of what is on no page one of a kind is told
    for item, kind, detail in hits:
        number = item.objgen[0]
        page = numbers.get(number)
        found.add(kind, f"page {page}" if page else f"object {first.setdefault(kind, number)}", detail)
    if pages <= _MOST_READ:
        _refuse_damaged_pages(pdf)
    return DocumentStructure(
        kind=DocumentKind.PDF,
        size_bytes=size_bytes,
        pages=pages,
        active=tuple(_content(kind, where, detail) for (kind, where), detail in found.listed.items()),
        more_active=found.more,
    )


def _content(kind: ActiveKind, where: str, detail: str) -> ActiveContent:
    page = int(where.removeprefix("page ")) if where.startswith("page ") else None
    return ActiveContent(kind=kind, where=where, page=page, detail=detail)


def _ends(file: IO[bytes], size_bytes: int) -> bool:
    """Whether the file has its end, with no object behind it; a copy that was broken off has not."""
    file.seek(max(0, size_bytes - _END_WITHIN), os.SEEK_SET)
    _, end, behind = file.read(_END_WITHIN).rpartition(_END)
    return end != b"" and _OBJECT.search(behind) is None


def _acts(item: Object) -> Iterator[tuple[ActiveKind, str]]:
    """What an object does, and all that stands in it; what it only names is an object of its own."""
    if isinstance(item, pikepdf.Name) and (kind := _ACTIONS.get(str(item)) or _ANNOTATIONS.get(str(item))):
        yield kind, str(item)[1:]  # nobody writes a name as an object of its own who has nothing to hide
    if not isinstance(item, pikepdf.Dictionary | pikepdf.Array | pikepdf.Stream):
        return
    is_stream = isinstance(item, pikepdf.Stream)
    written = (item.stream_dict if is_stream else item).unparse(resolved=True)
    if is_stream and _EXTERNAL.search(written) and "/F" in item.stream_dict:
        yield ActiveKind.ELSEWHERE, _text(item.stream_dict.get("/F"))
    if not _HINT.search(written):
        return
    waiting: list[Object] = [item]
    while waiting:
        here = waiting.pop()
        if isinstance(here, pikepdf.Array):
            waiting += [inner for inner in here.as_list() if _is_within(inner)]
        elif isinstance(here, pikepdf.Dictionary | pikepdf.Stream):
            entries = dict(here.items())
            yield from _of_dictionary(entries)
            waiting += [inner for inner in entries.values() if _is_within(inner)]


def _is_within(item: Object) -> bool:
    return isinstance(item, pikepdf.Dictionary | pikepdf.Array) and not item.is_indirect


def _of_dictionary(entries: dict[str, Object]) -> Iterator[tuple[ActiveKind, str]]:
    """What one dictionary does by its keys."""
    action, subtype = _name(entries.get("/S")), _name(entries.get("/Subtype"))
    if kind := _ACTIONS.get(action):
        yield kind, " ".join(item for item in (action[1:], _text(entries.get("/F") or entries.get("/JS"))) if item)
    if kind := _ANNOTATIONS.get(subtype):
        yield kind, subtype[1:]
    for key, kind in _KEYS.items():
        if key in entries and key != "/JS":
            yield kind, key[1:] if key != "/EF" else _text(entries.get("/UF") or entries.get("/F")) or key[1:]
        elif key in entries and action not in _ACTIONS:
            yield kind, _text(entries["/JS"]) or key[1:]
    if _name(entries.get("/Type")) == "/EmbeddedFile":
        yield ActiveKind.FILE, "EmbeddedFile"
    if _name(entries.get("/FS")) == "/URL":
        yield ActiveKind.ELSEWHERE, _text(entries.get("/F"))
    reference = entries.get("/Ref")  # pages of another file (8.10.4)
    if isinstance(reference, pikepdf.Dictionary) and "/F" in reference:
        yield ActiveKind.ELSEWHERE, _text(reference.get("/F"))
    if "/URI" in entries and re.match(r"\s*(?:java|vb)script:", _text(entries["/URI"]), re.IGNORECASE):
        yield ActiveKind.JAVASCRIPT, _text(entries["/URI"])


def _name(value: Object) -> str:
    return str(value) if isinstance(value, pikepdf.Name) else ""


def _text(value: Object) -> str:
    """A string, or the name in a file specification, as far as a finding shows it."""
    if isinstance(value, pikepdf.Dictionary):
        value = value.get("/UF") or value.get("/F") or ""
    return relations.shown(str(value)[:400]) if isinstance(value, pikepdf.String | str) else ""


def _places(pdf: pikepdf.Pdf) -> Iterator[tuple[int, int]]:
    """The page of each object that hangs on one: annotations, their actions, and those that follow."""
    for number, page in enumerate(pdf.pages, start=1):
        waiting: list[Object] = [page.obj]
        seen: set[tuple[int, int]] = set()
        while waiting and len(seen) < _MOST_STEPS:
            here = waiting.pop()
            if here.is_indirect:
                if here.objgen in seen:
                    continue
                seen.add(here.objgen)
                yield here.objgen[0], number
            if isinstance(here, pikepdf.Array):
                waiting += here.as_list()
            elif isinstance(here, pikepdf.Dictionary):
                waiting += [here[key] for key in _FOLLOWED if key in here]
                waiting += here["/AA"].as_dict().values() if isinstance(here.get("/AA"), pikepdf.Dictionary) else ()
            waiting = [item for item in waiting if isinstance(item, pikepdf.Object)]


def _refuse_damaged_pages(pdf: pikepdf.Pdf) -> None:
    """Nothing where each page's contents can be unpacked (a bomb in them ends this child by its limits)."""
    for page in pdf.pages:
        contents = page.obj.get("/Contents")
        for stream in contents.as_list() if isinstance(contents, pikepdf.Array) else [contents]:
            if isinstance(stream, pikepdf.Stream):
                stream.read_bytes()
    if any(_UNPACKING in warning for warning in pdf.get_warnings()):
        raise refused("document.unreadable", "document_damaged")
