"""The plan: every process to be run as argv with tokens, and what each output must be."""

from __future__ import annotations

from enum import StrEnum
from typing import Annotated, Literal

from pydantic import Field

from pipeline.model.adi import AdiSettings
from pipeline.model.base import Noun
from pipeline.model.chapter import Chapter
from pipeline.model.deck import SlideFilm
from pipeline.model.font_coverage import Font
from pipeline.model.subtitles import SubtitleTrack


class OutputForm(StrEnum):
    """What kind of thing an output is."""

    MPEGTS = "mpegts"
    HLS_VIDEO = "hls-video"
    HLS_AUDIO = "hls-audio"
    MP4 = "mp4"
    MEZZANINE = "mezzanine"
    AUDIO = "audio"
    POSTER = "poster"
    SPRITE = "sprite"

    @property
    def has_picture(self) -> bool:
        return self not in (OutputForm.HLS_AUDIO, OutputForm.AUDIO)

    @property
    def has_sound(self) -> bool:
        return self not in (OutputForm.HLS_VIDEO, OutputForm.POSTER, OutputForm.SPRITE)

    @property
    def is_for_adi(self) -> bool:
        """Whether ADI may name it."""
        return self in (OutputForm.MPEGTS, OutputForm.POSTER)


class ExpectedVideo(Noun):
    """What the pictures of an output must be. `frames` is exact unless `frames_slack` says otherwise."""

    codec: str
    profile: str | None
    level: str | None
    width: int
    height: int
    display_aspect: float
    frame_rate: float | None
    frames: int
    frames_slack: int
    interlaced: bool = False
    segmented: bool = False  # whole pictures, marked and coded so that fields would be allowed
    matrix: str | None = None
    gop_frames: int | None = None


class ExpectedAudio(Noun):
    """What the sound of an output must be; loudness None is «not normalised» (silence)."""

    codec: str
    channels: int
    sample_rate_hz: int
    loudness_lkfs: float | None
    loudness_slack_lu: float
    true_peak_dbtp: float
    language: str = "und"


class MuxBudget(Noun):
    """Where the bits of a constant-rate stream go, in bit/s; `audio_bps` is of all its sound tracks together,
    `needed_bps` the least rate that holds."""

    video_bps: int
    audio_bps: int
    audio_tracks: int = 1
    needed_bps: int
    muxrate_bps: int


class Expected(Noun):
    """What an output must be before it counts."""

    video: ExpectedVideo | None = None
    audio: tuple[ExpectedAudio, ...] = ()
    duration_s: float | None = None
    duration_slack_s: float = 0.04
    most_bytes: int
    mux: MuxBudget | None = None
    service: str | None = None  # what the SDT calls it
    chapters: tuple[Chapter, ...] = Field(default=(), exclude_if=lambda value: not value)


class Tiles(Noun):
    """How a sprite sheet is laid out."""

    columns: int
    rows: int
    width: int
    height: int
    step_s: float
    count: int


class Segments(Noun):
    """How a rendition for HLS is cut: `made` is what the encoder writes, beside the playlist."""

    made: str
    container: Literal["fmp4", "ts"]
    every_s: int


class Output(Noun):
    """One output; `file` is its place inside the package (a playlist's for HLS). `group` names the sound that goes
    with a rung."""

    name: str
    profile: str
    form: OutputForm
    file: str
    language: str | None = None
    expected: Expected
    tiles: Tiles | None = None
    segments: Segments | None = None
    group: str | None = None
    burnt: str | None = None  # the language of the subtitles in its pictures
    # of generated content, byte for byte, where what it is made of has one and its form can hold it
    generated_label: str | None = Field(default=None, exclude_if=lambda value: value is None)


class Process(Noun):
    """One ffmpeg process; argv[0] is the token `{ffmpeg}`, `files` is what each output token stands for.

    `texts` and `fonts` lie beside it: files by name with what is in them, and fonts in the folder `fonts/`.
    """

    name: str
    argv: tuple[str, ...]
    files: dict[str, str]
    texts: dict[str, str] = Field(default_factory=dict)
    fonts: tuple[Font, ...] = ()
    outputs: tuple[Output, ...]


class ProfileUsed(Noun):
    """A profile by name and digest, as the package records it; threads other than 1 do not repeat their bytes."""

    name: str
    digest: str
    threads: str = "1"


class Note(Noun):
    """Something about the plan that people should know; `kind` is a key of the catalogue's `note`."""

    kind: str
    values: dict[str, str | int | float]


class Plan(Noun):
    """Everything `transcode` gets to know.

    Args:
        chapters: in seconds of the programme; none of a film.
        deck_sha256: of the document whose pages they are (hex).
        of_course: the outputs, by name, that are made of a poster of the whole course.
        generated_label: of the film or its sounds, for what is written beside its outputs.
        adi: what is made for a cable operator beside the outputs, which need an MD5 for it.
    """

    schema_version: Literal[1] = 1
    set_name: str
    source_sha256: str
    source_format: str
    beside_sha256: dict[str, str] = Field(default_factory=dict)  # of every other input, by its token
    duration_s: float
    frames: int
    profiles: tuple[ProfileUsed, ...]
    processes: tuple[Process, ...]
    subtitles: tuple[SubtitleTrack, ...] = ()
    chapters: tuple[Chapter, ...] = Field(default=(), exclude_if=lambda value: not value)
    deck_sha256: str | None = Field(default=None, exclude_if=lambda value: value is None)
    of_course: tuple[str, ...] = Field(default=(), exclude_if=lambda value: not value)
    generated_label: str | None = Field(default=None, exclude_if=lambda value: value is None)
    notes: tuple[Note, ...] = ()
    adi: AdiSettings | None = Field(default=None, exclude_if=lambda value: value is None)
    # what is drawn for it before: its digest is that of one of the inputs
    slides: Annotated[SlideFilm | None, Field(exclude_if=lambda value: value is None)] = None

    @property
    def outputs(self) -> tuple[Output, ...]:
        return tuple(output for process in self.processes for output in process.outputs)
