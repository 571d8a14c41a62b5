"""Stages with content-addressed outputs: a finished one is never done again and its bytes never change.

key = SHA-256 of the stage, its version and everything that changes its result. It is built in `tmp/` under a lock
that the kernel drops with its process, fsynced, and renamed; what a killed process left in `tmp/` is removed by the
next one that wants the same key.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from pipeline import durable
from pipeline.execute.journal import Journal
from pipeline.model.base import canonical
from pipeline.workspace import Workspace

RECORD = "stage.json"


@dataclass(frozen=True)
class Done:
    """A finished stage."""

    folder: Path
    key: str
    reused: bool


@dataclass(frozen=True)
class Room:
    """What a stage gets to build in: `folder` becomes the output, `scratch` is thrown away, `log` is kept."""

    folder: Path
    scratch: Path
    log: Path


def key(stage: str, version: int, inputs: Mapping[str, str]) -> str:
    """The stage's key (hex)."""
    return hashlib.sha256(canonical({"stage": stage, "version": version, "inputs": dict(inputs)})).hexdigest()


def run(
    workspace: Workspace,
    journal: Journal,
    stage: str,
    version: int,
    inputs: Mapping[str, str],
    build: Callable[[Room], None],
) -> Done:
    """The stage's output, built now unless it is there.

    Raises:
        Whatever `build` raises; nothing then stands under the final name.
    """
    name = key(stage, version, inputs)
    final = workspace.work / stage / name
    with durable.space_is_an_environment_fault(workspace.locks):
        lock = FileLock(workspace.locks / f"{stage}-{name[:24]}.lock")
    with lock:
        if _is_whole(final):
            journal.write("stage.reused", stage=stage, key=name)
            return Done(final, name, reused=True)
        if final.exists():
            journal.write("stage.damaged", stage=stage, key=name)
            shutil.rmtree(final)
        base = durable.fresh_folder(workspace.scratch / f"{stage}-{name[:24]}")
        room = Room(base / "output", base / "scratch", workspace.logs / f"{stage}-{name[:24]}.log")
        room.folder.mkdir()
        room.scratch.mkdir()
        journal.write("stage.started", stage=stage, key=name)
        try:
            with durable.space_is_an_environment_fault(base):
                build(room)
            durable.write(room.folder / RECORD, canonical(_record(stage, version, inputs, room.folder), indent=1))
            durable.publish_folder(room.folder, final)
        finally:
            shutil.rmtree(base, ignore_errors=True)
        journal.write("stage.finished", stage=stage, key=name)
    return Done(final, name, reused=False)


def _record(stage: str, version: int, inputs: Mapping[str, str], folder: Path) -> dict[str, object]:
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return {"stage": stage, "version": version, "inputs": dict(inputs), "files": files}


def _is_whole(folder: Path) -> bool:
    """Whether every file is there in its size; digests are compared where the bytes are read anyway."""
    try:
        files: dict[str, int] = json.loads((folder / RECORD).read_bytes())["files"]
        return all((folder / name).stat().st_size == size for name, size in files.items())
    except (OSError, ValueError, KeyError):
        return False
