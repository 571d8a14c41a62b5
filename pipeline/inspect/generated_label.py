"""The labels of generated content that are in a file: those of its tags, then those that only we look for."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline import regular
from pipeline.errors import MediaError
from pipeline.ffmpeg.graph import Input
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.media import ffmetadata
from pipeline.media.generated_label import names, places
from pipeline.media.generated_label.text import judged
from pipeline.model.generated import FoundLabel, LabelFault
from pipeline.model.media import Media

INPUT, OUTPUT = "{in.main}", "{out.tags}"
NAME = "tags.ffmetadata"
_MOST_BYTES = 1 << 20
_OF_FIRST_STREAM = {"ogg": ("-map_metadata", "0:s:0")}  # where the tags of a file are those of its stream


def read(path: Path, demuxer: str, media: Media, runner: Runner) -> tuple[FoundLabel, ...]:
    """Each that is in a file, those of one text once; what counts comes first.

    MediaInfo says whether a tag is there, and changes its letters (ends of lines, quotes): ffmpeg gives the bytes.

    Args:
        demuxer: that reads the file.
        media: as MediaInfo tells it.

    Raises:
        EnvironmentFault: this machine can't do it now.
    """
    with regular.opened(path) as file:
        beside = places.found(file, demuxer)
    tagged = _of_tags(path, demuxer, runner) if media.labelled else ()
    if media.labelled and not (tagged or beside):
        tagged = (FoundLabel(place=media.container, fault=LabelFault.UNREAD),)
    return _each_once((*tagged, *beside))


def _of_tags(path: Path, demuxer: str, runner: Runner) -> tuple[FoundLabel, ...]:
    """The label among the tags that ffmpeg reads; no frame is read."""
    given = Input(INPUT, demuxer)
    argv = ("{ffmpeg}", *given.words, "-i", INPUT, *_OF_FIRST_STREAM.get(demuxer, ()), "-f", "ffmetadata", OUTPUT)
    made = runner.folder / NAME
    made.unlink(missing_ok=True)
    try:
        runner.named("tags").run(Invocation(argv, inputs={INPUT: path}, outputs={OUTPUT: NAME}, where=path.name))
    except MediaError:  # whoever decodes it says why
        return ()
    with regular.opened(made) as file:
        text = file.read(_MOST_BYTES).decode("utf-8", "surrogateescape")  # bytes that are no text come back as such
    found = (value for key, value in ffmetadata.tags(text).items() if key.upper() == names.KEY)
    return tuple(judged(value.encode("utf-8", "surrogateescape"), names.KEY) for value in found)


def _each_once(labels: Iterable[FoundLabel]) -> tuple[FoundLabel, ...]:
    found: dict[tuple[str | None, LabelFault | None], FoundLabel] = {}
    for item in labels:
        found.setdefault((item.text, item.fault), item)
    return tuple(found.values())
