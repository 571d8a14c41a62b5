"""A presentation as a player finds it: the multivariant playlist, every playlist that it names, every segment."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from pipeline import regular
from pipeline.media.hls import iframes, playlist, rates, segments, text
from pipeline.media.hls.measured import MeasuredSegments
from pipeline.media.hls.playlist import Entry, MediaPlaylist, MultivariantPlaylist, NotPlaylist


@dataclass(frozen=True)
class Rendition:
    """A playlist of segments: the line that names it, what it says, what was measured. `fault` is why it can't be
    read."""

    uri: str
    role: str  # variant, audio, subtitles, iframes
    entry: Entry | None
    playlist: MediaPlaylist | None = None
    measured: MeasuredSegments | None = None
    fault: str | None = None

    @property
    def is_whole(self) -> bool:
        """Whether every segment was read."""
        return self.measured is not None and bool(self.measured.pieces) and None not in self.measured.pieces

    @property
    def weight(self) -> tuple[int, int] | None:
        """Peak and average bit/s, where it was read whole."""
        if not self.is_whole or self.measured is None or self.playlist is None or not self.playlist.target_s:
            return None
        sizes = [piece.size for piece in self.measured.pieces if piece]
        durations = [segment.duration_s for segment in self.playlist.segments]
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
        """The first variant that was read: what the others are held against."""
        return next((item for item in self.by_role("variant") if item.is_whole), None)


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
        role = "iframes" if found.only_iframes else "variant"
        return Ladder(path.name, None, (_measured(path.name, role, None, path, found),))
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
            known[key] = _read(path.parent, role, entry)
        first = known[key]
        made.append(Rendition(first.uri, role, entry, first.playlist, first.measured, first.fault))
    return Ladder(path.name, found, tuple(made))


def _read(folder: Path, role: str, entry: Entry) -> Rendition:
    uri = entry.uri or ""
    path = segments.resolve(folder, uri)
    if path is None or path.stat().st_size > playlist.MOST_BYTES:
        return Rendition(uri, role, entry, fault="not there" if path is None else "too large")
    try:
        found = playlist.read(regular.read(path))
    except (NotPlaylist, OSError) as error:
        return Rendition(uri, role, entry, fault=str(error))
    if not isinstance(found, MediaPlaylist):
        return Rendition(uri, role, entry, fault="names playlists, not segments")
    return _measured(uri, role, entry, path, found)


def _measured(uri: str, role: str, entry: Entry | None, path: Path, found: MediaPlaylist) -> Rendition:
    measure = {"iframes": iframes.measure, "subtitles": text.measure}.get(role, segments.measure)
    return Rendition(uri, role, entry, found, measure(path.parent, found))
