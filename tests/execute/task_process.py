"""One task in a Python process of its own: its description on stdin, its result on stdout, all files by digest.

`python -m tests.execute.task_process WORK SOURCES STAGES BUCKET`

Args:
    WORK: this task's own folder.
    SOURCES: files named by their SHA-256.
    STAGES: where finished stages are brought from and to, as a store would keep them.
    BUCKET: where deliveries go.
"""

from __future__ import annotations

import shutil
import sys
from contextlib import nullcontext
from pathlib import Path

from pipeline.execute import context
from pipeline.execute.perform import perform
from pipeline.execute.tasks import RESULT, TASK, PackageTask, Task, UploadTask
from pipeline.model.stage import Stage
from pipeline.settings import Settings
from pipeline.storage import connect
from pipeline.workspace import Workspace


def needs(task: Task) -> list[Stage]:
    """The finished stages that a task reads."""
    match task:
        case PackageTask():
            return [stage for part in task.parts for stage in part.stages]
        case UploadTask():
            return [task.stage]
        case _:
            return []


def main(work: Path, sources: Path, stages: Path, delivery: str) -> None:
    task = TASK.validate_json(sys.stdin.buffer.read())
    place = Workspace(work, Settings(delivery=delivery)).make()
    here = context.prepare(place)
    for path in sources.iterdir():
        here.sources.add(path.name, path)
    for stage in needs(task):
        shutil.copytree(stages / stage.name / stage.key, here.stages.folder(stage))
    before = set(place.work.glob("*/*"))
    with connect.opened(place) if isinstance(task, UploadTask) else nullcontext() as buckets:
        result = perform(task, here, buckets)
    for path in set(place.work.glob("*/*")) - before:
        target = stages / path.relative_to(place.work)
        if not target.exists():
            shutil.copytree(path, target)
    sys.stdout.buffer.write(RESULT.dump_json(result, by_alias=True))


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:4]), sys.argv[4])
