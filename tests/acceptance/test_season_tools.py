"""A season's papers in other people's programs: a terminal of tmux, Chromium, khal, xmltv-util, LibreOffice."""

from __future__ import annotations

import base64
import os
import shlex
import shutil
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date, datetime
from pathlib import Path

import openpyxl
import pypdfium2
import pytest

from pipeline.cli.layout import width
from pipeline.model import region
from pipeline.model.china_time import CHINA
from tests.acceptance.chromium import Chromium
from tests.season_look import Looks, showings
from tests.season_story import Json

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1200)]
DAY, MOVED = date(2026, 6, 8), date(2026, 6, 12)
LANGUAGES = ("zh", "en")
OFFICE = ("soffice", "--headless", "--norestore", "--convert-to", "xlsx")


def ran(*argv: str | Path, **values: object) -> str:
    """What a program of the system writes; one that is missing fails here."""
    name = str(argv[0])
    assert shutil.which(name), f"{name} is missing"
    done = subprocess.run([*map(str, argv)], capture_output=True, text=True, timeout=200, check=False, **values)  # type: ignore[call-overload]
    assert done.returncode == 0, (argv, done.stdout, done.stderr)
    return str(done.stdout)


@contextmanager
def terminal(folder: Path, environment: dict[str, str]) -> Iterator[Callable[[str], list[str]]]:
    """`typed(line)`: the 24 lines of a terminal of 80 cells when a command that was typed there is done."""
    socket = folder / "tmux"
    tmux = ("tmux", "-u", "-S", socket, "-f", "/dev/null")
    surroundings = {**os.environ, **environment, "PS1": "$ ", "TERM": "xterm-256color", "LC_ALL": "C.UTF-8"}
    surroundings.pop("CI", None)
    ran(*tmux, "new-session", "-d", "-x", "80", "-y", "24", "-c", folder, "sh", env=surroundings)
    try:

        def typed(line: str) -> list[str]:
            ran(*tmux, "send-keys", f"clear; {line}; touch done", "Enter")
            deadline = time.monotonic() + 60
            while not (folder / "done").exists():
                assert time.monotonic() < deadline
                time.sleep(0.1)
            (folder / "done").unlink()
            time.sleep(0.3)  # until the prompt is drawn
            return ran(*tmux, "capture-pane", "-p").split("\n")[:-1]

        yield typed
    finally:
        ran(*tmux, "kill-server")


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_board_fits_a_terminal_of_80_by_24(language: str, july: Looks, subtests: pytest.Subtests) -> None:
    editor = july.play.people["editor"]
    names = [region.short_name_of(code, language) for code in july.story.prefectures]
    environment = {**editor.environment, "SHOWCASE_LANG": language}
    with terminal(editor.folder, environment) as typed:
        for day in july.boards:
            with subtests.test(day=str(day)):
                lines = typed(shlex.join(editor.argv("campaign", "show", "--today", str(day))))
                screen = "\n".join(lines)
                assert len(lines) <= 24
                assert max(map(width, lines)) <= 80
                assert [name for name in names if name[:7] not in screen] == []
                assert july.boards[day]["campaign"]["name"][language] in screen  # the head did not leave at the top
                assert [line for line in lines if line][-1] in ("$", "#"), screen  # the prompt is there again
        for code in ("653200", "652900"):
            lines = typed(shlex.join(editor.argv("campaign", "show", code, "--today", str(DAY))))
            assert max(map(width, lines)) <= 80


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_page_is_read_on_a_telephone_on_a_desk_and_on_paper(language: str, july: Looks, tmp_path: Path) -> None:
    editor = july.play.people["editor"]
    page = editor.folder / f"board-{language}.html"
    july.play.does("editor", "campaign", "show", "--today", str(DAY), "-o", page.name, "--lang", language)
    names = [region.short_name_of(code, language) for code in july.story.prefectures]
    for size in (360, 1440):
        (tmp_path / str(size)).mkdir()
        with Chromium(tmp_path / str(size), width=size) as browser:
            browser.open(page)
            assert browser.value("document.documentElement.scrollWidth") <= size
            assert browser.value("document.querySelectorAll('h1').length") == 1
            assert browser.value("[...document.querySelectorAll('th')].every(cell => cell.scope)")
            assert browser.value("document.documentElement.lang").startswith(language)
            text = browser.value("document.body.innerText")
            assert [name for name in names if name not in text] == []
            browser.shot(tmp_path / f"{size}.png")
            if size == 1440:
                paper = browser.ask("Page.printToPDF", paperWidth=8.27, paperHeight=11.69, preferCSSPageSize=True)
                (tmp_path / "board.pdf").write_bytes(base64.b64decode(paper["data"]))
    with pypdfium2.PdfDocument(tmp_path / "board.pdf") as document:
        sides = {tuple(sorted(round(side) for side in one.get_size())) for one in document}
        printed = "".join(one.get_textpage().get_text_bounded() for one in document)
    assert {(round(a / 5), round(b / 5)) for a, b in sides} == {(119, 168)}  # A4, upright or not
    assert [name for name in names if name not in printed] == []


