"""The live view of many films."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipeline.cli.live import Live
from pipeline.exchange.progress import WAIT, at


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_how_far_all_films_are_stands_above_each(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("sys.stderr", Terminal())
    view = Live("en")
    view.overall("3/60 done, 1 not")
    view.tell("4/60 film", "encode 10.0.0.2:40000", 0.4, 1.1)
    drawn = Console(file=io.StringIO(), width=100, record=True)
    drawn.print(view._progress.get_renderable())
    view.close()
    first, second = drawn.export_text().splitlines()[:2]
    assert first.strip() == "3/60 done, 1 not"
    assert "4/60 film encoding 10.0.0.2:40000" in second
    assert "40%" in second


def test_without_a_terminal_a_film_says_where_it_is_made(capsys: pytest.CaptureFixture[str]) -> None:
    view = Live("en")
    view.overall("3/60 done, 1 not")
    view.tell("4/60 film", at("encode", "10.0.0.2:40000"), 0.4, None)
    view.tell("4/60 film", at("encode", "10.0.0.2:40000"), 0.6, None)
    view.tell("4/60 film", at(WAIT, "10.0.0.2:40000"), None, None)
    said = capsys.readouterr().err
    assert "3/60" not in said  # a line of its own for each film that ends says that
    assert "4/60 film: encoding 10.0.0.2:40000 60 %" in said
    assert "waiting for it to end\n" in said
