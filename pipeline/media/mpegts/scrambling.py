"""Whether a transport stream is scrambled: recorded as it is broadcast to subscribers, nobody can decode it."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from pipeline.media.mpegts import packets
from pipeline.media.mpegts.packets import NULL_PID, Block, NotTransportStream, Sync

_FIRST_PID = 0x10  # below are PAT, CAT and their like
_PICTURES = (0xE0, 0xFD)  # stream_id of video: 0xE0 to 0xEF, 0xFD for others (ISO 13818-1 table 2-22)
_SHARE = 0.1  # of the packets: fewer are of another programme, or damage


def is_scrambled(path: Path, *, pictures: bool = True) -> bool:
    """Whether the head of a transport stream holds scrambled packets and no pictures in the clear.

    transport_scrambling_control of ISO 13818-1 table 2-4: 0 is «not scrambled».

    Args:
        pictures: False where clear pictures do not speak against it: the sound alone may be scrambled.

    Raises:
        InputError: it is no regular file.
    """
    try:
        block = next(packets.blocks(path, Sync()), None)
    except (NotTransportStream, OSError):  # whoever reads the whole of it says so
        return False
    if block is None:
        return False
    carries = block.loaded & (block.pid >= _FIRST_PID) & (block.pid != NULL_PID)
    scrambled = carries & ((block.rows[:, 3] & 0xC0) != 0)
    if scrambled.sum() <= _SHARE * carries.sum():
        return False
    return not (pictures and _has_clear_pictures(block, carries & ~scrambled))


def _has_clear_pictures(block: Block, clear: packets.Flags) -> bool:
    rows = np.flatnonzero(clear & block.starts & (block.payload <= packets.PACKET - 4))
    begins = block.payload[rows]
    heads = [block.rows[rows, begins + offset] for offset in range(4)]
    prefix = (heads[0] == 0) & (heads[1] == 0) & (heads[2] == 1)
    return bool(np.any(prefix & (((heads[3] & 0xF0) == _PICTURES[0]) | (heads[3] == _PICTURES[1]))))
