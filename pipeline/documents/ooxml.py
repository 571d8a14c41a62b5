"""A package of Office: which kind it is, how much is in it, and what in it acts.

Every part is looked at, whether anything leads to it or not: by its first bytes, its name, its content type, and its
text where it is XML. Packages inside (a chart's numbers) are looked into, too.
"""

from __future__ import annotations

import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import IO

from pipeline.documents import kinds, markup, relations
from pipeline.documents.archive import Archive, Budget, TooLargeError, refused
from pipeline.documents.markup import Markup
from pipeline.documents.relations import Relationship
from pipeline.errors import Refused
from pipeline.model.document import ActiveContent, ActiveKind, DocumentKind, DocumentStructure

MOST_LISTED = 40  # of what acts
_TYPES = "[content_types].xml"
_MOST_DEPTH = 3  # of packages inside packages
_MACRO_STORAGE = "_VBA_PROJECT".encode("utf-16-le")  # in every VBA project (MS-OVBA 2.3.4.1)
_OLE2, _ZIP = b"\xd0\xcf\x11\xe0", b"PK\x03\x04"
_PROGRAMS = (b"\x7fELF", b"L\x00\x00\x00\x01\x14\x02\x00", b"Rar!", b"7z\xbc\xaf", b"ITSF")  # and links, archives, help
_CELLS = (
    "worksheet+xml",
    "sharedstrings+xml",
    "pivotcacherecords+xml",
    "calcchain+xml",
)  # large, and nothing but numbers
_WORKBOOK_LINKS = "externallink"
# what a main part's content type has in it → the kind, or why it is not taken; the first that fits
_MAINS: tuple[tuple[str, DocumentKind | str], ...] = (
    ("presentationml.presentation.main", DocumentKind.PPTX),
    ("ms-powerpoint.presentation.macroenabled.main", DocumentKind.PPTX),
    ("wordprocessingml.document.main", DocumentKind.DOCX),
    ("ms-word.document.macroenabled", DocumentKind.DOCX),
    ("presentationml", "document_show"),
    ("ms-powerpoint", "document_show"),
    ("wordprocessingml", "document_template"),
    ("ms-word", "document_template"),
    ("spreadsheetml", "document_xls"),
    ("ms-excel", "document_xls"),
)
# ZIPs of other programs, by a part that each of them has
_OTHERS: tuple[tuple[str, str], ...] = (
    ("ofd.xml", "document_ofd"),
    ("index/document.iwa", "document_iwork"),
    ("index.zip", "document_iwork"),
    ("index.apxl", "document_iwork"),
    ("meta-inf/manifest.xml", "document_odf"),
)


@dataclass
class Findings:
    """What acts, each kind once a part; of very many the first."""

    listed: dict[tuple[ActiveKind, str], str] = field(default_factory=dict)
    more: int = 0

    def add(self, kind: ActiveKind, where: str, detail: str) -> None:
        if (kind, where) in self.listed:
            return
        if len(self.listed) < MOST_LISTED:
            self.listed[kind, where] = relations.shown(detail)
        else:
            self.more += 1

    def has(self, kind: ActiveKind) -> bool:
        return any(found is kind for found, _ in self.listed)

    def told_by(self, kind: ActiveKind, part: str) -> None:
        """Who leads to a part is told: the part itself need not be."""
        self.listed.pop((kind, part), None)


@dataclass
class _Package:
    """One package, and where it lies in the document (`ppt/embeddings/a.xlsx/`, or nothing for the document)."""

    archive: Archive
    budget: Budget
    found: Findings
    inside: str = ""
    depth: int = 0
    types: dict[str, str] = field(default_factory=dict)
    parts: dict[str, Markup] = field(default_factory=dict)  # by the part's name in small letters
    inner: list[str] = field(default_factory=list)  # packages in it
    done: set[int] = field(default_factory=set)  # entries that were read, by their place

    def type_of(self, name: str) -> str:
        """A part's content type (ECMA-376 part 2, 6.2.3)."""
        small = name.lower()
        return self.types.get(f"/{small}") or self.types.get(small.rpartition(".")[2], "")

    @property
    def relationships(self) -> Iterator[Relationship]:
        return chain.from_iterable(part.relationships for part in self.parts.values())

    @property
    def main(self) -> str | None:
        """The main part's name."""
        roots = (item for item in self.relationships if item.source == "" and item.word == "officedocument")
        return next((item.part for item in roots if not item.leads_out), None)


