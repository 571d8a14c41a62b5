"""H.264: parameter sets, access units and levels, as far as delivery needs them (ITU-T H.264 7.3, annexes A, D, E)."""

from __future__ import annotations

import struct
from dataclasses import replace
from fractions import Fraction
from typing import NamedTuple

from pipeline.media.codecs.bits import BitReader, message, unescaped
from pipeline.media.codecs.codec import (
    Configuration,
    Hrd,
    LevelLimits,
    SequenceParameters,
    Units,
    VideoCodec,
    Vui,
)
from pipeline.media.codecs.vui import read_signal

_AUD, _SPS, _PPS, _SEI, _IDR = 9, 7, 8, 6, 5  # table 7-1
_BUFFERING_PERIOD = 0  # table D.1.1
_WITH_CHROMA = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)  # 7.3.2.1.1
_PROFILES = {66: "baseline", 77: "main", 88: "extended", 100: "high", 110: "high10", 122: "high422", 244: "high444"}


class _Level(NamedTuple):
    """A row of table A-1: macroblocks a second, macroblocks a picture, macroblocks of the decoded picture buffer,
    kbit/s and kbit of coded picture buffer (Main), fields allowed (table A-4)."""

    rate: int
    picture: int
    buffer: int
    bitrate_kbps: int
    buffer_kbit: int
    fields: bool


_LEVELS = {
    "1.0": _Level(1_485, 99, 396, 64, 175, False),
    "1.1": _Level(3_000, 396, 900, 192, 500, False),
    "1.2": _Level(6_000, 396, 2_376, 384, 1_000, False),
    "1.3": _Level(11_880, 396, 2_376, 768, 2_000, False),
    "2.0": _Level(11_880, 396, 2_376, 2_000, 2_000, False),
    "2.1": _Level(19_800, 792, 4_752, 4_000, 4_000, True),
    "2.2": _Level(20_250, 1_620, 8_100, 4_000, 4_000, True),
    "3.0": _Level(40_500, 1_620, 8_100, 10_000, 10_000, True),
    "3.1": _Level(108_000, 3_600, 18_000, 14_000, 14_000, True),
    "3.2": _Level(216_000, 5_120, 20_480, 20_000, 20_000, True),
    "4.0": _Level(245_760, 8_192, 32_768, 20_000, 25_000, True),
    "4.1": _Level(245_760, 8_192, 32_768, 50_000, 62_500, True),
    "4.2": _Level(522_240, 8_704, 34_816, 50_000, 62_500, False),
    "5.0": _Level(589_824, 22_080, 110_400, 135_000, 135_000, False),
    "5.1": _Level(983_040, 36_864, 184_320, 240_000, 240_000, False),
    "5.2": _Level(2_073_600, 36_864, 184_320, 240_000, 240_000, False),
    "6.0": _Level(4_177_920, 139_264, 696_320, 240_000, 240_000, False),
    "6.1": _Level(8_355_840, 139_264, 696_320, 480_000, 480_000, False),
    "6.2": _Level(16_711_680, 139_264, 696_320, 800_000, 800_000, False),
}
# table A-2: what a profile's rates and buffers are of Main's
_FACTORS = {"high": 1.25, "high10": 3.0, "high422": 4.0, "high444": 4.0}
_NAL_FACTOR = 1.2  # tables: rates of NAL units count 1200 (High: 1500) to the thousand
_MOST_FRAMES = 16  # A.3.1 h
_RECORD_HEAD = 8  # bytes of an avcC before its first parameter set (ISO/IEC 14496-15 clause 5.3.3.1)


