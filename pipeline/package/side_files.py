"""What is written beside renditions: subtitles, chapters and times of slides, the multivariant playlist of a ladder,
the index of a sprite sheet."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import quote

from pipeline.media import timecode
from pipeline.media.hls import cutting, writing
from pipeline.media.hls.playlist import Segment
from pipeline.media.subtitles import scripts, webvtt
from pipeline.model import languages
from pipeline.model.base import canonical
from pipeline.model.chapter import Chapter
from pipeline.model.plan import Output, OutputForm, Plan, Tiles
from pipeline.model.rendition import Rendition
from pipeline.model.subtitles import SubtitleTrack, words

_TEXT, INDEX = "subtitles", "index.m3u8"
CHAPTERS, SLIDES = "chapters.vtt", "slides.json"


@dataclass(frozen=True)
class SideFile:
    """What is in a file and what it is for; `language` is that of its words."""

    content: bytes
    role: str
    language: str | None = None


def side_files_for(plan: Plan, renditions: Sequence[Rendition], *, stem: str = "") -> dict[str, SideFile]:
    """Each file by its place beside the renditions; `stem` goes before the names of single files."""
    written: dict[str, SideFile] = {}
    for track in plan.subtitles:
        text = webvtt.whole(track.cues)
        written[f"subtitles/{track.language}.vtt"] = SideFile(text.encode(), "subtitles", track.language)
    if plan.chapters:
        text = webvtt.chapters(plan.chapters, plan.duration_s)
        written[CHAPTERS] = SideFile(text.encode(), "chapters")
    if plan.chapters and plan.deck_sha256:
        written[SLIDES] = SideFile(slide_times(plan.chapters, plan.deck_sha256), "slide_times")
    ladders = dict.fromkeys(item.profile for item in renditions if item.form is OutputForm.HLS_VIDEO)
    for profile in ladders:
        own = [item for item in renditions if item.profile == profile]
        written |= _text(plan, profile)
        written[f"{profile}/master.m3u8"] = SideFile(_multivariant(plan, own, profile).encode(), "hls")
    for output in plan.outputs:
        if output.tiles:
            sheet = PurePosixPath(output.file)
            name = quote(f"{stem}.{sheet.name}") if stem else sheet.name
            text = thumbnails(output.tiles, plan.duration_s, name)
            written[str(sheet.with_suffix(".vtt"))] = SideFile(text.encode(), "thumbnails")
    return written


def slide_times(chapters: Sequence[Chapter], deck_sha256: str) -> bytes:
    """Which page is shown from when on, for players that show the pages themselves."""
    pages = [item.model_dump(mode="json") for item in chapters if item.page is not None]
    return canonical({"deck": deck_sha256, "pages": pages}, indent=1) + b"\n"


def _text(plan: Plan, profile: str) -> dict[str, SideFile]:
    """The subtitles of a ladder: segments and a playlist for each language, as long as its pictures."""
    lead = next(item for item in plan.outputs if item.profile == profile and item.segments)
    film_s = lead.expected.duration_s or 0.0
    zero = cutting.TS_ZERO if lead.segments and lead.segments.container == "ts" else 0
    written = {}
    for track in plan.subtitles:
        folder, pieces = f"{profile}/{_TEXT}-{track.language}", []
        for number, (seconds, text) in enumerate(webvtt.segments(track.cues, film_s, zero)):
            name = f"{number:05}.vtt"
            pieces.append(Segment(name, seconds))
            written[f"{folder}/{name}"] = SideFile(text.encode(), "hls", track.language)
        target = max(1, *(math.ceil(piece.duration_s) for piece in pieces))
        playlist = writing.media(pieces, target, version=writing.TEXT_VERSION, independent=False)
        written[f"{folder}/{INDEX}"] = SideFile(playlist.encode(), "hls", track.language)
    return written


def thumbnails(tiles: Tiles, duration_s: float, sheet: str) -> str:
    """WebVTT whose cues name a part of the sheet (`#xywh=`), one for each small picture."""
    cues = ["WEBVTT", ""]
    for index in range(tiles.count):
        start, end = index * tiles.step_s, min((index + 1) * tiles.step_s, duration_s)
        x, y = index % tiles.columns * tiles.width, index // tiles.columns * tiles.height
        cues += [
            f"{timecode.webvtt(start)} --> {timecode.webvtt(end)}",
            f"{sheet}#xywh={x},{y},{tiles.width},{tiles.height}",
            "",
        ]
    return "\n".join(cues)


def _multivariant(plan: Plan, renditions: Sequence[Rendition], profile: str) -> str:
    outputs = {output.name: output for output in plan.outputs}
    sounds = [item for item in renditions if item.form is OutputForm.HLS_AUDIO]
    groups = [_sound(item, outputs[item.name], profile, default=_is_first(item, sounds, outputs)) for item in sounds]
    groups += map(_subtitles, plan.subtitles)
    variants, keys = [], []
    fmp4 = True
    for item in renditions:
        output, track = outputs[item.name], item.media.video[:1]
        if item.form is not OutputForm.HLS_VIDEO or not track or output.segments is None:
            continue
        fmp4 = output.segments.container == "fmp4"
        beside = [other for other in sounds if outputs[other.name].group == output.group]
        heaviest = [
            max((getattr(other, name) or 0 for other in beside), default=0)
            for name in ("bandwidth_bps", "average_bandwidth_bps")
        ]
        width, height = track[0].width, track[0].height
        variants.append(
            writing.Variant(
                uri=output.file.removeprefix(f"{profile}/"),
                peak_bps=(item.bandwidth_bps or 0) + heaviest[0],
                average_bps=(item.average_bandwidth_bps or 0) + heaviest[1],
                codecs=",".join(name for name in (item.codecs, beside[0].codecs if beside else None) if name),
                frame_rate=(output.expected.video.frame_rate or 0.0) if output.expected.video else 0.0,
                audio=output.group if beside else None,
                subtitles=_TEXT if plan.subtitles else None,
                width=width,
                height=height,
            )
        )
        if item.key_pictures:
            keys.append(
                writing.IFrames(
                    uri=str(
                        PurePosixPath(output.file).with_name(PurePosixPath(item.key_pictures.file).name)
                    ).removeprefix(f"{profile}/"),
                    peak_bps=item.key_pictures.bandwidth_bps,
                    average_bps=item.key_pictures.average_bandwidth_bps,
                    codecs=item.codecs or "",
                    width=width,
                    height=height,
                )
            )
    version = writing.FMP4_VERSION if fmp4 else writing.TS_VERSION
    return writing.multivariant(variants, groups, keys, version=version)


def _subtitles(track: SubtitleTrack) -> writing.Group:
    script = scripts.main_of(words(track.cues))
    return writing.Group(
        kind="SUBTITLES",
        group=_TEXT,
        uri=f"{_TEXT}-{track.language}/{INDEX}",
        name=languages.name(track.language, script),
        language=languages.tag(track.language, script),
        default=False,
    )


def _sound(item: Rendition, output: Output, profile: str, *, default: bool) -> writing.Group:
    language = item.language or languages.UNKNOWN
    return writing.Group(
        kind="AUDIO",
        group=output.group or "",
        uri=output.file.removeprefix(f"{profile}/"),
        name=languages.name(language),
        language=languages.tag(language),
        default=default,
        channels=2,
    )


def _is_first(item: Rendition, sounds: Sequence[Rendition], outputs: Mapping[str, Output]) -> bool:
    """Whether it is its group's first: what plays unasked."""
    return next(other for other in sounds if outputs[other.name].group == outputs[item.name].group) is item
