"""A programme as a C2 work order (China IPTV content injection, C2 3.0): programme, movies, poster, their mappings.

Addresses inside are relative to the package; an order with addresses and secrets is rendered when it is sent.
Codes are the same on every machine: a programme's comes from the id, a movie's and a picture's of a film from id,
revision and profile. In a course they come from the part's own id and the file's bytes, so that what is mended in one
part leaves the codes of the others as they were.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Lookup

from pipeline.media.timecode import c2_duration
from pipeline.media.track_shape import HD_LINES
from pipeline.model import languages
from pipeline.model.c2 import ContentObject, Mapping, Property, WorkOrder
from pipeline.model.course import label
from pipeline.model.plan import Output, OutputForm
from pipeline.model.programme import Programme, ProgrammePart, ProgrammePoster, ProgrammeStream
from pipeline.model.submission import Kind, Licence
from pipeline.package.metadata.c2_order import to_xml

_TYPES = {Kind.FILM: "专题", Kind.COURSE: "课件"}
_POSTER_TYPE = "1"  # clause 3.15: 1 poster
# clause 3.5, by MediaInfo's names; of a codec that stands in no table nothing is said, which these properties may be
_VIDEO_TYPES = {"AVC": "1", "HEVC": "7"}
_VIDEO_PROFILES = (("High", "5"), ("Main", "4"), ("Baseline", "3"))
_AUDIO_FORMATS = {"MPEG Audio": "1", "AAC": "2"}  # the clause's list has no AC-3
_BITRATES = {8000: "6", 2000: "4"}  # kbit/s; 0 is any other
_SD_SIZES = {
    (176, 144): "1",
    (320, 240): "2",
    (480, 576): "3",
    (544, 576): "4",
    (704, 480): "5",
    (704, 576): "5",
    (720, 480): "5",
    (720, 576): "5",
}
_UHD_SIZES = {(3840, 2160): "9", (4096, 2160): "10"}
_UHD_LINES = 2160
# clause 4.1: what the media descriptor calls codecs; no word of it may hold a hyphen
_VIDEO_WORDS = {"AVC": "H264", "HEVC": "H265"}
_AUDIO_WORDS = {"MPEG Audio": "MP2", "AAC": "AAC", "AC-3": "AC3"}
_Values = Lookup[str, str | None]


def render(programme: Programme) -> bytes | None:
    """The order's XML; None where nothing is for the head-end.

    Raises:
        ValueError: it does not validate (a fault of this program).
    """
    work_order = order(programme)
    return None if work_order is None else to_xml(work_order)


def code(kind: str, *parts: str) -> str:
    """A letter for the kind and 24 hex digits of what it names: safe in every C2 dialect (≤ 32, letters and digits)."""
    digest = hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:24].upper()
    return f"{kind}{digest}"


def order(programme: Programme) -> WorkOrder | None:
    """REGIST each part with a movie for each transport stream and a picture for the poster.

    A course is a series from its first lesson on, each a programme of it in its order. Lessons without a stream for
    set-top boxes (sound alone) are not for the head-end; None when nothing is.
    """
    played = [part for part in programme.parts if part.streams]
    if not played:
        return None
    objects: list[ContentObject] = []
    mappings: list[Mapping] = []
    series = code("S", programme.identity)
    is_course = programme.kind is Kind.COURSE
    if is_course:
        objects.append(_object("Series", series, _series(programme, len(played) + len(programme.expected))))
    for part in played:
        more_objects, more_mappings = _part(programme, part)
        objects += more_objects
        mappings += more_mappings
        if is_course:
            own = code("P", programme.identity, label(part.key))
            mappings.append(
                _mapping(("Series", series), ("Program", own), {"Sequence": str(_sequence(programme, part))})
            )
    pictures = [(part, poster) for part in played for poster in part.posters if poster.of_whole]
    for part, poster in pictures[:1]:
        own = code("I", *_names(programme, part, poster.profile, poster.sha256))
        mappings.append(_mapping(("Picture", own), ("Series", series), {"Type": _POSTER_TYPE, "Sequence": "1"}))
    return WorkOrder(
        objects=tuple(objects), mappings=tuple(mappings), attributes=(Property(name="BizDomain", text="0"),)
    )


def is_mended(output: Output) -> bool:
    """Whether an order once said something else of a planned stream (AC-3 was MP2; whatever had neither 1080 nor 720
    lines was D1): a package with one has another id than it had."""
    video = output.expected.video
    if output.form is not OutputForm.MPEGTS or video is None:
        return False
    by_lines = {1080: "7" if video.interlaced else "8", 720: "6"}.get(video.height, "5")
    otherwise = _resolution(video.width, video.height, interlaced=video.interlaced) != by_lines
    return otherwise or any(track.codec == "AC-3" for track in output.expected.audio)


def _sequence(programme: Programme, part: ProgrammePart) -> int:
    """A lesson's place among those that are played or will come: lessons of sound alone are no episodes."""
    played = [item.number for item in programme.parts if item.streams]
    return sum(number <= part.number for number in (*played, *programme.expected))


def _names(programme: Programme, part: ProgrammePart, profile: str, sha256: str) -> tuple[str, ...]:
    """What the code of a movie or a picture is made of."""
    if programme.kind is Kind.COURSE:
        return (programme.identity, label(part.key), profile, sha256)
    return (programme.identity, str(programme.revision), profile)


