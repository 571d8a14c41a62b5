"""What may not be meant is asked about: by a question at a terminal, else by exit 2 and the option that says so."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Showcase, on_terminal

pytestmark = pytest.mark.usefixtures("served", "for_television", "coded_quickly")
TEXT = "schema_version: 1\nid: mianhua\ntitle: {}\nprefecture: 和田\nmedia: [{{file: {}, role: main}}]\n"


def say(showcase: Showcase, title: str, film: Path) -> None:
    shutil.copy(film, showcase.folder / film.name)
    (showcase.folder / "submission.yaml").write_text(TEXT.format(title, film.name), encoding="utf-8")


@pytest.mark.acceptance  # every day: test_words_of_the_way.py
def test_a_copied_submission_with_another_film_is_no_revision_unless_somebody_says_so(
    showcase: Showcase, small_film: Path, film_of: Callable[..., Path]
) -> None:
    say(showcase, "棉花", small_film)
    assert showcase("submit", "submission.yaml").code == 0
    longer = film_of(5, "testsrc2=s=1280x720:r=25")
    for title, film, told in (("桥", small_film, "653200-qiao"), ("棉花", longer, "mianhua-2")):
        say(showcase, title, film)
        for words in ((), ("-n",)):  # what would be asked is told by a plan, too
            doubtful = showcase("submit", "submission.yaml", *words)
            assert doubtful.code == 2
            assert told in doubtful.err
            assert "--same-film" in doubtful.err
        assert showcase("submit", "-n", "submission.yaml", "--same-film").code == 0
        many = showcase("submit", "-n", ".", "--json")
        assert (many.code, many.rows[0]["outcome"]) == (7, "failed")
    assert [row["revision"] for row in showcase("status", "--json").rows] == [1]
    code, shown = on_terminal(showcase, "submit", "submission.yaml", answers=["n"])
    assert code == 2, shown
    assert "id: mianhua-2" in shown  # the id to use instead is offered beside the question
    assert [row["revision"] for row in showcase("status", "--json").rows] == [1]
    assert showcase("submit", "submission.yaml", "--same-film").code == 0
    assert [row["revision"] for row in showcase("status", "--json").rows] == [2]


@pytest.mark.acceptance
def test_run_and_batch_of_a_folder_ask_too(showcase: Showcase, small_film: Path, film_of: Callable[..., Path]) -> None:
    say(showcase, "棉花", small_film)
    assert showcase("run", "submission.yaml").code == 0
    say(showcase, "桥", film_of(2, "testsrc2=s=1280x720:r=25,hue=h=90"))
    assert showcase("run", "submission.yaml").code == 2
    (showcase.folder / small_film.name).unlink()
    batch = showcase("batch", ".", "--json")
    assert (batch.code, batch.rows[-1]["error"]["key"]) == (7, "another_title")  # type: ignore[index]
    assert showcase("batch", ".", "--same-film").code == 0


@pytest.mark.acceptance
def test_what_was_not_fetched_is_approved_when_somebody_says_yes(showcase: Showcase, small_film: Path) -> None:
    say(showcase, "棉花", small_film)
    assert showcase("submit", "submission.yaml").code == 0
    assert on_terminal(showcase, "review", "棉花", "--approve", answers=["n"])[0] == 2
    assert showcase("status", "--json").rows[0]["stage"] == "submitted"
    code, shown = on_terminal(showcase, "review", "棉花", "--approve", answers=["y"])
    assert code == 0, shown
    assert showcase("status", "--json").rows[0]["stage"] == "approved"


@pytest.mark.acceptance
def test_a_plan_says_what_submit_says_of_a_film_that_was_returned(showcase: Showcase, small_film: Path) -> None:
    say(showcase, "棉花", small_film)
    assert showcase("submit", "submission.yaml").code == 0
    answer = ("submit", "submission.yaml", "--unchanged", "so is it")
    for words in (answer, (*answer, "-n")):
        early = showcase(*words, "--json")
        assert (early.code, early.rows[-1]["error"]["key"]) == (2, "nothing_to_answer")  # type: ignore[index]
    assert showcase("review", "棉花", "--return", "声音太小", "--yes").code == 0
    for words in ((), ("-n",)):
        unchanged = showcase("submit", "submission.yaml", *words, "--json")
        assert (unchanged.code, unchanged.rows[-1]["error"]["key"]) == (2, "unchanged_returned")  # type: ignore[index]
    planned = showcase(*answer, "-n", "--lang", "zh")
    assert (planned.code, "会答复编辑" in planned.out) == (0, True)
    assert showcase("status", "--json").rows[0]["stage"] == "returned"
    assert showcase(*answer).code == 0
    assert showcase(*answer, "-n").code == 2
