"""Streams of a package in a file that browsers play from a disk: pictures as they are, sound too where it is AAC."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ffmpeg import graph
from pipeline.media.generated_label import container
from pipeline.model.languages import UNKNOWN

SOUND_KBPS = 192  # what MP2 of a transport stream becomes
_MUXERS = {"mp4": "mp4", "m4a": "ipod"}


@dataclass(frozen=True)
class RemuxedStream:
    """One stream: `stream` such as `v:0`, of the input that `token` stands for.

    Args:
        is_copied: its bytes are taken as they are; else it is sound, and becomes AAC.
    """

    token: str
    demuxer: str
    stream: str
    language: str | None
    is_copied: bool


def argv(streams: Sequence[RemuxedStream], suffix: str, token: str, label: str | None = None) -> tuple[str, ...]:
    """The whole command; its index stands in front of the pictures.

    Args:
        suffix: `mp4` or `m4a`.
        token: what stands for the output.
        label: of generated content, which the index has room for then.
    """
    inputs = {item.token: graph.Input(item.token, item.demuxer) for item in streams}
    coding: list[str] = []
    for at, item in enumerate(streams):
        is_sound = item.stream.startswith("a")
        coded = ("aac", f"-b:{at}", f"{SOUND_KBPS}k") if is_sound and not item.is_copied else ("copy",)
        coding += [f"-c:{at}", *coded]
        if is_sound:
            coding += ["-metadata:s:a:0", f"language={item.language or UNKNOWN}"]
    room = () if label is None else ("-metadata", f"{container.ROOM}={container.room(label, quicktime=False)}")
    options = (
        *coding,
        *("-map_metadata", "-1", "-map_chapters", "-1", "-fflags", "+bitexact", "-flags", "+bitexact"),
        *room,
        *("-movflags", "+faststart", "-f", _MUXERS[suffix]),
    )
    written = graph.Written(tuple(inputs[item.token].stream(item.stream) for item in streams), token, options)
    return graph.argv(list(inputs.values()), [written])
