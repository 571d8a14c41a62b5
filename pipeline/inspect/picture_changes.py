"""The stretches of a film whose pictures change on the way: what each picture was decoded to, one by one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from fractions import Fraction
from pathlib import Path

from pipeline.errors import Unsuitable
from pipeline.ffmpeg import graph, showinfo
from pipeline.ffmpeg.graph import Input, Written
from pipeline.ffmpeg.invocation import Invocation
from pipeline.ffmpeg.runner import Runner
from pipeline.ffmpeg.source import Source
from pipeline.ffmpeg.stderr import Line
from pipeline.inspect.colour_words import ColourWords
from pipeline.media import pixel_format, timecode
from pipeline.media.track_shape import are_shown_alike, matrix_of, wide_primaries
from pipeline.model.colour import HDR_TRANSFERS, RARE_MATRICES, WIDE_PRIMARIES
from pipeline.model.inspection import PictureStretch
from pipeline.model.media import Scan, VideoTrack

MOST = 1000  # stretches: a conference's picture changes its size with its line
MOST_SHOWN = 30  # of another shape, or other colours: each has filters of its own for every output
_STREAM, _COPY = "{in.stream}", "{out.stream}"
_COPY_FILE = "stream.ts"
# what is found by reading ahead would be held to be the shape of every picture
_ASPECT_SLACK = 0.01
_LATER_S = 10.0  # decoding times before 0 would wrap around
_UNREAD = ("-copyts", "-nofind_stream_info")
_BARE = ("AVC", "HEVC", "MPEG-1 Video", "MPEG-2 Video", "MPEG-4 Visual")  # codecs that a transport stream carries
_SHAPELESS = ("mpegts", "mpeg", "mpegvideo", "h264", "hevc", "m4v")  # demuxers of what says no shape of its own


@dataclass
class _Shown:
    """A picture that leaves the decoder: when, and of which kind."""

    at_s: float
    pix_fmt: str
    aspect: Fraction | None
    size: tuple[int, int]
    turn: str = ""
    colours: tuple[str, ...] = ()

    @property
    def kind(self) -> tuple[object, ...]:
        return self.pix_fmt, self.aspect, self.size, self.turn, self.colours


@dataclass(frozen=True)
class _Stream:
    """The pictures alone, with nothing of what a container says of them where their codec allows that."""

    given: Input
    specifier: str | int
    path: Path
    later_s: float = 0.0


def look(source: Source, times: Sequence[float], runner: Runner, *, sets_alone: bool) -> tuple[PictureStretch, ...]:
    """The stretches of a film, in order: one where it changes and nothing that matters; none where nothing changes.

    Args:
        times: when its pictures are shown, in seconds of the file's clock.
        sets_alone: only its sets of parameters differ, which key pictures carry: those are looked at first.

    Raises:
        Unsuitable: it changes so that it can't be made right.
        MediaError, EnvironmentFault: as `Runner.run` says.
    """
    if sets_alone and len({item.kind for item in _shown(source, runner, keys=True)}) <= 1:
        return ()
    shown = _shown(source, runner, keys=False)
    return _stretches(shown, source, times)


def of_shapes(
    source: Source, times: Sequence[float], runs: Sequence[tuple[int, Fraction]]
) -> tuple[PictureStretch, ...]:
    """The stretches of a film whose pictures change their shape alone.

    Args:
        times: when its pictures are shown.
        runs: the number of the first picture of each shape, and the shape of its samples.
    """
    track = source.media.video[0]
    pix_fmt = f"yuv{(track.chroma or '4:2:0').replace(':', '')}p"
    shown = [
        _Shown(times[number], pix_fmt, aspect, (track.width, track.height))
        for number, aspect in runs
        if number < len(times)
    ]
    found = _stretches(shown, source, times)
    return found if len(found) > 1 else ()


def _shown(source: Source, runner: Runner, *, keys: bool) -> list[_Shown]:
    """Every picture, or every key picture, as it is decoded; of a kind only the first one that follows another."""
    if source.media.video[0].codec not in _BARE:
        stream = _Stream(source.input(), graph.index_of(source.media.video[0]), source.path)
        return _pictures(stream, source, runner, *(("-skip_frame", "nokey") if keys else ()))
    copy = runner.folder / _COPY_FILE
    copy.unlink(missing_ok=True)
    try:
        _copy(source, runner, "-bsf:v", "noise=drop=not(key)") if keys else _copy(source, runner)
        return _pictures(_Stream(Input(_STREAM, "mpegts", _UNREAD), "v:0", copy, _LATER_S), source, runner)
    finally:
        copy.unlink(missing_ok=True)


def _copy(source: Source, runner: Runner, *options: str) -> None:
    """The pictures as a transport stream, which says nothing of their shape."""
    clock = ("-muxdelay", "0", "-muxpreload", "0", "-output_ts_offset", f"{_LATER_S:g}")
    picture = Written((source.coded_picture(),), _COPY, ("-c", "copy", *options, *clock, "-f", "mpegts"))
    argv = graph.argv([source.input()], [picture, *source.unheard()])
    runner.run(Invocation(argv, inputs=source.paths, outputs={_COPY: _COPY_FILE}, where=source.path.name))


def _pictures(stream: _Stream, source: Source, runner: Runner, *options: str) -> list[_Shown]:
    """What a stream's pictures are decoded to."""
    given = replace(stream.given, options=(*stream.given.options, *options))
    picture = graph.apply(given.stream(stream.specifier), "showinfo", checksum=0)
    # what goes to nowhere is brought to the first picture's matrix, and of some swscale knows none
    picture = graph.apply(picture, "setparams", colorspace="bt709")
    argv = graph.argv([given], [Written((picture,), "-", ("-fps_mode", "passthrough", "-f", "null"))])
    shown: list[_Shown] = []
    last: _Shown | None = None
    turn = ""

    def take(line: Line) -> None:
        nonlocal last, turn
        if "showinfo" not in line.context:
            return
        if (match := showinfo.PICTURE.match(line.text)) and match["at"] != "NOPTS":
            at_s = float(match["at"]) - stream.later_s
            last = _Shown(at_s, match["pix_fmt"], showinfo.aspect_of(match), showinfo.size_of(match))
        elif match := showinfo.TURNED.match(line.text):  # said of a key picture, it holds for those behind it
            turn = match[1]
        elif last is not None and (match := showinfo.COLOURS.match(line.text)):
            last.turn, last.colours = turn, match.groups()
            if not shown or shown[-1].kind != last.kind:
                shown.append(last)
            last = None

    inputs = {given.token: stream.path}
    runner.run(Invocation(argv, inputs=inputs, where=source.path.name), on_line=take)
    return shown


