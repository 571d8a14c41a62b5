"""MPEG-TS outputs: constant rate to the packet (mpegts facts, sections 2 and 3)."""

from __future__ import annotations

from fractions import Fraction

from pipeline.errors import EnvironmentFault, MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Stream
from pipeline.media.subtitles import scripts
from pipeline.media.subtitles.field import HEIGHT, Field
from pipeline.media.track_shape import snapped_shape
from pipeline.model.plan import Expected, Output, OutputForm
from pipeline.model.profile import TransportStream
from pipeline.model.subtitles import words
from pipeline.plan import audio, captions, codecs, mux_budget
from pipeline.plan.frame import Fitting, FrameFormat, FrameSize, conform, filled
from pipeline.plan.spec import (
    CLEAN,
    Fields,
    Film,
    OutputSpec,
    Shown,
    rate_options,
    threads_options,
)

FIRST_PID = 256  # video, then each audio track
SERVICE_NAME_BYTES = 120  # a descriptor holds 255 bytes with name and provider


def box(film: Film, profile: TransportStream) -> FrameSize:
    """The frame of the profile, its samples of the film's shape where that is asked for."""
    across, down = profile.video.sample_aspect.split(":")
    own = FrameSize(profile.video.width, profile.video.height, Fraction(int(across), int(down)))
    return filled(snapped_shape(film.track), own) if profile.aspect == "source" else own


def transport_stream(shown: Shown, film: Film, profile: TransportStream) -> Stream:
    """The source in the profile's frame, with its subtitles."""
    frame = box(film, profile)
    fitting = Fitting.CROP if profile.aspect == "crop" else Fitting.PAD

    def draw(stream: Stream) -> Stream:
        return graph.burnt(stream, _script(profile), field(frame).width, HEIGHT) if profile.burn else stream

    is_captioned = profile.burn is not None
    target = FrameFormat(frame, profile.video.matrix, fitting, is_captioned=is_captioned)
    return conform(shown, film.pictures, target, draw)


def field(frame: FrameSize) -> Field:
    """What subtitles are drawn in."""
    return Field(Fraction(frame.width, frame.height) * frame.sample_aspect, frame.height)


def _script(profile: TransportStream) -> str:
    """The file of subtitles beside the encoder."""
    return f"{profile.name}.ass"


def _burnt(film: Film, profile: TransportStream) -> tuple[tuple[str, str], ...]:
    """The subtitles to be drawn into the pictures.

    Raises:
        MediaError: there are none in that language, or no font holds a letter of them.
        EnvironmentFault: there are no fonts.
    """
    if profile.burn is None:
        return ()
    track = next((item for item in film.sidecars.subtitles if item.language == profile.burn), None)
    if track is None:
        raise MediaError("no_subtitles", where=profile.name, language=profile.burn)
    if film.sidecars.font_coverage is None:
        raise EnvironmentFault("subtitles_extra", where=profile.name)
    if letters := captions.missing(
        words(track.cues), film.sidecars.font_coverage
    ):  # said now: ffmpeg would fail at the film's end
        raise MediaError("letters_missing", where=profile.name, letters=scripts.named(letters))
    script = captions.ass(track.cues, film.sidecars.font_coverage, field(box(film, profile)), film.cadence.speed)
    return ((_script(profile), script),)


def transport_spec(film: Film, profile: TransportStream) -> OutputSpec:
    """Options and expectations of one stream."""
    video, mux, budget = profile.video, profile.mux, mux_budget.mux_budget_for(profile, len(film.audio_sources))
    languages = [audio.descriptor_language(language, mux.language_codes) for language in film.languages]
    pids = [word for index in range(1 + len(languages)) for word in ("-streamid", f"{index}:{FIRST_PID + index}")]
    options = (
        *codecs.constant_rate_options(video, film.cadence),
        *threads_options(profile.threads),
        *rate_options(film.rate),
        *audio.options(profile.audio, languages),
        *CLEAN,
        "-metadata",
        f"service_name={service_name(film.title)}",
        "-metadata",
        f"service_provider={mux.provider}",
        # wait for the slower stream however far the other is ahead: by default 10 s of sound go out without picture
        "-max_interleave_delta",
        "0",
        *pids,
        "-f",
        "mpegts",
        "-muxrate",
        str(budget.muxrate_bps),
        "-pcr_period",
        str(mux.pcr_period_ms),
        "-pat_period",
        f"{mux.pat_period_ms / 1000:g}",
        "-sdt_period",
        f"{mux.sdt_period_ms / 1000:g}",
        "-muxdelay",
        f"{mux.delay_ms / 1000:g}",
        "-mpegts_flags",
        "+system_b",
        "-mpegts_service_type",
        mux.service_type,
        *profile.options,
    )
    expected = Expected(
        video=codecs.expected_video(video, box(film, profile), film).model_copy(
            update={
                "segmented": film.cadence.fields is Fields.SEGMENTED,
                "matrix": video.matrix,
                "gop_frames": video.gop_frames,
            }
        ),
        audio=audio.expected(profile.audio, film.audio_sources, film.duration_s, languages),
        duration_s=film.duration_s,
        most_bytes=int(budget.muxrate_bps / 8 * (film.duration_s + 2) * 1.02) + 1_000_000,
        mux=budget,
        service=service_name(film.title),
    )
    token, file = f"{{out.{profile.name}}}", f"ts/{profile.name}.ts"
    output = Output(
        name=profile.name,
        profile=profile.name,
        form=OutputForm.MPEGTS,
        file=file,
        language=film.language,
        expected=expected,
        burnt=profile.burn,
    )
    sources = tuple(range(len(film.audio_sources)))
    return OutputSpec(output, token, options, {token: file}, audio=sources, texts=_burnt(film, profile))


def service_name(title: str) -> str:
    """As much of the title as a service descriptor holds, cut between characters."""
    while len(title.encode("utf-8")) > SERVICE_NAME_BYTES:
        title = title[:-1]
    return title
