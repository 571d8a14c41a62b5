"""A ZIP file that may have been made to harm: the directory is summed first, and what is read is counted.

Every part is read to its end and held against the directory and its own header, since programs differ in which of the
two they believe. Names: ECMA-376 part 2, clause 6.2.2. Structure: APPNOTE 4.3, 4.4.
"""

from __future__ import annotations

import os
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import IO
from urllib.parse import unquote

from pipeline.errors import Refused
from pipeline.model.document import MOST_ENTRIES, MOST_UNPACKED

_CHUNK = 1 << 16
_END, _END_BYTES, _COMMENT_BYTES = b"PK\x05\x06", 22, 0xFFFF
_LOCAL, _LOCAL_BYTES = b"PK\x03\x04", 30
_LEAST_RECORD = 46  # bytes of an entry of the directory
_MOST_DIRECTORY = 16 << 20
_ENCRYPTED, _STREAMED, _HIDDEN_DIRECTORY = 0x1, 0x8, 0x2000
_IN_ZIP64 = 0xFFFFFFFF
_HERE = "-"  # whoever started the child knows the path


class TooLargeError(Exception):
    """There is more in it than may be read."""


def refused(code: str, reason: str) -> Refused:
    """Why a document is not taken; the place is added where its path is known."""
    return Refused(code, where=_HERE, reason=reason)


def lies() -> Refused:
    """The directory says something else than what is there."""
    return refused("document.unreadable", "document_lies")


@dataclass
class Budget:
    """How much was announced and read so far, packages inside packages too.

    Args:
        entries: that are in the directories.
        announced_bytes: what the directories say that their entries unpack to.
        unpacked_bytes: what was read.
    """

    entries: int = 0
    announced_bytes: int = 0
    unpacked_bytes: int = 0

    def announce(self, entries: int, unpacked_bytes: int) -> None:
        """Add a directory.

        Raises:
            TooLargeError: with it there is too much.
        """
        self.entries += entries
        self.announced_bytes += unpacked_bytes
        if self.entries > MOST_ENTRIES or self.announced_bytes > MOST_UNPACKED:
            raise TooLargeError

    def read(self, count: int) -> None:
        """Add bytes that were unpacked.

        Raises:
            TooLargeError: now it is too much.
        """
        self.unpacked_bytes += count
        if self.unpacked_bytes > MOST_UNPACKED:
            raise TooLargeError


