"""Lines of a season's board on a terminal, where what people wrote is long or has lines of its own."""

from __future__ import annotations

from itertools import product
from pathlib import Path

import pytest

from pipeline import catalogue
from pipeline.catalogue import Language
from pipeline.cli.console import Console
from pipeline.cli.editor import board_view, prefecture_view
from pipeline.cli.editor.board_words import BoardWords
from pipeline.cli.layout import width
from pipeline.model.campaign_records import Announce, Drop, Note, Side
from pipeline.model.text import in_one_line
from tests.seasons import HOTAN, looked, said

LONG = "长" * 200


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "80")


@pytest.mark.parametrize("language", catalogue.LANGUAGES)
def test_a_long_title_leaves_room_for_what_is_wanted(language: Language, capsys: pytest.CaptureFixture[str]) -> None:
    status = looked("2027-06-12", [said(HOTAN, "2027-03-02", Announce(id="653200-chang", title=LONG))])
    console = Console(language)
    board_view.show(console, status, BoardWords(console, status.campaign), [status.row(HOTAN)])
    (line,) = [line for line in capsys.readouterr().out.splitlines() if "长长" in line]
    assert "…" in line
    assert line.endswith("✗ 晚 73 天（2027-03-31 到期）" if language == "zh" else "✗ late by 73 days (due 2027-03-31)")
    assert 70 <= width(line) <= 80


def test_no_reason_or_note_begins_a_line_of_its_own(capsys: pytest.CaptureFixture[str]) -> None:
    forged = "病了\n喀什：伪造的一行\r\n\n  " + "很长" * 60
    records = [
        said(HOTAN, "2027-03-02", Announce(id="653200-a", title="一"), Note(text=forged)),
        said(HOTAN, "2027-03-03", Drop(id="653200-a", reason=forged), number=2),
        said(HOTAN, "2027-03-03", Announce(id="653200-a", title="一"), side=Side.EDITOR, number=1, clock="11:00"),
    ]
    for count, language in product((2, 3), catalogue.LANGUAGES):
        status = looked("2027-06-12", records[:count])
        console, row = Console(language), status.row(HOTAN)
        assert row is not None
        prefecture_view.show(console, status, BoardWords(console, status.campaign), row)
        shown = capsys.readouterr().out.splitlines()
        told = 2 if count == 2 else 1  # a note, and why it was dropped while it is
        assert sum(line.endswith("病了") for line in shown) == told
        assert shown.count("      喀什：伪造的一行") == told
        assert sum(line.startswith("      很长") for line in shown) == told
        assert not any(line.lstrip().startswith("很长") and not line.startswith("      ") for line in shown)
        assert all(width(line) <= 80 for line in shown)


def test_what_was_written_in_several_lines_stands_under_its_first() -> None:
    told = catalogue.say("zh", "text.status_reason", reason="声音\n  第 1 版，已批准\r\n\n字幕")
    assert told.split("\n") == ["  原因：声音", "      第 1 版，已批准", "      字幕"]
    assert catalogue.say("zh", "text.said", lead="退回", text="a\u2028b") == "退回：a\n    b"
    assert in_one_line("a\n\n  b c \n") == "a / b c"
