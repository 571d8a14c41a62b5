"""A folder for station computers: of folders and of the store, run again, mended, withdrawn."""

from __future__ import annotations

import json
import os
import subprocess
import time
from pathlib import Path
from urllib.parse import unquote

import pytest

from pipeline import durable
from pipeline.ffmpeg import capability
from tests.conftest import Showcase
from tests.station_packages import CourseFolder


def files(folder: Path) -> dict[str, tuple[int, float]]:
    """Every file with its length and when it was written."""
    found = [path for path in folder.rglob("*") if path.is_file()]
    return {path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns) for path in found}


def course(folder: Path, revision: int = 1, title: str = "播种") -> CourseFolder:
    made = CourseFolder(folder, revision=revision)
    made.part("01", title, 8.0, "第一单元", "Sowing")
    made.film("01", b"film one")
    made.deck("01", [b"page 1", b"page 2"], [(0, 1, "开场"), (3, 2, "选种")], "播种.pdf")
    made.part("02", "管理", 8.0)
    made.film("02", f"film two r{revision}".encode())
    made.put("documents/eeeeeeeeeeee.pdf", b"%PDF", "document", None, file="全书.pdf")
    return made


def test_a_second_run_copies_what_changed_and_removes_nothing_of_others(showcase: Showcase) -> None:
    course(showcase.folder / "in" / "mianhua" / "one").write()
    stick = showcase.folder / "stick"
    looked = showcase("offline", "in", "--to", "stick", "-n", "--json")
    assert (looked.code, looked.rows[0]["write"], stick.exists()) == (0, 8, False)
    made = showcase("offline", "in", "--to", "stick", "--json")
    assert made.code == 0, made.err
    assert (made.rows[0]["written"], made.rows[0]["lessons"]) == (8, 2)
    assert (stick / "电视/棉花栽培入门/02-管理.mp4").read_bytes() == b"film two r1"
    assert not (showcase.folder / ".showcase").exists()  # neither a store nor ffmpeg was wanted
    (stick / "mine.txt").write_text("mine")
    before = files(stick)
    again = showcase("offline", "in/mianhua", "--to", "stick", "--json")
    assert (again.code, again.rows[0]["written"], again.rows[0]["already"]) == (0, 0, 8)
    after = files(stick)
    assert {name for name in before if before[name] != after[name]} <= {"showcase-offline.json"}

    course(showcase.folder / "in" / "mianhua" / "two", 2, "新播种").write()
    (stick / "电视/棉花栽培入门/02-管理.mp4").write_bytes(b"film two r1"[::-1][:11])
    newer = showcase("offline", "in", "--to", "stick", "--json")
    assert (newer.code, newer.rows[0]["revision"]) == (0, 2)
    there = files(stick)
    assert (stick / "电视/棉花栽培入门/02-管理.mp4").read_bytes() == b"film two r2"
    lessons = sorted(name for name in there if name.endswith(("mp4", "html")) and "/01-" in name)
    assert lessons == ["电视/棉花栽培入门/01-新播种.mp4", "课程/棉花栽培入门/01-新播种.html"]
    assert "mine.txt" in there
    assert there["课程/棉花栽培入门/资料/全书.pdf"] == before["课程/棉花栽培入门/资料/全书.pdf"]
    assert not (stick / "showcase-offline.part").exists()


def test_of_several_those_that_are_good_are_there_and_the_rest_is_told(showcase: Showcase) -> None:
    course(showcase.folder / "good").write()
    bad = CourseFolder(showcase.folder / "bad", title="坏课", identity="653200-huai")
    bad.part("01", "一", 4.0)
    bad.film("01", b"film")
    bad.write()
    film = next((showcase.folder / "bad").rglob("*.mp4"))
    film.write_bytes(b"else")
    made = showcase("offline", "good", "bad", "nothing-here", "--to", "stick", "--json")
    assert made.code == 7
    keys = [row["error"]["key"] for row in made.rows if "error" in row]  # type: ignore[index]
    assert "offline_differs" in keys
    stick = showcase.folder / "stick"
    page = (stick / "index.html").read_text("utf-8")
    assert ("棉花栽培入门" in page, "坏课" in page) == (True, False)
    film.write_bytes(b"film")  # as `pull` mends it
    again = showcase("offline", "bad", "--to", "stick", "--json")
    assert again.code == 0, again.err
    page = (stick / "index.html").read_text("utf-8")
    assert ("棉花栽培入门" in page, "坏课" in page) == (True, True)


def test_what_is_withdrawn_is_taken_away(showcase: Showcase) -> None:
    root = course(showcase.folder / "pack").write()
    assert showcase("offline", "pack", "--to", "stick").code == 0
    (root / "WITHDRAWN.json").write_text("{}")
    told = showcase("offline", "pack", "--to", "stick", "--json")
    assert (told.code, told.rows[0]["withdrawn"], told.rows[0]["removed"]) == (0, True, 8)
    left = files(showcase.folder / "stick")
    assert sorted(left) == ["index.html", "showcase-offline.json"]
    assert "棉花" not in (showcase.folder / "stick" / "index.html").read_text("utf-8")
    never = showcase("offline", "pack", "--to", "another", "--json")
    assert (never.code, never.rows[0]["error"]["key"]) == (2, "withdrawn")  # type: ignore[index]
    assert not (showcase.folder / "another").exists()  # nothing was found, nothing is written


