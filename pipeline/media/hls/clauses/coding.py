"""How pictures and sound are coded."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from pipeline.media.codecs.avc import AVC
from pipeline.media.codecs.codec import SequenceParameters, VideoCodec
from pipeline.media.codecs.hevc import HEVC
from pipeline.media.hls.check_collector import CheckCollector, RenditionPlace
from pipeline.media.hls.ladder import Rendition
from pipeline.media.hls.measured import Coding

NATURAL = (23.976, 24.0, 25.0, 29.97, 30.0, 50.0, 59.94, 60.0)  # A 1.18
SOUND_BPS = (32_000, 160_000)  # A 2.9, stereo AAC
_PICTURE, _SOUND = ("avc1", "avc3", "hvc1", "hev1"), ("mp4a.40.2", "mp4a.40.5", "ac-3", "ec-3")


@dataclass(frozen=True)
class _Bound:
    """The highest level that devices decode, and of which profiles and tier; None is any."""

    level: float
    profiles: tuple[str, ...] | None = None
    tier: str | None = None

    def holds(self, found: SequenceParameters) -> bool:
        within = self.profiles is None or found.profile in self.profiles
        return within and float(found.level) <= self.level and self.tier in (None, found.tier)


@dataclass(frozen=True)
class _Devices:
    """Apple's clauses about a codec: what every variant must keep to, and some variant should."""

    codec: VideoCodec
    must: str
    highest: _Bound
    should: str
    fitting: _Bound


_MAIN = ("main", "main10")
_DEVICES = (
    _Devices(AVC, "A1.3", _Bound(5.2), "A1.3a", _Bound(4.1)),
    _Devices(HEVC, "A1.6", _Bound(5.1, _MAIN), "A1.6a", _Bound(4.0, _MAIN, "main")),
)


def judge_coding(collector: CheckCollector) -> None:
    """Every clause about codecs, levels and rates."""
    pictured = [
        item
        for item in collector.ladder.by_role("variant")
        if item.measured and item.measured.coding and item.measured.coding.kind == "video"
    ]
    strange = [
        item
        for item in collector.ladder.renditions
        if _name(item) and not all(name.startswith((*_PICTURE, *_SOUND, "wvtt")) for name in _names(item))
    ]
    strange += _unheld(pictured)
    collector.must("A1.1", _places(strange), text=",".join(_names(strange[0])) if strange else None)
    collector.must(
        "A1.5",
        _places(
            [
                item
                for item in pictured
                if item.measured and item.measured.container == "ts" and not _name(item).startswith("avc")
            ]
        ),
    )
    collector.should("A1.10", _places([item for item in pictured if _name(item).startswith(("avc3", "hev1"))]))
    _levels(collector, pictured)
    fields = [item for item in pictured if item.measured and item.measured.coding and item.measured.coding.interlaced]
    collector.must("A1.14", _places(fields))
    # known where pictures could be read
    rates = {item.uri: coding.frame_rate for item in pictured if (coding := _coding(item)) and coding.frame_rate}
    timed = [item for item in pictured if item.uri in rates]
    odd = [item for item in timed if min(abs(rates[item.uri] - rate) for rate in NATURAL) > 0.01]
    collector.should("A1.18", _places(odd), text=", ".join(f"{rate:g}" for rate in sorted(set(rates.values()))))
    collector.must("A1.19", _places([item for item in timed if rates[item.uri] > 60.01]))
    colours = {item.measured.coding.transfer for item in pictured if item.measured and item.measured.coding}
    collector.should("A1.21", _places(pictured[:1]) if len(colours) > 1 else [])
    _sound(collector)
    joined = [item for item in pictured if item.measured and item.measured.sounds and item.measured.container == "fmp4"]
    if joined:  # a transport stream is made to carry both: nobody minds there
        collector.should("A9.5", _places(joined))


def _unheld(pictured: Sequence[Rendition]) -> list[Rendition]:
    """Those whose declared level does not hold their own pictures: no stream of their codec."""
    return [
        item
        for item in pictured
        if (coding := _coding(item))
        and coding.codec
        and coding.parameters
        and not coding.codec.is_held(coding.parameters, coding.frame_rate or 0)
    ]


def _levels(collector: CheckCollector, pictured: Sequence[Rendition]) -> None:
    """What devices decode, clause by clause of each codec, and that no level is higher than it need be."""
    known = {
        item.uri: (coding.codec, coding.parameters)
        for item in pictured
        if (coding := _coding(item)) and coding.codec and coding.parameters
    }
    for devices in _DEVICES:
        found = {uri: parameters for uri, (codec, parameters) in known.items() if codec is devices.codec}
        if not found:
            if devices.codec is AVC:  # a ladder without another codec says nothing of it
                collector.skip(devices.must, "not_h264")
                collector.skip(devices.should, "not_h264")
            continue
        text = _told(found.values())
        beyond = [(uri, None, None) for uri, parameters in found.items() if not devices.highest.holds(parameters)]
        collector.must(devices.must, beyond, text=text)
        fitting = any(map(devices.fitting.holds, found.values()))
        collector.should(devices.should, [] if fitting else [(collector.ladder.name, None, None)], text=text)
    if not known:
        collector.skip("A1.11", "not_h264")
        return
    above = [item for item in pictured if item.uri in known and _is_above(item, *known[item.uri])]
    collector.should("A1.11", _places(above), text=_told(parameters for _, parameters in known.values()))


def _is_above(item: Rendition, codec: VideoCodec, found: SequenceParameters) -> bool:
    """Whether the level is higher than what is measured needs. One step is what a cap on the rate may ask for where the
    pictures themselves do not."""
    coding, heavy = _coding(item), item.weight
    if coding is None or heavy is None or found.level not in codec.levels:
        return False
    needed = codec.needed_level(found, coding.frame_rate or 25, heavy[0])
    return codec.levels.index(found.level) > codec.levels.index(needed) + 1


def _told(found: Iterable[SequenceParameters]) -> str:
    """Each level once, with the profile and tier where the codec has tiers."""
    return ", ".join(
        sorted({f"{item.profile}@{item.level} {item.tier}" if item.tier else item.level for item in found})
    )


def _sound(collector: CheckCollector) -> None:
    listed = [item for item in collector.ladder.by_role("audio") if item.measured and item.measured.coding]
    if not listed:
        collector.skip("A2.3", "no_sound_apart")
        collector.skip("A2.9", "no_sound_apart")
        return
    plain = [
        item
        for item in listed
        if _name(item) in _SOUND[:2]
        and item.measured
        and item.measured.coding
        and item.measured.coding.channels in (2, None)
    ]
    collector.must("A2.3", [] if plain else _places(listed[:1]))
    weights = {item.uri: pair[1] for item in plain if (pair := item.weight)}
    off = [(uri, None, None) for uri, rate in weights.items() if not SOUND_BPS[0] * 0.9 <= rate <= SOUND_BPS[1] * 1.1]
    collector.should("A2.9", off, value=max(weights.values(), default=0) / 1000, unit="kbit/s", limit="32 … 160")


def _name(item: Rendition) -> str:
    return item.measured.coding.name if item.measured and item.measured.coding else ""


def _names(item: Rendition) -> tuple[str, ...]:
    """Of everything in it."""
    return (_name(item), *(sound.name for sound in item.measured.sounds)) if item.measured else ()


def _coding(item: Rendition) -> Coding | None:
    return item.measured.coding if item.measured else None


def _places(items: Sequence[Rendition]) -> list[RenditionPlace]:
    return [(item.uri, None, None) for item in items]
