"""PSI and SI: sections put together from packets, their CRC, and what PAT, PMT and SDT say.

ISO/IEC 13818-1 2.4.4, ETSI EN 300 468 clauses 5.2.3, 6.2 and annex A.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from pipeline.media.mpegts.packets import Block

PAT, CAT, NIT, SDT, EIT, RST, TDT = 0x00, 0x01, 0x10, 0x11, 0x12, 0x13, 0x14
_WITH_CRC = frozenset({0x00, 0x01, 0x02, 0x40, 0x41, 0x42, 0x46, 0x4A, 0x73, *range(0x4E, 0x70)})
_LANGUAGE, _REGISTRATION, _SERVICE, _AC3, _EAC3 = 0x0A, 0x05, 0x48, 0x6A, 0x7A
_CODECS = {
    0x01: "mpeg1video",
    0x02: "mpeg2video",
    0x03: "mp2",
    0x04: "mp2",
    0x0F: "aac",
    0x10: "mpeg4video",
    0x11: "aac-latm",
    0x1B: "h264",
    0x24: "hevc",
    0x33: "vvc",
    0x42: "avs",
    0x81: "ac3-atsc",
    0x87: "eac3-atsc",
    0xD2: "avs2",
    0xD4: "avs3",
}
VIDEO = frozenset({"mpeg1video", "mpeg2video", "mpeg4video", "h264", "hevc", "vvc", "avs", "avs2", "avs3"})
AUDIO = frozenset({"mp2", "aac", "aac-latm", "ac3", "eac3", "ac3-atsc", "eac3-atsc"})
# EN 300 468 table A.3 and A.4: the first byte of a text names its letters
_CHARSETS = {0x11: "utf-16-be", 0x12: "euc-kr", 0x13: "gb2312", 0x14: "big5", 0x15: "utf-8"}


def _crc_table() -> tuple[int, ...]:
    rows = []
    for byte in range(256):
        value = byte << 24
        for _ in range(8):
            value = (value << 1) ^ (0x04C11DB7 if value & 0x80000000 else 0)
        rows.append(value & 0xFFFFFFFF)
    return tuple(rows)


_CRC = _crc_table()


def crc32(data: bytes) -> int:
    """CRC-32/MPEG-2 (ISO/IEC 13818-1 annex A): 0 over a whole section whose CRC is right."""
    value = 0xFFFFFFFF
    for byte in data:
        value = ((value << 8) & 0xFFFFFFFF) ^ _CRC[(value >> 24) ^ byte]
    return value


@dataclass(frozen=True)
class Elementary:
    """A stream of a programme, as the PMT tells it."""

    pid: int
    stream_type: int
    language: str | None = None
    registration: str | None = None
    dvb: frozenset[int] = frozenset()  # tags of its descriptors

    @property
    def codec(self) -> str:
        """By stream type and descriptors (ISO/IEC 13818-1 table 2-34; AC-3: EN 300 468 annex D)."""
        if self.stream_type == 0x06:
            return "ac3" if _AC3 in self.dvb else "eac3" if _EAC3 in self.dvb else "private"
        return _CODECS.get(self.stream_type, f"0x{self.stream_type:02x}")

    @property
    def is_packetized(self) -> bool:
        """Whether it is carried in PES packets: the rest are sections (table 2-34; SCTE 35 is 0x86)."""
        return self.stream_type not in (0x05, 0x08, 0x0A, 0x0B, 0x0C, 0x0D, 0x13, 0x14, 0x16, 0x86)

    @property
    def is_video(self) -> bool:
        return self.codec in VIDEO

    @property
    def is_audio(self) -> bool:
        return self.codec in AUDIO


@dataclass(frozen=True)
class Programme:
    """A PMT."""

    number: int
    pcr_pid: int
    streams: tuple[Elementary, ...]


@dataclass(frozen=True)
class Service:
    """What the SDT calls a programme; None where the text's letters are not those that its first byte names."""

    number: int
    kind: int
    name: str | None
    provider: str | None


