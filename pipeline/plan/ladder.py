"""HLS outputs: a rung a variant, none above the source, and the sound as a rendition of its own."""

from __future__ import annotations

from pipeline.ffmpeg.graph import Stream
from pipeline.media.track_shape import snapped_shape, upright_lines
from pipeline.model.plan import Expected, ExpectedVideo, Output, OutputForm, Segments
from pipeline.model.profile import AudioSettings, Hls, Rung
from pipeline.plan import audio
from pipeline.plan.picture import FrameSize, fit, shape_to
from pipeline.plan.spec import CLEAN, Film, OutputSpec, rate_options, threads_options


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


def picture(stream: Stream, film: Film, rung: Rung) -> Stream:
    """The film's own shape: players pad, pictures do not."""
    return shape_to(stream, film.track, box(film, rung), film.cadence, matrix="bt709", over="keep")


def rung_spec(film: Film, profile: Hls, rung: Rung) -> OutputSpec:
    """Options and expectations of one variant."""
    width, height = fit(snapped_shape(film.track), box(film, rung))
    hevc = profile.codec == "hevc"
    encoder = (
        *(_hevc(profile, rung) if hevc else _avc(profile, rung)),
        *threads_options(profile.threads),
        *rate_options(film.rate),
    )
    expected = Expected(
        video=ExpectedVideo(
            codec="HEVC" if hevc else "AVC",
            profile=profile.profile.capitalize(),
            level=None,
            width=width,
            height=height,
            display_aspect=round(width / height, 3),
            frame_rate=float(film.rate),
            frames=film.frames,
            frames_slack=film.cadence.slack,
        ),
        duration_s=film.duration_s,
        # the buffer may be spent at once: twice the cap over its own length
        most_bytes=int(rung.maxrate_kbps * 1000 / 8 * (film.duration_s + 4) * 1.1) + 1_000_000,
    )
    return _draft(
        profile,
        f"{profile.name}-{rung.name}",
        rung.name,
        OutputForm.HLS_VIDEO,
        encoder,
        expected,
        profile.audio_for(rung),
    )


def audio_spec(film: Film, profile: Hls, index: int, coded: AudioSettings) -> OutputSpec:
    """Options and expectations of one language's sound at one rate."""
    voice = film.audio_sources[index]
    expected = Expected(
        audio=audio.expected(coded, [voice], film.duration_s, [voice.language]),
        duration_s=film.duration_s,
        duration_slack_s=0.1,
        most_bytes=audio.most_bytes(coded, film.duration_s) + 1_000_000,
    )
    own = coded.bitrate_kbps != profile.audio.bitrate_kbps
    folder = "-".join(["audio", *([voice.language] if index else []), *([str(coded.bitrate_kbps)] if own else [])])
    return _draft(
        profile,
        f"{profile.name}-{folder}",
        folder,
        OutputForm.HLS_AUDIO,
        audio.options(coded, [voice.language]),
        expected,
        coded,
        voice=index,
        language=voice.language,
    )


def _avc(profile: Hls, rung: Rung) -> tuple[str, ...]:
    cap, gop = rung.maxrate_kbps, str(profile.gop_frames)
    return (
        "-c:v",
        "libx264",
        "-preset",
        profile.preset,
        "-profile:v",
        profile.profile,
        "-crf",
        str(rung.crf),
        "-maxrate",
        f"{cap}k",
        "-bufsize",
        f"{2 * cap}k",
        "-g",
        gop,
        "-keyint_min",
        gop,
        "-sc_threshold",
        "0",
    )


def _hevc(profile: Hls, rung: Rung) -> tuple[str, ...]:
    """x265 takes its own words; one pool and one picture at a time repeat their bytes. Apple's players want hvc1, its
    parameter sets in the header (A 1.10)."""
    cap, gop = rung.maxrate_kbps, profile.gop_frames
    words = (
        f"keyint={gop}",
        f"min-keyint={gop}",
        "scenecut=0",
        "open-gop=0",
        f"vbv-maxrate={cap}",
        f"vbv-bufsize={2 * cap}",
        "pools=none",
        "frame-threads=1",
        "wpp=0",
        "log-level=error",
    )
    return (
        "-c:v",
        "libx265",
        "-preset",
        profile.preset,
        "-profile:v",
        profile.profile,
        "-tag:v",
        "hvc1",
        "-crf",
        str(rung.crf),
        "-x265-params",
        ":".join(words),
    )


def _draft(
    profile: Hls,
    name: str,
    folder: str,
    form: OutputForm,
    encoder: tuple[str, ...],
    expected: Expected,
    coded: AudioSettings,
    voice: int | None = None,
    language: str | None = None,
) -> OutputSpec:
    token = f"{{out.{name}}}"
    made = f"{profile.name}/{folder}/whole.{'ts' if profile.segments == 'ts' else 'mp4'}"
    # each rendition from 0, wherever its coder begins: shifting would part picture and sound
    options = (*encoder, *CLEAN, "-avoid_negative_ts", "disabled", *_container(profile, form), *profile.options)
    output = Output(
        name=name,
        profile=profile.name,
        form=form,
        file=f"{profile.name}/{folder}/index.m3u8",
        language=language,
        expected=expected,
        segments=Segments(made=made, container=profile.segments, every_s=profile.segment_s),
        group=f"{coded.codec}-{coded.bitrate_kbps}",
    )
    return OutputSpec(
        output, token, options, {token: made}, picture=voice is None, voices=() if voice is None else (voice,)
    )


def _container(profile: Hls, form: OutputForm) -> tuple[str, ...]:
    """One file, cut afterwards (`media.hls.cutting`)."""
    if profile.segments == "ts":
        # some frames of sound in a packet, not the third of a second that ffmpeg gathers: cuts are at packets
        return ("-muxdelay", "0.7", "-pes_payload_size", "1000", "-f", "mpegts")
    # key pictures begin fragments; pictures are shown from 0 on without an edit list, which browsers ignore
    flags = "+frag_keyframe+negative_cts_offsets" if form is OutputForm.HLS_VIDEO else ""
    length = () if form is OutputForm.HLS_VIDEO else ("-frag_duration", str(profile.segment_s * 1_000_000))
    return (*length, "-movflags", f"{flags}+empty_moov+default_base_moof+delay_moov", "-f", "mp4")
