"""What is said to people, in Chinese and English: `zh.toml` and `en.toml`, the same keys in both.

Pages for viewers speak Uyghur too: `uig.toml` has their words alone.
"""

from __future__ import annotations

import os
import re
import string
import sys
from collections.abc import Mapping
from functools import cache, reduce
from pathlib import Path, PurePath
from typing import Literal

from pipeline.errors import InLanguages, ShowcaseError
from pipeline.remembered import remembered

Language = Literal["zh", "en"]
LANGUAGES: tuple[Language, ...] = ("zh", "en")
VIEWERS = ("zh", "en", "uig")  # what pages for station computers are read in
_OURS = ("kind", "stage", "decision", "person", "role")  # values that are words of this program
_CENTRE_ITSELF = ("editor", "worker", "administrator")  # to whom «tell the centre» says nothing
_A_STORES_CODE = re.compile(r"([A-Z][a-z]+){2,}")  # SlowDown
# values that name something and stand in one line, whatever they hold: else they could forge the next one
_NAMES = frozenset(
    ("file", "files", "film", "folder", "heading", "id", "item", "name", "names", "package", "path", "place", "problem")
) | {"ref", "said", "source", "table", "title", "value", "wanted", "where"}
# what people wrote, in as many lines as they like: those behind the first stand under it, further in than any of ours
_WRITTEN, _UNDER = frozenset(("reason", "rest", "text")), 4
_OF_A_PARSER = ("yaml_syntax", "settings_syntax", "table_syntax")
_KEYS_OF_A_FILE = re.compile(r"[a-z_]+(\.([a-z_]+|\d+))*")
_VALUE = re.compile(r"\b[A-Z][A-Z_]+\b")  # of a command: what a person puts in its place
_PLACE_IN_A_LIST = re.compile(r"\d{1,5}")  # six figures are a key: a prefecture's code


def language_of_locale() -> Language:
    """zh when the locale says so, else en (DESIGN section 2)."""
    for name in ("LC_ALL", "LC_MESSAGES", "LANG"):
        if value := os.environ.get(name):
            return "zh" if value.lower().startswith("zh") else "en"
    return "en"


def entries(language: Language) -> dict[str, str]:
    """Every sentence by its dotted key."""
    return _entries(language)


def for_viewers(language: str) -> dict[str, str]:
    """The words of pages for viewers, by their names; `language` is one of VIEWERS."""
    lead = "station."
    return {key.removeprefix(lead): text for key, text in _entries(language).items() if key.startswith(lead)}


@cache
def _entries(language: str) -> dict[str, str]:
    path = Path(__file__).parent / f"{language}.toml"
    content = path.read_bytes()
    tree = remembered(path, content, f"tomllib {sys.version}", lambda: _parsed(content))
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


def _parsed(content: bytes) -> dict[str, object]:
    import tomllib

    return tomllib.loads(content.decode())


def has(key: str) -> bool:
    """Whether the key is in the English catalogue (a house test keeps both alike)."""
    return key in entries("en")


def say(language: Language, key: str, /, **values: object) -> str:
    """The sentence with its values; a value is never parsed as a format, a name never ends the line, and a line that
    somebody wrote never begins where one of the sentence's could.

    Raises:
        KeyError: no such key.
    """
    sentence = entries(language)[key]
    under = len(sentence) - len(sentence.lstrip()) + _UNDER
    return sentence.format(**{name: _shown(name, value, under) for name, value in values.items()})


def for_role(key: str, role: str | None) -> str:
    """The key, or `KEY_ROLE` where the reader's role has words of its own: nobody is told to do what is another's."""
    own = f"{key}_{role}"
    return own if has(own) else key


def _problem(language: Language, problem: object) -> str:
    """A value of a file that does not fit: where it stands, and why."""
    where, name = getattr(problem, "where", ""), getattr(problem, "field", "")
    shown = getattr(problem, "called", "") or where_of_field(language, name)
    return say(language, "text.problem", where=where, field=shown, problem=_why(language, problem))


def _why(language: Language, problem: object) -> str:
    """Why a value does not fit, in words where we have them."""
    kind, message = getattr(problem, "kind", ""), getattr(problem, "message", "")
    values = getattr(problem, "values", {})
    known = _words_for(language, kind, getattr(problem, "field", ""), in_table=bool(getattr(problem, "called", "")))
    words = known or (message if language == "en" else say(language, "problem.other"))
    # pydantic names what is allowed in English: 'film' or 'course'
    allowed = re.findall(r"'([^']*)'|\b(\d+)\b", str(values.get("expected", "")))
    given = {"known": ", ".join(text or number for text, number in allowed), **values}
    return words.format(**{key: _shown(key, _of_language(language, value)) for key, value in given.items()})


