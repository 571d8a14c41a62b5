"""An output counts when it is what the plan says: measured anew, decoded in full once, in time at the decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path, PurePosixPath

from pipeline import durable
from pipeline.errors import MediaError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.run import Invocation, Progress, run
from pipeline.inspect import mediainfo
from pipeline.inspect.filter_log import FilterLog
from pipeline.media.hls import ladder, validator
from pipeline.media.mpegts import analysis
from pipeline.media.mpegts.delivery import ExpectedStream
from pipeline.media.mpegts.packets import NotTransportStream
from pipeline.model.inspection import Loudness, Media, Scan
from pipeline.model.plan import Expected, Output, OutputForm
from pipeline.model.rendition import Gate, KeyPictures, Rendition, StoredFile
from pipeline.model.stream import StreamReport
from pipeline.transcode.segmenting import IFRAMES, INIT

_DEMUXERS = {
    OutputForm.MPEGTS: "mpegts",
    OutputForm.HLS_VIDEO: "hls",
    OutputForm.HLS_AUDIO: "hls",
    OutputForm.MP4: "mov",
    OutputForm.MEZZANINE: "mov",
    OutputForm.POSTER: "jpeg_pipe",
    OutputForm.SPRITE: "jpeg_pipe",
}
ASPECT_SLACK = 0.01
UNTOLD = "und"  # a language that the form has no code for


@dataclass(frozen=True)
class MeasuredOutput:
    """What was measured of one output."""

    files: tuple[StoredFile, ...]
    media: Media
    frames: int
    duration_s: float | None
    loudness: tuple[Loudness, ...] = ()  # of each sound track
    gate: Gate | None = None
    codecs: str | None = None
    bandwidth: tuple[int, int] | None = None
    key_pictures: KeyPictures | None = None


def output(
    planned: Output,
    folder: Path,
    *,
    ffmpeg: Path,
    scratch: Path,
    log: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Rendition:
    """Measure one output in `folder` and hold it against the plan.

    Raises:
        MediaError: it is not what was planned; `detail` has each figure and what it should be.
    """
    path = folder / planned.file
    if not path.is_file() or path.stat().st_size == 0:
        raise MediaError("output_missing", where=planned.name)
    files = _files(planned, folder)
    faults: list[str] = []
    frames, loudness = decode(
        planned.form,
        path,
        picture=planned.expected.video is not None,
        sounds=len(planned.expected.audio),
        ffmpeg=ffmpeg,
        scratch=scratch,
        log=log,
        where=planned.name,
        total_s=planned.expected.duration_s,
        on_progress=on_progress,
    )
    found = MeasuredOutput(
        files=files,
        media=Media(container="", size_bytes=0, duration_s=None, bitrate_bps=None, truncated=False),
        frames=frames,
        duration_s=None,
        loudness=loudness,
    )
    match planned.form:
        case OutputForm.MPEGTS:
            media = mediainfo.inspect(path)
            analysed = _analysed(planned, path)
            faults += [analysis.said(check) for check in analysed.findings]
            found = replace(
                found,
                media=media,
                gate=analysis.gate(analysed),
                duration_s=media.video[0].duration_s if media.video else None,
            )
            # MediaInfo drops the last picture's time in a transport stream: pictures were counted, so use them
            if planned.expected.video and planned.expected.video.frame_rate:
                found = replace(found, duration_s=frames / planned.expected.video.frame_rate)
        case OutputForm.MP4 | OutputForm.MEZZANINE | OutputForm.AUDIO:
            media = mediainfo.inspect(path)
            length = media.video[0].duration_s if media.video else media.audio[0].duration_s if media.audio else None
            found = replace(found, media=media, duration_s=length)
        case OutputForm.HLS_VIDEO | OutputForm.HLS_AUDIO:
            found, said = _hls(planned, path, found, scratch)
            faults += said
        case OutputForm.POSTER | OutputForm.SPRITE:
            found = replace(found, media=mediainfo.inspect(path), frames=1)
    faults += differences(planned.expected, found)
    if faults:
        raise MediaError("output_differs", where=planned.name, detail=" | ".join(faults))
    peak, average = found.bandwidth or (None, None)
    return Rendition(
        name=planned.name,
        profile=planned.profile,
        form=planned.form,
        language=planned.language,
        burnt=planned.burnt,
        files=files,
        media=found.media,
        frames=found.frames if planned.expected.video else None,
        codecs=found.codecs,
        bandwidth_bps=peak,
        average_bandwidth_bps=average,
        key_pictures=found.key_pictures,
        loudness=next(iter(found.loudness), None),
        gate=found.gate,
    )


def _analysed(planned: Output, path: Path) -> StreamReport:
    """The stream under our own analyser, against what was planned; warnings count: an operator's would show them."""
    video = planned.expected.video
    wanted = None
    if video and video.level and video.profile and video.frame_rate and video.matrix and video.gop_frames:
        wanted = ExpectedStream(
            width=video.width,
            height=video.height,
            profile=video.profile.lower(),
            level=video.level,
            frame_rate=video.frame_rate,
            interlaced=video.interlaced or video.segmented,
            matrix=video.matrix,
            gop_frames=video.gop_frames,
            languages=tuple(item.language for item in planned.expected.audio),
            service=planned.expected.service or "",
        )
    try:
        return analysis.analyse(path, wanted)
    except NotTransportStream as error:
        raise MediaError("output_damaged", where=planned.name, detail=str(error)) from error


