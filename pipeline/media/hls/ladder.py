"""A presentation as a player finds it: the multivariant playlist, every playlist that it names, every segment."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import accumulate
from pathlib import Path

from pipeline import regular
from pipeline.media.hls import files, iframes, playlist, rates, segments, text
from pipeline.media.hls.measured import MeasuredSegments, Piece
from pipeline.media.hls.playlist import Entry, MediaPlaylist, MultivariantPlaylist, NotPlaylist


@dataclass(frozen=True)
class Rendition:
    """A playlist of segments: the line that names it, what it says, what was measured. `fault` is why it can't be
    read, `unread` why it is not looked for (a key of the catalogue's `check_why`), `path` where it lies."""

    uri: str
    role: str  # variant, audio, subtitles, iframes
    entry: Entry | None
    playlist: MediaPlaylist | None = None
    measured: MeasuredSegments | None = None
    fault: str | None = None
    path: Path | None = None
    unread: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every segment was read, is encrypted, or is not to be looked into."""
        return self.measured is not None and self.measured.is_whole

    @property
    def hidden(self) -> tuple[int, ...]:
        """The numbers of encrypted segments."""
        return tuple(self.measured.hidden) if self.measured else ()

    @property
    def unseen(self) -> tuple[tuple[int | None, str], ...]:
        """The numbers of segments that are not looked into, each with why; None for all of the playlist."""
        if self.unread:
            return ((None, self.unread),)
        return tuple(self.measured.unread.items()) if self.measured else ()

    @property
    def is_partly_known(self) -> bool:
        """Whether more may be in it than was seen: a part is encrypted or elsewhere. Nothing is in a gap."""
        return bool(self.hidden) or any(why != "gap" for _, why in self.unseen)

    @property
    def pieces(self) -> tuple[tuple[int, Piece], ...]:
        """The segments that were read, each with its number from 0."""
        pieces = self.measured.pieces if self.measured else ()
        return tuple((number, piece) for number, piece in enumerate(pieces) if piece)

    @property
    def read_stretches(self) -> tuple[tuple[int, tuple[Piece, ...]], ...]:
        """The stretches that were read, each behind the first's number; none where a segment of any is missing."""
        if self.measured is None or not self.is_whole:
            return ()
        spans = [(item.first, item.first + item.count) for item in self.measured.stretches]
        return tuple(
            (first, tuple(piece for piece in self.measured.pieces[first:end] if piece)) for first, end in spans
        )

    def begins(self, number: int) -> float:
        """When its segment begins, by what its playlist says; in seconds."""
        return self._edges[number] if self.playlist else 0.0

    @cached_property
    def _edges(self) -> tuple[float, ...]:
        segments = self.playlist.segments if self.playlist else ()
        return tuple(accumulate((segment.duration_s for segment in segments), initial=0.0))

    @property
    def weight(self) -> tuple[int, int] | None:
        """Peak and average bit/s, where all of it is there; encrypted segments weigh what open ones do, gaps nothing
        and no time (RFC 8216bis clause 4.1)."""
        if not self.is_whole or self.measured is None or self.playlist is None or not self.playlist.target_s:
            return None
        if any(why != "gap" for _, why in self.unseen):
            return None
        hidden, pieces, segments = self.measured.hidden, self.measured.pieces, self.playlist.segments
        numbers = [number for number in range(len(pieces)) if number not in self.measured.unread]
        sizes = [piece.size if (piece := pieces[number]) else hidden[number] for number in numbers]
        durations = [segments[number].duration_s for number in numbers]
        return rates.peak_and_average(sizes, durations, self.playlist.target_s) if sum(durations) else None


@dataclass(frozen=True)
class Ladder:
    """Everything that a player may fetch; `top` is None for a media playlist alone."""

    name: str
    top: MultivariantPlaylist | None
    renditions: tuple[Rendition, ...]

    def by_role(self, role: str) -> tuple[Rendition, ...]:
        return tuple(item for item in self.renditions if item.role == role)

    @property
    def lead(self) -> Rendition | None:
        """The first variant that was read, as far as it is open: what the others are held against."""
        whole = [item for item in self.by_role("variant") if item.is_whole]
        return next((item for item in whole if item.pieces and not item.hidden), whole[0] if whole else None)


def read(path: Path) -> Ladder:
    """Read the presentation that a playlist file begins.

    Raises:
        NotPlaylist: the file is no playlist.
        InputError: it is no regular file. OSError: it can't be read.
    """
    if path.stat().st_size > playlist.MOST_BYTES:
        raise NotPlaylist("too large")
    found = playlist.read(regular.read(path))
    if isinstance(found, MediaPlaylist):
        return Ladder(path.name, None, (_measured(path.name, _role(path.parent, found), None, path, found),))
    listed = [
        *(("variant", item) for item in found.variants),
        *(("audio", item) for item in found.renditions if item.attributes.get("TYPE") == "AUDIO" and item.uri),
        *(("subtitles", item) for item in found.renditions if item.attributes.get("TYPE") == "SUBTITLES"),
        *(("iframes", item) for item in found.iframes),
    ]
    known: dict[tuple[str, str], Rendition] = {}
    made = []
    for role, entry in listed:
        key = role, entry.uri or ""
        if key not in known:
            known[key] = _read(path.parent, role, entry, found.defined)
        first = known[key]
        made.append(replace(first, entry=entry))
    return Ladder(path.name, found, tuple(made))


def _role(folder: Path, found: MediaPlaylist) -> str:
    """What a playlist is that no other names."""
    if found.only_iframes:
        return "iframes"
    beginning = files.head(folder, found.segments[0]).removeprefix(b"\xef\xbb\xbf")
    return "subtitles" if beginning.startswith(b"WEBVTT") else "variant"


def _read(folder: Path, role: str, entry: Entry, defined: Mapping[str, str]) -> Rendition:
    uri = entry.uri or ""
    if why := playlist.why_unread(uri):
        return Rendition(uri, role, entry, unread=why)
    path = files.resolve(folder, uri)
    if path is None or path.stat().st_size > playlist.MOST_BYTES:
        return Rendition(uri, role, entry, fault="not there" if path is None else "too large")
    try:
        found = playlist.read(regular.read(path), defined)
    except (NotPlaylist, OSError) as error:
        return Rendition(uri, role, entry, fault=str(error))
    if not isinstance(found, MediaPlaylist):
        return Rendition(uri, role, entry, fault="names playlists, not segments")
    return _measured(uri, role, entry, path, found)


def _measured(uri: str, role: str, entry: Entry | None, path: Path, found: MediaPlaylist) -> Rendition:
    measure = {"iframes": iframes.measure, "subtitles": text.measure}.get(role, segments.measure)
    return Rendition(uri, role, entry, found, measure(path.parent, found), path=path)
