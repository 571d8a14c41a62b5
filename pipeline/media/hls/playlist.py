"""Reading playlists (RFC 8216 clause 4)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pipeline.media.hls import attributes as lists
from pipeline.media.hls import definitions
from pipeline.media.hls.definitions import Definitions

MOST_BYTES = 16 << 20
_ADDRESS = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|/")  # RFC 3986 clauses 3 and 4.2
_NUMBER = re.compile(r"[0-9]{1,12}(?:\.[0-9]+)?")
_LISTS = ("#EXT-X-MAP", "#EXT-X-KEY", "#EXT-X-STREAM-INF", "#EXT-X-MEDIA", "#EXT-X-I-FRAME-STREAM-INF")
_ONCE = ("#EXT-X-VERSION", "#EXT-X-TARGETDURATION", "#EXT-X-PLAYLIST-TYPE", "#EXT-X-MEDIA-SEQUENCE")


class NotPlaylist(ValueError):
    """The text is no playlist, or one that names nothing; `key` is that of the catalogue's `error`."""

    def __init__(self, what: str, key: str = "not_a_playlist"):
        super().__init__(what)
        self.key = key


@dataclass(frozen=True)
class Range:
    """Bytes of a file."""

    at: int
    length: int


@dataclass(frozen=True)
class Key:
    """What segments are encrypted with: its METHOD, and where the key is."""

    method: str
    uri: str


@dataclass(frozen=True)
class Segment:
    """A file, or bytes of one, and how long it plays in seconds.

    Args:
        init: the header that it is read with (EXT-X-MAP).
        keys: what it is encrypted with, each for other players; none: it lies open.
        discontinuous: another time line begins with it.
        gap: nothing need be there (EXT-X-GAP, RFC 8216bis clause 4.4.4.7).
    """

    uri: str
    duration_s: float
    range: Range | None = None
    init: Segment | None = None
    keys: tuple[Key, ...] = ()
    discontinuous: bool = False
    gap: bool = False

    @property
    def is_encrypted(self) -> bool:
        """Whether it, or the header that it is read with, is."""
        return bool(self.keys or (self.init and self.init.keys))

    @property
    def unread(self) -> str | None:
        """Why it is not looked into, as a key of the catalogue's `check_why`."""
        if self.gap:
            return "gap"
        return why_unread(self.uri) or (why_unread(self.init.uri) if self.init else None)


@dataclass(frozen=True)
class Entry:
    """A line that names another playlist: its tag, its attributes without quotes, its line from 1. `torn`: not all of
    the attributes could be read."""

    tag: str
    uri: str | None
    attributes: Mapping[str, str]
    line: int
    torn: bool = False


@dataclass(frozen=True)
class MediaPlaylist:
    """The segments of one rendition. `faults` are lines that the format does not allow, `unplaced` the segments whose
    bytes are taken from a file's front only because players do so, `needed` the EXT-X-VERSION that its tags need."""

    version: int
    needed: int
    target_s: int | None
    segments: tuple[Segment, ...]
    ended: bool
    kind: str | None
    independent: bool
    only_iframes: bool
    unplaced: tuple[int, ...] = ()
    faults: tuple[str, ...] = ()

    @property
    def duration_s(self) -> float:
        return sum(item.duration_s for item in self.segments)

    @property
    def init(self) -> Segment | None:
        """The first header that segments are read with."""
        return next((item.init for item in self.segments if item.init), None)

    @property
    def stretches(self) -> tuple[tuple[int, tuple[Segment, ...]], ...]:
        """Segments of one time line with one header that are all encrypted or all not, each time with the first's
        number from 0."""
        firsts = [
            number
            for number, item in enumerate(self.segments)
            if number == 0 or item.discontinuous or _is_other(self.segments[number - 1], item)
        ]
        ends = [*firsts[1:], len(self.segments)]
        return tuple((first, self.segments[first:end]) for first, end in zip(firsts, ends, strict=True))


