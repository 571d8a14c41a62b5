"""What else stands in files (covers, chapters, text, time codes, data), and names that are hard to pass on."""

from __future__ import annotations

from dataclasses import replace

from benchmarks.sources.card import Card
from benchmarks.sources.films.common import (
    AAC,
    BOTH,
    FILM_IN,
    H264,
    MP2,
    PCM,
    STEREO,
    WIDE,
    Inputs,
    ours,
    shown_of,
    words,
)
from benchmarks.sources.source import Run, Source, Step

_FLAT = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{tmp}/flat.mp4"))
_COVER = Run("ffmpeg", words("-f lavfi -i testsrc2=s=600x800:d=1 -frames:v 1 {tmp}/cover.jpg"))
_CUES = "data:text/plain;base64,MQowMDowMDowMCw1MDAgLS0+IDAwOjAwOjAyLDAwMArmo4nnlLDkuLDmlLYKCg=="


def beside(name: str, suffix: str, *options: str, before: tuple[Step, ...] = (_FLAT,)) -> Source:
    """The film with something beside it, copied into another file."""
    step = Run("ffmpeg", (*options, "{out}"))
    return Source(f"extra-{name}", f"extra-{name}.{suffix}", "ffmpeg", (*before, step), BOTH, shown_of(BOTH))


def named(number: int, file: str, *options: str) -> Source:
    """A plain film under a name that is none."""
    source = ours(f"name-{number}", file, *H264, *AAC, *options)
    return replace(source, right="a name says nothing about a film")


def cover(name: str, suffix: str, program: str, *options: str) -> Source:
    """A cover by another program."""
    steps = (_FLAT, _COVER, Run("ffmpeg", words("-i {tmp}/flat.mp4 -c copy {out}")), Run(program, options))
    return Source(f"extra-{name}", f"extra-{name}.{suffix}", program, steps, BOTH, shown_of(BOTH))


def attached(name: str, *options: str) -> Source:
    """By mkvmerge."""
    step = Run("mkvmerge", ("-q", "-o", "{out}", *options))
    return Source(f"extra-{name}", f"extra-{name}.mkv", "mkvmerge", (_FLAT, _COVER, step), BOTH, shown_of(BOTH))


_FILM_AND_COVER = words("-i {tmp}/flat.mp4 -i {tmp}/cover.jpg -map 0 -map 1 -c copy -disposition:v:1 attached_pic")
_COVER_FIRST = words("-i {tmp}/flat.mp4 -i {tmp}/cover.jpg -map 1 -map 0 -c copy -disposition:v:0 attached_pic")
_TWO_PICTURES: Inputs = (("card", WIDE), ("tone", STEREO), ("small", Card(320, 180, first=200)))

