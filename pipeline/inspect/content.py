"""One decode of picture and sound: black, freeze, silence, loudness, interlacing, crop, decode errors, timeline.

The filters run at full size, where they cost next to nothing beside the decode. Definitions and numbers are those
of the house's QC sheet; the rules that judge them are in the policy.
"""

from __future__ import annotations

import itertools
import re
import statistics
from collections.abc import Callable
from dataclasses import dataclass, field
from fractions import Fraction
from pathlib import Path

from pipeline.ffmpeg import graph
from pipeline.ffmpeg.run import Progress, Task, run
from pipeline.ffmpeg.stderr import Line
from pipeline.model.inspection import (
    SHORTEST_BLACK_S,
    SHORTEST_FREEZE_S,
    SHORTEST_SILENCE_S,
    Crop,
    FieldCounts,
    Loudness,
    Measures,
    Media,
    Segment,
    Timeline,
)

BLACK_PIXELS = 0.98
BLACK_LUMA = (32 - 16) / 219  # code value 32 of 8 bit, as blackdetect counts it
FREEZE_NOISE = 0.001  # -60 dB
SILENCE_DB = -60
CROP_EVERY = 25
CROP_SAMPLES = 3

_BLACK = re.compile(r"black_start:(\S+) black_end:(\S+)")
_FREEZE = re.compile(r"freeze_(start|end): (\S+)")
_SILENCE = re.compile(r"silence_(start|end): (-?[0-9.]+)")
_CROP = re.compile(r"crop=(-?\d+):(-?\d+):(-?\d+):(-?\d+)")
_FIELDS = re.compile(r"Multi frame detection: TFF:\s*(\d+) BFF:\s*(\d+) Progressive:\s*(\d+) Undetermined:\s*(\d+)")
_EBUR = {
    "integrated_lkfs": re.compile(r"^\s*I:\s+(\S+) LUFS"),
    "range_lu": re.compile(r"^\s*LRA:\s+(\S+) LU$"),
    "true_peak_dbtp": re.compile(r"^\s*Peak:\s+(\S+) dBFS"),
}
GATE_LKFS = -70.0


def argv(media: Media, demuxer: str) -> tuple[str, ...]:
    """The measuring command: the first real picture track and the first sound track."""
    given = graph.Input("{in.main}", demuxer)
    streams = []
    options: list[str] = []
    if media.video:
        picture = graph.apply(given.stream("V:0"), "idet")
        picture = graph.apply(
            picture, "blackdetect", d=SHORTEST_BLACK_S, pic_th=BLACK_PIXELS, pix_th=round(BLACK_LUMA, 4)
        )
        picture = graph.apply(picture, "freezedetect", n=FREEZE_NOISE, d=SHORTEST_FREEZE_S)
        picture, sampled = graph.fan_out(picture, "split", 2)
        sampled = graph.apply(sampled, "select", expr=f"not(mod(n,{CROP_EVERY}))")
        sampled = graph.apply(sampled, "cropdetect", limit=24, round=2, reset=1, skip=0)
        streams += [picture, graph.apply(sampled, "scale", w=16, h=16)]
        options += ["-fps_mode", "passthrough", "-enc_time_base:v", "demux"]
        options += [
            "-stats_enc_pre:v:0",
            "{out.pictures}",
            "-stats_enc_pre_fmt:v:0",
            "{pts} {tb}",
        ]  # {t} has six digits only
    if media.audio:
        heard = graph.apply(given.stream("a:0"), "silencedetect", noise=f"{SILENCE_DB}dB", d=SHORTEST_SILENCE_S)
        heard, mixed = graph.fan_out(heard, "asplit", 2)
        dual = "1" if media.audio[0].channels == 1 else "0"
        heard = graph.apply(heard, "ebur128", peak="true", framelog="quiet", dualmono=dual)
        mixed = graph.apply(graph.to_stereo(mixed), "ebur128", peak="true", framelog="quiet")
        streams += [heard, mixed]
        options += ["-stats_enc_pre:a:0", "{out.sound}", "-stats_enc_pre_fmt:a:0", "{pts} {tb} {samp}"]
    options += ["-c:a", "pcm_s16le", "-f", "null"]
    return graph.argv([given], [graph.Written(tuple(streams), "-", tuple(options))])


