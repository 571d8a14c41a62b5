"""Codecs of picture, in the containers that they are met in."""

from __future__ import annotations

from fractions import Fraction

from benchmarks.sources.card import Card
from benchmarks.sources.films.common import AAC, BOTH, MP2, PCM, STEREO, V601, Inputs, by_older, ours, words
from benchmarks.sources.source import Source

_MP3 = words("-c:a libmp3lame -b:a 192k")
_VORBIS = words("-c:a libvorbis -q:a 5")
_OPUS = words("-c:a libopus -b:a 128k")
_VP9 = words("-c:v libvpx-vp9 -deadline realtime -cpu-used 8 -b:v 2M")
_AV1 = words("-c:v libsvtav1 -preset 12 -crf 20")
_HEVC = words("-c:v libx265 -preset ultrafast -crf 12 -x265-params log-level=none")
_SD_IN: Inputs = (("card", Card(720, 576)), ("tone", STEREO))
_HD: Inputs = (("card", Card(1280, 720)), ("tone", STEREO))
_CIF: Inputs = (("card", Card(352, 288, Fraction(11, 9))), ("tone", STEREO))


def coded(name: str, suffix: str, codec: str, *sound: str, pixels: str = "yuv420p", inputs: Inputs = BOTH) -> Source:
    """The card by another coder."""
    name = f"codec-{name}"
    return ours(name, f"{name}.{suffix}", "-vf", V601, "-pix_fmt", pixels, *words(codec), *sound, inputs=inputs)


def jpeg(name: str, suffix: str, pixels: str, *sound: str) -> Source:
    """Motion JPEG of full range, as it has to be."""
    name = f"codec-{name}"
    graph = "scale=out_color_matrix=bt601:out_range=pc:flags=accurate_rnd+full_chroma_int"
    return ours(name, f"{name}.{suffix}", "-vf", graph, "-pix_fmt", pixels, *words("-c:v mjpeg -q:v 2"), *sound)


def hd(name: str, suffix: str, codec: str, *sound: str) -> Source:
    """By a codec whose colours are those of HD at any size."""
    name = f"codec-{name}"
    graph = "scale=out_color_matrix=bt709:out_range=tv:flags=accurate_rnd+full_chroma_int"
    return ours(name, f"{name}.{suffix}", "-vf", graph, "-pix_fmt", "yuv422p", *words(codec), *sound)


