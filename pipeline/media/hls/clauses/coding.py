"""How pictures and sound are coded."""

from __future__ import annotations

from pipeline.media import avc
from pipeline.media.hls.check_collector import CheckCollector, Found
from pipeline.media.hls.ladder import Rendition

NATURAL = (23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0)  # A 1.18
HIGHEST, FITTING = 52, 41  # A 1.3: H.264 levels; A 1.3a: what some variant should keep to
SOUND_BPS = (32_000, 160_000)  # A 2.9, stereo AAC
_PICTURE, _SOUND = ("avc1", "avc3", "hvc1", "hev1"), ("mp4a.40.2", "mp4a.40.5", "ac-3", "ec-3")


def judge_coding(judge: CheckCollector) -> None:
    """Every clause about codecs, levels and rates."""
    pictured = [
        item
        for item in judge.ladder.by_role("variant")
        if item.measured and item.measured.coding and item.measured.coding.kind == "video"
    ]
    strange = [
        item
        for item in judge.ladder.renditions
        if _name(item) and not _name(item).startswith((*_PICTURE, *_SOUND, "wvtt"))
    ]
    judge.must("A1.1", _places(strange), text=_name(strange[0]) if strange else None)
    judge.must(
        "A1.5",
        _places(
            [
                item
                for item in pictured
                if item.measured and item.measured.container == "ts" and not _name(item).startswith("avc")
            ]
        ),
    )
    judge.should("A1.10", _places([item for item in pictured if _name(item).startswith(("avc3", "hev1"))]))
    _levels(judge, pictured)
    fields = [item for item in pictured if item.measured and item.measured.coding and item.measured.coding.interlaced]
    judge.must("A1.14", _places(fields))
    rates = {
        item.uri: item.measured.coding.frame_rate or 0.0 for item in pictured if item.measured and item.measured.coding
    }
    odd = [item for item in pictured if min(abs(rates[item.uri] - rate) for rate in NATURAL) > 0.01]
    judge.should("A1.18", _places(odd), text=", ".join(f"{rate:g}" for rate in sorted(set(rates.values()))))
    judge.must("A1.19", _places([item for item in pictured if rates[item.uri] > 60.01]))
    colours = {item.measured.coding.transfer for item in pictured if item.measured and item.measured.coding}
    judge.should("A1.21", _places(pictured[:1]) if len(colours) > 1 else [])
    _sound(judge)


def needed_level(sps: avc.Sps, rate: float, peak_bps: int) -> str:
    """The lowest H.264 level that holds these pictures at this rate (tables A-1 and A-4)."""
    factor = avc.FACTORS.get(sps.profile, 1.0)
    held = (sps.vui.buffered_frames or sps.references) * sps.blocks
    for name, level in avc.LEVELS.items():
        fits = level.picture >= sps.blocks and level.rate >= sps.blocks * rate and level.buffer >= held
        if fits and level.bitrate_kbps * 1000 * factor >= peak_bps:
            return name
    return "6.2"


def _levels(judge: CheckCollector, pictured: list[Rendition]) -> None:
    known = {
        item.uri: item.measured.coding.sps
        for item in pictured
        if item.measured and item.measured.coding and item.measured.coding.sps
    }
    if not known:
        for clause in ("A1.3", "A1.3a", "A1.11"):
            judge.skip(clause, "not_h264")
        return
    numbers = {uri: int(float(sps.level) * 10 + 0.5) for uri, sps in known.items()}
    text = ", ".join(sorted({sps.level for sps in known.values()}))
    judge.must("A1.3", [(uri, None, None) for uri, number in numbers.items() if number > HIGHEST], text=text)
    judge.should("A1.3a", [(judge.ladder.name, None, None)] if min(numbers.values()) > FITTING else [], text=text)
    above: list[Found] = []
    for item in pictured:
        sps, heavy = known.get(item.uri), item.weight
        if sps and heavy and item.measured and item.measured.coding:
            needed = needed_level(sps, item.measured.coding.frame_rate or 25, heavy[0])
            # one step is what a cap on the rate may ask for where the pictures themselves do not
            if numbers[item.uri] > int(float(needed) * 10 + 0.5) + 1:
                above.append((item.uri, None, None))
    judge.should("A1.11", above, text=text)


def _sound(judge: CheckCollector) -> None:
    listed = [item for item in judge.ladder.by_role("audio") if item.measured and item.measured.coding]
    if not listed:
        judge.skip("A2.3", "no_sound_apart")
        judge.skip("A2.9", "no_sound_apart")
        return
    plain = [
        item
        for item in listed
        if _name(item) in _SOUND[:2]
        and item.measured
        and item.measured.coding
        and item.measured.coding.channels in (2, None)
    ]
    judge.must("A2.3", [] if plain else _places(listed[:1]))
    weights = {item.uri: pair[1] for item in plain if (pair := item.weight)}
    off = [(uri, None, None) for uri, rate in weights.items() if not SOUND_BPS[0] * 0.9 <= rate <= SOUND_BPS[1] * 1.1]
    judge.should("A2.9", off, value=max(weights.values(), default=0) / 1000, unit="kbit/s", limit="32 … 160")


def _name(item: Rendition) -> str:
    return item.measured.coding.name if item.measured and item.measured.coding else ""


def _places(items: list[Rendition]) -> list[Found]:
    return [(item.uri, None, None) for item in items]