def _part(programme: Programme, part: ProgrammePart) -> tuple[list[ContentObject], list[Mapping]]:
    episode = programme.kind is Kind.COURSE
    own = (label(part.key),) if episode else ()
    title = part.title if episode else programme.title.zh
    parent = ("Program", code("P", programme.identity, *own))
    objects = [_object(*parent, _programme(programme, part, title, episode=episode))]
    mappings = []
    for stream in part.streams:
        movie = code("M", *_names(programme, part, stream.profile, stream.sha256))
        objects.append(_object("Movie", movie, _movie(stream, title)))
        mappings.append(_mapping(parent, ("Movie", movie)))
    for poster in part.posters:
        picture = code("I", *_names(programme, part, poster.profile, poster.sha256))
        objects.append(_object("Picture", picture, _picture(poster)))
        mappings.append(_mapping(("Picture", picture), parent, {"Type": _POSTER_TYPE, "Sequence": "1"}))
    return objects, mappings


def _programme(programme: Programme, part: ProgrammePart, title: str, *, episode: bool) -> _Values:
    """Clause 3.4."""
    return {
        "Name": title,
        "OriginalName": part.title_en if episode else programme.title.en,
        "Language": "、".join(map(languages.chinese_name, part.languages)) or None,
        **_window(programme.licence),
        "Macrovision": "0",
        "Description": programme.synopsis,
        "Status": "1",
        "SourceType": "1",
        "SeriesFlag": "1" if episode else "0",
        "Type": _TYPES[programme.kind],
        # C2 has no object for subtitles: their languages are keywords, their files stand in a field that is free
        "Keywords": ";".join(f"{languages.chinese_name(language)}字幕" for language in part.subtitles) or None,
        "Tags": programme.column,
        "Reserve1": ";".join(f"{language}={file}" for language, file in part.subtitles.items()) or None,
        "DefinitionFlag": _definition(max(stream.height for stream in part.streams)),
    }


def _series(programme: Programme, episodes: int) -> _Values:
    """Clause 3.13, whose spelling of VolumnCount live files share."""
    return {
        "Name": programme.title.zh,
        **_window(programme.licence),
        "Macrovision": "0",
        "VolumnCount": str(episodes),
        "Status": "1",
        "Description": programme.synopsis,
        "Type": _TYPES[programme.kind],
        "Tags": programme.column,
    }


def _movie(stream: ProgrammeStream, title: str) -> _Values:
    """Clause 3.5."""
    video_kbps = stream.video_bps // 1000
    name = stream.video_profile
    return {
        "Name": f"{title}（{languages.chinese_name(stream.burnt)}字幕）" if stream.burnt else None,
        "Type": "1",
        "FileURL": stream.file,
        "SourceDRMType": "0",
        "DestDRMType": "0",
        "AudioType": "4" if stream.audio_tracks > 1 else "2",  # stereo, or more than one of it
        "ScreenFormat": "1",
        "ClosedCaptioning": "1" if stream.burnt else "0",
        "Duration": c2_duration(stream.frames, round(stream.frame_rate)),
        "FileSize": str(stream.size_bytes),
        "BitRateType": _BITRATES.get(video_kbps, "0"),
        "VideoType": _VIDEO_TYPES.get(stream.video_codec),
        "AudioFormat": _AUDIO_FORMATS.get(stream.audio_codec or ""),
        "Resolution": _resolution(stream.width, stream.height, interlaced=stream.interlaced),
        "Video Profile": next((value for known, value in _VIDEO_PROFILES if name.startswith(known)), None),
        "System Layer": "1",
        "MediaSepc": _descriptor(stream),
    }


def _descriptor(stream: ProgrammeStream) -> str:
    """The media descriptor (clause 4.1): eight words between hyphens."""
    audio = stream.audio_codec or "MPEG Audio"
    return "-".join(
        (
            "TS",
            "CBR",
            _VIDEO_WORDS.get(stream.video_codec) or stream.video_codec.replace("-", ""),
            str(stream.video_bps // 1000),
            f"{stream.height}{'I' if stream.interlaced else 'P'}",
            str(round(stream.frame_rate)),
            _AUDIO_WORDS.get(audio) or audio.replace("-", ""),
            str(stream.audio_bps // stream.audio_tracks // 1000),
        )
    )


def _resolution(width: int, height: int, *, interlaced: bool) -> str | None:
    """Clause 3.5: HD by its lines, other sizes exactly; None for one that the list has not."""
    by_lines = {1080: "7" if interlaced else "8", 720: "6"}
    return by_lines.get(height) or {**_SD_SIZES, **_UHD_SIZES}.get((width, height))


def _definition(lines: int) -> str:
    """Clause 3.4: 0 SD, 1 HD, 3 4K."""
    return "3" if lines >= _UHD_LINES else "1" if lines >= HD_LINES else "0"


def _picture(poster: ProgrammePoster) -> _Values:
    """Clause 3.11."""
    return {"FileURL": poster.file, "Description": "海报"}


def _window(licence: Licence | None) -> _Values:
    """Days of China time: both ends are shown."""
    return {
        "LicensingWindowStart": f"{licence.start:%Y%m%d}000000" if licence else None,
        "LicensingWindowEnd": f"{licence.until:%Y%m%d}235959" if licence else None,
    }


def _object(element_type: str, own_code: str, values: _Values) -> ContentObject:
    return ContentObject(element_type=element_type, code=own_code, action="REGIST", properties=_properties(values))


def _mapping(parent: tuple[str, str], element: tuple[str, str], values: _Values | None = None) -> Mapping:
    """Which object belongs to which, each by type and code."""
    return Mapping(
        parent_type=parent[0],
        parent_code=parent[1],
        element_type=element[0],
        element_code=element[1],
        action="REGIST",
        properties=_properties(values or {}),
    )


def _properties(values: _Values) -> tuple[Property, ...]:
    return tuple(Property(name=name, text=text) for name, text in values.items() if text is not None)
