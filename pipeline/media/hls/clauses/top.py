"""The multivariant playlist: what it says of each variant, against what was measured."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from pipeline.media.hls.check_collector import CheckCollector, RenditionPlace
from pipeline.media.hls.ladder import Rendition
from pipeline.media.hls.playlist import MultivariantPlaylist

SLACK = 0.10  # A 1.26, A 1.27
MOST_OVER_AVERAGE = 2.0  # A 1.30
FIRST_BPS = 3_000_000  # A 1.32 says about 2000 kbit/s: a start that is half as heavy again waits on a slow line
CELLULAR_BPS = 192_000  # A 9.21
ASPECT_SLACK = 0.03
_CLAUSES = (
    "R7",
    "A9.9",
    "A9.10",
    "A9.11",
    "A9.13",
    "A1.27",
    "A9.14",
    "A1.26",
    "A1.30",
    "A9.1-4.codecs",
    "A9.1-4.resolution",
    "A9.15",
    "A9.16",
    "A9.7",
    "A8.9",
    "R4.3.4.1",
    "A1.33",
    "A1.32",
    "A9.21",
    "A6.1",
)


def judge_top(collector: CheckCollector) -> None:
    """Every clause about the playlist that names the others."""
    top = collector.ladder.top
    if top is None:
        for clause in _CLAUSES:
            collector.skip(clause, "one_playlist")
        return
    variants = collector.ladder.by_role("variant")
    name = collector.ladder.name
    _versions(collector, top)
    heights = [item.entry.attributes.get("RESOLUTION", "") for item in variants if item.entry]
    small = all(_size(text)[1] <= 240 for text in heights)  # nothing smaller to offer
    bit_rates = [item.entry.attributes.get("BANDWIDTH") for item in variants if item.entry]
    several = len(set(bit_rates))
    if None in bit_rates:
        collector.skip("A9.9", "told", text=_teller(variants, "A9.13"))
    else:
        (collector.should if small else collector.must)(
            "A9.9", [] if several > 1 else [(name, None, None)], text=str(several), limit="≥ 2"
        )
    highest = max(heights, key=lambda text: _size(text)[1], default="")
    collector.should(
        "A9.10",
        [] if heights.count(highest) > 1 else [(name, None, None)],
        text=f"{heights.count(highest)} × {highest}",
        limit="≥ 2",
    )
    independent = top.independent or all(item.playlist.independent for item in variants if item.playlist)
    collector.should("A9.11", [] if independent else [(name, None, None)])
    _weights(collector, variants)
    _words(collector, variants)
    _groups(collector, top)
    shapes = [_size(text)[0] / _size(text)[1] for text in heights if _size(text)[1]]
    collector.should(
        "A1.33",
        [(name, None, None)] if shapes and max(shapes) - min(shapes) > ASPECT_SLACK * max(shapes) else [],
        text=" ".join(heights),
    )
    _iframes(collector, variants)


def _versions(collector: CheckCollector, top: MultivariantPlaylist) -> None:
    """What each playlist's tags need (RFC 8216 clause 7)."""
    said = [(collector.ladder.name, top.version, top.needed)]
    said += [
        (item.uri, item.playlist.version, item.playlist.needed) for item in collector.ladder.renditions if item.playlist
    ]
    wrong = [row for row in said if row[1] < row[2]]
    places: list[RenditionPlace] = [(uri, None, None) for uri, _, _ in wrong]
    text, limit = (str(wrong[0][1]), f"≥ {wrong[0][2]}") if wrong else (None, None)
    collector.must("R7", places, text=text, limit=limit)