def _stretches(shown: Sequence[_Shown], source: Source, times: Sequence[float]) -> tuple[PictureStretch, ...]:
    """What each picture is, as stretches of the film."""
    track = source.media.video[0]
    begins = [max(0.0, item.at_s - times[0]) for item in shown]
    ends = [*begins[1:], times[-1] - times[0] + (times[-1] - times[-2] if len(times) > 1 else 0.0)]
    track = _with_what_streams_say(track, shown)
    finest = max((item.size for item in shown), key=lambda size: size[0] * size[1])
    # one coder made all sizes: what it does not say is what it is in the finest
    unsaid = matrix_of(track.model_copy(update={"width": finest[0], "height": finest[1], "matrix": None}))
    track = track if track.matrix else track.model_copy(update={"matrix": unsaid})
    overruled = None if source.demuxer in _SHAPELESS else _overruled(shown, track)
    found: list[PictureStretch] = []
    shown_as = 0
    for begin, end, item in zip(begins, ends, shown, strict=True):
        stretch = _stretch((begin, end), item, overruled, track)
        if found and found[-1].kind == stretch.kind:
            found[-1] = found[-1].model_copy(update={"end_s": stretch.end_s})
        elif stretch.end_s > stretch.start_s:
            shown_as += not (found and are_shown_alike(found[-1], stretch))
            found.append(stretch)
        if not found:
            continue
        too_often = len(found) > MOST or shown_as > MOST_SHOWN
        turned = item.turn != shown[0].turn
        hindrance = "turn" if turned else "often" if too_often else _hindrance(found[-1], found[0], track)
        if hindrance:
            raise _unsuitable(hindrance, stretch, source)
    return tuple(found)


