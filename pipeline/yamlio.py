"""Strict YAML with places: what is wrong is said with FILE:LINE:COLUMN.

Tags, anchors, aliases, duplicate keys, several documents and deep nesting are errors, so a file can neither
build objects nor grow when read. Values keep YAML 1.2's plain types; dates stay text for the model to read.
"""

from __future__ import annotations

import dataclasses
import io
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    CollectionEndEvent,
    CollectionStartEvent,
    DocumentStartEvent,
    Event,
    NodeEvent,
)
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.parser import Parser

from pipeline import regular
from pipeline.errors import InputError

MAX_DEPTH = 20
MAX_BYTES = 1_000_000
Location = tuple[str | int, ...]
Place = tuple[str | int, ...]  # file, line and column from 1 (a value of another file keeps that file), or the flag
ModelT = TypeVar("ModelT", bound=BaseModel)

_INT = re.compile(r"[-+]?[0-9]+")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?")
_CONSTANTS: dict[str, bool | None] = {
    "true": True,
    "True": True,
    "false": False,
    "False": False,
    "null": None,
    "~": None,
    "": None,
}


@dataclass(frozen=True)
class Document:
    """Plain data of one file, or of one on top of others, and where each of its values stands.

    Args:
        names: what its values are called where they stand, if it was made of a table's row or of flags: headings.
    """

    name: str
    data: Any
    places: dict[Location, Place]
    names: Mapping[Location, str] = dataclasses.field(default_factory=dict)

    def where(self, location: Location) -> str:
        """FILE:LINE:COLUMN of a value, or of the nearest one above it that stands in the file."""
        # pydantic puts names of union branches into locations, the file has none: as many parts as stand in the file
        shorter = (kept for length in range(len(location), -1, -1) for kept in combinations(location, length))
        place = next((self.places[kept] for kept in shorter if kept in self.places), (self.name, 1, 1))
        return ":".join(map(str, place))

    def field(self, location: Location) -> str:
        """The value's name as it stands in the file, such as `media.0.role`."""
        known: Location = ()
        for part in location:
            # a missing key is in no file, but is its own name; a union branch is named after its class
            if (*known, part) in self.places or (part == location[-1] and _is_key(str(part))):
                known = (*known, part)
        return ".".join(map(str, known)) or "-"

    def called(self, location: Location) -> str:
        """The value's name by `names`, or of the nearest one above it, else of those under it; empty without one."""
        shorter = (kept for length in range(len(location), 0, -1) for kept in combinations(location, length))
        if found := next((self.names[kept] for kept in shorter if kept in self.names), None):
            return found
        under = [name for place, name in self.names.items() if location and place[: len(location)] == location]
        return " / ".join(under)


@dataclass(frozen=True)
class Problem:
    """One value that does not fit; `kind` is pydantic's name for why, which the catalogue has words for.

    Args:
        called: the field's name where it stands, if that is another: a table's heading.
    """

    where: str
    field: str
    kind: str
    message: str
    values: Mapping[str, object] = dataclasses.field(default_factory=dict)
    called: str = ""


class _StrictParser(Parser):
    """Refuses what the strict form has not as soon as it is read, before anything is built of it."""

    def __init__(self, name: str, loader: YAML) -> None:
        super().__init__(loader)
        self._name = name
        self._depth = 0
        self._documents = 0

    def get_event(self) -> Event:
        event: Event = super().get_event()
        where = f"{self._name}:{event.start_mark.line + 1}:{event.start_mark.column + 1}"
        self._documents += isinstance(event, DocumentStartEvent)
        if self._documents > 1:
            raise InputError("yaml_documents", where=where)
        if isinstance(event, AliasEvent) or (isinstance(event, NodeEvent) and event.anchor):
            raise InputError("yaml_anchor", where=where)
        if getattr(event, "tag", None) is not None:
            raise InputError("yaml_tag", where=where)
        self._depth += isinstance(event, CollectionStartEvent)
        self._depth -= isinstance(event, CollectionEndEvent)
        if self._depth > MAX_DEPTH:
            raise InputError("yaml_deep", where=where, limit=MAX_DEPTH)
        return event


def load(path: Path) -> Document:
    """Read one YAML file strictly.

    Raises:
        InputError: not there, no regular file, not UTF-8, or not in the strict form; `where` is the place.
    """
    try:
        with regular.opened(path) as handle:
            raw = handle.read(MAX_BYTES + 1)
    except OSError as error:
        raise InputError("path_missing", where=str(path), detail=error.strerror) from error
    if len(raw) > MAX_BYTES:
        if b"\x00" in raw:
            raise InputError("yaml_not_text", where=str(path))
        raise InputError("yaml_too_large", where=str(path), limit=MAX_BYTES)
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if b"\x00" in raw:
            raise InputError("yaml_not_text", where=str(path)) from error
        line = raw.count(b"\n", 0, error.start) + 1
        column = error.start - raw.rfind(b"\n", 0, error.start)
        raise InputError("yaml_not_utf8", where=f"{path}:{line}:{column}") from error
    return parse(text, name=str(path))


