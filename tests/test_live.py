"""The live view of many films."""

from __future__ import annotations

import io

import pytest
from rich.console import Console

from pipeline.cli.live import Live
from pipeline.exchange.progress import COMPARE, DOWNLOAD, LINE, UPLOAD, WAIT, Speed, at


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


COLUMNS = 80


def drawn(view: Live) -> str:
    """The rows, as a terminal of 80 columns has them."""
    console = Console(file=io.StringIO(), width=COLUMNS, record=True)
    console.print(view._progress.get_renderable())
    return console.export_text()


def test_the_time_left_is_that_of_the_bytes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)
    monkeypatch.setattr("sys.stderr", Terminal())
    view = Live("en")
    told: list[tuple[str, float, Speed, str]] = [
        (COMPARE, 0.1, None, ""),
        (DOWNLOAD, 0.2, None, ""),
        (DOWNLOAD, 0.3, (500_000.0, 754.0), "500 kB/s 12:34"),
        (LINE, 0.3, 42.0, "0:42"),
        (DOWNLOAD, 0.4, (2_000_000.0, 3723.0), "2.0 MB/s 1:02:03"),
        (WAIT, 0.4, None, ""),
        (UPLOAD, 0.5, (999_600.0, 0.4), "1.0 MB/s 0:00"),
    ]
    rows = []
    for stage, share, speed, _ in told:
        view.tell("", stage, share, speed)
        rows.append(drawn(view).rstrip())
    view.close()
    for (stage, share, _, told_last), row in zip(told, rows, strict=True):
        assert len(row) <= COLUMNS
        assert "-:-" not in row  # rich's own, where it knows of none
        told_of_time = row.rpartition("%")[2].split()
        assert f"{share:.0%}" in row
        if stage == LINE:  # says in its words for how long: no time that is left
            assert told_of_time == []
            assert told_last in row
        else:
            assert told_of_time == told_last.split()


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
