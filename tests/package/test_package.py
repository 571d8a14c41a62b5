from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest
from lxml import etree

from pipeline import durable
from pipeline.model.plan import MuxBudget, OutputForm, Tiles
from pipeline.model.rendition import Rendition, StoredFile
from pipeline.model.submission import Submission
from pipeline.package import build, checksums, side_files
from pipeline.package.metadata import c2
from tests.factories import audio, inspection

FILES = (StoredFile(path="ts/a.ts", size_bytes=3, sha256="ab" * 32),)


def rendition(name: str, form: OutputForm) -> Rendition:
    files = (StoredFile(path=f"x/{name}", size_bytes=5, sha256="00" * 32),)
    return Rendition(
        name=name,
        profile=name,
        form=form,
        language="zho",
        files=files,
        frames=600,
        media=inspection(audio_tracks=(audio(codec="MPEG Audio"),)).media,
    )


def order(title: str = "我们的村医 <&> \"'") -> c2.WorkOrder:
    submission = Submission.model_validate_json(
        '{"schema_version":1,"title":"t","synopsis":"a < b","column":"七一","media":[{"file":"f","role":"main"}],'
        '"licence":{"from":"2026-07-01","until":"2029-06-30"}}'
    ).model_copy(update={"title": title})
    renditions = [
        rendition("iptv-hd", OutputForm.MPEGTS),
        rendition("iptv-sd", OutputForm.MPEGTS),
        rendition("poster", OutputForm.POSTER),
    ]
    budget = MuxBudget(video_bps=8_000_000, audio_bps=192_000, needed_bps=8_940_000, muxrate_bps=8_940_000)
    budgets = {"iptv-hd": budget, "iptv-sd": budget.model_copy(update={"video_bps": 2_000_000})}
    files = [build.PackageFile(**item.files[0].model_dump(), role="x") for item in renditions]
    programmes = [c2.Programme(1, title, tuple(renditions), budgets)]
    made = c2.order(submission, identity="650000-x", revision=2, programmes=programmes, files=files)
    assert made is not None
    return made


def test_the_order_validates_and_says_what_the_spec_asks() -> None:
    root = etree.fromstring(c2.render(order()))
    programme = root.find("Objects/Object[@ElementType='Program']")
    assert programme is not None
    values = {item.get("Name"): item.text for item in programme}
    assert values["Name"] == "我们的村医 <&> \"'"
    assert values["LicensingWindowEnd"] == "20290630235959"
    movies = root.findall("Objects/Object[@ElementType='Movie']")
    assert len(movies) == 2
    assert {item.text for item in movies[0] if item.get("Name") == "Duration"} == {"00002400"}
    descriptors = [item.text for movie in movies for item in movie if item.get("Name") == "MediaSepc"]
    assert descriptors == ["TS-CBR-H264-8000-1080P-25-MP2-192", "TS-CBR-H264-2000-1080P-25-MP2-192"]
    assert len(root.findall("Mappings/Mapping")) == 3
    codes = [item.get("Code") for item in root.findall("Objects/Object")]
    assert len(set(codes)) == 4
    assert all(code and len(code) <= 32 and code.isalnum() for code in codes)


def test_codes_are_pinned_and_change_with_the_revision_only_where_they_should() -> None:
    assert c2.code("P", "650000-x") == c2.code("P", "650000-x")
    assert c2.code("M", "650000-x", "1", "iptv-hd") != c2.code("M", "650000-x", "2", "iptv-hd")


def test_control_characters_can_not_reach_the_order() -> None:
    with pytest.raises(ValueError, match="XML"):
        c2.render(order("a\x01b"))


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
    found = checksums.compare(tmp_path, listed, allowed=frozenset())
    assert {(item.path, item.kind) for item in found} == {
        ("changed", "differs"),
        ("gone", "missing"),
        ("more", "extra"),
    }


@pytest.mark.parametrize("path", ["/etc/passwd", "../x", "a/../../x", "a\\b", ""])
def test_a_listed_path_never_leaves_the_package(path: str) -> None:
    with pytest.raises(ValueError, match="bad line"):
        checksums.parse(f"{'0' * 64}  {path}\n".encode())


def test_thumbnails_name_each_tile_once() -> None:
    tiles = Tiles(columns=2, rows=2, width=160, height=90, step_s=1.0, count=3)
    text = side_files.thumbnails(tiles, 2.5, "sprite.jpg")
    assert "00:00:02.000 --> 00:00:02.500\nsprite.jpg#xywh=0,90,160,90" in text
    assert text.startswith("WEBVTT\n")
    assert text.count("-->") == 3
