"""HLS outputs: a rung a variant, none above the source, and the sound as a rendition of its own."""

from __future__ import annotations

from pipeline.ffmpeg.graph import Stream
from pipeline.model.plan import Expected, ExpectedVideo, Form, Output
from pipeline.model.profile import Hls, Rung
from pipeline.plan import sound
from pipeline.plan.draft import CLEAN, Draft, Film, rate_options, threads_options
from pipeline.plan.picture import Box, fit, shape_to, source_lines, source_shape


def rungs(film: Film, profile: Hls) -> tuple[Rung, ...]:
    """Those not above the source; the lowest one always."""
    lines = source_lines(film.track)
    fitting = tuple(rung for rung in profile.rungs if rung.height <= lines)
    return fitting or (min(profile.rungs, key=lambda rung: rung.height),)


def box(film: Film, rung: Rung) -> Box:
    """The rung's frame; an upright film turns it."""
    upright = source_shape(film.track) < 1
    return Box(rung.height, rung.width) if upright else Box(rung.width, rung.height)


def picture(stream: Stream, film: Film, rung: Rung) -> Stream:
    """The film's own shape: players pad, pictures do not."""
    return shape_to(stream, film.track, box(film, rung), film.cadence, matrix="bt709", over="keep")


def draft_rung(film: Film, profile: Hls, rung: Rung) -> Draft:
    """Options and expectations of one variant."""
    width, height = fit(source_shape(film.track), box(film, rung))
    encoder = (
        "-c:v", "libx264", "-preset", profile.preset, "-profile:v", profile.profile,
        "-crf", str(rung.crf), "-maxrate", f"{rung.maxrate_kbps}k", "-bufsize", f"{2 * rung.maxrate_kbps}k",
        "-g", str(profile.gop_frames), "-keyint_min", str(profile.gop_frames), "-sc_threshold", "0",
        *threads_options(profile.threads), *rate_options(film.rate),
    )  # fmt: skip
    expected = Expected(
        video=ExpectedVideo(
            codec="AVC", profile=profile.profile.capitalize(), level=None, width=width, height=height,
            display_aspect=round(width / height, 3), frame_rate=float(film.rate),
            frames=film.frames, frames_slack=film.cadence.slack,
        ),
        duration_s=film.duration_s,
        # the buffer may be spent at once: twice the cap over its own length
        most_bytes=int(rung.maxrate_kbps * 1000 / 8 * (film.duration_s + 4) * 1.1) + 1_000_000,
    )  # fmt: skip
    return _draft(profile, f"{profile.name}-{rung.name}", rung.name, Form.HLS_VIDEO, encoder, expected)


def draft_sound(film: Film, profile: Hls, index: int) -> Draft:
    """Options and expectations of one language's sound rendition."""
    voice = film.voices[index]
    expected = Expected(
        audio=sound.expected(profile.audio, [voice], film.duration_s, [voice.language]),
        duration_s=film.duration_s, duration_slack_s=0.1,
        most_bytes=sound.most_bytes(profile.audio, film.duration_s) + 1_000_000,
    )  # fmt: skip
    encoder = sound.options(profile.audio, [voice.language])
    folder = f"audio-{voice.language}" if index else "audio"
    return _draft(profile, f"{profile.name}-{folder}", folder, Form.HLS_AUDIO, encoder, expected, voice=index,
                  language=voice.language)  # fmt: skip


def _draft(
    profile: Hls, name: str, folder: str, form: Form, encoder: tuple[str, ...], expected: Expected,
    voice: int | None = None, language: str | None = None,
) -> Draft:  # fmt: skip
    token, segments = f"{{out.{name}}}", f"{{out.{name}.segments}}"
    file = f"{profile.name}/{folder}/index.m3u8"
    options = (
        # the edit list takes off reordering and priming, each rendition from 0: shifting would part picture and sound
        *encoder, *CLEAN, "-avoid_negative_ts", "disabled", "-f", "hls",
        "-hls_time", str(profile.segment_s), "-hls_playlist_type", "vod",
        "-hls_segment_type", "fmp4", "-hls_flags", "independent_segments",
        "-hls_fmp4_init_filename", "init.mp4", "-hls_segment_filename", segments,
        *profile.options,
    )  # fmt: skip
    output = Output(name=name, profile=profile.name, form=form, file=file, language=language, expected=expected)
    files = {token: file, segments: f"{profile.name}/{folder}/%05d.m4s"}
    return Draft(output, token, options, files, picture=voice is None, voices=() if voice is None else (voice,))
