from __future__ import annotations

import hashlib
import subprocess
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.ffmpeg import capability, processor
from pipeline.model.capability import Capability
from pipeline.plan import needs


def test_the_shipped_ffmpeg_has_all_that_plans_use(able: Capability) -> None:
    assert needs.missing(able) == []
    assert able.version
    assert len(able.filters) > 200


def test_a_build_is_asked_once(ffmpeg: Path, tmp_path: Path) -> None:
    first = capability.look(ffmpeg, tmp_path)
    remembered = next(tmp_path.glob("ffmpeg-*.json"))
    before = remembered.stat().st_mtime_ns
    assert capability.look(ffmpeg, tmp_path) == first
    assert remembered.stat().st_mtime_ns == before


def test_another_ffmpeg_can_be_set_and_must_be_there(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    other = tmp_path / "ffmpeg"
    other.write_text("#!/bin/sh\necho 'ffmpeg version mine Copyright'\n")
    other.chmod(0o755)
    monkeypatch.setenv("SHOWCASE_FFMPEG", str(other))
    assert capability.look(capability.executable(), tmp_path / "c").version == "mine"
    assert needs.missing(capability.look(other, tmp_path / "c"))
    monkeypatch.setenv("SHOWCASE_FFMPEG", str(tmp_path / "none"))
    with pytest.raises(EnvironmentFault, match="ffmpeg_missing"):
        capability.executable()


def test_where_nothing_can_be_remembered_it_is_asked_again(ffmpeg: Path, tmp_path: Path, able: Capability) -> None:
    (tmp_path / "file").touch()
    assert capability.look(ffmpeg, tmp_path / "file" / "cache") == able


FLAGS = "processor\t: 0\nmodel name\t: any\nflags\t\t: fpu sse4_2 {}\n\n"


@pytest.mark.parametrize(
    ("told", "lacking"),
    [
        (FLAGS.format("avx avx2 fma"), ()),
        (FLAGS.format("avx fma"), ("avx2",)),
        (FLAGS.format("avx avx2"), ("fma",)),
        ("processor\t: 0\nFeatures\t: fp asimd\n", ("avx2", "fma")),
        ("processor\t: 0\n", ()),
    ],
)
def test_what_a_processor_lacks_is_read_of_it(told: str, lacking: tuple[str, ...], tmp_path: Path) -> None:
    (file := tmp_path / "cpuinfo").write_text(told)
    assert processor.lacking(file) == lacking
    assert processor.lacking(tmp_path / "none") == ()


def test_a_processor_whose_bytes_differ_marks_the_build(
    ffmpeg: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    builds = []
    for lacks in ((), ("avx2",), ("fma",), ("avx2", "fma")):
        monkeypatch.setattr(processor, "lacking", lambda lacks=lacks: lacks)
        builds.append(capability.look(ffmpeg, tmp_path).build)  # one cache: a home that several machines share
    said = subprocess.run([ffmpeg, "-nostdin", "-hide_banner", "-version"], capture_output=True, check=True).stdout
    assert builds[0] == hashlib.sha256(said).hexdigest()[:16]
    assert len(set(builds)) == 4
