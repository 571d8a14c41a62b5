"""Transport and programme streams: order, programmes, torn ends, packets of other sizes, times that wrap."""

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
    LANGUAGES,
    MP2,
    MPEG2,
    STEREO,
    WIDE,
    Inputs,
    ours,
    shown_of,
    words,
)
from benchmarks.sources.source import Edit, Heard, Run, Shown, Source
from benchmarks.sources.tones import ENG, UIG, Tones

TWO_IN = ("-i", "{card}", "-i", "{tone}", "-i", "{uig}")
ZHO_UIG = (Heard("zho"), Heard("uig", (UIG[0], UIG[1])))
TAGGED = words("-metadata:s:a:0 language=zho -metadata:s:a:1 language=uig")
IN_TWO = replace(shown_of(BOTH), sound=ZHO_UIG)


def two(name: str, suffix: str, *options: str, shown: Shown = IN_TWO) -> Source:
    """Chinese and Uyghur in one film."""
    step = Run("ffmpeg", (*TWO_IN, *options, "{out}"))
    return Source(f"{name}", f"{name}.{suffix}", "ffmpeg", (step,), LANGUAGES, shown)


def programmes() -> Source:
    """Two programmes; the first one of the tables is the film, the other one another film with another tone.

    A player begins with the first programme; the second one's picture is smaller and has no counter.
    """
    inputs: Inputs = (("card", WIDE), ("tone", STEREO), ("other", Tones((3000.0, 3000.0))))
    step = Run(
        "ffmpeg",
        (
            *words("-i {card} -i {tone} -f lavfi -i testsrc2=s=320x180:r=25:d=3 -i {other}"),
            *words("-map 0:v -map 1:a -map 2:v -map 3:a"),
            *H264,
            *MP2,
            *words("-program title=first:program_num=1:st=0:st=1 -program title=second:program_num=2:st=2:st=3"),
            "{out}",
        ),
    )
    shown = replace(shown_of(BOTH), unheard_hz=(3000.0,))
    return Source("programmes-two", "programmes-two.ts", "ffmpeg", (step,), inputs, shown)


def edited(name: str, change: Callable[[bytes], bytes], shown: Shown, *options: str) -> Source:
    """A transport stream whose bytes were changed."""
    film = Run("ffmpeg", (*FILM_IN, *H264, *words("-bf 0 -g 12"), *(options or MP2), "-f", "mpegts", "{tmp}/before"))
    return Source(name, f"{name}.ts", "ffmpeg", (film, Edit(change)), BOTH, shown)


def offset(name: str, suffix: str, *options: str) -> Source:
    """Times that do not begin with nothing."""
    return ours(name, f"{name}.{suffix}", *H264, *MP2, *options)


def ts(name: str, *options: str, inputs: Inputs = BOTH) -> Source:
    """A stream of one picture and one sound."""
    return ours(name, f"{name}.ts", *options, inputs=inputs)


def capture_mid_group() -> Source:
    """A capture whose first second has no key picture: a player shows from the next one on (12 pictures a group)."""
    film = Run(
        "ffmpeg", (*FILM_IN, *H264, *words("-g 25 -bf 0"), *MP2, *words("-f mpegts -pat_period 0.1 {tmp}/before"))
    )
    cut = Edit(_behind_first_key)
    shown = replace(shown_of(BOTH), start_s=1.0, gaps_s=(2.1,))
    return Source("capture-mid-group", "capture-mid-group.ts", "ffmpeg", (film, cut), BOTH, shown)