def _with_what_streams_say(track: VideoTrack, shown: Sequence[_Shown]) -> VideoTrack:
    """The track without what its stream says of some pictures alone; what a container says holds for all."""
    said = {name for item in shown for name in ColourWords.read(*item.colours).of_track()}
    return track.model_copy(update=dict.fromkeys(said & {"colour_range", "matrix", "primaries", "transfer"}))


def _overruled(shown: Sequence[_Shown], track: VideoTrack) -> float | None:
    """The display aspect that a container gives all pictures, where none of them has it by itself."""
    own = {float(item.aspect or 1) * item.size[0] / item.size[1] for item in shown}
    is_own = any(abs(track.display_aspect / aspect - 1) <= _ASPECT_SLACK for aspect in own)
    return None if is_own else track.display_aspect


def _stretch(span: tuple[float, float], item: _Shown, overruled: float | None, track: VideoTrack) -> PictureStretch:
    width, height = item.size
    aspect = float(item.aspect or 1) if overruled is None else overruled * height / width
    own = {"width": width, "height": height, **ColourWords.read(*item.colours).of_track()}
    sized = track.model_copy(update=own)
    return PictureStretch(
        start_s=round(span[0], 6),
        end_s=round(span[1], 6),
        width=width,
        height=height,
        pixel_aspect=round(aspect, 4),
        pix_fmt=item.pix_fmt,
        colour_range=sized.colour_range,
        matrix=sized.matrix if sized.matrix in RARE_MATRICES else matrix_of(sized),
        transfer=sized.transfer,
        primaries=sized.primaries if sized.primaries in WIDE_PRIMARIES else None,
    )


def _hindrance(stretch: PictureStretch, first: PictureStretch, track: VideoTrack) -> str | None:
    """Why the two can't be brought into one film, which are to be of one light and of colours that are converted; where
    lines are lost or made, no fields are. None where they can."""
    formats = [pixel_format.sampling(item.pix_fmt) for item in (stretch, first)]
    coded_in_colours = {item is not None and item[0] not in ("RGB", "XYZ", "Bayer", "palette") for item in formats}
    rare = {item.matrix if item.matrix in RARE_MATRICES else None for item in (stretch, first)}
    if coded_in_colours != {True} or len(rare) > 1:
        return "colours"
    if len({_light(item, track) for item in (stretch, first)}) > 1:
        return "light"
    if track.crop is not None and (stretch.width, stretch.height) != (first.width, first.height):
        return "cropped"
    return "lines" if stretch.height != first.height and track.scan is Scan.INTERLACED else None


def _light(stretch: PictureStretch, track: VideoTrack) -> tuple[str | None, str | None]:
    """What a screen has to do for it: the curve of HDR, and primaries that it has not."""
    own = {"matrix": stretch.matrix, "primaries": stretch.primaries, "transfer": stretch.transfer}
    curve = stretch.transfer if stretch.transfer in HDR_TRANSFERS else None
    return curve, wide_primaries(track.model_copy(update=own))


def _unsuitable(hindrance: str, stretch: PictureStretch, source: Source) -> Unsuitable:
    place = timecode.clock_of(source.media).at(stretch.start_s)
    what = f"{place} ({stretch.width}x{stretch.height}, {stretch.pix_fmt}, {stretch.transfer or stretch.matrix})"
    return Unsuitable(
        "video.changes", where=str(source.path), reason=f"changes_{hindrance}", track="video:0", what=what
    )
