"""H.265: parameter sets, access units and levels, as far as delivery needs them (ITU-T H.265 7.3, annexes A, D, E)."""

from __future__ import annotations

import struct
from dataclasses import dataclass, replace
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

_VPS, _SPS, _PPS, _AUD, _SEI = 32, 33, 34, 35, 39  # table 7-1
_IDR, _IRAP = frozenset({19, 20}), frozenset(range(16, 22))  # IDR; BLA, IDR and CRA
_BUFFERING_PERIOD = 0
_HEADER = 2  # bytes of a unit before its payload
_PROFILES = {1: "main", 2: "main10", 3: "mainstillpicture", 4: "rext", 9: "scc"}  # A.3
_MOST_SETS, _MOST_LATER = 64, 32  # num_short_term_ref_pic_sets, num_long_term_ref_pics_sps (7.4.3.2)


class _Level(NamedTuple):
    """A row of tables A.8 and A.9: luma samples a picture and a second, kbit/s and kbit of coded picture buffer in
    Main tier, and in High tier where the level has one."""

    picture: int
    rate: int
    bitrate_kbps: int
    buffer_kbit: int
    high_bitrate_kbps: int | None = None
    high_buffer_kbit: int | None = None


_LEVELS = {
    "1.0": _Level(36_864, 552_960, 128, 350),
    "2.0": _Level(122_880, 3_686_400, 1_500, 1_500),
    "2.1": _Level(245_760, 7_372_800, 3_000, 3_000),
    "3.0": _Level(552_960, 16_588_800, 6_000, 6_000),
    "3.1": _Level(983_040, 33_177_600, 10_000, 10_000),
    "4.0": _Level(2_228_224, 66_846_720, 12_000, 12_000, 30_000, 30_000),
    "4.1": _Level(2_228_224, 133_693_440, 20_000, 20_000, 50_000, 50_000),
    "5.0": _Level(8_912_896, 267_386_880, 25_000, 25_000, 100_000, 100_000),
    "5.1": _Level(8_912_896, 534_773_760, 40_000, 40_000, 160_000, 160_000),
    "5.2": _Level(8_912_896, 1_069_547_520, 60_000, 60_000, 240_000, 240_000),
    "6.0": _Level(35_651_584, 1_069_547_520, 60_000, 60_000, 240_000, 240_000),
    "6.1": _Level(35_651_584, 2_139_095_040, 120_000, 120_000, 480_000, 480_000),
    "6.2": _Level(35_651_584, 4_278_190_080, 240_000, 240_000, 800_000, 800_000),
}
_NAL_FACTOR = 1.1  # table A.10: rates of NAL units count 1100 to the thousand in Main and Main 10
# A.4.2: the decoded picture buffer holds six pictures of the level's size, more of smaller ones, 16 at most
_PICTURES = ((Fraction(1, 4), 16), (Fraction(1, 2), 12), (Fraction(3, 4), 8), (Fraction(1), 6))