def examine(file: IO[bytes], size_bytes: int) -> DocumentStructure:
    """What a ZIP file is, and what is in it.

    Raises:
        Refused: it is no PPTX or DOCX, is encrypted, damaged, or made to mislead.
    """
    budget, found = Budget(), Findings()
    kind: DocumentKind | None = None
    try:
        package = _Package(Archive(file, budget), budget, found)
        kind = _kind(package)
        _look(package)
    except TooLargeError:
        unpacked = max(budget.announced_bytes, budget.unpacked_bytes)
        return DocumentStructure(
            kind=kind, size_bytes=size_bytes, entries=budget.entries, unpacked_bytes=unpacked, is_whole=False
        )
    main = (package.main or "").lower()
    if main not in package.parts:
        raise refused("document.unreadable", "document_damaged")
    numbers = _slides(package, main)
    if kind is DocumentKind.PPTX and not numbers:
        raise refused("document.unreadable", "document_no_page")
    return DocumentStructure(
        kind=kind,
        size_bytes=size_bytes,
        entries=budget.entries,
        unpacked_bytes=budget.unpacked_bytes,
        slides=len(numbers) if kind is DocumentKind.PPTX else None,
        active=tuple(
            ActiveContent(kind=acts, where=where, page=numbers.get(where.lower()), detail=detail)
            for (acts, where), detail in found.listed.items()
        ),
        more_active=found.more,
    )


def _kind(package: _Package) -> DocumentKind:
    """By its content types and the relationship to its main part."""
    entries = {item.filename.lower().lstrip("/").replace("\\", "/"): item for item in package.archive.entries}
    if _TYPES not in entries:
        for part, reason in _OTHERS:
            if part in entries:
                raise refused("document.format", reason)
        raise refused("document.format", kinds.ARCHIVE)
    for name in (_TYPES, "_rels/.rels"):
        if name in entries:
            _part(package, entries[name])
    package.parts.pop(_TYPES, None)
    main = package.main
    types = [package.type_of(main)] if main else list(package.types.values())
    for content_type in types:
        for begins, kind in _MAINS:
            if begins in content_type.lower():
                if isinstance(kind, DocumentKind):
                    return kind
                raise refused("document.format", kind)
    raise refused("document.format", kinds.OTHER)


def _look(package: _Package) -> None:
    """Read every part once, and tell what acts."""
    for entry in sorted(package.archive.entries, key=lambda item: item.filename.lower() != _TYPES):
        if entry.header_offset not in package.done:
            _part(package, entry)
    for part in package.parts.values():
        for item in part.relationships:
            _relationship(package, item)
    named = {item.part.lower() for item in package.relationships if item.word == "package"}
    for name in package.inner:
        if name.lower() not in named:  # nothing shows it
            package.found.add(ActiveKind.FILE, f"{package.inside}{name}", name)
    for content_type in set(package.types.values()):
        if relations.enables_macros(content_type) and not package.found.has(ActiveKind.MACRO):
            package.found.add(ActiveKind.MACRO, f"{package.inside}[Content_Types].xml", content_type)


def _part(package: _Package, entry: zipfile.ZipInfo) -> None:
    """One part: its name and type, its first bytes, and what it says where it is XML."""
    package.done.add(entry.header_offset)
    name = entry.filename.lstrip("/").replace("\\", "/")
    where = f"{package.inside}{name}"
    content_type = package.type_of(name)

    def acts(kind: ActiveKind, detail: str) -> None:
        package.found.add(kind, where, detail)

    if relations.is_macro(name) and not name.lower().endswith(".rels"):
        acts(ActiveKind.MACRO, name)
    if kind := relations.of_content_type(content_type):
        acts(kind, content_type)
    chunks = package.archive.chunks(entry)
    first = next(chunks, b"")
    if first.startswith(_OLE2):
        _storage(chain((first,), chunks), acts)
    elif first.startswith(_ZIP):
        package.inner.append(name)
        _inner(package, where, chain((first,), chunks), acts)
    elif _is_program(first):
        acts(ActiveKind.FILE, name)
        _drain(chunks)
    elif not _is_xml(name, content_type, first) or (package.depth and content_type.lower().endswith(_CELLS)):
        _drain(chunks)
    else:
        said = markup.read(chain((first,), chunks), acts, _source(name))
        if said is not None:
            package.types |= said.types
            package.parts[_key(package, name)] = said
        elif first and _must_be_xml(name, content_type):
            raise refused("document.unreadable", "document_damaged")


