"""What is written beside renditions: the multivariant playlist of a ladder, the index of a sprite sheet."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import quote

from pipeline.media import hls
from pipeline.media.timecode import webvtt
from pipeline.model.plan import Form, Plan, Tiles
from pipeline.model.rendition import Rendition


def of(plan: Plan, renditions: Sequence[Rendition], *, stem: str = "") -> dict[str, tuple[bytes, str]]:
    """Each file by its place beside the renditions, with its role; `stem` goes before the names of single files."""
    written: dict[str, tuple[bytes, str]] = {}
    ladders = dict.fromkeys(item.profile for item in renditions if item.form is Form.HLS_VIDEO)
    for profile in ladders:
        playlist = _multivariant(plan, [item for item in renditions if item.profile == profile], profile)
        written[f"{profile}/master.m3u8"] = (playlist.encode(), "hls")
    for output in plan.outputs:
        if output.tiles:
            sheet = PurePosixPath(output.file)
            name = quote(f"{stem}.{sheet.name}") if stem else sheet.name
            text = thumbnails(output.tiles, plan.duration_s, name)
            written[str(sheet.with_suffix(".vtt"))] = (text.encode(), "thumbnails")
    return written


def thumbnails(tiles: Tiles, duration_s: float, sheet: str) -> str:
    """WebVTT whose cues name a part of the sheet (`#xywh=`), one for each small picture."""
    cues = ["WEBVTT", ""]
    for index in range(tiles.count):
        start, end = index * tiles.step_s, min((index + 1) * tiles.step_s, duration_s)
        x, y = index % tiles.columns * tiles.width, index // tiles.columns * tiles.height
        cues += [f"{webvtt(start)} --> {webvtt(end)}", f"{sheet}#xywh={x},{y},{tiles.width},{tiles.height}", ""]
    return "\n".join(cues)


def _multivariant(plan: Plan, renditions: Sequence[Rendition], profile: str) -> str:
    sounds = [item for item in renditions if item.form is Form.HLS_AUDIO]
    sound = sounds[0] if sounds else None
    heaviest = tuple(max((getattr(item, name) or 0 for item in sounds), default=0)
                     for name in ("bandwidth_bps", "average_bandwidth_bps"))  # fmt: skip
    outputs = {output.name: output for output in plan.outputs}
    variants = []
    for item in renditions:
        if item.form is not Form.HLS_VIDEO:
            continue
        output, track = outputs[item.name], item.media.video[0]
        codecs = ",".join(name for name in (item.codecs, sound.codecs if sound else None) if name)
        variants.append(
            hls.Variant(
                uri=output.file.removeprefix(f"{profile}/"), bandwidth_bps=(item.bandwidth_bps or 0) + heaviest[0],
                average_bps=(item.average_bandwidth_bps or 0) + heaviest[1], codecs=codecs,
                width=track.width, height=track.height,
                frame_rate=output.expected.video.frame_rate or 0.0 if output.expected.video else 0.0,
            )
        )  # fmt: skip
    groups = [
        hls.SoundGroup(outputs[item.name].file.removeprefix(f"{profile}/"), name=item.language or "und",
                       language=hls.language_tag(item.language or "und"), channels=2)
        for item in sounds
    ]  # fmt: skip
    return hls.write_multivariant(variants, groups)
