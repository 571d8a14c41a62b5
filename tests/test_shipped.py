"""What comes with the program is inside the wheel, and is found beside an editable install."""

from __future__ import annotations

import subprocess
import sys
import zipfile
from pathlib import Path

from pipeline import shipped
from tests.conftest import ROOT


def test_the_wheel_holds_profiles_policies_catalogues_schema_and_sample(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    names = set(zipfile.ZipFile(next(tmp_path.glob("*.whl"))).namelist())
    for wanted in (
        "pipeline/_shipped/profiles/iptv-hd.yaml",
        "pipeline/_shipped/profiles/policies/showcase-film.yaml",
        "pipeline/_shipped/profiles/sets/showcase-film.yaml",
        "pipeline/_shipped/samples/film/film.mp4",
        "pipeline/_shipped/samples/film/submission.yaml",
        "pipeline/catalogue/zh.toml",
        "pipeline/catalogue/en.toml",
        "pipeline/package/metadata/c2.xsd",
        "pipeline/_shipped/profiles/schema/profile.json",
        "pipeline/_shipped/samples/course/第一单元/02-田间管理.m4a",
        "pipeline/_shipped/samples/course/submission.yaml",
        "pipeline/model/regions.json",
        "pipeline/cli/locale/zh/LC_MESSAGES/messages.mo",
    ):
        assert wanted in names
    assert not [name for name in names if "tests/" in name or name.endswith(".pyc")]


def test_the_folders_are_found() -> None:
    assert (shipped.folder("profiles") / "sets" / "showcase-film.yaml").is_file()
    assert (shipped.folder("samples") / "film" / "submission.yaml").is_file()
