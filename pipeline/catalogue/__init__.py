"""What is said to people, in Chinese and English: `zh.toml` and `en.toml`, the same keys in both."""

from __future__ import annotations

import os
import string
import tomllib
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Literal

from pipeline.errors import ShowcaseError

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
_OURS = ("kind", "stage")  # values that are words of this program


def language_of_locale() -> Language:
    """zh when the locale says so, else en (DESIGN section 2)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


@cache
def entries(language: Language) -> dict[str, str]:
    """Every sentence by its dotted key."""
    tree = tomllib.loads((Path(__file__).parent / f"{language}.toml").read_text(encoding="utf-8"))
    flat: dict[str, str] = {}

    def walk(prefix: str, node: dict[str, object]) -> None:
        for name, value in node.items():
            key = f"{prefix}.{name}" if prefix else name
            if isinstance(value, dict):
                walk(key, value)
            else:
                flat[key] = str(value)

    walk("", tree)
    return flat


def has(key: str) -> bool:
    """Whether the key is in the English catalogue (a house test keeps both alike)."""
    return key in entries("en")


def say(language: Language, key: str, /, **values: object) -> str:
    """The sentence with its values; a value is never parsed as a format.

    Raises:
        KeyError: no such key.
    """
    return entries(language)[key].format(**{name: _shown(value) for name, value in values.items()})


def _problem(language: Language, problem: object) -> str:
    """A value of a file that does not fit: where it stands, and why."""
    where, name = getattr(problem, "where", ""), getattr(problem, "field", "")
    return say(language, "text.problem", where=where, field=name, problem=_why(language, problem))


def _why(language: Language, problem: object) -> str:
    """Why a value does not fit, in words where we have them."""
    kind, message = getattr(problem, "kind", ""), getattr(problem, "message", "")
    values = getattr(problem, "values", {})
    return say(language, f"problem.{kind}", **values) if has(f"problem.{kind}") else message


def problem_words(language: Language, error: ShowcaseError) -> list[str]:
    """Why each value that an error tells of does not fit; else what the error says."""
    problems = error.values.get("problems", ())
    if isinstance(problems, tuple) and problems:
        return [_why(language, problem) for problem in problems]
    return [say(language, f"error.{error.key}.what", **named(language, error.values))]


def fields(sentence: str) -> set[str]:
    """The names of the values that a sentence needs."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def error_lines(language: Language, error: ShowcaseError) -> list[str]:
    """What is wrong, where, what to do next: at most four lines."""
    values = named(language, error.values)
    lines = [say(language, "text.error", message=say(language, f"error.{error.key}.what", **values))]
    if error.where:
        lines.append(say(language, "text.where", where=error.where))
    if error.detail:
        lines.append(say(language, "text.detail", detail=_in_words(language, error.detail)))
    problems = error.values.get("problems", ())
    lines += [_problem(language, problem) for problem in problems] if isinstance(problems, tuple) else []
    lines.append(say(language, "text.do", action=say(language, f"error.{error.key}.do", **values)))
    return lines


def _in_words(language: Language, detail: str) -> str:
    """What the system or a parser said, in the reader's language where we have it (`detail` of the catalogue)."""
    known = next((key for key in entries(language) if key.startswith("detail.") and detail.startswith(key[7:])), None)
    return entries(language)[known] if known else detail


def named(language: Language, values: Mapping[str, object]) -> dict[str, object]:
    """Values whose words are ours (kinds of files, stages) in the reader's language."""
    return {
        name: say(language, f"text.{name}_{value}") if name in _OURS and has(f"text.{name}_{value}") else value
        for name, value in values.items()
    }


def _shown(value: object) -> str:
    return f"{value:g}" if isinstance(value, float) else str(value)
