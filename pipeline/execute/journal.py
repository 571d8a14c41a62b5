"""`journal.jsonl`: what happened, one fsynced line each. Any index can be rebuilt from it; nothing is decided by it."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import Any

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

    def rows(self, event: str) -> list[dict[str, Any]]:
        """Every line of one event, the oldest first; a torn one is passed over."""
        found = []
        for line in self._path.read_text(encoding="utf-8").splitlines() if self._path.is_file() else ():
            try:
                row = json.loads(line)
            except ValueError:
                continue
            if isinstance(row, dict) and row.get("event") == event:
                found.append(row)
        return found
