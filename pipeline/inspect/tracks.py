"""The tracks of a file: as the ffmpeg that decodes has them, with what MediaInfo knows of the same track.

The two number tracks differently (ffmpeg by a programme's map, MediaInfo by PID), so they are joined by the
container's own number, or by MediaInfo's `StreamOrder` where that is ffmpeg's index, and never by position.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Literal, TypeVar

from pipeline.ffmpeg.report import ReportedStream, SourceReport, StreamKind
from pipeline.ffmpeg.showinfo import DecodedPicture
from pipeline.inspect.colour_words import ColourWords
from pipeline.inspect.mediainfo import KeyedMedia, TrackKey
from pipeline.media import pixel_format
from pipeline.model import languages
from pipeline.model.media import AudioTrack, Crop, FieldOrder, Media, Scan, UnreadTrack, VideoTrack

Track = TypeVar("Track", VideoTrack, AudioTrack)

IMAGES = ("png_pipe", "jpeg_pipe")
# where a stream that nobody names may be a picture or sound; elsewhere data is data, and a track says its kind
_UNNAMED_KINDS = {
    **dict.fromkeys(("mpegts", "mpeg"), (StreamKind.DATA, StreamKind.UNKNOWN)),
    **dict.fromkeys(("mxf", "avi", "asf", "flv"), (StreamKind.UNKNOWN,)),
}
_ORDERED = ("matroska", "avi", "asf", "mxf")  # where StreamOrder is ffmpeg's index
_STREAM_ID = 0xFF  # of 0x1e0 in a program stream MediaInfo knows the last byte
# MediaInfo's names of what ffmpeg calls otherwise
_CODECS = {
    "h264": "AVC",
    "hevc": "HEVC",
    "mpeg1video": "MPEG-1 Video",
    "mpeg2video": "MPEG-2 Video",
    "mpeg4": "MPEG-4 Visual",
    "msmpeg4v1": "MS-MPEG4 v1",
    "msmpeg4v2": "MS-MPEG4 v2",
    "msmpeg4v3": "MS-MPEG4 v3",
    "vc1": "VC-1",
    "wmv3": "WMV3",
    "dvvideo": "DV",
    "dnxhd": "VC-3",
    "prores": "ProRes",
    "mjpeg": "JPEG",
    "theora": "Theora",
    "mp1": "MPEG Audio",
    "mp2": "MPEG Audio",
    "mp3": "MPEG Audio",
    "ac3": "AC-3",
    "eac3": "E-AC-3",
    "ac4": "AC-4",
    "apple_apac": "APAC",
    "dts": "DTS",
    "opus": "Opus",
    "vorbis": "Vorbis",
}
_MATROSKA_ID = "V_"  # what MediaInfo calls a coding that it has only the id of
_PROTECTED = ("encv", "enca", "drmi", "drms")  # ISO 14496-12 8.12: protected sample entries; the others Apple's
_TAGGED, _PCM_TAG = ("wav", "avi"), "[1][0][0][0]"  # WAVE_FORMAT_PCM
_NAMELESS = ("s302m", "pcm_dvd")  # coders that keep a number of channels, of which the decoder makes a layout
_COMPANDED = ("pcm_alaw", "pcm_mulaw")  # ITU-T G.711: eight bits that are decoded to more
_CERTAIN = 2  # channels: one or two can be nothing else than mono and stereo
_LAYOUTS = {"mono": 1, "stereo": 2, "downmix": 2, "quad": 4, "hexagonal": 6, "octagonal": 8, "hexadecagonal": 16}


def chosen(report: SourceReport) -> int | None:
    """The number of the programme that is read where nobody names one: the first with picture and sound, else the
    first with a picture, else the first with sound; None in a file without programmes, or with nothing in them."""

    def kinds(indexes: Sequence[int]) -> set[StreamKind]:
        return {report.streams[index].kind for index in indexes if _is_readable(report.streams[index])}

    for wanted in ({StreamKind.VIDEO, StreamKind.AUDIO}, {StreamKind.VIDEO}, {StreamKind.AUDIO}):
        for number, indexes in report.programmes:
            if wanted <= kinds(indexes):
                return number
    return None


def joined(report: SourceReport, told: KeyedMedia, demuxer: str, programme: int | None) -> Media:
    """Everything known of the tracks of one programme, in the decoder's order; pure.

    Args:
        programme: the number of the one that is read; None where all of the file is.

    Raises:
        LookupError: there is no such programme.
    """
    streams = streams_of(report, programme)
    pictures = [item for item in streams if item.kind is StreamKind.VIDEO and not item.is_attached_picture]
    sounds = [item for item in streams if item.kind is StreamKind.AUDIO]
    if demuxer in IMAGES:
        images = [_video(item, next(iter(told.file.images), None), report.picture) for item in pictures]
        return told.file.model_copy(update={"images": tuple(images)})
    video = [(item, *_match(item, pictures, demuxer, told.video)) for item in in_order(pictures)]
    audio = [(item, *_match(item, sounds, demuxer, told.audio)) for item in in_order(sounds)]
    return told.file.model_copy(
        update={
            "programmes": max(1, len(report.programmes)),
            "programme": programme if len(report.programmes) > 1 else None,
            "attached_pictures": sum(item.is_attached_picture for item in report.streams),
            "video": tuple(_video(item, own, report.picture) for item, key, own in video if _is_readable(item, key)),
            "audio": tuple(_audio(item, own, demuxer) for item, key, own in audio if _is_readable(item, key)),
            "unread": (
                *(_unread(item, own, key) for item, key, own in video if not _is_readable(item, key)),
                *(_unread(item, own, key) for item, key, own in audio if not _is_readable(item, key)),
                *(_unread(item, None) for item in streams if _is_unnamed(item, demuxer)),
            ),
        }
    )


def in_order(streams: Sequence[ReportedStream]) -> list[ReportedStream]:
    """Streams of one kind as players choose among them: what is said to be the default first, asides last."""
    names_one = any(item.is_default for item in streams)
    return sorted(streams, key=lambda item: (item.is_aside, names_one and not item.is_default))


def _is_readable(stream: ReportedStream, key: TrackKey | None = None) -> bool:
    return stream.is_decodable and stream.has_samples and not (key and key.is_protected)


def streams_of(report: SourceReport, programme: int | None) -> tuple[ReportedStream, ...]:
    """The streams of a programme, or all, by their index.

    Raises:
        LookupError: there is no such programme.
    """
    if programme is None:
        return report.streams
    return tuple(report.streams[index] for index in sorted(dict(report.programmes)[programme]))


def first_picture(report: SourceReport, programme: int | None) -> ReportedStream | None:
    """The stream whose pictures are the film's; None where none can be decoded."""
    pictures = [item for item in streams_of(report, programme) if item.kind is StreamKind.VIDEO]
    return next((item for item in in_order(pictures) if not item.is_attached_picture and _is_readable(item)), None)


