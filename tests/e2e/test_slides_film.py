"""Slides by the real command: planned without drawing, the same bytes after a kill and without the machine's fonts."""

from __future__ import annotations

import hashlib
import os
import shutil
import signal
import subprocess
from pathlib import Path

import pytest

from tests import decks
from tests.conftest import Showcase, wait_for_none
from tests.decks import HAN, Line, Page

MAKE = ("transcode", "deck.pdf", "--profile", "proxy", "-o", "out")
# letters that are drawn with fonts of ours, and one that stands at the edge
PAGE = Page((Line("门直骨", 100, 300, 80, HAN), Line("Serif", 100, 200, 60, "/DejaVuSerif"), Line("edge", 4, 260, 30)))


def slides_of(folder: Path) -> list[Path]:
    return sorted((folder / ".showcase" / "work").glob("slides/*/deck.mkv"))


def digests(folder: Path) -> list[str]:
    made = [*slides_of(folder), folder / "out" / "deck.proxy.mp4"]
    return [hashlib.sha256(path.read_bytes()).hexdigest() for path in made]


@pytest.fixture
def deck(showcase: Showcase) -> Path:
    (showcase.folder / ".showcase").mkdir(exist_ok=True)
    return decks.write(showcase.folder / "deck.pdf", [PAGE])


@pytest.mark.acceptance
def test_a_plan_draws_nothing_and_says_what_it_will_do(showcase: Showcase, deck: Path) -> None:
    planned = showcase(*MAKE, "-n", "--json")
    assert planned.code == 0, planned.err
    (plan,) = planned.rows
    assert plan["slides"]["frames"] == plan["frames"] == 300
    assert plan["slides"]["source_sha256"] == hashlib.sha256(deck.read_bytes()).hexdigest()
    assert set(plan["slides"]["renderer"]["fonts"]) == {"han.ttc", "arabic.ttf", "latin.ttf"}
    assert [note["kind"] for note in plan["notes"]] == ["slides_smaller", "slides_replaced"]
    assert slides_of(showcase.folder) == []


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_killed_while_it_draws_it_makes_the_same_bytes(showcase: Showcase, deck: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    (other / ".showcase").mkdir(parents=True)
    shutil.copy(deck, other)
    whole = showcase(*MAKE, cwd=other)
    assert whole.code == 0, whole.err
    for number in range(4):
        running = showcase.start(*MAKE)
        scratch = showcase.folder / ".showcase" / "tmp"
        while not any(path.stat().st_size > number * 4096 for path in scratch.glob("slides-*/**/deck.mkv")):
            assert running.poll() is None
        running.send_signal(signal.SIGKILL)
        running.wait()
        assert wait_for_none(showcase.folder) == []
        assert slides_of(showcase.folder) == []
    again = showcase(*MAKE)
    assert again.code == 0, again.err
    assert digests(showcase.folder) == digests(other)
    assert list((showcase.folder / ".showcase" / "tmp").iterdir()) == []


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_fonts_of_the_machine_change_nothing(showcase: Showcase, deck: Path, tmp_path: Path) -> None:
    assert any(Path("/usr/share/fonts").rglob("DejaVuSerif*.ttf")), "Debian package fonts-dejavu is missing"
    whole = showcase(*MAKE)
    assert whole.code == 0, whole.err
    hidden = Showcase(tmp_path / "hidden")
    (hidden.folder / ".showcase").mkdir(parents=True)
    shutil.copy(deck, hidden.folder)
    words = ["unshare", "--map-root-user", "--mount", "sh", "-c"]
    script = 'mount -t tmpfs none /usr/share/fonts && ! ls -A /usr/share/fonts | grep . && exec "$@"'
    subprocess.run([*words, script, "sh", *hidden.argv(*MAKE)], cwd=hidden.folder, env=dict(os.environ), check=True)
    assert digests(hidden.folder) == digests(showcase.folder)