def _weights(collector: CheckCollector, variants: Iterable[Rendition]) -> None:
    absent: dict[str, list[RenditionPlace]] = {"BANDWIDTH": [], "AVERAGE-BANDWIDTH": []}
    off: dict[str, list[RenditionPlace]] = {"BANDWIDTH": [], "AVERAGE-BANDWIDTH": []}
    far: dict[str, float] = {"BANDWIDTH": 0.0, "AVERAGE-BANDWIDTH": 0.0}
    burst: list[RenditionPlace] = []
    most = 0.0
    heavy: list[RenditionPlace] = []
    light = False
    for number, item in enumerate(variants):
        measured = _together(collector, item)
        for index, key in enumerate(absent):
            declared = item.entry.attributes.get(key, "") if item.entry else ""
            if not declared.isdigit():
                if item.entry and item.entry.torn:  # R 4 tells
                    continue
                absent[key].append((item.uri, None, None))
            elif measured:
                share = measured[index] / int(declared) - 1 if int(declared) else 1.0
                far[key] = max(far[key], share, -share)
                if abs(share) > SLACK:
                    off[key].append((item.uri, None, None))
        if measured:
            most = max(most, measured[0] / measured[1])
            burst += [(item.uri, None, None)] if measured[0] > MOST_OVER_AVERAGE * measured[1] else []
            heavy += [(item.uri, None, None)] if number == 0 and measured[0] > FIRST_BPS else []
            light |= measured[0] <= CELLULAR_BPS
    collector.must("A9.13", absent["BANDWIDTH"])
    collector.must("A1.27", off["BANDWIDTH"], value=100 * far["BANDWIDTH"], unit="%", limit="≤ 10")
    collector.must("A9.14", absent["AVERAGE-BANDWIDTH"])
    collector.must("A1.26", off["AVERAGE-BANDWIDTH"], value=100 * far["AVERAGE-BANDWIDTH"], unit="%", limit="≤ 10")
    collector.should("A1.30", burst, value=100 * most, unit="%", limit="≤ 200")
    collector.should("A1.32", heavy, limit=f"≤ {FIRST_BPS // 1000} kbit/s")
    if light:
        collector.must("A9.21", [])
    else:
        collector.skip("A9.21", "no_cellular")


def _together(collector: CheckCollector, item: Rendition) -> tuple[int, int] | None:
    """A variant with the heaviest sound and subtitles that can go with it (A 9.13); None where any is not known."""
    own = item.weight
    if own is None or item.entry is None:
        return own
    peak, average = own
    for role, kind in (("audio", "AUDIO"), ("subtitles", "SUBTITLES")):
        group = item.entry.attributes.get(kind)
        beside = [
            other.weight
            for other in collector.ladder.by_role(role)
            if other.entry and group and other.entry.attributes.get("GROUP-ID") == group
        ]
        if None in beside or (group and not _has_group(collector, kind, group)):
            return None  # what is not there, or not looked into, may be the heaviest; that is told by itself
        known = [pair for pair in beside if pair]
        peak += max((pair[0] for pair in known), default=0)
        average += max((pair[1] for pair in known), default=0)
    return peak, average


def _has_group(collector: CheckCollector, kind: str, group: str) -> bool:
    rows = collector.ladder.top.renditions if collector.ladder.top else ()
    return any((row.attributes.get("TYPE"), row.attributes.get("GROUP-ID")) == (kind, group) for row in rows)


def _teller(variants: Iterable[Rendition], clause: str) -> str:
    """The check that tells of an attribute that is not there: that of the form, where a list can't be read."""
    return "R4" if any(item.entry and item.entry.torn for item in variants) else clause


