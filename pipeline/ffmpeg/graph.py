"""Filter graphs and argv: the only importer of ffmpeg-python, which makes filters and maps and nothing else.

ffmpeg-python sorts keyword options and can repeat none, so the options are ours: ordered words, spliced before
the token of their input or output after the graph is compiled.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, TypeAlias

import ffmpeg

from pipeline.ffmpeg import guard
from pipeline.model.colour import HDR_TRANSFERS, RARE_MATRICES, WIDE_PRIMARIES
from pipeline.model.inspection import PictureStretch, are_sampled_alike, lead_of
from pipeline.model.loudness import LevelAdjustment
from pipeline.model.media import AudioTrack, Media, VideoTrack

Stream: TypeAlias = Any  # ffmpeg-python is untyped
# ffmpeg's encoder of each codec that a profile may name for sound
SOUND_ENCODERS = {"mp2": "mp2", "aac": "aac", "ac3": "ac3", "mp3": "libmp3lame", "pcm": "pcm_s24le"}
FONTS = "fonts"  # the folder beside the encoder
_UNEVEN = "uneven"  # what sound that changes on the way is called until its decoder is bound


@dataclass(frozen=True)
class Input:
    """A file to be read, by its token.

    Args:
        as_shown: ffmpeg crops and turns pictures as the container says; else they come as they are coded.
        one_graph: filters stay as they are when pictures change on the way (`alike` comes first then): ffmpeg would
            build them anew, and times, counts and measures would begin again.
        uneven: indexes of the tracks whose sound changes on the way: it is brought to 48 kHz stereo ahead of all
            other filters, through a decoder of its own, since no filter of sound takes a change.
    """

    token: str
    demuxer: str
    options: tuple[str, ...] = ()
    as_shown: bool = False
    one_graph: bool = False
    uneven: tuple[int, ...] = ()

    @property
    def words(self) -> tuple[str, ...]:
        """All that stands before `-i`."""
        steady = ("-reinit_filter:v", "0") if self.one_graph else ()
        return (*self.options, *steady, *(() if self.as_shown else guard.AS_CODED), *guard.options(self.demuxer))

    def stream(self, specifier: str | int) -> Stream:
        """One of its streams: by its index, or such as `a:0` in files of our own making."""
        return ffmpeg.input(self.token)[str(specifier)]

    def sound(self, index: int) -> Stream:
        """One of its sound tracks, in one format from beginning to end."""
        return self.stream(f"{_UNEVEN}{index}" if index in self.uneven else index)


@dataclass(frozen=True)
class Written:
    """An output: the streams that go in, its token, its options in order; `chapters` is a file of them, by its name
    beside the process."""

    streams: tuple[Stream, ...]
    token: str
    options: tuple[str, ...]
    chapters: str | None = None


def clock_options(demuxer: str, media: Media) -> tuple[str, ...]:
    """Options of an input whose times are taken as they stand.

    Of AVS2 in a transport stream ffmpeg (n9) makes up decoding times that go back, takes those for breaks of the clock,
    and shifts all that follows.
    """
    is_avs2 = demuxer == "mpegts" and any(track.codec == "AVS2" for track in media.video)
    return ("-copyts",) if is_avs2 else ()


def apply(stream: Stream, name: str, **arguments: object) -> Stream:
    """One filter with named arguments (positional ones are escaped wrongly)."""
    return ffmpeg.filter(stream, name, **arguments)


def burnt(stream: Stream, script: str, width: int, height: int) -> Stream:
    """Subtitles drawn into the picture: `script` and the folder of fonts lie beside the encoder under plain names.

    `width` and `height` are the field that the script is written for: without them letters would be stretched with
    samples that are not square.
    """
    return apply(stream, "ass", filename=script, fontsdir=FONTS, original_size=f"{width}x{height}")


def silence() -> Stream:
    """Endless 48 kHz stereo silence; ffmpeg-python has no filters without input, so it is a lavfi input."""
    return ffmpeg.input(guard.SILENCE, f="lavfi")["a:0"]


def fan_out(stream: Stream, name: str, count: int) -> list[Stream]:
    """`split` or `asplit`: a stream may be used once only."""
    if count == 1:
        return [stream]
    many = ffmpeg.filter_multi_output(stream, name, outputs=count)
    return [many.stream(index) for index in range(count)]


def concat(parts: Sequence[Stream]) -> Stream:
    """Pictures of one size and format, one part after the other."""
    return ffmpeg.filter(list(parts), "concat", n=len(parts), v=1, a=0)


def overlay(base: Stream, picture: Stream, x: int, y: int, pix_fmt: str) -> Stream:
    """One picture over another of the same format, picture by picture; where it ends first its last one stays."""
    formats = {"yuv420p": "yuv420", "yuv422p10le": "yuv422p10"}
    return ffmpeg.filter([base, picture], "overlay", x=x, y=y, eval="init", format=formats[pix_fmt])


def programme(given: Input, media: Media) -> Stream:
    """The sound of `media`: its first track, or its first two where they are left and right (`Media.is_pair`)."""
    track = media.audio[0]
    left = given.sound(index_of(track))
    if track.pair:
        return _mapped(left, [number - 1 for number in track.pair], "stereo")
    if track.said_layout:
        return _mapped(left, list(range(track.channels)), track.said_layout)
    if not media.is_pair:
        return left
    return ffmpeg.filter([left, given.stream(index_of(media.audio[1]))], "join", inputs=2, channel_layout="stereo")


def rest(given: Input, track: AudioTrack) -> Stream:
    """The channels of a track that are not the programme, all in one."""
    mixed = "+".join(f"c{number - 1}" for number in track.rest)
    return apply(given.stream(index_of(track)), "pan", args=f"mono|c0={mixed}")


def _mapped(sound: Stream, channels: Sequence[int], layout: str) -> Stream:
    """Channels by their numbers from 0, whatever the decoder takes them for."""
    return apply(sound, "channelmap", map="|".join(map(str, channels)), channel_layout=layout)


def index_of(track: VideoTrack | AudioTrack) -> int:
    """What ffmpeg calls a track.

    Raises:
        LookupError: its file was not asked about with the ffmpeg that decodes.
    """
    if track.index is None:
        raise LookupError("a track without ffmpeg's index")
    return track.index


def as_shown(picture: Stream, track: VideoTrack, stretches: Sequence[PictureStretch] = ()) -> Stream:
    """A track's coded pictures as a player shows them, of one size and format, in a matrix that all filters know."""
    if track.matrix not in RARE_MATRICES:
        return upright(alike(picture, stretches), track)
    rare = RARE_MATRICES[track.matrix]
    # swscale takes no picture of a matrix that it has not, whatever is asked of it: it is called another one until
    # zscale has it. Constant luminance needs curve and primaries
    primaries = WIDE_PRIMARIES.get(track.primaries or "", rare.common)
    curve = HDR_TRANSFERS.get(track.transfer or "", "bt709")
    picture = apply(picture, "setparams", colorspace="bt709", color_primaries=primaries, color_trc=curve)
    picture = alike(picture, stretches)
    if track.width % 2 or track.height % 2:
        picture = even_chroma(picture, track)
    span = "full" if track.colour_range == "full" else "limited"
    common = "2020_ncl" if rare.common == "bt2020" else "709"
    picture = apply(picture, "zscale", matrixin=rare.name, matrix=common, rangein=span, range=span)
    return upright(picture, track)


