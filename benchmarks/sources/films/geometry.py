"""Pictures that are turned, mirrored, cropped, or of samples that are not square."""

from __future__ import annotations

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
    STEREO,
    V601,
    Inputs,
    ours,
    shown_of,
    words,
)
from benchmarks.sources.source import Edit, Run, Source

# degrees as ffmpeg takes them (against the clock), and the quarter turns clockwise that a viewer sees
TURNS = ((90, 3), (180, 2), (270, 1))
FRAMED = Card(640, 360, border=(32, 16, 64, 40))
_FRAMED_IN: Inputs = (("card", FRAMED), ("tone", STEREO))


def turned(suffix: str, degrees: int, turn: int) -> Source:
    """The turn stands in the container, the pictures are as they were."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{tmp}/flat.mp4"))
    turning = Run("ffmpeg", ("-display_rotation", str(degrees), "-i", "{tmp}/flat.mp4", "-c", "copy", "{out}"))
    name = f"turned-{suffix}-{degrees}"
    return Source(name, f"{name}.{suffix}", "ffmpeg", (film, turning), BOTH, replace(shown_of(BOTH), turn=turn))


def mirrored(suffix: str, flip: str, turn: int) -> Source:
    """A mirrored film: a front camera's; upside down is mirrored and turned by half."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{tmp}/flat.mp4"))
    turning = Run("ffmpeg", (f"-display_{flip}", "-i", "{tmp}/flat.mp4", "-c", "copy", "{out}"))
    name = f"mirrored-{suffix}-{flip}"
    shown = replace(shown_of(BOTH), mirrored=True, turn=turn)
    return Source(name, f"{name}.{suffix}", "ffmpeg", (film, turning), BOTH, shown)


def projected(roll: str, turn: int) -> Source:
    """Matroska's ProjectionPoseRoll, against the clock."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{tmp}/flat.mp4"))
    pose = words(f"--projection-type 0:0 --projection-pose-roll 0:{roll} {{tmp}}/flat.mp4")
    name = f"turned-mkvmerge-{roll.removeprefix('-')}{'-minus' if roll.startswith('-') else ''}"
    mkv = Run("mkvmerge", ("-q", "-o", "{out}", *pose))
    return Source(name, f"{name}.mkv", "mkvmerge", (film, mkv), BOTH, replace(shown_of(BOTH), turn=turn))


def exif_turned(degrees: int, turn: int) -> Source:
    """A turn written afterwards, by a program for photographers."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{out}"))
    tool = Run("exiftool", ("-q", "-overwrite_original", f"-Rotation={degrees}", "{out}"))
    name = f"turned-exiftool-{degrees}"
    return Source(name, f"{name}.mp4", "exiftool", (film, tool), BOTH, replace(shown_of(BOTH), turn=turn))


def cropped_mkv() -> Source:
    """Matroska's PixelCrop: what is around the card is no part of it."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "{tmp}/framed.mp4"))
    mkv = Run("mkvmerge", ("-q", "-o", "{out}", *words("--cropping 0:32,16,64,40 {tmp}/framed.mp4")))
    return Source("cropped-mkvmerge", "cropped-mkvmerge.mkv", "mkvmerge", (film, mkv), _FRAMED_IN)


def cropped_mp4() -> Source:
    """The clean aperture of MP4."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *AAC, "-f", "mp4", "{tmp}/before"))
    return Source("cropped-clap", "cropped-clap.mp4", "ffmpeg", (film, Edit(surgery.clean_aperture)), _FRAMED_IN)


def shaped(name: str, suffix: str, card: Card, *options: str) -> Source:
    """The card in samples that are not square, or in a size that is not usual."""
    return ours(name, f"{name}.{suffix}", *options, inputs=(("card", card), ("tone", STEREO)))


_WIDE_SD = Card(720, 576)
_OLD_SD = Card(720, 576, Fraction(4, 3))
_NTSC = Card(720, 480, Fraction(4, 3), Fraction(30000, 1001))
_444 = ("-vf", V601, "-pix_fmt", "yuv444p", "-c:v", "libx264", "-preset", "superfast", "-crf", "12")
SOURCES = (
    *(turned(suffix, degrees, turn) for suffix in ("mp4", "mkv", "mov") for degrees, turn in TURNS),
    mirrored("mp4", "hflip", 0),
    mirrored("mp4", "vflip", 2),
    mirrored("mov", "hflip", 0),
    mirrored("mkv", "hflip", 0),
    projected("90", 3),
    projected("-90", 1),
    projected("180", 2),
    exif_turned(90, 1),
    exif_turned(270, 3),
    cropped_mkv(),
    cropped_mp4(),
    shaped("samples-wide-mp4", "mp4", _WIDE_SD, *H264, *AAC),
    shaped("samples-old-mkv", "mkv", _OLD_SD, *H264, *AAC),
    shaped("samples-ntsc-mov", "mov", _NTSC, *H264, *PCM),
    shaped("samples-svcd-ts", "ts", Card(480, 576, Fraction(4, 3)), *MPEG2, *MP2),
    shaped("samples-half-ts", "ts", Card(352, 576, Fraction(4, 3)), *MPEG2, *MP2),
    shaped("samples-thin-flv", "flv", Card(320, 360), *H264, *AAC),
    shaped("size-odd-444", "mp4", Card(427, 241, Fraction(427, 241)), *_444, *AAC),
    shaped("size-638", "mkv", Card(638, 358, Fraction(638, 358)), *H264, *AAC),
    shaped("size-854", "mp4", Card(854, 480, Fraction(427, 240)), *H264, *AAC),
    shaped("shape-tall", "mp4", Card(360, 640, Fraction(9, 16)), *H264, *AAC),
    shaped("shape-square", "mov", Card(400, 400, Fraction(1)), *H264, *AAC),
    shaped("shape-scope", "mp4", Card(720, 306, Fraction(720, 306)), *H264, *AAC),
)
