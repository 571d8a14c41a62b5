"""What differs between two campaigns, as data: what `publish` shows, and why it refuses one from an older revision."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from datetime import date
from typing import Any

from pipeline.model.base import Noun
from pipeline.model.campaign import Campaign, MovedDate, PublishedCampaign


class Difference(Noun):
    """One value that differs; None where one of the two does not have it.

    Args:
        path: `milestones.topic.due`: things of a list by their ids, holidays by their day, prefectures by their code.
    """

    path: str
    old: str | None
    new: str | None


def differences(old: Campaign, new: Campaign) -> tuple[Difference, ...]:
    """Every value that differs, in the order of the file; `revision` is none."""
    before, after = _values(old), _values(new)
    paths = dict.fromkeys((*before, *after))
    return tuple(
        Difference(path=path, old=before.get(path), new=after.get(path))
        for path in paths
        if before.get(path) != after.get(path)
    )


def moved_dates(history: Sequence[PublishedCampaign]) -> tuple[MovedDate, ...]:
    """Every date that a revision moved, in the order of the revisions; what came or went with a milestone is none."""
    found = []
    for earlier, later in itertools.pairwise(history):
        dates = _dates(earlier.revision.campaign)
        found += [
            MovedDate(milestone=key, old=dates[key], new=new, revision=later.revision.number, at=later.at)
            for key, new in _dates(later.revision.campaign).items()
            if key in dates and dates[key] != new
        ]
    return tuple(found)


def _dates(campaign: Campaign) -> dict[str | None, date]:
    return {**{item.id: item.due for item in campaign.milestones}, None: campaign.air_date}


def _values(campaign: Campaign) -> dict[str, str]:
    data = campaign.model_dump(mode="json", exclude={"revision", "schema_version", "name"})
    data["name"] = campaign.full_name.model_dump(mode="json")
    order = ("id", "name", *(key for key in data if key not in ("id", "name")))
    return dict(pair for key in order for pair in _flat(key, data[key]))


def _flat(path: str, value: Any) -> list[tuple[str, str]]:
    if isinstance(value, dict):
        return [pair for key, inner in value.items() for pair in _flat(f"{path}.{key}", inner)]
    if isinstance(value, list):
        named = [(str(item.get("id") or item.get("date")), item) for item in value if isinstance(item, dict)]
        if named:
            return [pair for key, item in named for pair in _flat(f"{path}.{key}", item)]
        return [(path, ", ".join(map(str, value)))] if value else []
    return [] if value is None else [(path, str(value))]