def _behind_first_key(data: bytes) -> bytes:
    """From a PAT on that stands about a quarter into the first group of pictures."""
    places = range(0, len(data), surgery.PACKET)
    pats = [place for place in places if data[place + 1 : place + 3] == b"\x40\x00"]
    return data[next(place for place in pats if place > len(data) // 8) :]


_SD = (("card", Card(720, 576)), ("tone", STEREO))
_THREE: Inputs = (*LANGUAGES, ("eng", Tones(ENG)))
_TORN = shown_of(BOTH)
_VOB = words("-f vob")

SOURCES = (
    two(
        "languages-pmt-order",
        "ts",
        *words("-map 0:v -map 1:a -map 2:a"),
        *H264,
        *MP2,
        *TAGGED,
        *words("-streamid 0:256 -streamid 1:769 -streamid 2:768"),
    ),
    two("languages-pid-order", "ts", *words("-map 0:v -map 1:a -map 2:a"), *H264, *MP2, *TAGGED),
    two(
        "languages-sound-first",
        "ts",
        *words("-map 1:a -map 2:a -map 0:v"),
        *H264,
        *MP2,
        *TAGGED,
        *words("-streamid 0:900 -streamid 1:800 -streamid 2:300"),
    ),
    two(
        "languages-mixed-codecs",
        "ts",
        *words("-map 0:v -map 1:a -map 2:a"),
        *H264,
        *words("-c:a:0 ac3 -c:a:1 mp2 -b:a 192k"),
        *TAGGED,
        *words("-streamid 1:600 -streamid 2:500"),
    ),
    two(
        "languages-one-mono",
        "ts",
        *words("-map 0:v -map 1:a -map 2:a"),
        *H264,
        *MP2,
        *words("-ac:a:1 1"),
        *TAGGED,
        *words("-streamid 1:600 -streamid 2:500"),
        shown=replace(IN_TWO, sound=(Heard("zho"), Heard("uig", (0.0, 0.0), (UIG[0], UIG[1])))),
    ),
    two(
        "languages-in-m2ts", "m2ts", *words("-map 0:v -map 1:a -map 2:a"), *H264, *words("-c:a ac3 -b:a 192k"), *TAGGED
    ),
    programmes(),
    edited("capture-mid-packet", surgery.torn_head, replace(_TORN, start_s=0.48), *MP2),
    edited("capture-torn-end", surgery.torn_tail, _TORN),
    edited("packets-204", surgery.parity, _TORN),
    edited("packets-null", surgery.null_packets, _TORN),
    capture_mid_group(),
    ours("packets-192", "packets-192.m2ts", *H264, *words("-c:a ac3 -b:a 192k")),
    offset("times-large", "ts", *words("-output_ts_offset 50000")),
    offset("times-wrap", "ts", *words("-output_ts_offset 95442.2 -muxdelay 0 -muxpreload 0")),
    offset("times-wrap-late", "ts", *words("-output_ts_offset 95441.0 -muxdelay 0 -muxpreload 0")),
    offset("muxrate-padded", "ts", *words("-muxrate 6M")),
    ts("ts-sound-latm", *H264, *AAC, *words("-mpegts_flags latm")),
    ts("ts-sound-adts", *H264, *AAC),
    ts("ts-sound-ac3", *H264, *words("-c:a ac3 -b:a 192k")),
    ts("ts-sound-eac3", *H264, *words("-c:a eac3 -b:a 192k")),
    ts("ts-sound-dts", *H264, *words("-c:a dca -strict -2 -b:a 768k")),
    ts("ts-sound-opus", *H264, *words("-c:a libopus -b:a 128k")),
    ts("ts-sound-302m", *MPEG2, *words("-c:a s302m -strict -2")),
    ts("ts-sound-mp3", *H264, *words("-c:a libmp3lame -b:a 192k")),
    ts("ts-sound-44", *H264, *MP2, *words("-ar 44100")),
    ts("ts-picture-hevc", *H264, *words("-c:v libx265 -x265-params log-level=none -preset ultrafast"), *AAC),
    ts("ts-picture-mpeg4", *H264, *words("-c:v mpeg4 -q:v 2 -bf 0"), *MP2),
    ts(
        "ts-picture-avs2",
        *words("-vf scale=out_color_matrix=bt601:out_range=tv -pix_fmt yuv420p -c:v libxavs2 -bf 0 -b:v 3M"),
        *MP2,
        inputs=BOTH,
    ),
    ts(
        "ts-field-coded",
        *MPEG2,
        *words("-flags +ilme+ildct -vf setfield=tff,scale=out_color_matrix=bt601:out_range=tv:interl=1"),
        *MP2,
        inputs=(("card", Card(720, 576, fields="tff")), ("tone", STEREO)),
    ),
    Source(
        "ps-two-sounds",
        "ps-two-sounds.mpg",
        "ffmpeg",
        (Run("ffmpeg", (*TWO_IN, *words("-map 0:v -map 1:a -map 2:a"), *MPEG2, *MP2, *_VOB, "{out}")),),
        LANGUAGES,
        right="a programme stream says no language: players begin with the first track",
    ),
    ours("ps-ac3", "ps-ac3.vob", *MPEG2, *words("-c:a ac3 -b:a 192k"), *_VOB, inputs=_SD),
    ours("ps-lpcm", "ps-lpcm.vob", *MPEG2, *words("-c:a pcm_dvd"), *_VOB, inputs=_SD),
    ours(
        "ps-mpeg1",
        "ps-mpeg1.mpg",
        *MPEG2,
        *words("-c:v mpeg1video -b:v 3M"),
        *MP2,
        *words("-f mpeg"),
        inputs=(("card", Card(352, 288, Fraction(11, 9))), ("tone", STEREO)),
    ),
    ours("ps-h264", "ps-h264.mpg", *H264, *MP2, *_VOB),
    ours("ps-late-start", "ps-late-start.mpg", *MPEG2, *MP2, *words("-output_ts_offset 3600"), *_VOB, inputs=_SD),
)