@dataclass
class Tables:
    """Gathered over all blocks; positions are packet numbers of a section's first packet."""

    pmt_pids: dict[int, int] = field(default_factory=dict)  # pid → programme number
    programmes: dict[int, Programme] = field(default_factory=dict)
    services: dict[int, Service] = field(default_factory=dict)
    nit_pid: int = NIT
    at: dict[tuple[int, int], list[int]] = field(default_factory=dict)  # (pid, table_id) → where each is
    bad_crc: list[tuple[int, int]] = field(default_factory=list)  # (packet, pid)
    bad_form: list[tuple[int, int]] = field(default_factory=list)
    _open: dict[int, tuple[int, bytearray]] = field(default_factory=dict)
    _known: dict[bytes, bool] = field(default_factory=dict)

    def take(self, block: Block) -> None:
        """Take in the next packets; the PMTs of a block count from its beginning."""
        self._take(block, np.flatnonzero((block.pid < 0x20) & block.loaded))
        wanted = [pid for pid in self.pmt_pids if pid >= 0x20]
        if wanted:
            self._take(block, np.flatnonzero(np.isin(block.pid, wanted) & block.loaded))

    def _take(self, block: Block, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> None:
        for row in rows:
            body = block.rows[row, block.payload[row] :].tobytes()
            pid, place = int(block.pid[row]), block.first + int(row)
            if not block.starts[row]:
                if pid in self._open:
                    self._open[pid][1].extend(body)
                    self._drain(pid)
                continue
            pointer = body[0]
            if pid in self._open:
                self._open[pid][1].extend(body[1 : 1 + pointer])
                self._drain(pid)
            self._open[pid] = (place, bytearray(body[1 + pointer :]))
            self._drain(pid)

    def _drain(self, pid: int) -> None:
        """Every section that is whole; stuffing ends the packet."""
        place, data = self._open[pid]
        while len(data) >= 3 and data[0] != 0xFF:
            size = 3 + ((data[1] & 0x0F) << 8 | data[2])
            if len(data) < size:
                return
            self._section(pid, place, bytes(data[:size]))
            del data[:size]
        if data[:1] == b"\xff":
            data.clear()

    def _section(self, pid: int, place: int, section: bytes) -> None:
        table = section[0]
        if table in _WITH_CRC:
            if section not in self._known:
                if len(self._known) > 10_000:  # tables that never repeat
                    self._known.clear()
                self._known[section] = crc32(section) == 0
            if not self._known[section]:
                self.bad_crc.append((place, pid))
                return
        self.at.setdefault((pid, table), []).append(place)
        try:
            self._read(pid, table, section)
        except IndexError:
            self.bad_form.append((place, pid))

    def _read(self, pid: int, table: int, section: bytes) -> None:
        if pid == PAT and table == 0x00:
            for at in range(8, len(section) - 4, 4):
                number = section[at] << 8 | section[at + 1]
                target = (section[at + 2] & 0x1F) << 8 | section[at + 3]
                if number:
                    self.pmt_pids.setdefault(target, number)
                else:
                    self.nit_pid = target
        elif table == 0x02 and pid in self.pmt_pids:
            found = programme(section)
            before = self.programmes.get(found.number)
            if before is None:
                self.programmes[found.number] = found
            elif known := [item for item in found.streams if item.pid not in {old.pid for old in before.streams}]:
                # a newer version: what it adds is looked at too
                self.programmes[found.number] = replace(before, streams=(*before.streams, *known))
        elif pid == SDT and table == 0x42:
            for item in services(section):
                self.services.setdefault(item.number, item)


def programme(section: bytes) -> Programme:
    """Read a PMT section.

    Raises:
        IndexError: a length reaches past its end.
    """
    end = len(section) - 4
    at = 12 + ((section[10] & 0x0F) << 8 | section[11])
    streams = []
    while at + 5 <= end:
        size = (section[at + 3] & 0x0F) << 8 | section[at + 4]
        found = _descriptors(section[at + 5 : at + 5 + size])
        language = found.get(_LANGUAGE, b"")[:3].decode("latin-1") or None
        registration = found.get(_REGISTRATION, b"")[:4].decode("latin-1") or None
        pid = (section[at + 1] & 0x1F) << 8 | section[at + 2]
        streams.append(Elementary(pid, section[at], language, registration, frozenset(found)))
        at += 5 + size
    return Programme(section[3] << 8 | section[4], (section[8] & 0x1F) << 8 | section[9], tuple(streams))


def services(section: bytes) -> list[Service]:
    """Read an SDT section."""
    found = []
    at, end = 11, len(section) - 4
    while at + 5 <= end:
        size = (section[at + 3] & 0x0F) << 8 | section[at + 4]
        body = _descriptors(section[at + 5 : at + 5 + size]).get(_SERVICE)
        if body:
            split = 2 + body[1]
            provider, name = body[2:split], body[split + 1 : split + 1 + body[split]]
            found.append(Service(section[at] << 8 | section[at + 1], body[0], text(name), text(provider)))
        at += 5 + size
    return found


def text(raw: bytes) -> str | None:
    """A DVB text (EN 300 468 annex A); None where its letters can't be read as its first byte says."""
    if not raw:
        return ""
    if raw[0] >= 0x20:  # ISO/IEC 6937 by default: an accent (0xC1–0xCF) stands in front of its letter
        charset, body = "ascii", bytes(byte for byte in raw if byte not in range(0xC1, 0xD0))
    elif raw[0] == 0x10 and len(raw) >= 3:
        charset, body = f"iso8859_{raw[2]}", raw[3:]
    else:
        charset, body = f"iso8859_{raw[0] + 4}" if raw[0] <= 0x0B else _CHARSETS.get(raw[0], ""), raw[1:]
    if charset not in ("utf-16-be", "utf-8", "gb2312", "big5", "euc-kr"):
        body = bytes(byte for byte in body if byte not in range(0x80, 0xA0))  # emphasis and line breaks
    try:
        return body.decode(charset) if charset else None
    except (UnicodeDecodeError, LookupError):
        return None


def _descriptors(body: bytes) -> dict[int, bytes]:
    found: dict[int, bytes] = {}
    at = 0
    while at + 2 <= len(body):
        found.setdefault(body[at], body[at + 2 : at + 2 + body[at + 1]])
        at += 2 + body[at + 1]
    return found
