"""TTML and IMSC 1 by way of SubRip. The only importer of ttconv, which the extra `subtitles` brings."""

from __future__ import annotations

import logging
import re
from xml.etree import ElementTree

from lxml import etree

from pipeline.errors import EnvironmentFault
from pipeline.media.subtitles.encoding import NotSubtitles
from pipeline.model.subtitles import CueFault

# TTML2 clause 12.3.1, without wallclock times
_TIME = re.compile(
    r"^(?:[0-9]{2,}:[0-9]{2}:[0-9]{2}(?:\.[0-9]+|:[0-9]{2,}(?:\.[0-9]+)?)?|[0-9]+(?:\.[0-9]+)?(?:h|m|s|ms|f|t))$"
)
MOST_SHOWN = 60
_TIMES = ("begin", "end", "dur")


def as_srt(text: str) -> tuple[str, list[CueFault]]:
    """The cues as SubRip, and paragraphs whose times can't be read.

    Raises:
        NotSubtitles: it is no XML, declares entities, or is no TTML.
        EnvironmentFault: the library is not installed.
    """
    try:
        from ttconv.imsc import reader
        from ttconv.srt import writer
    except ImportError as error:
        raise EnvironmentFault("subtitles_extra", detail="ttconv") from error
    if "<!DOCTYPE" in text or "<!ENTITY" in text:
        raise NotSubtitles("no_ttml", "DOCTYPE")
    body = re.sub(r"^\s*<\?xml[^>]*\?>", "", text)
    try:
        root = etree.fromstring(body, etree.XMLParser(resolve_entities=False, no_network=True, huge_tree=False))
    except etree.XMLSyntaxError as error:
        raise NotSubtitles("no_ttml", str(error)) from error
    faults = _faults(root)
    _without_regions(root)
    tree = ElementTree.ElementTree(ElementTree.fromstring(etree.tostring(root)))  # noqa: S314 - it declares no entities
    library = logging.getLogger("ttconv")
    library.addHandler(logging.NullHandler())
    library.propagate = False
    try:
        model = reader.to_model(tree)
        made: str = writer.from_model(model) if model is not None else ""
    except (ValueError, TypeError, KeyError, AttributeError, ZeroDivisionError) as error:
        raise NotSubtitles("no_ttml", str(error)) from error
    return made, [*faults, *_lost(root, made)]


def _paragraphs(root: etree._Element) -> list[etree._Element]:
    return [item for item in root.iter() if isinstance(item.tag, str) and etree.QName(item).localname == "p"]


def _faults(root: etree._Element) -> list[CueFault]:
    """Paragraphs with a time that is none: taken out, and told."""
    faults = []
    for number, item in enumerate(_paragraphs(root), start=1):
        wrong = [f'{name}="{item.get(name)}"' for name in _TIMES if not _TIME.match(item.get(name, "0s"))]
        if wrong:
            faults.append(_fault(number, item, " ".join(wrong)))
            parent = item.getparent()
            if parent is not None:
                parent.remove(item)
    return faults


def _without_regions(root: etree._Element) -> None:
    """Where a line stands is ours to say; and text of no region, where there are some, would not be shown."""
    for item in list(root.iter()):
        if isinstance(item.tag, str):
            item.attrib.pop("region", "")
            parent = item.getparent()
            if etree.QName(item).localname == "layout" and parent is not None:
                parent.remove(item)


def _lost(root: etree._Element, made: str) -> list[CueFault]:
    """Paragraphs whose text did not come out."""
    kept = "".join(re.sub(r"<[^>]*>", "", made).split())
    faults = []
    for number, item in enumerate(_paragraphs(root), start=1):
        text = "".join(str(part) for part in item.itertext())
        if "".join(text.split()) not in kept:
            faults.append(_fault(number, item, " ".join(text.split())))
    return faults


def _fault(number: int, item: etree._Element, detail: str) -> CueFault:
    line = item.sourceline if isinstance(item.sourceline, int) else None
    return CueFault(kind="malformed", cue=number, line=line, detail=detail[:MOST_SHOWN])
