"""The strict form of YAML, read by ruamel.yaml: plain data, and where each of its values stands."""

from __future__ import annotations

import io
import re
from functools import partial
from typing import Any

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

from pipeline.errors import InputError

MAX_DEPTH = 20
Location = tuple[str | int, ...]
Point = tuple[int, int]  # line and column from 1

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


def read(text: str, name: str) -> tuple[Any, dict[Location, Point]]:
    """The data of one text, and the places of its values.

    Raises:
        InputError: it is not in the strict form; `where` is the place.
    """
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
    places: dict[Location, Point] = {}
    return _plain(root, (), places, name), places


def written(data: object) -> str:
    """Plain data as text that `read` takes: block style, keys in their order."""
    out = io.StringIO()
    writer = YAML()
    writer.default_flow_style = False
    writer.width = 110
    writer.dump(data, out)
    return out.getvalue()


def _plain(node: Node, location: Location, places: dict[Location, Point], name: str) -> Any:
    places.setdefault(location, _place(node))
    if isinstance(node, MappingNode):
        mapping: dict[str, Any] = {}
        for key_node, value_node in node.value:
            line, column = _place(key_node)
            if not isinstance(key_node, ScalarNode):
                raise InputError("yaml_key", where=f"{name}:{line}:{column}")
            key = str(key_node.value)
            if key in mapping:
                raise InputError("yaml_duplicate_key", where=f"{name}:{line}:{column}", key=key)
            places[(*location, key)] = (line, column)
            mapping[key] = _plain(value_node, (*location, key), places, name)
        return mapping
    if isinstance(node, SequenceNode):
        return [_plain(child, (*location, index), places, name) for index, child in enumerate(node.value)]
    if isinstance(node, ScalarNode):
        return _scalar(node)
    raise InputError("yaml_key", where=":".join(map(str, (name, *places[location]))))


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


def _place(node: Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _line_of_bad_character(text: str) -> int:
    bad = re.search(r"[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]", text)
    return text.count("\n", 0, bad.start()) + 1 if bad else 1
