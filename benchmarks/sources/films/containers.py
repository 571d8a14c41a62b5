"""Containers written as a stream, in pieces, without sizes or an index, with edit lists, and rare ones."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction

from benchmarks.sources import surgery
from benchmarks.sources.card import Card
from benchmarks.sources.films.common import (
    AAC,
    BOTH,
    FILM_IN,
    H264,
    MP2,
    MPEG2,
    PCM,
    SD_YUV,
    STEREO,
    V601,
    ours,
    shown_of,
    words,
)
from benchmarks.sources.source import Edit, Run, Shown, Source
from benchmarks.sources.tones import GAPS_S, Tones

_VP8 = (*SD_YUV, *words("-c:v libvpx -deadline realtime -cpu-used 8 -b:v 2M -c:a libvorbis"))
_XVID = (*SD_YUV, *words("-c:v mpeg4 -q:v 2 -vtag XVID"))
_MP3 = words("-c:a libmp3lame -b:a 192k")


def piped(name: str, suffix: str, form: str, *options: str) -> Source:
    """Through a pipe, so that the writer could not go back."""
    step = Run("ffmpeg", (*FILM_IN, *options, "-f", form, "-seekable", "0", "file:{out}"))
    return Source(name, f"{name}.{suffix}", "ffmpeg", (step,), BOTH)


def changed(name: str, suffix: str, form: str, change: Callable[[bytes], bytes], *options: str) -> Source:
    """A file whose bytes were changed afterwards."""
    film = Run("ffmpeg", (*FILM_IN, *options, "-f", form, "{tmp}/before"))
    return Source(name, f"{name}.{suffix}", "ffmpeg", (film, Edit(change)), BOTH)


def moved(name: str, late_s: float) -> Source:
    """The sound begins later or earlier than the picture, by an edit list: it stays with its pictures.

    The tone is so much shorter, and its gaps so much earlier, that they are at the card's usual moments when the edit
    list is obeyed.
    """
    tone = Tones(seconds=3.0 - late_s, gaps_s=tuple(gap - late_s for gap in GAPS_S))
    step = Run("ffmpeg", ("-i", "{card}", "-itsoffset", str(late_s), "-i", "{tone}", *H264, *AAC, "{out}"))
    return Source(name, f"{name}.mp4", "ffmpeg", (step,), (("card", Card()), ("tone", tone)), shown_of(BOTH))


def cut(name: str, suffix: str, since_s: float) -> Source:
    """Cut without coding anew: an edit list hides what stands before the cut (QuickTime, phones, editors)."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *words("-bf 2 -g 50"), *AAC, "{tmp}/whole.mp4"))
    copy = Run("ffmpeg", ("-ss", str(since_s), "-i", "{tmp}/whole.mp4", "-c", "copy", "{out}"))
    shown = replace(shown_of(BOTH), start_s=since_s, gaps_s=(2.1,))
    return Source(name, f"{name}.{suffix}", "ffmpeg", (film, copy), BOTH, shown)


def grown(name: str, suffix: str, *options: str, shown: Shown | None = None) -> Source:
    """H.264 and AAC in a container of its own habits."""
    return ours(name, f"{name}.{suffix}", *H264, *AAC, *options, shown=shown)


_MXF = (*SD_YUV, *words("-c:v mpeg2video -b:v 12M -minrate 12M -maxrate 12M -bufsize 2M -g 12 -bf 2"), *PCM)
_SD_IN = (("card", Card(720, 576)), ("tone", STEREO))
_CIF = (("card", Card(352, 288, Fraction(4, 3))), ("tone", STEREO))
_D10 = (
    *("-vf", f"{V601},setfield=tff", "-pix_fmt", "yuv422p", "-c:v", "mpeg2video"),
    *words("-intra_vlc 1 -non_linear_quant 1 -flags +ildct+low_delay -g 1 -dc 2 -rtpflags 0 -qmax 8 -ps 1"),
    *words("-b:v 50M -minrate 50M -maxrate 50M -bufsize 2M -rc_init_occupancy 2M -c:a pcm_s16le -ar 48000"),
)