def _words(collector: CheckCollector, variants: Iterable[Rendition]) -> None:
    """CODECS, RESOLUTION, FRAME-RATE and VIDEO-RANGE of variants and I-frame playlists."""
    names: dict[str, list[RenditionPlace]] = {"CODECS": [], "RESOLUTION": [], "FRAME-RATE": [], "VIDEO-RANGE": []}
    text: dict[str, str | None] = dict.fromkeys(names)
    for item in (*variants, *collector.ladder.by_role("iframes")):
        coding = item.measured.coding if item.measured else None
        if coding is None or item.entry is None or item.entry.torn:
            continue
        attributes = item.entry.attributes
        group = attributes.get("AUDIO")
        beside = [
            other
            for other in collector.ladder.by_role("audio")
            if group and other.entry and other.entry.attributes.get("GROUP-ID") == group
        ]
        sounds = {other.measured.coding.name for other in beside if other.measured and other.measured.coding}
        inside = {sound.name for sound in item.measured.sounds} if item.measured else set()
        heard = {coding.name, *sounds, *inside}
        codecs = [word.strip() for word in attributes.get("CODECS", "").split(",") if word.strip()]
        said, known = {_same(word) for word in codecs if word != "wvtt"}, {_same(word) for word in heard}
        # what is encrypted or was not seen may be of any codec
        unknown = any(other.is_partly_known or other.measured is None or not other.is_whole for other in beside)
        unknown |= bool(group) and not _has_group(collector, "AUDIO", group or "")
        if known - said or (said - known and not unknown):
            names["CODECS"].append((item.uri, None, None))
            text["CODECS"] = f"{','.join(codecs) or '–'} ≠ {','.join([coding.name, *sorted(heard - {coding.name})])}"
        if _size(attributes.get("RESOLUTION", "")) != (coding.width, coding.height):
            names["RESOLUTION"].append((item.uri, None, None))
            text["RESOLUTION"] = f"{attributes.get('RESOLUTION', '–')} ≠ {coding.width}x{coding.height}"
        ranged = {16: "PQ", 18: "HLG"}.get(coding.transfer or 0, "SDR")
        if attributes.get("VIDEO-RANGE", "SDR") != ranged:
            names["VIDEO-RANGE"].append((item.uri, None, None))
            text["VIDEO-RANGE"] = f"{attributes.get('VIDEO-RANGE', 'SDR')} ≠ {ranged}"
        rate = attributes.get("FRAME-RATE")
        moving = item.role == "variant" and coding.kind == "video"
        if moving and (rate is None or abs(_number(rate) - (coding.frame_rate or 0)) > 0.01):
            names["FRAME-RATE"].append((item.uri, None, None))
            text["FRAME-RATE"] = f"{rate or '–'} ≠ {coding.frame_rate or 0:.3f}"
    for clause, key in (
        ("A9.1-4.codecs", "CODECS"),
        ("A9.1-4.resolution", "RESOLUTION"),
        ("A9.15", "FRAME-RATE"),
        ("A9.16", "VIDEO-RANGE"),
    ):
        collector.must(clause, names[key], text=text[key])


def _groups(collector: CheckCollector, top: MultivariantPlaylist) -> None:
    """Rendition groups: that there are those that variants name, each with languages, names and one default."""
    places: list[RenditionPlace] = []
    mute: list[RenditionPlace] = []
    made: dict[tuple[str, str], list[dict[str, str]]] = {}
    for entry in top.renditions:
        attributes = dict(entry.attributes)
        made.setdefault((attributes.get("TYPE", ""), attributes.get("GROUP-ID", "")), []).append(attributes)
        if attributes.get("TYPE") in ("AUDIO", "SUBTITLES") and not attributes.get("LANGUAGE"):
            mute.append((entry.uri or attributes.get("NAME", ""), None, None))
    for rows in made.values():
        names = Counter(row.get("NAME") for row in rows)
        if max(names.values()) > 1 or sum(row.get("DEFAULT") == "YES" for row in rows) > 1:
            places.append((rows[0].get("URI", collector.ladder.name), None, None))
    for item in top.variants:
        for kind in ("AUDIO", "SUBTITLES"):
            group = item.attributes.get(kind)
            if group is not None and (kind, group) not in made:
                places.append((item.uri or "", None, None))
    collector.must("R4.3.4.1", places)
    collector.must("A8.9", mute)
    languages = {
        entry.attributes.get("LANGUAGE") for entry in top.renditions if entry.attributes.get("TYPE") == "AUDIO"
    }
    inside = [entry for entry in top.renditions if entry.attributes.get("TYPE") == "AUDIO" and not entry.uri]
    collector.must("A9.7", [(collector.ladder.name, None, None)] if len(languages) > 1 and inside else [])


def _iframes(collector: CheckCollector, variants: Iterable[Rendition]) -> None:
    pictured = [
        item for item in variants if item.measured and item.measured.coding and item.measured.coding.kind == "video"
    ]
    have = collector.ladder.by_role("iframes")
    collector.must("A6.1", [(collector.ladder.name, None, None)] if pictured and not have else [], text=str(len(have)))


def _same(name: str) -> str:
    """AAC for old and new decoders is of one kind: a stream's headers may not tell which (ISO/IEC 14496-3 1.6.5)."""
    return "mp4a.40.2" if name.lower() in ("mp4a.40.5", "mp4a.40.29") else name.lower()


def _size(text: str) -> tuple[int, int]:
    width, _, height = text.partition("x")
    return (int(width), int(height)) if width.isdigit() and height.isdigit() else (0, 0)


def _number(text: str) -> float:
    try:
        return float(text)
    except ValueError:
        return 0.0
