"""When each picture of an output is shown: rate, count, fields."""

from __future__ import annotations

from fractions import Fraction

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection, Scan, Timeline
from pipeline.plan.draft import Cadence

KNOWN_RATES = tuple(Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60"))
HOUSE_RATE = Fraction(25)
MOST_RATE = Fraction(60)


def of(inspection: Inspection, rate: int | str, scan: str) -> Cadence:
    """The cadence that a profile gets from this film.

    Fields are kept only where the rate is the source's own: at another rate they would be torn apart.
    """
    timeline = inspection.measures.timeline if inspection.measures else None
    if timeline is None:
        return sound_only(inspection)
    wanted = source_rate(timeline) if rate == "source" else Fraction(rate)
    frames, slack = frames_at(timeline, wanted)
    same = abs(timeline.period_s * wanted - 1) * timeline.frames < 0.5
    return Cadence(wanted, frames, slack, interlaced=scan == "source" and same and is_interlaced(inspection))


def sound_only(inspection: Inspection) -> Cadence:
    """A lesson without pictures: its length in hundredths of a second stands for the count."""
    heard = (inspection.measures.audio_duration_s if inspection.measures else None) or 0.0
    return Cadence(Fraction(100), max(1, round(heard * 100)))


def source_rate(timeline: Timeline) -> Fraction:
    """Pictures a second as the film has them most of the time, snapped to the usual rates; 60 at most."""
    rate = Fraction(1 / timeline.period_s).limit_denominator(1001) if timeline.period_s else HOUSE_RATE
    nearest = min(KNOWN_RATES, key=lambda known: abs(rate - known))
    return nearest if abs(rate / nearest - 1) < Fraction(1, 500) else min(rate, MOST_RATE)


def frames_at(timeline: Timeline, rate: Fraction) -> tuple[int, int]:
    """How many pictures the `fps` filter gives, and how far it may be off: 0 where the rates divide evenly."""
    steady = timeline.longest_s - timeline.shortest_s < timeline.period_s / 10
    ratio = timeline.period_s * float(rate)
    # a difference of a thousandth is a picture every forty seconds: exact is what stays under half a picture to the end
    exact = steady and min(abs(ratio - whole) for whole in (1.0, 0.5)) * timeline.frames < 0.5
    if exact:
        whole = 1 if ratio > 0.75 else 2
        return (timeline.frames + whole - 1) // whole, 0 if whole == 1 else 1
    return max(1, int(timeline.duration_s * float(rate) + 0.5)), 1


def is_interlaced(inspection: Inspection) -> bool:
    """By flag; a source without a flag, or flagged progressive, by movement."""
    track = inspection.media.video[0]
    if track.scan is Scan.INTERLACED:
        return True
    counts = inspection.measures.fields if inspection.measures else None
    return counts is not None and counts.tff + counts.bff > 2 * counts.progressive


def pictures(stream: Stream, inspection: Inspection, cadence: Cadence) -> Stream:
    """Pictures at the cadence, the first at 0, no more than were counted; fields kept or joined to whole pictures."""
    track = inspection.media.video[0]
    stream = graph.apply(stream, "setpts", expr="PTS-STARTPTS")
    if is_interlaced(inspection):
        order = track.field_order.value if track.field_order else "auto"
        if cadence.interlaced:
            if order != "auto":  # else as the pictures themselves say
                stream = graph.apply(stream, "setfield", mode=order)
            stream = graph.apply(stream, "fieldorder", order="tff")
        else:
            stream = graph.apply(stream, "bwdif", mode="send_frame", parity=order, deint="all")
    rate = cadence.rate
    fps = rate.numerator if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"
    # a last picture that is held for long would be repeated past the planned end
    return graph.apply(graph.apply(stream, "fps", fps=fps), "trim", end_frame=cadence.frames)
