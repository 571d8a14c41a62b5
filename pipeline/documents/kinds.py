"""First bytes say what a document is; its ending only tells programs of one format apart.

PDF: ISO 32000-1 clause 7.5.2, and annex H.3 note 13 for a header that stands later. OLE2: MS-CFB 2.2. ZIP: APPNOTE 4.3.
"""

from __future__ import annotations

import re
from enum import StrEnum
from pathlib import PurePath

from pipeline.model.document import DocumentKind

HEAD_BYTES = 4096
_PDF_WITHIN = 1024  # where readers of PDF look for its mark (ISO 32000-1, annex H.3, note 13)


class Container(StrEnum):
    """How a document's bytes are laid out."""

    PDF = "pdf"
    ZIP = "zip"
    OLE2 = "ole2"


# the reason why it is not taken: a key of the catalogue's `text.refused_…`
RTF, HTML, TEXT, IMAGE, ARCHIVE, OTHER = (
    "document_rtf",
    "document_html",
    "document_text",
    "document_image",
    "document_archive",
    "document_other",
)
_AT_FIRST: tuple[tuple[bytes, Container | str], ...] = (
    (b"%PDF-", Container.PDF),
    (b"PK\x03\x04", Container.ZIP),
    (b"PK\x05\x06", Container.ZIP),
    (b"PK\x07\x08", Container.ZIP),
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", Container.OLE2),
    (b"{\\rt", RTF),
)
_FOREIGN: tuple[tuple[bytes, str], ...] = (
    (b"Rar!\x1a\x07", ARCHIVE),
    (b"7z\xbc\xaf\x27\x1c", ARCHIVE),
    (b"\x1f\x8b", ARCHIVE),
    (b"\x89PNG\r\n\x1a\n", IMAGE),
    (b"\xff\xd8\xff", IMAGE),
    (b"GIF8", IMAGE),
    (b"BM", IMAGE),
    (b"II*\x00", IMAGE),
    (b"MM\x00*", IMAGE),
)
_MARKUP = re.compile(rb"\s*<(?:!doctype\s+html|html|\?xml|\?mso|!--)|mime-version:", re.IGNORECASE)
# what people name documents; of an empty or damaged one nothing else is known
_ENDINGS = re.compile(
    r"pdf|pp[ts][xm]?|pot[xm]?|do[ct][xm]?|xls[xmb]?|rtf|wp[st]|dp[st]|et|ett|od[tps]|key|pages|numbers|ofd|caj|xps|mht"
    r"|html?|txt|md"
)


def begins_as(head: bytes) -> Container | str | None:
    """What a file is that begins with `head`: a container to look into, or the reason why it is not taken.

    None where nothing is known of it.
    """
    for magic, found in _AT_FIRST:
        if head.startswith(magic):
            return found
    return Container.PDF if b"%PDF-" in head[:_PDF_WITHIN] else None


def foreign(head: bytes) -> str:
    """The reason why a file is not taken that is in none of the containers."""
    for magic, reason in _FOREIGN:
        if head.startswith(magic):
            return reason
    if _MARKUP.match(head.removeprefix(b"\xef\xbb\xbf")):
        return HTML
    return OTHER if b"\x00" in head else TEXT


def is_named_as_document(name: str) -> bool:
    """Whether people would take a file of this name for a document."""
    return _ENDINGS.fullmatch(PurePath(name).suffix.lower()[1:]) is not None


def right_suffix(kind: DocumentKind) -> str:
    """The ending of the name under which a document is delivered: `.pdf`."""
    return f".{kind.value}"
