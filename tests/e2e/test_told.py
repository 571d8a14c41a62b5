"""What is told fits the terminal, and is told in one language's marks."""

from __future__ import annotations

import pytest

from pipeline import catalogue
from pipeline.cli.console import Console
from pipeline.cli.layout import width
from tests.conftest import Showcase


def test_a_long_title_stays_within_the_terminal(capsys: pytest.CaptureFixture[str]) -> None:
    values = {"id": "653200-cunyi", "title": "村" * 40, "revision": 12, "size": "1.2 GB"}
    for language in catalogue.LANGUAGES:
        Console(language).tell("submitted_draft", **values)
    lines = capsys.readouterr().out.splitlines()
    assert "  正片以后用 showcase submit 提交" in lines
    assert max(map(width, lines)) <= 80


@pytest.mark.parametrize(
    ("words", "told"),
    [
        (("review",), "错误：缺少参数「编号...」。"),
        (("ack", "x", "y"), "错误：「[accept|reject]」的值不对：「y」不是「accept」、「reject」之一。"),
        (("check", "--repor", "x"), "错误：没有选项「--repor」。是不是要写「--report」？"),
    ],
)
def test_a_wrong_call_is_told_with_chinese_marks(words: tuple[str, ...], told: str, showcase: Showcase) -> None:
    result = showcase(*words, "--lang", "zh")
    assert (result.code, result.err.splitlines()[-1]) == (2, told)