@dataclass
class Listener:
    """Collects what the filters log; one a run."""

    black: list[Segment] = field(default_factory=list)
    freeze: list[tuple[str, float]] = field(default_factory=list)
    silence: list[tuple[str, float]] = field(default_factory=list)
    crops: list[tuple[int, int, int, int]] = field(default_factory=list)
    fields: FieldCounts | None = None
    loudness: dict[str, dict[str, float | None]] = field(default_factory=dict)
    _summary: str = ""

    def hear(self, line: Line) -> None:
        """One line of stderr."""
        name = line.context.split("_")[1] if line.context.startswith("Parsed_") else ""
        if name == "blackdetect" and (match := _BLACK.search(line.text)):
            self.black.append(Segment(start_s=float(match[1]), end_s=float(match[2])))
        elif name == "freezedetect" and (match := _FREEZE.search(line.text)):
            self.freeze.append((match[1], float(match[2])))
        elif name == "silencedetect" and (match := _SILENCE.search(line.text)):
            self.silence.append((match[1], float(match[2])))
        elif name == "cropdetect" and (match := _CROP.search(line.text)):
            width, height, x, y = (int(part) for part in match.groups())
            if width > 0 and height > 0:
                self.crops.append((width, height, x, y))
        elif name == "idet" and (match := _FIELDS.search(line.text)):
            tff, bff, progressive, undetermined = (int(part) for part in match.groups())
            self.fields = FieldCounts(tff=tff, bff=bff, progressive=progressive, undetermined=undetermined)
        elif name == "ebur128" and "Summary" in line.text:
            self._summary = line.context
        elif self._summary:
            for figure, pattern in _EBUR.items():
                if match := pattern.match(line.text):
                    self.loudness.setdefault(self._summary, {})[figure] = _finite(match[1])


def measure(
    path: Path,
    media: Media,
    demuxer: str,
    *,
    ffmpeg: Path,
    folder: Path,
    log: Path,
    on_progress: Callable[[Progress], None] = lambda _: None,
) -> Measures:
    """Decode the film once and measure it.

    Raises:
        MediaError: it can't be decoded at all.
        EnvironmentFault: no space, no memory, no ffmpeg.
    """
    words = argv(media, demuxer)
    names = {"{out.pictures}": "pictures.txt", "{out.sound}": "sound.txt"}
    heard = Listener()
    result = run(
        Task(argv=words, folder=folder, log=log, inputs={"{in.main}": path}, outputs=names, where=path.name,
             total_s=media.duration_s),
        ffmpeg, on_progress=on_progress, on_line=heard.hear,
    )  # fmt: skip
    timeline = _timeline(folder / names["{out.pictures}"]) if media.video else None
    sound_s = _sound_end(folder / names["{out.sound}"], media) if media.audio else None
    start = timeline.first_pts_s if timeline else 0.0
    end = timeline.duration_s if timeline else (sound_s or 0.0)
    return summarise(heard, timeline=timeline, sound_s=sound_s, start_s=start, end_s=end,
                     decode_errors=result.said.error_count)  # fmt: skip