@pytest.mark.acceptance
@pytest.mark.usefixtures("from_delivered", "served")
def test_a_film_of_the_store_is_one_mp4_that_plays(showcase: Showcase) -> None:
    made = showcase("offline", "film", "--to", "stick", "--json")
    assert made.code == 0, made.err
    stick = showcase.folder / "stick"
    film = stick / "电视" / "film.mp4"
    shown = subprocess.run(
        [str(capability.executable()), "-hide_banner", "-i", str(film), "-f", "null", "-"],
        capture_output=True,
        text=True,
        check=True,
    ).stderr
    assert "Video: h264" in shown
    assert "Audio: aac" in shown
    assert "frame=   50" in shown
    page = (stick / "课程" / "film" / "film.html").read_text("utf-8")
    assert "../../电视/film.mp4" in unquote(page)
    assert [name for name in files(stick) if name.endswith((".ts", ".m4s", ".m3u8"))] == []
    again = showcase("offline", "film", "--to", "stick", "--json")
    assert (again.code, again.rows[0]["written"]) == (0, 0)
    assert showcase("withdraw", "film", "--reason", "版权到期").code == 0
    gone = showcase("offline", "film", "--to", "stick", "--json")
    assert (gone.code, gone.rows[0]["withdrawn"]) == (0, True)
    assert not film.exists()


def test_what_a_stopped_run_left_is_gone_on_with(showcase: Showcase) -> None:
    root = course(showcase.folder / "pack").write()
    assert showcase("offline", "pack", "--to", "stick").code == 0
    stick = showcase.folder / "stick"
    # as a power cut leaves it: claimed, a file whole in its place, one half made, one missing
    index = json.loads((stick / "showcase-offline.json").read_text())
    for item in index["items"]:
        item["shown"] = None
        for own in item["files"].values():
            own["sha256"] = None
    (stick / "showcase-offline.json").write_text(json.dumps(index))
    (stick / "电视/棉花栽培入门/01-播种.mp4").unlink()
    (stick / "index.html").unlink()
    staged = stick / "showcase-offline.part"
    staged.mkdir()
    (staged / "0123").write_bytes(b"half")
    kept = (stick / "电视/棉花栽培入门/02-管理.mp4").stat().st_mtime_ns
    os.utime(root / "package.json")
    again = showcase("offline", "pack", "--to", "stick")
    assert again.code == 0, again.err
    assert (stick / "电视/棉花栽培入门/02-管理.mp4").stat().st_mtime_ns == kept
    assert (stick / "电视/棉花栽培入门/01-播种.mp4").read_bytes() == b"film one"
    assert (stick / "index.html").exists()
    assert not staged.exists()


@pytest.mark.acceptance
def test_killed_while_it_copies_a_run_goes_on(showcase: Showcase) -> None:
    made = CourseFolder(showcase.folder / "pack")
    for key in ("01", "02", "03"):
        made.part(key, f"讲 {key}", 8.0)
        made.film(key, key.encode() * (100 << 20))
    made.write()
    wanted = {item.sha256 for item in made.files}
    stick = showcase.folder / "stick"
    for name in ("showcase-offline.json", "讲 01.mp4", "讲 02.mp4"):
        running = showcase.start("offline", "pack", "--to", "stick")
        deadline = time.monotonic() + 60
        while not any(name in path.name for path in stick.rglob("*")):
            assert time.monotonic() < deadline
            time.sleep(0.01)
        time.sleep(0.2)
        running.kill()
        running.wait(30)
        for path in stick.rglob("*.mp4"):
            assert durable.digest(path) in wanted
    assert showcase("offline", "pack", "--to", "stick").code == 0
    assert {durable.digest(path) for path in stick.rglob("*.mp4")} == wanted
    assert not (stick / "showcase-offline.part").exists()


def test_an_older_version_is_told_where_the_newer_was_withdrawn(showcase: Showcase) -> None:
    course(showcase.folder / "in" / "one").write()
    newer = course(showcase.folder / "in" / "two", 2).write()
    withdrawn = {"package_id": "p", "reason": "嘉宾版权到期", "by": "王", "at": "2026-01-01T00:00:00Z"}
    (newer / "WITHDRAWN.json").write_text(json.dumps(withdrawn), encoding="utf-8")
    showcase.environment["SHOWCASE_LANG"] = "zh"
    for words in (("-n",), (), ("-n",)):
        told = showcase("offline", "in", "--to", "stick", *words).out
        assert "第 2 版已撤回（原因：嘉宾版权到期），这是更早的第 1 版" in told.replace("\n    ", "")
    row = showcase("offline", "in", "--to", "stick", "--json").rows[0]
    assert (row["revision"], row["instead_of"]["revision"]) == (1, 2)  # type: ignore[index]
    (newer / "WITHDRAWN.json").unlink()
    now = showcase("offline", "in", "--to", "stick", "--json").rows[0]
    assert (now["revision"], "instead_of" in now) == (2, False)
