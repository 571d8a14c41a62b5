"""A still that was handed in as the film's poster."""

from __future__ import annotations

from pathlib import Path

from pipeline import durable
from pipeline.errors import MediaError, Refused
from pipeline.ffmpeg import graph, guard
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.report import report
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.inspect import first_bytes, generated_label, mediainfo, tracks
from pipeline.inspect.filter_log import FilterLog
from pipeline.model.inspection import Inspection
from pipeline.model.media import VideoTrack

# what stands behind the picture in its file is not shown: a preview, a short film, what a copy left there
_FIRST_ALONE = ("-bsf:v", "noise=drop=gt(n\\,0)")


def inspect(path: Path, runner: Runner) -> Inspection:
    """What is known of it, when it can be decoded.

    Raises:
        InputError: no such file. Refused: it is no PNG or JPEG, too large, or damaged.
        EnvironmentFault: this machine can't do it now.
    """
    demuxer = first_bytes.demuxer(path)
    if demuxer not in tracks.IMAGES:
        raise Refused("poster.unreadable", where=str(path))
    try:
        told = mediainfo.look(path)
    except MediaError as error:
        raise Refused("poster.unreadable", where=str(path)) from error
    _refuse_too_large(told.file.images, path)  # before anything decodes it
    try:
        media = tracks.joined(report(path, demuxer, runner), told, demuxer, None)
        source = Source(path, demuxer, media.model_copy(update={"video": media.images}))
        errors = _errors(source, runner) if media.images else 0
    except MediaError as error:
        raise Refused("poster.unreadable", where=str(path)) from error
    if not media.images:
        raise Refused("poster.unreadable", where=str(path))
    if errors:  # what is not there was painted over
        raise Refused("poster.damaged", where=str(path))
    return Inspection(
        sha256=durable.digest(path),
        size_bytes=media.size_bytes,
        format=demuxer,
        media=media,
        measures=None,
        generated_labels=generated_label.read(path, demuxer, media, runner),
    )


def _errors(source: Source, runner: Runner) -> int:
    """How much of its one picture could not be decoded."""
    picture = source.coded_picture(*_FIRST_ALONE)
    log = FilterLog()
    argv = graph.argv([source.input(*_FIRST_ALONE)], [graph.Written((picture,), "unseen", ("-f", "null"))])
    runner.run(Invocation(argv, inputs=source.paths, where=source.path.name), on_line=log.feed)
    return log.errors


def _refuse_too_large(images: tuple[VideoTrack, ...], path: Path) -> None:
    if any(item.width * item.height > guard.MAX_PIXELS for item in images):
        raise Refused("poster.too_large", where=str(path))
