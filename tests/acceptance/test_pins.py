"""What stands stays: every byte of the packages, every profile's digest, every line of JSON, as they were pinned.

`PINS=write pytest -m acceptance tests/acceptance/test_pins.py` writes them anew; the diff is reviewed. A pin moves only
with a fault that was mended, and the commit that moves it says which.
"""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pipeline import extends, shipped
from pipeline.plan import load
from tests.conftest import Result, Showcase
from tests.factories import PROFILES

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]

PINS = Path(__file__).parent / "pins"
SAMPLES = ("film", "course", "languages")
CLOCKS = ("at", "since", "ready_at", "modified")  # values that a clock decides
EVENT = "..."

# 4 s of 1080i25 in MPEG-2 with two languages: fields that move, coded by one thread so that its bytes repeat
MPEG2 = (
    *("-f", "lavfi", "-i", "testsrc2=s=1920x1080:r=50,scroll=h=0.004,interlace=scan=tff,setparams=field_mode=tff"),
    *("-f", "lavfi", "-i", "aevalsrc='0.2*sin(2*PI*440*t)*(0.6+0.4*sin(2*PI*t))|0.2*sin(2*PI*660*t)':s=48000"),
    *("-f", "lavfi", "-i", "aevalsrc='0.1*sin(2*PI*330*t)*(0.6+0.4*sin(3*PI*t))|0.1*sin(2*PI*550*t)':s=48000"),
    *("-map", "0", "-map", "1", "-map", "2", "-t", "4", "-threads", "1", "-fflags", "+bitexact", "-flags", "+bitexact"),
    *("-c:v", "mpeg2video", "-b:v", "30M", "-maxrate", "30M", "-bufsize", "10M", "-pix_fmt", "yuv420p"),
    *("-flags:v", "+ilme+ildct+bitexact", "-g", "12", "-bf", "2", "-aspect", "16:9"),
    *("-colorspace", "bt709", "-color_primaries", "bt709", "-color_trc", "bt709"),
    *("-c:a", "mp2", "-b:a", "256k", "-metadata:s:a:0", "language=zho", "-metadata:s:a:1", "language=rus"),
)
SUBMISSION = """\
schema_version: 1
id: 654300-mpeg2
title: {zh: 边疆的路, en: Roads}
prefecture: 阿勒泰地区
languages: [zho]
media:
  - {file: film.mpg, role: main}
"""


def scrubbed(value: Any, folder: Path) -> Any:
    """JSON without what a clock or a place decides."""
    if isinstance(value, dict):
        return {
            key: EVENT if key in CLOCKS and item is not None else scrubbed(item, folder) for key, item in value.items()
        }
    if isinstance(value, list):
        return [scrubbed(item, folder) for item in value]
    return value.replace(str(folder), EVENT) if isinstance(value, str) else value


def held_to(name: str, found: Any) -> None:
    """Compare with the pin of this name, or write it."""
    path = PINS / f"{name}.json"
    if os.environ.get("PINS") == "write":
        path.write_text(json.dumps(found, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    assert found == json.loads(path.read_text(encoding="utf-8"))


def said(result: Result, folder: Path) -> dict[str, Any]:
    """Exit code and JSON Lines of a command."""
    return {"exit": result.code, "rows": scrubbed(result.rows, folder)}


def timeless(batch: dict[str, Any]) -> dict[str, Any]:
    """A batch without what its films took."""
    taken = {"seconds", "usage"}
    rows = [
        {key: EVENT if key in taken and item is not None else item for key, item in row.items()}
        for row in batch["rows"]
    ]
    return {**batch, "rows": rows}


def digests(showcase: Showcase, result: Result) -> dict[str, str]:
    """Every file of the delivered package with its digest, by its place."""
    folder = Path(str(result.rows[-1]["package"]))
    rows = (line.split("  ", 1) for line in (folder / "checksums.sha256").read_text().splitlines())
    return {"id": folder_id(result), **{path: digest for digest, path in rows}}


def folder_id(result: Result) -> str:
    """The package's id."""
    return str(result.rows[-1]["delivery"]["package_id"])  # type: ignore[index]


def pinned(showcase: Showcase, name: str) -> None:
    """The whole way of one submission in the workspace."""
    given = Path(name) / "submission.yaml"
    held_to(f"{name}.check", said(showcase("check", given, "--json", "--lang", "zh"), showcase.folder))
    planned = showcase("run", "-n", given, "--accept", "pinned", "--json", "--lang", "zh")
    held_to(f"{name}.plan", said(planned, showcase.folder))
    ran = showcase("run", given, "--accept", "pinned", "--json", "--lang", "zh", timeout=600)
    assert ran.code == 0, ran.err
    held_to(f"{name}.package", digests(showcase, ran))
    held_to(f"{name}.run", scrubbed(ran.rows[-1], showcase.folder))
    verified = showcase("verify", str(ran.rows[-1]["package"]), "--json", "--lang", "zh", timeout=600)
    held_to(f"{name}.verify", said(verified, showcase.folder))


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.usefixtures("served")
def test_a_sample_is_delivered_as_it_was(name: str, showcase: Showcase) -> None:
    shutil.copytree(shipped.folder("samples") / name, showcase.folder / name)
    pinned(showcase, name)
    held_to(f"{name}.status", said(showcase("status", "--json", "--lang", "zh"), showcase.folder))


@pytest.mark.usefixtures("served")
def test_a_film_in_fields_and_a_batch_are_delivered_as_they_were(
    showcase: Showcase, lavfi: Callable[..., Path]
) -> None:
    film = showcase.folder / "mpeg2"
    film.mkdir()
    shutil.copy(lavfi(*MPEG2, suffix=".mpg"), film / "film.mpg")
    (film / "submission.yaml").write_text(SUBMISSION, encoding="utf-8")
    pinned(showcase, "mpeg2")
    many = showcase.folder / "many"
    shutil.copytree(shipped.folder("samples") / "course", many / "course")
    shutil.copy(shipped.folder("samples") / "film" / "faulty.mp4", many / "faulty.mp4")
    (many / "text.mp4").write_text("no film")
    planned = said(showcase("batch", "many", "-n", "--json", "--lang", "zh"), showcase.folder)
    held_to("batch.plan", timeless(planned))
    batch = said(showcase("batch", "many", "--json", "--lang", "zh", timeout=600), showcase.folder)
    held_to("batch", timeless(batch))
    held_to("status", said(showcase("status", "--json", "--lang", "zh"), showcase.folder))


def test_each_shipped_profile_has_its_digest() -> None:
    held_to("profiles", {name: load.profile(name, PROFILES).digest() for name in extends.names(PROFILES)})


def test_each_shipped_set_holds_its_profiles() -> None:
    names = extends.names([folder / "sets" for folder in PROFILES])
    held_to("sets", {name: [item.digest() for item in load.profile_set(name, PROFILES)[1]] for name in names})
