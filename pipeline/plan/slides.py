"""Slides as a film: which page each picture shows, and what is known of that film before it is drawn. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence

from pipeline.model.capability import Capability
from pipeline.model.deck import FRAME, RATE, Deck, ShownPage, SlideFilm, SlideTimes, frame_of
from pipeline.model.inspection import FieldCounts, Inspection, Measures, PosterCandidate, Timeline, VideoMeasures
from pipeline.model.media import Media, Scan, VideoTrack

PAGE_S = 12.0  # a page where nobody says how long
FORMAT = "matroska"
_ROUNDING_S = 1e-6


def frames_of(seconds: float) -> int:
    """As many pictures as last to the end of this time."""
    return max(1, math.ceil((seconds - _ROUNDING_S) * RATE))


def timed(
    deck: Deck, times: SlideTimes, length_s: float, capability: Capability, *, offset_s: float = 0.0
) -> SlideFilm:
    """Pages as the times say, the last one to the end.

    Args:
        times: that no rule stands against.
        length_s: of the sound; without sound `silent_s`.
        offset_s: by which every page comes later.
    """
    frames = frames_of(length_s)
    shown: dict[int, ShownPage] = {}
    for turn in times.turns:
        frame = max(0, frame_of(turn.start_s + offset_s))
        if frame < frames:
            title = turn.title or deck.pages[turn.page - 1].title
            shown[frame] = ShownPage(page=turn.page, frame=frame, title=title)
    # something must be seen from the first picture on
    first, *rest = shown.values() or (ShownPage(page=times.turns[0].page, frame=0),)
    return _film(deck, (first.model_copy(update={"frame": 0}), *rest), frames, capability, times.sha256)


def silent_s(times: SlideTimes, *, offset_s: float = 0.0, page_s: float = PAGE_S) -> float:
    """How long pages last that no sound goes with: the last one for `page_s`."""
    return max(0.0, times.turns[-1].start_s + offset_s) + page_s


def spread_s(pages: int, page_s: float = PAGE_S) -> float:
    """How long so many pages last, each for as long."""
    return _step(page_s) * pages / RATE


def spread(deck: Deck, capability: Capability, *, page_s: float = PAGE_S, length_s: float | None = None) -> SlideFilm:
    """Every page for as long, one after the other; the last one to `length_s` where that is longer."""
    step = _step(page_s)
    shown = tuple(
        ShownPage(page=number, frame=(number - 1) * step, title=page.title)
        for number, page in enumerate(deck.pages, start=1)
    )
    frames = max(step * len(deck.pages), frames_of(length_s or 0.0))
    return _film(deck, shown, frames, capability, "")


def of_picture(sha256: str, length_s: float, capability: Capability) -> SlideFilm:
    """One picture (by its SHA-256) for as long as the sound."""
    shown = (ShownPage(page=1, frame=0),)
    return SlideFilm(
        source_sha256=sha256, shown=shown, frames=frames_of(length_s), renderer=None, ffmpeg=capability.build
    )


def inspection_of(film: SlideFilm) -> Inspection:
    """What an inspection would say of it, in all that a plan asks for; its digest is the key of its stage.

    Args:
        film: that need not be there yet.
    """
    period_s, duration_s = 1 / RATE, film.duration_s
    track = VideoTrack(
        codec="AVC",
        profile=None,
        width=FRAME[0],
        height=FRAME[1],
        pixel_aspect=1.0,
        display_aspect=round(FRAME[0] / FRAME[1], 3),
        rotation=0,
        frame_rate=float(RATE),
        frame_rate_mode="cfr",
        frames=film.frames,
        duration_s=duration_s,
        bitrate_bps=None,
        bitrate_mode=None,
        scan=Scan.PROGRESSIVE,
        field_order=None,
        chroma="4:2:0",
        bit_depth=8,
        colour_range="limited",
        matrix="bt709",
        primaries="BT.709",
        transfer="BT.709",
        hdr=None,
        language=None,
        index=0,
    )
    timeline = Timeline(
        frames=film.frames,
        first_pts_s=0.0,
        last_pts_s=round((film.frames - 1) * period_s, 6),
        period_s=period_s,
        shortest_s=period_s,
        longest_s=period_s,
    )
    fields = FieldCounts(tff=0, bff=0, progressive=film.frames, undetermined=0)
    # the first page stands for the film: it has the title
    measures = VideoMeasures(timeline=timeline, fields=fields, stills=(PosterCandidate(at_s=0.0, score=1.0),))
    media = Media(
        container="Matroska", size_bytes=0, duration_s=duration_s, bitrate_bps=None, truncated=False, video=(track,)
    )
    return Inspection(sha256=film.sha256, size_bytes=0, format=FORMAT, media=media, measures=Measures(video=measures))


def _step(page_s: float) -> int:
    """The pictures of a page."""
    return max(1, round(page_s * RATE))


def _film(deck: Deck, shown: Sequence[ShownPage], frames: int, capability: Capability, times_sha256: str) -> SlideFilm:
    return SlideFilm(
        source_sha256=deck.sha256,
        times_sha256=times_sha256,
        shown=tuple(shown),
        frames=frames,
        share=deck.share,
        renderer=deck.renderer,
        ffmpeg=capability.build,
    )
