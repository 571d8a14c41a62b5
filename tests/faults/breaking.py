"""Ends of the command and of the server in the midst of what goes over a line."""

from __future__ import annotations

import time

from tests.conftest import Showcase, wait_for_none
from tests.faults.ground import Ground, Task
from tests.faults.judging import Tally, again, look
from tests.faults.line_proxy import Line, lined
from tests.faults.servers import OwnServer

BROADBAND = Line(up=80e6, down=80e6)  # so that seconds are spent on the line


def lengths(ground: Ground) -> dict[str, float]:
    """How long each task takes from its start as a process, over the line."""
    found = {}
    for task in ground.tasks.values():
        folder = ground.folder(task)
        with lined(ground.connection.endpoint or "", BROADBAND) as line:
            began = time.monotonic()
            assert Showcase(folder, ground.environment(line.endpoint)).start(*task.words).wait(100) == 0
            found[task.name] = time.monotonic() - began
    return found


def killed(ground: Ground, task: Task, moment: float, tally: Tally) -> None:
    """The command ends at this moment of its length, by SIGKILL; the rerun goes on."""
    shown = f"{task.name} killed after {moment:.2f} s"
    folder = ground.folder(task)
    with lined(ground.connection.endpoint or "", BROADBAND) as line:
        running = Showcase(folder, ground.environment(line.endpoint)).start(*task.words)
        time.sleep(moment)
        running.kill()
        code = running.wait()
        assert wait_for_none(folder) == []
        acknowledged = list(line.counts.acknowledged)
    tally.tried[("killed" if code else "killed too late"), task.name] += 1
    look(ground, task, folder, code, acknowledged, tally, shown)
    again(ground, task, folder, acknowledged, tally, shown)


def server_killed(ground: Ground, server: OwnServer, task: Task, moment: float, tally: Tally) -> None:
    """The server ends then, and is started again after a second: the command goes on by itself."""
    folder = ground.folder(task)
    with lined(ground.connection.endpoint or "", BROADBAND) as line:
        running = Showcase(folder, ground.environment(line.endpoint)).start(*task.words)
        time.sleep(moment)
        server.kill()
        acknowledged = list(line.counts.acknowledged)
        time.sleep(1)
        server.start()
        code = running.wait(200)
        written = list(line.counts.acknowledged)
    shown = f"{task.name}, its server killed after {moment:.2f} s, exit {code}"
    print(shown, flush=True)
    tally.tried["server killed", task.name] += 1
    if code:
        tally.add_wrong("wrong_words", shown)
    if parts := sorted({asked for asked in acknowledged if "partNumber" in asked and written.count(asked) > 1}):
        tally.add_wrong("doubled", f"sent again {parts}: {shown}")
    look(ground, task, folder, code, written, tally, shown)
    again(ground, task, folder, written, tally, shown)