def even_chroma(picture: Stream, track: VideoTrack) -> Stream:
    """Colour as fine as luma: zscale takes no odd sizes where it is coarser."""
    return apply(picture, "format", pix_fmts="yuv444p10le" if (track.bit_depth or 8) > 8 else "yuv444p")


def alike(picture: Stream, stretches: Sequence[PictureStretch]) -> Stream:
    """Pictures of one size and format, in limited range, where they change it on the way; their matrix stays."""
    if are_sampled_alike(stretches):
        return picture
    lead = lead_of(stretches)
    # swscale takes the JPEG formats (yuvj420p) for full range whatever it is told, so each picture is asked for its own
    same = {"in_range": "auto", "out_range": "tv", "in_color_matrix": "bt709", "out_color_matrix": "bt709"}
    picture = apply(picture, "scale", w=lead.width, h=lead.height, flags="bicubic+accurate_rnd+full_chroma_int", **same)
    return apply(picture, "format", pix_fmts=lead.pix_fmt.replace("yuvj", "yuv"))


def upright(picture: Stream, track: VideoTrack) -> Stream:
    """A track's coded pictures as a player shows them: cropped, mirrored, turned."""
    if crop := track.crop:
        width, height = f"iw-{crop.left}-{crop.right}", f"ih-{crop.top}-{crop.bottom}"
        picture = apply(picture, "crop", w=width, h=height, x=crop.left, y=crop.top)
    if track.immersive == "3D":  # encoders would mark an output as 3D, and some sets switch over by themselves
        picture = apply(picture, "sidedata", mode="delete", type="STEREO3D")
    if not (track.rotation or track.mirrored):
        return picture
    match track.rotation, track.mirrored:
        case 90, mirrored:
            picture = apply(picture, "transpose", dir="clock_flip" if mirrored else "clock")
        case 270, mirrored:
            picture = apply(picture, "transpose", dir="cclock_flip" if mirrored else "cclock")
        case 0, True:
            picture = apply(picture, "hflip")
        case 180, True:
            picture = apply(picture, "vflip")
        case 180, False:
            picture = apply(apply(picture, "hflip"), "vflip")
    # players would turn an output that still carries the matrix once more
    return apply(picture, "sidedata", mode="delete", type="DISPLAYMATRIX")


