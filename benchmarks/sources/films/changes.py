"""Whatever describes picture or sound changes on the way: broadcasts, conferences, joined takes.

Right is a delivery in which both halves are right, or a refusal that says so.
"""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

from benchmarks.sources.card import Card
from benchmarks.sources.films.common import AAC, BOTH, MP2, V601, WIDE, Inputs, shown_of, words
from benchmarks.sources.source import Join, Run, Shown, Source, Step
from benchmarks.sources.tones import Tones

HALF_S = 1.6
_AFTER = ("-output_ts_offset", str(HALF_S))
_X264 = (*("-vf", V601), *words("-pix_fmt yuv420p -c:v libx264 -preset superfast -crf 12 -bf 0"))
_MPEG2 = (*("-vf", V601), *words("-pix_fmt yuv420p -c:v mpeg2video -b:v 6M -g 12 -bf 0"))
_FIRST = Tones(seconds=HALF_S, gaps_s=(0.7,))
_SECOND = Tones(seconds=HALF_S, gaps_s=(0.6,))
WHOLE = replace(shown_of(BOTH), end_s=3.2, gaps_s=(0.7, 2.2))


def halves(
    name: str,
    first: Card,
    second: Card,
    options: tuple[tuple[str, ...], tuple[str, ...]],
    *,
    suffix: str = "ts",
    shown: Shown = WHOLE,
) -> Source:
    """Two halves in one transport stream; copied from there where it is another container."""
    first = replace(first, seconds=HALF_S)
    second = replace(second, seconds=HALF_S, first=round(HALF_S * second.rate))
    inputs: Inputs = (("card", first), ("tone", _FIRST), ("later", second), ("rest", _SECOND))
    pes = words("-muxdelay 0 -muxpreload 0 -f mpegts")
    steps: list[Step] = [
        Run("ffmpeg", ("-i", "{card}", "-i", "{tone}", *options[0], *pes, "{tmp}/1.ts")),
        Run("ffmpeg", ("-i", "{later}", "-i", "{rest}", *options[1], *_AFTER, *pes, "{tmp}/2.ts")),
    ]
    if suffix == "ts":
        steps.append(Join(("{tmp}/1.ts", "{tmp}/2.ts")))
    else:
        steps.append(Join(("{tmp}/1.ts", "{tmp}/2.ts"), "{tmp}/both.ts"))
        steps.append(Run("ffmpeg", words("-i {tmp}/both.ts -map 0:v -map 0:a -c copy {out}")))
    return Source(f"changes-{name}", f"changes-{name}.{suffix}", "ffmpeg", tuple(steps), inputs, shown)


def both(*options: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Both halves alike."""
    return options, options


_OLD, _SD = Card(720, 576, Fraction(4, 3)), Card(720, 576)
_TWO_SHAPES = ((HALF_S, Fraction(4, 3)), (1e9, Fraction(16, 9)))
_BACK = ((HALF_S, Fraction(16, 9)), (1e9, Fraction(4, 3)))
_SMALL = Card(320, 180)
_AC3 = words("-c:a ac3 -b:a 384k")
_FULL = tuple(word.replace("out_range=tv", "out_range=pc") for word in _X264)
_FAST_TIMES = (
    *(number / 25 for number in range(40)),
    *(0.0 for _ in range(40)),
    *(number / 50 for number in range(80, 160)),
)

SOURCES = (
    halves("nothing", WIDE, WIDE, both(*_X264, *MP2)),
    halves("aspect", _OLD, _SD, both(*_MPEG2, *MP2), shown=replace(WHOLE, shape=_TWO_SHAPES)),
    halves("aspect-back", _SD, _OLD, both(*_MPEG2, *MP2), shown=replace(WHOLE, shape=_BACK)),
    halves("aspect-mkv", _OLD, _SD, both(*_X264, *MP2), suffix="mkv", shown=replace(WHOLE, shape=_TWO_SHAPES)),
    halves("size-grows", _SMALL, WIDE, both(*_X264, *AAC)),
    halves("size-shrinks", WIDE, _SMALL, both(*_X264, *AAC)),
    halves("size-mkv", _SMALL, WIDE, both(*_X264, *AAC), suffix="mkv"),
    halves("size-flv", _SMALL, WIDE, both(*_X264, *AAC), suffix="flv"),
    halves("size-mpeg2", Card(352, 288, Fraction(16, 9)), _SD, both(*_MPEG2, *MP2)),
    halves("channels-more", WIDE, WIDE, ((*_X264, *_AC3, "-ac", "2"), (*_X264, *_AC3, "-ac", "6"))),
    halves("channels-fewer", WIDE, WIDE, ((*_X264, *_AC3, "-ac", "6"), (*_X264, *_AC3, "-ac", "2"))),
    halves("channels-mkv", WIDE, WIDE, ((*_X264, *_AC3, "-ac", "2"), (*_X264, *_AC3, "-ac", "6")), suffix="mkv"),
    halves("sample-rate", WIDE, WIDE, ((*_X264, *MP2, "-ar", "44100"), (*_X264, *MP2, "-ar", "48000"))),
    halves("sample-rate-aac", WIDE, WIDE, ((*_X264, *AAC, "-ar", "48000"), (*_X264, *AAC, "-ar", "32000"))),
    halves("chroma", WIDE, WIDE, ((*_X264, *MP2), (*_X264, *words("-pix_fmt yuv422p"), *MP2))),
    halves("bit-depth", WIDE, WIDE, ((*_X264, *MP2), (*_X264, *words("-pix_fmt yuv420p10le"), *MP2))),
    halves("range", WIDE, WIDE, ((*_X264, *MP2), (*_FULL, *words("-color_range pc"), *MP2))),
    halves(
        "matrix",
        WIDE,
        WIDE,
        (
            (*_X264, *words("-colorspace smpte170m"), *MP2),
            (*(word.replace("bt601", "bt709") for word in _X264), *words("-colorspace bt709"), *MP2),
        ),
    ),
    halves("rate", WIDE, Card(rate=Fraction(50)), both(*_X264, *MP2), shown=replace(WHOLE, times_s=_FAST_TIMES)),
)