SOURCES = (
    beside("3d-mark", "mkv", *words("-i {tmp}/flat.mp4 -c copy -metadata:s:v stereo_mode=left_right")),
    beside("empty-sound", "mkv", *words("-i {tmp}/flat.mp4 -map 0 -map 0:a -c copy -bsf:a:0 noise=drop=1")),
    beside("empty-sound-ts", "ts", *words("-i {tmp}/flat.mp4 -map 0 -map 0:a -c copy -bsf:a:1 noise=drop=1")),
    beside(
        "default-second",
        "mkv",
        *words("-i {tmp}/flat.mp4 -f lavfi -i sine=3000 -t 3 -map 0:v -map 1 -map 0:a -c:v copy -c:a flac"),
        *words("-disposition:a:0 0 -disposition:a:1 default"),
    ),
    beside(
        "description-first",
        "mkv",
        *words("-i {tmp}/flat.mp4 -f lavfi -i sine=3000 -t 3 -map 0:v -map 1 -map 0:a -c:v copy -c:a flac"),
        *words("-disposition:a:0 default+visual_impaired -disposition:a:1 0"),
    ),
    beside("cover-mp4", "mp4", *_FILM_AND_COVER, before=(_FLAT, _COVER)),
    beside("cover-m4v", "m4v", *_FILM_AND_COVER, *words("-f mp4"), before=(_FLAT, _COVER)),
    beside("cover-first", "mp4", *_COVER_FIRST, before=(_FLAT, _COVER)),
    beside(
        "cover-mkv",
        "mkv",
        *words("-i {tmp}/flat.mp4 -c copy -attach {tmp}/cover.jpg -metadata:s:t mimetype=image/jpeg"),
        before=(_FLAT, _COVER),
    ),
    cover("cover-atomic", "mp4", "AtomicParsley", *words("{out} --artwork {tmp}/cover.jpg --overWrite")),
    attached(
        "cover-mkvmerge", *words("--attachment-mime-type image/jpeg --attach-file {tmp}/cover.jpg {tmp}/flat.mp4")
    ),
    attached(
        "title-mkvmerge", "--title", "家乡的一天\n第一集 <b>&amp;", "--track-name", "0:画面;rm -rf x", "{tmp}/flat.mp4"
    ),
    attached("tags-mkvmerge", "--title", "؛ بىزنىڭ يۇرت", "{tmp}/flat.mp4"),
    beside("timecode-mov", "mov", *words("-i {tmp}/flat.mp4 -c:v copy"), *PCM, *words("-timecode 10:00:00:00")),
    beside(
        "timecode-mxf",
        "mxf",
        *words("-i {tmp}/flat.mp4 -c:v mpeg2video -b:v 12M -pix_fmt yuv420p"),
        *PCM,
        *words("-timecode 01:00:00:00"),
    ),
    beside(
        "text-mp4",
        "mp4",
        *words("-i {tmp}/flat.mp4 -i"),
        _CUES,
        *words("-map 0 -map 1 -c:v copy -c:a copy -c:s mov_text"),
    ),
    beside(
        "text-mkv", "mkv", *words("-i {tmp}/flat.mp4 -i"), _CUES, *words("-map 0 -map 1 -c:v copy -c:a copy -c:s srt")
    ),
    beside(
        "text-first-mkv",
        "mkv",
        *words("-i {tmp}/flat.mp4 -i"),
        _CUES,
        *words("-map 1 -map 0:a -map 0:v -c:v copy -c:a copy -c:s ass"),
    ),
    beside(
        "text-webvtt-webm",
        "mkv",
        *words("-i {tmp}/flat.mp4 -i"),
        _CUES,
        *words("-map 0 -map 1 -c:v copy -c:a copy -c:s webvtt"),
    ),
    beside(
        "metadata",
        "mp4",
        *words("-i {tmp}/flat.mp4 -c copy -metadata"),
        "title=第一行\n第二行\r\n'\"$(x)`",
        "-metadata",
        "comment={in.main} %d [x];[y]",
    ),
    beside(
        "metadata-language",
        "mp4",
        *words("-i {tmp}/flat.mp4 -c copy -metadata:s:a:0 language=zho -metadata:s:v:0 language=uig"),
    ),
    beside("sound-first", "mp4", *words("-i {tmp}/flat.mp4 -map 0:a -map 0:v -c copy")),
    beside("sound-first-mov", "mov", *words("-i {tmp}/flat.mp4 -map 0:a -map 0:v -c:v copy"), *PCM),
    beside(
        "data-ts", "ts", *words("-i {tmp}/flat.mp4 -f lavfi -i"), "sine=d=3:f=400", *words("-map 0 -c:v copy"), *MP2
    ),
    Source(
        "extra-two-pictures",
        "extra-two-pictures.mkv",
        "ffmpeg",
        (Run("ffmpeg", (*words("-i {card} -i {tone} -i {small} -map 0:v -map 1:a -map 2:v"), *H264, *AAC, "{out}")),),
        _TWO_PICTURES,
        shown_of(BOTH),
        right="two angles: players show the first track, which is the default one",
    ),
    named(1, "家乡的一天——上集（终）.mp4"),
    named(2, 'it\'s; rm -rf $HOME & echo "x".mp4'),
    named(3, "-i.mp4"),
    named(4, "100% [1] {in.main} a:b=c,d.mkv"),
    named(5, "بىزنىڭ يۇرت.mp4"),
    named(6, "first\nsecond.mp4"),
    named(7, "FILM.MOV"),
    named(8, "matroska-inside.mp4", "-f", "matroska"),
    named(9, "transport-inside.avi", "-f", "mpegts"),
    named(10, "no suffix", "-f", "mp4"),
    named(11, "🎬 película ñ é.mkv"),
)