_ONLY_OURS = ("avs2", "hevc-flv", "vp9-mp4", "av1", "cineform")
_ALL = (
    coded("mpeg4-avi", "avi", "-c:v libxvid -q:v 2 -vtag XVID", *_MP3),
    coded("mpeg4-mp4", "mp4", "-c:v mpeg4 -q:v 2 -bf 2", *AAC),
    coded("mpeg4-qpel", "avi", "-c:v mpeg4 -q:v 2 -flags +qpel+mv4", *_MP3),
    coded("mpeg4-mov", "mov", "-c:v mpeg4 -q:v 2", *PCM),
    coded("divx3", "avi", "-c:v msmpeg4 -q:v 2", *_MP3),
    coded("msmpeg4v2", "avi", "-c:v msmpeg4v2 -q:v 2", *_MP3),
    coded("h263", "avi", "-c:v h263 -q:v 2", *_MP3, inputs=_CIF),
    coded(
        "h263p", "mov", "-c:v h263p -q:v 2", *AAC, inputs=(("card", Card(320, 240, Fraction(4, 3))), ("tone", STEREO))
    ),
    coded("flv1", "flv", "-c:v flv -q:v 2", *_MP3, "-ar", "44100"),
    jpeg("mjpeg-avi", "avi", "yuvj420p", *PCM),
    jpeg("mjpeg-mov", "mov", "yuvj422p", *PCM),
    jpeg("mjpeg-mkv", "mkv", "yuvj444p", *_MP3),
    coded("dvcpro50", "mov", "-c:v dvvideo", *PCM, pixels="yuv422p", inputs=_SD_IN),
    coded("prores-proxy", "mov", "-c:v prores_ks -profile:v 0", *PCM, pixels="yuv422p10le"),
    coded("prores-hq", "mov", "-c:v prores_ks -profile:v 3", *PCM, pixels="yuv422p10le"),
    coded("prores-mkv", "mkv", "-c:v prores_ks -profile:v 2", *PCM, pixels="yuv422p10le"),
    ours(
        "codec-dnxhd",
        "codec-dnxhd.mov",
        "-vf",
        "scale=out_color_matrix=bt709:out_range=tv",
        *words("-pix_fmt yuv422p -c:v dnxhd -b:v 60M -r 25"),
        *PCM,
        inputs=_HD,
    ),
    hd("dnxhr", "mov", "-c:v dnxhd -profile:v dnxhr_sq", *PCM),
    hd("dnxhr-mxf", "mxf", "-c:v dnxhd -profile:v dnxhr_hq", *PCM),
    coded("ffv1-avi", "avi", "-c:v ffv1", *PCM),
    coded("huffyuv", "avi", "-c:v huffyuv", *PCM, pixels="yuv422p"),
    coded("utvideo", "avi", "-c:v utvideo", *PCM),
    coded("magicyuv", "avi", "-c:v magicyuv", *PCM),
    coded("theora-mkv", "mkv", "-c:v libtheora -q:v 9", *_VORBIS),
    coded("vp8-mkv", "mkv", "-c:v libvpx -deadline realtime -cpu-used 8 -b:v 2M", *_VORBIS),
    coded("vp9-webm", "webm", " ".join(_VP9), *_OPUS),
    coded("vp9-mp4", "mp4", " ".join(_VP9), *AAC),
    coded("vp9-444", "webm", " ".join(_VP9) + " -profile:v 1", *_OPUS, pixels="yuv444p"),
    coded("av1-mp4", "mp4", " ".join(_AV1), *AAC),
    coded("av1-webm", "webm", " ".join(_AV1), *_OPUS),
    coded("av1-ten", "mkv", " ".join(_AV1), *_OPUS, pixels="yuv420p10le"),
    coded("hevc-hev1", "mp4", " ".join(_HEVC) + " -tag:v hev1", *AAC),
    coded("hevc-hvc1", "mov", " ".join(_HEVC) + " -tag:v hvc1", *AAC),
    coded("hevc-mkv", "mkv", " ".join(_HEVC), *AAC),
    coded("hevc-flv", "flv", " ".join(_HEVC), *AAC),
    coded("avs2-mkv", "mkv", "-c:v libxavs2 -bf 0 -b:v 3M", *AAC),
    coded("jpeg2000", "mov", "-c:v libopenjpeg -compression_level 6", *PCM),
    coded("cineform", "mov", "-c:v cfhd", *PCM, pixels="yuv422p10le"),
    coded(
        "svq1",
        "mov",
        "-c:v svq1 -q:v 2",
        *AAC,
        pixels="yuv410p",
        inputs=(("card", Card(320, 240, Fraction(4, 3))), ("tone", STEREO)),
    ),
    coded("speedhq", "avi", "-c:v speedhq", *PCM, pixels="yuv422p"),
    coded("snow", "avi", "-c:v snow -q:v 2 -strict -2", *_MP3),
    coded("mpeg2-mkv", "mkv", "-c:v mpeg2video -b:v 6M -bf 2", *MP2),
    coded("mpeg2-avi", "avi", "-c:v mpeg2video -b:v 6M", *MP2),
    coded("mpeg2-mov", "mov", "-c:v mpeg2video -b:v 12M -bf 2", *PCM),
    coded("h264-avi", "avi", "-c:v libx264 -preset superfast -crf 12 -bf 0", *_MP3),
    coded("h264-open", "ts", "-c:v libx264 -preset superfast -crf 12 -x264-params open-gop=1:keyint=24", *MP2),
    coded("h264-refresh", "mkv", "-c:v libx264 -preset superfast -crf 12 -x264-params intra-refresh=1:keyint=25", *AAC),
    coded("h264-one-key", "mp4", "-c:v libx264 -preset superfast -crf 12 -x264-params keyint=infinite", *AAC),
    coded("h264-lossless", "mkv", "-c:v libx264 -preset ultrafast -qp 0", *PCM),
)
SOURCES = tuple(item if any(word in item.name for word in _ONLY_OURS) else by_older(item) for item in _ALL)