def differences(expected: Expected, found: MeasuredOutput) -> list[str]:
    """Pure: each figure that is not as planned, as «name: found, planned»."""
    pairs: list[tuple[str, object, object, bool]] = []

    def same(name: str, is_now: object, planned: object) -> None:
        pairs.append((name, is_now, planned, is_now == planned))

    def near(name: str, is_now: float | None, planned: float, slack: float) -> None:
        pairs.append(
            (name, is_now, f"{planned:g} ± {slack:g}", is_now is not None and abs(is_now - planned) <= slack + 1e-6)
        )

    if want := expected.video:
        tracks = found.media.video or found.media.images
        same("video tracks", len(tracks), 1)
        for track in tracks[:1]:
            profile, _, level = (track.profile or "").partition("@L")
            same("codec", track.codec, want.codec)
            same("size", f"{track.width}x{track.height}", f"{want.width}x{want.height}")
            if want.profile:
                same("profile", profile, want.profile)
            if want.level:
                same("level", float(level or 0), float(want.level))
            if want.frame_rate:
                near("frame rate", track.frame_rate, want.frame_rate, 0.01)
                same("fields", track.scan is Scan.INTERLACED, want.interlaced)
                near("display aspect", track.display_aspect, want.display_aspect, ASPECT_SLACK)
        near("frames", found.frames, want.frames, want.frames_slack)
        if want.frame_rate and expected.duration_s is not None:
            slack = expected.duration_slack_s + want.frames_slack / want.frame_rate
            near("duration", found.duration_s, expected.duration_s, slack)
    if expected.audio:
        same("audio tracks", len(found.media.audio), len(expected.audio))
        for number, (sound, heard) in enumerate(zip(expected.audio, found.media.audio, strict=False)):
            which = f" {number + 1}" if number else ""
            same(f"audio codec{which}", heard.codec, sound.codec)
            same(f"channels{which}", heard.channels, sound.channels)
            same(f"sample rate{which}", heard.sample_rate_hz, sound.sample_rate_hz)
            # of a transport stream the analyser tells; None is a form or a code that MediaInfo has no word for
            if heard.language and sound.language != UNTOLD and not expected.mux:
                same(f"language{which}", heard.language, sound.language)
            if sound.loudness_lkfs is not None:
                loud = found.loudness[number] if number < len(found.loudness) else None
                is_now = loud.integrated_lkfs if loud else None
                near(f"loudness{which}", is_now, sound.loudness_lkfs, sound.loudness_slack_lu)
                peak = loud.true_peak_dbtp if loud else None
                most = sound.true_peak_dbtp
                pairs.append((f"true peak{which}", peak, f"≤ {most:g}", peak is not None and peak <= most))
        if not expected.video and expected.duration_s is not None:
            near("duration", found.duration_s, expected.duration_s, expected.duration_slack_s)
    size = sum(item.size_bytes for item in found.files)
    pairs.append(("size", size, f"≤ {expected.most_bytes}", size <= expected.most_bytes))
    if expected.mux and found.duration_s:
        same("bit rate mode", found.media.video[0].bitrate_mode if found.media.video else None, "cbr")
    return [f"{name}: {is_now}, planned {planned}" for name, is_now, planned, good in pairs if not good]


