"""Keep a scheduler and workers up: what ends is started again, and all ends with this process.

Dask's workers leave, with exit code 0, when their scheduler dies or they slept too long, and come back by themselves in
no case. Everything is started by the thread that waits here: children end with the thread that started them.
"""

from __future__ import annotations

import errno
import os
import socket
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from pipeline import durable, process
from pipeline.errors import EnvironmentFault, InputError
from pipeline.execute.cluster import commands
from pipeline.execute.cluster.address import Scheduler
from pipeline.workspace import Workspace

if TYPE_CHECKING:
    from pipeline.execute.cluster.client import Present

POLL_S = 0.5
LOOK_EVERY_S = 2.0  # when all is well: each look is a connection, and films want the processor
LOOK_S = 3.0
FIRST_PAUSE_S, LONGEST_PAUSE_S = 1.0, 30.0
STEADY_S = 60.0  # what ran as long begins anew with the first pause
TRIES = 3  # of what never came up
GRACE_S = 4.0
LOG_BYTES = 10_000_000


class Tell(Protocol):
    """Told of what happens, in a word and its values."""

    def __call__(self, event: str, /, **values: object) -> None: ...


@dataclass
class Kept:
    """One command that is kept up; what it prints goes to its log.

    Args:
        argv: of `dask`, with the command's name first.
    """

    argv: list[str]
    log: Path
    child: process.Child | None = None
    began: float = 0.0
    again_at: float = 0.0
    pause_s: float = FIRST_PAUSE_S
    ends: int = 0

    @property
    def name(self) -> str:
        return self.argv[0]

    def keep(self, place: Workspace, tell: Tell) -> None:
        """Start it, or start it again when it is time to."""
        now = time.monotonic()
        if self.child and (usage := self.child.poll()):
            if now - self.began > STEADY_S:
                self.pause_s, self.ends = FIRST_PAUSE_S, 0
            self.child, self.again_at = None, now + self.pause_s
            self.ends += 1
            tell("ended", name=self.name, code=usage.exit_code, seconds=self.pause_s)
            self.pause_s = min(2 * self.pause_s, LONGEST_PAUSE_S)
        if self.child is None and now >= self.again_at:
            self._start(place)

    def end(self) -> None:
        """End it: asked alone, for it ends its own processes itself, and fast; then, late, all of them."""
        if self.child is None or self.child.poll():
            return
        process.terminate(self.child.pid)
        if self.child.wait(GRACE_S) is None:
            self.child.stop(grace_s=0.0)

    def _start(self, place: Workspace) -> None:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".1.log"))
        with self.log.open("ab") as out:
            self.child = process.start(
                [sys.executable, "-m", f"distributed.cli.dask_{self.name}", *self.argv[1:]],
                cwd=place.root,
                env={**os.environ, **commands.ENVIRONMENT, "SHOWCASE_WORKSPACE": str(place.root)},
                stdio=process.Stdio(stdout=out, stderr=out),
            )
        self.began = time.monotonic()


@dataclass
class Supervision:
    """A cluster's part on this machine.

    Args:
        host: the address that workers listen on.
        is_own: the scheduler is kept up here too.
        tell: of: `waiting`, `ready`, `lost`, `back`, `joined` and `left` (host, address), `ended` (name, code,
            seconds).
        each_time: called in every round, to show what was logged.
    """

    place: Workspace
    scheduler: Scheduler
    workers: int
    host: str
    is_own: bool
    tell: Tell
    each_time: Callable[[], None] = lambda: None
    present: dict[str, Present] = field(default_factory=dict)
    answers: bool | None = None
    was_there: bool = False
    looked_at: float = -LOOK_EVERY_S

    def logs(self) -> tuple[Path, Path]:
        """Of the scheduler and of the workers."""
        return self.place.logs / "cluster-scheduler.log", self.place.logs / "cluster-workers.log"

    def run(self) -> None:
        """Until it is interrupted (KeyboardInterrupt); then nothing of it runs.

        Raises:
            EnvironmentFault: it doesn't come up, or the scheduler to be joined has other certificates.
        """
        scheduling, working = self._kept()
        try:
            while True:
                if self.is_own:
                    scheduling.keep(self.place, self.tell)
                    self._refuse_hopeless(scheduling, came_up=self.answers is not None)
                if not self.answers or time.monotonic() - self.looked_at >= LOOK_EVERY_S:
                    self._look()
                    self.looked_at = time.monotonic()
                if self.answers or working.child:
                    working.keep(self.place, self.tell)
                    self._refuse_hopeless(working, came_up=bool(self.present))
                self.each_time()
                time.sleep(POLL_S)
        finally:
            for kept in (working, scheduling):
                kept.end()

    def _kept(self) -> tuple[Kept, Kept]:
        scratch = durable.make_folder(self.place.scratch / "cluster")
        of_scheduler, of_workers = self.logs()
        return (
            Kept(commands.scheduler(self.scheduler), of_scheduler),
            Kept(commands.workers(self.scheduler, self.workers, host=self.host, scratch=scratch), of_workers),
        )

    def _look(self) -> None:
        """Who is there now, and what changed."""
        from pipeline.execute.cluster import client

        try:
            now = {one.address: one for one in client.workers_of(self.scheduler, LOOK_S)}
        except EnvironmentFault as fault:
            if fault.key == "scheduler_refuses" and self.answers is None and not self.is_own:
                raise
            if self.answers is not False and not (self.is_own and self.answers is None):
                self.tell("lost" if self.answers else "waiting")
                self.answers = False
            now = {}
        else:
            if not self.answers:
                self.tell("back" if self.was_there else "ready")
                self.answers = self.was_there = True
        for address in sorted(now.keys() ^ self.present.keys()):
            if self.is_own or (now.get(address) or self.present[address]).host == self.host:
                one = now.get(address) or self.present[address]
                self.tell("joined" if address in now else "left", host=one.host, address=address)
        self.present = now

    def _refuse_hopeless(self, kept: Kept, *, came_up: bool) -> None:
        if kept.ends >= TRIES and not came_up:
            raise EnvironmentFault("cluster_start", where=str(kept.log))


def refuse_taken(at: Scheduler) -> None:
    """Let pass an address of this machine where nobody listens yet.

    Raises:
        InputError: it is none of this machine's. EnvironmentFault: somebody does.
    """
    host = at.host.strip("[]")
    if host in ("0.0.0.0", "::"):  # noqa: S104 - it is refused
        raise InputError("cluster_host", where=host)
    try:
        family, kind, *_, place = socket.getaddrinfo(host, at.port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(place)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise EnvironmentFault("cluster_port_taken", where=at.url, port=at.port) from error
        raise InputError("cluster_host", where=host, detail=error.strerror) from error
