"""Profiles: one delivered form each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, Literal

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Discriminator,
    Field,
    RootModel,
    StringConstraints,
    Tag,
)
from pydantic_core import PydanticCustomError, PydanticKnownError

from pipeline.model.base import Noun
from pipeline.model.text import LanguageCode, Line
from pipeline.model.x264 import Preset, X264Search, X264Settings

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=32)]
Positive = Annotated[int, Field(gt=0)]
Even = Annotated[int, Field(gt=0, multiple_of=2, le=16_384)]  # what x264 takes a side
Ratio = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*:[1-9][0-9]*$")]
AvcProfile = Literal["main", "high"]
AvcLevel = Literal["3.0", "3.1", "3.2", "4.0", "4.1", "4.2", "5.0", "5.1"]
HevcProfile = Literal["main"]  # of eight bits, which is what rungs have


# EN 300 468 table 87, by ffmpeg's names
ServiceType = Literal[
    "digital_tv",
    "mpeg2_digital_hdtv",
    "advanced_codec_digital_sdtv",
    "advanced_codec_digital_hdtv",
    "hevc_digital_hdtv",
    "digital_radio",
    "advanced_codec_digital_radio",
    "teletext",
]
# options of ffmpeg that take no value: a word after one of them is a file
_FLAGS = ("-an", "-vn", "-sn", "-dn", "-y", "-n", "-shortest", "-copyts", "-start_at_zero", "-bitexact", "-re")


def _no_input(word: str) -> str:
    if word == "-i":
        raise PydanticCustomError("no_input", "can't open another input")
    return word


def _only_options(words: tuple[str, ...]) -> tuple[str, ...]:
    """No word may stand where ffmpeg would take it for a file to write."""
    before = _FLAGS[0]
    for word in words:
        if not word.startswith("-") and (not before.startswith("-") or before in _FLAGS):
            raise PydanticCustomError("second_output", "«{word}» would be another output", {"word": word})
        before = word
    return words


# a word for ffmpeg: neither a token of ours nor another input
Word = Annotated[str, StringConstraints(pattern=r"^[^{}\x00-\x1f]+$", max_length=512), AfterValidator(_no_input)]


class About(Noun):
    """What a profile is for, for people who choose."""

    zh: Line
    en: Line


class AudioSettings(Noun):
    """Encoded sound and the level it is brought to; no level keeps the sound as it came."""

    codec: Literal["mp2", "aac", "ac3", "mp3", "pcm"]
    bitrate_kbps: Positive | None = None
    sample_rate_hz: Literal[48000] = 48000
    channels: Literal[2] = 2
    loudness_lkfs: Annotated[float, Field(ge=-40, le=-10)] | None = -24.0  # GY/T 282-2014
    true_peak_dbtp: Annotated[float, Field(ge=-20, le=0)] = -2.0  # GY/T 282-2014


HLS_CODECS = ("avc", "hevc")


def _by_codec(codecs: tuple[str, ...]) -> Discriminator:
    """Settings are for the codec that they name: for the first where they name none, or one that there is not."""

    def codec_of(settings: Any) -> str:
        value = settings.get("codec") if isinstance(settings, dict) else getattr(settings, "codec", None)
        return value if value in codecs else codecs[0]

    return Discriminator(codec_of)


def _one_of(codecs: tuple[str, ...]) -> BeforeValidator:
    """A codec that there is not is refused with all that there are."""

    def known(value: Any) -> Any:
        if value not in codecs:
            raise PydanticKnownError("literal_error", {"expected": " or ".join(map(repr, codecs))})
        return value

    return BeforeValidator(known)


# left out of the JSON, as it was before there were others: a profile's digest stays
_UnsaidAvc = Annotated[Literal["avc"], Field(exclude_if=lambda value: bool(value == "avc"))]


class AvcCbrVideo(X264Settings):
    """H.264 at a constant rate with a declared decoder buffer (mpegts: buffer ≤ 0.5 s of the rate)."""

    width: Even
    height: Even
    sample_aspect: Ratio
    codec: _UnsaidAvc = "avc"
    profile: AvcProfile
    level: AvcLevel
    bitrate_kbps: Positive
    buffer_ms: Annotated[int, Field(gt=0, le=500)]
    gop_frames: Positive
    b_frames: Annotated[int, Field(ge=0, le=3)]
    matrix: Literal["bt709", "bt601"]


class AvcCrfVideo(X264Settings):
    """H.264 at a constant quality under a cap, in the film's own shape, never larger than the source."""

    width: Even
    height: Even
    codec: _UnsaidAvc = "avc"
    profile: AvcProfile
    level: AvcLevel
    crf: Annotated[int, Field(gt=0, le=51)]
    maxrate_kbps: Positive
    gop_frames: Positive