SOURCES = (
    piped("stream-mkv", "mkv", "matroska", *H264, *AAC),
    piped("stream-webm", "webm", "webm", *_VP8, *words("-live 1")),
    piped("stream-mkv-live", "mkv", "matroska", *H264, *AAC, *words("-live 1 -cluster_time_limit 500")),
    piped("stream-avi", "avi", "avi", *_XVID, *_MP3),
    piped("stream-flv", "flv", "flv", *H264, *AAC, *words("-flvflags no_duration_filesize")),
    piped("stream-asf", "asf", "asf", *SD_YUV, *words("-c:v wmv2 -q:v 2 -c:a wmav2 -b:a 192k")),
    changed("avi-no-sizes", "avi", "avi", surgery.zero_sizes, *_XVID, *_MP3),
    changed("avi-endless-sizes", "avi", "avi", surgery.endless_sizes, *_XVID, *PCM),
    changed("avi-no-index", "avi", "avi", surgery.without_index, *_XVID, *_MP3),
    changed("avi-old-code", "avi", "avi", surgery.renamed(b"XVID", b"DIVX"), *_XVID, *_MP3),
    grown("fragments-mp4", "mp4", *words("-movflags +frag_keyframe+empty_moov+default_base_moof")),
    grown("fragments-mov", "mov", *words("-movflags +frag_keyframe+empty_moov")),
    grown("fragments-by-time", "mp4", *words("-movflags +empty_moov -frag_duration 200000")),
    grown("fragments-hybrid", "mp4", *words("-movflags +hybrid_fragmented+frag_keyframe")),
    grown("fragments-cmaf", "mp4", *words("-movflags +cmaf+negative_cts_offsets+frag_keyframe")),
    grown("mp4-faststart", "mp4", *words("-movflags +faststart")),
    grown("mp4-negative-cts", "mp4", *words("-movflags +negative_cts_offsets -bf 3")),
    grown("mp4-no-edits", "mp4", *words("-use_editlist 0 -bf 0")),
    grown("mp4-isml", "mp4", *words("-f ismv")),
    grown("mp4-as-m4v", "m4v", *words("-f mp4")),
    grown("mp4-as-f4v", "f4v", *words("-f f4v")),
    grown("mp4-as-3g2", "3g2", *words("-f 3g2")),
    ours(
        "mp4-as-3gp",
        "mp4-as-3gp.3gp",
        *SD_YUV,
        *words("-c:v h263 -q:v 2 -c:a libopencore_amrnb -ar 8000 -ac 1 -b:a 12.2k"),
        inputs=(("card", Card(352, 288, Fraction(4, 3))), ("tone", Tones((400.0,)))),
        shown=replace(shown_of(_CIF), sound=(replace(shown_of(BOTH).sound[0], hz=(400.0, 400.0)),)),
    ),
    grown("mp4-in-psp", "mp4", *words("-f psp")),
    moved("edits-sound-late", 0.3),
    moved("edits-sound-a-little-late", 0.15),
    cut("edits-cut-mp4", "mp4", 1.0),
    cut("edits-cut-mov", "mov", 0.52),
    grown("mkv-cues-in-front", "mkv", *words("-cues_to_front 1")),
    grown("mkv-no-cues", "mkv", *words("-write_crc32 0 -reserve_index_space 0 -cluster_size_limit 20000")),
    grown("mkv-late", "mkv", *words("-output_ts_offset 36000")),
    grown("mp4-late", "mp4", *words("-output_ts_offset 1000 -avoid_negative_ts disabled")),
    grown("flv-late", "flv", *words("-output_ts_offset 7200")),
    ours("mxf-op1a", "mxf-op1a.mxf", *_MXF, inputs=_SD_IN),
    ours(
        "mxf-imx",
        "mxf-imx.mxf",
        *_D10,
        *words("-f mxf_d10"),
        inputs=(("card", Card(720, 576, Fraction(4, 3), fields="tff")), ("tone", STEREO)),
    ),
    ours(
        "mxf-h264",
        "mxf-h264.mxf",
        "-vf",
        V601,
        *words("-pix_fmt yuv422p10le -c:v libx264 -preset superfast -crf 10 -g 1"),
        *PCM,
    ),
    ours(
        "dv-raw",
        "dv-raw.dv",
        "-vf",
        f"{V601},setfield=bff",
        *words("-pix_fmt yuv420p -c:v dvvideo"),
        *PCM,
        *words("-f dv"),
        inputs=(("card", Card(720, 576, Fraction(4, 3), fields="bff")), ("tone", STEREO)),
    ),
    ours(
        "dv-raw-wide",
        "dv-raw-wide.dv",
        "-vf",
        f"{V601},setfield=bff",
        *words("-pix_fmt yuv420p -c:v dvvideo"),
        *PCM,
        *words("-f dv"),
        inputs=(("card", Card(720, 576, fields="bff")), ("tone", STEREO)),
    ),
    ours("wmv-asf", "wmv-asf.wmv", *SD_YUV, *words("-c:v wmv2 -q:v 2 -c:a wmav2 -b:a 192k")),
    ours("wmv1-asf", "wmv1-asf.asf", *SD_YUV, *words("-c:v wmv1 -q:v 2 -c:a wmav1 -b:a 192k")),
    ours("ogg-theora", "ogg-theora.ogv", *SD_YUV, *words("-c:v libtheora -q:v 9 -c:a libvorbis")),
    ours(
        "gxf-mpeg2",
        "gxf-mpeg2.gxf",
        *MPEG2,
        *words("-c:a pcm_s16le -ac 1 -ar 48000"),
        inputs=_SD_IN,
        shown=replace(shown_of(_SD_IN), sound=(replace(shown_of(BOTH).sound[0], hz=(0.0, 0.0)),)),
    ),
    ours("nut-mpeg4", "nut-mpeg4.nut", *SD_YUV, *words("-c:v mpeg4 -q:v 2"), *MP2),
)
