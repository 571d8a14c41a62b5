"""What a document is and holds, in a child of its own: the file on stdin, the structure as JSON on stdout.

A document that is refused is an answer, too: `{"code": …, "reason": …}`.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from typing import BinaryIO

from pipeline import process
from pipeline.documents import kinds, ole2, ooxml
from pipeline.documents.archive import refused
from pipeline.documents.kinds import Container
from pipeline.errors import Refused
from pipeline.model.document import DocumentStructure

CPU_S = 10.0  # of a processor: a machine that is busy with other things makes no document too slow
# the first that a compound file has says what it is
_STORAGES: tuple[tuple[str, str, str], ...] = (
    ("EncryptedPackage", "document.encrypted", "document_password_office"),
    ("PowerPoint Document", "document.format", "document_ppt"),
    ("WordDocument", "document.format", "document_doc"),
    ("Workbook", "document.format", "document_xls"),
    ("Book", "document.format", "document_xls"),
)


def main() -> None:
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # whoever stops it does not wait for a library
    process.end_after_cpu(CPU_S)
    with os.fdopen(os.dup(0), "rb") as file:
        try:
            sys.stdout.write(examine(file).to_json())
        except Refused as error:
            json.dump({"code": error.code, "reason": error.reason}, sys.stdout)


def examine(file: BinaryIO) -> DocumentStructure:
    """What is known of a document.

    Raises:
        Refused: it is none that is taken, damaged or encrypted; its place is not known here.
    """
    size_bytes = os.fstat(file.fileno()).st_size
    head = file.read(kinds.HEAD_BYTES)
    found = kinds.begins_as(head)
    match found:
        case Container.PDF:
            from pipeline.documents import pdf  # of an extra, which the others do without

            return pdf.examine(file, size_bytes)
        case Container.ZIP:
            return ooxml.examine(file, size_bytes)
        case Container.OLE2:
            names = ole2.root_names(file)
            for name, code, reason in _STORAGES:
                if name in names:
                    raise refused(code, reason)
            raise (
                refused("document.format", kinds.OTHER) if names else refused("document.unreadable", "document_damaged")
            )
    raise refused("document.format", found or kinds.foreign(head))


if __name__ == "__main__":
    main()
