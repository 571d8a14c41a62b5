"""One decode of picture and sound, from which everything about a film's content is measured.

What ffmpeg's filters decide well (fields, loudness) they decide at full size, where it costs next to nothing beside
the decode; everything else is seen in small pictures and heard in the samples that come out of the same process.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np

from pipeline.errors import MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.invocation import Invocation, PipeReader, Progress
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.ffmpeg.stderr import Line
from pipeline.inspect import changes, damage, dv_shapes, picture_changes, sound_changes, suitable, summary
from pipeline.inspect.analyzers import AudioAnalyzers, VideoAnalyzers
from pipeline.inspect.audio import gating
from pipeline.inspect.audio.gating import NOTHING, StepPowers
from pipeline.inspect.changes import ChangeLog
from pipeline.inspect.damage import DamageFound
from pipeline.inspect.decoded import BOTTOM, TOP, UNDECIDED, WHOLE, Packets, VideoFormat
from pipeline.inspect.dv_shapes import ShapeReader
from pipeline.inspect.filter_log import FilterLog
from pipeline.inspect.summary import DecodeResult
from pipeline.inspect.video import combs
from pipeline.inspect.video.frames import HEIGHT, WIDTH, Array
from pipeline.media.track_shape import as_stretch, matrix_of, upright_size
from pipeline.model.inspection import Curves, Measures, PictureStretch, are_sampled_alike, lead_of
from pipeline.model.media import Media

FIELDS = "fields.txt"
FRAMES, COLUMNS, AUDIO = "{pipe.frames}", "{pipe.columns}", "{pipe.audio}"
_NAMES = {"{out.pictures}": "pictures.txt", "{out.sound}": "sound.txt", changes.SETS: changes.SETS_FILE}
_USUAL_RATE = 25.0
USUAL_HZ = 48_000
SOUND_JUMP_S = 0.04
MOST_GAPS = 1000
DULL, DULL_HZ = "dull", 15_000
REST = "rest"  # the channels beside the two that are taken
FINE_BITS = 12  # coarser samples are equal everywhere
EXACT_BITS = 24  # a float keeps them
STEREO = (("MPEG Audio", None), ("AAC", "L R"), ("PCM", None), ("PCM", "L R"))  # codec and layout
_RECORDED = ("PCM", "FLAC", "ALAC")  # codecs that give back the samples they were given


def argv(source: Source) -> tuple[str, ...]:
    """The measuring command: the first real picture track and the first sound track."""
    media, given = source.media, source.input(*_as_carried(source))
    written = []
    if media.video:
        written += _shape_tellers(source) if not source.stretches else []
        picture = graph.apply(source.picture(), "idet")
        key = "lavfi.idet.multiple.current_frame"
        picture = graph.apply(picture, "metadata", mode="print", key=key, file=FIELDS)
        # swscale refuses colour tags that it does not know; here only code values count
        picture = graph.apply(picture, "setparams", color_primaries="unknown", color_trc="unknown")
        picture, whole = graph.fan_out(picture, "split", 2)
        whole = graph.apply(whole, "scale", w=combs.COLUMNS, h=upright_size(media.video[0])[1], flags="neighbor")
        whole = graph.apply(whole, "format", pix_fmts="gray")
        written.append(graph.Written((whole,), COLUMNS, ("-fps_mode", "passthrough", "-f", "rawvideo")))
        picture = graph.apply(picture, "scale", w=WIDTH, h=HEIGHT, flags="area", out_range="tv")
        picture = graph.apply(picture, "format", pix_fmts="yuv420p")
        options: tuple[str, ...] = (
            "-fps_mode",
            "passthrough",
            "-enc_time_base:v",
            "demux",
            "-stats_enc_pre:v:0",
            "{out.pictures}",
            "-stats_enc_pre_fmt:v:0",
            "{pts} {tb}",
            "-f",
            "rawvideo",  # {t} has six digits only
        )
        written.append(graph.Written((picture,), FRAMES, options))
    if media.audio:
        # holes are filled with silence, so that every sample has its time
        rate = media.audio[0].sample_rate_hz or USUAL_HZ
        sound = graph.apply(graph.programme(given, media), "aresample", osr=rate, **{"async": 1})
        native, mixed, raw = graph.fan_out(sound, "asplit", 3)
        mixed = graph.to_stereo(mixed)
        dual = "1" if media.audio[0].channels == 1 and not media.is_pair else "0"
        native = graph.apply(native, "ebur128", peak="true", framelog="info", dualmono=dual)
        streams = [native]
        if not _is_stereo(media):
            mixed, whole = graph.fan_out(mixed, "asplit", 2)
            streams.append(graph.apply(whole, "ebur128", peak="true", framelog="quiet"))
        # what coders that cut the highest tones off would leave
        dull = graph.apply(graph.apply(mixed, "lowpass", f=DULL_HZ), "lowpass", f=DULL_HZ)
        dull = graph.apply(dull, f"ebur128@{DULL}", framelog="quiet")
        raw = graph.apply(raw, "aformat", sample_fmts="flt")
        written.append(graph.Written((raw,), AUDIO, ("-c:a", "pcm_f32be", "-f", "au")))
        # the track as it comes, for its times: the others have no holes any more
        options = (
            "-c:a",
            "pcm_s16le",
            "-stats_enc_pre:a:0",
            "{out.sound}",
            "-stats_enc_pre_fmt:a:0",
            "{pts} {tb} {samp}",
            "-f",
            "null",
        )
        timed = graph.apply(given.sound(graph.index_of(media.audio[0])), "anull")
        streams = [timed, *streams, dull]
        if media.audio[0].rest:
            streams.append(graph.apply(graph.rest(given, media.audio[0]), f"ebur128@{REST}", framelog="quiet"))
        written.append(graph.Written(tuple(streams), "-", options))
    return graph.argv([given], written)


def _is_stereo(media: Media) -> bool:
    """Whether the programme is what `to_stereo` would make of it, sample by sample: what is measured of the one holds
    for the other."""
    track = media.audio[0]
    is_named_so = (track.codec, track.layout) in STEREO and track.channels == 2
    return is_named_so and track.sample_rate_hz == USUAL_HZ and (track.bit_depth or 16) <= EXACT_BITS


def _shape_tellers(source: Source) -> list[graph.Written]:
    """Copies of the pictures that tell of a change of shape, which no filter sees."""
    track = source.media.video[0]
    if track.codec == dv_shapes.CODEC:
        return [graph.Written((source.coded_picture(),), dv_shapes.PIPE, ("-c", "copy", "-f", "rawvideo"))]
    return changes.listed_sets(source.coded_picture(), track)


def measure(
    source: Source, runner: Runner, *, on_progress: Callable[[Progress], None] = lambda _: None
) -> tuple[Source, Measures, Curves, StepPowers]:
    """Decode the film once and measure it; one that changes on the way is decoded again, with all of it alike.

    Returns:
        the source as it is to be opened from now on, and what was measured.

    Raises:
        MediaError: it can't be decoded at all. Unsuitable: it can't be made right.
        EnvironmentFault: no space, no memory, no ffmpeg.
    """
    change_log, shapes = ChangeLog(), ShapeReader()
    try:
        measured = _measure(source, (change_log, shapes), runner, on_progress)
    except MediaError:
        if not change_log.kinds:
            raise
        measured = None
    steady = _steady(source, change_log, shapes, runner)
    if measured is None or change_log.kinds:
        measured = _measure(steady, (ChangeLog(), ShapeReader()), runner, on_progress)
    measures, curves, powers = measured
    video = measures.video.model_copy(update={"picture_stretches": steady.stretches})
    audio = measures.audio.model_copy(update={"sound_stretches": steady.sound_stretches})
    return steady, measures.model_copy(update={"video": video, "audio": audio}), curves, powers


def _steady(source: Source, change_log: ChangeLog, shapes: ShapeReader, runner: Runner) -> Source:
    """The source with the stretches of what changes in it."""
    times = _times(runner.folder / _NAMES["{out.pictures}"])
    several_sets = changes.has_several_sets(runner.folder / changes.SETS_FILE)
    looking = runner.named("changes")
    stretches: tuple[PictureStretch, ...] = ()
    if len(times) and ("video" in change_log.kinds or several_sets):
        sets_alone = "video" not in change_log.kinds
        stretches = picture_changes.look(source, times.tolist(), looking, sets_alone=sets_alone)
    elif len(times) and len(shapes.runs) > 1:
        stretches = picture_changes.of_shapes(source, times.tolist(), shapes.runs)
    if stretches:
        source = replace(source, media=_led(source.media, stretches), stretches=stretches)
    if "audio" in change_log.kinds:
        source = replace(
            source, sound_stretches=sound_changes.look(source, float(times[0]) if len(times) else 0.0, looking)
        )
    return source


def _led(media: Media, stretches: tuple[PictureStretch, ...]) -> Media:
    """The tracks with the pictures as they will be delivered."""
    track = as_stretch(media.video[0], lead_of(stretches))
    if not are_sampled_alike(stretches):
        track = track.model_copy(update={"colour_range": "limited"})
    return media.model_copy(update={"video": (track, *media.video[1:])})


def _measure(
    source: Source,
    told: tuple[ChangeLog, ShapeReader],
    runner: Runner,
    on_progress: Callable[[Progress], None],
) -> tuple[Measures, Curves, StepPowers]:
    media, (change_log, shapes) = source.media, told
    video, audio, filter_log = _video_analyzers(media), _audio_analyzers(media), FilterLog()
    readers: dict[str, PipeReader] = {}
    if video:
        readers[FRAMES] = video.take
        readers[COLUMNS] = video.take_columns
        if media.video[0].codec == dv_shapes.CODEC and not source.stretches:
            readers[dv_shapes.PIPE] = shapes.take
    if audio:
        readers[AUDIO] = audio.take
    invocation = Invocation(
        argv(source),
        inputs=source.paths,
        outputs=_NAMES,
        readers=readers,
        where=source.path.name,
        total_s=media.duration_s,
    )

    def on_line(line: Line) -> None:
        if not changes.is_about_sets(line):
            filter_log.feed(line)
        change_log.feed(line)

    for name in _NAMES.values():
        (runner.folder / name).unlink(missing_ok=True)
    runner.run(invocation, on_progress=on_progress, on_line=on_line)
    if audio and audio.coded.name:
        raise suitable.coded_in_pcm(audio.coded.name, source.path)
    found = damage.look(source, runner.named("damage")) if filter_log.errors and media.video else DamageFound()
    rate = audio.samples.rate_hz if audio and audio.samples else USUAL_HZ
    result = DecodeResult(
        times=_times(runner.folder / _NAMES["{out.pictures}"]),
        fields=_fields(runner.folder / FIELDS),
        packets=_packets(runner.folder / _NAMES["{out.sound}"], rate),
        video=video,
        audio=audio,
        filter_log=filter_log,
        decode_errors=filter_log.errors if found.errors is None else found.errors,
        damage=found,
    )
    levels = audio.levels if audio else None
    powers = NOTHING
    if levels and result.packets and gating.may_be_sparse(levels.power):
        powers = gating.measure(source, result.packets.first_s, runner.named("weighted"))
    return *summary.summarise(media, result), powers


def _as_carried(source: Source) -> tuple[str, ...]:
    """Options for samples as they are: of coded sound in AES3 (SMPTE ST 302) ffmpeg would drop most, or decode it."""
    is_aes3 = source.demuxer == "mpegts" and source.media.audio and source.media.audio[0].codec in ("PCM", "S302M")
    return ("-non_pcm_mode", "copy") if is_aes3 else ()


def _video_analyzers(media: Media) -> VideoAnalyzers | None:
    if not media.video:
        return None
    track = media.video[0]
    return VideoAnalyzers(VideoFormat(track.frame_rate or _USUAL_RATE, matrix_of(track), upright_size(track)[1]))


def _audio_analyzers(media: Media) -> AudioAnalyzers | None:
    if not media.audio:
        return None
    track = media.audio[0]
    bits = track.bit_depth or 16
    return AudioAnalyzers(exact=track.codec in _RECORDED and bits >= FINE_BITS, bits=bits)


def _lines_of(path: Path) -> Iterator[str]:
    """One after the other: of two hours there are a million."""
    if path.exists():
        with path.open(encoding="ascii", errors="replace") as lines:
            yield from lines


def _times(path: Path) -> Array:
    return np.fromiter((_time(*line.split()) for line in _lines_of(path)), np.float64)


def _fields(path: Path) -> Array:
    codes = {"tff": TOP, "bff": BOTTOM, "progressive": WHOLE}
    classes = (codes.get(line.rpartition("=")[2].strip(), UNDECIDED) for line in _lines_of(path) if "=" in line)
    return np.fromiter(classes, np.uint8)


def _packets(path: Path, rate_hz: int) -> Packets | None:
    first: float | None = None
    end = 0.0
    gaps: list[tuple[float, float]] = []
    for line in _lines_of(path):
        pts, base, samples = line.split()
        at = _time(pts, base)
        if first is None:
            first = at
        elif abs(at - end) > SOUND_JUMP_S and len(gaps) < MOST_GAPS:
            gaps.append((end, at))
        end = at + int(samples) / rate_hz
    return None if first is None else Packets(first, end, tuple(gaps))


def _time(pts: str, base: str) -> float:
    """Seconds, exact to the microsecond however long the film is."""
    return round(float(int(pts) * Fraction(base)), 6)
