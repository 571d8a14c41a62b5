"""What a document is and holds: by its first bytes, then by a child under limits."""

from __future__ import annotations

import json
from importlib.util import find_spec
from pathlib import Path

from pipeline import regular
from pipeline.documents import kinds
from pipeline.documents.kinds import Container
from pipeline.errors import EnvironmentFault, InputError, Refused
from pipeline.media import signature
from pipeline.media.signature import Refusal
from pipeline.model.document import MOST_BYTES, DocumentKind, DocumentStructure

MEMORY_BYTES = 1 << 30
TIMEOUT_S = 60.0  # of the clock; the child ends itself after 10 s of a processor, however busy the machine is
MAX_OUTPUT_BYTES = 1 << 20
# old Office's own formats, saved by WPS under endings of its own: its menus are other ones
_OF_WPS = {".wps": "document_wps", ".wpt": "document_wps", ".dps": "document_dps", ".dpt": "document_dps"}
_OLD_FORMATS = ("document_doc", "document_ppt")


def is_document(path: Path) -> bool:
    """Whether a file is to be looked at as a document: by its first bytes, else by its name where it is no film.

    Raises:
        InputError: it is no regular file.
    """
    try:
        head = _head(path)
    except OSError:  # whoever looks at it says so
        return False
    return kinds.begins_as(head) is not None or (
        kinds.is_named_as_document(path.name) and isinstance(signature.identify(head), Refusal)
    )


def is_pdf(path: Path) -> bool:
    """Whether the first bytes are a PDF's.

    Raises:
        InputError: no such file, or no regular one. OSError: it can't be opened.
    """
    try:
        return kinds.begins_as(_head(path)) is Container.PDF
    except FileNotFoundError as error:
        raise InputError("path_missing", where=str(path)) from error


def lacking() -> list[str]:
    """Packages that the structure of a PDF is read with and that are not installed."""
    return ["pikepdf"] if find_spec("pikepdf") is None else []


def examine(path: Path) -> DocumentStructure:
    """What is known of a document.

    Raises:
        Refused: it is no document that is taken, or is damaged or encrypted, or its reader did not end well.
        InputError: no such file, or no regular one. EnvironmentFault: the extra that reads it is not installed.
    """
    try:
        head = _head(path)
        size_bytes = path.stat().st_size
        if not head:
            raise Refused("file.empty", where=str(path))
        found = kinds.begins_as(head)
        if found is Container.PDF and (missing := lacking()):
            raise EnvironmentFault("documents_extra", where=str(path), detail=", ".join(missing))
        if size_bytes > MOST_BYTES and isinstance(found, Container):
            kind = DocumentKind.PDF if found is Container.PDF else None
            return DocumentStructure(kind=kind, size_bytes=size_bytes, is_whole=False)
        return _by_child(path)
    except FileNotFoundError as error:
        raise InputError("path_missing", where=str(path)) from error
    except OSError as error:
        raise Refused("file.unreadable", where=str(path), detail=error.strerror) from error


def _head(path: Path) -> bytes:
    with regular.opened(path) as handle:
        return handle.read(kinds.HEAD_BYTES)


def _by_child(path: Path) -> DocumentStructure:
    from pipeline import parser_child, process
    from pipeline.ffmpeg.invocation import environment

    with regular.opened(path) as document:
        answer = parser_child.answer(
            "pipeline.documents.structure_child",
            document,
            environment,
            process.Limits(memory_bytes=MEMORY_BYTES),
            most_bytes=MAX_OUTPUT_BYTES,
            timeout_s=TIMEOUT_S,
        )
    if answer is None:
        raise Refused("document.unreadable", where=str(path), reason="document_died")
    said = json.loads(answer)
    if "code" not in said:
        return DocumentStructure.model_validate_json(answer)
    reason = said["reason"]
    if reason in _OLD_FORMATS:
        reason = _OF_WPS.get(path.suffix.lower(), reason)
    raise Refused(said["code"], where=str(path), reason=reason)
