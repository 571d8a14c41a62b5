"""The tape-style head of a film: bars and tone, then black, then the programme."""

from __future__ import annotations

from pipeline.model.inspection import Measures

_AT_HEAD_S = 2.0
_APART_S = 1.0
_LEAST_BLACK_S = 0.5


def programme_start(measures: Measures) -> float:
    """Seconds from the film's first frame to the programme's: behind the bars at its head and the black that
    follows them; 0 where there are no bars.

    A film that is nothing else keeps its line-up.
    """
    line = measures.video.timeline
    head = next((item for item in measures.video.line_up if item.start_s <= _AT_HEAD_S), None)
    if head is None or line is None:
        return 0.0
    ends = head.end_s
    for dark in measures.video.black:
        if dark.duration_s >= _LEAST_BLACK_S and dark.start_s - _APART_S <= ends < dark.end_s:
            ends = dark.end_s
    return round(ends, 6) if ends < line.duration_s - line.period_s else 0.0
