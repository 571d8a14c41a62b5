"""One time line for all renditions: what EXTINF adds up to, gaps, cuts at the same moments."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, field

from pipeline.media.hls.check_collector import CheckCollector, RenditionPlace
from pipeline.media.hls.ladder import Rendition
from pipeline.media.hls.measured import Piece


@dataclass
class _Drift:
    """Where EXTINF and the segments themselves differ, and where segments do not follow on; seconds."""

    frame_s: float
    apart: list[RenditionPlace] = field(default_factory=list)
    gaps: list[RenditionPlace] = field(default_factory=list)
    worst_s: float = 0.0
    widest_s: float = 0.0

    def follow(self, item: Rendition, first: int, pieces: Sequence[Piece]) -> None:
        """Take in one stretch: its time stamps begin anew, its first segment's number is `first`."""
        begins = max(0.0, pieces[0].start_s)  # sound before 0 is what its coder needs to begin
        said_s = known_s = 0.0  # `known_s` is how far off the segments before are already
        for number, piece in enumerate(pieces, start=first):
            if number > first:
                off_s = said_s - (max(0.0, piece.start_s) - begins)
                step_s = piece.start_s - pieces[number - first - 1].end_s
                torn = abs(step_s) > self.frame_s / 2
                if torn:
                    self.gaps.append((item.uri, number, item.begins(number)))
                    self.widest_s = max(self.widest_s, abs(step_s))
                if self._is_off(off_s - known_s):
                    # where segments do not follow on, that is the cause and not what EXTINF says
                    if not torn or self._is_off(off_s + step_s - known_s):
                        self._wrong(item, number - 1, off_s - known_s)
                    known_s = off_s
                else:
                    self.worst_s = max(self.worst_s, abs(off_s - known_s))
            said_s += item.playlist.segments[number].duration_s if item.playlist else 0.0
        over_s = said_s - (pieces[-1].end_s - begins)
        # where sound ends is known to a frame of it: less than one of a picture says nothing
        if self._is_off(over_s - known_s):
            self._wrong(item, first + len(pieces) - 1, over_s - known_s)

    def _wrong(self, item: Rendition, number: int, seconds: float) -> None:
        """The segment whose EXTINF leads the sum astray."""
        self.apart.append((item.uri, number, item.begins(number)))
        self.worst_s = max(self.worst_s, abs(seconds))

    def _is_off(self, seconds: float) -> bool:
        return abs(seconds) > self.frame_s + 1e-4


def judge_time_line(collector: CheckCollector, listed: Sequence[Rendition]) -> list[RenditionPlace]:
    """The clauses about when segments begin and end, each stretch between discontinuities by itself.

    Returns:
        the segments whose EXTINF is not as measured.
    """
    frame = collector.frame_s
    drift = _Drift(frame)
    uneven: list[RenditionPlace] = []
    lead = collector.ladder.lead
    for item in listed:
        for first, pieces in item.read_stretches:
            drift.follow(item, first, pieces)
        if item.role == "variant" and lead:
            uneven += _uneven(item, lead, frame)
    collector.must("A8.1", drift.apart, value=1000 * drift.worst_s, unit="ms", limit=f"≤ {1000 * frame:.0f}")
    broken = [
        (item.uri, number, item.begins(number)) for item in listed if item.measured for number in item.measured.breaks
    ]
    collector.must("A7.2", list(dict.fromkeys([*drift.gaps, *broken])), value=1000 * drift.widest_s, unit="ms")
    collector.must("A8.22", uneven)
    _totals(collector, listed, {uri for uri, _, _ in drift.apart})
    changed = [
        (item.uri, number, item.begins(number))
        for item in listed
        if item.playlist
        for number, segment in enumerate(item.playlist.segments)
        if segment.discontinuous
    ]
    collector.should("R4.3.2.3", changed)
    return drift.apart


def _totals(collector: CheckCollector, listed: Sequence[Rendition], wrong: Collection[str]) -> None:
    """A 8.3; where the EXTINF of a playlist is wrong (A 8.1), that is why it is longer or shorter."""
    frame = collector.frame_s
    totals = {item.uri: item.playlist.duration_s for item in listed if item.playlist}
    right = {uri: total for uri, total in totals.items() if uri not in wrong}
    odd = [uri for uri, total in right.items() if total < max(right.values()) - frame]
    spread = max(totals.values(), default=0.0) - min(totals.values(), default=0.0)
    if spread > frame and not odd:
        collector.skip("A8.3", "told", text="A8.1")
        return
    collector.must(
        "A8.3", [(uri, None, None) for uri in odd], value=1000 * spread, unit="ms", limit=f"≤ {1000 * frame:.0f}"
    )


def _uneven(item: Rendition, lead: Rendition, frame: float) -> list[RenditionPlace]:
    """Where a variant is not cut as the lead is."""
    if not item.is_whole or item.playlist is None or lead.playlist is None:
        return []
    here, there = dict(item.pieces), dict(lead.pieces)
    counts = len(item.playlist.segments), len(lead.playlist.segments)
    found: list[RenditionPlace] = [(item.uri, min(counts) - 1, None)] if counts[0] != counts[1] else []
    found += [
        (item.uri, number, here[number].start_s)
        for number in sorted(here.keys() & there.keys())
        if abs(here[number].start_s - there[number].start_s) > frame / 2
    ]
    return found