class Archive:
    """The entries of one file.

    Raises:
        Refused: it is none, is damaged, encrypted, or has names that lead out of it.
        TooLargeError: more entries, or more in them, than may be read.
    """

    def __init__(self, file: IO[bytes], budget: Budget):
        self._file, self._budget = file, budget
        _refuse_long_directory(file, budget)
        try:
            with zipfile.ZipFile(file) as opened:
                listed = opened.infolist()
        except (zipfile.BadZipFile, ValueError, RuntimeError, struct.error, OSError) as error:
            # RuntimeError: what zipfile has not learnt
            raise refused("document.unreadable", "document_cut_off") from error
        self.entries = [item for item in listed if not item.is_dir()]
        budget.announce(len(listed), sum(item.file_size for item in listed))
        if any(item.flag_bits & (_ENCRYPTED | _HIDDEN_DIRECTORY) for item in listed):
            raise refused("document.encrypted", "document_password_zip")
        if any(_leads_out(item.filename) for item in listed):
            raise refused("document.unreadable", "document_names")
        self._ends = _ends(self.entries)

    def chunks(self, entry: zipfile.ZipInfo) -> Iterator[bytes]:
        """What is in an entry, to its end.

        Raises:
            Refused: it is damaged, or not what the directory says. TooLargeError: it goes on for too long.
        """
        start = self._start(entry)
        if start + entry.compress_size > self._ends[entry.header_offset]:
            raise lies()  # two entries share their bytes, as in bombs
        unpack = zlib.decompressobj(-zlib.MAX_WBITS) if entry.compress_type == zipfile.ZIP_DEFLATED else None
        count, checksum, left = 0, 0, entry.compress_size
        self._file.seek(start)
        while left:
            packed = self._file.read(min(_CHUNK, left))
            if not packed:
                raise refused("document.unreadable", "document_cut_off")
            left -= len(packed)
            place = self._file.tell()
            for chunk in _unpacked(unpack, packed):
                count += len(chunk)
                checksum = zlib.crc32(chunk, checksum)
                self._budget.read(len(chunk))
                yield chunk
            self._file.seek(place)  # whoever takes the chunks may have read elsewhere
        if count != entry.file_size or (unpack is not None and not unpack.eof and entry.compress_size):
            raise lies()
        if checksum != entry.CRC:
            raise refused("document.unreadable", "document_damaged")

    def read(self, entry: zipfile.ZipInfo) -> bytes:
        """All that is in an entry; as `chunks`."""
        return b"".join(self.chunks(entry))

    def _start(self, entry: zipfile.ZipInfo) -> int:
        """Where an entry's bytes begin, when its own header says what the directory does."""
        self._file.seek(entry.header_offset)
        header = self._file.read(_LOCAL_BYTES)
        if len(header) < _LOCAL_BYTES or not header.startswith(_LOCAL):
            raise refused("document.unreadable", "document_damaged")
        flags, method, _, _, checksum, packed, size, name, extra = struct.unpack_from("<HHHHIIIHH", header, 6)
        own = self._file.read(name).decode("utf-8" if flags & 0x800 else "cp437", "replace")
        if method not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
            raise refused("document.unreadable", "document_damaged")
        said = (checksum, packed, size)
        known = (entry.CRC, entry.compress_size, entry.file_size)
        is_said_later = flags & _STREAMED and said in ((0, 0, 0), (0, _IN_ZIP64, _IN_ZIP64))
        sizes_differ = any(a not in (b, _IN_ZIP64) for a, b in zip(said, known, strict=True)) and not is_said_later
        if own != entry.orig_filename or method != entry.compress_type or flags & _ENCRYPTED or sizes_differ:
            raise lies()
        return entry.header_offset + _LOCAL_BYTES + int(name) + int(extra)


def _unpacked(unpack: zlib._Decompress | None, packed: bytes) -> Iterator[bytes]:
    """What packed bytes hold, in pieces of a bounded size."""
    if unpack is None:
        yield packed
        return
    try:
        full = True
        while (packed or full) and not unpack.eof:  # a full piece may have more behind it, with nothing left to read
            chunk = unpack.decompress(packed, _CHUNK)
            packed, full = unpack.unconsumed_tail, len(chunk) == _CHUNK
            yield chunk
    except zlib.error as error:
        raise refused("document.unreadable", "document_damaged") from error
    if packed or unpack.unused_data:
        raise lies()


def _refuse_long_directory(file: IO[bytes], budget: Budget) -> None:
    """Nothing where the directory may be loaded."""
    size = file.seek(0, os.SEEK_END)
    file.seek(max(0, size - _END_BYTES - _COMMENT_BYTES))
    tail = file.read()
    at = tail.rfind(_END)
    if at < 0 or at + _END_BYTES > len(tail):
        raise refused("document.unreadable", "document_cut_off")
    entries, directory_bytes = struct.unpack_from("<HI", tail, at + 10)
    if entries == 0xFFFF:  # the number stands in the ZIP64 record, and there are that many or more
        entries = directory_bytes // _LEAST_RECORD
    if entries > MOST_ENTRIES:
        budget.announce(entries, 0)
    if directory_bytes > _MOST_DIRECTORY:
        raise lies()


def _leads_out(name: str) -> bool:
    """Whether a part's name goes to a folder above, in whatever way it is written."""
    return any(".." in spelt.replace("\\", "/").split("/") for spelt in (name, unquote(name)))


def _ends(entries: list[zipfile.ZipInfo]) -> dict[int, int]:
    """Where the next entry begins, by where one does."""
    starts = sorted(item.header_offset for item in entries)
    if len(set(starts)) != len(starts):
        raise lies()
    return dict(zip(starts, [*starts[1:], 1 << 62], strict=True))
