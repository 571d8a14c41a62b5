"""A label put into the index of an MP4, MOV or M4A, in room that its writer left there: nothing else moves.

ffmpeg writes such a key with `-movflags use_metadata_tags` alone, and then it makes keys of all other tags too: the
title is where most players don't look. So it is told to write a tag of another kind, as long as what takes its place.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable
from typing import BinaryIO

from pipeline.media.generated_label.names import KEY
from pipeline.media.isobmff import boxes

ROOM = "genre"  # the tag whose place it takes; nothing of ours has one
_ROOM = b"\xa9gen"
_HANDLER = b"\0" * 4 + b"mdta" + b"\0" * 13  # QuickTime file format, metadata; to the byte as ffmpeg writes it
_UTF8 = 1  # the kind of a value; its locale is none
_ITEM_HEAD, _QUICKTIME_HEAD = 8 + 16, 8 + 4  # box and `data`; box, length and language


def room(label: str, *, quicktime: bool) -> str:
    """The text of the tag `ROOM` that leaves as much room as a label takes.

    Args:
        quicktime: of a MOV, whose tags are boxes of their own.
    """
    return "-" * (len(_meta(label)) - (_QUICKTIME_HEAD if quicktime else _ITEM_HEAD))


def put(file: BinaryIO, label: str) -> None:
    """Put a label where its room is: a `meta` of its own (moov/udta/meta) behind the title's.

    Raises:
        ValueError: there is no such room.
    """
    index = next((box for box in boxes.top(file) if box.name == b"moov"), None)
    if index is None:
        raise ValueError("no moov")
    file.seek(index.body)
    body = file.read(index.end - index.body)
    made = _joined((name, _tagged(part, label) if name == b"udta" else part) for name, part in boxes.inside(body))
    if len(made) != len(body) or made == body:
        raise ValueError("no room for the label")
    file.seek(index.body)
    file.write(made)


def _tagged(tags: bytes, label: str) -> bytes:
    """The tags of a film without the room, and with the label behind them."""
    kept = [(name, _without_room(body) if name == b"meta" else body) for name, body in boxes.inside(tags)]
    return _joined(item for item in kept if item[0] != _ROOM) + _meta(label)


def _without_room(meta: bytes) -> bytes:
    """iTunes' list of tags (`mdir`) without the room."""
    parts = boxes.inside(meta[4:])  # behind version and flags
    lists = (
        (name, _joined(item for item in boxes.inside(body) if item[0] != _ROOM) if name == b"ilst" else body)
        for name, body in parts
    )
    return meta[:4] + _joined(lists)


def _meta(label: str) -> bytes:
    """moov/udta/meta with the one key."""
    keys = boxes.full(b"keys", 0, 0, struct.pack(">I", 1), boxes.box(b"mdta", KEY.encode()))
    text = struct.pack(">II", _UTF8, 0) + label.encode("utf-8")
    item = boxes.box(struct.pack(">I", 1), boxes.box(b"data", text))  # of the first key
    return boxes.full(b"meta", 0, 0, boxes.full(b"hdlr", 0, 0, _HANDLER), keys, boxes.box(b"ilst", item))


def _joined(parts: Iterable[tuple[bytes, bytes]]) -> bytes:
    return b"".join(boxes.box(name, body) for name, body in parts)
