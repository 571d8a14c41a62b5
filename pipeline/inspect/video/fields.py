"""How movement shows each frame, against what the file says: only a contradiction is a fault (PsF is none)."""

from __future__ import annotations

from typing import ClassVar

import numpy as np

from pipeline.inspect import stretches
from pipeline.inspect.analyzer import Needs, Others
from pipeline.inspect.decoded import BOTTOM, TOP, WHOLE, DecodedVideo, VideoFormat
from pipeline.inspect.video import combs
from pipeline.inspect.video.frames import Array
from pipeline.model.inspection import SHORTEST_S, FieldCounts, Segment, VideoMeasures
from pipeline.model.media import FieldOrder, Scan

LEAST_MOVEMENT = 0.2  # share of frames in which movement must have decided, before fields are judged
MOSTLY = 0.5
ONE_ORDER = 0.8  # real fields have one order; detail that only looks combed has both
LEAST_COMBS = 0.002  # of the picture


class FieldAnalyzer:
    """Looks for combs in the columns: without them it was an edge that jumped, of credits that roll or a camera that
    tilts."""

    name: ClassVar[str] = "fields"
    needs: ClassVar[Needs] = ()

    def __init__(self, _: VideoFormat) -> None:
        self._shares: list[Array] = []

    def process(self, columns: Array) -> None:
        """Take in some frames."""
        self._shares.append(combs.share(columns))

    def finish(self, decoded: DecodedVideo, _: Others[VideoMeasures]) -> VideoMeasures:
        """How many frames are of which kind, and stretches that speak against the file."""
        classes, track = decoded.fields, decoded.track
        has_combs = np.zeros(len(classes), bool)
        shares = stretches.joined(self._shares)[: len(classes)]
        has_combs[: len(shares)] = shares >= LEAST_COMBS
        top, bottom, whole = (classes == TOP) & has_combs, (classes == BOTTOM) & has_combs, classes == WHOLE
        decided = top | bottom | whole
        combed = wrong = np.zeros(len(classes), bool)
        if track.scan is Scan.PROGRESSIVE:
            combed = top | bottom
        elif track.scan is Scan.INTERLACED and track.field_order:
            wrong = bottom if track.field_order is FieldOrder.TFF else top
        return VideoMeasures(
            fields=FieldCounts(
                tff=int(top.sum()),
                bff=int(bottom.sum()),
                progressive=int(whole.sum()),
                undetermined=int(len(classes) - top.sum() - bottom.sum() - whole.sum()),
                repeated_top=decoded.repeated[0],
                repeated_bottom=decoded.repeated[1],
            ),
            combed=_against(combed, decided, decoded, top),
            wrong_fields=_against(wrong, decided, decoded, top),
        )


def _against(against: Array, decided: Array, decoded: DecodedVideo, top: Array) -> tuple[Segment, ...]:
    """Stretches where most of the frames that moved speak against the flag, in one field order."""
    width = min(len(against), max(1, round(SHORTEST_S / decoded.timeline.period_s)))
    if not width or not against.any():
        return ()
    moved, bad = stretches.sliding(decided, width), stretches.sliding(against, width)
    starts = np.flatnonzero((moved >= LEAST_MOVEMENT * width) & (bad > MOSTLY * moved))
    found = []
    for start, end in stretches.runs(stretches.covered(starts.tolist(), width, len(against)), gap=width):
        marks = np.flatnonzero(against[start:end]) + start
        first, last = int(marks[0]), int(marks[-1]) + 1
        earliest, latest = max(0, first - width), min(len(against), last + width)
        while first > earliest and not decided[first - 1]:  # what movement has not decided speaks for nobody
            first -= 1
        while last < latest and not decided[last]:
            last += 1
        tops = top[first:last][against[first:last]].mean()
        if max(tops, 1 - tops) >= ONE_ORDER:
            share = against[first:last].sum() / max(1, decided[first:last].sum())
            found.append(stretches.segment((first, last), decoded.edges, round(float(share), 3)))
    return tuple(found)
