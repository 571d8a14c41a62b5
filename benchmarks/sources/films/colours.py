"""Colours: how they are coded, and how the file says so."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.sources.card import Card
from benchmarks.sources.films.common import AAC, BOTH, FILM_IN, PCM, STEREO, V601, Inputs, ours, shown_of, words
from benchmarks.sources.source import Run, Shown, Source

_X264 = words("-c:v libx264 -preset superfast -crf 10")
_FROM_709 = "primariesin=709:transferin=709:transfer=709"
_GREY = replace(shown_of(BOTH), grey=True)
_HDR = replace(shown_of(BOTH), colours=22.0)
_HD: Inputs = (("card", Card(1280, 720)), ("tone", STEREO))


def yuv(name: str, suffix: str, pixels: str, *options: str, shown: Shown | None = None) -> Source:
    """Other samples."""
    return ours(name, f"{name}.{suffix}", "-vf", V601, "-pix_fmt", pixels, *options, shown=shown)


def rgb(name: str, suffix: str, pixels: str, *options: str) -> Source:
    """Red, green and blue."""
    return ours(name, f"{name}.{suffix}", "-pix_fmt", pixels, *options)


def said(name: str, suffix: str, matrix: str, coded: str, *options: str, inputs: Inputs = BOTH) -> Source:
    """A matrix, with what the stream says of it."""
    graph = f"scale=out_color_matrix={matrix}:{coded}:flags=accurate_rnd+full_chroma_int"
    return ours(
        name, f"{name}.{suffix}", "-vf", graph, *words("-pix_fmt yuv420p"), *_X264, *AAC, *options, inputs=inputs
    )


def rare(name: str, suffix: str, asked: str, said: tuple[str, ...], *coded: str) -> Source:
    """Other primaries or another matrix, made by zscale from the card's red, green and blue."""
    graph = f"zscale=matrixin=gbr:rangein=full:range=limited:{asked}"
    return ours(name, f"{name}.{suffix}", "-vf", graph, *coded, *said)


def tags(primaries: str, transfer: str, matrix: str) -> tuple[str, ...]:
    """The three of them."""
    return words(f"-color_primaries {primaries} -color_trc {transfer} -colorspace {matrix}")


def hdr(name: str, suffix: str, transfer: str, told: str) -> Source:
    """The card as white of 203 cd/m² (BT.2408), in BT.2020 with a curve of HDR; the VUI or a message says which."""
    graph = (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,zscale=transfer=linear:npl=203,"
        f"format=gbrpf32le,zscale=primaries=2020:transfer={transfer}:matrix=2020_ncl:range=limited:npl=203,format=yuv420p10le"
    )
    coded = f"log-level=none:colorprim=bt2020:colormatrix=bt2020nc:range=limited:{told}"
    curve = "bt2020-10" if "atc" in told else transfer
    step = Run(
        "ffmpeg",
        (
            *FILM_IN,
            "-vf",
            f"{graph},setparams=color_trc={curve}",
            *words("-c:v libx265 -preset ultrafast -crf 10"),
            "-x265-params",
            coded,
            *AAC,
            "{out}",
        ),
    )
    return Source(name, f"{name}.{suffix}", "ffmpeg", (step,), BOTH, _HDR)


def wide() -> Source:
    """BT.2020 without HDR."""
    graph = (
        "scale=out_color_matrix=bt709:out_range=tv,format=yuv444p,"
        "setparams=color_primaries=bt709:color_trc=bt709:colorspace=bt709:range=tv,"
        "zscale=primaries=2020:transfer=2020_10:matrix=2020_ncl:range=limited,format=yuv420p10le"
    )
    coded = "log-level=none:colorprim=bt2020:colormatrix=bt2020nc:transfer=bt2020-10:range=limited"
    step = Run(
        "ffmpeg",
        (
            *FILM_IN,
            "-vf",
            graph,
            *words("-c:v libx265 -preset ultrafast -crf 10"),
            "-x265-params",
            coded,
            *AAC,
            "{out}",
        ),
    )
    return Source("wide-gamut", "wide-gamut.mp4", "ffmpeg", (step,), BOTH, replace(_HDR, colours=12.0))


