"""Documents that would harm whoever opens them: each is told by its code and what it is, ordinary ones are not."""

from __future__ import annotations

import io
import struct
import time
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pikepdf
import pytest
from pikepdf import Array, Dictionary, Name

from pipeline.documents import structure, structure_child
from pipeline.errors import Refused
from pipeline.model.document import MOST_BYTES, ActiveKind, DocumentKind, DocumentStructure
from tests.documents.packages import (
    PROJECT,
    SHOW_MACROS,
    VBA,
    Package,
    book,
    compound,
    javascript,
    on_page,
    opens,
    paragraph,
    pdf,
    runs,
    show,
    with_chart,
    word,
)

REMOTE = "http://127.0.0.1:9/x"
HARD_TO_READ = "document.unreadable"


def file_of(folder: Path, name: str, data: bytes) -> Path:
    path = folder / name
    path.write_bytes(data)
    return path


def examined(folder: Path, name: str, data: bytes) -> DocumentStructure:
    """As the child does it, without one: those that begin one are in the tests of commands."""
    with file_of(folder, name, data).open("rb") as file:
        return structure_child.examine(file)


def reason_of(folder: Path, name: str, data: bytes) -> tuple[str, str | None]:
    with pytest.raises(Refused) as caught:
        examined(folder, name, data)
    return caught.value.code, caught.value.reason


def macro(project: str = "ppt/vbaProject.bin", main: str = SHOW_MACROS) -> Package:
    made = show()
    made.main_type = main
    made.related(
        "ppt/presentation.xml", "http://schemas.microsoft.com/office/2006/relationships/vbaProject", project[4:]
    )
    return made.with_part(project, PROJECT, VBA)


def linked(kind: str, target: str = REMOTE, mode: str = "External") -> bytes:
    return word().related("word/document.xml", kind, target, mode).made()


def charted(workbook: Package) -> bytes:
    return with_chart(workbook.made()).made()


def clicked(action: str) -> bytes:
    return show(2, f'<a:hlinkClick r:id="" action="{action}"/>').made()


def fields(*inside: str) -> bytes:
    return word("".join(map(paragraph, inside))).made()


def nested(code: str) -> str:
    """A field inside another one's code."""
    return runs("{}").replace(
        "<w:r><w:instrText>{}</w:instrText></w:r>", f"{runs(code)}<w:r><w:instrText> c:\\x</w:instrText></w:r>"
    )


