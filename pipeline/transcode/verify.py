"""An output counts when it is what the plan says: measured anew, decoded in full once, in time at the decoder."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path, PurePosixPath

from pipeline import durable
from pipeline.errors import MediaError
from pipeline.ffmpeg.invocation import Progress
from pipeline.ffmpeg.runner import Runner
from pipeline.inspect import chapters, generated_label, mediainfo
from pipeline.media.generated_label import text
from pipeline.media.hls import ladder, validator
from pipeline.media.mpegts import analysis
from pipeline.media.mpegts.delivery import ExpectedStream
from pipeline.media.mpegts.packets import NotTransportStream
from pipeline.model.media import Media
from pipeline.model.plan import Output, OutputForm
from pipeline.model.rendition import KeyPictures, Rendition, StoredFile
from pipeline.model.stream import StreamReport
from pipeline.transcode.decode import EncodedFile, decode
from pipeline.transcode.differences import MeasuredOutput, differences, plain_profile
from pipeline.transcode.segmenting import IFRAMES, INIT


def output(
    planned: Output,
    folder: Path,
    runner: Runner,
    *,
    md5: bool = False,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Rendition:
    """Measure one output in `folder` and hold it against the plan.

    Args:
        md5: whether what ADI names gets its MD5 in the read that makes its SHA-256.

    Raises:
        MediaError: it is not what was planned; `detail` has each figure and what it should be.
    """
    path = folder / planned.file
    if not path.is_file() or path.stat().st_size == 0:
        raise MediaError("output_missing", where=planned.name)
    files = _files(planned, folder, md5=md5 and planned.form.is_for_adi)
    faults: list[str] = []
    encoded = EncodedFile(
        path,
        planned.form,
        planned.name,
        has_picture=planned.expected.video is not None,
        audio_tracks=len(planned.expected.audio),
        duration_s=planned.expected.duration_s,
    )
    frames, loudness = decode(encoded, runner, on_progress=on_progress)
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
            faults += [analysis.summary(check) for check in analysed.findings]
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
            found, hls_faults = _hls(planned, path, found, runner)
            faults += hls_faults
        case OutputForm.POSTER | OutputForm.SPRITE:
            found = replace(found, media=mediainfo.inspect(path), frames=1)
    if planned.generated_label is not None and planned.form not in (OutputForm.HLS_VIDEO, OutputForm.HLS_AUDIO):
        found = replace(found, generated_label=_label(path, encoded.demuxer, found.media, runner))
    if planned.generated_label != found.generated_label:  # what loses one says nothing
        faults.append(f"label: {_told(found.generated_label)}, planned {_told(planned.generated_label)}")
    if planned.expected.chapters:
        found = replace(found, chapters=tuple(chapters.read(path, encoded.demuxer, runner)))
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
        generated_label=found.generated_label,
    )


def _analysed(planned: Output, path: Path) -> StreamReport:
    """The stream under our own analyser, against what was planned; warnings count: an operator's would show them."""
    video = planned.expected.video
    wanted = None
    if video and video.level and video.profile and video.frame_rate and video.matrix and video.gop_frames:
        wanted = ExpectedStream(
            width=video.width,
            height=video.height,
            profile=plain_profile(video.profile),
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


def _label(path: Path, demuxer: str, media: Media, runner: Runner) -> str | None:
    """The label of generated content that the next reader will find."""
    labels = generated_label.read(path, demuxer, media, runner)
    return next((item.text for item in labels if item.text is not None), None)


def _told(label: str | None) -> str:
    return "none" if label is None else text.shown(label)


def _hls(planned: Output, path: Path, found: MeasuredOutput, runner: Runner) -> tuple[MeasuredOutput, list[str]]:
    """A rendition and its key pictures under our own validator."""
    rows = [ladder.read(item) for item in (path, path.with_name(IFRAMES)) if item.is_file()]
    faults = [f"{item.name} {analysis.summary(check)}" for item in rows for check in validator.report(item).errors]
    whole = rows[0].renditions[0]
    if whole.playlist is None or whole.measured is None or whole.measured.coding is None:
        raise MediaError("output_damaged", where=planned.name, detail=" | ".join(faults))
    if planned.form is OutputForm.HLS_VIDEO and len(rows) < 2:
        faults.append(f"no {IFRAMES}")
    if planned.form is OutputForm.HLS_VIDEO and whole.measured.coding.parameters is None:
        faults.append("no parameter set")
    # MediaInfo reads no playlists here: give it the film's head, as a player would have it
    sample = runner.folder / f"head.{planned.segments.container if planned.segments else 'mp4'}"
    init = (path.parent / INIT).read_bytes() if whole.playlist.init else b""
    sample.write_bytes(init + (path.parent / whole.playlist.segments[0].uri).read_bytes())
    media = mediainfo.inspect(sample)
    label = _label(sample, "mov", media, runner) if planned.generated_label is not None else None
    sample.unlink()
    if media.video and media.video[0].frame_rate is None:  # MediaInfo does not say it of one segment of a stream
        track = media.video[0].model_copy(update={"frame_rate": whole.measured.coding.frame_rate})
        media = media.model_copy(update={"video": (track,)})
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
        parameters=whole.measured.coding.parameters,
        generated_label=label,
    ), faults


def _files(planned: Output, folder: Path, *, md5: bool) -> tuple[StoredFile, ...]:
    path = folder / planned.file
    hls_form = planned.form in (OutputForm.HLS_VIDEO, OutputForm.HLS_AUDIO)
    members = sorted(path.parent.iterdir()) if hls_form else [path]
    return tuple(stored(member, folder, md5=md5) for member in members)


def stored(path: Path, root: Path, *, md5: bool = False) -> StoredFile:
    """Size and digests of a file by its place under `root`."""
    digests = durable.digests(path) if md5 else (durable.digest(path), None)
    return StoredFile(
        path=path.relative_to(root).as_posix(), size_bytes=path.stat().st_size, sha256=digests[0], md5=digests[1]
    )
