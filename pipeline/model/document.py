"""What a document holds: its kind, its size, and what in it would act (DESIGN section 4)."""

from __future__ import annotations

from enum import StrEnum

from pydantic import Field

from pipeline.model.base import Noun

# a document beyond these is not read through: what is in it would cost more than it may (issue 26, point 3)
MOST_BYTES = 300_000_000
MOST_UNPACKED = 1 << 30
MOST_ENTRIES = 5_000


class DocumentKind(StrEnum):
    """What is taken as a document; the value is the ending under which it is delivered."""

    PDF = "pdf"
    PPTX = "pptx"
    DOCX = "docx"


class ActiveKind(StrEnum):
    """What in a document does something by itself, or fetches something from elsewhere."""

    MACRO = "macro"
    JAVASCRIPT = "javascript"
    LAUNCH = "launch"  # starts a program
    FORM = "form"  # sends what is filled in, or takes in data
    FILE = "file"  # another file inside
    OBJECT = "object"  # of another program (OLE)
    CONTROL = "control"  # ActiveX
    MEDIA = "media"  # film, sound or 3D of a PDF
    DDE = "dde"
    TEMPLATE = "template"
    PICTURE = "picture"  # not in the document: fetched when it is opened
    ELSEWHERE = "elsewhere"  # anything else that is fetched
    ADDIN = "addin"  # of Office, from the web


class ActiveContent(Noun):
    """One thing that acts.

    Args:
        where: the part of the package, or the object of the PDF.
        page: or slide, from 1, where it is on one.
        detail: its name or address, as the document has it.
    """

    kind: ActiveKind
    where: str
    page: int | None = None
    detail: str = ""


class DocumentStructure(Noun):
    """What is known of a document without drawing it.

    Args:
        kind: None where it is too large to be opened.
        entries: parts of the package, those of packages inside too.
        unpacked_bytes: of all parts; what the directory says, or what was there until it was too much.
        pages: of a PDF; `slides` of a PPTX.
        active: each thing that acts, the first ones of very many; `more_active` is how many are not listed.
        is_whole: False where it was too large to be read through: then nothing is known of what acts.
    """

    kind: DocumentKind | None
    size_bytes: int
    entries: int | None = None
    unpacked_bytes: int | None = None
    pages: int | None = None
    slides: int | None = None
    active: tuple[ActiveContent, ...] = ()
    more_active: int = Field(default=0, ge=0)
    is_whole: bool = True
