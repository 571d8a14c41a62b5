"""Writing playlists: every figure in them is measured before."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.media.hls.playlist import Segment

# what each needs: EXT-X-MAP for fMP4, byte ranges for transport streams (RFC 8216 clause 7)
FMP4_VERSION, TS_VERSION, TEXT_VERSION = 7, 4, 3


@dataclass(frozen=True)
class Group:
    """A rendition of sound or subtitles that variants share; the first of a group is the one that plays unasked."""

    kind: str  # AUDIO or SUBTITLES
    group: str
    uri: str
    name: str
    language: str
    default: bool
    channels: int | None = None


@dataclass(frozen=True)
class IFrames:
    """The key pictures of a rung."""

    uri: str
    peak_bps: int
    average_bps: int
    codecs: str
    width: int
    height: int


@dataclass(frozen=True)
class Variant(IFrames):
    """A rung: what it weighs together with the heaviest sound that can go with it."""

    frame_rate: float
    audio: str | None = None
    subtitles: str | None = None


def media(
    pieces: Sequence[Segment],
    target_s: int,
    *,
    version: int,
    init: str | Segment | None = None,
    iframes: bool = False,
    independent: bool = True,
) -> str:
    """A media playlist of a finished film."""
    lines = [
        "#EXTM3U",
        f"#EXT-X-VERSION:{version}",
        f"#EXT-X-TARGETDURATION:{target_s}",
        "#EXT-X-MEDIA-SEQUENCE:0",
        "#EXT-X-PLAYLIST-TYPE:VOD",
    ]
    lines += ["#EXT-X-I-FRAMES-ONLY"] * iframes + ["#EXT-X-INDEPENDENT-SEGMENTS"] * (independent and not iframes)
    if init:
        lines.append(_map(init if isinstance(init, Segment) else Segment(init, 0.0)))
    for piece in pieces:
        lines.append(f"#EXTINF:{piece.duration_s:.6f},")
        if piece.range:
            lines.append(f"#EXT-X-BYTERANGE:{piece.range.length}@{piece.range.at}")
        lines.append(piece.uri)
    return "\n".join([*lines, "#EXT-X-ENDLIST"]) + "\n"


def _map(init: Segment) -> str:
    span = f',BYTERANGE="{init.range.length}@{init.range.at}"' if init.range else ""
    return f'#EXT-X-MAP:URI="{init.uri}"{span}'


def multivariant(
    variants: Sequence[Variant], groups: Sequence[Group], iframes: Sequence[IFrames], *, version: int
) -> str:
    """The multivariant playlist; the order is kept, the first variant is what players start with."""
    lines = ["#EXTM3U", f"#EXT-X-VERSION:{version}", "#EXT-X-INDEPENDENT-SEGMENTS", ""]
    lines += [_tag("#EXT-X-MEDIA", _group(item)) for item in groups]
    for item in variants:
        lines += [_tag("#EXT-X-STREAM-INF", _variant(item)), item.uri]
    lines += [_tag("#EXT-X-I-FRAME-STREAM-INF", [*_rated(item), f'URI="{item.uri}"']) for item in iframes]
    return "\n".join(lines) + "\n"


def _tag(name: str, attributes: list[str]) -> str:
    return f"{name}:{','.join(attributes)}"


def _rated(item: IFrames) -> list[str]:
    return [
        f"BANDWIDTH={item.peak_bps}",
        f"AVERAGE-BANDWIDTH={item.average_bps}",
        f'CODECS="{item.codecs}"',
        f"RESOLUTION={item.width}x{item.height}",
    ]


def _variant(item: Variant) -> list[str]:
    made = [*_rated(item), f"FRAME-RATE={item.frame_rate:.3f}"]
    made += [f'AUDIO="{item.audio}"'] if item.audio else []
    made += [f'SUBTITLES="{item.subtitles}"'] if item.subtitles else []
    return [*made, "CLOSED-CAPTIONS=NONE"]


def _group(item: Group) -> list[str]:
    word = "YES" if item.default else "NO"
    made = [
        f"TYPE={item.kind}",
        f'GROUP-ID="{item.group}"',
        f'NAME="{item.name}"',
        f'LANGUAGE="{item.language}"',
        f"DEFAULT={word}",
        "AUTOSELECT=YES",
    ]
    made += ["FORCED=NO"] if item.kind == "SUBTITLES" else []
    made += [f'CHANNELS="{item.channels}"'] if item.channels else []
    return [*made, f'URI="{item.uri}"']
