"""The stretches of a sound track whose channels or sample rate change on the way."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.errors import Unsuitable
from pipeline.ffmpeg import graph
from pipeline.ffmpeg.graph import Written
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.ffmpeg.stderr import Line
from pipeline.media import timecode
from pipeline.model.inspection import SoundStretch

MOST = 1000
# the decoder says of the first samples what reading ahead found last
_STALE_S = 0.1
_HEARD = re.compile(r"^n:\d+ .*\bpts_time:(-?[0-9.]+) .*\bchlayout:(.+?) rate:(\d+) nb_samples:(\d+) ")
_NAMELESS = re.compile(r"\d+ channels")
_SURE = ("mono", "stereo", "downmix")


def look(source: Source, begins_s: float, runner: Runner) -> tuple[SoundStretch, ...]:
    """The stretches of a source's first sound track, in order: one where nothing changes but how it is mixed.

    Args:
        begins_s: when its first picture is shown, seconds of the file's clock.

    Raises:
        Unsuitable: it changes so that it can't be made right.
        MediaError, EnvironmentFault: as `Runner.run` says.
    """
    track = source.media.audio[0]
    heard = graph.apply(source.input().stream(graph.index_of(track)), "ashowinfo")
    heard = graph.to_stereo(heard)  # no encoder takes a change
    written = [Written((heard,), "-", ("-c:a", "pcm_s16le", "-f", "null")), *source.unseen()]
    argv = graph.argv([source.input()], written)
    found: list[SoundStretch] = []

    def take(line: Line) -> None:
        if "ashowinfo" not in line.context or not (match := _HEARD.match(line.text)):
            return
        at_s, rate_hz = max(0.0, float(match[1]) - begins_s), int(match[3])
        end_s = round(at_s + int(match[4]) / rate_hz, 6)
        if found and (found[-1].layout, found[-1].sample_rate_hz) == (match[2], rate_hz):
            found[-1] = found[-1].model_copy(update={"end_s": max(found[-1].end_s, end_s)})
        else:
            found.append(SoundStretch(start_s=round(at_s, 6), end_s=end_s, layout=match[2], sample_rate_hz=rate_hz))

    runner.run(Invocation(argv, inputs=source.paths, where=source.path.name), on_line=take)
    if len(found) > 1 and found[0].end_s < _STALE_S:
        found[1:2] = [found[1].model_copy(update={"start_s": found[0].start_s})]
        del found[0]
    if len(found) > 1 and not _can_be_one(found, source):
        raise _unsuitable(found[1], source)
    return tuple(found)


def _can_be_one(stretches: Sequence[SoundStretch], source: Source) -> bool:
    """Whether each stretch says what its channels are, and nobody chose some of them by their number."""
    media = source.media
    track = media.audio[0]
    is_aes3 = source.demuxer == "mpegts" and track.codec in ("PCM", "S302M")  # has a number of channels, no names
    if is_aes3 and any(item.layout not in _SURE for item in stretches):
        return False
    chosen = track.pair or track.said_layout or track.layout_guessed or media.is_pair
    return not chosen and len(stretches) <= MOST and not any(_NAMELESS.match(item.layout) for item in stretches)


def _unsuitable(stretch: SoundStretch, source: Source) -> Unsuitable:
    place = timecode.clock_of(source.media).at(stretch.start_s)
    what = f"{place} ({stretch.sample_rate_hz} Hz, {stretch.layout})"
    return Unsuitable("audio.changes", where=str(source.path), reason="changes_audio", track="audio:0", what=what)