OFFICE: dict[str, tuple[bytes, ActiveKind]] = {
    "a macro": (macro().made(), ActiveKind.MACRO),
    "a macro under a plain type": (macro(main=show().main_type).made(), ActiveKind.MACRO),
    "a macro's part by another name": (macro("ppt/media/image9.dat").made(), ActiveKind.MACRO),
    "a macro that nothing names": (show().with_part("ppt/media/a.jpg", PROJECT).made(), ActiveKind.MACRO),
    "a type for macros alone": (Package(**{**vars(show()), "main_type": SHOW_MACROS}).made(), ActiveKind.MACRO),
    "a macro of WPS": (word().with_part("word/JDEData.bin", b"x").made(), ActiveKind.MACRO),
    "a ribbon": (
        word()
        .with_part("c.xml", '<customUI xmlns="http://schemas.microsoft.com/office/2006/01/customui" onLoad="x!y"/>')
        .made(),
        ActiveKind.MACRO,
    ),
    "a macro in a chart's workbook": (charted(book().with_part("xl/vbaProject.bin", PROJECT)), ActiveKind.MACRO),
    "DDE in a chart's workbook": (
        charted(book().with_part("xl/e.xml", '<x><ddeLink ddeService="cmd" ddeTopic="/c"/></x>')),
        ActiveKind.DDE,
    ),
    "a click that runs a macro": (clicked("ppaction://macro?name=x"), ActiveKind.MACRO),
    "a click that starts a program": (clicked("PPACTION://Program"), ActiveKind.LAUNCH),
    "a click on an object": (clicked("ppaction://ole?verb=0"), ActiveKind.OBJECT),
    "a link to a program": (linked("hyperlink", "file:///c:/windows/calc.exe"), ActiveKind.LAUNCH),
    "a link to a handler": (linked("hyperlink", "ms-msdt:/id"), ActiveKind.LAUNCH),
    "a link of script": (linked("hyperlink", "javascript:alert(1)"), ActiveKind.JAVASCRIPT),
    "an object": (word().related("word/document.xml", "oleObject", "embeddings/o.bin").made(), ActiveKind.OBJECT),
    "an object of no name": (word().with_part("word/o.png", compound("Ole10Native")).made(), ActiveKind.OBJECT),
    "a linked object": (linked("oleObject", f"mhtml:{REMOTE}!x-usc:{REMOTE}"), ActiveKind.OBJECT),
    "a package": (word().related("word/document.xml", "package", "embeddings/a.xlsx").made(), ActiveKind.OBJECT),
    "a package that nothing shows": (word().with_part("word/a.docx", word().made()).made(), ActiveKind.FILE),
    "a control": (word().related("word/document.xml", "control", "activeX/activeX1.xml").made(), ActiveKind.CONTROL),
    "a template": (linked("attachedTemplate"), ActiveKind.TEMPLATE),
    "a template in a Strict document": (
        linked("http://purl.oclc.org/ooxml/officeDocument/relationships/attachedTemplate"),
        ActiveKind.TEMPLATE,
    ),
    "a picture from elsewhere": (linked("image"), ActiveKind.PICTURE),
    "a picture that says that it is here": (linked("image", REMOTE, "Internal"), ActiveKind.PICTURE),
    "a picture of VML": (
        word(
            '<v:shape xmlns:v="urn:schemas-microsoft-com:vml"><v:imagedata src="http://127.0.0.1:9/x"/></v:shape>'
        ).made(),
        ActiveKind.PICTURE,
    ),
    "a picture by a link's name": (
        word('<a:blip r:link="rId1"/>').related("word/document.xml", "hyperlink", REMOTE, "External").made(),
        ActiveKind.ELSEWHERE,
    ),
    "a frame": (word().related("word/webSettings.xml", "frame", REMOTE, "external").made(), ActiveKind.ELSEWHERE),
    "a part of a document": (linked("subDocument"), ActiveKind.ELSEWHERE),
    "another document inside": (word().related("word/document.xml", "aFChunk", "a.html").made(), ActiveKind.FILE),
    "an add-in": (linked("http://schemas.microsoft.com/office/2011/relationships/webextension"), ActiveKind.ADDIN),
    "a program inside": (
        word().with_part("word/media/a.png", b"MZ" + bytes(58) + b"\x40\0\0\0PE\0\0").made(),
        ActiveKind.FILE,
    ),
    "DDE": (fields(runs('DDEAUTO c:\\\\windows\\\\cmd.exe "/k"')), ActiveKind.DDE),
    "DDE split over runs": (fields(runs("D", "d", "e", "Au", "tO c:\\x")), ActiveKind.DDE),
    "DDE in one element": (fields("<w:fldSimple w:instr=' \"dde\" c:\\x '/>"), ActiveKind.DDE),
    "DDE made of numbers": (fields(nested("QUOTE 68 68 69")), ActiveKind.DDE),
    "DDE without its end": (fields(runs("DDE c:\\x").replace('"end"', '"separate"')), ActiveKind.DDE),
    "DDE behind very much room": (
        word().with_part("word/a.xml", " " * 70_000 + '<x><ddeLink ddeService="cmd"/></x>').made(),
        ActiveKind.DDE,
    ),
    "DDE in UTF-16": (
        word().with_part("word/a.xml", '<x><ddeLink ddeService="cmd"/></x>'.encode("utf-16")).made(),
        ActiveKind.DDE,
    ),
    "DDE outside of a field": (fields("<w:r><w:instrText>DDE c:\\x</w:instrText></w:r>"), ActiveKind.DDE),
    "a field's picture": (fields(runs("IncludePicture", f' "{REMOTE}.png"')), ActiveKind.PICTURE),
    "a field's picture on a server": (fields(runs('INCLUDEPICTURE "\\\\\\\\server\\\\a.png"')), ActiveKind.PICTURE),
    "a field's text": (fields(runs(f"INCLUDETEXT {REMOTE}")), ActiveKind.ELSEWHERE),
}


@pytest.mark.parametrize("name", OFFICE)
def test_what_acts_in_a_document_of_office_is_named(name: str, tmp_path: Path) -> None:
    data, kind = OFFICE[name]
    found = examined(tmp_path, "a.pptx", data)
    assert kind in {item.kind for item in found.active}, found


def _as_tree(item: Dictionary) -> object:
    return lambda made: made.Root.__setattr__(
        "Names", Dictionary(JavaScript=Dictionary(Names=Array(["a", made.make_indirect(item)])))
    )


def _attached(made: pikepdf.Pdf) -> None:
    made.attachments["a.exe"] = b"MZ"


