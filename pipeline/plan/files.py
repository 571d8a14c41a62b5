"""Single files for computers and editing rooms: MP4, mezzanine, audio alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from fractions import Fraction

from pipeline.ffmpeg.graph import Stream
from pipeline.ffmpeg.source import MAIN
from pipeline.media.track_shape import snapped_shape, upright_size
from pipeline.model.chapter import Chapter
from pipeline.model.languages import UNKNOWN
from pipeline.model.plan import Expected, ExpectedVideo, Output, OutputForm
from pipeline.model.profile import AudioOnly, Mezzanine, Mp4
from pipeline.plan import audio, chapters, codecs, colour
from pipeline.plan.audio import descriptor_language
from pipeline.plan.frame import Fitting, FrameFormat, FrameSize, conform, fit, within_source
from pipeline.plan.spec import (
    CLEAN,
    CLEAN_BUT_CHAPTERS,
    Film,
    OutputSpec,
    Shown,
    field_options,
    rate_options,
    threads_options,
)

# encoder's profile number, MediaInfo's name, a generous bound on bits a macroblock (Apple's target rates, doubled)
_PRORES = {"lt": (1, "422 LT", 900), "standard": (2, "422", 1250), "hq": (3, "422 HQ", 1900)}
_FRAGILE_S = 0.1  # coders of audio add a frame or two at either end


def mp4_box(film: Film, profile: Mp4) -> FrameSize:
    """The frame that an MP4's frames fill: square samples, in the film's own shape."""
    return within_source(film.track, FrameSize(profile.video.width, profile.video.height))


def mp4_stream(shown: Shown, film: Film, profile: Mp4) -> Stream:
    """Frames of the film's own shape: players pad, we do not."""
    return conform(shown, film.pictures, FrameFormat(mp4_box(film, profile), fitting=Fitting.KEEP))


def mp4_spec(film: Film, profile: Mp4) -> OutputSpec:
    """Options and expectations of one MP4; its index stands in front, so that it plays while it is fetched."""
    quality = codecs.quality_of_file(profile.video)
    frame = FrameSize(*fit(snapped_shape(film.track), mp4_box(film, profile)))
    own = _chapters(film)
    options = (
        *codecs.capped_options(quality, film.cadence),
        *threads_options(profile.threads),
        *rate_options(film.rate),
        *audio.options(profile.audio, film.languages),
        *_clean(own),
        "-metadata",
        f"title={film.title}",
        *_interleaving(film),
        "-movflags",
        "+faststart",
        "-f",
        "mp4",
        *profile.options,
    )
    expected = Expected(
        video=codecs.expected_video(quality, frame, film),
        audio=audio.expected(profile.audio, film.audio_sources, film.duration_s, film.languages),
        duration_s=film.duration_s,
        most_bytes=quality.most_bytes(film.duration_s)
        + len(film.audio_sources) * audio.most_bytes(profile.audio, film.duration_s)
        + 1_000_000,
        chapters=own,
    )
    return _output_spec(profile, OutputForm.MP4, f"mp4/{profile.name}.mp4", options, expected, film)


def mezzanine_box(film: Film) -> FrameSize:
    """The source's own frame, upright, its samples as they are."""
    track = film.track
    width, height = upright_size(track)
    width, height = width // 2 * 2, height // 2 * 2
    aspect = (snapped_shape(track) * height / width).limit_denominator(255)
    # MediaInfo's three decimals make 1.001 of square samples
    return FrameSize(width, height, Fraction(1) if abs(aspect - 1) < Fraction(1, 100) else aspect)


def mezzanine_stream(shown: Shown, film: Film) -> Stream:
    """4:2:2 and ten bits; nothing is scaled."""
    matrix = colour.kept_matrix(film.track)
    own = FrameFormat(mezzanine_box(film), matrix, Fitting.FILL, pix_fmt="yuv422p10le", keeps_colours=True)
    return conform(shown, film.pictures, own)