# of each codec that a form takes, one
CbrVideo = AvcCbrVideo
CrfVideo = AvcCrfVideo


class Mux(Noun):
    """Options of the transport stream; without `muxrate_kbps` the rate is what its contents need."""

    pcr_period_ms: Annotated[int, Field(gt=0, le=40)]
    pat_period_ms: Annotated[int, Field(gt=0, le=100)]
    sdt_period_ms: Annotated[int, Field(gt=0, le=2000)]
    delay_ms: Annotated[int, Field(ge=700, lt=1000)]
    muxrate_kbps: Positive | None = None
    service_type: ServiceType
    provider: Line
    language_codes: Literal["T", "B"] = "T"  # ISO 639-2: zho or chi


class _Profile(Noun):
    schema_version: Literal[1]
    name: Name
    about: About | None = None

    def digest(self) -> str:
        """SHA-256 of what decides the output: what is said about it does not."""
        return self.model_copy(update={"about": None}).fingerprint()


class _Encoded(_Profile):
    """`threads: auto` is faster for a single output and not repeatable; `options` go to ffmpeg as they are."""

    threads: Literal[1, "auto"] = 1
    options: Annotated[tuple[Word, ...], AfterValidator(_only_options)] = ()


class _Moving(_Encoded):
    """`rate` in pictures a second, and how another rate becomes it: pictures left out or repeated, blended, or the
    whole film, sound and all, a little faster or slower (`speed`: 24 to 25 only).

    `scan: source` keeps interlaced pictures interlaced, top field first; `interlaced` carries whole pictures in
    fields too (PsF).
    """

    rate: Annotated[int, Field(gt=0, le=60)] | Literal["source"] = 25
    rate_by: Literal["repeat", "blend", "speed"] = "repeat"
    scan: Literal["progressive", "source", "interlaced"] = "progressive"


class TransportStream(_Moving):
    """MPEG-TS for set-top boxes. A film of another shape is padded or cropped to the frame's own, or, of 4:3 and
    16:9, fills the frame with samples of another shape (`aspect: source`). `burn` is the language whose subtitles are
    drawn into the pictures."""

    form: Literal["mpegts"]
    role: Literal["hd", "sd"]
    rate: Annotated[int, Field(gt=0, le=60)] = 25
    aspect: Literal["pad", "crop", "source"] = "pad"
    burn: LanguageCode | None = None
    video: CbrVideo
    audio: AudioSettings
    mux: Mux


def _fmp4_alone(value: str) -> str:
    if value == "ts":
        raise PydanticCustomError("hevc_in_ts", "HEVC stands in fMP4 segments only")
    return value


class Rung(Noun):
    """One HLS variant: constant quality under a cap. A spare one is made where fewer than two others fit the source;
    `audio_kbps` gives a rung sound of its own."""

    name: Name
    width: Even
    height: Even
    crf: Annotated[int, Field(gt=0, le=51)]
    maxrate_kbps: Positive
    audio_kbps: Annotated[int, Field(ge=32, le=320)] | None = None
    spare: bool = False


