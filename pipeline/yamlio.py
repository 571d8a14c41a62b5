"""Strict YAML with places: what is wrong is said with FILE:LINE:COLUMN.

Tags, anchors, aliases, duplicate keys, several documents and deep nesting are errors, so a file can neither
build objects nor grow when read. Values keep YAML 1.2's plain types; dates stay text for the model to read.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from itertools import combinations
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from pipeline import regular, shipped
from pipeline.errors import InputError
from pipeline.remembered import remembered

MAX_BYTES = 1_000_000
Location = tuple[str | int, ...]
Place = tuple[str | int, ...]  # file, line and column from 1 (a value of another file keeps that file), or the flag
ModelT = TypeVar("ModelT", bound=BaseModel)


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
    if not shipped.has(path):
        return parse(text, name=str(path))

    def rows() -> list[Any]:
        read = parse(text, name=str(path))
        return [read.data, [[location, *place[1:]] for location, place in read.places.items()]]

    data, places = remembered(path, raw, _reader(), rows)
    return Document(str(path), data, {tuple(location): (str(path), *point) for location, *point in places})


def parse(text: str, *, name: str) -> Document:
    """Parse YAML text strictly; errors as in `load`."""
    from pipeline import strict_yaml

    data, points = strict_yaml.read(text, name)
    return Document(name, data, {location: (name, *point) for location, point in points.items()})


@cache
def _reader() -> str:
    """What reads YAML here: our own part by its text, the library by its version; neither is loaded."""
    own = Path(__file__).with_name("strict_yaml.py").read_bytes()
    return f"{hashlib.sha256(own).hexdigest()} ruamel.yaml {metadata.version('ruamel.yaml')}"


def dump(data: object) -> bytes:
    """Plain data as YAML that `load` reads back: block style, keys in their order."""
    from pipeline import strict_yaml

    return strict_yaml.written(data).encode("utf-8")


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


def _is_key(part: str) -> bool:
    return part.islower() and part.isidentifier()
