"""The sample course from a producer's folder to a station's stick, a command a step; killed, and without the machine's
fonts; and which page each picture shows."""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline import shipped
from pipeline.documents import pages
from samples import lessons
from tests.conftest import MEANT, Result, Showcase, code_quickly, store_kept_up, wait_for_none

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(3600)]

ID = "653100-sample-course"
INIT = ("init", "course", "--prefecture", "喀什地区", "--title", "棉花栽培入门", "--id", ID)
LONG_S = 3000
SMALL = (108, 192)
# where the slides of a lecture stand beside the lecturer: left, top, width and height as shares of the picture
BESIDE = (0.025, 0.15, 0.7, 0.7)
WHOLE = (0.0, 0.0, 1.0, 1.0)
PAGE_S = 12.0
SLIDES = {
    "01": (f"{lessons.SOWING}.pdf", BESIDE),
    "02": (f"{lessons.CARE}.uig.pdf", WHOLE),
    "03": (f"{lessons.PESTS}.pdf", WHOLE),
}
FONT_FOLDERS = ("/usr/share/fonts", "/usr/share/X11/fonts", "/usr/share/ghostscript/fonts", "/usr/local/share/fonts")
QUICK, SHIPPED = "quick", "as shipped"


def producers_folder(folder: Path, how: str) -> Showcase:
    """A workspace with the course's files in it, and no submission."""
    shutil.copytree(
        shipped.folder("samples") / "course", folder / "course", ignore=shutil.ignore_patterns("submission.yaml")
    )
    (folder / "showcase.toml").write_text(MEANT)
    if how == QUICK:
        code_quickly(folder)
    return Showcase(folder)


def checksums(package: Path) -> dict[str, str]:
    rows = (line.split("  ", 1) for line in (package / "checksums.sha256").read_text().splitlines())
    return {name: digest for digest, name in rows}


def made_in(folder: Path) -> tuple[str, dict[str, str]]:
    """The id of the one package of a workspace, and the digest of every file in it."""
    (package,) = (folder / ".showcase" / "work" / "package").glob("*/package")
    return json.loads((package / "package.json").read_text())["package_id"], checksums(package)


