"""JSON Schemas for the files that people write: what an editor completes and underlines while they type."""

from __future__ import annotations

import copy
from typing import Any

from pydantic import BaseModel

from pipeline.model.branch_table import BranchTable
from pipeline.model.c2_dialect import Dialect
from pipeline.model.campaign import Campaign
from pipeline.model.campaign_template import CampaignTemplate
from pipeline.model.finding import Policy
from pipeline.model.keeping import Keeping
from pipeline.model.profile import ProfileFile
from pipeline.model.profile_set import ProfileSet
from pipeline.model.rejections import Rejections
from pipeline.model.slots import Slots
from pipeline.model.storage_preset import StoragePreset
from pipeline.model.submission import Submission
from pipeline.model.vocabulary import Readings, Vocabulary

FILES: dict[str, type[BaseModel]] = {
    "profile": ProfileFile,
    "campaign": Campaign,
    "campaign-template": CampaignTemplate,
    "keeping": Keeping,
    "set": ProfileSet,
    "policy": Policy,
    "rejections": Rejections,
    "slots": Slots,
    "submission": Submission,
    "vocabulary": Vocabulary,
    "readings": Readings,
    "c2": Dialect,
    "storage": StoragePreset,
    "table": BranchTable,
}


def schema_of(name: str) -> dict[str, Any]:
    """The schema of one kind of file.

    A file that extends another says only what differs: nothing is required of it, and things can be dropped.
    """
    whole = FILES[name].model_json_schema()
    if name in ("submission", "campaign"):
        return whole
    definitions = whole.pop("$defs", {})
    relaxed = {f"{key}.part": _relaxed(value) for key, value in definitions.items()}
    part = _relaxed(_pointed_to_parts(whole))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": name,
        "if": {"required": ["extends"]},
        "then": part,
        "else": whole,
        "$defs": {**definitions, **{key: _pointed_to_parts(value) for key, value in relaxed.items()}},
    }


def _relaxed(schema: dict[str, Any]) -> dict[str, Any]:
    """Nothing required, `extends` and `drop` allowed; a list may hold fewer things than the whole needs, and a member
    of a union may not say which one it is."""
    made = copy.deepcopy(schema)
    for node in _nodes(made):
        node.pop("required", None)
        node.pop("minItems", None)
        node.pop("discriminator", None)
        if "oneOf" in node:
            node["anyOf"] = node.pop("oneOf")
        if node.get("type") == "object" and "properties" in node:
            node["properties"] = {
                **node["properties"],
                "extends": {"type": "string"},
                "drop": {"const": True},
            }
    return made


def _pointed_to_parts(schema: dict[str, Any]) -> dict[str, Any]:
    made = copy.deepcopy(schema)
    for node in _nodes(made):
        if isinstance(node.get("$ref"), str):
            node["$ref"] += ".part"
    return made


def _nodes(node: Any) -> list[dict[str, Any]]:
    """Every mapping inside a schema, itself included."""
    if isinstance(node, dict):
        return [node, *(found for value in node.values() for found in _nodes(value))]
    if isinstance(node, list):
        return [found for value in node for found in _nodes(value)]
    return []