def _match(
    stream: ReportedStream, same_kind: Sequence[ReportedStream], demuxer: str, told: Sequence[tuple[TrackKey, Track]]
) -> tuple[TrackKey, Track] | tuple[None, None]:
    """What MediaInfo knows of a stream, with its key; None where nothing says which of its tracks it is."""
    if demuxer in _ORDERED:
        found = [(key, track) for key, track in told if key.order == str(stream.index)]
    elif stream.id is not None:
        found = [(key, track) for key, track in told if _is_id(key.id, stream.id, demuxer)]
    else:  # no number of any kind: one of a kind can be no other
        found = list(told) if len(same_kind) == 1 else []
    return found[0] if len(found) == 1 else (None, None)


def _is_id(told: str, number: int, demuxer: str) -> bool:
    """Whether MediaInfo's id is that number; of substreams it tells stream and substream (`189-128`)."""
    first, _, substream = told.partition("-")
    if demuxer == "mpeg":
        return number == int(substream) if substream.isdigit() else first == str(number & _STREAM_ID)
    return first == str(number)


def _video(stream: ReportedStream, told: VideoTrack | None, picture: DecodedPicture | None) -> VideoTrack:
    """The picture track; what was decoded goes before what is told."""
    base = told or _UNTOLD
    update: dict[str, object] = {"index": stream.index}
    is_known = told is not None and not base.codec.startswith(_MATROSKA_ID)
    if (
        not is_known or _CODECS.get(stream.codec, base.codec) != base.codec
    ):  # to MediaInfo Microsoft's are MPEG-4 and VC-1
        update["codec"] = _CODECS.get(stream.codec, stream.codec.upper())
    if base.frame_rate is None:
        update["frame_rate"] = stream.frame_rate
    crop = Crop(**dict(zip(("left", "right", "top", "bottom"), stream.crop, strict=True)))
    if crop != Crop():
        update["crop"] = crop
    size, aspect = stream.size, stream.aspect
    if picture is not None and picture.index == stream.index:
        sideways = picture.rotation in (90, 270)
        size = (picture.size[1], picture.size[0]) if sideways else picture.size
        if picture.aspect is not None:
            aspect = 1 / picture.aspect if sideways else picture.aspect
        update |= {"rotation": picture.rotation, "mirrored": picture.mirrored, "askew": picture.is_askew}
        update["immersive"] = picture.immersive
        update |= _colours(picture, base)
        if not is_known or (base.scan is Scan.INTERLACED and picture.field != "P"):
            update |= _scan(picture)
    elif size is not None:
        size = (size[0] - crop.left - crop.right, size[1] - crop.top - crop.bottom)
    if size is not None:
        update |= {"width": size[0], "height": size[1]}
        shape = float(aspect) if aspect is not None else base.pixel_aspect
        update |= {"pixel_aspect": round(shape, 3), "display_aspect": round(size[0] * shape / size[1], 3)}
    language = languages.code_of(stream.language or "")
    if language not in (None, languages.UNKNOWN):
        update["language"] = language
    if stream.dolby_vision is not None:
        update["dolby_vision"] = stream.dolby_vision[0]
    return base.model_copy(update=update)


