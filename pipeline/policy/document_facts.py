"""Facts of a document, each thing that acts with the page or slide it is on."""

from __future__ import annotations

from pathlib import PurePath

from pipeline.model.document import ActiveContent, DocumentKind, DocumentStructure
from pipeline.policy.fact import Fact

NAMES = (
    "document.bytes",
    "document.unpacked_bytes",
    "document.entries",
    "document.pages",
    "document.slides",
    "document.active",
    "document.wrong_ending",
    "document.same_as",
    "slides.without_pdf",
)
_MB, _GIB = 1_000_000, 1 << 30


def facts(
    found: DocumentStructure, name: str, *, same_as: str = "", is_slides_without_pdf: bool | None = None
) -> dict[str, tuple[Fact, ...]]:
    """What rules are held against.

    Args:
        name: the file's, for its ending.
        same_as: another document of the part that has the same bytes, and goes along in its place; empty: none has.
        is_slides_without_pdf: a part's slides are a PPTX and nothing beside them can be shown; None: it is no slides.
    """
    unknown = (Fact(None),)
    needs_pdf = is_slides_without_pdf
    return {
        "document.bytes": (Fact(round(found.size_bytes / _MB, 1)),),
        "document.unpacked_bytes": () if found.unpacked_bytes is None else (Fact(_gib(found.unpacked_bytes)),),
        "document.entries": () if found.entries is None else (Fact(found.entries),),
        "document.pages": () if found.pages is None else (Fact(found.pages),),
        "document.slides": () if found.slides is None else (Fact(found.slides),),
        "document.active": tuple(map(_active, found.active)) if found.is_whole else unknown,
        "document.wrong_ending": _ending(found.kind, name),
        "document.same_as": (Fact(same_as),),
        "slides.without_pdf": () if needs_pdf is None else (Fact(needs_pdf),),
    }


def _gib(count: int) -> float:
    """In GiB; what is just over one stays over it."""
    return max(round(count / _GIB, 2), 1.01) if count > _GIB else min(round(count / _GIB, 2), 1.0)


def _active(item: ActiveContent) -> Fact:
    detail = item.where if item.detail in ("", item.where) else f"{item.where}: {item.detail}"
    return Fact(item.kind.value, track=None if item.page is None else f"page:{item.page - 1}", detail=detail)


def _ending(kind: DocumentKind | None, name: str) -> tuple[Fact, ...]:
    """The ending of a name that is of another kind; what is delivered has the right one."""
    if kind is None or PurePath(name).suffix.lower() == f".{kind.value}":
        return ()
    return (Fact(PurePath(name).suffix or "–", detail=f".{kind.value}"),)
