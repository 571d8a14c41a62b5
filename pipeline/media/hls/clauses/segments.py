"""Media playlists and their segments: lengths, cuts, key pictures, one time line for all."""

from __future__ import annotations

from itertools import pairwise

from pipeline.media.hls.check_collector import CheckCollector, RenditionPlace
from pipeline.media.hls.clauses.time_line import judge_time_line
from pipeline.media.hls.ladder import Rendition

WANTED_TARGET_S = 6  # A 7.5
MOST_OVER_TARGET_S = 0.5  # A 7.7
KEY_EVERY_S = 2.0  # A 1.13
_NAMES = (".m4s", ".mp4", ".m4v", ".m4a")


def judge_segments(collector: CheckCollector) -> None:
    """Every clause about what is in media playlists."""
    whole = [item for item in collector.ladder.renditions if item.playlist and item.role != "iframes"]
    _words(collector, whole)
    _lengths(collector, whole)
    judge_time_line(collector, [item for item in whole if item.role in ("variant", "audio")])
    _keys(collector, [item for item in whole if item.role == "variant"])
    _iframes(collector)
    _subtitles(collector)


def _words(collector: CheckCollector, listed: list[Rendition]) -> None:
    every = [item for item in collector.ladder.renditions if item.playlist]
    top = collector.ladder.top.faults if collector.ladder.top else ()
    faults = [(collector.ladder.name, fault) for fault in top]
    faults += [(item.uri, fault) for item in every for fault in (item.playlist.faults if item.playlist else ())]
    collector.must("R4", [(uri, None, None) for uri, _ in faults], text=faults[0][1] if faults else None)
    loose = [(item.uri, number, item.begins(number)) for item in every for number in _unplaced(item)]
    if loose:
        collector.should("R4.3.2.2", loose)
    broken: list[RenditionPlace] = [(item.uri, None, None) for item in collector.ladder.renditions if item.fault]
    said = next((item.fault for item in collector.ladder.renditions if item.fault), None)
    for item in every:
        if item.role not in ("iframes", "subtitles") and item.measured:
            broken += [(item.uri, number, item.begins(number)) for number, _ in item.measured.faults]
            said = said or next((fault for _, fault in item.measured.faults), None)
    collector.must("files", broken, text=said)
    collector.must("A8.6", [(item.uri, None, None) for item in every if item.playlist and item.playlist.kind != "VOD"])
    collector.must("R4.3.3.4", [(item.uri, None, None) for item in every if item.playlist and not item.playlist.ended])
    unmapped = [
        item
        for item in listed
        if item.playlist
        and item.playlist.init is None
        and item.playlist.segments[0].uri.partition("?")[0].endswith(_NAMES)
    ]
    collector.must("A8.20", [(item.uri, None, None) for item in unmapped])


def _lengths(collector: CheckCollector, listed: list[Rendition]) -> None:
    rounded: list[RenditionPlace] = []
    longer: list[RenditionPlace] = []
    longest = 0.0
    targets = {item.playlist.target_s for item in listed if item.playlist and item.role != "subtitles"}
    for item in listed:
        target = item.playlist.target_s if item.playlist else None
        for number, segment in enumerate(item.playlist.segments if item.playlist else ()):
            length = segment.duration_s
            longest = max(longest, length) if item.role != "subtitles" else longest
            if target is None or int(length + 0.5) > target:
                rounded.append((item.uri, number, item.begins(number)))
            if target is not None and length > target + MOST_OVER_TARGET_S:
                longer.append((item.uri, number, item.begins(number)))
    collector.must(
        "R4.3.3.1", rounded, value=longest, unit="s", limit=f"≤ {max((item or 0 for item in targets), default=0)}"
    )
    collector.must("A7.7", longer, value=longest, unit="s")
    collector.must(
        "A8.2",
        [(collector.ladder.name, None, None)] if len(targets) > 1 else [],
        text=", ".join(str(item) for item in sorted(item or 0 for item in targets)),
    )
    collector.should(
        "A7.5",
        [(collector.ladder.name, None, None)] if targets - {WANTED_TARGET_S} else [],
        text=", ".join(str(item) for item in sorted(item or 0 for item in targets)),
        limit=str(WANTED_TARGET_S),
    )


def _keys(collector: CheckCollector, listed: list[Rendition]) -> None:
    late: list[RenditionPlace] = []
    rare: list[RenditionPlace] = []
    most = 0.0
    for item in listed:
        if item.measured is None or item.measured.coding is None or item.measured.coding.kind != "video":
            continue
        for number, piece in item.pieces:
            if not piece.key:
                late.append((item.uri, number, piece.start_s))
            edges = [*piece.keys_s, piece.end_s]
            step = max((after - here for here, after in pairwise(edges)), default=0.0)
            most = max(most, step)
            if step > KEY_EVERY_S + collector.frame_s / 2:
                rare.append((item.uri, number, piece.start_s))
    collector.must("A7.4", late)
    collector.should("A1.13", rare, value=most, unit="s", limit=f"≤ {KEY_EVERY_S:g}")


def _iframes(collector: CheckCollector) -> None:
    listed = [item for item in collector.ladder.by_role("iframes") if item.playlist and item.measured]
    if not listed:
        collector.skip("A6.8", "no_iframes")
        collector.skip("A6.10", "no_iframes")
        return
    collector.must(
        "A6.8", [(item.uri, None, None) for item in listed if item.playlist and not item.playlist.only_iframes]
    )
    wrong: list[RenditionPlace] = []
    said = None
    lead = collector.ladder.lead
    known = [key for _, piece in lead.pieces for key in piece.keys_s] if lead and not lead.hidden else []
    for item in listed:
        faults = item.measured.faults if item.measured else []
        wrong += [(item.uri, number, None) for number, _ in faults]
        said = said or next((fault for _, fault in faults), None)
        wrong += [
            (item.uri, number, piece.start_s)
            for number, piece in item.pieces
            if known and min(abs(piece.start_s - key) for key in known) > collector.frame_s / 2
        ]
    collector.must("A6.10", wrong, text=said)


def _subtitles(collector: CheckCollector) -> None:
    listed = [item for item in collector.ladder.by_role("subtitles") if item.playlist and item.measured]
    if not listed:
        collector.skip("A5.3", "no_subtitles")
        collector.skip("A5.5", "no_subtitles")
        return
    faults = [
        (item.uri, number, item.begins(number), fault)
        for item in listed
        if item.measured
        for number, fault in item.measured.faults
    ]
    collector.must("A5.3", [place[:3] for place in faults], text=faults[0][3] if faults else None)
    lead = collector.ladder.lead
    film_s = lead.playlist.duration_s if lead and lead.playlist else 0.0
    short = [item for item in listed if item.playlist and item.playlist.duration_s < film_s - collector.frame_s]
    collector.must("A5.5", [(item.uri, None, item.playlist.duration_s) for item in short if item.playlist])


def _unplaced(item: Rendition) -> tuple[int, ...]:
    return item.playlist.unplaced if item.playlist else ()