def _colours(picture: DecodedPicture, told: VideoTrack) -> dict[str, object]:
    words = ColourWords(picture.range, picture.matrix, picture.primaries, picture.transfer)
    found = {**words.of_track(), **pixel_format.of_track(picture.pix_fmt)}
    if found.get("transfer") in ("PQ", "HLG") and told.hdr is None:
        found["hdr"] = found["transfer"]
    return found


def _scan(picture: DecodedPicture) -> dict[str, object]:
    """What one picture tells of fields, where nothing else does."""
    if picture.field == "P":
        return {"scan": Scan.PROGRESSIVE}
    return {"scan": Scan.INTERLACED, "field_order": FieldOrder.TFF if picture.field == "T" else FieldOrder.BFF}


def _audio(stream: ReportedStream, told: AudioTrack | None, demuxer: str) -> AudioTrack:
    codec = "PCM" if stream.codec.startswith("pcm_") else _CODECS.get(stream.codec, stream.codec.upper())
    base = told or _UNHEARD.model_copy(update={"codec": codec})
    update: dict[str, object] = {"index": stream.index}
    if stream.sample_rate_hz:
        update["sample_rate_hz"] = stream.sample_rate_hz
    if stream.codec in _COMPANDED:
        update["bit_depth"] = 8
    if channels := _channels(stream.layout or ""):
        update["channels"] = channels
        guessed = stream.is_layout_guessed or stream.codec in _NAMELESS
        update["layout_guessed"] = guessed and channels > _CERTAIN
    if demuxer in _TAGGED and stream.tag == _PCM_TAG and codec != "PCM":  # ffmpeg looked into the samples, and decodes
        update |= {"codec": "PCM", "coded": codec}
    elif base.coded and (channels or base.channels) > _CERTAIN:  # it may be in others than those that are taken
        update["coded"] = None
    language = languages.code_of(stream.language or "")
    if language not in (None, languages.UNKNOWN):
        update["language"] = language
    return base.model_copy(update=update)


def _channels(layout: str) -> int | None:
    """How many channels ffmpeg's word for a layout has."""
    name = re.sub(r"\(.*", "", layout).strip()
    if name in _LAYOUTS:
        return _LAYOUTS[name]
    if match := re.fullmatch(r"(\d+) channels.*", name):
        return int(match[1])
    if re.fullmatch(r"\d+(?:\.\d+)+", name):
        return sum(int(part) for part in name.split("."))
    return None


def _is_unnamed(stream: ReportedStream, demuxer: str) -> bool:
    """Whether nothing says what a stream is; data that has a name (cue messages, KLV) is no fault."""
    kinds = _UNNAMED_KINDS.get(demuxer, ())
    return stream.kind in kinds and stream.codec in ("none", "bin_data")


def _unread(stream: ReportedStream, told: VideoTrack | AudioTrack | None, key: TrackKey | None = None) -> UnreadTrack:
    kinds: dict[StreamKind, Literal["video", "audio"]] = {StreamKind.VIDEO: "video", StreamKind.AUDIO: "audio"}
    named = "" if stream.codec in ("none", "bin_data") else stream.codec
    is_protected = stream.tag in _PROTECTED or (key is not None and key.is_protected)
    return UnreadTrack(
        kind=kinds.get(stream.kind, "unknown"),
        index=stream.index,
        id=stream.id,
        codec=_CODECS.get(stream.codec) or (told.codec if told else "") or named,
        tag=stream.tag,
        protected=is_protected,
        empty=not (stream.has_samples or is_protected) and stream.is_decodable,
    )


_UNTOLD = VideoTrack(
    codec="",
    profile=None,
    width=0,
    height=0,
    pixel_aspect=1.0,
    display_aspect=0.0,
    rotation=0,
    frame_rate=None,
    frame_rate_mode=None,
    frames=None,
    duration_s=None,
    bitrate_bps=None,
    bitrate_mode=None,
    scan=Scan.UNKNOWN,
    field_order=None,
    chroma=None,
    bit_depth=None,
    colour_range=None,
    matrix=None,
    primaries=None,
    transfer=None,
    hdr=None,
    language=None,
)
_UNHEARD = AudioTrack(
    codec="",
    channels=0,
    layout=None,
    sample_rate_hz=None,
    bit_depth=None,
    bitrate_bps=None,
    duration_s=None,
    language=None,
)
