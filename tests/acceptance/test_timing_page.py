"""The page for timing slides, from disk and without a network, in Debian's chromium: by hand."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from pipeline.inspect import slide_times
from tests import decks
from tests.acceptance.chromium import Chromium
from tests.conftest import Showcase
from tests.execute.test_narrated import clicks

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(300)]


@pytest.fixture
def page(showcase: Showcase) -> Path:
    clicks(showcase.folder, (0.0, 5.0), 30.0).rename(showcase.folder / "lesson.wav")
    decks.write(showcase.folder / "slides.pdf", decks.numbered(4))
    done = showcase("slides", "time", "lesson.wav", "slides.pdf", "-o", "page.html")
    assert done.code == 0, done.err
    return showcase.folder / "page.html"


def at(browser: Chromium, seconds: float) -> None:
    browser.value(f"new Promise(done => {{ sound.onseeked = done; sound.currentTime = {seconds}; }})")


def test_pages_are_turned_taken_back_saved_and_kept(page: Path, tmp_path: Path) -> None:
    with Chromium(tmp_path) as browser:
        browser.downloads_to(tmp_path)
        browser.open(page)
        browser.wait_for("sound.readyState >= 2")
        assert browser.value("sound.duration") == pytest.approx(30.0, abs=0.1)
        browser.press(" ", "Space", " ")  # begins, with page 1
        browser.wait_for("sound.currentTime > 0.2")
        browser.press("k", "KeyK", "k")
        at(browser, 4.0)
        browser.press(" ", "Space", " ")
        at(browser, 9.48)
        browser.press(" ", "Space", " ")
        at(browser, 12.0)
        browser.press(" ", "Space", " ")
        browser.press("Backspace", "Backspace")
        assert browser.value("JSON.stringify(turns.map(turn => [turn.page, turn.frame]))") == "[[1,0],[2,100],[3,237]]"
        assert browser.value("sound.currentTime") == pytest.approx(9.0)
        at(browser, 20.0)
        browser.value("document.getElementById('go').value = '1'; document.getElementById('go').onchange()")
        browser.press(" ", "Space", " ")
        browser.shot(tmp_path / "wide.png")
        browser.open(page)  # closed and opened again
        browser.wait_for("turns.length === 4")
        browser.value("document.getElementById('save').click()")
        saved = tmp_path / "slides.csv"
        deadline = time.monotonic() + 20
        while not saved.exists() and time.monotonic() < deadline:
            time.sleep(0.1)
    times = slide_times.read(saved)
    assert times.wrong == ()
    assert [(turn.page, turn.start_s, turn.title) for turn in times.turns] == [
        (1, 0.0, "第1页"),
        (2, 4.0, "第2页"),
        (3, 9.48, "第3页"),
        (1, 20.0, "第1页"),
    ]


def test_the_sound_is_heard_and_the_page_fits_a_phone(page: Path, tmp_path: Path) -> None:
    with Chromium(tmp_path, width=390, height=800) as browser:
        browser.open(page)
        browser.wait_for("sound.readyState >= 2")
        browser.value("document.getElementById('play').click()")
        browser.wait_for("sound.currentTime > 0.5")
        browser.press(" ", "Space", " ")
        assert browser.value("turns.length") == 2
        assert browser.value("document.documentElement.scrollWidth") <= 390
        browser.value("document.getElementById('language').click()")
        browser.shot(tmp_path / "phone.png")
