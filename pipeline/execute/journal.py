"""`journal.jsonl`: what happened, one fsynced line each. Any index can be rebuilt from it; nothing is decided by it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

from filelock import FileLock

from pipeline import durable
from pipeline.workspace import Workspace


class Journal:
    """Appends to one workspace's journal, whichever process writes."""

    def __init__(self, workspace: Workspace):
        self._path = workspace.journal
        self._lock = FileLock(workspace.locks / "journal.lock")

    def write(self, event: str, **facts: object) -> None:
        """One line: when, what, and its facts (paths relative, no secrets)."""
        line = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), "event": event, **facts}
        with self._lock:
            durable.append_line(self._path, json.dumps(line, ensure_ascii=False).encode())