def problem_words(language: Language, error: ShowcaseError) -> list[str]:
    """Why each value that an error tells of does not fit; else what the error says."""
    problems = error.values.get("problems", ())
    if isinstance(problems, tuple) and problems:
        return [_why(language, problem) for problem in problems]
    return [say(language, f"error.{error.key}.what", **named(language, error.values))]


def _words_for(language: Language, kind: str, name: str, *, in_table: bool) -> str | None:
    """By what the value is of, where that has words of its own (`id`, `languages`), in tables still others (`kind`)."""
    found = entries(language)
    last = next((part for part in reversed(name.split(".")) if not part.isdigit()), "")
    tabled = found.get(f"problem.{kind}_in_table_of_{last}") if in_table else None
    return tabled or found.get(f"problem.{kind}_of_{last}") or found.get(f"problem.{kind}")


def where_of_field(language: Language, name: str) -> str:
    """A value's name as a person counts: `media.0.role` is «media, item 1, role»."""
    if not _KEYS_OF_A_FILE.fullmatch(name) or not re.search(r"\d", name):
        return _as_in_usage(language, name)
    parts = [
        say(language, "text.item", number=int(part) + 1) if _PLACE_IN_A_LIST.fullmatch(part) else part
        for part in name.split(".")
    ]
    return reduce(lambda whole, part: say(language, "text.item_of", whole=whole, part=part), parts)


def fields(sentence: str) -> set[str]:
    """The names of the values that a sentence needs."""
    return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}


def error_lines(language: Language, error: ShowcaseError, role: str | None = None) -> list[str]:
    """What is wrong, where, what to do next: at most four lines; `role` is the reader's, of the settings."""
    values = named(language, error.values, role)
    lines = [say(language, "text.error", message=say(language, f"error.{error.key}.what", **values))]
    if error.where:
        lines.append(say(language, "text.where", where=_as_in_usage(language, error.where)))
    if said := detail(language, error):
        lines.append(f"  {said}")
    problems = error.values.get("problems", ())
    lines += [_problem(language, problem) for problem in problems] if isinstance(problems, tuple) else []
    lines.append(say(language, "text.do", action=say(language, for_role(f"error.{error.key}.do", role), **values)))
    return lines


def detail(language: Language, error: ShowcaseError) -> str | None:
    """What the system or a parser said, in the reader's language where we have it (`detail` of the catalogue).

    A parser's English helps no Chinese reader, who has the place; what else a program said is shown as its own words.
    """
    found = error.detail
    if not found:
        return None
    known = next((key for key in entries(language) if key.startswith("detail.") and found.startswith(key[7:])), None)
    if known and entries(language)[known] != known[7:]:
        return say(language, "text.detail", detail=entries(language)[known])
    foreign = language == "zh" and not any("\u4e00" <= char <= "\u9fff" for char in found)
    if foreign and error.key in _OF_A_PARSER:
        return None
    is_said = foreign and (" " in found.strip() or _A_STORES_CODE.fullmatch(found) is not None)
    return say(language, "text.detail_said" if is_said else "text.detail", detail=found)


def named(language: Language, values: Mapping[str, object], role: str | None = None) -> dict[str, object]:
    """Values whose words are ours (kinds of files, stages, whom to tell) in the reader's language."""
    whom = "unsaid" if role is None else "itself" if role in _CENTRE_ITSELF else "told"
    words = {
        name: say(language, f"text.{name}_{value}")
        if name in _OURS and has(f"text.{name}_{value}")
        else _of_language(language, value)
        for name, value in values.items()
    }
    if isinstance(name := words.get("field"), str):
        words["field"] = where_of_field(language, name)
    if isinstance(typed := words.get("command"), str):
        words["command"] = command(language, typed)
    return {"centre": say(language, f"text.centre_{whom}"), **words}


def command(language: Language, typed: str) -> str:
    """A command with what stands for its values as usage lines name it: `showcase submit FILM`."""
    return _VALUE.sub(lambda found: _as_in_usage(language, found[0]), typed)


def _as_in_usage(language: Language, name: str) -> str:
    return entries(language).get(f"metavar.{name}", name)


def _of_language(language: Language, value: object) -> object:
    return getattr(value, language) if isinstance(value, InLanguages) else value


def _shown(name: str, value: object, under: int = _UNDER) -> str:
    text = f"{value:g}" if isinstance(value, float) else str(value)
    if name in _WRITTEN:
        lines = text.splitlines()
        return text if len(lines) < 2 else f"\n{' ' * under}".join(line.strip() for line in lines if line.strip())
    return text.replace("\n", "\ufffd") if name in _NAMES or isinstance(value, PurePath) else text