def summarise(
    heard: Listener, *, timeline: Timeline | None, sound_s: float | None, start_s: float, end_s: float,
    decode_errors: int,
) -> Measures:  # fmt: skip
    """Pure: what was heard as measures, seconds counted from the first picture."""
    period = timeline.period_s if timeline else 0.0

    def placed(begin: float, end: float) -> Segment:
        return Segment(start_s=round(max(0.0, begin - start_s), 3), end_s=round(min(end_s, end - start_s), 3))

    black = []
    for segment in heard.black:
        # at the end of the film blackdetect gives the last picture's time: one picture short
        last = segment.end_s - start_s + 1.5 * period >= end_s
        black.append(placed(segment.start_s, segment.end_s + (period if last else 0.0)))
    freeze = [placed(*pair) for pair in pairs(heard.freeze, start_s + end_s)]
    figures = list(heard.loudness.values())
    # ebur128 contexts come in any order; the stereo mix is the later node of the graph, so its index is higher
    by_index = [heard.loudness[key] for key in sorted(heard.loudness, key=_index)]
    own, stereo = (by_index[0], by_index[-1]) if figures else ({}, {})
    return Measures(
        timeline=timeline,
        black=tuple(black),
        freeze=tuple(item for item in freeze if not any(_mostly_inside(item, other) for other in black)),
        silence=tuple(placed(*pair) for pair in pairs(heard.silence, start_s + end_s)),
        loudness_lkfs=_gated(own.get("integrated_lkfs")),
        loudness_range_lu=own.get("range_lu"),
        true_peak_dbtp=own.get("true_peak_dbtp"),
        stereo=Loudness(
            integrated_lkfs=_gated(stereo.get("integrated_lkfs")),
            range_lu=stereo.get("range_lu"),
            true_peak_dbtp=stereo.get("true_peak_dbtp"),
        )
        if figures
        else None,
        fields=heard.fields,
        crop=_union(heard.crops),
        decode_errors=decode_errors,
        audio_duration_s=sound_s,
    )


def pairs(events: list[tuple[str, float]], end_s: float) -> list[tuple[float, float]]:
    """Starts with their ends; freezedetect prints no end for what lasts to the end of the film."""
    result = []
    begin: float | None = None
    for kind, at in events:
        if kind == "start":
            begin = at
        elif begin is not None:
            result.append((begin, at))
            begin = None
    if begin is not None:
        result.append((begin, end_s))
    return result


def timeline_of(times: list[float]) -> Timeline | None:
    """Pure: picture times in seconds, in order of display."""
    if not times:
        return None
    steps = [round(later - earlier, 6) for earlier, later in itertools.pairwise(times)] or [0.04]
    return Timeline(
        frames=len(times), first_pts_s=times[0], last_pts_s=times[-1],
        period_s=round(statistics.median(steps), 6), shortest_s=min(steps), longest_s=max(steps),
    )  # fmt: skip


def _timeline(path: Path) -> Timeline | None:
    if not path.exists():
        return None
    return timeline_of([_time(*line.split()) for line in path.read_text().splitlines()])


def _time(pts: str, base: str) -> float:
    """Seconds, exact to the microsecond however long the film is."""
    return round(float(int(pts) * Fraction(base)), 6)


def _sound_end(path: Path, media: Media) -> float | None:
    lines = path.read_text().splitlines() if path.exists() else []
    if not lines:
        return None
    pts, base, samples = lines[-1].split()
    time_s, first_s = _time(pts, base), _time(*lines[0].split()[:2])
    rate = media.audio[0].sample_rate_hz or 48000
    return round(time_s - first_s + int(samples) / rate, 3)


def _union(crops: list[tuple[int, int, int, int]]) -> Crop | None:
    """All that was ever lit: dark scenes show less of the picture, never more."""
    if len(crops) < CROP_SAMPLES:
        return None
    left = min(x for _, _, x, _ in crops)
    top = min(y for _, _, _, y in crops)
    right = max(x + width for width, _, x, _ in crops)
    bottom = max(y + height for _, height, _, y in crops)
    return Crop(width=right - left, height=bottom - top, x=left, y=top)


def _mostly_inside(inner: Segment, outer: Segment) -> bool:
    shared = min(inner.end_s, outer.end_s) - max(inner.start_s, outer.start_s)
    return shared > 0.8 * inner.duration_s


def _finite(text: str) -> float | None:
    return None if "inf" in text or "nan" in text else float(text)


def _gated(value: float | None) -> float | None:
    return None if value is None or value <= GATE_LKFS else value


def _index(context: str) -> int:
    return int(context.rsplit("_", 1)[-1])
