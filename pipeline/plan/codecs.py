"""What each video codec's encoder is told, and what its pictures must be: a new codec is a row of `ENCODERS`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction

from pipeline.media.codecs.avc import AVC
from pipeline.media.codecs.codec import LevelLimits, VideoCodec
from pipeline.media.codecs.hevc import HEVC
from pipeline.model.base import Noun
from pipeline.model.plan import ExpectedVideo
from pipeline.model.profile import CbrVideo, CrfVideo, Hls, Rung
from pipeline.model.x264 import X264Search
from pipeline.plan.frame import FrameSize
from pipeline.plan.spec import Cadence, Fields, Film, field_options

_CAP_SECONDS = 2  # of a capped rate, in the decoder's buffer


@dataclass(frozen=True)
class CappedQuality:
    """Pictures of one quality, under a cap on their rate; without a level the encoder takes the lowest that holds.

    Args:
        search: what the profile says beside the preset, in the encoder's own words.
    """

    codec: str
    preset: str
    profile: str
    level: str | None
    crf: int
    maxrate_kbps: int
    gop_frames: int
    search: tuple[str, ...] = ()

    @property
    def buffer_kbit(self) -> int:
        return _CAP_SECONDS * self.maxrate_kbps

    def most_bytes(self, duration_s: float) -> int:
        """A bound on what is encoded: the buffer may be spent at once, twice the cap over its own length."""
        return int(self.maxrate_kbps * 1000 / 8 * (duration_s + 4) * 1.1)


def quality_of_file(video: CrfVideo) -> CappedQuality:
    """What an MP4's profile asks for."""
    return CappedQuality(
        video.codec,
        video.preset,
        video.profile,
        video.level,
        video.crf,
        video.maxrate_kbps,
        video.gop_frames,
        x264_search(video),
    )


def quality_of_rung(profile: Hls, rung: Rung) -> CappedQuality:
    """What a rung of a ladder asks for."""
    search = x264_search(profile, rung) if isinstance(profile, X264Search) else ()
    return CappedQuality(
        profile.codec, profile.preset, profile.profile, None, rung.crf, rung.maxrate_kbps, profile.gop_frames, search
    )


def x264_search(*settings: Noun) -> tuple[str, ...]:
    """x264's words for what is not as the preset has it; of several settings the last that says something wins."""
    names = set(X264Search.model_fields)
    said = {name: v for item in settings for name, v in item.model_dump(include=names, exclude_none=True).items()}
    return tuple(f"{name.replace('_', '-')}={int(v) if isinstance(v, bool) else v}" for name, v in said.items())


def constant_rate_options(video: CbrVideo, cadence: Cadence) -> tuple[str, ...]:
    """An encoder's words for a constant rate with a declared decoder buffer.

    Raises:
        LookupError: the codec's encoder keeps none (the profile's model takes no such codec).
    """
    words = ENCODERS[video.codec].constant_rate
    if words is None:
        raise LookupError(f"{video.codec} at a constant rate")
    return words(video, cadence)


def capped_options(quality: CappedQuality, cadence: Cadence) -> tuple[str, ...]:
    """An encoder's words for one quality under a cap.

    Raises:
        LookupError: the codec's encoder keeps none (as above).
    """
    words = ENCODERS[quality.codec].capped
    if words is None:
        raise LookupError(f"{quality.codec} at one quality")
    return words(quality, cadence)


def expected_video(settings: CappedQuality | CbrVideo, frame: FrameSize, film: Film) -> ExpectedVideo:
    """What pictures that were encoded so must measure as."""
    encoder = ENCODERS[settings.codec]
    shape = Fraction(frame.width, frame.height) * frame.sample_aspect
    return ExpectedVideo(
        codec=encoder.codec.format,
        profile=encoder.profiles[settings.profile],
        level=settings.level,
        width=frame.width,
        height=frame.height,
        display_aspect=round(float(shape), 3),
        frame_rate=round(float(film.rate), 3),
        frames=film.frames,
        frames_slack=film.cadence.slack,
        interlaced=film.cadence.interlaced,
    )


