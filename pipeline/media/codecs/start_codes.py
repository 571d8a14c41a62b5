"""What a picture of a bare stream begins with: whether decoding can begin there, by its start codes."""

from __future__ import annotations

from collections.abc import Callable, Mapping

_PREFIX = b"\x00\x00\x01"
_SEQUENCE_HEADER = 0xB3  # ISO 13818-2 table 6-1; that of AVS is 0xB0 (GB/T 20090.2 table 13)
_AVS_SEQUENCE_HEADER = 0xB0
_MPEG4_LAYER = range(0x20, 0x30)  # video_object_layer_start_code, ISO 14496-2 table 6-3


def _avc(code: int) -> bool:
    return code & 0x1F in (5, 7)  # a slice of an IDR picture, a sequence parameter set (H.264 table 7-1)


def _hevc(code: int) -> bool:
    return code >> 1 & 0x3F in (*range(16, 24), 33)  # IRAP pictures, a sequence parameter set (H.265 table 7-1)


_KEYS: Mapping[str, Callable[[int], bool]] = {  # by MediaInfo's names
    "AVC": _avc,
    "HEVC": _hevc,
    "MPEG-1 Video": lambda code: code == _SEQUENCE_HEADER,
    "MPEG-2 Video": lambda code: code == _SEQUENCE_HEADER,
    "MPEG-? Video": lambda code: code == _SEQUENCE_HEADER,
    "MPEG-4 Visual": lambda code: code in _MPEG4_LAYER,
    "AVS Video": lambda code: code == _AVS_SEQUENCE_HEADER,
}


def is_key_picture(codec: str, unit: bytes) -> bool | None:
    """Whether a decoder can begin with this picture; None of a codec that has no start codes known here.

    Args:
        codec: MediaInfo's name of it.
        unit: the picture as a transport or program stream carries it, with what stands in front of it.
    """
    is_key = _KEYS.get(codec)
    if is_key is None:
        return None
    at = unit.find(_PREFIX)
    while 0 <= at < len(unit) - len(_PREFIX):
        if is_key(unit[at + len(_PREFIX)]):
            return True
        at = unit.find(_PREFIX, at + len(_PREFIX))
    return False
