"""What `init` asks on a terminal: each answer is looked at when it is given, and a wrong one is asked for again."""

from __future__ import annotations

from collections.abc import Mapping

import click

from pipeline import catalogue
from pipeline.cli.console import Console
from pipeline.cli.layout import width
from pipeline.execute import headings, initiating
from pipeline.execute.fields import Given
from pipeline.model.region import known, name_of

_BY_FLAG = ("id", "title_en", "generated")  # nobody is asked for them


def ask(console: Console, given: Mapping[str, Given], usual: Mapping[str, str], parts: int) -> dict[str, Given]:
    """What neither file nor flag nor table says; an empty answer leaves a field away where it is not needed."""
    answers: dict[str, Given] = {}
    for field in (item for item in initiating.ASKED if item in headings.USUAL):
        said = {**given, **answers}
        if field in said or field in _BY_FLAG or (field == "until" and "from" not in said):
            continue
        if field == "prefecture" and field not in usual:
            _list_prefectures(console)
        if answer := _answer(console, field, said, usual.get(field), parts):
            answers[field] = answer
    return answers


def _answer(console: Console, field: str, said: Mapping[str, Given], usual: str | None, parts: int) -> Given | None:
    """One answer that fits; None for an empty one."""
    question = console.word(f"field_{field}")
    is_needed = field == "prefecture" or (field == "until" and "from" in said) or (field == "from" and "until" in said)
    while True:
        try:
            text = str(click.prompt(question, default=usual or "", show_default=usual is not None)).strip()
        except click.Abort as stopped:
            raise KeyboardInterrupt from stopped
        if not text and not is_needed:
            return None
        if not text:
            console.remark("answer_needed")
            continue
        answer = Given(text, (question,))
        wrong = initiating.wrong_answer(field, {**said, field: answer}, parts)
        if wrong is None:
            return answer
        console.remark("answer_wrong", problem="；".join(catalogue.problem_words(console.language, wrong)))


def _list_prefectures(console: Console) -> None:
    """The region and its prefectures, two in a line; cities of the region itself are understood, but not listed."""
    shown = [f"{code} {name_of(code, console.language)}" for code in known() if not code.startswith("659")]
    for index in range(0, len(shown), 2):
        left, right = shown[index], shown[index + 1] if index + 1 < len(shown) else ""
        console.line(f"  {left}{' ' * max(2, 36 - width(left))}{right}".rstrip())