def level_limits(settings: CappedQuality | CbrVideo | CrfVideo) -> LevelLimits | None:
    """The most that the level asked for allows; None where none is asked for."""
    encoder = ENCODERS[settings.codec]
    return encoder.codec.limits(settings.level, settings.profile, encoder.tier) if settings.level else None


@dataclass(frozen=True)
class Encoder:
    """A codec's encoder: ffmpeg's name of it, MediaInfo's names of our profiles, the tier it keeps to, its words."""

    codec: VideoCodec
    name: str
    profiles: Mapping[str, str]
    tier: str
    capped: Callable[[CappedQuality, Cadence], tuple[str, ...]] | None = None
    constant_rate: Callable[[CbrVideo, Cadence], tuple[str, ...]] | None = None


def _x264_constant_rate(video: CbrVideo, cadence: Cadence) -> tuple[str, ...]:
    rate = f"{video.bitrate_kbps}k"
    return (
        *_encoder("libx264", video.preset, video.profile),
        "-level:v",
        video.level,
        "-b:v",
        rate,
        "-minrate",
        rate,
        "-maxrate",
        rate,
        "-bufsize",
        f"{video.bitrate_kbps * video.buffer_ms // 1000}k",
        *_x264_words(cadence, "nal-hrd=cbr", "aud=1", "force-cfr=1", *x264_search(video)),
        *_closed_gops(video.gop_frames),
        "-bf",
        str(video.b_frames),
        *field_options(cadence),
    )


def _x264_capped(quality: CappedQuality, cadence: Cadence) -> tuple[str, ...]:
    return (
        *_encoder("libx264", quality.preset, quality.profile),
        *(("-level:v", quality.level) if quality.level else ()),
        "-crf",
        str(quality.crf),
        "-maxrate",
        f"{quality.maxrate_kbps}k",
        "-bufsize",
        f"{quality.buffer_kbit}k",
        *_closed_gops(quality.gop_frames),
        *_x264_words(cadence, *quality.search),
        *field_options(cadence),
    )


def _x264_words(cadence: Cadence, *more: str) -> tuple[str, ...]:
    """x264's own words; whole pictures carried in fields are coded as what they are, and marked."""
    words = (*more, "fake-interlaced=1") if cadence.fields is Fields.SEGMENTED else more
    return ("-x264-params", ":".join(words)) if words else ()


def _x265_capped(quality: CappedQuality, _cadence: Cadence) -> tuple[str, ...]:
    """x265 takes its own words; one pool and one picture at a time repeat their bytes. Apple's players want hvc1, its
    parameter sets in the header (A 1.10)."""
    words = (
        f"keyint={quality.gop_frames}",
        f"min-keyint={quality.gop_frames}",
        "scenecut=0",
        "open-gop=0",
        f"vbv-maxrate={quality.maxrate_kbps}",
        f"vbv-bufsize={quality.buffer_kbit}",
        "pools=none",
        "frame-threads=1",
        "wpp=0",
        "log-level=error",
    )
    return (
        *_encoder("libx265", quality.preset, quality.profile),
        "-tag:v",
        "hvc1",
        "-crf",
        str(quality.crf),
        "-x265-params",
        ":".join(words),
    )


def _encoder(name: str, preset: str, profile: str) -> tuple[str, ...]:
    return "-c:v", name, "-preset", preset, "-profile:v", profile


def _closed_gops(frames: int) -> tuple[str, ...]:
    """Key pictures so far apart, wherever scenes change."""
    return "-g", str(frames), "-keyint_min", str(frames), "-sc_threshold", "0"


ENCODERS = {
    AVC.name: Encoder(
        AVC,
        "libx264",
        profiles={"main": "Main", "high": "High"},
        tier="",
        capped=_x264_capped,
        constant_rate=_x264_constant_rate,
    ),
    HEVC.name: Encoder(HEVC, "libx265", profiles={"main": "Main"}, tier="main", capped=_x265_capped),
}
