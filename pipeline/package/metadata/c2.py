"""The C2 work order (China IPTV content injection, C2 3.0): programme, its movies, its poster, their mappings.

Addresses inside are relative to the package; an order with addresses and secrets is rendered when it is sent.
Codes come from the id (programme) and id + revision + profile (movie, picture): the same on every machine.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as Lookup
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

from lxml import etree

from pipeline.media.timecode import c2_duration
from pipeline.model.base import Noun
from pipeline.model.inspection import Scan
from pipeline.model.package import PackageFile
from pipeline.model.plan import MuxBudget, OutputForm
from pipeline.model.rendition import Rendition
from pipeline.model.submission import Submission

SCHEMA = Path(__file__).parent / "c2.xsd"
_LANGUAGE_NAMES = {
    "zho": "中文",
    "uig": "维吾尔语",
    "kaz": "哈萨克语",
    "kir": "柯尔克孜语",
    "mon": "蒙古语",
    "tgk": "塔吉克语",
    "eng": "英语",
    "rus": "俄语",
}
_TYPES = {"film": "专题", "course": "课件"}
POSTER_TYPE = "1"  # C2 clause 3.15: 1 poster


class Property(Noun):
    """`<Property Name=…>text</Property>`."""

    name: str
    text: str


class ContentObject(Noun):
    """`<Object>`: ID and Code are the same text, as in live orders."""

    element_type: str
    code: str
    action: str
    properties: tuple[Property, ...]


class Mapping(Noun):
    """`<Mapping>`: which object belongs to which."""

    parent_type: str
    parent_code: str
    element_type: str
    element_code: str
    action: str
    properties: tuple[Property, ...] = ()


class WorkOrder(Noun):
    """`<ADI>`."""

    objects: tuple[ContentObject, ...]
    mappings: tuple[Mapping, ...]


def code(kind: str, *parts: str) -> str:
    """A letter for the kind and 24 hex digits of what it names: safe in every C2 dialect (≤ 32, letters and digits)."""
    digest = hashlib.sha256("\n".join(parts).encode("utf-8")).hexdigest()[:24].upper()
    return f"{kind}{digest}"


@dataclass(frozen=True)
class Programme:
    """A film, or one lesson of a course: its renditions in the package, the planned rates of its streams by name, the
    languages of its sound and of its subtitles, and where in the package each of those lies."""

    number: int
    title: str
    renditions: tuple[Rendition, ...]
    budgets: Lookup[str, MuxBudget]
    spoken: tuple[str, ...] = ()
    subtitles: Lookup[str, str] = field(default_factory=dict)

    @property
    def streams(self) -> tuple[Rendition, ...]:
        return tuple(item for item in self.renditions if item.form is OutputForm.MPEGTS)


def order(
    submission: Submission,
    *,
    identity: str,
    revision: int,
    programmes: Sequence[Programme],
    files: Sequence[PackageFile],
) -> WorkOrder | None:
    """REGIST each programme with a movie for each transport stream and a picture for the poster.

    Several lessons are a series, each a programme of it in its order. Lessons without a stream for set-top boxes
    (sound alone) are not for the head-end; None when nothing is.
    """
    played = [item for item in programmes if item.streams]
    if not played:
        return None
    several = len(programmes) > 1
    sizes = {item.path: item.size_bytes for item in files}
    objects: list[ContentObject] = []
    mappings: list[Mapping] = []
    series = code("S", identity)
    if several:
        objects.append(
            ContentObject(
                element_type="Series", code=series, action="REGIST", properties=_series(submission, len(played))
            )
        )
    for sequence, item in enumerate(played, start=1):
        own = (str(item.number),) if several else ()
        programme = code("P", identity, *own)
        more_objects, more_mappings = _programme_objects(
            submission, item, programme, (identity, str(revision), *own), sizes, episode=several
        )
        objects += more_objects
        mappings += more_mappings
        if several:
            mappings.append(
                Mapping(
                    parent_type="Series",
                    parent_code=series,
                    element_type="Program",
                    element_code=programme,
                    action="REGIST",
                    properties=(Property(name="Sequence", text=str(sequence)),),
                )
            )
    return WorkOrder(objects=tuple(objects), mappings=tuple(mappings))


def _programme_objects(
    submission: Submission,
    item: Programme,
    programme: str,
    names: tuple[str, ...],
    sizes: dict[str, int],
    *,
    episode: bool,
) -> tuple[list[ContentObject], list[Mapping]]:
    high = any(_lines(stream) >= 720 for stream in item.streams)
    title = item.title if episode else submission.title_zh
    objects = [
        ContentObject(
            element_type="Program",
            code=programme,
            action="REGIST",
            properties=_programme(submission, item, title, high=high, episode=episode),
        )
    ]
    mappings = []
    for stream in item.streams:
        movie = code("M", *names, stream.profile)
        objects.append(
            ContentObject(
                element_type="Movie",
                code=movie,
                action="REGIST",
                properties=_movie(stream, title, sizes, item.budgets[stream.name]),
            )
        )
        mappings.append(
            Mapping(
                parent_type="Program", parent_code=programme, element_type="Movie", element_code=movie, action="REGIST"
            )
        )
    for poster in (rendition for rendition in item.renditions if rendition.form is OutputForm.POSTER):
        picture = code("I", *names, poster.profile)
        objects.append(
            ContentObject(
                element_type="Picture",
                code=picture,
                action="REGIST",
                properties=(
                    Property(name="FileURL", text=poster.files[0].path),
                    Property(name="Description", text="海报"),
                ),
            )
        )
        mappings.append(
            Mapping(
                parent_type="Picture",
                parent_code=picture,
                element_type="Program",
                element_code=programme,
                action="REGIST",
                properties=(Property(name="Type", text=POSTER_TYPE), Property(name="Sequence", text="1")),
            )
        )
    return objects, mappings


def render(made: WorkOrder) -> bytes:
    """XML that validates against `c2.xsd`.

    Raises:
        ValueError: it does not (a fault of this program).
    """
    root = etree.Element("ADI", BizDomain="0")
    objects = etree.SubElement(root, "Objects")
    for item in made.objects:
        element = etree.SubElement(
            objects, "Object", ElementType=item.element_type, ID=item.code, Code=item.code, Action=item.action
        )
        _properties(element, item.properties)
    mappings = etree.SubElement(root, "Mappings")
    for link in made.mappings:
        element = etree.SubElement(
            mappings,
            "Mapping",
            ParentType=link.parent_type,
            ParentID=link.parent_code,
            ParentCode=link.parent_code,
            ElementType=link.element_type,
            ElementID=link.element_code,
            ElementCode=link.element_code,
            Action=link.action,
        )
        _properties(element, link.properties)
    etree.indent(root)
    try:
        etree.XMLSchema(etree.parse(str(SCHEMA))).assertValid(root)
    except etree.DocumentInvalid as error:
        raise ValueError(f"c2.xml: {error}") from error
    return etree.tostring(root, xml_declaration=True, encoding="UTF-8") + b"\n"


def _programme(
    submission: Submission, item: Programme, title: str, *, high: bool, episode: bool
) -> tuple[Property, ...]:
    values = {
        "Name": title,
        "OriginalName": submission.title.en if not isinstance(submission.title, str) and not episode else None,
        "Language": "、".join(map(_named, item.spoken or submission.languages)) or None,
        "LicensingWindowStart": f"{submission.licence.start:%Y%m%d}000000" if submission.licence else None,
        "LicensingWindowEnd": f"{submission.licence.until:%Y%m%d}235959" if submission.licence else None,
        "Macrovision": "0",
        "Description": submission.synopsis,
        "Status": "1",
        "SourceType": "1",
        "SeriesFlag": "1" if episode else "0",
        "Type": _TYPES[submission.kind.value],
        # C2 has no object for subtitles: their languages are keywords, their files stand in a field that is free
        "Keywords": ";".join(f"{_named(code)}字幕" for code in item.subtitles) or None,
        "Tags": submission.column,
        "Reserve1": ";".join(f"{code}={path}" for code, path in item.subtitles.items()) or None,
        "DefinitionFlag": "1" if high else "0",
    }
    return tuple(Property(name=name, text=text) for name, text in values.items() if text is not None)


def _series(submission: Submission, episodes: int) -> tuple[Property, ...]:
    """C2 3.0 clause 3.13, whose spelling of VolumnCount live files share."""
    values = {
        "Name": submission.title_zh,
        "LicensingWindowStart": f"{submission.licence.start:%Y%m%d}000000" if submission.licence else None,
        "LicensingWindowEnd": f"{submission.licence.until:%Y%m%d}235959" if submission.licence else None,
        "Macrovision": "0",
        "VolumnCount": str(episodes),
        "Status": "1",
        "Description": submission.synopsis,
        "Type": _TYPES[submission.kind.value],
        "Tags": submission.column,
    }
    return tuple(Property(name=name, text=text) for name, text in values.items() if text is not None)


def _named(code: str) -> str:
    return _LANGUAGE_NAMES.get(code, code)


def _movie(item: Rendition, title: str, sizes: dict[str, int], budget: MuxBudget) -> tuple[Property, ...]:
    video = item.media.video[0]
    path = item.files[0].path
    # the rates that were asked for and held: MediaInfo's average of a short stream counts its filling too
    rate, sound = budget.video_bps // 1000, budget.audio_bps // budget.audio_tracks // 1000
    fields = video.scan is Scan.INTERLACED
    pictures = round(video.frame_rate or 25)
    aac = bool(item.media.audio) and item.media.audio[0].codec == "AAC"
    form = f"{video.height}{'I' if fields else 'P'}-{pictures}-{'AAC' if aac else 'MP2'}"
    values = {
        **({"Name": f"{title}（{_named(item.burnt)}字幕）"} if item.burnt else {}),
        "Type": "1",
        "FileURL": path,
        "SourceDRMType": "0",
        "DestDRMType": "0",
        "AudioType": "4" if budget.audio_tracks > 1 else "2",  # stereo, or more than one of it
        "ScreenFormat": "1",
        "ClosedCaptioning": "1" if item.burnt else "0",
        "Duration": c2_duration(item.frames or 0, pictures),
        "FileSize": str(sizes[path]),
        "BitRateType": {8000: "6", 2000: "4"}.get(rate, "0"),
        "VideoType": "1",
        "AudioFormat": "2" if aac else "1",
        "Resolution": {1080: "7" if fields else "8", 720: "6", 576: "5"}.get(video.height, "5"),
        "Video Profile": "5" if (video.profile or "").startswith("High") else "4",
        "System Layer": "1",
        "MediaSepc": f"TS-CBR-H264-{rate}-{form}-{sound}",
    }
    return tuple(Property(name=name, text=text) for name, text in values.items())


def _lines(item: Rendition) -> int:
    return item.media.video[0].height if item.media.video else 0


def _properties(element: etree._Element, properties: Sequence[Property]) -> None:
    for item in properties:
        etree.SubElement(element, "Property", Name=item.name).text = item.text
