"""What is heard of a delivery against what was put in: languages, channels, levels, and the moments of the gaps."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import numpy as np

from benchmarks.sources.decode import RATE_HZ, Delivered, Track
from benchmarks.sources.source import Heard, Shown
from benchmarks.sources.tones import GAP_LONG_S, Samples

EARLY_S, LATE_S = 0.09, 0.185  # ITU-R BT.1359: acceptable
NOT_HEARD_DB = -40.0
PRESENT_DB = -20.0
HZ_OFF = 0.025
UNSAID = ("", "und", "zho")  # zho is what a submission says that says nothing
SILENT = 10 ** (-60 / 20)


def sound_faults(delivered: Delivered, shown: Shown, origin_s: float, gaps_at_s: Sequence[float]) -> list[str]:
    """All faults of all tracks.

    Args:
        origin_s: the time in the delivery at which the content's `start_s` is shown.
        gaps_at_s: the times in the delivery at which the picture of each gap is shown.
    """
    tracks = delivered.tracks
    if not shown.sound:
        loud = [track for track in tracks if track.samples.size and np.abs(track.samples).max() > SILENT]
        return ["there is sound in a silent film"] if loud else []
    faults = []
    said = [track.language for track in tracks]
    pairs = [(heard, _track_of(heard, tracks)) for heard in shown.sound]
    if len(said) != len(pairs) or any(track is None for _, track in pairs):
        faults.append(f"languages are {said}, not {[heard.language for heard in shown.sound]}")
    for heard, track in pairs:
        if track is None:
            continue
        name = heard.language or "sound"
        faults += [f"{name}: {fault}" for fault in _track_faults(track, heard, shown, origin_s)]
        faults += [f"{name}: {fault}" for fault in _gap_faults(track, shown, gaps_at_s)]
    return faults


def _track_of(heard: Heard, tracks: Sequence[Track]) -> Track | None:
    """The track of a language, wherever it stands: which one is in front is the submission's word, not the film's."""
    said = (heard.language,) if heard.language else UNSAID
    return next((track for track in tracks if track.language in said), None)


def windows(shown: Shown) -> dict[str, tuple[float, float]]:
    """Stretches of the content without a gap."""
    start, end = shown.start_s, shown.end_s
    middle = (start + end) / 2
    return {"start": (start + 0.2, start + 0.6), "middle": (middle - 0.3, middle + 0.3), "end": (end - 0.6, end - 0.2)}


def told_once(found: Iterable[tuple[str, str]]) -> list[str]:
    """Places and faults, with each fault told once for all its places; a digit makes no other fault."""
    kinds: dict[str, tuple[str, list[str]]] = {}
    for place, fault in found:
        kinds.setdefault(re.sub(r"\d+", "", fault), (fault, []))[1].append(place)
    return [f"{', '.join(dict.fromkeys(places))}: {fault}" for fault, places in kinds.values()]


def _track_faults(track: Track, heard: Heard, shown: Shown, origin_s: float) -> list[str]:
    faults: list[tuple[str, str]] = []
    for name, (since, until) in windows(shown).items():
        shift = origin_s - shown.start_s - track.start_s + shown.sound_late_s
        part = _cut(track.samples, since + shift, until + shift)
        if not part.size or np.abs(part).max() < SILENT:
            faults.append((name, "nothing is heard"))
            continue
        for side, channel, hz in zip(("left", "right"), part.T, heard.hz, strict=True):
            faults += [(name, f"{side} {fault}") for fault in _side_faults(channel, hz, heard, shown)]
    return told_once(faults)


def _side_faults(channel: Samples, hz: float, heard: Heard, shown: Shown) -> list[str]:
    strongest, levels = spectrum(channel)
    faults = []
    if hz and abs(strongest / hz - 1) > HZ_OFF:
        faults.append(f"is {strongest:.0f} Hz, not {hz:.0f}")
    for other in shown.unheard_hz:
        if (loud := level(levels, other)) > NOT_HEARD_DB:
            faults.append(f"has {other:.0f} Hz at {loud:.0f} dB of the strongest")
    return faults + [f"has no {other:.0f} Hz" for other in heard.also_hz if level(levels, other) < PRESENT_DB]


def _cut(samples: Samples, since_s: float, until_s: float) -> Samples:
    return samples[max(0, round(since_s * RATE_HZ)) : max(0, round(until_s * RATE_HZ))]


Spectrum = tuple[np.ndarray, np.ndarray]


def spectrum(channel: Samples) -> tuple[float, Spectrum]:
    """The strongest frequency, and every frequency's level."""
    seen = np.abs(np.fft.rfft(channel * np.hanning(len(channel))))
    hz = np.fft.rfftfreq(len(channel), 1 / RATE_HZ)
    seen[hz < 40] = 0
    return float(hz[int(seen.argmax())]), (hz, seen)


def level(levels: Spectrum, hz: float) -> float:
    """A frequency's level against the strongest one, dB."""
    places, seen = levels
    near = seen[(places > hz * 0.98) & (places < hz * 1.02)]
    return float(20 * np.log10(max(near.max(initial=0.0), 1e-12) / max(float(seen.max()), 1e-12)))


def gaps(samples: Samples) -> list[float]:
    """When each short gap begins, s of the track."""
    step = RATE_HZ // 200
    whole = len(samples) // step * step
    power = np.sqrt((samples[:whole] ** 2).mean(axis=1).reshape(-1, step).mean(axis=1))
    quiet = power < 0.35 * float(np.median(power))
    edges = np.flatnonzero(np.diff(np.concatenate(([0], quiet.astype(np.int8), [0]))))
    runs = zip(edges[::2], edges[1::2], strict=True)
    return [start / 200 for start, end in runs if 0.5 * GAP_LONG_S <= (end - start) / 200 <= 2 * GAP_LONG_S]


def _gap_faults(track: Track, shown: Shown, gaps_at_s: Sequence[float]) -> list[str]:
    found = [start + track.start_s for start in gaps(track.samples)]
    faults = []
    for content, at in zip(shown.gaps_s, gaps_at_s, strict=True):
        near = min(found, key=lambda time: abs(time - at - shown.sound_late_s), default=None)
        if near is None or abs(near - at - shown.sound_late_s) > 0.6:
            faults.append(f"the gap at {content:.2f} s is not heard")
        elif not -EARLY_S <= (late := near - at - shown.sound_late_s) <= LATE_S:
            faults.append(f"at {content:.2f} s the sound is {late * 1000:+.0f} ms late")
    return faults