def _behind(made: pikepdf.Pdf) -> None:
    following = made.make_indirect(
        Dictionary(S=Name.GoTo, D=Array([made.pages[0].obj, Name.Fit]), Next=Array([javascript()]))
    )
    made.Root.OpenAction = Dictionary(S=Name.GoTo, D=Array([made.pages[0].obj, Name.Fit]), Next=following)


def _form(**more: object) -> object:
    return lambda made: made.Root.__setattr__("AcroForm", Dictionary(Fields=Array(), **more))


def _left_over(made: pikepdf.Pdf) -> None:
    made.Root.PieceInfo = Dictionary(A=made.make_indirect(javascript()))


def _elsewhere(made: pikepdf.Pdf) -> None:
    made.pages[0].obj.Contents = made.make_stream(b"", F="other.bin")


def _hidden(made: pikepdf.Pdf) -> None:
    made.Root.OpenAction = Dictionary(S=made.make_indirect(Name.Launch), F="cmd.exe")


STREAMS = {"object_stream_mode": pikepdf.ObjectStreamMode.generate}
PDFS: dict[str, tuple[bytes, ActiveKind]] = {
    "JavaScript": (pdf(opens(javascript())), ActiveKind.JAVASCRIPT),
    "JavaScript in an object stream": (pdf(opens(javascript()), **STREAMS), ActiveKind.JAVASCRIPT),
    "JavaScript in other letters": (
        pdf(opens(javascript())).replace(b"/JavaScript", b"/J#61vaScript"),
        ActiveKind.JAVASCRIPT,
    ),
    "JavaScript behind what is ordinary": (pdf(_behind), ActiveKind.JAVASCRIPT),
    "JavaScript in the tree of names": (pdf(_as_tree(javascript())), ActiveKind.JAVASCRIPT),
    "JavaScript of a page": (
        pdf(lambda made: made.pages[0].obj.__setattr__("AA", Dictionary(O=javascript()))),
        ActiveKind.JAVASCRIPT,
    ),
    "JavaScript that nothing names": (pdf(_left_over), ActiveKind.JAVASCRIPT),
    "JavaScript in a link": (
        pdf(on_page(1, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="javascript:x"))),
        ActiveKind.JAVASCRIPT,
    ),
    "JavaScript behind an owner's password": (
        pdf(opens(javascript()), encryption=pikepdf.Encryption(owner="x", user="")),
        ActiveKind.JAVASCRIPT,
    ),
    "a program": (pdf(on_page(1, Subtype=Name.Link, A=Dictionary(S=Name.Launch, F="cmd.exe"))), ActiveKind.LAUNCH),
    "a program whose kind is an object": (pdf(_hidden), ActiveKind.LAUNCH),
    "XFA": (pdf(_form(XFA="<xdp/>")), ActiveKind.FORM),
    "a form that sends": (
        pdf(on_page(1, Subtype=Name.Link, A=Dictionary(S=Name.SubmitForm, F=REMOTE))),
        ActiveKind.FORM,
    ),
    "a form that fetches": (pdf(opens(Dictionary(S=Name.ImportData, F="a.fdf"))), ActiveKind.FORM),
    "a file": (pdf(_attached), ActiveKind.FILE),
    "a file's pages": (pdf(opens(Dictionary(S=Name.GoToE, T=Dictionary(R=Name.C)))), ActiveKind.FILE),
    "another file": (pdf(opens(Dictionary(S=Name.GoToR, F="\\\\server\\a.pdf"))), ActiveKind.ELSEWHERE),
    "bytes in another file": (pdf(_elsewhere), ActiveKind.ELSEWHERE),
    "a film": (pdf(on_page(1, Subtype=Name.RichMedia)), ActiveKind.MEDIA),
    "a rendition": (pdf(opens(Dictionary(S=Name.Rendition, OP=0))), ActiveKind.MEDIA),
    "a rendition with script": (pdf(opens(Dictionary(S=Name.GoTo, JS="x"))), ActiveKind.JAVASCRIPT),
}


@pytest.mark.parametrize("name", PDFS)
def test_what_acts_in_a_pdf_is_named(name: str, tmp_path: Path) -> None:
    data, kind = PDFS[name]
    found = examined(tmp_path, "a.pdf", data)
    assert kind in {item.kind for item in found.active}, found


def test_the_page_is_told_on_which_it_is(tmp_path: Path) -> None:
    found = examined(tmp_path, "a.pdf", pdf(on_page(3, Subtype=Name.Link, A=Dictionary(S=Name.Launch)), pages=4))
    assert [(item.kind, item.page) for item in found.active] == [(ActiveKind.LAUNCH, 3)]
    deck = show(2)
    deck.related("ppt/slides/slide2.xml", "image", REMOTE, "External")
    found = examined(tmp_path, "a.pptx", deck.made())
    assert [(item.kind, item.page, item.detail) for item in found.active] == [(ActiveKind.PICTURE, 2, REMOTE)]


