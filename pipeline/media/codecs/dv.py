"""What a frame of DV says of itself (IEC 61834-2, SMPTE ST 314): its length, and whether it is 4:3 or 16:9."""

from __future__ import annotations

from fractions import Fraction

BLOCK = 80  # bytes of a DIF block
HEAD = 6 * BLOCK  # as much of a frame as tells it all
_LENGTHS = {0: 120_000, 1: 144_000}  # 525 and 625 lines
_TIMES = {0x00: 1, 0x04: 2, 0x14: 4, 0x18: 2}  # by STYPE: DV and DVCPRO, DVCPRO 50, DVCPRO HD
_SOURCE, _CONTROL = 5 * BLOCK + 48, 5 * BLOCK + 48 + 5  # the VAUX packs
_CONTROL_PACK = 0x61
_ASPECTS = {
    (0, False): Fraction(8, 9),
    (0, True): Fraction(32, 27),
    (1, False): Fraction(16, 15),
    (1, True): Fraction(64, 45),
}


def length(head: bytes) -> int | None:
    """Bytes of the frame that begins with `head` (HEAD bytes of it); None where it is none of DV."""
    times = _TIMES.get(head[_SOURCE + 3] & 0x1F) if len(head) >= HEAD and head[0] >> 5 == 0 else None
    return None if times is None else _LENGTHS[_system(head)] * times


def aspect(head: bytes) -> Fraction | None:
    """The shape of a sample, width to height; None where the frame does not say it."""
    if head[_CONTROL] != _CONTROL_PACK:
        return None
    display, is_consumer = head[_CONTROL + 2] & 7, head[4] & 7 == 0  # DISP and APT
    return _ASPECTS[_system(head), display == 2 or (is_consumer and display == 7)]


def _system(head: bytes) -> int:
    return head[3] >> 7
