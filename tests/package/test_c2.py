"""A programme as a C2 work order: what it says in each dialect, and what its codes are made of."""

from __future__ import annotations

import pytest
from lxml import etree

from pipeline import shipped
from pipeline.model.media import Scan
from pipeline.model.plan import OutputForm
from pipeline.model.programme import Programme
from pipeline.model.submission import Submission
from pipeline.package.metadata import c2
from pipeline.package.programme import PackagedPart
from tests.factories import audio, inspection, video
from tests.programmes import planned, programme, rendition

PROFILES = shipped.folder("profiles")
SUBMISSION = Submission.model_validate_json(
    '{"schema_version":1,"id":"650000-x","title":"t","synopsis":"a < b","column":"七一","media":[{"file":"f","role":'
    '"main"}],"licence":{"from":"2026-07-01","until":"2029-06-30"}}'
)


def film(title: str = "我们的村医 <&> \"'", submission: Submission = SUBMISSION, revision: int = 2) -> Programme:
    renditions = (
        rendition("iptv-hd", OutputForm.MPEGTS),
        rendition("iptv-sd", OutputForm.MPEGTS),
        rendition("poster", OutputForm.POSTER),
    )
    part = PackagedPart(1, planned("iptv-hd", "iptv-sd"), renditions, {"uig": "subtitles/uig.vtt"})
    return programme(submission.model_copy(update={"title": title}), revision, [(part, 1, title)])


def rendered(told: Programme) -> etree._Element:
    content = c2.render(told)
    assert content is not None
    return etree.fromstring(content)


def values_of(root: etree._Element, kind: str) -> list[dict[str | None, str | None]]:
    return [
        {item.get("Name"): item.text for item in found}
        for found in root.findall(f"Objects/Object[@ElementType='{kind}']")
    ]


def test_the_order_validates_and_says_what_the_spec_asks() -> None:
    root = rendered(film())
    (values,) = values_of(root, "Program")
    assert values["Name"] == "我们的村医 <&> \"'"
    assert values["LicensingWindowEnd"] == "20290630235959"
    assert (values["Keywords"], values["Reserve1"]) == ("维吾尔语字幕", "uig=subtitles/uig.vtt")
    movies = values_of(root, "Movie")
    assert [movie["Duration"] for movie in movies] == ["00002400", "00002400"]
    assert [movie["MediaSepc"] for movie in movies] == [
        "TS-CBR-H264-8000-1080P-25-MP2-192",
        "TS-CBR-H264-2000-1080P-25-MP2-192",
    ]
    assert len(root.findall("Mappings/Mapping")) == 3
    codes = [item.get("Code") for item in root.findall("Objects/Object")]
    assert len(set(codes)) == 4
    assert all(code and len(code) <= 32 and code.isalnum() for code in codes)


# codec of the sound, width, lines, fields: AudioFormat, Resolution, DefinitionFlag, descriptor
STREAMS: list[tuple[str, int, int, Scan, tuple[str | None, str | None, str, str]]] = [
    ("MPEG Audio", 1920, 1080, Scan.PROGRESSIVE, ("1", "8", "1", "1080P-25-MP2")),
    ("MPEG Audio", 1920, 1080, Scan.INTERLACED, ("1", "7", "1", "1080i-25-MP2")),
    ("AAC", 1280, 720, Scan.PROGRESSIVE, ("2", "6", "1", "720P-25-AAC")),
    ("MPEG Audio", 720, 576, Scan.PROGRESSIVE, ("1", "5", "0", "576P-25-MP2")),
    ("MPEG Audio", 720, 480, Scan.PROGRESSIVE, ("1", "5", "0", "480P-25-MP2")),
    ("AC-3", 1920, 1080, Scan.PROGRESSIVE, (None, "8", "1", "1080P-25-AC3")),
    ("AC-3", 720, 576, Scan.INTERLACED, (None, "5", "0", "576i-25-AC3")),
    ("MPEG Audio", 3840, 2160, Scan.PROGRESSIVE, ("1", "9", "3", "2160P-25-MP2")),
    ("MPEG Audio", 4096, 2160, Scan.PROGRESSIVE, ("1", "10", "3", "2160P-25-MP2")),
    ("MPEG Audio", 2560, 1440, Scan.PROGRESSIVE, ("1", None, "1", "1440P-25-MP2")),
    ("MPEG Audio", 544, 576, Scan.PROGRESSIVE, ("1", "4", "0", "3/4D1-25-MP2")),
    ("MPEG Audio", 640, 360, Scan.PROGRESSIVE, ("1", None, "0", "360P-25-MP2")),
]


@pytest.mark.parametrize(("codec", "width", "height", "scan", "told"), STREAMS)
def test_a_movie_is_declared_as_what_it_is(
    codec: str, width: int, height: int, scan: Scan, told: tuple[str | None, str | None, str, str]
) -> None:
    media = inspection(video_tracks=(video(width=width, height=height, scan=scan),), audio_tracks=(audio(codec=codec),))
    plan = planned("x", audio_codec=codec, size=(width, height), interlaced=scan is Scan.INTERLACED)
    part = PackagedPart(1, plan, (rendition("x", OutputForm.MPEGTS, media.media),), {})
    root = rendered(programme(SUBMISSION, 1, [(part, 1, "t")]))
    ((movie,), (own,)) = values_of(root, "Movie"), values_of(root, "Program")
    assert (movie.get("AudioFormat"), movie.get("Resolution"), own["DefinitionFlag"]) == told[:3]
    assert movie["MediaSepc"] == f"TS-CBR-H264-8000-{told[3]}-192"


def test_what_has_no_stream_is_not_for_the_head_end() -> None:
    part = PackagedPart(1, planned(), (rendition("poster", OutputForm.POSTER),), {})
    assert c2.render(programme(SUBMISSION, 1, [(part, 1, "t")])) is None


def test_an_episodes_number_counts_what_is_played_and_what_will_come() -> None:
    course = Submission.model_validate_json(
        '{"schema_version":1,"id":"650000-x","title":"t","kind":"course","parts":[{"id":"01"},{"id":"02"},{"id":"03"},'
        '{"id":"04"}],"media":[{"file":"b","role":"main","part":"02"},{"file":"d","role":"main","part":"04"}]}'
    )
    heard = PackagedPart("02", planned(), (), {})
    seen = PackagedPart("04", planned("x"), (rendition("x", OutputForm.MPEGTS),), {})
    root = rendered(programme(course, 1, [(heard, 2, "b"), (seen, 4, "d")]))
    assert [item["VolumnCount"] for item in values_of(root, "Series")] == ["3"]
    assert root.xpath("Mappings/Mapping/Property[@Name='Sequence']/text()") == ["3"]