def decode(
    form: OutputForm,
    path: Path,
    *,
    picture: bool,
    sounds: int,
    ffmpeg: Path,
    scratch: Path,
    log: Path,
    where: str,
    total_s: float | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> tuple[int, tuple[Loudness, ...]]:
    """Decode every picture and sample once: how many pictures, how loud each track. The first error ends it.

    Raises:
        MediaError: something in it does not decode.
    """
    demuxer = _DEMUXERS.get(form) or ("mp3" if path.suffix == ".mp3" else "mov")
    given = graph.Input("{in.main}", demuxer, ("-xerror", "-err_detect", "explode"))
    streams = []
    if picture:
        streams.append(graph.apply(given.stream("v:0"), "null"))
    streams += [
        graph.apply(given.stream(f"a:{index}"), "ebur128", peak="true", framelog="quiet") for index in range(sounds)
    ]
    options = ("-fps_mode", "passthrough", "-c:a", "pcm_s16le", "-f", "null")
    words = graph.argv([given], [graph.Written(tuple(streams), "-", options)])
    filter_log = FilterLog()
    task = Invocation(argv=words, folder=scratch, log=log, inputs={"{in.main}": path}, where=where, total_s=total_s)
    result = run(task, ffmpeg, on_progress=on_progress, on_line=filter_log.feed)
    if result.stderr.error_count:
        raise MediaError("output_damaged", where=where, detail=" | ".join(result.stderr.errors[:3]))
    return result.frames, tuple(filter_log.in_order())


def _hls(planned: Output, path: Path, found: MeasuredOutput, scratch: Path) -> tuple[MeasuredOutput, list[str]]:
    """A rendition and its key pictures under our own validator."""
    rows = [ladder.read(item) for item in (path, path.with_name(IFRAMES)) if item.is_file()]
    faults = [f"{item.name} {analysis.said(check)}" for item in rows for check in validator.report(item).errors]
    whole = rows[0].renditions[0]
    if whole.playlist is None or whole.measured is None or whole.measured.coding is None:
        raise MediaError("output_damaged", where=planned.name, detail=" | ".join(faults))
    if planned.form is OutputForm.HLS_VIDEO and len(rows) < 2:
        faults.append(f"no {IFRAMES}")
    # MediaInfo reads no playlists here: give it the film's head, as a player would have it
    sample = scratch / f"head.{planned.segments.container if planned.segments else 'mp4'}"
    init = (path.parent / INIT).read_bytes() if whole.playlist.init else b""
    sample.write_bytes(init + (path.parent / whole.playlist.segments[0].uri).read_bytes())
    media = mediainfo.inspect(sample)
    sample.unlink()
    if media.video and media.video[0].frame_rate is None:  # which MediaInfo does not tell of one segment of a stream
        seen = media.video[0].model_copy(update={"frame_rate": whole.measured.coding.frame_rate})
        media = media.model_copy(update={"video": (seen,)})
    key_pictures = None
    if len(rows) > 1 and (rates := rows[1].renditions[0].weight):
        place = PurePosixPath(planned.file).with_name(IFRAMES)
        key_pictures = KeyPictures(file=str(place), bandwidth_bps=rates[0], average_bandwidth_bps=rates[1])
    return replace(
        found,
        media=media,
        codecs=whole.measured.coding.name,
        duration_s=whole.playlist.duration_s,
        bandwidth=whole.weight,
        key_pictures=key_pictures,
    ), faults


def _files(planned: Output, folder: Path) -> tuple[StoredFile, ...]:
    path = folder / planned.file
    hls_form = planned.form in (OutputForm.HLS_VIDEO, OutputForm.HLS_AUDIO)
    members = sorted(path.parent.iterdir()) if hls_form else [path]
    return tuple(stored(member, folder) for member in members)


def stored(path: Path, root: Path) -> StoredFile:
    """Size and SHA-256 of a file by its place under `root`."""
    return StoredFile(
        path=path.relative_to(root).as_posix(), size_bytes=path.stat().st_size, sha256=durable.digest(path)
    )