def mezzanine_spec(film: Film, profile: Mezzanine) -> OutputSpec:
    """Options and expectations of one mezzanine."""
    number, name, bits = _PRORES[profile.quality]
    box = mezzanine_box(film)
    options = (
        "-c:v",
        "prores_ks",
        "-profile:v",
        str(number),
        "-vendor",
        "apl0",
        *field_options(film.cadence),
        *threads_options(profile.threads),
        *rate_options(film.rate),
        *audio.options(profile.audio, [descriptor_language(item, "B") for item in film.languages]),
        *CLEAN,
        "-metadata",
        f"title={film.title}",
        *_interleaving(film),
        "-movflags",
        "+write_colr",
        "-f",
        "mov",
        *profile.options,
    )
    blocks = -(-box.width // 16) * -(-box.height // 16)
    expected = Expected(
        video=ExpectedVideo(
            codec="ProRes",
            profile=name,
            level=None,
            width=box.width,
            height=box.height,
            display_aspect=round(float(Fraction(box.width, box.height) * box.sample_aspect), 3),
            frame_rate=round(float(film.rate), 3),
            frames=film.frames,
            frames_slack=film.cadence.slack,
            interlaced=film.cadence.interlaced,
        ),
        # QuickTime has codes of its own, and none for many languages
        audio=audio.expected(profile.audio, film.audio_sources, film.duration_s, [UNKNOWN] * len(film.audio_sources)),
        duration_s=film.duration_s,
        most_bytes=blocks * bits // 8 * (film.frames + 2)
        + len(film.audio_sources) * audio.most_bytes(profile.audio, film.duration_s)
        + 1_000_000,
    )
    return _output_spec(profile, OutputForm.MEZZANINE, f"mezzanine/{profile.name}.mov", options, expected, film)


def audio_spec(film: Film, profile: AudioOnly, index: int = 0) -> OutputSpec:
    """Options and expectations of one audio file; `index` is of the sound in one language that is in it."""
    language = film.languages[index]
    name = f"{profile.name}-{language}" if index else profile.name
    suffix, muxer = ("mp3", "mp3") if profile.audio.codec == "mp3" else ("m4a", "ipod")
    front = ("-movflags", "+faststart") if suffix == "m4a" else ()
    own = _chapters(film)
    options = (
        *audio.options(profile.audio, [language]),
        *_clean(own),
        "-metadata",
        f"title={film.title}",
        *front,
        "-f",
        muxer,
        *profile.options,
    )
    expected = Expected(
        audio=audio.expected(profile.audio, [film.audio_sources[index]], film.duration_s, [language]),
        duration_s=film.duration_s,
        duration_slack_s=_FRAGILE_S,
        most_bytes=audio.most_bytes(profile.audio, film.duration_s) + 1_000_000,
        chapters=own,
    )
    spec = _output_spec(profile, OutputForm.AUDIO, f"audio/{name}.{suffix}", options, expected, film, name)
    return replace(spec, output=spec.output.model_copy(update={"language": language}), audio=(index,))


def _interleaving(film: Film) -> tuple[str, ...]:
    """Wait for the slower stream where pictures and sound come from two places: pages that stand still are coded so
    fast that the sound falls ten seconds behind, and what is there is written then, in another order each time."""
    slides = film.sidecars.slides
    is_apart = (slides is not None and slides.are_seen) or any(
        source.token != MAIN or not source.inspection.media.audio for source in film.audio_sources[:1]
    )
    return ("-max_interleave_delta", "0") if is_apart else ()


def _chapters(film: Film) -> tuple[Chapter, ...]:
    """As an output of this film has them."""
    return chapters.within(chapters.at_speed(film.chapters, film.cadence.speed), film.duration_s)


def _clean(own: Sequence[Chapter]) -> tuple[str, ...]:
    """Nothing that the source says of itself, but for the chapters."""
    return CLEAN_BUT_CHAPTERS if own else CLEAN


def _output_spec(  # noqa: PLR0913 - what an output is made of
    profile: Mp4 | Mezzanine | AudioOnly,
    form: OutputForm,
    file: str,
    options: tuple[str, ...],
    expected: Expected,
    film: Film,
    name: str | None = None,
) -> OutputSpec:
    name = name or profile.name
    token = f"{{out.{name}}}"
    output = Output(name=name, profile=profile.name, form=form, file=file, language=film.language, expected=expected)
    sources = tuple(range(len(film.audio_sources)))
    made = OutputSpec(output, token, options, {token: file}, sources)
    if not expected.chapters:
        return made
    told = f"{name}.chapters"
    return replace(made, texts=((told, chapters.text(expected.chapters, film.duration_s)),), chapters=told)
