"""The validator: a playlist in, a report by clause out."""

from __future__ import annotations

import re
from pathlib import Path

from pipeline.media.hls import ladder
from pipeline.media.hls.check_collector import CheckCollector
from pipeline.media.hls.clauses.coding import judge_coding
from pipeline.media.hls.clauses.encryption import judge_encryption
from pipeline.media.hls.clauses.segments import judge_segments
from pipeline.media.hls.clauses.top import judge_top
from pipeline.media.hls.clauses.unread import judge_unread
from pipeline.media.hls.ladder import Ladder, Rendition
from pipeline.media.hls.measured import Coding
from pipeline.model.stream import Check, LadderReport, RungFacts


def validate(path: Path) -> LadderReport:
    """Every check on a presentation, or on one media playlist of it.

    Raises:
        NotPlaylist: the file is no playlist.
        OSError: it can't be read.
    """
    return report(ladder.read(path))


def report(found: Ladder) -> LadderReport:
    """Pure: judge what was read."""
    collector = CheckCollector(found)
    judge_top(collector)
    judge_segments(collector)
    judge_coding(collector)
    judge_encryption(collector)
    judge_unread(collector)
    lead = found.lead
    return LadderReport(
        checks=tuple(sorted(collector.checks, key=_order)),
        multivariant=found.top is not None,
        duration_s=round(lead.playlist.duration_s, 6) if lead and lead.playlist else 0.0,
        rungs=tuple(fact for item in found.renditions if (fact := _facts(item))),
    )


def _order(check: Check) -> tuple[int, tuple[int, ...], str]:
    """The format and its files, then RFC 8216, then Apple's rules, by number."""
    kind = {"A": 2, "R": 1}.get(check.id[0], 0)
    return kind, tuple(int(number) for number in re.findall(r"[0-9]+", check.id)), check.id


def _said(item: Rendition) -> Coding | None:
    """What the multivariant playlist says of a rendition that is encrypted."""
    said = item.entry.attributes.get("CODECS", "") if item.entry else ""
    return Coding("", said or "–") if item.hidden else None


def _facts(item: Rendition) -> RungFacts | None:
    heavy = item.weight
    if heavy is None or item.measured is None or item.playlist is None:
        return None
    coding = item.measured.coding or _said(item)
    if coding is None:
        return None
    return RungFacts(
        uri=item.uri,
        kind=item.role,
        codecs=coding.name,
        language=item.entry.attributes.get("LANGUAGE") if item.entry else None,
        width=coding.width or None,
        height=coding.height or None,
        frame_rate=round(coding.frame_rate, 3) if coding.frame_rate else None,
        peak_bps=heavy[0],
        average_bps=heavy[1],
        segments=len(item.playlist.segments),
        duration_s=round(item.playlist.duration_s, 6),
    )
