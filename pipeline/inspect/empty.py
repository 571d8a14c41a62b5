"""Sound tracks that are announced, with all that a decoder needs, and of which no packet is in the file."""

from __future__ import annotations

import re
from dataclasses import replace

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Written
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.ffmpeg.stderr import Line
from pipeline.model.media import AudioTrack, UnreadTrack

# of each input, where nothing is encoded: libav's own count of what came out of the demuxer
_READ = re.compile(r"^ *Input stream #0:(\d+) \(audio\): (\d+) packets read")


def without(source: Source, runner: Runner) -> Source | None:
    """The source without them; None where it has none. The file is read to its end, nothing is decoded.

    Raises:
        MediaError, EnvironmentFault: as `Runner.run` says.
    """
    counts: dict[int, int] = {}

    def take(line: Line) -> None:
        if match := _READ.match(line.text):
            counts[int(match[1])] = int(match[2])

    given = source.input()
    streams = tuple(given.stream(graph.index_of(track)) for track in source.media.audio)
    written = [Written(streams, "empty", ("-c", "copy", "-f", "null"))]
    argv = graph.argv([given], written, options=("-loglevel", "repeat+level+verbose"))
    runner.named("packets").run(Invocation(argv, inputs=source.paths, where=source.path.name), on_line=take)
    empty = [track for track in source.media.audio if counts.get(graph.index_of(track)) == 0]
    if not empty:
        return None
    kept = tuple(track for track in source.media.audio if track not in empty)
    unread = (*source.media.unread, *(unread_of(track) for track in empty))
    return replace(source, media=source.media.model_copy(update={"audio": kept, "unread": unread}))


def unread_of(track: AudioTrack) -> UnreadTrack:
    """A track of which nothing is in the file, as one that is not taken."""
    return UnreadTrack(kind="audio", index=graph.index_of(track), id=None, codec=track.codec, tag=None, empty=True)
