"""Stages with content-addressed outputs: a finished one is never done again and its bytes never change.

An output is built in `tmp/` under a lock that the kernel drops with its process, fsynced, and renamed; what a killed
process left in `tmp/` is removed by the next one that wants the same key.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

from pipeline import durable
from pipeline.errors import ShowcaseError
from pipeline.execute.journal import Journal
from pipeline.locks import locked
from pipeline.model.base import canonical
from pipeline.model.stage import Stage
from pipeline.workspace import Workspace

RECORD = "stage.json"


@dataclass(frozen=True)
class FinishedStage:
    """A stage whose output is there; `reused` when it was before."""

    folder: Path
    key: str
    reused: bool


@dataclass(frozen=True)
class StageDirs:
    """What a stage gets to build in: `folder` becomes the output, `scratch` is thrown away, `log` is kept."""

    folder: Path
    scratch: Path
    log: Path


@dataclass(frozen=True)
class StageStore:
    """The outputs of one workspace, by stage and key.

    Args:
        on_stage: is told of each stage that is wanted, before it is looked for.
    """

    workspace: Workspace
    journal: Journal
    on_stage: Callable[[Stage], None] = lambda _: None

    def folder(self, stage: Stage) -> Path:
        """Where the stage's output lies, or would."""
        return self.workspace.work / stage.name / stage.key

    def is_done(self, stage: Stage) -> bool:
        """Whether the stage would have nothing to do."""
        return _is_whole(self.folder(stage))

    def run(self, stage: Stage, build: Callable[[StageDirs], None]) -> FinishedStage:
        """The stage's output, built now unless it is there.

        Raises:
            Whatever `build` raises; nothing then stands under the final name.
        """
        return self.run_together({"": stage}, lambda dirs: build(dirs[""]))[""]

    def run_together(
        self, stages: Mapping[str, Stage], build: Callable[[Mapping[str, StageDirs]], None]
    ) -> dict[str, FinishedStage]:
        """Several outputs, each with a key of its own, of which those that are missing are built in one go.

        Raises:
            Whatever `build` raises; nothing then stands under a final name that was not there before.
        """
        done: dict[str, FinishedStage] = {}
        missing: dict[str, StageDirs] = {}
        with ExitStack() as held:
            with durable.space_is_an_environment_fault(self.workspace.locks):
                # in one order, so that two commands never wait for each other
                for lock in sorted({short_name(stage) for stage in stages.values()}):
                    held.enter_context(locked(self.workspace.locks / f"{lock}.lock"))
            for label, stage in stages.items():
                self.on_stage(stage)
                if self.is_done(stage):
                    self.journal.write("stage.reused", stage=stage.name, key=stage.key)
                    done[label] = FinishedStage(self.folder(stage), stage.key, reused=True)
                    continue
                if self.folder(stage).exists():
                    self.journal.write("stage.damaged", stage=stage.name, key=stage.key)
                    shutil.rmtree(self.folder(stage))
                missing[label] = self._dirs(stage)
                held.callback(shutil.rmtree, missing[label].folder.parent, ignore_errors=True)
                self.journal.write("stage.started", stage=stage.name, key=stage.key)
            if missing:
                with _with_log(missing.values()), durable.space_is_an_environment_fault(self.workspace.scratch):
                    build(missing)
            for label, dirs in missing.items():
                done[label] = self._publish(stages[label], dirs)
        return {label: done[label] for label in stages}

    def _publish(self, stage: Stage, dirs: StageDirs) -> FinishedStage:
        durable.write(dirs.folder / RECORD, canonical(_record(stage, dirs.folder), indent=1))
        durable.publish_folder(dirs.folder, self.folder(stage))
        self.journal.write("stage.finished", stage=stage.name, key=stage.key)
        return FinishedStage(self.folder(stage), stage.key, reused=False)

    def _dirs(self, stage: Stage) -> StageDirs:
        base = durable.fresh_folder(self.workspace.scratch / short_name(stage))
        dirs = StageDirs(base / "output", base / "scratch", self.workspace.logs / f"{short_name(stage)}.log")
        dirs.folder.mkdir()
        dirs.scratch.mkdir()
        return dirs


@contextmanager
def _with_log(dirs: Iterable[StageDirs]) -> Iterator[None]:
    """What fails says where its log lies: what failed after its programs had ended well, where the last one's does."""
    try:
        yield
    except ShowcaseError as error:
        if error.log is None or not error.log.exists():
            logs = [path for item in dirs for path in item.log.parent.glob(f"{item.log.stem}*.log")]
            error.log = max(logs, key=lambda path: path.stat().st_mtime, default=None)
        raise


def short_name(stage: Stage) -> str:
    """A name for locks, logs and temporary folders."""
    return f"{stage.name}-{stage.key[:24]}"


def _record(stage: Stage, folder: Path) -> dict[str, object]:
    files = {path.relative_to(folder).as_posix(): path.stat().st_size for path in folder.rglob("*") if path.is_file()}
    return {"stage": stage.name, "version": stage.version, "inputs": stage.decides, "files": files}


def _is_whole(folder: Path) -> bool:
    """Whether every file is there in its size; digests are compared where the bytes are read anyway."""
    try:
        files: dict[str, int] = json.loads((folder / RECORD).read_bytes())["files"]
        return all((folder / name).stat().st_size == size for name, size in files.items())
    except (OSError, ValueError, KeyError):
        return False