@dataclass(frozen=True)
class Way:
    """The whole way, walked: the answer of each step, the package as it was pulled, and the stick."""

    folder: Path
    steps: dict[str, Result]
    package: Path
    stick: Path

    @property
    def manifest(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads((self.package / "package.json").read_text())
        return found

    def streams(self, part: str) -> dict[str, list[Path]]:
        """The files of each stream of pictures that a part is shown as, without subtitles in them."""
        root = self.package / f"part{part}"
        found = {name: [root / "ts" / f"{name}.ts"] for name in ("iptv-hd", "iptv-sd")}
        for rung in sorted((root / "hls").glob("*/iframes.m3u8")):
            found[f"hls {rung.parent.name}"] = [rung.parent / "init.mp4", *sorted(rung.parent.glob("[0-9]*.m4s"))]
        return {name: files for name, files in found.items() if files[0].is_file()}


def walked(folder: Path, how: str) -> Way:
    """A command a step."""
    showcase = producers_folder(folder, how)
    steps: dict[str, Result] = {}
    with store_kept_up(showcase):
        for words in (
            INIT,
            ("check", "course/submission.yaml"),
            ("submit", "course/submission.yaml"),
            ("inbox",),
            ("review", ID),
            ("review", ID, "--approve"),
            ("run", ID),
            ("pull", "--to", "incoming"),
        ):
            steps[" ".join(words[:1] if words[0] == "init" else words)] = showcase(*words, timeout=LONG_S)
        (package,) = (folder / "incoming").glob("*/*/package.json")
        for words in (("verify", str(package.parent)), ("offline", "incoming", "--to", "stick")):
            steps[words[0]] = showcase(*words, timeout=LONG_S)
    assert wait_for_none(folder) == []
    return Way(folder, steps, package.parent, folder / "stick")


@pytest.fixture(scope="module")
def ways() -> dict[str, Way]:
    return {}


@pytest.fixture
def way(ways: dict[str, Way], tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Way]:
    """`way(how)`: walked once for all tests here."""

    def find(how: str) -> Way:
        if how not in ways:
            ways[how] = walked(tmp_path_factory.mktemp(how.replace(" ", "-")), how)
        return ways[how]

    return find


@pytest.mark.parametrize("how", [QUICK, SHIPPED])
def test_each_step_is_a_command_that_succeeds(how: str, way: Callable[[str], Way]) -> None:
    found = way(how)
    assert {name: (step.code, step.err) for name, step in found.steps.items() if step.code != 0} == {}
    parts = [(part["id"], part["unit"]) for part in found.manifest["parts"]]
    assert parts == [("01", "第一单元"), ("02", "第一单元"), ("03", "第二单元")]
    handed_in = {item["file"]: item["role"] for item in found.manifest["files"] if item.get("file")}
    assert handed_in == {
        f"{lessons.SOWING}.pdf": "slides",
        f"{lessons.CARE}.uig.pdf": "slides",
        f"{lessons.PESTS}.pdf": "slides",
        f"{lessons.PESTS}-讲义.docx": "document",
    }
    stick = sorted(path.relative_to(found.stick).as_posix() for path in found.stick.rglob("*") if path.is_file())
    titles = ("01-棉花播种", "02-田间管理", "03-病虫害防治")
    for title in titles:
        assert f"课程/棉花栽培入门/{title}.html" in stick
        assert f"电视/棉花栽培入门/{title}.mp4" in stick
    assert "index.html" in stick
    assert [name for name in stick if name.endswith(".docx")] == [f"课程/棉花栽培入门/资料/{titles[2]}-讲义.docx"]


def kill_while_slides_are_drawn(showcase: Showcase, *words: str) -> None:
    """Start the command, and end it at once as soon as it draws the next deck that was not drawn before."""
    drawn = {event["key"] for event in showcase.events() if event.get("stage") == "slides"}
    running = subprocess.Popen(
        showcase.argv(*words),
        cwd=showcase.folder,
        env={**os.environ, **showcase.environment},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    while not any(
        event["event"] == "stage.started" and event["stage"] == "slides" and event["key"] not in drawn
        for event in showcase.events()
    ):
        assert running.poll() is None
        time.sleep(0.01)
    os.killpg(running.pid, signal.SIGKILL)
    running.wait()
    assert wait_for_none(showcase.folder / "course") == []


def test_killed_while_slides_are_drawn_it_makes_the_same_package(way: Callable[[str], Way], tmp_path: Path) -> None:
    other = made_in(way(QUICK).folder)
    showcase = producers_folder(tmp_path / "killed", QUICK)
    assert showcase(*INIT).code == 0
    with store_kept_up(showcase):
        kill_while_slides_are_drawn(showcase, "run", "course/submission.yaml")
        again = showcase("run", "course/submission.yaml", timeout=LONG_S)
    assert again.code == 0, again.err
    assert made_in(showcase.folder) == other
    assert wait_for_none(showcase.folder) == []


def test_without_the_machines_fonts_it_makes_the_same_package(way: Callable[[str], Way], tmp_path: Path) -> None:
    other = made_in(way(QUICK).folder)
    showcase = producers_folder(tmp_path / "hidden", QUICK)
    assert showcase(*INIT).code == 0
    hidden = [folder for folder in FONT_FOLDERS if Path(folder).is_dir()]
    assert hidden, "the machine has no fonts that could be hidden: Debian package fonts-dejavu"
    for name in ("HOME", "XDG_DATA_HOME", "FONTCONFIG_PATH"):
        folder = tmp_path / name.lower()
        folder.mkdir()
        showcase.environment[name] = str(folder)
    mounts = "".join(f'mount -t tmpfs none {folder} && test -z "$(ls -A {folder})" && ' for folder in hidden)
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c", f'{mounts}exec "$@"', "sh"]
    with store_kept_up(showcase):
        subprocess.run(
            [*words, *showcase.argv("run", "course/submission.yaml")],
            cwd=showcase.folder,
            env={**os.environ, **showcase.environment},
            check=True,
            stdout=subprocess.DEVNULL,
            timeout=LONG_S,
        )
    assert made_in(showcase.folder) == other
    assert wait_for_none(showcase.folder) == []


@dataclass(frozen=True)
class Viewer:
    """Sees pictures small and grey."""

    ffmpeg: Path
    fonts: Path

    def grey(self, *before: str, given: bytes, area: tuple[float, float, float, float] = WHOLE) -> NDArray[np.int16]:
        left, top, width, height = area
        crop = f"crop=iw*{width}:ih*{height}:iw*{left}:ih*{top}"
        chain = f"{crop},scale={SMALL[1]}:{SMALL[0]}:out_range=tv,format=gray"
        words = [str(self.ffmpeg), "-v", "error", *before, "-i", "-", "-vf", chain, "-fps_mode", "passthrough"]
        words += ["-f", "rawvideo", "-"]
        raw = subprocess.run(words, input=given, capture_output=True, check=True).stdout
        return np.frombuffer(raw, np.uint8).reshape(-1, *SMALL).astype(np.int16)

    def pages(self, deck: Path) -> NDArray[np.int16]:
        """Every page of a deck."""
        raw = ("-f", "rawvideo", "-pixel_format", "bgr24", "-video_size", "1920x1080")
        count = len(pages.look(deck, self.fonts).pages)
        with pages.pictures(deck, self.fonts, range(1, count + 1), 1.0) as drawn:
            return np.concatenate([self.grey(*raw, given=picture) for picture in drawn.pictures])

    def shown(self, files: list[Path], known: NDArray[np.int16], area: tuple[float, float, float, float]) -> list[int]:
        """The page that each picture of a stream shows: the nearest of all."""
        frames = self.grey(given=b"".join(path.read_bytes() for path in files), area=area)
        return [1 + int(np.abs(known - frame).mean(axis=(1, 2)).argmin()) for frame in frames]


@pytest.fixture
def viewer(ffmpeg: Path, font_folder: Path) -> Viewer:
    return Viewer(ffmpeg, font_folder)


def meant(part: str, frames: int, count: int) -> list[int]:
    """The page that each picture is to show: by the table of times, else each page as long; the last one to the end."""
    lesson = {"01": lessons.SOWING, "02": lessons.CARE}.get(part, "")
    turns = [(at, page) for at, page, _ in lessons.TURNS.get(lesson, ())]
    turns = turns or [(PAGE_S * number, number + 1) for number in range(count)]
    starts = [math.floor(at * 25 + 0.5) for at, _ in turns]
    ends = [*starts[1:], frames]
    return [page for (_, page), start, end in zip(turns, starts, ends, strict=True) for _ in range(end - start)]


@pytest.mark.parametrize("how", [QUICK, SHIPPED])
@pytest.mark.parametrize("part", SLIDES)
def test_each_picture_shows_the_right_page(how: str, part: str, way: Callable[[str], Way], viewer: Viewer) -> None:
    found = way(how)
    deck, area = SLIDES[part]
    known = viewer.pages(found.folder / "course" / deck)
    least_s = {"01": lessons.LECTURE_S, "02": lessons.LESSON_S}.get(part, PAGE_S * len(known))
    streams = found.streams(part)
    assert {"iptv-hd", "iptv-sd"} <= streams.keys()
    assert [name for name in streams if name.startswith("hls")]
    for name, files in streams.items():
        seen = viewer.shown(files, known, area)
        assert least_s * 25 <= len(seen) <= least_s * 25 + 2, name
        assert seen == meant(part, len(seen), len(known)), name
        print(f"part {part}, {name}, {how}: {len(seen)} pictures, each the right page")
