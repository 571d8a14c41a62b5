"""Profiles that can't work are found before anything is encoded: levels, rates, buffers, segments."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.media.avc import HIGH, LEVELS
from pipeline.model.profile import (
    AudioOnly,
    AudioSettings,
    Hls,
    Mezzanine,
    Mp4,
    Poster,
    Profile,
    ProfileWithAudio,
    Sprite,
    TransportStream,
)
from pipeline.plan import mux_budget
from pipeline.yamlio import Location

MOST_ASPECT = 65_535  # H.264 E.1.1: sar_width and sar_height have 16 bits
JPEG_SIDE = 65_500  # ITU-T T.81: sizes are 16 bits; libjpeg's own bound
MOST_RATE = 60  # what `rate: source` may turn out to be
_MP2_KBPS = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)  # ISO 11172-3, layer II
_MP3_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # layer III
_AC3_KBPS = (96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)  # ATSC A/52 table 5.18, stereo
_CODECS = {
    "mpegts": ("mp2", "aac", "ac3"),
    "hls": ("aac",),
    "mp4": ("aac",),
    "mezzanine": ("pcm",),
    "audio": ("aac", "mp3"),
}


@dataclass(frozen=True)
class ProfileFault:
    """One value that can't be; `kind` is a key of the catalogue's `problem`."""

    location: Location
    kind: str
    values: dict[str, object] = field(default_factory=dict)


def faults(profile: Profile) -> list[ProfileFault]:
    """Everything about a profile that would fail, or be refused by every decoder. Pure."""
    found: list[ProfileFault] = []
    if isinstance(profile, ProfileWithAudio):
        found += _sound(profile.form, profile.audio)
    match profile:
        case TransportStream():
            video = profile.video
            buffer_kbit = video.bitrate_kbps * video.buffer_ms // 1000
            found += _level(
                ("video",),
                video.width,
                video.height,
                profile.rate,
                video.profile,
                video.level,
                video.bitrate_kbps,
                buffer_kbit,
                "bitrate_kbps",
            )
            found += _fields(profile.scan, video.level)
            if max(map(int, video.sample_aspect.split(":"))) > MOST_ASPECT:
                found.append(ProfileFault(("video", "sample_aspect"), "aspect_too_large", {"most": MOST_ASPECT}))
            budget = mux_budget.mux_budget_for(profile)
            asked = profile.mux.muxrate_kbps
            if asked is not None and asked * 1000 < budget.needed_bps:
                found.append(
                    ProfileFault(("mux", "muxrate_kbps"), "mux_too_low", {"needed": budget.needed_bps // 1000})
                )
        case Hls():
            names = [rung.name for rung in profile.rungs]
            for index, name in enumerate(names):
                if name == "audio" or name in names[:index]:
                    found.append(ProfileFault(("rungs", index, "name"), "name_twice"))
            if profile.segment_s * profile.rate % profile.gop_frames:
                found.append(ProfileFault(("segment_s",), "segment_cuts_gop", {"gop": profile.gop_frames}))
        case Mp4():
            capped = profile.video
            rate = MOST_RATE if profile.rate == "source" else profile.rate
            found += _level(
                ("video",),
                capped.width,
                capped.height,
                rate,
                capped.profile,
                capped.level,
                capped.maxrate_kbps,
                2 * capped.maxrate_kbps,
                "maxrate_kbps",
            )
            found += _fields(profile.scan, capped.level)
        case Sprite():
            rows = -(-profile.most // profile.columns)
            if max(profile.columns * profile.width, rows * profile.height) > JPEG_SIDE:
                found.append(ProfileFault(("most",), "sheet_too_large", {"most": JPEG_SIDE}))
        case Mezzanine() | AudioOnly() | Poster():
            pass
    return found


def _level(
    at: Location, width: int, height: int, rate: int, profile: str, level: str, kbps: int, buffer_kbit: int, name: str
) -> list[ProfileFault]:
    """Annex A.3: the level must hold the picture, the pictures a second, the rate and its buffer."""
    bounds = LEVELS[level]
    high = HIGH if profile == "high" else 1.0
    blocks = -(-width // 16) * -(-height // 16)
    found = []
    if blocks > bounds.picture:
        found.append(ProfileFault((*at, "level"), "level_too_low_size", {"size": f"{width}x{height}", "level": level}))
    elif blocks * rate > bounds.rate:
        found.append(ProfileFault((*at, "level"), "level_too_low_rate", {"rate": rate, "level": level}))
    if kbps > bounds.bitrate_kbps * high:
        found.append(
            ProfileFault((*at, name), "level_too_low_bits", {"most": round(bounds.bitrate_kbps * high), "level": level})
        )
    elif buffer_kbit > bounds.buffer_kbit * high:
        found.append(
            ProfileFault(
                (*at, name), "level_too_low_buffer", {"most": round(bounds.buffer_kbit * high), "level": level}
            )
        )
    return found


def _fields(scan: str, level: str) -> list[ProfileFault]:
    """Table A-4: frame_mbs_only_flag must be 1 from level 4.2 on."""
    if scan != "progressive" and not LEVELS[level].fields:
        return [ProfileFault(("video", "level"), "level_has_no_fields", {"level": level})]
    return []


def _sound(form: str, sound: AudioSettings) -> list[ProfileFault]:
    found = []
    if sound.codec not in _CODECS[form]:
        found.append(ProfileFault(("audio", "codec"), "codec_not_in_form", {"known": ", ".join(_CODECS[form])}))
    rates = {"mp2": _MP2_KBPS, "mp3": _MP3_KBPS, "ac3": _AC3_KBPS}.get(sound.codec)
    if sound.codec == "pcm":
        if sound.bitrate_kbps is not None:
            found.append(ProfileFault(("audio", "bitrate_kbps"), "pcm_has_no_rate"))
    elif sound.bitrate_kbps is None:
        found.append(ProfileFault(("audio",), "bitrate_missing"))
    elif rates and sound.bitrate_kbps not in rates:
        found.append(
            ProfileFault(("audio", "bitrate_kbps"), "bitrate_not_in_layer", {"known": ", ".join(map(str, rates))})
        )
    elif sound.codec == "aac" and not 32 <= sound.bitrate_kbps <= 512:
        found.append(ProfileFault(("audio", "bitrate_kbps"), "bitrate_not_in_layer", {"known": "32…512"}))
    return found
