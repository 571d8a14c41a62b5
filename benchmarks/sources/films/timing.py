"""Rates, fields, pulldown, and pictures that come unevenly."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction
from typing import Literal

from benchmarks.sources import surgery
from benchmarks.sources.card import Card
from benchmarks.sources.films.common import (
    AAC,
    BOTH,
    FILM_IN,
    H264,
    MP2,
    PCM,
    STEREO,
    V601,
    Inputs,
    by_older,
    ours,
    shown_of,
    words,
)
from benchmarks.sources.source import Edit, Run, Source

RATES = {
    "10": Fraction(10),
    "12": Fraction(12),
    "15": Fraction(15),
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "48": Fraction(48),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
    "100": Fraction(100),
}


def at_rate(name: str, suffix: str, *options: str) -> Source:
    """A film of another rate."""
    inputs: Inputs = (("card", Card(rate=RATES[name])), ("tone", STEREO))
    return ours(f"rate-{name}-{suffix}", f"rate-{name}.{suffix}", *H264, *options, inputs=inputs)


def in_fields(
    name: str, suffix: str, order: Literal["tff", "bff"], *options: str, shape: Fraction = Fraction(16, 9)
) -> Source:
    """Two moments a picture."""
    inputs: Inputs = (("card", Card(720, 576, shape, fields=order)), ("tone", STEREO))
    marked = ("-vf", f"{V601}:interl=1,setfield={order}", "-pix_fmt", "yuv420p")
    return ours(name, f"{name}.{suffix}", *marked, *options, inputs=inputs)


def uneven(name: str, suffix: str, times: str, count: int, *options: str) -> Source:
    """Pictures at times of their own: `times` as an expression of N, a tick being 1/1000 s."""
    step = Run(
        "ffmpeg",
        (
            *FILM_IN,
            "-vf",
            f"{V601},settb=1/1000,setpts='{times}'",
            *words("-fps_mode passthrough -enc_time_base 1/1000"),
            *words("-pix_fmt yuv420p -c:v libx264 -preset superfast -crf 12"),
            *AAC,
            *options,
            "{out}",
        ),
    )
    moments = tuple(at / 1000 for at in _UNEVEN[name](count))
    shown = replace(shown_of(BOTH), times_s=moments, end_s=3.0)
    return Source(name, f"{name}.{suffix}", "ffmpeg", (step,), BOTH, shown)


def _slow_then_fast(count: int) -> list[float]:
    return [number * 50 if number < 30 else 1500 + (number - 30) * 1500 / 45 for number in range(count)]


def _jitter(count: int) -> list[float]:
    return [number * 40 + (12 if number % 2 else 0) for number in range(count)]


_UNEVEN = {"vfr-slow-then-fast": _slow_then_fast, "vfr-slow-then-fast-mkv": _slow_then_fast, "vfr-jitter": _jitter}
_SLOW = "if(lt(N,30),N*50,1500+(N-30)*1500/45)"


def stamped_alike() -> Source:
    """A recorder that gives three pictures one time: a player shows the last of them, or all of them in haste."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *words("-bf 0"), *AAC, *words("-f flv {tmp}/before")))
    shown = replace(shown_of(BOTH), rate=Fraction(25), times_s=tuple(number // 3 * 0.12 for number in range(75)))
    return Source("stamps-alike", "stamps-alike.flv", "ffmpeg", (film, Edit(surgery.same_stamps)), BOTH, shown)


def pulled_down() -> Source:
    """3:2 pulldown made of fields: 24 pictures a second in 30."""
    card = Card(720, 480, Fraction(4, 3), Fraction(24000, 1001))
    options = ("-vf", f"{V601},telecine=first_field=top,setfield=tff", *words("-pix_fmt yuv420p -c:v mpeg2video"))
    inputs: Inputs = (("card", card), ("tone", STEREO))
    return ours(
        "pulldown-hard",
        "pulldown-hard.mpg",
        *options,
        *words("-b:v 8M -maxrate 9M -bufsize 1800k -g 15 -flags +ilme+ildct -r 30000/1001"),
        *MP2,
        *words("-f vob"),
        inputs=inputs,
    )


_FIELDS2 = words("-c:v mpeg2video -b:v 8M -maxrate 9M -bufsize 1800k -g 12 -bf 2 -flags +ilme+ildct")
_MBAFF = words("-c:v libx264 -preset superfast -crf 10")

SOURCES = (
    *(at_rate(name, "mp4", *AAC) for name in RATES),
    *(by_older(at_rate(name, "mkv", *AAC)) for name in ("23.976", "59.94")),
    *(by_older(at_rate(name, "ts", *MP2)) for name in ("24", "29.97", "50")),
    uneven("vfr-slow-then-fast", "mp4", _SLOW, 75),
    uneven("vfr-slow-then-fast-mkv", "mkv", _SLOW, 75),
    uneven("vfr-jitter", "mkv", "N*40+mod(N,2)*12", 75),
    stamped_alike(),
    pulled_down(),
    in_fields("fields-mpeg2-tff", "ts", "tff", *_FIELDS2, *MP2),
    in_fields("fields-mpeg2-bff", "mpg", "bff", *_FIELDS2, *MP2, *words("-f vob")),
    in_fields("fields-mbaff-tff", "ts", "tff", *_MBAFF, *words("-x264-params tff=1"), *MP2),
    in_fields("fields-mbaff-bff", "mkv", "bff", *_MBAFF, *words("-x264-params bff=1"), *AAC),
    in_fields("fields-dv", "avi", "bff", *words("-c:v dvvideo"), *PCM, shape=Fraction(4, 3)),
    in_fields("fields-dv-mov", "mov", "bff", *words("-c:v dvvideo"), *PCM),
    in_fields(
        "fields-prores",
        "mov",
        "tff",
        *words("-pix_fmt yuv422p10le -c:v prores_ks -profile:v 2 -flags +ilme+ildct"),
        *PCM,
    ),
    in_fields("fields-mpeg4", "avi", "tff", *words("-c:v mpeg4 -q:v 2 -flags +ilme+ildct"), *MP2),
    in_fields(
        "fields-mxf-422",
        "mxf",
        "tff",
        *words("-pix_fmt yuv422p -c:v mpeg2video -b:v 30M -g 12 -bf 2"),
        *words("-flags +ilme+ildct"),
        *PCM,
    ),
    in_fields("fields-ffv1", "mkv", "tff", *words("-c:v ffv1 -field_order tt"), *PCM),
)