def to_stereo(sound: Stream) -> Stream:
    """Any layout to 48 kHz stereo, the way both measuring and delivering do it (centre and surround by 0.7071, no
    LFE: ITU-R BS.775 table 2, swresample's own coefficients)."""
    return apply(apply(sound, "aresample", osr=48000), "aformat", channel_layouts="stereo", sample_fmts="fltp")


def argv(inputs: Sequence[Input], outputs: Sequence[Written], *, options: Sequence[str] = ()) -> tuple[str, ...]:
    """The whole command with tokens, `{ffmpeg}` first; the same words each time."""
    compiled = _compiled(inputs, outputs, options)
    uneven = [
        (given, index)
        for given in inputs
        for index in given.uneven
        if any(f":{_UNEVEN}{index}]" in word for word in compiled)
    ]
    if not uneven:
        return _with_chapters(compiled, outputs)
    evened = _evened([given.stream(index) for given, index in uneven])
    return _with_chapters(_looped(_compiled(inputs, [evened, *outputs], options), uneven), outputs)


def _with_chapters(compiled: Sequence[str], outputs: Sequence[Written]) -> tuple[str, ...]:
    """Chapters are inputs without streams, behind those that have some."""
    words = list(compiled)
    for output in outputs:
        if output.chapters is None:
            continue
        inputs = [at for at, word in enumerate(words) if word == "-i"]
        words[inputs[-1] + 2 : inputs[-1] + 2] = [*guard.options("ffmetadata"), "-i", output.chapters]
        at = words.index(output.token)
        words[at:at] = ["-map_chapters", str(len(inputs))]
    return tuple(words)


def _compiled(inputs: Sequence[Input], outputs: Sequence[Written], options: Sequence[str]) -> list[str]:
    nodes = [ffmpeg.output(*output.streams, output.token) for output in outputs]
    compiled: list[str] = ffmpeg.merge_outputs(*nodes).compile(cmd=["{ffmpeg}", *options])
    for output in outputs:
        at = compiled.index(output.token)
        compiled[at:at] = output.options
    for given in inputs:
        if given.token not in compiled:
            continue
        at = compiled.index(given.token) - 1
        compiled[at:at] = given.words
    return compiled


def _evened(sounds: Sequence[Stream]) -> Written:
    """Sound of any kind, in one: written to nowhere, and decoded from there (`-dec`)."""
    even = "aresample=osr=48000,aformat=channel_layouts=stereo:sample_fmts=flt"
    return Written(tuple(sounds), _UNEVEN, ("-af", even, "-c:a", "pcm_f32le", "-f", "null"))


def _looped(compiled: list[str], uneven: Sequence[tuple[Input, int]]) -> tuple[str, ...]:
    """Bind what stands for uneven sound to its decoders, which ffmpeg-python does not know."""
    tokens = [compiled[at + 1] for at, word in enumerate(compiled) if word == "-i"]
    decoders = {f"{tokens.index(given.token)}:{_UNEVEN}{index}": at for at, (given, index) in enumerate(uneven)}

    def bound(match: re.Match[str]) -> str:
        return f"[dec:{decoders[match[1]]}]"

    words = list(compiled)
    filters = words.index("-filter_complex") + 1
    words[filters] = re.sub(rf"\[(\d+:{_UNEVEN}\d+)\]", bound, words[filters])
    at = words.index(_UNEVEN) + 1
    words[at:at] = [word for number in range(len(uneven)) for word in ("-dec", f"0:{number}")]
    return tuple(words)


def levelled(sound: Stream, level: LevelAdjustment) -> Stream:
    """Stereo brought to its level: gain, then an oversampled limiter where the peak asks for it."""
    if level.gain_db:
        sound = apply(sound, "volume", volume=f"{level.gain_db:g}dB")
    if level.limited:
        sound = apply(sound, "aresample", osr=192000)
        sound = apply(sound, "alimiter", limit=f"{level.limit_dbtp:g}dB", level=0)
        sound = apply(sound, "aresample", osr=48000)
    return sound