def parse(text: str, *, name: str) -> Document:
    """Parse YAML text strictly; errors as in `load`."""
    try:
        reader = YAML(typ="safe", pure=True)
        reader.Parser = partial(_StrictParser, name)
        root = reader.compose(text)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        where = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise InputError("yaml_syntax", where=where, detail=error.problem) from error
    except (YAMLError, ValueError) as error:
        where = f"{name}:{_line_of_bad_character(text)}:1"
        raise InputError("yaml_syntax", where=where, detail=str(error).splitlines()[0]) from error
    if root is None:
        raise InputError("yaml_empty", where=f"{name}:1:1")
    places: dict[Location, Place] = {}
    data = _plain(root, (), places, name)
    return Document(name=name, data=data, places=places)


def dump(data: object) -> bytes:
    """Plain data as YAML that `load` reads back: block style, keys in their order."""
    out = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    writer.dump(data, out)
    return out.getvalue().encode("utf-8")


def validate(model: type[ModelT], document: Document, *, form: str = "submission") -> ModelT:
    """The document as `model`.

    Args:
        form: what `showcase schema` calls it: who wrote it wrong is told to look there.

    Raises:
        InputError: every problem is a line of `detail`; `where` is the first one's place.
    """
    try:
        return model.model_validate_json(json.dumps(document.data))
    except ValidationError as error:
        rows = error.errors(include_url=False, include_input=False)
        # what is wrong between two values is told by the model as a whole, which says at which of them (`at`)
        wrong = [(*row["loc"], *row.get("ctx", {}).get("at", ())) for row in rows]
        found = [
            Problem(
                document.where(place),
                document.field(place),
                row["type"],
                row["msg"],
                row.get("ctx", {}),
                document.called(place),
            )
            for row, place in zip(rows, wrong, strict=True)
            # a list counts as too short when its items are wrong: the items are what to mend
            if not (row["type"] == "too_short" and any(len(loc) > len(row["loc"]) for loc in wrong))
        ]
        problems = [problem for problem in found if not _is_of_another_form(problem, found)]
        first = problems[0]
        key = "fields_invalid" if document.names else "yaml_invalid"
        field = first.called or first.field
        raise InputError(key, where=first.where, field=field, form=form, problems=tuple(problems)) from error


def _is_of_another_form(problem: Problem, found: Sequence[Problem]) -> bool:
    """A text or named values: what was written is one of them, and that it is not the other is nothing to mend."""
    if problem.kind == "model_type":
        return any(other.field == problem.field and other.kind != "model_type" for other in found)
    inside = f"{problem.field}."
    return problem.kind == "string_type" and any(other.field.startswith(inside) for other in found)


def load_as(model: type[ModelT], path: Path) -> ModelT:
    """`load` and `validate` in one."""
    return validate(model, load(path))


def _plain(node: Node, location: Location, places: dict[Location, Place], name: str) -> Any:
    places.setdefault(location, (name, *_place(node)))
    if isinstance(node, MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = _place(key_node)
            if not isinstance(key_node, ScalarNode):
                raise InputError("yaml_key", where=f"{name}:{line}:{column}")
            key = str(key_node.value)
            if key in mapping:
                raise InputError("yaml_duplicate_key", where=f"{name}:{line}:{column}", key=key)
            places[(*location, key)] = (name, line, column)
            mapping[key] = _plain(value_node, (*location, key), places, name)
        return mapping
    if isinstance(node, SequenceNode):
        return [_plain(child, (*location, index), places, name) for index, child in enumerate(node.value)]
    if isinstance(node, ScalarNode):
        return _scalar(node)
    raise InputError("yaml_key", where=":".join(map(str, places[location])))


def _scalar(node: ScalarNode) -> str | int | float | bool | None:
    text = str(node.value)
    if node.style is not None:  # quoted or block text is text
        return text
    if text in _CONSTANTS:
        return _CONSTANTS[text]
    if (
        len(text) <= 18
        and _INT.fullmatch(text)
        and not (len(text.lstrip("+-")) > 1 and text.lstrip("+-").startswith("0"))
    ):
        return int(text)
    if len(text) <= 40 and _FLOAT.fullmatch(text) and not text.isdigit():
        return float(text)
    return text


def _is_key(part: str) -> bool:
    return part.islower() and part.isidentifier()


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _line_of_bad_character(text: str) -> int:
    bad = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return text.count("\n", 0, bad.start()) + 1 if bad else 1
