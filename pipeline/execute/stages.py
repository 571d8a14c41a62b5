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
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from filelock import FileLock

from pipeline import durable
from pipeline.execute.journal import Journal
from pipeline.model.base import canonical
from pipeline.workspace import Workspace

RECORD = "stage.json"


@dataclass(frozen=True)
class FinishedStage:
    """A finished stage."""

    folder: Path
    key: str
    reused: bool


@dataclass(frozen=True)
class StageDirs:
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
    build: Callable[[StageDirs], None],
) -> FinishedStage:
    """The stage's output, built now unless it is there.

    Raises:
        Whatever `build` raises; nothing then stands under the final name.
    """
    done = together(workspace, journal, stage, version, {"": inputs}, lambda rooms: build(rooms[""]))
    return done[""]


def together(
    workspace: Workspace,
    journal: Journal,
    stage: str,
    version: int,
    inputs: Mapping[str, Mapping[str, str]],
    build: Callable[[Mapping[str, StageDirs]], None],
) -> dict[str, FinishedStage]:
    """Several outputs, each with a key of its own, of which those that are missing are built in one go.

    Raises:
        Whatever `build` raises; nothing then stands under a final name that was not there before.
    """
    keys = {name: key(stage, version, given) for name, given in inputs.items()}
    done: dict[str, FinishedStage] = {}
    rooms: dict[str, StageDirs] = {}
    with ExitStack() as held:
        with durable.space_is_an_environment_fault(workspace.locks):
            for identity in sorted(set(keys.values())):  # in one order, so that two commands never wait for each other
                held.enter_context(FileLock(workspace.locks / f"{stage}-{identity[:24]}.lock"))
        for name, identity in keys.items():
            final = workspace.work / stage / identity
            if _is_whole(final):
                journal.write("stage.reused", stage=stage, key=identity)
                done[name] = FinishedStage(final, identity, reused=True)
                continue
            if final.exists():
                journal.write("stage.damaged", stage=stage, key=identity)
                shutil.rmtree(final)
            rooms[name] = _stage_dirs(workspace, stage, identity)
            held.callback(shutil.rmtree, rooms[name].folder.parent, ignore_errors=True)
            journal.write("stage.started", stage=stage, key=identity)
        if rooms:
            with durable.space_is_an_environment_fault(workspace.scratch):
                build(rooms)
        for name, room in rooms.items():
            final = workspace.work / stage / keys[name]
            durable.write(room.folder / RECORD, canonical(_record(stage, version, inputs[name], room.folder), indent=1))
            durable.publish_folder(room.folder, final)
            journal.write("stage.finished", stage=stage, key=keys[name])
            done[name] = FinishedStage(final, keys[name], reused=False)
    return {name: done[name] for name in inputs}


def is_done(workspace: Workspace, stage: str, version: int, inputs: Mapping[str, str]) -> bool:
    """Whether the stage would have nothing to do."""
    return _is_whole(workspace.work / stage / key(stage, version, inputs))


def _stage_dirs(workspace: Workspace, stage: str, identity: str) -> StageDirs:
    base = durable.fresh_folder(workspace.scratch / f"{stage}-{identity[:24]}")
    room = StageDirs(base / "output", base / "scratch", workspace.logs / f"{stage}-{identity[:24]}.log")
    room.folder.mkdir()
    room.scratch.mkdir()
    return room


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