def _key(package: _Package, name: str) -> str:
    """A part's name in small letters; a second part of one name is kept beside the first."""
    small = name.lower()
    return small if small not in package.parts else f"{small}#{len(package.parts)}"


def _is_program(first: bytes) -> bool:
    if not first.startswith(b"MZ"):
        return first.startswith(_PROGRAMS)
    at = int.from_bytes(first[60:64], "little")
    return first[at : at + 4] == b"PE\0\0"


def _is_xml(name: str, content_type: str, first: bytes) -> bool:
    if content_type.lower().startswith("image/"):
        return False
    begin = first.removeprefix(b"\xef\xbb\xbf").lstrip()
    is_begun = begin.startswith((b"<", b"\xff\xfe", b"\xfe\xff", b"\x00<", b"<\x00"))
    return is_begun or _must_be_xml(name, content_type) or (not begin and first != b"")


def _must_be_xml(name: str, content_type: str) -> bool:
    return content_type.lower().endswith("+xml") or name.lower().endswith((".rels", _TYPES))


def _source(name: str) -> str:
    """The part whose relationships a `.rels` holds (ECMA-376 part 2, 6.5.2); any other part is its own."""
    folder, _, file = name.rpartition("/")
    if not file.lower().endswith(".rels"):
        return name
    above = folder.rpartition("/")[0] if folder.lower().endswith("_rels") else folder
    return "/".join(item for item in (above, file[: -len(".rels")]) if item)


def _storage(chunks: Iterator[bytes], acts: markup.Acts) -> None:
    """A compound file: a macro's project whatever its part is called, else an object of another program."""
    before, is_macro = b"", False
    for chunk in chunks:
        is_macro = is_macro or _MACRO_STORAGE in before + chunk
        before = chunk[-len(_MACRO_STORAGE) :]
    acts(ActiveKind.MACRO if is_macro else ActiveKind.OBJECT, "OLE")


def _inner(package: _Package, where: str, chunks: Iterator[bytes], acts: markup.Acts) -> None:
    """A package inside: the numbers of a chart, or something that was hidden."""
    with tempfile.TemporaryFile() as copy:
        for chunk in chunks:
            copy.write(chunk)
        if package.depth + 1 >= _MOST_DEPTH:
            acts(ActiveKind.FILE, where)
            return
        try:
            archive = Archive(copy, package.budget)
            _look(_Package(archive, package.budget, package.found, f"{where}/", depth=package.depth + 1))
        except Refused:  # nobody can say what is in it
            acts(ActiveKind.FILE, where)


def _relationship(package: _Package, item: Relationship) -> None:
    if package.depth and item.word.startswith(("hyperlink", _WORKBOOK_LINKS)):
        return  # a chart's workbook is opened by whoever asks to change its numbers
    where = f"{package.inside}{item.source or '_rels/.rels'}"
    kind = relations.of_relationship(item, is_chart="chart" in package.type_of(item.source).lower())
    if kind is None and item.word == "hyperlink" and item.leads_out:
        owner = package.parts.get(item.source.lower())
        if owner is not None and item.id in owner.related:  # something that is fetched, under a link's name
            kind = ActiveKind.ELSEWHERE
    if kind is not None:
        package.found.add(kind, where, item.target)
        if not item.leads_out:
            package.found.told_by(kind, f"{package.inside}{item.part}")


def _slides(package: _Package, main: str) -> dict[str, int]:
    """The number of each slide by its part, in the order of showing; those that are not shown come last."""
    by_id = {item.id: item.part.lower() for item in package.relationships if item.source.lower() == main}
    shown = [by_id[number] for number in package.parts[main].slides if number in by_id]
    every = [name for name in package.parts if "presentationml.slide+xml" in package.type_of(name).lower()]
    ordered = dict.fromkeys([*(name for name in shown if name in package.parts), *every])
    return {name: number for number, name in enumerate(ordered, start=1)}


def _drain(chunks: Iterator[bytes]) -> None:
    for _ in chunks:
        pass