def area(width: int, height: int) -> int:
    """Macroblocks of a picture."""
    return -(-width // 16) * -(-height // 16)


def limits(level: str, profile: str, tier: str) -> LevelLimits | None:
    """What a level allows a profile (A.3.1 to A.3.3); H.264 knows no tiers."""
    row, factor = _LEVELS.get(level), _FACTORS.get(profile, 1.0)
    if row is None or tier:
        return None
    return LevelLimits(
        row.picture, row.rate, row.bitrate_kbps * factor, row.buffer_kbit * factor, _NAL_FACTOR, row.fields
    )


def decoded_pictures(level: str, blocks: int) -> int | None:
    """The frames that the level's decoded picture buffer holds (A.3.1 h)."""
    row = _LEVELS.get(level)
    return min(_MOST_FRAMES, row.buffer // blocks) if row else None


def read_parameters(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set.

    Raises:
        ValueError: it is cut or says impossible things.
    """
    bits = BitReader(unescaped(nal[1:]))
    number, _, level = bits.u(8), bits.u(8), bits.u(8)
    bits.ue()
    chroma, depth, separate = 1, 8, 0
    if number in _WITH_CHROMA:
        chroma = bits.ue()
        separate = bits.u(1) if chroma == 3 else 0
        depth = 8 + bits.ue()
        bits.ue(), bits.u(1)
        if bits.u(1):
            _skip_scaling(bits, 8 if chroma != 3 else 12)
    bits.ue()
    order = bits.ue()
    if order == 0:
        bits.ue()
    elif order == 1:
        bits.u(1), bits.se(), bits.se()
        for _ in range(bits.ue()):
            bits.se()
    references = bits.ue()
    bits.u(1)
    across, down = bits.ue() + 1, bits.ue() + 1
    frames_only = bool(bits.u(1))
    if not frames_only:
        bits.u(1)
    bits.u(1)
    crop = [bits.ue() for _ in range(4)] if bits.u(1) else [0, 0, 0, 0]
    lines = 1 if frames_only else 2
    step_x = 2 if chroma in (1, 2) and not separate else 1
    step_y = lines * (2 if chroma == 1 and not separate else 1)
    return SequenceParameters(
        name=nal[1:4].hex(),
        profile=_PROFILES.get(number, str(number)),
        level=f"{level // 10}.{level % 10}",
        width=16 * across - step_x * (crop[0] + crop[1]),
        height=16 * down * lines - step_y * (crop[2] + crop[3]),
        area=across * down * lines,
        depth=depth,
        references=references,
        interlaced=not frames_only,
        vui=_vui(bits) if bits.u(1) else Vui(),
    )


def read_record(record: bytes) -> Configuration:
    """What an avcC holds (ISO/IEC 14496-15 clause 5.3.3.1).

    Raises:
        ValueError: it is cut.
    """
    if len(record) < _RECORD_HEAD:
        raise ValueError("no avcC")
    (length,) = struct.unpack_from(">H", record, _RECORD_HEAD - 2)
    found = read_parameters(record[_RECORD_HEAD : _RECORD_HEAD + length])
    return Configuration(found.name, found)


def initial_delay(nal: bytes, hrd: Hrd) -> int | None:
    """initial_cpb_removal_delay (90 kHz) of a buffering period SEI (D.1.2); None where there is none in this SEI."""
    payload = message(unescaped(nal[1:]), _BUFFERING_PERIOD)
    if payload is None:
        return None
    try:
        bits = BitReader(payload)
        bits.ue()
        return bits.u(hrd.delay_bits)
    except ValueError:
        return None


def _vui(bits: BitReader) -> Vui:
    signal = read_signal(bits)
    rate = held = None
    fixed = False
    if bits.flag():
        tick, scale = bits.u(32), bits.u(32)
        rate = Fraction(scale, 2 * tick) if tick else None
        fixed = bits.flag()
    nal = _hrd(bits) if bits.flag() else None
    vcl = _hrd(bits) if bits.flag() else None
    if nal or vcl:
        bits.u(1)
    bits.u(1)
    if bits.flag():
        bits.u(1), bits.ue(), bits.ue(), bits.ue(), bits.ue(), bits.ue()
        held = bits.ue()
    return replace(signal, frame_rate=rate, fixed_rate=fixed, hrd=nal, buffered_frames=held)


def _hrd(bits: BitReader) -> Hrd:
    count = bits.ue() + 1
    rate_scale, size_scale = bits.u(4), bits.u(4)
    buffers = [(bits.ue() + 1, bits.ue() + 1, bits.u(1)) for _ in range(count)]
    delay_bits = bits.u(5) + 1
    bits.u(15)
    rate, size, constant = buffers[0]
    return Hrd(rate << (6 + rate_scale), size << (4 + size_scale), bool(constant), delay_bits)


def _skip_scaling(bits: BitReader, count: int) -> None:
    for index in range(count):
        if bits.u(1):
            last = after = 8
            for _ in range(16 if index < 6 else 64):
                if after:
                    after = (last + bits.se()) % 256
                last = after or last


AVC = VideoCodec(
    name="avc",
    stream="h264",
    format="AVC",
    sample_entries=("avc1", "avc3"),
    record=b"avcC",
    units=Units(
        type_of=lambda first: first & 0x1F,
        delimiter=_AUD,
        parameters=_SPS,
        needed=frozenset({_SPS, _PPS}),
        message=_SEI,
        slices=frozenset({1, 2, _IDR}),
        closed=frozenset({_IDR}),
        entries=frozenset({_IDR}),
    ),
    read_parameters=read_parameters,
    read_record=read_record,
    initial_delay=initial_delay,
    levels=tuple(_LEVELS),
    area=area,
    limits=limits,
    decoded_pictures=decoded_pictures,
)
