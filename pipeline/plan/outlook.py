"""What will be made of a film of which the length and the lines are known alone: for a forecast. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from fractions import Fraction

from pipeline.model.profile import AudioOnly, Hls, Mezzanine, Mp4, Profile, TransportStream
from pipeline.model.profile_set import ProfileSet
from pipeline.plan import mux_budget

CAPPED_SHARE = 0.6  # what constant quality leaves of its cap in an ordinary film
SHAPE = Fraction(16, 9)
RATE = 25  # where a profile keeps the source's
PRORES_KBPS = 184_000  # 1080p25 in 422 HQ (Apple's ProRes white paper)


def profiles(lines: int, wanted: ProfileSet, given: Sequence[Profile], subtitles: int = 0) -> list[Profile]:
    """Those of a set that a film of so many lines gets, and once more for each of its subtitles where they are drawn
    in; what is known only when it was measured counts as given."""
    found = []
    for item, profile in zip(wanted.profiles, given, strict=True):
        least, most = item.when.min_lines or 0, item.when.max_lines or lines
        if least <= lines <= most and (lines or isinstance(profile, AudioOnly)):
            found += [profile] * (1 + subtitles if item.burn and isinstance(profile, TransportStream) else 1)
    return found


def pixels(profile: Profile, lines: int, length_s: float) -> int:
    """That are encoded."""
    match profile:
        case TransportStream():
            return round(profile.video.width * profile.video.height * profile.rate * length_s)
        case Hls():
            fitting = [rung for rung in profile.rungs if rung.height <= lines and not rung.spare]
            return round(sum(rung.width * rung.height for rung in fitting) * profile.rate * length_s)
        case Mp4() | Mezzanine():
            height = min(lines, profile.video.height) if isinstance(profile, Mp4) else lines
            rate = RATE if profile.rate == "source" else profile.rate
            return round(height * height * SHAPE * rate * length_s)
    return 0


def size(profile: Profile, lines: int, length_s: float) -> int:
    """Bytes."""
    match profile:
        case TransportStream():
            kbps: float = mux_budget.mux_budget_for(profile).muxrate_bps / 1000
        case Hls():
            rungs = [rung for rung in profile.rungs if rung.height <= lines and not rung.spare]
            kbps = CAPPED_SHARE * sum(rung.maxrate_kbps for rung in rungs) + (profile.audio.bitrate_kbps or 0)
        case Mp4():
            kbps = CAPPED_SHARE * profile.video.maxrate_kbps + (profile.audio.bitrate_kbps or 0)
        case Mezzanine():
            kbps = PRORES_KBPS * (lines / 1080) ** 2
        case AudioOnly():
            kbps = profile.audio.bitrate_kbps or 0
        case _:
            return 0
    return round(kbps * 1000 / 8 * length_s)