SOURCES = (
    yuv("yuv-422-h264", "mp4", "yuv422p", *_X264, *AAC),
    yuv("yuv-422-ten", "mkv", "yuv422p10le", *_X264, *AAC),
    yuv("yuv-444", "mp4", "yuv444p", *_X264, *AAC),
    yuv("yuv-ten", "mkv", "yuv420p10le", *_X264, *AAC),
    yuv(
        "yuv-hevc-twelve",
        "mp4",
        "yuv422p12le",
        *words("-c:v libx265 -preset ultrafast -crf 10 -x265-params log-level=none"),
        *AAC,
    ),
    yuv("yuv-411-dv", "avi", "yuv411p", *words("-c:v ffv1"), *PCM),
    yuv("yuv-410", "avi", "yuv410p", *words("-c:v ffvhuff"), *PCM),
    yuv("grey-h264", "mp4", "gray", *_X264, *AAC, shown=_GREY),
    yuv("grey-ffv1", "mkv", "gray", *words("-c:v ffv1"), *PCM, shown=_GREY),
    yuv("yuv-uyvy", "avi", "uyvy422", *words("-c:v rawvideo"), *PCM),
    yuv("yuv-yuy2", "avi", "yuyv422", *words("-c:v rawvideo"), *PCM),
    yuv("yuv-v210", "mov", "yuv422p10le", *words("-c:v v210"), *PCM),
    rgb("rgb-h264", "mp4", "bgr0", *words("-c:v libx264rgb -preset superfast -crf 8"), *AAC),
    rgb("rgb-raw", "avi", "bgr24", *words("-c:v rawvideo"), *PCM),
    rgb("rgb-huffyuv", "avi", "bgra", *words("-c:v huffyuv"), *PCM),
    rgb("rgb-ffv1", "mkv", "bgr0", *words("-c:v ffv1"), *PCM),
    rgb("rgb-png", "mov", "rgb24", *words("-c:v png"), *PCM),
    rgb("rgb-animation", "mov", "rgb24", *words("-c:v qtrle"), *PCM),
    rgb("rgb-utvideo", "avi", "gbrp", *words("-c:v utvideo"), *PCM),
    rgb("rgb-alpha-prores", "mov", "yuva444p10le", "-vf", V601, *words("-c:v prores_ks -profile:v 4444"), *PCM),
    said("range-full", "mp4", "bt601", "out_range=pc", *words("-color_range pc")),
    said("range-full-mkv", "mkv", "bt601", "out_range=pc", *words("-color_range pc")),
    said("matrix-709-in-sd", "mp4", "bt709", "out_range=tv", *tags("bt709", "bt709", "bt709")),
    said("matrix-601-in-hd", "mp4", "bt601", "out_range=tv", *tags("smpte170m", "smpte170m", "smpte170m"), inputs=_HD),
    said("matrix-unsaid-hd", "mp4", "bt709", "out_range=tv", inputs=_HD),
    said("matrix-625-tags", "ts", "bt601", "out_range=tv", *tags("bt470bg", "gamma28", "bt470bg")),
    hdr("hdr-hlg", "mp4", "arib-std-b67", "transfer=arib-std-b67"),
    hdr("hdr-hlg-message", "mp4", "arib-std-b67", "transfer=bt2020-10:atc-sei=18"),
    hdr("hdr-hlg-message-ts", "ts", "arib-std-b67", "transfer=bt2020-10:atc-sei=18"),
    hdr("hdr-pq", "mp4", "smpte2084", "transfer=smpte2084"),
    hdr("hdr-pq-mkv", "mkv", "smpte2084", "transfer=smpte2084:max-cll=400,100"),
    wide(),
    rare(
        "primaries-p3",
        "mov",
        f"{_FROM_709}:primaries=smpte432:matrix=709,format=yuv420p",
        tags("smpte432", "bt709", "bt709"),
        *_X264,
        *AAC,
    ),
    rare(
        "primaries-2020-matrix-709",
        "mov",
        f"{_FROM_709}:primaries=2020:matrix=709,format=yuv422p10le",
        tags("bt2020", "bt709", "bt709"),
        *words("-c:v prores_ks"),
        *PCM,
    ),
    said("matrix-240m", "ts", "smpte240m", "out_range=tv", *tags("smpte240m", "smpte240m", "smpte240m")),
    rare("matrix-ycgco", "mkv", "matrix=ycgco,format=yuv444p", tags("bt709", "bt709", "ycgco"), *_X264, *AAC),
)