def area(width: int, height: int) -> int:
    """Luma samples of a picture, in whole coding blocks of the smallest size."""
    return -(-width // 8) * -(-height // 8) * 64


def limits(level: str, _profile: str, tier: str) -> LevelLimits | None:
    """What a level allows a tier (A.4.1, A.4.2): alike in Main and Main 10; None for a tier that the level has not."""
    row = _LEVELS.get(level)
    if row is None:
        return None
    kbps, kbit = (
        (row.high_bitrate_kbps, row.high_buffer_kbit) if tier == "high" else (row.bitrate_kbps, row.buffer_kbit)
    )
    if kbps is None or kbit is None:
        return None
    side = int((8 * row.picture) ** 0.5)  # A.4.1 b, c
    return LevelLimits(row.picture, row.rate, kbps, kbit, _NAL_FACTOR, side=side)


def decoded_pictures(level: str, samples: int) -> int | None:
    """The pictures that the level's decoded picture buffer holds (A.4.2); None where it does not hold their size."""
    row = _LEVELS.get(level)
    return next((count for share, count in _PICTURES if row and samples <= share * row.picture), None)


@dataclass(frozen=True)
class _Head:
    """profile_tier_level: how the stream is called, and its profile, tier and level."""

    name: str
    profile: str
    tier: str
    level: str


def read_parameters(nal: bytes) -> SequenceParameters:
    """Read a sequence parameter set (7.3.2.2).

    Raises:
        ValueError: it is cut or says impossible things.
    """
    payload = unescaped(nal[_HEADER:])
    bits = BitReader(payload)
    bits.u(4)
    layers = bits.u(3)
    bits.u(1)
    head = _head(payload[1:13])
    bits.u(96)
    _skip_layers(bits, layers)
    bits.ue()
    chroma = bits.ue()
    if chroma == 3:
        bits.u(1)
    across, down = bits.ue(), bits.ue()
    crop = [bits.ue() for _ in range(4)] if bits.flag() else [0, 0, 0, 0]
    depth = 8 + bits.ue()
    bits.ue()
    poc_bits = 4 + bits.ue()
    every = bits.flag()
    held = [(bits.ue(), bits.ue(), bits.ue())[0] + 1 for _ in range(layers + 1 if every else 1)][-1]
    for _ in range(6):
        bits.ue()
    if bits.flag() and bits.flag():
        _skip_scaling(bits)
    bits.u(2)
    if bits.flag():
        bits.u(8), bits.ue(), bits.ue(), bits.u(1)
    _skip_reference_sets(bits)
    if bits.flag():
        for _ in range(_at_most(bits.ue(), _MOST_LATER)):
            bits.u(poc_bits + 1)
    bits.u(2)
    vui = _vui(bits, layers) if bits.flag() else Vui()
    step_x, step_y = (2 if chroma in (1, 2) else 1), (2 if chroma == 1 else 1)
    return SequenceParameters(
        name=head.name,
        profile=head.profile,
        level=head.level,
        width=across - step_x * (crop[0] + crop[1]),
        height=down - step_y * (crop[2] + crop[3]),
        area=across * down,
        depth=depth,
        references=held,
        interlaced=vui.fields,
        vui=vui,
        tier=head.tier,
    )


def read_record(record: bytes) -> Configuration:
    """What an hvcC holds (ISO/IEC 14496-15 clause 8.3.3.1); sets may stand in the stream instead (hev1).

    Raises:
        ValueError: it is cut.
    """
    if len(record) < 13:
        raise ValueError("no hvcC")
    name = _head(record[1:13]).name
    at = 23
    for _ in range(record[22] if len(record) > 22 else 0):
        if at + 3 > len(record):
            break
        kind, (count,), at = record[at] & 0x3F, struct.unpack_from(">H", record, at + 1), at + 3
        for _ in range(count):
            length = int.from_bytes(record[at : at + 2], "big")
            if kind == _SPS:
                found = read_parameters(record[at + 2 : at + 2 + length])
                return Configuration(found.name, found)
            at += 2 + length
    return Configuration(name, None)


def initial_delay(nal: bytes, hrd: Hrd) -> int | None:
    """nal_initial_cpb_removal_delay (90 kHz) of a buffering period SEI (D.2.2); None where there is none in it."""
    payload = message(unescaped(nal[_HEADER:]), _BUFFERING_PERIOD)
    if payload is None:
        return None
    try:
        bits = BitReader(payload)
        bits.ue()
        if not hrd.in_parts and bits.flag():
            bits.u(hrd.removal_bits + hrd.output_bits)
        bits.u(1 + hrd.removal_bits)
        return bits.u(hrd.delay_bits)
    except ValueError:
        return None


def _head(data: bytes) -> _Head:
    """The general part of profile_tier_level (7.3.3), in its name for CODECS too (ISO/IEC 14496-15 annex E.3)."""
    if len(data) < 12:
        raise ValueError("parameter set is cut")
    space, tier, number = data[0] >> 6, data[0] >> 5 & 1, data[0] & 0x1F
    (flags,) = struct.unpack_from(">I", data, 1)
    mirrored = int(f"{flags:032b}"[::-1], 2)
    constraints = [f"{value:x}" for value in data[5:11].rstrip(b"\0")]
    first = ("", "A", "B", "C")[space]
    name = ".".join([f"{first}{number}", f"{mirrored:x}", f"{'H' if tier else 'L'}{data[11]}", *constraints])
    level = f"{data[11] // 30}.{data[11] % 30 // 3}"
    return _Head(name, _PROFILES.get(number, str(number)), "high" if tier else "main", level)


def _skip_layers(bits: BitReader, layers: int) -> None:
    """Profiles and levels of sub-layers (7.3.3)."""
    present = [(bits.u(1), bits.u(1)) for _ in range(layers)]
    if layers:
        bits.u(2 * (8 - layers))
    for profile, level in present:
        bits.u(88 * profile + 8 * level)


def _skip_scaling(bits: BitReader) -> None:
    """scaling_list_data (7.3.4)."""
    for size in range(4):
        for _ in range(2 if size == 3 else 6):
            if not bits.flag():
                bits.ue()
                continue
            for _ in range(min(64, 1 << (4 + 2 * size)) + (size > 1)):
                bits.se()


def _skip_reference_sets(bits: BitReader) -> None:
    """Each st_ref_pic_set (7.3.7, 7.4.8): how long one is that is told by the one before, that one's pictures say."""
    distances: list[int] = []  # in pictures: those before first, the nearest in front
    for index in range(_at_most(bits.ue(), _MOST_SETS)):
        if index and bits.flag():
            back, away = bits.u(1), bits.ue() + 1
            moved = -away if back else away
            # of those named before and the picture itself, the ones that are used or kept
            kept = [distance + moved for distance in (*distances, 0) if bits.flag() or bits.flag()]
            before = sorted((distance for distance in kept if distance < 0), reverse=True)
            distances = [*before, *sorted(distance for distance in kept if distance > 0)]
            continue
        distances = []
        for count, direction in [(bits.ue(), -1), (bits.ue(), 1)]:
            at = 0
            for _ in range(count):
                at += bits.ue() + 1
                bits.u(1)
                distances.append(direction * at)


def _vui(bits: BitReader, layers: int) -> Vui:
    """Annex E.2.1, as far as the buffer."""
    signal = read_signal(bits)
    bits.u(1)
    fields = bits.flag()
    bits.u(1)
    if bits.flag():
        for _ in range(4):
            bits.ue()
    if not bits.flag():
        return replace(signal, fields=fields)
    tick, scale = bits.u(32), bits.u(32)
    if bits.flag():
        bits.ue()
    hrd, fixed = _hrd(bits, layers) if bits.flag() else (None, False)
    rate = Fraction(scale, tick) if tick else None  # of pictures as they are coded: fields, where those are
    return replace(signal, fields=fields, frame_rate=rate, fixed_rate=fixed, hrd=hrd)


def _hrd(bits: BitReader, layers: int) -> tuple[Hrd | None, bool]:
    """hrd_parameters (E.2.2): the first buffer for NAL units of the highest sub-layer, and whether its rate is
    fixed."""
    nal, vcl = bits.flag(), bits.flag()
    in_parts, fixed, found = False, False, None
    rate_scale = size_scale = delay_bits = removal_bits = output_bits = 0
    if nal or vcl:
        in_parts = bits.flag()
        if in_parts:
            bits.u(19)
        rate_scale, size_scale = bits.u(4), bits.u(4)
        if in_parts:
            bits.u(4)
        delay_bits, removal_bits, output_bits = bits.u(5) + 1, bits.u(5) + 1, bits.u(5) + 1
    for _ in range(layers + 1):
        fixed = bits.flag()
        low_delay = False
        if fixed or bits.flag():
            bits.ue()
        else:
            low_delay = bits.flag()
        count = 1 if low_delay else bits.ue() + 1
        buffers = [[_buffer(bits, in_parts=in_parts) for _ in range(count)] for _ in range(nal + vcl)]
        if nal:
            rate, size, constant = buffers[0][0]
            found = Hrd(
                rate << (6 + rate_scale),
                size << (4 + size_scale),
                constant,
                delay_bits,
                removal_bits,
                output_bits,
                in_parts,
            )
    return found, fixed


def _buffer(bits: BitReader, *, in_parts: bool) -> tuple[int, int, bool]:
    rate, size = bits.ue() + 1, bits.ue() + 1
    if in_parts:
        bits.ue(), bits.ue()
    return rate, size, bits.flag()


def _at_most(count: int, most: int) -> int:
    if count > most:
        raise ValueError("parameter set counts too far")
    return count


HEVC = VideoCodec(
    name="hevc",
    stream="hevc",
    format="HEVC",
    sample_entries=("hvc1", "hev1"),
    record=b"hvcC",
    units=Units(
        type_of=lambda first: first >> 1 & 0x3F,
        delimiter=_AUD,
        parameters=_SPS,
        needed=frozenset({_VPS, _SPS, _PPS}),
        message=_SEI,
        slices=frozenset(range(32)),
        closed=_IDR,
        entries=_IRAP,
    ),
    read_parameters=read_parameters,
    read_record=read_record,
    initial_delay=initial_delay,
    levels=tuple(_LEVELS),
    area=area,
    limits=limits,
    decoded_pictures=decoded_pictures,
)