ORDINARY = {
    "a page of Word": word().made(),
    "links": linked("hyperlink", "https://example.org/setup.exe"),
    "a link to a file": linked("hyperlink", "讲义.docx"),
    "a link that was typed without its scheme": linked("hyperlink", "www.example.com"),
    "fields": fields(
        runs("PAGE"),
        runs('HYPERLINK "http://example.org/DDE"'),
        runs("ADDIN ZOTERO_ITEM"),
        runs("MACROBUTTON NoMacro x"),
    ),
    "a picture from a drive": fields(runs('INCLUDEPICTURE "C:\\\\Users\\\\a\\\\x.png" \\* MERGEFORMATINET')),
    "words about DDE": word("<w:p><w:r><w:t>DDEAUTO</w:t></w:r></w:p>").made(),
    "a chart": charted(book().related("xl/workbook.xml", "externalLinkPath", "file:///a.xlsx", "External")),
    "clicks": clicked("ppaction://hlinkshowjump?jump=nextslide"),
    "a drawing with a DTD": word()
    .with_part("word/media/a.svg", '<!DOCTYPE svg [<!ENTITY a "b">]><svg/>', "image/svg+xml")
    .made(),
    "a page": pdf(),
    "an owner's password": pdf(encryption=pikepdf.Encryption(owner="x", user="")),
    "a form": pdf(_form(NeedAppearances=True)),
    "a link": pdf(on_page(1, Subtype=Name.Link, A=Dictionary(S=Name.URI, URI="https://example.org"))),
    "an opening page": pdf(opens(Dictionary(S=Name.GoTo, D="x"))),
    "empty trees": pdf(lambda made: made.Root.__setattr__("Names", Dictionary(JavaScript=Dictionary(Names=Array())))),
    "words about it": pdf(lambda made: made.docinfo.__setitem__("/Title", "/JavaScript /Launch")),
    "other bytes behind the end": pdf() + b"\n<!-- sent -->" * 500,
    "a header behind other bytes": b"\r\n" * 400 + pdf(),
}


@pytest.mark.parametrize("name", ORDINARY)
def test_what_is_ordinary_is_no_alarm(name: str, tmp_path: Path) -> None:
    found = examined(tmp_path, "a.bin", ORDINARY[name])
    assert found.active == ()
    assert found.is_whole