class Hls(_Encoded):
    """HLS for computers (`segments: fmp4`) and for set-top boxes that play it (`ts`)."""

    form: Literal["hls"]
    rate: Annotated[int, Field(gt=0, le=60)] = 25
    codec: Literal["avc", "hevc"]
    segments: Literal["fmp4", "ts"] = "fmp4"
    gop_frames: Positive
    segment_s: Positive
    preset: Preset
    profile: str
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1)]
    audio: AudioSettings

    def audio_settings(self, rungs: Sequence[Rung]) -> tuple[AudioSettings, ...]:
        """The sound of each rate that these rungs ask for, the profile's own first."""
        made = dict.fromkeys(self.audio_for(rung) for rung in rungs)
        return tuple(sorted(made, key=lambda item: item != self.audio))

    def audio_for(self, rung: Rung) -> AudioSettings:
        """The sound that goes with a rung."""
        return self.audio.model_copy(update={"bitrate_kbps": rung.audio_kbps}) if rung.audio_kbps else self.audio


class AvcRung(Rung, X264Search):
    """A variant in H.264; what it does not say of x264's search is as the profile has it."""


class AvcHls(X264Settings, Hls):
    """HLS in H.264."""

    rungs: Annotated[tuple[AvcRung, ...], Field(min_length=1)]

    codec: Annotated[Literal["avc"], _one_of(HLS_CODECS)] = "avc"
    profile: AvcProfile


class HevcHls(Hls):
    """HLS in H.265, which stands in fMP4 alone (Apple's authoring specification 1.5)."""

    codec: Literal["hevc"]
    segments: Annotated[Literal["fmp4", "ts"], AfterValidator(_fmp4_alone)] = "fmp4"
    profile: HevcProfile


HlsByCodec = Annotated[Annotated[AvcHls, Tag("avc")] | Annotated[HevcHls, Tag("hevc")], _by_codec(HLS_CODECS)]


class Mp4(_Moving):
    """One MP4 that any computer, projector or phone plays."""

    form: Literal["mp4"]
    video: CrfVideo
    audio: AudioSettings


class Mezzanine(_Moving):
    """ProRes and PCM in MOV: the master in an editing codec, at the source's size."""

    form: Literal["mezzanine"]
    rate: Annotated[int, Field(gt=0, le=60)] | Literal["source"] = "source"
    scan: Literal["progressive", "source", "interlaced"] = "source"
    quality: Literal["lt", "standard", "hq"]
    audio: AudioSettings


class AudioOnly(_Encoded):
    """Sound alone: AAC in M4A or MP3."""

    form: Literal["audio"]
    audio: AudioSettings


class Poster(_Profile):
    """One still: the one of its shape that was handed in, else the film's best picture, or the one at this share of its
    length. A film's picture of another shape is padded, or cropped in its middle; one that was handed in, and the pages
    of slides, have words to the edge and are never cropped."""

    form: Literal["poster"]
    width: Even
    height: Even
    quality: Annotated[int, Field(ge=1, le=31)]
    at: Annotated[float, Field(ge=0, lt=1)] | None = None
    aspect: Annotated[Literal["pad", "crop"], Field(exclude_if=lambda value: bool(value == "pad"))] = "pad"

    @property
    def is_portrait(self) -> bool:
        """Whether it is higher than wide; a square is not."""
        return self.width < self.height


class Sprite(_Profile):
    """One sheet of small pictures for a player's seek bar."""

    form: Literal["sprite"]
    width: Even
    height: Even
    columns: Positive
    most: Positive
    quality: Annotated[int, Field(ge=1, le=31)]


Profile = Annotated[
    TransportStream | HlsByCodec | Mp4 | Mezzanine | AudioOnly | Poster | Sprite, Field(discriminator="form")
]
ProfileWithAudio = TransportStream | Hls | Mp4 | Mezzanine | AudioOnly  # those with sound


def audio_settings_of(profile: ProfileWithAudio) -> tuple[AudioSettings, ...]:
    """Every sound that a profile may code."""
    return profile.audio_settings(profile.rungs) if isinstance(profile, Hls) else (profile.audio,)


class ProfileFile(RootModel[Profile]):
    """A profile as it stands in a file: any of the forms."""
