"""HLS outputs: a rung a variant, none above the source, and the audio as a rendition of its own."""

from __future__ import annotations

from dataclasses import replace

from pipeline.ffmpeg.graph import Stream
from pipeline.media.track_shape import snapped_shape, upright_lines
from pipeline.model.plan import Expected, Output, OutputForm, Segments
from pipeline.model.profile import AudioSettings, Hls, Rung
from pipeline.plan import audio, codecs
from pipeline.plan.frame import Fitting, FrameFormat, FrameSize, conform, fit
from pipeline.plan.spec import CLEAN, Film, OutputSpec, Shown, rate_options, threads_options


def rungs(film: Film, profile: Hls) -> tuple[Rung, ...]:
    """Those not above the source, spare ones where fewer than two others are; the lowest one always."""
    lines = upright_lines(film.track)
    fitting = tuple(rung for rung in profile.rungs if rung.height <= lines)
    usual = tuple(rung for rung in fitting if not rung.spare)
    return (usual if len(usual) > 1 else fitting) or (min(profile.rungs, key=lambda rung: rung.height),)


def box(film: Film, rung: Rung) -> FrameSize:
    """The rung's frame; an upright film turns it."""
    upright = snapped_shape(film.track) < 1
    return FrameSize(rung.height, rung.width) if upright else FrameSize(rung.width, rung.height)


def rung_stream(shown: Shown, film: Film, rung: Rung) -> Stream:
    """Frames of the film's own shape: players pad, we do not."""
    return conform(shown, film.pictures, FrameFormat(box(film, rung), fitting=Fitting.KEEP))


def rung_spec(film: Film, profile: Hls, rung: Rung) -> OutputSpec:
    """Options and expectations of one variant."""
    quality = codecs.quality_of_rung(profile, rung)
    frame = FrameSize(*fit(snapped_shape(film.track), box(film, rung)))
    encoder = (
        *codecs.capped_options(quality, film.cadence),
        *threads_options(profile.threads),
        *rate_options(film.rate),
    )
    expected = Expected(
        video=codecs.expected_video(quality, frame, film),
        duration_s=film.duration_s,
        most_bytes=quality.most_bytes(film.duration_s) + 1_000_000,
    )
    output = _output(profile, rung.name, profile.audio_for(rung), expected)
    return _spec(profile, output, encoder)


def audio_spec(film: Film, profile: Hls, index: int, settings: AudioSettings) -> OutputSpec:
    """Options and expectations of one language's audio at one rate."""
    source = film.audio_sources[index]
    expected = Expected(
        audio=audio.expected(settings, [source], film.duration_s, [source.language]),
        duration_s=film.duration_s,
        duration_slack_s=0.1,
        most_bytes=audio.most_bytes(settings, film.duration_s) + 1_000_000,
    )
    own = settings.bitrate_kbps != profile.audio.bitrate_kbps
    folder = "-".join(["audio", *([source.language] if index else []), *([str(settings.bitrate_kbps)] if own else [])])
    output = _output(profile, folder, settings, expected).model_copy(
        update={"form": OutputForm.HLS_AUDIO, "language": source.language}
    )
    return replace(_spec(profile, output, audio.options(settings, [source.language])), audio=(index,))


def _output(profile: Hls, folder: str, settings: AudioSettings, expected: Expected) -> Output:
    """A rung's output, in a folder of its own; `settings` are of the audio that goes with it."""
    whole = f"{profile.name}/{folder}/whole.{'ts' if profile.segments == 'ts' else 'mp4'}"
    return Output(
        name=f"{profile.name}-{folder}",
        profile=profile.name,
        form=OutputForm.HLS_VIDEO,
        file=f"{profile.name}/{folder}/index.m3u8",
        expected=expected,
        segments=Segments(made=whole, container=profile.segments, every_s=profile.segment_s),
        group=f"{settings.codec}-{settings.bitrate_kbps}",
    )


def _spec(profile: Hls, output: Output, encoder: tuple[str, ...]) -> OutputSpec:
    token = f"{{out.{output.name}}}"
    # each rendition from 0, wherever its coder begins: shifting would part picture and sound
    options = (*encoder, *CLEAN, "-avoid_negative_ts", "disabled", *_container(profile, output.form), *profile.options)
    return OutputSpec(output, token, options, {token: output.segments.made if output.segments else output.file})


def _container(profile: Hls, form: OutputForm) -> tuple[str, ...]:
    """One file, cut afterwards (`media.hls.cutting`)."""
    if profile.segments == "ts":
        # some frames of sound in a packet, not the third of a second that ffmpeg gathers: cuts are at packets
        return ("-muxdelay", "0.7", "-pes_payload_size", "1000", "-f", "mpegts")
    # key pictures begin fragments; pictures are shown from 0 on without an edit list, which browsers ignore
    flags = "+frag_keyframe+negative_cts_offsets" if form is OutputForm.HLS_VIDEO else ""
    length = () if form is OutputForm.HLS_VIDEO else ("-frag_duration", str(profile.segment_s * 1_000_000))
    return (*length, "-movflags", f"{flags}+empty_moov+default_base_moof+delay_moov", "-f", "mp4")
