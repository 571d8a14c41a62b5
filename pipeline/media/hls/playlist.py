"""Reading playlists (RFC 8216 clause 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

MOST_BYTES = 16 << 20
_ATTRIBUTE = re.compile(r'([A-Z0-9-]+)=("[^"\r\n]*"|[^",\s]+)(,|$)')
_NUMBER = re.compile(r"[0-9]+(?:\.[0-9]+)?")
_LISTS = ("#EXT-X-MAP", "#EXT-X-STREAM-INF", "#EXT-X-MEDIA", "#EXT-X-I-FRAME-STREAM-INF")
_ONCE = ("#EXT-X-VERSION", "#EXT-X-TARGETDURATION", "#EXT-X-PLAYLIST-TYPE", "#EXT-X-MEDIA-SEQUENCE")


class NotPlaylist(ValueError):
    """The text is no playlist."""


@dataclass(frozen=True)
class Range:
    """Bytes of a file."""

    at: int
    length: int


@dataclass(frozen=True)
class Segment:
    """A file, or bytes of one, and how long it plays in seconds."""

    uri: str
    duration_s: float
    range: Range | None = None


@dataclass(frozen=True)
class Entry:
    """A line that names another playlist: its tag, its attributes without quotes, its line from 1."""

    tag: str
    uri: str | None
    attributes: Mapping[str, str]
    line: int


@dataclass(frozen=True)
class MediaPlaylist:
    """The segments of one rendition. `faults` are lines that the format does not allow."""

    version: int
    target_s: int | None
    segments: tuple[Segment, ...]
    init: Segment | None
    ended: bool
    kind: str | None
    independent: bool
    only_iframes: bool
    discontinuities: int = 0
    faults: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        return sum(item.duration_s for item in self.segments)


@dataclass(frozen=True)
class MultivariantPlaylist:
    """The playlist that names all others."""

    version: int
    independent: bool
    variants: tuple[Entry, ...]
    iframes: tuple[Entry, ...]
    renditions: tuple[Entry, ...]
    faults: tuple[str, ...] = ()


@dataclass
class _Reader:
    """What has been read so far, and what the next line that names a file will be."""

    faults: list[str] = field(default_factory=list)
    once: dict[str, str] = field(default_factory=dict)
    entries: list[Entry] = field(default_factory=list)
    segments: list[Segment] = field(default_factory=list)
    init: Segment | None = None
    flags: set[str] = field(default_factory=set)
    discontinuities: int = 0
    _duration: float | None = None
    _span: Range | None = None
    _variant: tuple[Mapping[str, str], int] | None = None
    _after: int = 0  # where a range without a place begins: behind the last one

    def take(self, number: int, line: str) -> None:
        """Take in a line."""
        tag, _, value = line.partition(":")
        if tag in _ONCE:
            if tag in self.once:
                self.faults.append(f"line {number}: {tag} twice")
            self.once[tag] = value.strip()
        elif tag in ("#EXTINF", "#EXT-X-BYTERANGE"):
            self._of_segment(tag, value, number)
        elif tag in _LISTS:
            self._list(tag, _attributes(value, number, self.faults), number)
        elif tag == "#EXT-X-DISCONTINUITY":
            self.discontinuities += 1
        elif tag.startswith("#EXT"):
            self.flags.add(tag)
        elif line.strip() and not line.startswith("#"):
            self._file(line, number)

    def _of_segment(self, tag: str, value: str, number: int) -> None:
        match = _NUMBER.match(value)
        if tag == "#EXTINF":
            self._duration = float(match[0]) if match else 0.0
        else:
            self._span = _range(value, self._after)
        if match is None or (tag != "#EXTINF" and self._span is None):
            self.faults.append(f"line {number}: {tag}:{value[:40]}")

    def _list(self, tag: str, attributes: Mapping[str, str], number: int) -> None:
        if tag == "#EXT-X-MAP":
            self.init = Segment(attributes.get("URI", ""), 0.0, _range(attributes.get("BYTERANGE", ""), 0))
        elif tag == "#EXT-X-STREAM-INF":
            self._variant = attributes, number
        else:
            self.entries.append(Entry(tag, attributes.get("URI"), attributes, number))

    def _file(self, line: str, number: int) -> None:
        if self._variant is not None:
            self.entries.append(Entry("#EXT-X-STREAM-INF", line, self._variant[0], self._variant[1]))
        elif self._duration is None:
            self.faults.append(f"line {number}: a segment without EXTINF")
        else:
            self.segments.append(Segment(line, self._duration, self._span))
            self._after = self._span.at + self._span.length if self._span else 0
        self._duration = self._span = self._variant = None

    def whole(self, tag: str) -> int | None:
        """A tag's value as a whole number."""
        value = self.once.get(tag)
        if value is None or (value.isascii() and value.isdigit()):
            return int(value) if value else None
        self.faults.append(f"{tag}:{value[:20]}")
        return None


def read(data: bytes) -> MediaPlaylist | MultivariantPlaylist:
    """Parse either kind.

    Raises:
        NotPlaylist: it is neither.
    """
    if data.startswith(b"\xef\xbb\xbf"):
        data, marks = data[3:], ["a byte order mark"]
    else:
        marks = []
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise NotPlaylist("not UTF-8") from error
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines or lines[0].rstrip() != "#EXTM3U":
        raise NotPlaylist("does not begin with #EXTM3U")
    found = _Reader(faults=marks)
    for number, line in enumerate(lines, start=1):
        found.take(number, line)
    version = found.whole("#EXT-X-VERSION") or 1
    if any(item.tag in ("#EXT-X-STREAM-INF", "#EXT-X-MEDIA") for item in found.entries):

        def tagged(tag: str) -> tuple[Entry, ...]:
            return tuple(item for item in found.entries if item.tag == tag)

        return MultivariantPlaylist(
            version,
            "#EXT-X-INDEPENDENT-SEGMENTS" in found.flags,
            tagged("#EXT-X-STREAM-INF"),
            tagged("#EXT-X-I-FRAME-STREAM-INF"),
            tagged("#EXT-X-MEDIA"),
            tuple(found.faults),
        )
    if not found.segments:
        raise NotPlaylist("names neither variants nor segments")
    return MediaPlaylist(
        version=version,
        target_s=found.whole("#EXT-X-TARGETDURATION"),
        segments=tuple(found.segments),
        init=found.init,
        ended="#EXT-X-ENDLIST" in found.flags,
        kind=found.once.get("#EXT-X-PLAYLIST-TYPE"),
        independent="#EXT-X-INDEPENDENT-SEGMENTS" in found.flags,
        only_iframes="#EXT-X-I-FRAMES-ONLY" in found.flags,
        discontinuities=found.discontinuities,
        faults=tuple(found.faults),
    )


def _attributes(text: str, line: int, faults: list[str]) -> dict[str, str]:
    made: dict[str, str] = {}
    at = 0
    while at < len(text):
        match = _ATTRIBUTE.match(text, at)
        if match is None or match[1] in made:
            faults.append(f"line {line}: {text[at : at + 40]}")
            break
        made[match[1]] = match[2].strip('"')
        at = match.end()
    return made


def _range(text: str, after: int) -> Range | None:
    match = re.fullmatch(r"([0-9]+)(?:@([0-9]+))?", text.strip())
    return Range(int(match[2]) if match[2] else after, int(match[1])) if match else None
