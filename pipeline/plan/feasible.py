"""Profiles that can't work are found before anything is encoded: levels, rates, buffers, segments."""

from __future__ import annotations

from dataclasses import dataclass, field

from pipeline.model.profile import (
    AudioOnly,
    AudioSettings,
    CbrVideo,
    CrfVideo,
    Hls,
    Mezzanine,
    Mp4,
    Poster,
    Profile,
    ProfileWithAudio,
    Sprite,
    TransportStream,
)
from pipeline.plan import codecs, mux_budget
from pipeline.yamlio import Location

MOST_ASPECT = 65_535  # H.264 E.1.1: sar_width and sar_height have 16 bits
JPEG_SIDE = 65_500  # ITU-T T.81: sizes are 16 bits; libjpeg's own bound
MOST_RATE = 60  # what `rate: source` may turn out to be
_MP2_KBPS = (32, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320, 384)  # ISO 11172-3, layer II
_MP3_KBPS = (32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)  # layer III
_AC3_KBPS = (96, 112, 128, 160, 192, 224, 256, 320, 384, 448, 512, 576, 640)  # ATSC A/52 table 5.18, stereo
_AUDIO_CODECS = {
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
        found += _audio(profile.form, profile.audio)
    match profile:
        case TransportStream():
            video = profile.video
            buffer_kbit = video.bitrate_kbps * video.buffer_ms // 1000
            found += _level(video, _Load("bitrate_kbps", video.bitrate_kbps, buffer_kbit, profile.rate, profile.scan))
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
            quality = codecs.quality_of_file(profile.video)
            rate = MOST_RATE if profile.rate == "source" else profile.rate
            load = _Load("maxrate_kbps", quality.maxrate_kbps, quality.buffer_kbit, rate, profile.scan)
            found += _level(profile.video, load)
        case Sprite():
            rows = -(-profile.most // profile.columns)
            if max(profile.columns * profile.width, rows * profile.height) > JPEG_SIDE:
                found.append(ProfileFault(("most",), "sheet_too_large", {"most": JPEG_SIDE}))
        case Mezzanine() | AudioOnly() | Poster():
            pass
    return found


@dataclass(frozen=True)
class _Load:
    """What a level must bear besides the frame: kbit/s (in the profile's field of this name) and kbit of buffer, frames
    a second, and how they are scanned."""

    field: str
    bitrate_kbps: int
    buffer_kbit: int
    rate: int
    scan: str


def _level(video: CbrVideo | CrfVideo, load: _Load) -> list[ProfileFault]:
    """Annex A of the codec: the level must hold the frame, the frames a second, the rate and its buffer, and fields
    where those are coded."""
    codec, limits, level = codecs.ENCODERS[video.codec].codec, codecs.level_limits(video), video.level
    if limits is None:
        return []
    found = []
    area = codec.area(video.width, video.height)
    if area > limits.area:
        size = f"{video.width}x{video.height}"
        found.append(ProfileFault(("video", "level"), "level_too_low_size", {"size": size, "level": level}))
    elif area * load.rate > limits.area_rate:
        found.append(ProfileFault(("video", "level"), "level_too_low_rate", {"rate": load.rate, "level": level}))
    at = ("video", load.field)
    if load.bitrate_kbps > limits.bitrate_kbps:
        found.append(ProfileFault(at, "level_too_low_bits", {"most": round(limits.bitrate_kbps), "level": level}))
    elif load.buffer_kbit > limits.buffer_kbit:
        found.append(ProfileFault(at, "level_too_low_buffer", {"most": round(limits.buffer_kbit), "level": level}))
    if load.scan != "progressive" and not limits.fields:
        found.append(ProfileFault(("video", "level"), "level_has_no_fields", {"level": level}))
    return found


def _audio(form: str, settings: AudioSettings) -> list[ProfileFault]:
    found = []
    if settings.codec not in _AUDIO_CODECS[form]:
        found.append(ProfileFault(("audio", "codec"), "codec_not_in_form", {"known": ", ".join(_AUDIO_CODECS[form])}))
    rates = {"mp2": _MP2_KBPS, "mp3": _MP3_KBPS, "ac3": _AC3_KBPS}.get(settings.codec)
    if settings.codec == "pcm":
        if settings.bitrate_kbps is not None:
            found.append(ProfileFault(("audio", "bitrate_kbps"), "pcm_has_no_rate"))
    elif settings.bitrate_kbps is None:
        found.append(ProfileFault(("audio",), "bitrate_missing"))
    elif rates and settings.bitrate_kbps not in rates:
        found.append(
            ProfileFault(("audio", "bitrate_kbps"), "bitrate_not_in_layer", {"known": ", ".join(map(str, rates))})
        )
    elif settings.codec == "aac" and not 32 <= settings.bitrate_kbps <= 512:
        found.append(ProfileFault(("audio", "bitrate_kbps"), "bitrate_not_in_layer", {"known": "32…512"}))
    return found