def test_a_calendar_keeps_its_events_when_a_date_moves(july: Looks, tmp_path: Path) -> None:
    editor = july.play.people["editor"]
    for name, day in (("first", date(2026, 5, 18)), ("second", DAY)):
        july.play.does("editor", "campaign", "show", "--today", str(day), "-o", f"{name}.ics")
    config = tmp_path / "khal.conf"
    (tmp_path / "events").mkdir()
    config.write_text(
        f"[calendars]\n[[season]]\npath = {tmp_path}/events\n[sqlite]\npath = {tmp_path}/khal.db\n"
        "[locale]\ndateformat = %Y-%m-%d\ntimeformat = %H:%M\ndatetimeformat = %Y-%m-%d %H:%M\n"
        "longdateformat = %Y-%m-%d\nlongdatetimeformat = %Y-%m-%d %H:%M\nlocal_timezone = Asia/Shanghai\n"
        "default_timezone = Asia/Shanghai\n[default]\ndefault_calendar = season\n"
    )

    def khal(*words: str | Path) -> str:
        return ran("khal", "-c", config, *words, env={**os.environ, "HOME": str(tmp_path), "LC_ALL": "C.UTF-8"})

    def days() -> dict[str, list[str]]:
        rows = khal("list", "--format", "{start-date}|{title}", "--day-format", "", "2026-03-01", "130d").splitlines()
        found: dict[str, list[str]] = {}
        for row in filter(None, rows):
            day, _, title = row.partition("|")
            found.setdefault(day, []).append(title)
        return found

    khal("import", "--batch", editor.folder / "first.ics")
    before = days()
    assert any("首次报送" in title for title in before["2026-06-10"])
    assert str(MOVED) not in before
    khal("import", "--batch", editor.folder / "second.ics")
    after = days()
    assert any("首次报送" in title for title in after[str(MOVED)])
    assert "2026-06-10" not in after
    assert (
        sum(map(len, after.values()))
        == sum(map(len, before.values()))
        == len(july.boards[DAY]["campaign"]["milestones"])
    )


def test_the_order_is_a_programme_guide(july: Looks, tmp_path: Path) -> None:
    editor = july.play.people["editor"]
    said = july.play.does("editor", "campaign", "schedule", "-o", "guide.xml", "-o", "order.html", "-o", "order.xlsx")
    dtd = next(Path("/usr/share").rglob("xmltv.dtd"), None)
    assert dtd, "xmltv.dtd is missing: Debian's xmltv-util"
    ran("tv_validate_file", "--dtd-file", dtd, editor.folder / "guide.xml")
    guide = (editor.folder / "guide.xml").read_text("utf-8")
    assert 'start="20260701234500 +0800"' in guide
    on_air = {name for _, name in showings(july.orders[date(2026, 6, 26)][0], july.story)} - {"N1", "empty"}
    assert [name for name in on_air if july.story.films[name].last_title not in guide] == []
    assert "我们的村医" not in guide  # withdrawn before it was over: who reads the guide would wait for it
    (without,) = [line for line in said.out.splitlines() if "guide.xml" in line and "已撤回" in line]
    assert july.play.ids["N1"] in without
    assert "我们的村医" in (editor.folder / "order.html").read_text("utf-8")


def test_a_board_that_libreoffice_saved_changes_what_was_changed(july: Looks, tmp_path: Path) -> None:
    editor = july.play.people["editor"]
    july.play.store.turn_to(datetime(2026, 7, 5, 10, tzinfo=CHINA))
    july.play.does("editor", "campaign", "show", "-o", "board.xlsx")
    profile = f"-env:UserInstallation=file://{tmp_path}/office"
    ran(OFFICE[0], profile, *OFFICE[1:], "--outdir", tmp_path, editor.folder / "board.xlsx")
    saved = tmp_path / "board.xlsx"
    before = july.play.rows("editor", "campaign", "show")
    july.play.does("editor", "campaign", "import", saved)
    assert july.play.rows("editor", "campaign", "show") == before  # nothing was changed in it

    book = openpyxl.load_workbook(saved)
    sheet = book.worksheets[0]
    column = next(cell.column for cell in sheet[1] if str(cell.value).startswith("策划"))
    row = next(row for row in sheet.iter_rows() if any(cell.value == "雪山向导" for cell in row))
    row[column - 1].value = date(2026, 7, 3)
    book.save(saved)
    ran(OFFICE[0], profile, *OFFICE[1:], "--outdir", tmp_path / "again", saved)
    july.play.does("editor", "campaign", "import", tmp_path / "again" / "board.xlsx")
    (after,) = july.play.rows("editor", "campaign", "show")
    was, now = films_of(before[0]), films_of(after)
    assert {key for key in now if now[key] != was[key]} == {("654300", "雪山向导")}
    step = now["654300", "雪山向导"][1]
    assert (step["state"], step["on"]) == ("done", "2026-07-03")


def films_of(board: Json) -> dict[tuple[str, str], list[Json]]:
    """Each film's cells; one that moved away is one of its own."""
    return {(row["code"], film["title"]): film["cells"] for row in board["rows"] for film in row["films"]}
