"""What H.264 and H.265 say alike at the head of their usability information (annex E)."""

from __future__ import annotations

from fractions import Fraction

from pipeline.media.codecs.bits import BitReader
from pipeline.media.codecs.codec import Vui

# sample aspect ratios by number (H.264 table E-1, H.265 table E.1)
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
_OWN_ASPECT = 255  # the ratio stands behind it in full


def read_signal(bits: BitReader) -> Vui:
    """Shape of a sample, range and colours: all up to the place of chroma samples.

    Raises:
        ValueError: it is cut.
    """
    aspect = full = primaries = transfer = matrix = None
    if bits.flag():
        number = bits.u(8)
        known = _ASPECTS[number] if number < len(_ASPECTS) else (0, 0)
        across, down = (bits.u(16), bits.u(16)) if number == _OWN_ASPECT else known
        aspect = Fraction(across, down) if across and down else None
    if bits.flag():
        bits.u(1)
    if bits.flag():
        bits.u(3)
        full = bits.flag()
        if bits.flag():
            primaries, transfer, matrix = bits.u(8), bits.u(8), bits.u(8)
    if bits.flag():
        bits.ue(), bits.ue()
    return Vui(aspect, full, primaries, transfer, matrix)
