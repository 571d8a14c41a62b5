"""A rendition as ffmpeg plays it: each stretch that is not encrypted, as a playlist of ours beside links.

ffmpeg takes the names in a playlist as they are written, percent signs and all, opens only some suffixes, and does not
read on where time stamps begin anew; whoever made the ladder need not know.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from pipeline import durable
from pipeline.media.hls import files, writing
from pipeline.media.hls.ladder import Rendition
from pipeline.media.hls.measured import ReadStretch
from pipeline.media.hls.playlist import Segment
from pipeline.model.plan import OutputForm
from pipeline.transcode.decode import EncodedFile

INDEX = "index.m3u8"


def encoded_files(item: Rendition, scratch: Path) -> Iterator[EncodedFile]:
    """The stretches of a variant or of sound, each in a folder of its own in `scratch`."""
    if item.path is None or item.playlist is None or item.measured is None:
        return
    for number, stretch in enumerate(item.measured.stretches):
        folder = durable.make_folder(scratch / str(number))
        listed = item.playlist.segments[stretch.first : stretch.first + stretch.count]
        linked = _Links(item.path.parent, folder, stretch)
        init = linked.of(listed[0].init) if listed[0].init else None
        text = writing.media(
            [linked.of(segment) for segment in listed],
            item.playlist.target_s or 1,
            version=writing.FMP4_VERSION,
            init=init,
            independent=False,
        )
        (folder / INDEX).write_text(text, encoding="utf-8")
        pictured = stretch.coding is not None and stretch.coding.kind == "video"
        form = OutputForm.HLS_VIDEO if pictured else OutputForm.HLS_AUDIO
        yield EncodedFile(folder / INDEX, form, item.uri, pictured, len(stretch.sounds) + int(not pictured))


class _Links:
    """Links in a folder to the files of a stretch, one for each."""

    def __init__(self, source: Path, folder: Path, stretch: ReadStretch):
        self._source, self._folder = source, folder
        self._suffix = "ts" if stretch.container == "ts" else "mp4"
        self._names: dict[Path, str] = {}

    def of(self, segment: Segment) -> Segment:
        """The same bytes under the link's name."""
        path = files.resolve(self._source, segment.uri)
        if path is None:
            raise AssertionError("only what was read is played")
        if path not in self._names:
            self._names[path] = f"{len(self._names)}.{self._suffix}"
            (self._folder / self._names[path]).symlink_to(path)
        return replace(segment, uri=self._names[path])
