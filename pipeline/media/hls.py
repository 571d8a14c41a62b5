"""HLS playlists: reading those of one variant, writing the multivariant one from measured segments."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_EXTINF = re.compile(r"^#EXTINF:([0-9.]+)")
_TARGET = re.compile(r"^#EXT-X-TARGETDURATION:([0-9]+)", re.MULTILINE)
_MAP = re.compile(r'^#EXT-X-MAP:URI="([^"]+)"', re.MULTILINE)


@dataclass(frozen=True)
class MediaPlaylist:
    """One variant: segments in order with their durations in seconds."""

    target_s: int
    init: str | None
    segments: tuple[tuple[str, float], ...]
    ended: bool

    @property
    def duration_s(self) -> float:
        return sum(duration for _, duration in self.segments)


@dataclass(frozen=True)
class Variant:
    """A line of the multivariant playlist, from measured segments."""

    uri: str
    bandwidth_bps: int
    average_bps: int
    codecs: str
    width: int
    height: int
    frame_rate: float


@dataclass(frozen=True)
class SoundGroup:
    """A sound rendition of the group that all variants share."""

    uri: str
    name: str
    language: str
    channels: int


def read_media(text: str) -> MediaPlaylist:
    """Parse a media playlist.

    Raises:
        ValueError: it is none.
    """
    target = _TARGET.search(text)
    if not text.startswith("#EXTM3U") or target is None:
        raise ValueError("not a media playlist")
    segments: list[tuple[str, float]] = []
    duration: float | None = None
    for line in text.splitlines():
        if match := _EXTINF.match(line):
            duration = float(match[1])
        elif line and not line.startswith("#"):
            if duration is None:
                raise ValueError(f"segment without EXTINF: {line}")
            segments.append((line, duration))
            duration = None
    init = _MAP.search(text)
    return MediaPlaylist(int(target[1]), init[1] if init else None, tuple(segments), "#EXT-X-ENDLIST" in text)


def bandwidth(playlist: MediaPlaylist, sizes: Mapping[str, int]) -> tuple[int, int]:
    """Peak and average bit/s over the container.

    The peak is the largest rate of any run of segments that lasts 0.5–1.5 target durations (RFC 8216 clause 4.1);
    a film shorter than that counts whole.
    """
    bits = [sizes[name] * 8 for name, _ in playlist.segments]
    durations = [duration for _, duration in playlist.segments]
    total = sum(durations)
    average = sum(bits) / total
    peak = 0.0
    for start in range(len(bits)):
        run_bits, run_s = 0, 0.0
        for size, duration in zip(bits[start:], durations[start:], strict=True):
            run_bits += size
            run_s += duration
            if run_s > 1.5 * playlist.target_s:
                break
            if run_s >= 0.5 * playlist.target_s:
                peak = max(peak, run_bits / run_s)
    return round(peak or average), round(average)


def write_multivariant(variants: Sequence[Variant], sounds: Sequence[SoundGroup]) -> str:
    """The multivariant playlist; the order of both is kept, the first of each is what players start with."""
    lines = ["#EXTM3U", "#EXT-X-VERSION:7", "#EXT-X-INDEPENDENT-SEGMENTS", ""]
    for number, sound in enumerate(sounds):
        default = "NO" if number else "YES"
        lines.append(
            f'#EXT-X-MEDIA:TYPE=AUDIO,GROUP-ID="aac",NAME="{sound.name}",LANGUAGE="{sound.language}",'
            f'DEFAULT={default},AUTOSELECT=YES,CHANNELS="{sound.channels}",URI="{sound.uri}"'
        )
    for item in variants:
        attributes = [
            f"BANDWIDTH={item.bandwidth_bps}",
            f"AVERAGE-BANDWIDTH={item.average_bps}",
            f'CODECS="{item.codecs}"',
            f"RESOLUTION={item.width}x{item.height}",
            f"FRAME-RATE={item.frame_rate:.3f}",
        ]
        if sounds:
            attributes.append('AUDIO="aac"')
        lines += [f"#EXT-X-STREAM-INF:{','.join(attributes)}", item.uri]
    return "\n".join(lines) + "\n"


# RFC 5646 wants the shortest code of a language
_TAGS = {"zho": "zh", "uig": "ug", "kaz": "kk", "kir": "ky", "mon": "mn", "eng": "en", "rus": "ru"}


def language_tag(code: str) -> str:
    """The tag that LANGUAGE takes, for an ISO 639-3 code."""
    return _TAGS.get(code, code)


def avc_codec(init: bytes) -> str:
    """`avc1.PPCCLL` from the avcC box of an initialisation segment (ISO/IEC 14496-15).

    Raises:
        ValueError: there is no avcC box.
    """
    at = init.find(b"avcC")
    if at < 0 or len(init) < at + 8:
        raise ValueError("no avcC box")
    return f"avc1.{init[at + 5]:02x}{init[at + 6]:02x}{init[at + 7]:02x}"
