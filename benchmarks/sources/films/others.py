"""Written by MKVToolNix, MEncoder, mjpegtools, HandBrake, melt, the coders' own programs, and an older ffmpeg."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from benchmarks.sources.card import Card
from benchmarks.sources.films.common import (
    AAC,
    BOTH,
    FILM_IN,
    H264,
    LANGUAGES,
    MP2,
    MPEG2,
    PCM,
    SD_YUV,
    STEREO,
    Inputs,
    shown_of,
    words,
)
from benchmarks.sources.source import Heard, Run, Shown, Source, Step
from benchmarks.sources.tones import UIG, Tones

_Y4M: Inputs = (("card", Card(form="y4m")), ("tone", STEREO))
_SD_Y4M: Inputs = (("card", Card(720, 576, Fraction(4, 3), form="y4m")), ("tone", STEREO))
_FLAT = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{tmp}/flat.mp4"))
_UIG_TRACK = Run("ffmpeg", ("-i", "{uig}", *AAC, "{tmp}/uig.m4a"))
_ZHO_UIG = (Heard("zho"), Heard("uig", (UIG[0], UIG[1])))


def merged(
    name: str, *options: str, inputs: Inputs = BOTH, before: tuple[Step, ...] = (_FLAT,), shown: Shown | None = None
) -> Source:
    """By mkvmerge, from what our ffmpeg coded."""
    name = f"mkvmerge-{name}"
    step = Run("mkvmerge", ("-q", "-o", "{out}", *options))
    return Source(name, f"{name}.mkv", "mkvmerge", (*before, step), inputs, shown or shown_of(inputs))


def appended() -> Source:
    """Two takes, one after the other."""
    halves: Inputs = (
        ("card", Card(seconds=1.6)),
        ("tone", Tones(seconds=1.6, gaps_s=(0.7,))),
        ("later", Card(seconds=1.6, first=40)),
        ("rest", Tones(seconds=1.6, gaps_s=(0.5,))),
    )
    first = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{tmp}/first.mkv"))
    second = Run("ffmpeg", ("-i", "{later}", "-i", "{rest}", *H264, *AAC, "{tmp}/second.mkv"))
    shown = replace(shown_of(BOTH), end_s=3.2)
    return merged(
        "appended", "{tmp}/first.mkv", "+{tmp}/second.mkv", inputs=halves, before=(first, second), shown=shown
    )


def encoded(name: str, suffix: str, *options: str, inputs: Inputs = BOTH, form: tuple[str, ...] = ()) -> Source:
    """By MEncoder, from what our ffmpeg kept without loss."""
    name = f"mencoder-{name}"
    film = Run("ffmpeg", (*FILM_IN, *SD_YUV, *words("-c:v huffyuv"), *PCM, "{tmp}/flat.avi"))
    step = Run("mencoder", (*words("-really-quiet {tmp}/flat.avi -o {out}"), *options, *form))
    return Source(name, f"{name}.{suffix}", "mencoder", (film, step), inputs, shown_of(inputs))


def older(name: str, suffix: str, *options: str, inputs: Inputs = BOTH, shown: Shown | None = None) -> Source:
    """By the ffmpeg of Debian, which is some years older."""
    name = f"older-{name}"
    step = Run("ffmpeg5", (*FILM_IN, *options, "{out}"))
    return Source(name, f"{name}.{suffix}", "ffmpeg 5.1", (step,), inputs, shown or shown_of(inputs))


def multiplexed(name: str, suffix: str, form: str, *, pulldown: bool = False, inputs: Inputs = _SD_Y4M) -> Source:
    """By mpeg2enc, mp2enc and mplex: discs of a time."""
    name = f"mplex-{name}"
    coder = ("-f", form, "-b", "7000", *(("-p",) if pulldown else ()), "-o", "{tmp}/film.m2v")
    picture = Run("ffmpeg", (*words("-i {card} -f yuv4mpegpipe -pix_fmt yuv420p -strict -1 {tmp}/film.y4m"),))
    steps: tuple[Step, ...] = (
        picture,
        Run("mpeg2enc", ("-v", "0", "-M", "1", *coder, *words("-I 0"), "{tmp}/film.y4m")),
        Run("ffmpeg", words("-i {tone} -c:a pcm_s16le {tmp}/tone.wav")),
        Run("ffmpeg", words("-i {tone} -c:a mp2 -b:a 224k {tmp}/tone.mp2")),
        Run("mplex", ("-v", "0", "-f", form, *words("-r 10000 -b 230 -o {out} {tmp}/film.m2v {tmp}/tone.mp2"))),
    )
    return Source(name, f"{name}.{suffix}", "mplex", steps, inputs, shown_of(inputs))


def brake(name: str, suffix: str, *options: str) -> Source:
    """By HandBrake."""
    name = f"handbrake-{name}"
    film = Run("ffmpeg", (*FILM_IN, *H264, *words("-c:a flac {tmp}/flat.mkv")))
    step = Run("HandBrakeCLI", (*words("-i {tmp}/flat.mkv -o {out} --crop 0:0:0:0"), *options))
    return Source(name, f"{name}.{suffix}", "handbrake", (film, step), BOTH, shown_of(BOTH))


def melted(name: str, suffix: str, *options: str) -> Source:
    """By melt, the engine of Kdenlive and Shotcut."""
    name = f"melt-{name}"
    film = Run("ffmpeg", (*FILM_IN, *H264, *words("-c:a flac {tmp}/flat.mkv")))
    step = Run("melt", (*words("-silent -profile atsc_720p_25 {tmp}/flat.mkv -consumer"), "avformat:{out}", *options))
    return Source(name, f"{name}.{suffix}", "melt", (film, step), BOTH, shown_of(BOTH))


def alone(name: str, suffix: str, program: str, *options: str) -> Source:
    """By a coder's own program; mkvmerge puts the sound beside it."""
    name = f"{program}-{name}"
    picture = Run(program, options)
    sound = Run("ffmpeg", words("-i {tone} -c:a flac {tmp}/tone.flac"))
    both = Run("mkvmerge", ("-q", "-o", "{out}", f"{{tmp}}/film.{suffix}", "{tmp}/tone.flac"))
    return Source(name, f"{name}.mkv", program, (picture, sound, both), _Y4M, shown_of(_Y4M))


