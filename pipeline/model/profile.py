"""Profiles (one delivered form each) and sets (which forms a delivery holds)."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel, StringConstraints

from pipeline.model.base import Noun

Name = Annotated[str, StringConstraints(pattern=r"^[a-z0-9][a-z0-9-]*$", max_length=32)]
Positive = Annotated[int, Field(gt=0)]
Ratio = Annotated[str, StringConstraints(pattern=r"^[1-9][0-9]*:[1-9][0-9]*$")]


class Sound(Noun):
    """Encoded sound and the level it is brought to."""

    codec: Literal["mp2", "aac"]
    bitrate_kbps: Positive
    sample_rate_hz: Literal[48000] = 48000
    channels: Literal[2] = 2
    loudness_lkfs: float = -24.0  # GY/T 282-2014
    true_peak_dbtp: float = -2.0  # GY/T 282-2014


class CbrVideo(Noun):
    """H.264 at a constant rate with a declared decoder buffer (mpegts: buffer ≤ 0.5 s of the rate)."""

    width: Positive
    height: Positive
    sample_aspect: Ratio
    frame_rate: Positive
    profile: Literal["main", "high"]
    level: Literal["3.0", "3.1", "4.0"]
    bitrate_kbps: Positive
    buffer_ms: Annotated[int, Field(gt=0, le=500)]
    gop_frames: Positive
    b_frames: Annotated[int, Field(ge=0, le=3)]
    preset: str
    matrix: Literal["bt709", "bt601"]


class Mux(Noun):
    """Options of the transport stream."""

    pcr_period_ms: Annotated[int, Field(gt=0, le=40)]
    pat_period_ms: Annotated[int, Field(gt=0, le=100)]
    sdt_period_ms: Annotated[int, Field(gt=0, le=2000)]
    delay_ms: Annotated[int, Field(ge=700, lt=1000)]
    service_type: str
    provider: str


class TransportStream(Noun):
    """MPEG-TS for set-top boxes."""

    schema_version: Literal[1]
    name: Name
    form: Literal["mpegts"]
    role: Literal["hd", "sd"]
    video: CbrVideo
    audio: Sound
    mux: Mux


class Rung(Noun):
    """One HLS variant: constant quality under a cap."""

    name: Name
    width: Positive
    height: Positive
    crf: Positive
    maxrate_kbps: Positive


class Hls(Noun):
    """fMP4 HLS for computers."""

    schema_version: Literal[1]
    name: Name
    form: Literal["hls"]
    frame_rate: Positive
    gop_frames: Positive
    segment_s: Positive
    preset: str
    profile: Literal["high"]
    rungs: Annotated[tuple[Rung, ...], Field(min_length=1)]
    audio: Sound


class Poster(Noun):
    """One still."""

    schema_version: Literal[1]
    name: Name
    form: Literal["poster"]
    width: Positive
    height: Positive
    quality: Annotated[int, Field(ge=1, le=31)]
    at: Annotated[float, Field(ge=0, lt=1)]


class Sprite(Noun):
    """One sheet of small pictures for a player's seek bar."""

    schema_version: Literal[1]
    name: Name
    form: Literal["sprite"]
    width: Positive
    height: Positive
    columns: Positive
    most: Positive
    quality: Annotated[int, Field(ge=1, le=31)]


Profile = Annotated[TransportStream | Hls | Poster | Sprite, Field(discriminator="form")]


class ProfileFile(RootModel[Profile]):
    """A profile as it stands in a file: any of the forms."""


class SetItem(Noun):
    """A profile of a set and the source it asks for."""

    profile: Name
    min_source_lines: Positive | None = None


class ProfileSet(Noun):
    """What a delivery holds."""

    schema_version: Literal[1]
    name: Name
    policy: Name
    profiles: Annotated[tuple[SetItem, ...], Field(min_length=1)]
