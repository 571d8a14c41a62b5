"""Media playlists and their segments: lengths, cuts, key pictures, one time line for all."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise

from pipeline.media.hls.check_collector import CheckCollector, RenditionPlace
from pipeline.media.hls.clauses.time_line import judge_time_line
from pipeline.media.hls.ladder import Rendition

WANTED_TARGET_S = 6  # A 7.5
KEY_EVERY_S = 2.0  # A 1.13
_STRANGE = ("empty", "page", "foreign")  # what is without EXT-X-MAP is told by A 8.20
_NAMES = (".m4s", ".mp4", ".m4v", ".m4a")


def judge_segments(collector: CheckCollector) -> None:
    """Every clause about what is in media playlists."""
    whole = [item for item in collector.ladder.renditions if item.playlist and item.role != "iframes"]
    _words(collector, whole)
    wrong = judge_time_line(collector, [item for item in whole if item.role in ("variant", "audio")])
    _lengths(collector, whole, wrong)
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
    _strange(collector, every)
    collector.must("A8.6", [(item.uri, None, None) for item in every if item.playlist and item.playlist.kind != "VOD"])
    collector.must("R4.3.3.4", [(item.uri, None, None) for item in every if item.playlist and not item.playlist.ended])
    collector.must("A8.20", [(item.uri, None, None) for item in listed if _is_unmapped(item)])


def _strange(collector: CheckCollector, listed: Sequence[Rendition]) -> None:
    """Files that are no media, each kind by itself; packed audio without its time."""
    for what in _STRANGE:
        found = [
            (item, number)
            for item in listed
            if item.measured
            for number, other in item.measured.strange.items()
            if other == what
        ]
        if found:
            item, number = found[0]
            text = item.playlist.segments[number].uri if item.playlist else None
            collector.must(
                f"files.{what}", [(item.uri, number, item.begins(number)) for item, number in found], text=text
            )
    packed = [item for item in listed if item.measured and item.measured.container == "packed"]
    if packed:
        collector.must(
            "R3.4",
            [
                (item.uri, number, item.begins(number))
                for item in packed
                for number in (item.measured.unstamped if item.measured else ())
            ],
        )


def _is_unmapped(item: Rendition) -> bool:
    if item.playlist is None or item.playlist.init is not None:
        return False
    named = item.playlist.segments[0].uri.partition("?")[0].endswith(_NAMES)
    return named or (item.measured is not None and "no_map" in item.measured.strange.values())


def _lengths(collector: CheckCollector, listed: list[Rendition], wrong: Collection[RenditionPlace]) -> None:
    """How long segments are; `wrong` are those whose EXTINF is not as measured, which is told by itself."""
    rounded: list[RenditionPlace] = []
    longest = 0.0
    targets = {item.playlist.target_s for item in listed if item.playlist and item.role != "subtitles"}
    for item in listed:
        target = item.playlist.target_s if item.playlist else None
        if target is None:
            continue
        for number, segment in enumerate(item.playlist.segments if item.playlist else ()):
            length = segment.duration_s
            longest = max(longest, length) if item.role != "subtitles" else longest
            if int(length + 0.5) > target:
                rounded.append((item.uri, number, item.begins(number)))
    aimless = [item for item in listed if item.playlist and item.playlist.target_s is None]
    known = sorted(item for item in targets if item is not None)
    told = [place for place in rounded if place not in wrong]
    # one with another value than a number is told by R 4
    told += [(item.uri, None, None) for item in aimless if item.playlist and not item.playlist.faults]
    if told or not (rounded or aimless):
        limit = f"≤ {max(known)}" if known else None
        collector.must("R4.3.3.1", told, value=longest, unit="s", limit=limit)
    else:
        collector.skip("R4.3.3.1", "told", text="A8.1" if rounded else "R4")
    # what is longer than the target and half a second is rounded to more than the target too
    longer = any(place[1] is not None for place in told)
    if longer or rounded:
        collector.skip("A7.7", "told", text="R4.3.3.1" if longer else "A8.1")
    else:
        collector.must("A7.7", [], value=longest, unit="s")
    collector.must(
        "A8.2",
        [(collector.ladder.name, None, None)] if len(known) > 1 else [],
        text=", ".join(map(str, known)),
    )
    collector.should(
        "A7.5",
        [(collector.ladder.name, None, None)] if set(known) - {WANTED_TARGET_S} else [],
        text=", ".join(map(str, known)),
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
