"""When each frame of an output is shown: rate, count, fields."""

from __future__ import annotations

from fractions import Fraction

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.model.inspection import Inspection, Timeline
from pipeline.model.media import Scan, VideoTrack
from pipeline.plan import colour
from pipeline.plan.spec import Cadence, Fields

KNOWN_RATES = tuple(Fraction(rate) for rate in ("24000/1001", "24", "25", "30000/1001", "30", "50", "60000/1001", "60"))
HOUSE_RATE = Fraction(25)
MOST_RATE = Fraction(60)
FILM_RATE = Fraction(24000, 1001)  # what 3:2 pulldown makes 29.97 of
MOST_SPEED = Fraction(1, 20)  # 23.976 to 25 is 4.3 %
_LEAST_FIELDS = 0.1
_CYCLE = 5  # frames of 3:2 pulldown
_FIFTH = (0.12, 0.28)  # share of frames that repeat a top field, and a bottom field, under 3:2 pulldown


def cadence_for(inspection: Inspection, rate: int | str, scan: str, rate_by: str = "repeat") -> Cadence:
    """The cadence that a profile gets from this film."""
    timeline = inspection.programme
    if timeline is None:
        return audio_only(inspection)
    pulldown = has_pulldown(inspection)
    own = FILM_RATE if pulldown else source_rate(timeline)
    wanted = own if rate == "source" else Fraction(rate)
    fields = _fields(inspection, scan, own, wanted, pulldown=pulldown)
    speed = wanted / own
    if rate_by == "speed" and speed != 1 and abs(speed - 1) <= MOST_SPEED and fields in (Fields.NONE, Fields.SEGMENTED):
        frames, slack = frames_at(timeline, own)
        return Cadence(wanted, frames, max(slack, 2 * pulldown), fields, rate_by, speed, pulldown)
    frames, slack = frames_at(timeline, wanted)
    return Cadence(
        wanted, frames, max(slack, 2 * pulldown), fields, "repeat" if rate_by == "speed" else rate_by, pulldown=pulldown
    )


def _fields(inspection: Inspection, scan: str, own: Fraction, wanted: Fraction, *, pulldown: bool) -> Fields:
    interlaced = is_interlaced(inspection) and not pulldown
    if scan == "progressive" or (scan == "source" and not interlaced):
        return Fields.NONE
    if interlaced:  # what is tone-mapped has no fields on the way
        keep = is_at(inspection, wanted) and not colour.is_wide(inspection.media.video[0])
        return Fields.KEPT if keep else Fields.MADE
    return Fields.MADE if own > wanted * Fraction(3, 2) else Fields.SEGMENTED


def is_at(inspection: Inspection, rate: Fraction) -> bool:
    """Whether the film has this rate, so exactly that no frame is too many or missing at its end."""
    timeline = inspection.programme
    return timeline is not None and abs(timeline.period_s * rate - 1) * timeline.frames < 0.5


def audio_only(inspection: Inspection) -> Cadence:
    """A lesson without pictures: its length in hundredths of a second stands for the count."""
    duration_s = (inspection.measures.audio.audio_duration_s if inspection.measures else None) or 0.0
    return Cadence(Fraction(100), max(1, round(duration_s * 100)))


def source_rate(timeline: Timeline) -> Fraction:
    """Pictures a second as the film has them most of the time, snapped to the usual rates; 60 at most."""
    rate = Fraction(1 / timeline.period_s).limit_denominator(1001) if timeline.period_s else HOUSE_RATE
    nearest = min(KNOWN_RATES, key=lambda known: abs(rate - known))
    return nearest if abs(rate / nearest - 1) < Fraction(1, 500) else min(rate, MOST_RATE)


def frames_at(timeline: Timeline, rate: Fraction) -> tuple[int, int]:
    """How many frames the `fps` filter gives, and how far it may be off: 0 where the rates divide evenly."""
    steady = timeline.longest_s - timeline.shortest_s < timeline.period_s / 10
    ratio = timeline.period_s * float(rate)
    # a difference of a thousandth is a frame every forty seconds: exact is what stays under half a frame to the end
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
    counts = inspection.measures.video.fields if inspection.measures else None
    if counts is None:
        return False
    fields = counts.tff + counts.bff
    # a few frames of a still film say nothing: a tenth of all must have moved like fields
    enough = _LEAST_FIELDS * (fields + counts.progressive + counts.undetermined)
    return fields >= enough and fields > 2 * counts.progressive


def has_pulldown(inspection: Inspection) -> bool:
    """29.97 made of 23.976: in five frames one repeats a top field and one a bottom field."""
    measures = inspection.measures
    if (
        measures is None
        or measures.video.fields is None
        or measures.video.timeline is None
        or not is_interlaced(inspection)
    ):
        return False
    counts, line = measures.video.fields, measures.video.timeline
    low, high = _FIFTH
    shares = (counts.repeated_top / line.frames, counts.repeated_bottom / line.frames)
    return source_rate(line) == Fraction(30000, 1001) and all(low <= share <= high for share in shares)


