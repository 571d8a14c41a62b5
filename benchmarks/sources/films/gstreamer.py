"""Written by GStreamer: its own muxers, with its own and other coders."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from benchmarks.sources.card import Card
from benchmarks.sources.films.common import Inputs, shown_of, words
from benchmarks.sources.source import Heard, Run, Source
from benchmarks.sources.tones import UIG, Tones

_X264 = "x264enc speed-preset=superfast pass=qual quantizer=12 key-int-max=25 ! h264parse"
_BASELINE = "x264enc speed-preset=superfast pass=qual quantizer=12 bframes=0 ! h264parse"
_MPEG2 = "mpeg2enc format=3 bitrate=7000 ! mpegvideoparse"
_AAC = "avenc_aac bitrate=160000 ! aacparse"
_MP3 = "lamemp3enc bitrate=192 target=bitrate ! mpegaudioparse"
_MP2 = "twolamemp2enc bitrate=192 ! mpegaudioparse"
_AC3 = "avenc_ac3 bitrate=192000 ! ac3parse"
_S16 = "audio/x-raw,format=S16LE,channels=2"
_WIDE: Inputs = (("card", Card(form="y4m")), ("tone", Tones()))


def gst(name: str, suffix: str, mux: str, picture: str, sound: str, inputs: Inputs = _WIDE) -> Source:
    """The card and its tone through a pipeline; `picture` may begin with the samples that a coder wants."""
    if "matroska" in mux or "webm" in mux:  # there, to say nothing is to say English
        sound = f"{sound} ! taginject tags=language-code=zh"
    pipeline = words(
        f"-q {mux} name=m ! filesink location={{out}} "
        f"filesrc location={{card}} ! y4mdec ! videoconvert ! {picture} ! queue ! m. "
        f"filesrc location={{tone}} ! wavparse ! audioconvert ! audioresample ! {sound} ! queue ! m."
    )
    name = f"gst-{name}"
    return Source(name, f"{name}.{suffix}", "gstreamer", (Run("gst-launch-1.0", pipeline),), inputs, shown_of(inputs))


def jpeg(name: str, suffix: str, mux: str, sound: str) -> Source:
    """Motion JPEG: the encoder puts samples of video range into what every player takes for full range."""
    source = gst(name, suffix, mux, "jpegenc quality=95", sound)
    return replace(source, shown=replace(source.shown, colours=14.0))


def two_languages(name: str, suffix: str, mux: str, sound: str) -> Source:
    """Chinese and Uyghur, by tags."""
    inputs: Inputs = (*_WIDE, ("uig", Tones(UIG)))
    pipeline = words(
        f"-q {mux} name=m ! filesink location={{out}} "
        f"filesrc location={{card}} ! y4mdec ! videoconvert ! {_X264} ! queue ! m. "
        f"filesrc location={{tone}} ! wavparse ! audioconvert ! {sound} ! taginject tags=language-code=zh ! queue ! m. "
        f"filesrc location={{uig}} ! wavparse ! audioconvert ! {sound} ! taginject tags=language-code=ug ! queue ! m."
    )
    shown = replace(shown_of(_WIDE), sound=(Heard("zho"), Heard("uig", (UIG[0], UIG[1]))))
    name = f"gst-{name}"
    return Source(name, f"{name}.{suffix}", "gstreamer", (Run("gst-launch-1.0", pipeline),), inputs, shown)


def rate(numerator: int, denominator: int, suffix: str, mux: str, sound: str) -> Source:
    """A film of another rate."""
    inputs: Inputs = (("card", Card(rate=Fraction(numerator, denominator), form="y4m")), ("tone", Tones()))
    return gst(f"rate-{numerator}-{denominator}", suffix, mux, _X264, sound, inputs)


_OLD: Inputs = (("card", Card(720, 576, Fraction(4, 3), form="y4m")), ("tone", Tones()))
_SD: Inputs = (("card", Card(720, 576, form="y4m")), ("tone", Tones()))
_44: Inputs = (("card", Card(form="y4m")), ("tone", Tones(rate_hz=44100)))
_FRAGMENTS = "mp4mux fragment-duration=500"

SOURCES = (
    gst("mp4", "mp4", "mp4mux", _X264, _AAC),
    gst("mp4-faststart", "mp4", "mp4mux faststart=true", _X264, _AAC),
    gst("mp4-fragments", "mp4", _FRAGMENTS, _X264, _AAC),
    gst("mp4-streamable", "mp4", f"{_FRAGMENTS} streamable=true", _X264, _AAC),
    gst("mp4-mp3", "mp4", "mp4mux", _X264, _MP3),
    gst(
        "mp4-hevc",
        "mp4",
        "mp4mux",
        "x265enc speed-preset=ultrafast qp=12 option-string=log-level=none ! h265parse",
        _AAC,
    ),
    gst("mov-pcm", "mov", "qtmux", _X264, _S16),
    gst("mov-alaw", "mov", "qtmux", _X264, "audio/x-raw,channels=2 ! alawenc"),
    jpeg("mov-jpeg", "mov", "qtmux", _S16),
    gst("mov-prores", "mov", "qtmux", "video/x-raw,format=I422_10LE ! avenc_prores_ks", _S16),
    gst("mov-samples", "mov", "qtmux", _X264, _S16, _OLD),
    gst("3gp", "3gp", "3gppmux", _BASELINE, _AAC),
    gst("mkv", "mkv", "matroskamux", _X264, _AAC),
    gst("mkv-stream", "mkv", "matroskamux streamable=true", _X264, _AAC),
    gst("mkv-raw", "mkv", "matroskamux", "video/x-raw,format=I420", "audio/x-raw,format=F32LE"),
    jpeg("mkv-jpeg", "mkv", "matroskamux", "flacenc"),
    gst("mkv-theora", "mkv", "matroskamux", "theoraenc quality=60", "vorbisenc"),
    gst("mkv-opus", "mkv", "matroskamux", _X264, "opusenc bitrate=128000"),
    gst("mkv-samples", "mkv", "matroskamux", _X264, _AC3, _SD),
    gst("webm-vp8", "webm", "webmmux", "vp8enc deadline=1 cpu-used=8 target-bitrate=3000000", "vorbisenc"),
    gst("webm-vp9", "webm", "webmmux", "vp9enc deadline=1 cpu-used=8 target-bitrate=3000000", "opusenc bitrate=128000"),
    gst(
        "webm-stream",
        "webm",
        "webmmux streamable=true",
        "vp8enc deadline=1 cpu-used=8 target-bitrate=3000000",
        "opusenc",
    ),
    gst("avi-mpeg4", "avi", "avimux", "avenc_mpeg4 bitrate=3000000", _MP3),
    jpeg("avi-jpeg", "avi", "avimux", _S16),
    gst("avi-raw", "avi", "avimux", "video/x-raw,format=YUY2", _S16),
    gst("avi-h264", "avi", "avimux", _BASELINE, _AC3),
    gst("avi-big-index", "avi", "avimux bigfile=true", "avenc_mpeg4 bitrate=3000000", _MP3),
    gst("flv", "flv", "flvmux", _X264, _AAC),
    gst("flv-stream", "flv", "flvmux streamable=true", _X264, _AAC),
    gst("flv-mp3", "flv", "flvmux", "avenc_flv bitrate=3000000", _MP3, _44),
    gst("ts", "ts", "mpegtsmux", _X264, _AAC),
    gst("ts-ac3", "ts", "mpegtsmux", _X264, _AC3),
    gst("ts-mpeg2", "ts", "mpegtsmux", _MPEG2, _MP2),
    gst("ts-samples", "ts", "mpegtsmux", _MPEG2, _MP2, _OLD),
    gst("ts-192", "m2ts", "mpegtsmux m2ts-mode=true", _X264, _AC3),
    gst("ts-bluray-pes", "ts", "mpegtsmux alignment=7", _X264, _MP3),
    gst(
        "ts-hevc",
        "ts",
        "mpegtsmux",
        "x265enc speed-preset=ultrafast qp=12 option-string=log-level=none ! h265parse",
        _AAC,
    ),
    gst("ts-opus", "ts", "mpegtsmux", _X264, "opusenc bitrate=128000"),
    gst("ts-atsc", "ts", "atscmux", _MPEG2, _AC3),
    gst("ps", "mpg", "mpegpsmux", _MPEG2, _MP2, _SD),
    gst("ps-h264", "mpg", "mpegpsmux", _X264, _MP2),
    # its times begin at a thousand hours
    gst("asf", "wmv", "asfmux", "avenc_wmv2 bitrate=3000000", _MP3),
    gst("mxf", "mxf", "mxfmux", _MPEG2, "audio/x-raw,format=S16LE,channels=2", _SD),
    two_languages("two-mp4", "mp4", "mp4mux", _AAC),
    two_languages("two-mkv", "mkv", "matroskamux", _AAC),
    two_languages("two-ts", "ts", "mpegtsmux", _MP2),
    rate(24, 1, "mp4", "mp4mux", _AAC),
    rate(60, 1, "mkv", "matroskamux", _AAC),
    rate(30, 1, "ts", "mpegtsmux", _MP2),
)
