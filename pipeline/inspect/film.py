"""The whole inspection of one film: first bytes, MediaInfo, one decode, the level of its sound."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeAlias

from pipeline.errors import EnvironmentFault, InputError, MediaError, ShowcaseError
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.run import Progress
from pipeline.inspect import coding, decode, level, line_up, mediainfo
from pipeline.inspect.level import ENDLESS_S
from pipeline.media import signature
from pipeline.media.isobmff import edits
from pipeline.media.signature import Refusal
from pipeline.model.inspection import Inspection, LevelAdjustment, Measures, Media

TAIL_S = 0.25
Span: TypeAlias = tuple[float, float]  # seconds
VERSION = 8  # part of the stage's key: raise it when the same film would be measured differently


@dataclass(frozen=True)
class Target:
    """The sound level that a profile asks for, and what it is coded with."""

    loudness_lkfs: float
    true_peak_dbtp: float
    codec: str = ""
    bitrate_kbps: int | None = None


class Refused(MediaError):
    """The file is not opened or can't be read: a finding's code says why."""

    def __init__(self, code: str, *, where: str, detail: str | None = None):
        super().__init__("refused", where=where, detail=detail)
        self.code = code


def head(path: Path) -> str:
    """The demuxer that the first bytes ask for.

    Raises:
        InputError: no such file. Refused: empty, text, or no known container.
    """
    try:
        if path.is_dir():
            raise InputError("is_folder", where=str(path))
        with path.open("rb") as handle:
            found = signature.identify(handle.read(signature.HEAD_BYTES))
    except FileNotFoundError as error:
        raise InputError("path_missing", where=str(path)) from error
    except OSError as error:
        raise Refused("file.unreadable", where=str(path), detail=error.strerror) from error
    if isinstance(found, Refusal):
        raise Refused(found.value, where=str(path))
    return found


def inspect(
    path: Path,
    *,
    sha256: str,
    targets: Sequence[Target],
    ffmpeg: Path,
    folder: Path,
    log: Path,
    without_line_up: bool = False,
    track: int | None = None,
    span: Span | None = None,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Inspection:
    """Everything known of a film; `folder` is a scratch folder of its own.

    `without_line_up`: the programme begins behind the bars, tone and black at its head, if there are any.
    `track`: that sound track alone. `span`: what of the sound will be heard, in seconds of its own.

    Raises:
        Refused: it can't be read, with the finding's code.
        EnvironmentFault: this machine can't do it now.
    """
    demuxer = head(path)
    try:
        media = mediainfo.inspect(path)
    except MediaError as error:
        raise Refused("file.unreadable", where=str(path)) from error
    if demuxer == "mov":
        with path.open("rb") as handle:
            media = media.model_copy(update={"edit_list": edits.is_edited(edits.edits(handle))})
    if track is not None:
        if len(media.audio) <= track:
            raise MediaError("no_sound", where=str(path))
        media = media.model_copy(update={"video": (), "audio": media.audio[track : track + 2], "sound_at": track})
    if not (media.video or media.audio):
        code = "file.truncated" if media.truncated or demuxer == "mov" else "file.unreadable"
        raise Refused(code, where=str(path))
    try:
        measures, curves = decode.measure(
            path, media, demuxer, ffmpeg=ffmpeg, folder=folder, log=log, on_progress=on_progress
        )
        start_s = line_up.programme_start(measures) if without_line_up else 0.0
        heard = span or _span(measures, start_s)
        settled = _settle(path, demuxer, media, measures, heard, targets, ffmpeg=ffmpeg, folder=folder, log=log)
    except (EnvironmentFault, InputError):
        raise
    except ShowcaseError as error:
        raise Refused(_code(media), where=str(path), detail=error.detail) from error
    if media.video and measures.video.timeline is None:
        raise Refused(_code(media), where=str(path))
    return Inspection(
        sha256=sha256,
        size_bytes=media.size_bytes,
        format=demuxer,
        media=media,
        measures=measures,
        levels=settled,
        start_s=start_s,
        curves=curves,
    )


def _span(measures: Measures, start_s: float) -> Span:
    """What will be heard: sound past the picture's end, or of the line-up, is cut off and must not count."""
    line = measures.video.timeline
    if line is None:
        return 0.0, ENDLESS_S
    return (line.first_pts_s + start_s if start_s else 0.0), line.first_pts_s + line.duration_s


def _settle(
    path: Path,
    demuxer: str,
    media: Media,
    measures: Measures,
    span: Span,
    targets: Sequence[Target],
    *,
    ffmpeg: Path,
    folder: Path,
    log: Path,
) -> tuple[LevelAdjustment, ...]:
    """The levels of what will be heard."""
    log = log.with_suffix(".level.log")
    start_s, end_s = span
    hear = {"start_s": start_s, "end_s": end_s}
    stereo = measures.audio.stereo
    ends_elsewhere = end_s < ENDLESS_S and abs((measures.audio.audio_duration_s or 0.0) - end_s) > TAIL_S
    if targets and stereo and (start_s or ends_elsewhere):
        stereo = level.measure(path, demuxer, media, None, **hear, ffmpeg=ffmpeg, folder=folder, log=log)
    settled: dict[tuple[float, float, float], LevelAdjustment] = {}
    made = []
    bright = level.loses_in_coding(measures)
    for target in targets:
        key = (target.loudness_lkfs, target.true_peak_dbtp, graph.margin_db(target.bitrate_kbps))
        if key not in settled:
            first = level.first_level(stereo, target_lkfs=key[0], ceiling_dbtp=key[1], bitrate_kbps=target.bitrate_kbps)
            settled[key] = level.settle(first, path, demuxer, media, **hear, ffmpeg=ffmpeg, folder=folder, log=log)
        own = settled[key].model_copy(update={"codec": target.codec, "bitrate_kbps": target.bitrate_kbps})
        if stereo and (bright or target.codec in coding.TURNED_DOWN):
            own = coding.corrected(own, path, demuxer, media, **hear, ffmpeg=ffmpeg, folder=folder, log=log)
        made.append(own)
    return tuple(made)


def _code(media: Media) -> str:
    return "file.truncated" if media.truncated else "file.unreadable"