_IN_TWO = replace(shown_of(BOTH), sound=_ZHO_UIG)
_MP3 = words("-c:a libmp3lame -b:a 192k")

SOURCES = (
    merged("plain", "{tmp}/flat.mp4"),
    merged("zlib", *words("--compression 0:zlib --compression 1:zlib {tmp}/flat.mp4")),
    merged("no-headers", *words("--compression 0:none --compression 1:none --no-cues {tmp}/flat.mp4")),
    merged("clusters", *words("--cluster-length 100ms --no-cues --disable-lacing {tmp}/flat.mp4")),
    merged("durations", *words("--default-duration 0:25p --timestamp-scale 100000 {tmp}/flat.mp4")),
    merged(
        "shape",
        *words("--display-dimensions 0:480x360 {tmp}/flat.mp4"),
        shown=replace(shown_of(BOTH), shape=((1e9, Fraction(4, 3)),)),
        inputs=(("card", Card(shape=Fraction(4, 3))), ("tone", STEREO)),
    ),
    merged(
        "languages",
        *words("--language 1:zh-CN"),
        "{tmp}/flat.mp4",
        *words("--language 0:ug"),
        "{tmp}/uig.m4a",
        inputs=LANGUAGES,
        before=(_FLAT, _UIG_TRACK),
        shown=_IN_TWO,
    ),
    merged(
        "languages-turned-round",
        *words("--track-order 1:0,0:1,0:0 --language 1:chi {tmp}/flat.mp4 --language 0:uig {tmp}/uig.m4a"),
        inputs=LANGUAGES,
        before=(_FLAT, _UIG_TRACK),
        shown=_IN_TWO,
    ),
    merged("sound-first", *words("--track-order 0:1,0:0 {tmp}/flat.mp4")),
    merged("chapters", *words("--generate-chapters interval:00:00:01 {tmp}/flat.mp4")),
    appended(),
    encoded(
        "xvid", "avi", *words("-ovc xvid -xvidencopts fixed_quant=2:max_bframes=0 -oac mp3lame -lameopts cbr:br=192")
    ),
    encoded(
        "xvid-packed",
        "avi",
        *words("-ovc xvid -xvidencopts fixed_quant=2:max_bframes=2:packed -oac mp3lame -lameopts cbr:br=192"),
    ),
    encoded(
        "xvid-vbr",
        "avi",
        *words("-ovc xvid -xvidencopts fixed_quant=2:max_bframes=2:nopacked -oac mp3lame -lameopts vbr=2:q=2"),
    ),
    encoded("mpeg4", "avi", *words("-ovc lavc -lavcopts vcodec=mpeg4:vqscale=2:vmax_b_frames=2 -oac pcm")),
    encoded("divx3", "avi", *words("-ovc lavc -lavcopts vcodec=msmpeg4:vqscale=2 -oac mp3lame -lameopts cbr:br=192")),
    encoded(
        "x264", "avi", *words("-ovc x264 -x264encopts qp=12:bframes=0:threads=1 -oac mp3lame -lameopts cbr:br=192")
    ),
    # a comment in each picture says that its samples are of video range
    encoded("mjpeg", "avi", *words("-ovc lavc -lavcopts vcodec=mjpeg:vqscale=2 -oac pcm")),
    encoded("huffyuv", "avi", *words("-ovc lavc -lavcopts vcodec=huffyuv:format=422p -oac pcm")),
    multiplexed("dvd", "mpg", "8"),
    multiplexed(
        "svcd",
        "mpg",
        "4",
        inputs=(("card", Card(480, 576, Fraction(4, 3), form="y4m")), ("tone", Tones(rate_hz=44100))),
    ),
    multiplexed("plain-mpeg2", "mpg", "3"),
    multiplexed(
        "pulldown-soft",
        "mpg",
        "8",
        pulldown=True,
        inputs=(("card", Card(720, 480, Fraction(4, 3), Fraction(24000, 1001), form="y4m")), ("tone", STEREO)),
    ),
    brake("mp4", "mp4", *words("-e x264 -q 14 --encoder-preset superfast -E av_aac -B 160 --cfr")),
    brake("mkv", "mkv", *words("-f av_mkv -e x264 -q 14 --encoder-preset superfast -E mp3 -B 192 --vfr")),
    melted(
        "mp4",
        "mp4",
        *words("width=640 height=360 vcodec=libx264 preset=superfast crf=12 acodec=aac ab=160k"),
    ),
    melted("ts", "ts", *words("width=640 height=360 vcodec=libx264 preset=superfast crf=12 acodec=mp2 ab=192k")),
    alone("raw", "264", "x264", *words("--quiet --preset superfast --crf 12 --demuxer y4m -o {tmp}/film.264 {card}")),
    alone("flv", "flv", "x264", *words("--quiet --preset superfast --crf 12 --demuxer y4m -o {tmp}/film.flv {card}")),
    alone(
        "raw", "hevc", "x265", *words("--log-level none --preset ultrafast --crf 12 --y4m -o {tmp}/film.hevc {card}")
    ),
    alone(
        "vp9",
        "webm",
        "vpxenc",
        *words("--quiet --codec=vp9 --rt --cpu-used=8 --target-bitrate=3000 -o {tmp}/film.webm {card}"),
    ),
    alone(
        "vp8",
        "webm",
        "vpxenc",
        *words("--quiet --codec=vp8 --rt --cpu-used=8 --target-bitrate=3000 -o {tmp}/film.webm {card}"),
    ),
    alone("av1", "webm", "aomenc", *words("--rt --cpu-used=9 --webm --target-bitrate=3000 -o {tmp}/film.webm {card}")),
    older("mp4", "mp4", *H264, *AAC),
    older("mkv", "mkv", *H264, *AAC),
    older("mov", "mov", *H264, *PCM),
    older("ts", "ts", *MPEG2, *MP2),
    older("m2ts", "m2ts", *H264, *words("-c:a ac3 -b:a 192k")),
    older("avi", "avi", *SD_YUV, *words("-c:v mpeg4 -q:v 2 -vtag DX50"), *_MP3),
    older("flv", "flv", *H264, *AAC),
    older("webm", "webm", *SD_YUV, *words("-c:v libvpx -deadline realtime -cpu-used 8 -b:v 3M -c:a libopus")),
    older("wmv", "wmv", *SD_YUV, *words("-c:v wmv2 -q:v 2 -c:a wmav2 -b:a 192k")),
    older(
        "mxf",
        "mxf",
        *SD_YUV,
        *words("-c:v mpeg2video -b:v 12M -g 12 -bf 2"),
        *PCM,
        inputs=(("card", Card(720, 576)), ("tone", STEREO)),
    ),
    older(
        "vob", "vob", *MPEG2, *words("-c:a ac3 -b:a 192k -f vob"), inputs=(("card", Card(720, 576)), ("tone", STEREO))
    ),
    older("theora", "mkv", *SD_YUV, *words("-c:v libtheora -q:v 9 -c:a libvorbis")),
    older(
        "prores", "mov", *words("-vf scale=out_color_matrix=bt601:out_range=tv -pix_fmt yuv422p10le -c:v prores"), *PCM
    ),
    older("fragments", "mp4", *H264, *AAC, *words("-movflags +frag_keyframe+empty_moov")),
)
