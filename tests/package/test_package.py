from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from pipeline import durable
from pipeline.model.base import canonical
from pipeline.model.capability import Capability
from pipeline.model.finding import Verdict
from pipeline.model.media import Media, Scan
from pipeline.model.package import Acceptance
from pipeline.model.plan import (
    Expected,
    ExpectedAudio,
    ExpectedVideo,
    MuxBudget,
    Output,
    OutputForm,
    Plan,
    Process,
    Tiles,
)
from pipeline.model.programme import Programme
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Submission
from pipeline.package import build, checksums, side_files
from pipeline.package.metadata import c2
from pipeline.package.programme import PackagedPart, programme_of
from tests.factories import audio, inspection, video

FILES = (StoredFile(path="ts/a.ts", size_bytes=3, sha256="ab" * 32),)


def rendition(name: str, form: OutputForm, media: Media | None = None) -> Rendition:
    files = (StoredFile(path=f"x/{name}", size_bytes=5, sha256="00" * 32),)
    return Rendition(
        name=name,
        profile=name,
        form=form,
        language="zho",
        files=files,
        frames=600,
        media=media or inspection(audio_tracks=(audio(codec="MPEG Audio"),)).media,
    )


def planned(
    *names: str, audio_codec: str = "MPEG Audio", size: tuple[int, int] = (1920, 1080), interlaced: bool = False
) -> Plan:
    """A plan of streams, the first with four times the rate of the others."""
    budget = MuxBudget(video_bps=8_000_000, audio_bps=192_000, needed_bps=8_940_000, muxrate_bps=8_940_000)
    outputs = tuple(
        Output(
            name=name,
            profile=name,
            form=OutputForm.MPEGTS,
            file=f"x/{name}",
            expected=Expected(
                video=ExpectedVideo(
                    codec="AVC",
                    profile="High",
                    level="4.0",
                    width=size[0],
                    height=size[1],
                    display_aspect=1.778,
                    frame_rate=25.0,
                    frames=600,
                    frames_slack=0,
                    interlaced=interlaced,
                ),
                audio=(
                    ExpectedAudio(
                        codec=audio_codec,
                        channels=2,
                        sample_rate_hz=48_000,
                        loudness_lkfs=None,
                        loudness_slack_lu=0.3,
                        true_peak_dbtp=-2.0,
                    ),
                ),
                most_bytes=1,
                mux=budget if index == 0 else budget.model_copy(update={"video_bps": 2_000_000}),
            ),
        )
        for index, name in enumerate(names)
    )
    process = Process(name="encode", argv=(), files={}, outputs=outputs)
    return Plan(
        set_name="x",
        source_sha256="0",
        source_format="mov",
        duration_s=24.0,
        frames=600,
        profiles=(),
        processes=(process,),
    )


SUBMISSION = Submission.model_validate_json(
    '{"schema_version":1,"id":"650000-x","title":"t","synopsis":"a < b","column":"七一","media":[{"file":"f","role":'
    '"main"}],"licence":{"from":"2026-07-01","until":"2029-06-30"}}'
)


def programme(title: str = "我们的村医 <&> \"'") -> Programme:
    renditions = (
        rendition("iptv-hd", OutputForm.MPEGTS),
        rendition("iptv-sd", OutputForm.MPEGTS),
        rendition("poster", OutputForm.POSTER),
    )
    part = PackagedPart(1, 1, title, planned("iptv-hd", "iptv-sd"), renditions, {"uig": "subtitles/uig.vtt"})
    return programme_of(SUBMISSION.model_copy(update={"title": title}), 2, [part])


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
    root = rendered(programme())
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


# codec of the sound, width, lines, fields: AudioFormat, Resolution, DefinitionFlag, descriptor, whether it was told so
# all along
STREAMS: list[tuple[str, int, int, Scan, tuple[str | None, str | None, str, str], bool]] = [
    ("MPEG Audio", 1920, 1080, Scan.PROGRESSIVE, ("1", "8", "1", "1080P-25-MP2"), True),
    ("MPEG Audio", 1920, 1080, Scan.INTERLACED, ("1", "7", "1", "1080I-25-MP2"), True),
    ("AAC", 1280, 720, Scan.PROGRESSIVE, ("2", "6", "1", "720P-25-AAC"), True),
    ("MPEG Audio", 720, 576, Scan.PROGRESSIVE, ("1", "5", "0", "576P-25-MP2"), True),
    ("MPEG Audio", 720, 480, Scan.PROGRESSIVE, ("1", "5", "0", "480P-25-MP2"), True),
    ("AC-3", 1920, 1080, Scan.PROGRESSIVE, (None, "8", "1", "1080P-25-AC3"), False),
    ("AC-3", 720, 576, Scan.INTERLACED, (None, "5", "0", "576I-25-AC3"), False),
    ("MPEG Audio", 3840, 2160, Scan.PROGRESSIVE, ("1", "9", "3", "2160P-25-MP2"), False),
    ("MPEG Audio", 4096, 2160, Scan.PROGRESSIVE, ("1", "10", "3", "2160P-25-MP2"), False),
    ("MPEG Audio", 2560, 1440, Scan.PROGRESSIVE, ("1", None, "1", "1440P-25-MP2"), False),
    ("MPEG Audio", 544, 576, Scan.PROGRESSIVE, ("1", "4", "0", "576P-25-MP2"), False),
    ("MPEG Audio", 640, 360, Scan.PROGRESSIVE, ("1", None, "0", "360P-25-MP2"), False),
]


