"""MediaInfo's facts as typed models."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pipeline import parser_child, process, regular
from pipeline.errors import MediaError
from pipeline.ffmpeg.invocation import environment
from pipeline.media.generated_label import names
from pipeline.model import languages
from pipeline.model.media import AudioTrack, FieldOrder, Media, Scan, TextTrack, TimecodeTrack, VideoTrack

MEMORY_BYTES = 2 << 30
TIMEOUT_S = 120.0
MAX_OUTPUT_BYTES = 8 << 20

Raw = Mapping[str, object]
Choice = TypeVar("Choice", bound=str)

_CODED_SAMPLES = "SMPTE ST 337"  # the format is then of what is in them
_BIT_DEPTHS = {"ProRes": 10}  # of every 422 profile; MediaInfo does not say it
_MATRICES = {
    "BT.709": "bt709",
    "BT.601": "bt601",
    "BT.470 System B/G": "bt601",
    "BT.2020 non-constant": "bt2020",
}


def inspect(path: Path) -> Media:
    """Facts of one file whose first bytes are those of a container.

    Raises:
        MediaError: MediaInfo can't read it.
        EnvironmentFault: the file can't be opened.
    """
    return look(path).media


def look(path: Path) -> KeyedMedia:
    """The same with what its tracks are joined to the decoder's by; raises as `inspect` does."""
    return keyed(tracks(path), size_bytes=path.stat().st_size)


def tracks(path: Path) -> list[dict[str, object]]:
    """The raw tracks, read in a child under limits."""
    with regular.opened(path) as film:
        answer = parser_child.answer(
            "pipeline.inspect.mediainfo_child",
            film,
            environment,
            process.Limits(memory_bytes=MEMORY_BYTES),
            most_bytes=MAX_OUTPUT_BYTES,
            timeout_s=TIMEOUT_S,
        )
    if answer is None:
        raise MediaError("mediainfo_failed", where=str(path))
    try:
        parsed: list[dict[str, object]] = json.loads(answer)
    except ValueError as error:
        raise MediaError("mediainfo_failed", where=str(path)) from error
    return parsed


@dataclass(frozen=True)
class TrackKey:
    """What a track is joined to the decoder's by.

    Args:
        id: the container's number as MediaInfo writes it: a PID, a track id, `189-128` for a substream.
        order: its place among all tracks; empty where the container has none.
        is_protected: its samples are encrypted, or scrambled, all or some of them.
    """

    id: str
    order: str
    is_protected: bool = False


@dataclass(frozen=True)
class KeyedMedia:
    """What MediaInfo knows: the file without its tracks of picture and sound, and those with their keys."""

    file: Media
    video: tuple[tuple[TrackKey, VideoTrack], ...] = ()
    audio: tuple[tuple[TrackKey, AudioTrack], ...] = ()

    @property
    def media(self) -> Media:
        """All of it, for files of our own making, where there is nothing to join."""
        update = {"video": tuple(track for _, track in self.video), "audio": tuple(track for _, track in self.audio)}
        return self.file.model_copy(update=update)


def keyed(raw: Sequence[Raw], *, size_bytes: int) -> KeyedMedia:
    """Pure: raw tracks as nouns."""
    by_kind: dict[str, list[Raw]] = {}
    for track in raw:
        by_kind.setdefault(str(track.get("track_type")), []).append(track)
    general = (by_kind.get("General") or [{}])[0]
    file = Media(
        container=_text(general, "format") or "",
        size_bytes=size_bytes,
        duration_s=_seconds(general),
        bitrate_bps=_whole(general, "overall_bit_rate"),
        truncated=general.get("istruncated") == "Yes",
        # chapters are menus too, but have no id
        programmes=max(1, len({text for track in by_kind.get("Menu", []) if (text := _text(track, "menu_id"))})),
        attached_pictures=1 if _text(general, "cover") == "Yes" else 0,
        labelled=names.KEY.lower() in general,  # pymediainfo writes names in small letters
        images=tuple(_video(track) for track in by_kind.get("Image", [])),
        text=tuple(TextTrack(codec=_text(t, "format") or "", language=_language(t)) for t in by_kind.get("Text", [])),
        timecode=tuple(
            TimecodeTrack(first_frame=_text(track, "time_code_of_first_frame"), source=_text(track, "format"))
            for track in by_kind.get("Other", [])
            if track.get("type") == "Time code"
        ),
    )
    return KeyedMedia(
        file,
        tuple((_key(track), _video(track)) for track in by_kind.get("Video", []) if _number(track, "width")),
        tuple((_key(track), _audio(track)) for track in by_kind.get("Audio", [])),
    )


