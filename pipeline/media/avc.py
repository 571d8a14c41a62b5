"""H.264 parameter sets and access units, as far as delivery needs them (ITU-T H.264 clauses 7.3 and annexes D, E)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

AUD, SPS, PPS, SEI, IDR = 9, 7, 8, 6, 5
_WITH_CHROMA = (100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135)  # 7.3.2.1.1
PROFILES = {66: "baseline", 77: "main", 88: "extended", 100: "high", 110: "high10", 122: "high422", 244: "high444"}
# table E-1: sample aspect ratios by number
_ASPECTS = (
    (0, 0),
    (1, 1),
    (12, 11),
    (10, 11),
    (16, 11),
    (40, 33),
    (24, 11),
    (20, 11),
    (32, 11),
    (80, 33),
    (18, 11),
    (15, 11),
    (64, 33),
    (160, 99),
    (4, 3),
    (3, 2),
    (2, 1),
)
MATRICES = {1: "bt709", 4: "fcc", 5: "bt601", 6: "bt601", 7: "smpte240m", 9: "bt2020", 10: "bt2020c"}  # table E-5


@dataclass(frozen=True)
class LevelLimits:
    """A row of H.264 table A-1: macroblocks a second, macroblocks a picture, macroblocks of the decoded picture
    buffer, kbit/s and kbit of coded picture buffer (Main), fields allowed (table A-4)."""

    rate: int
    picture: int
    buffer: int
    bitrate_kbps: int
    buffer_kbit: int
    fields: bool


LEVELS = {
    "1.0": LevelLimits(1_485, 99, 396, 64, 175, False),
    "1.1": LevelLimits(3_000, 396, 900, 192, 500, False),
    "1.2": LevelLimits(6_000, 396, 2_376, 384, 1_000, False),
    "1.3": LevelLimits(11_880, 396, 2_376, 768, 2_000, False),
    "2.0": LevelLimits(11_880, 396, 2_376, 2_000, 2_000, False),
    "2.1": LevelLimits(19_800, 792, 4_752, 4_000, 4_000, True),
    "2.2": LevelLimits(20_250, 1_620, 8_100, 4_000, 4_000, True),
    "3.0": LevelLimits(40_500, 1_620, 8_100, 10_000, 10_000, True),
    "3.1": LevelLimits(108_000, 3_600, 18_000, 14_000, 14_000, True),
    "3.2": LevelLimits(216_000, 5_120, 20_480, 20_000, 20_000, True),
    "4.0": LevelLimits(245_760, 8_192, 32_768, 20_000, 25_000, True),
    "4.1": LevelLimits(245_760, 8_192, 32_768, 50_000, 62_500, True),
    "4.2": LevelLimits(522_240, 8_704, 34_816, 50_000, 62_500, False),
    "5.0": LevelLimits(589_824, 22_080, 110_400, 135_000, 135_000, False),
    "5.1": LevelLimits(983_040, 36_864, 184_320, 240_000, 240_000, False),
    "5.2": LevelLimits(2_073_600, 36_864, 184_320, 240_000, 240_000, False),
    "6.0": LevelLimits(4_177_920, 139_264, 696_320, 240_000, 240_000, False),
    "6.1": LevelLimits(8_355_840, 139_264, 696_320, 480_000, 480_000, False),
    "6.2": LevelLimits(16_711_680, 139_264, 696_320, 800_000, 800_000, False),
}
HIGH = 1.25  # table A-2: what High profile's rates and buffers are of Main's
FACTORS = {"high": HIGH, "high10": 3.0, "high422": 4.0, "high444": 4.0}  # likewise


class _Bits:
    """Bits of a raw byte sequence payload, from the front."""

    def __init__(self, data: bytes):
        self._value = int.from_bytes(data, "big")
        self._left = 8 * len(data)

    def u(self, count: int) -> int:
        self._left -= count
        if self._left < 0:
            raise ValueError("parameter set is cut")
        return self._value >> self._left & ((1 << count) - 1)

    def ue(self) -> int:
        zeros = 0
        while not self.u(1):
            zeros += 1
        return (1 << zeros) - 1 + self.u(zeros)

    def se(self) -> int:
        value = self.ue()
        return (value + 1) // 2 if value % 2 else -(value // 2)


@dataclass(frozen=True)
class Hrd:
    """What the stream promises of its first coded picture buffer: bit/s, bit, filled at a constant rate."""

    rate_bps: int
    size_bits: int
    constant: bool
    delay_bits: int  # length of initial_cpb_removal_delay


@dataclass(frozen=True)
class Vui:
    """What a parameter set says of showing and buffering (annex E); None where it says nothing."""

    aspect: Fraction | None = None
    full_range: bool | None = None
    primaries: int | None = None
    transfer: int | None = None
    matrix: int | None = None
    frame_rate: Fraction | None = None
    fixed_rate: bool = False
    hrd: Hrd | None = None
    buffered_frames: int | None = None


@dataclass(frozen=True)
class Sps:
    """A sequence parameter set; sizes in samples after cropping."""

    profile: str
    level: str
    width: int
    height: int
    blocks: int  # macroblocks a picture
    depth: int
    references: int
    frames_only: bool
    vui: Vui


def units(head: bytes) -> Iterator[tuple[int, bytes]]:
    """Type and bytes of each NAL unit of a byte stream (annex B); the last one goes to the end of `head`."""
    at = head.find(b"\x00\x00\x01")
    while at >= 0 and at + 3 < len(head):
        after = head.find(b"\x00\x00\x01", at + 3)
        yield head[at + 3] & 0x1F, head[at + 3 : after if after >= 0 else None]
        at = after


def sps(nal: bytes) -> Sps:
    """Read a sequence parameter set.

    Raises:
        ValueError: it is cut or says impossible things.
    """
    bits = _Bits(_unescaped(nal[1:]))
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
    return Sps(
        profile=PROFILES.get(number, str(number)),
        level=f"{level // 10}.{level % 10}",
        width=16 * across - step_x * (crop[0] + crop[1]),
        height=16 * down * lines - step_y * (crop[2] + crop[3]),
        blocks=across * down * lines,
        depth=depth,
        references=references,
        frames_only=frames_only,
        vui=_vui(bits) if bits.u(1) else Vui(),
    )


def initial_delay(nal: bytes, hrd: Hrd) -> int | None:
    """initial_cpb_removal_delay (90 kHz) of a buffering period SEI (D.1.2); None where there is none in this SEI."""
    data = _unescaped(nal[1:])
    at = 0
    while at + 2 <= len(data) and data[at : at + 1] != b"\x80":
        kind = size = 0
        while at < len(data) and data[at] == 0xFF:
            kind, at = kind + 255, at + 1
        if at >= len(data):
            return None
        kind, at = kind + data[at], at + 1
        while at < len(data) and data[at] == 0xFF:
            size, at = size + 255, at + 1
        if at >= len(data):
            return None
        size, at = size + data[at], at + 1
        if kind == 0:
            try:
                bits = _Bits(data[at : at + size])
                bits.ue()
                return bits.u(hrd.delay_bits)
            except ValueError:
                return None
        at += size
    return None


def frames_of_buffer(found: Sps) -> int | None:
    """The frames that the level's decoded picture buffer holds (A.3.1 h), 16 at most."""
    level = LEVELS.get(found.level)
    return min(16, level.buffer // found.blocks) if level else None


def _vui(bits: _Bits) -> Vui:
    aspect = full = primaries = transfer = matrix = rate = held = None
    fixed = False
    if bits.u(1):
        number = bits.u(8)
        across, down = (bits.u(16), bits.u(16)) if number == 255 else _ASPECTS[number] if number < 17 else (0, 0)
        aspect = Fraction(across, down) if across and down else None
    if bits.u(1):
        bits.u(1)
    if bits.u(1):
        bits.u(3)
        full = bool(bits.u(1))
        if bits.u(1):
            primaries, transfer, matrix = bits.u(8), bits.u(8), bits.u(8)
    if bits.u(1):
        bits.ue(), bits.ue()
    if bits.u(1):
        tick, scale = bits.u(32), bits.u(32)
        rate = Fraction(scale, 2 * tick) if tick else None
        fixed = bool(bits.u(1))
    nal = _hrd(bits) if bits.u(1) else None
    vcl = _hrd(bits) if bits.u(1) else None
    if nal or vcl:
        bits.u(1)
    bits.u(1)
    if bits.u(1):
        bits.u(1), bits.ue(), bits.ue(), bits.ue(), bits.ue(), bits.ue()
        held = bits.ue()
    return Vui(aspect, full, primaries, transfer, matrix, rate, fixed, nal, held)


def _hrd(bits: _Bits) -> Hrd:
    count = bits.ue() + 1
    rate_scale, size_scale = bits.u(4), bits.u(4)
    buffers = [(bits.ue() + 1, bits.ue() + 1, bits.u(1)) for _ in range(count)]
    delay_bits = bits.u(5) + 1
    bits.u(15)
    rate, size, constant = buffers[0]
    return Hrd(rate << (6 + rate_scale), size << (4 + size_scale), bool(constant), delay_bits)


def _skip_scaling(bits: _Bits, count: int) -> None:
    for index in range(count):
        if bits.u(1):
            last = after = 8
            for _ in range(16 if index < 6 else 64):
                if after:
                    after = (last + bits.se()) % 256
                last = after or last


def _unescaped(data: bytes) -> bytes:
    """Without emulation prevention bytes (7.4.1)."""
    return data.replace(b"\x00\x00\x03", b"\x00\x00")
