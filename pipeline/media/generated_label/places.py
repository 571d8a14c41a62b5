"""Where a label lies in a file that MediaInfo does not look at: XMP of pictures and of MP4, chunks of PNG and WAV."""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from typing import BinaryIO

from pipeline.media.generated_label import names, xmp
from pipeline.media.generated_label.text import judged
from pipeline.media.isobmff import boxes
from pipeline.model.generated import FoundLabel

Found = Iterator[tuple[str, bytes]]  # the place's name, and what lies there
_MOST_PIECES = 100_000  # of a file that are looked at: boxes (two a fragment), chunks, segments
_MOST_FOUND = 16
_CHUNK = struct.Struct(">I4s")
_RIFF_CHUNK = struct.Struct("<4sI")
_ALONE = (0x01, *range(0xD0, 0xDA))  # markers of JPEG without a length: TEM, RST0–7, SOI, EOI
_APP1, _SOS, _EOI = 0xE1, 0xDA, 0xD9


def found(file: BinaryIO, demuxer: str) -> tuple[FoundLabel, ...]:
    """Every label at these places, in the file's order; a file is left where it stops making sense.

    Args:
        demuxer: what the file is read by, as its first bytes ask for.
    """
    read = _READERS.get(demuxer)
    if read is None:
        return ()
    return tuple(judged(raw, place) for place, raw in islice(read(file), _MOST_FOUND))


def _of_packet(place: str, packet: bytes) -> Found:
    """Its labels; of one that speaks of them and can't be read it is known that something stands there."""
    labels = list(xmp.labels(packet))
    if not labels and xmp.speaks_of_labels(packet):
        yield place, b""
    for label in labels:
        yield place, label


def _jpeg(file: BinaryIO) -> Found:
    """ISO/IEC 10918-1 annex B: markers up to the first scan."""
    file.seek(2)
    for _ in range(_MOST_PIECES):
        head = file.read(2)
        while head[:1] == b"\xff" and head[1:] == b"\xff":  # fill bytes
            head = head[1:] + file.read(1)
        if len(head) < 2 or head[0] != 0xFF or head[1] in (_SOS, _EOI):
            return
        if head[1] in _ALONE:
            continue
        size = int.from_bytes(file.read(2), "big")
        if size < 2:
            return
        body = file.read(size - 2)
        if head[1] == _APP1 and body.startswith(names.IN_JPEG):
            yield from _of_packet("JPEG APP1 XMP", body[len(names.IN_JPEG) :])


def _png(file: BinaryIO) -> Found:
    """ISO/IEC 15948 clause 11.3: text chunks, wherever they stand."""
    at, end = 8, file.seek(0, 2)
    for _ in range(_MOST_PIECES):
        file.seek(at)
        head = file.read(_CHUNK.size)
        if len(head) < _CHUNK.size:
            return
        size, name = _CHUNK.unpack(head)
        if name == b"IEND" or at + 12 + size > end:
            return
        if name in (b"tEXt", b"zTXt", b"iTXt") and size <= names.XMP_MOST_BYTES:
            yield from _png_text(name, file.read(size))
        at += 12 + size  # length, name, CRC


def _png_text(name: bytes, body: bytes) -> Found:
    keyword, _, rest = body.partition(b"\0")
    if keyword not in (names.IN_PNG, names.KEY.encode()):
        return
    is_packed = name == b"zTXt"
    if name == b"iTXt":
        is_packed = rest[:1] == b"\1"
        rest = rest[2:].partition(b"\0")[2].partition(b"\0")[2]  # language, translated keyword
    elif is_packed:
        rest = rest[1:]  # the method
    text = _unpacked(rest) if is_packed else rest
    shown = f"PNG {name.decode()}"
    if keyword == names.IN_PNG:
        yield from _of_packet(f"{shown} XMP", text)
    else:
        yield f"{shown} {names.KEY}", text


def _unpacked(data: bytes) -> bytes:
    """As much as is read of any packet, and a byte more: a longer one is refused as such."""
    try:
        return zlib.decompressobj().decompress(data, names.XMP_MOST_BYTES + 1)
    except zlib.error:
        return b""


def _mp4(file: BinaryIO) -> Found:
    """XMP specification part 3: a `uuid` box of an MPEG-4 file, `moov/udta/XMP_` of a QuickTime movie."""
    for box in islice(boxes.top(file), _MOST_PIECES):
        if box.name == b"uuid" and 16 < box.end - box.body <= names.XMP_MOST_BYTES + 16:
            file.seek(box.body)
            if file.read(16) == names.IN_MP4:
                yield from _of_packet("MP4 uuid XMP", file.read(box.end - box.body - 16))
        if box.name == b"moov":
            for inner in islice(boxes.within(file, box), _MOST_PIECES):
                if inner.name == b"udta" and inner.end - inner.body <= names.XMP_MOST_BYTES + _MOST_PIECES:
                    file.seek(inner.body)
                    packet = boxes.child(file.read(inner.end - inner.body), names.IN_MOV)
                    yield from _of_packet("MOV udta XMP", packet or b"")


def _wav(file: BinaryIO) -> Found:
    """RIFF chunks; of RF64 the size of the samples stands in `ds64` (EBU Tech 3306)."""
    file.seek(0)
    is_long = file.read(4) == b"RF64"
    at, end, samples = 12, file.seek(0, 2), 0
    for _ in range(_MOST_PIECES):
        file.seek(at)
        head = file.read(_RIFF_CHUNK.size)
        if len(head) < _RIFF_CHUNK.size:
            return
        name, size = _RIFF_CHUNK.unpack(head)
        if is_long and name == b"ds64":
            samples = int.from_bytes(file.read(24)[8:16], "little")
        if is_long and name == b"data" and size == 0xFFFFFFFF:
            size = samples
        if at + 8 + size > end:
            return
        if name in (names.LABEL_IN_WAV, names.IN_WAV) and size <= names.XMP_MOST_BYTES:
            file.seek(at + 8)
            body = file.read(size).rstrip(b"\0")
            if name == names.LABEL_IN_WAV:
                yield f"WAV {names.KEY}", body
            else:
                yield from _of_packet("WAV XMP", body)
        at += 8 + size + size % 2


_READERS: Mapping[str, Callable[[BinaryIO], Found]] = {
    "jpeg_pipe": _jpeg,
    "png_pipe": _png,
    "mov": _mp4,
    "wav": _wav,
}