@pytest.mark.parametrize(("codec", "width", "height", "scan", "told", "unchanged"), STREAMS)
def test_a_movie_is_declared_as_what_it_is(
    codec: str, width: int, height: int, scan: Scan, told: tuple[str | None, str | None, str, str], unchanged: bool
) -> None:
    media = inspection(video_tracks=(video(width=width, height=height, scan=scan),), audio_tracks=(audio(codec=codec),))
    plan = planned("x", audio_codec=codec, size=(width, height), interlaced=scan is Scan.INTERLACED)
    part = PackagedPart(1, 1, "t", plan, (rendition("x", OutputForm.MPEGTS, media.media),), {})
    root = rendered(programme_of(SUBMISSION, 1, [part]))
    ((movie,), (own,)) = values_of(root, "Movie"), values_of(root, "Program")
    assert (movie.get("AudioFormat"), movie.get("Resolution"), own["DefinitionFlag"]) == told[:3]
    assert movie["MediaSepc"] == f"TS-CBR-H264-8000-{told[3]}-192"
    assert c2.is_mended(plan.outputs[0]) is not unchanged


def test_only_a_package_whose_order_was_wrong_gets_another_id() -> None:
    acceptance = Acceptance(verdict=Verdict.ACCEPT, judgements=())
    capability = Capability.model_construct(build="b")
    ids = {}
    for name, plan in {"as it was": planned("x"), "AC-3": planned("x", audio_codec="AC-3")}.items():
        ids[name] = build.package_id(SUBMISSION, [plan], acceptance, capability)
        parts = [SUBMISSION.fingerprint(), [plan.fingerprint()], acceptance.fingerprint(), "b", build.VERSION]
        before = hashlib.sha256(canonical(parts)).hexdigest()[:20]
        assert (ids[name] == before) is (name == "as it was")
        assert (build.version_of(SUBMISSION, [plan]) == build.VERSION) is (name == "as it was")


def test_what_has_no_stream_is_not_for_the_head_end() -> None:
    part = PackagedPart(1, 1, "t", planned(), (rendition("poster", OutputForm.POSTER),), {})
    assert c2.render(programme_of(SUBMISSION, 1, [part])) is None


def test_a_picture_is_the_courses_where_the_plan_says_so() -> None:
    names = ("poster", "poster-portrait")
    plan = planned().model_copy(update={"of_course": names[1:]})
    part = PackagedPart(1, 1, "t", plan, tuple(rendition(name, OutputForm.POSTER) for name in names), {})
    (made,) = programme_of(SUBMISSION, 1, [part]).parts
    assert [(item.profile, item.of_whole) for item in made.posters] == [("poster", False), ("poster-portrait", True)]


def test_an_episodes_number_counts_what_is_played_and_what_will_come() -> None:
    course = Submission.model_validate_json(
        '{"schema_version":1,"id":"650000-x","title":"t","kind":"course","parts":[{"id":"01"},{"id":"02"},{"id":"03"},'
        '{"id":"04"}],"media":[{"file":"b","role":"main","part":"02"},{"file":"d","role":"main","part":"04"}]}'
    )
    heard = PackagedPart("02", 2, "b", planned(), (), {})
    seen = PackagedPart("04", 4, "d", planned("x"), (rendition("x", OutputForm.MPEGTS),), {})
    root = rendered(programme_of(course, 1, [heard, seen]))
    assert [item["VolumnCount"] for item in values_of(root, "Series")] == ["3"]
    assert root.xpath("Mappings/Mapping/Property[@Name='Sequence']/text()") == ["3"]


def test_codes_are_pinned_and_change_with_the_revision_only_where_they_should() -> None:
    assert c2.code("P", "650000-x") == c2.code("P", "650000-x")
    assert c2.code("M", "650000-x", "1", "iptv-hd") != c2.code("M", "650000-x", "2", "iptv-hd")


def test_control_characters_can_not_reach_the_order() -> None:
    part = PackagedPart(1, 1, "t", planned("x"), (rendition("x", OutputForm.MPEGTS),), {})
    with pytest.raises(ValueError, match="XML"):
        c2.render(programme_of(SUBMISSION.model_copy(update={"synopsis": "a\x01b"}), 1, [part]))


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no coreutils here")
def test_coreutils_reads_the_list(tmp_path: Path) -> None:
    (tmp_path / "ts").mkdir()
    (tmp_path / "ts" / "a.ts").write_bytes(b"abc")
    item = StoredFile(path="ts/a.ts", size_bytes=3, sha256=durable.digest(tmp_path / "ts" / "a.ts"))
    (tmp_path / checksums.NAME).write_bytes(checksums.render([item]))
    assert subprocess.run(["sha256sum", "-c", "--strict", checksums.NAME], cwd=tmp_path, check=False).returncode == 0


def test_differences_are_named_by_kind(tmp_path: Path) -> None:
    for name in ("same", "changed", "more"):
        (tmp_path / name).write_bytes(name.encode())
    listed = {"same": durable.digest(tmp_path / "same"), "changed": "0" * 64, "gone": "0" * 64}
    found = checksums.compare(tmp_path, listed, allowed=lambda _: False)
    assert {(item.path, item.kind) for item in found} == {
        ("changed", "differs"),
        ("gone", "missing"),
        ("more", "extra"),
    }


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a\\b", ""])
def test_a_listed_path_never_leaves_the_package(path: str) -> None:
    with pytest.raises(ValueError, match=r"0{64}"):
        checksums.parse(f"{'0' * 64}  {path}\n".encode())


def test_thumbnails_name_each_tile_once() -> None:
    tiles = Tiles(columns=2, rows=2, width=160, height=90, step_s=1.0, count=3)
    text = side_files.thumbnails(tiles, 2.5, "sprite.jpg")
    assert "00:00:02.000 --> 00:00:02.500\nsprite.jpg#xywh=0,90,160,90" in text
    assert text.startswith("WEBVTT\n")
    assert text.count("-->") == 3
