"""What batches keep for the next one: what of a source did not end well, what packages took."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.errors import MediaError
from pipeline.execute.batch_item import BatchItem
from pipeline.execute.batch_sources import INBOX
from pipeline.execute.film_usage import FilmUsage
from pipeline.execute.journal import Journal
from pipeline.execute.outcome import SETTLED, Outcome
from pipeline.model.base import canonical
from pipeline.workspace import Workspace

ITEM = "batch.item"  # the journal's row of an item that ended


def failure_key(item: BatchItem) -> str:
    """What failed, with all that decides it: a new cut, profile or program is tried again."""
    return " ".join([item.recorded, *(item.found.plans if item.found else ())])


def record_of(source: str, workspace: Workspace) -> Path:
    """Where what failed of a source is kept for its next run."""
    path = source if source == INBOX else str(Path(source).resolve())
    plain = "".join(char if char.isalnum() else "-" for char in Path(source).stem)[:40] or "batch"
    digest = hashlib.sha256(path.encode("utf-8", "surrogateescape")).hexdigest()[:8]
    return workspace.hidden / "batches" / f"{plain}-{digest}.json"


@dataclass(frozen=True)
class Made:
    """What a package took when it was made."""

    usage: FilmUsage
    sent_bytes: int


def made_before(journal: Journal) -> dict[str, Made]:
    """What packages took that batches of this workspace made, by their ids."""
    found = {}
    for row in journal.rows(ITEM):
        if row.get("outcome") == Outcome.DELIVERED.value and "package_id" in row and "worker" in row:
            usage = FilmUsage.model_validate({name: row[name] for name in FilmUsage.model_fields}, strict=False)
            found[str(row["package_id"])] = Made(usage, int(row["sent_bytes"]))
    return found


def failed_before(record: Path) -> set[str]:
    """Names and paths of what did not end well last time."""
    try:
        return set(json.loads(record.read_bytes())["bad"])
    except (OSError, ValueError, KeyError, TypeError):
        return set()


def failed_media(record: Path) -> dict[str, MediaError]:
    """Why a film could not be made, by `failure_key`."""
    try:
        kept = json.loads(record.read_bytes())["media"]
        return {
            key: MediaError(item["key"], where=item["where"], detail=item["detail"], **item["values"])
            for key, item in kept.items()
        }
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def remember(record: Path, items: Sequence[BatchItem]) -> None:
    """What did not end well; media errors with all that decides them, since everything else is worth another try."""
    undone = [item for item in items if item.outcome not in SETTLED]
    bad = sorted({name for item in undone for name in (item.recorded, item.source.recorded)})
    kept = {
        failure_key(item): {
            "key": item.error.key,
            "where": item.error.where,
            "detail": item.error.detail,
            "values": {name: str(value) for name, value in item.error.values.items()},
        }
        for item in items
        if isinstance(item.error, MediaError) and item.outcome in (Outcome.FAILED, Outcome.FAILED_BEFORE)
    }
    try:  # of what this run did not look at, nothing is forgotten
        before = json.loads(record.read_bytes())
    except (OSError, ValueError):
        before = {}
    names = {name for item in items for name in (item.recorded, item.source.recorded, item.source.shown)}
    kept = {key: value for key, value in before.get("media", {}).items() if key.split(" ")[0] not in names} | kept
    bad = sorted({*bad, *(name for name in before.get("bad", []) if name not in names)})
    durable.make_folder(record.parent)
    durable.write(record, canonical({"media": kept, "bad": bad}, indent=1))
