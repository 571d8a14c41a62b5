from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from pipeline import durable
from pipeline.model.plan import OutputForm, Tiles
from pipeline.model.rendition import StoredFile
from pipeline.model.submission import Submission
from pipeline.package import checksums, side_files
from pipeline.package.programme import PackagedPart
from tests.programmes import planned, programme, rendition, still

FILES = (StoredFile(path="ts/a.ts", size_bytes=3, sha256="ab" * 32),)


def test_a_picture_is_the_courses_where_the_plan_says_so() -> None:
    submission = Submission.model_validate_json(
        '{"schema_version":1,"id":"650000-x","title":"t","media":[{"file":"f","role":"main"}]}'
    )
    plan = planned().model_copy(update={"of_course": ("poster-portrait",)})
    stills = {"poster": still(), "poster-portrait": still(600, 800)}
    renditions = tuple(rendition(name, OutputForm.POSTER, media) for name, media in stills.items())
    (made,) = programme(submission, 1, [(PackagedPart(1, plan, renditions, {}), 1, "t")]).parts
    assert [(item.profile, item.is_landscape, item.of_whole) for item in made.posters] == [
        ("poster", True, False),
        ("poster-portrait", False, True),
    ]


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
