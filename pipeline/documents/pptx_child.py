"""The only importer of python-pptx, and only in a child of its own: a PPTX on stdin, one message of JSON on stdout.

Slides in the order of showing: whether it is hidden, its title, and how long it was shown when the times were recorded.
"""

from __future__ import annotations

import json
import os
from typing import Any, TypeAlias

from pptx import Presentation

from pipeline import process
from pipeline.documents import messages

Slide: TypeAlias = Any  # python-pptx is untyped

CPU_S = 10.0
_TRANSITION = "{http://schemas.openxmlformats.org/presentationml/2006/main}transition"
_FALSE = ("0", "false")  # xsd:boolean


def main() -> None:
    out = os.fdopen(os.dup(1), "wb")
    process.end_after_cpu(CPU_S)
    presentation = Presentation(os.fdopen(os.dup(0), "rb"))
    slides = [
        {"hidden": _is_hidden(slide), "title": _title(slide), "shown_ms": _shown_ms(slide)}
        for slide in presentation.slides
    ]
    messages.send(out, json.dumps(slides).encode())


def _is_hidden(slide: Slide) -> bool:
    return slide.element.get("show") in _FALSE


def _title(slide: Slide) -> str:
    title = slide.shapes.title
    return " ".join(title.text_frame.text.split()) if title is not None else ""


def _shown_ms(slide: Slide) -> int | None:
    """Of the first transition: mc:AlternateContent has it twice, in Choice and again in Fallback (ECMA-376 part 3)."""
    found = next(slide.element.iter(_TRANSITION), None)
    told = found.get("advTm") if found is not None else None
    return int(told) if told and told.isdigit() else None


if __name__ == "__main__":
    main()