@dataclass(frozen=True)
class MultivariantPlaylist:
    """The playlist that names all others; `needed` is the EXT-X-VERSION that its tags need, `defined` its variables."""

    version: int
    needed: int
    defined: Mapping[str, str]
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
    unplaced: list[int] = field(default_factory=list)
    init: Segment | None = None
    flags: set[str] = field(default_factory=set)
    definitions: Definitions = field(default_factory=Definitions)
    needed: int = 1
    _duration: float | None = None
    _span: tuple[int, int | None] | None = None  # length and place
    _keys: dict[str, Key] = field(default_factory=dict)  # by KEYFORMAT: each player takes the one that it knows
    _discontinuous: bool = False
    _gap: bool = False
    _variant: Entry | None = None

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
            self._list(tag, value, number)
        elif tag == definitions.TAG:
            self.definitions.define(self._attributes(value, number)[0], number, self.faults)
        elif tag == "#EXT-X-DISCONTINUITY":
            self._discontinuous = True
        elif tag == "#EXT-X-GAP":
            self._gap = True
        elif tag.startswith("#EXT"):
            self.flags.add(tag)
        elif line.strip() and not line.startswith("#"):
            self._file(self.definitions.put_in(line, number, self.faults), number)

    def _attributes(self, value: str, number: int) -> tuple[dict[str, str], bool]:
        found, whole = lists.read(value, number, self.faults)
        return {name: self.definitions.put_in(text, number, self.faults) for name, text in found.items()}, whole

    def _of_segment(self, tag: str, value: str, number: int) -> None:
        match = _NUMBER.match(value)
        if tag == "#EXTINF":
            self._duration = float(match[0]) if match else 0.0
            self._need(3 if "." in value.partition(",")[0] else 1)
        else:
            self._span = _span(value)
            self._need(4)
        if match is None or (tag != "#EXTINF" and self._span is None):
            self.faults.append(f"line {number}: {tag}:{value[:40]}")

    def _need(self, version: int) -> None:
        """What a tag needs of EXT-X-VERSION (RFC 8216 clause 7)."""
        self.needed = max(self.needed, version)

    def _list(self, tag: str, value: str, number: int) -> None:
        attributes, whole = self._attributes(value, number)
        if tag == "#EXT-X-MAP":
            span = _span(attributes.get("BYTERANGE", ""))
            found = Range(span[1] or 0, span[0]) if span else None
            self.init = Segment(attributes.get("URI", ""), 0.0, found, keys=tuple(self._keys.values()))
        elif tag == "#EXT-X-KEY":
            self._key(attributes, number)
        elif tag == "#EXT-X-STREAM-INF":
            self._variant = Entry(tag, None, attributes, number, not whole)
        else:
            self.entries.append(Entry(tag, attributes.get("URI"), attributes, number, not whole))

    def _file(self, line: str, number: int) -> None:
        if self._variant is not None:
            self.entries.append(replace(self._variant, uri=line))
        elif self._duration is None:
            self.faults.append(f"line {number}: a segment without EXTINF")
        else:
            made = Segment(
                line,
                self._duration,
                self._placed(line, number),
                self.init,
                tuple(self._keys.values()),
                self._discontinuous,
                self._gap,
            )
            self.segments.append(made)
            self._discontinuous = self._gap = False
        self._duration = self._span = self._variant = None

    def _key(self, attributes: Mapping[str, str], number: int) -> None:
        method, uri = attributes.get("METHOD"), attributes.get("URI")
        self._need(2 if "IV" in attributes else 1)
        self._need(5 if attributes.keys() & {"KEYFORMAT", "KEYFORMATVERSIONS"} else 1)
        if method == "NONE":
            self._keys.clear()
            return
        if not method or not uri:
            self.faults.append(f"line {number}: #EXT-X-KEY without METHOD or URI")
        self._keys[attributes.get("KEYFORMAT", "identity")] = Key(method or "", uri or "")

    def _placed(self, uri: str, number: int) -> Range | None:
        """The bytes of the segment that `uri` names: without a place they follow those of the one before (RFC 8216
        4.3.2.2), which must be of the same file. In front of all others players take the file's first ones."""
        if self._span is None:
            return None
        length, at = self._span
        if at is not None:
            return Range(at, length)
        before = self.segments[-1] if self.segments else None
        if before is None:
            self.unplaced.append(0)
        elif before.uri != uri or before.range is None:
            self.faults.append(f"line {number}: a byte range without a place behind another file")
        return Range(before.range.at + before.range.length if before and before.range else 0, length)

    def whole(self, tag: str) -> int | None:
        """A tag's value as a whole number; one with decimals is a fault, and meant as it is rounded."""
        value = self.once.get(tag)
        if value is None or (value.isascii() and value.isdigit()):
            return int(value) if value else None
        self.faults.append(f"{tag}:{value[:20]}")
        return int(float(value) + 0.5) if _NUMBER.fullmatch(value) else None