def _key(track: Raw) -> TrackKey:
    is_protected = _text(track, "encryption") is not None
    return TrackKey(_text(track, "track_id") or "", _text(track, "streamorder") or "", is_protected)


def _video(track: Raw) -> VideoTrack:
    codec = _text(track, "format") or ""
    if codec == "MPEG Video":
        codec = f"MPEG-{(_text(track, 'format_version') or '').removeprefix('Version ') or '?'} Video"
    order = _text(track, "scan_order")
    mode = (_text(track, "frame_rate_mode") or "").lower()
    rate_mode = (_text(track, "bit_rate_mode") or "").lower()
    # JPEG is full range by definition (JFIF); MediaInfo leaves that out for Motion JPEG
    colour_range = _text(track, "color_range") or ("Full" if codec == "JPEG" else None)
    matrix = _text(track, "matrix_coefficients")
    return VideoTrack(
        codec=codec,
        profile=_text(track, "format_profile"),
        width=_whole(track, "width") or 0,
        height=_whole(track, "height") or 0,
        pixel_aspect=_number(track, "pixel_aspect_ratio") or 1.0,
        display_aspect=_number(track, "display_aspect_ratio") or 0.0,
        rotation=round(_number(track, "rotation") or 0) % 360,
        frame_rate=_number(track, "frame_rate"),
        frame_rate_mode=_either(mode, "cfr", "vfr"),
        frames=_whole(track, "frame_count"),
        duration_s=_seconds(track),
        bitrate_bps=_whole(track, "bit_rate"),
        bitrate_mode=_either(rate_mode, "cbr", "vbr"),
        scan=_scan(_text(track, "scan_type")),
        field_order=FieldOrder(order.lower()) if order in ("TFF", "BFF") else None,
        chroma=_text(track, "chroma_subsampling"),
        bit_depth=_whole(track, "bit_depth") or _BIT_DEPTHS.get(codec),
        colour_range=_either((colour_range or "").lower(), "limited", "full"),
        matrix=_MATRICES.get(matrix, matrix) if matrix else None,
        primaries=_text(track, "color_primaries"),
        transfer=_text(track, "transfer_characteristics"),
        hdr=_text(track, "hdr_format") or _hdr(_text(track, "transfer_characteristics")),
        language=_language(track),
    )


def _audio(track: Raw) -> AudioTrack:
    codec = _text(track, "format") or ""
    is_carried = _CODED_SAMPLES in (_text(track, "muxing_mode") or "")
    return AudioTrack(
        codec="PCM" if is_carried else codec,
        coded=codec if is_carried else None,
        channels=_whole(track, "channel_s") or 0,
        layout=_text(track, "channel_layout"),
        sample_rate_hz=_whole(track, "sampling_rate"),
        bit_depth=_whole(track, "bit_depth"),
        bitrate_bps=_whole(track, "bit_rate"),
        duration_s=_seconds(track),
        language=_language(track),
    )


def _scan(text: str | None) -> Scan:
    if text is None:
        return Scan.UNKNOWN
    return Scan.PROGRESSIVE if text == "Progressive" else Scan.INTERLACED  # Interlaced, MBAFF, PAFF


def _hdr(transfer: str | None) -> str | None:
    return transfer if transfer in ("PQ", "HLG") else None


def _language(track: Raw) -> str | None:
    """Three letters of ISO 639; what is no language at all is none."""
    return languages.code_of((_text(track, "language") or "").split(" / ")[0])


def _either(text: str, first: Choice, second: Choice) -> Choice | None:
    return first if text == first else second if text == second else None


def _text(track: Raw, name: str) -> str | None:
    value = track.get(name)
    return str(value) if value not in (None, "") else None


def _number(track: Raw, name: str) -> float | None:
    """A number; MediaInfo gives some as text, and joins several values by « / »."""
    text = (_text(track, name) or "").split(" / ")[0]
    try:
        return float(text)
    except ValueError:
        return None


def _whole(track: Raw, name: str) -> int | None:
    value = _number(track, name)
    return None if value is None else round(value)


def _seconds(track: Raw) -> float | None:
    value = _number(track, "duration")
    return None if value is None else round(value / 1000, 3)