def zipped(entries: dict[str, bytes], **more: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        for name, data in entries.items():
            file.writestr(name, data)
    return out.getvalue()


def lying(data: bytes, name: str, *, size: int, both: bool) -> bytes:
    """The directory (and the entry's own header) says another size than the entry has."""
    changed = bytearray(data)
    with zipfile.ZipFile(io.BytesIO(data)) as file:
        entry = file.getinfo(name)
    at = data.rindex(b"PK\x01\x02", 0, data.rindex(name.encode()))
    changed[at + 24 : at + 28] = struct.pack("<I", size)
    if both:
        changed[entry.header_offset + 22 : entry.header_offset + 26] = struct.pack("<I", size)
    return bytes(changed)


def bombs() -> Iterator[tuple[str, bytes, str | None]]:
    """Name, bytes, and the reason; None: too large."""
    plain = word().all_parts()
    zeros = zipped({**plain, "word/media/a.bin": bytes(200_000)})
    yield "a size that is too small", lying(zeros, "word/media/a.bin", size=10, both=True), "document_lies"
    yield "a size of its own", lying(zeros, "word/media/a.bin", size=10, both=False), "document_lies"
    yield "an announced bomb", lying(zeros, "word/media/a.bin", size=(1 << 31), both=True), None
    yield "very many entries", zipped({**plain, **{f"a/{n}": b"" for n in range(5_000)}}), None
    bomb = '<!DOCTYPE a [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><a>&b;</a>'
    yield "entities", word().with_part("word/styles.xml", bomb).made(), "document_entities"
    yield (
        "a DTD from elsewhere",
        word().with_part("a.xml", f'<!DOCTYPE a SYSTEM "{REMOTE}"><a/>').made(),
        "document_entities",
    )
    yield "a name that leads out", word().with_part("../../etc/a.xml", "<a/>").made(), "document_names"
    yield "another that does", word().with_part("word/%2e%2e/a.xml", "<a/>").made(), "document_names"
    yield "broken XML", word().with_part("word/styles.xml", "<a>", "application/x+xml").made(), "document_damaged"
    yield "cut off", word().made()[:-40], "document_cut_off"
    yield "no slide", show(0).made(), "document_no_page"


@pytest.mark.parametrize(
    ("name", "data", "reason"), list(bombs()), ids=lambda item: item if isinstance(item, str) else ""
)
def test_what_is_made_to_mislead_is_refused_or_too_large(
    name: str, data: bytes, reason: str | None, tmp_path: Path
) -> None:
    if reason is not None:
        assert reason_of(tmp_path, "a.docx", data) == (HARD_TO_READ, reason)
        return
    found = examined(tmp_path, "a.docx", data)
    assert not found.is_whole
    assert (found.unpacked_bytes or 0) > 1 << 30 or (found.entries or 0) > 5_000


@pytest.mark.parametrize(
    ("name", "data", "code", "reason"),
    [
        ("a.doc", compound("WordDocument", "1Table"), "document.format", "document_doc"),
        ("a.pdf", compound("PowerPoint Document"), "document.format", "document_ppt"),
        ("a.xls", compound("Workbook"), "document.format", "document_xls"),
        ("a.docx", compound("EncryptionInfo", "EncryptedPackage"), "document.encrypted", "document_password_office"),
        ("a.doc", compound()[:600], HARD_TO_READ, "document_damaged"),
        ("a.doc", compound("x"), "document.format", "document_other"),
        ("a.xlsx", book().made(), "document.format", "document_xls"),
        ("a.odt", zipped({"mimetype": b"x", "META-INF/manifest.xml": b"<a/>"}), "document.format", "document_odf"),
        ("a.ofd", zipped({"OFD.xml": b"<a/>"}), "document.format", "document_ofd"),
        ("a.key", zipped({"Index/Document.iwa": b"x"}), "document.format", "document_iwork"),
        ("a.zip", zipped({"a.txt": b"x"}), "document.format", "document_archive"),
        ("a.doc", b"{\\rtf1 x}", "document.format", "document_rtf"),
        (
            "a.doc",
            b'<?xml version="1.0"?><?mso-application progid="Word.Document"?><a/>',
            "document.format",
            "document_html",
        ),
        ("a.txt", "讲义".encode(), "document.format", "document_text"),
        ("a.pdf", b"\x89PNG\r\n\x1a\n" + bytes(9), "document.format", "document_image"),
        (
            "a.pdf",
            pdf(encryption=pikepdf.Encryption(owner="x", user="y")),
            "document.encrypted",
            "document_password_pdf",
        ),
        ("a.pdf", pdf(pages=3)[:-300], HARD_TO_READ, "document_cut_off"),
        ("a.pdf", pdf(pages=0), HARD_TO_READ, "document_no_page"),
        ("a.pdf", b"%PDF-1.7\n" + bytes(900), HARD_TO_READ, "document_damaged"),
    ],
)
def test_each_other_format_is_told_by_its_first_bytes(
    name: str, data: bytes, code: str, reason: str, tmp_path: Path
) -> None:
    assert reason_of(tmp_path, name, data) == (code, reason)


@pytest.mark.parametrize(
    ("name", "data", "code", "reason"),
    [
        ("a.wps", compound("WordDocument"), "document.format", "document_wps"),
        ("a.dps", compound("PowerPoint Document"), "document.format", "document_dps"),
        ("a.pdf", b"", "file.empty", None),
    ],
)
def test_an_ending_tells_programs_of_one_format_apart(
    name: str, data: bytes, code: str, reason: str | None, tmp_path: Path
) -> None:
    with pytest.raises(Refused) as caught:
        structure.examine(file_of(tmp_path, name, data))
    assert (caught.value.code, caught.value.reason) == (code, reason)


def test_pages_are_counted_however_many_there_are(tmp_path: Path) -> None:
    began = time.monotonic()
    found = examined(tmp_path, "a.pdf", pdf(pages=4_000))
    assert (found.pages, found.kind) == (4_000, DocumentKind.PDF)
    assert time.monotonic() - began < 10


def test_a_file_that_is_too_large_is_not_opened(tmp_path: Path) -> None:
    path = file_of(tmp_path, "a.pdf", pdf())
    with path.open("r+b") as handle:
        handle.truncate(MOST_BYTES + 1)
    found = structure.examine(path)
    assert (found.is_whole, found.size_bytes, found.kind) == (False, MOST_BYTES + 1, DocumentKind.PDF)