def read(data: bytes, defined: Mapping[str, str] | None = None) -> MediaPlaylist | MultivariantPlaylist:
    """Parse either kind; `defined` are the variables of the multivariant playlist that names it.

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
        raise NotPlaylist("not UTF-8", "playlist_encoding") from error
    lines = text.replace("\r\n", "\n").split("\n")
    if not lines or lines[0].rstrip() != "#EXTM3U":
        raise NotPlaylist("does not begin with #EXTM3U")
    found = _Reader(faults=marks, definitions=Definitions(defined))
    for number, line in enumerate(lines, start=1):
        found.take(number, line)
    version = found.whole("#EXT-X-VERSION") or 1
    needed = max(found.needed, found.definitions.version)
    if any(item.tag in ("#EXT-X-STREAM-INF", "#EXT-X-MEDIA") for item in found.entries):

        def tagged(tag: str) -> tuple[Entry, ...]:
            return tuple(item for item in found.entries if item.tag == tag)

        return MultivariantPlaylist(
            version,
            needed,
            found.definitions.values,
            "#EXT-X-INDEPENDENT-SEGMENTS" in found.flags,
            tagged("#EXT-X-STREAM-INF"),
            tagged("#EXT-X-I-FRAME-STREAM-INF"),
            tagged("#EXT-X-MEDIA"),
            tuple(found.faults),
        )
    if not found.segments:
        raise NotPlaylist("names neither variants nor segments", "playlist_empty")
    only_iframes = "#EXT-X-I-FRAMES-ONLY" in found.flags
    mapped = (5 if only_iframes else 6) if found.init else 1
    return MediaPlaylist(
        version=version,
        needed=max(needed, mapped, 4 if only_iframes else 1),
        target_s=found.whole("#EXT-X-TARGETDURATION"),
        segments=tuple(found.segments),
        ended="#EXT-X-ENDLIST" in found.flags,
        kind=found.once.get("#EXT-X-PLAYLIST-TYPE"),
        independent="#EXT-X-INDEPENDENT-SEGMENTS" in found.flags,
        only_iframes=only_iframes,
        unplaced=tuple(found.unplaced),
        faults=tuple(found.faults),
    )


def why_unread(uri: str) -> str | None:
    """Why what a line names is not looked into: its address is a server's, or only a server can tell it; a key of the
    catalogue's `check_why`."""
    if definitions.is_undefined(uri):
        return "undefined"
    return "elsewhere" if _ADDRESS.match(uri) else None


def _span(text: str) -> tuple[int, int | None] | None:
    match = re.fullmatch(r"([0-9]{1,18})(?:@([0-9]{1,18}))?", text.strip())
    return (int(match[1]), int(match[2]) if match[2] else None) if match else None


def _is_other(before: Segment, item: Segment) -> bool:
    """Whether a segment can't be read on from the one before it."""
    return (before.init, before.is_encrypted, before.unread) != (item.init, item.is_encrypted, item.unread)