def frames_at_cadence(stream: Stream, inspection: Inspection, cadence: Cadence) -> Stream:
    """Frames at the cadence, the first at 0, no more than were counted; fields kept or joined to whole frames.

    Where fields are to be made there are two frames for each of the output's, until its size is known.
    """
    track = inspection.media.video[0]
    stream = graph.apply(colour.tagged(stream, track), "setpts", expr="PTS-STARTPTS")
    if inspection.start_s:
        stream = graph.apply(stream, "trim", start=f"{inspection.start_s:.6f}")
        stream = graph.apply(stream, "setpts", expr="PTS-STARTPTS")
    rate, frames = cadence.rate, cadence.frames
    if cadence.pulldown:
        stream = graph.apply(stream, "format", pix_fmts="yuv420p")
        # the matcher keeps its last cycle back unless more pictures follow; what is too many is trimmed
        stream = graph.apply(stream, "tpad", stop_mode="clone", stop=_CYCLE)
        stream = graph.apply(stream, "fieldmatch", order="auto", combmatch="full")
        stream = graph.apply(stream, "bwdif", mode="send_frame", deint="interlaced")  # what found no match
        stream = graph.apply(stream, "decimate", cycle=_CYCLE)
    elif is_interlaced(inspection):
        order = track.field_order.value if track.field_order else "auto"
        if cadence.fields is Fields.KEPT:
            if order != "auto":  # else as the frames themselves say
                stream = graph.apply(stream, "setfield", mode=order)
            stream = graph.apply(stream, "fieldorder", order="tff")
        else:  # at another rate each field counts: half as far to the nearest frame
            mode = "send_frame" if is_at(inspection, rate) and cadence.fields is Fields.NONE else "send_field"
            stream = graph.apply(stream, "bwdif", mode=mode, parity=order, deint="all")
    if cadence.fields is Fields.MADE:
        rate, frames = 2 * rate, 2 * frames
    if cadence.speed != 1:
        faster = f"PTS*{cadence.speed.denominator}/{cadence.speed.numerator}"
        # frames that are all as far apart are numbered: times in whole milliseconds would lose some
        stream = graph.apply(stream, "setpts", expr=faster if cadence.slack else f"N/({_words(rate)})/TB")
    if cadence.rate_by == "blend" and not is_at(inspection, rate):
        stream = graph.apply(stream, "framerate", fps=_words(rate))
    # a last frame that is held for long would be repeated past the planned end
    return graph.apply(graph.apply(stream, "fps", fps=_words(rate)), "trim", end_frame=frames)


def deck_at_cadence(stream: Stream, track: VideoTrack, cadence: Cadence, start_s: float) -> Stream:
    """Slides as a lecture beside them is at this cadence: from `start_s` of its clock on, as fast, as many pictures.

    Where they end first their last picture stays.
    """
    doubled = 2 if cadence.fields is Fields.MADE else 1
    stream = graph.apply(colour.tagged(stream, track), "setpts", expr="PTS-STARTPTS")
    if start_s:
        stream = graph.apply(stream, "trim", start=f"{start_s:.6f}")
        stream = graph.apply(stream, "setpts", expr="PTS-STARTPTS")
    if cadence.speed != 1:
        stream = graph.apply(stream, "setpts", expr=f"PTS*{cadence.speed.denominator}/{cadence.speed.numerator}")
    stream = graph.apply(stream, "fps", fps=_words(cadence.rate * doubled))
    stream = graph.apply(stream, "tpad", stop_mode="clone", stop=-1)
    return graph.apply(stream, "trim", end_frame=cadence.frames * doubled)


def numbered(stream: Stream, cadence: Cadence) -> Stream:
    """The same pictures with the times of a steady rate, which joining has rounded."""
    rate = cadence.rate * (2 if cadence.fields is Fields.MADE else 1)
    return graph.apply(graph.apply(stream, "settb", expr=_words(1 / rate)), "setpts", expr="N")


def interlaced_frames(stream: Stream, cadence: Cadence) -> Stream:
    """Pictures of the output's size as it carries them: two of them in the fields of one where fields are made."""
    if cadence.fields is not Fields.MADE:
        return stream
    # a line of each field is only every other one: without the low-pass fine detail would flicker
    stream = graph.apply(stream, "interlace", scan="tff", lowpass="complex")
    return graph.apply(stream, "trim", end_frame=cadence.frames)


def _words(rate: Fraction) -> int | str:
    return rate.numerator if rate.denominator == 1 else f"{rate.numerator}/{rate.denominator}"
