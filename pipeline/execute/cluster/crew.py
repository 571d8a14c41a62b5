"""The workers of a batch: who was let in, who joined since, who was put aside on the way."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from pipeline.errors import EnvironmentFault, ShowcaseError
from pipeline.execute.cluster import admitting, judgement, machine
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.answer import Admission, Aside, Expectation, Reason, Worker

HELD = "held"  # who was let in keeps its place
LOOK_S = 2.0  # between two looks where somebody came, went or is silent: a new worker has work within five seconds
LOOK_ANYWAY_S = 20.0  # where nobody did: each look is a kilobyte, and a film may take hours


@dataclass
class Crew:
    """Workers by their addresses; safe in several threads.

    Args:
        put_aside: is told of each worker that gets nothing, and why.
    """

    scheduler: Scheduler
    wanted: Expectation
    put_aside: Callable[[Aside], None]
    _workers: dict[str, Worker] = field(default_factory=dict)
    _aside: set[str] = field(default_factory=set)
    _asked: set[str] = field(default_factory=set)
    _silent: set[str] = field(default_factory=set)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _present: frozenset[str] = frozenset()
    _looked_at: float = 0.0
    _applied_at: float = 0.0
    _silent_since: float | None = None
    _is_stirred: bool = True

    def muster(self, refuse: Callable[[list[Worker]], None] = lambda _: None) -> None:
        """Ask all that are there.

        Args:
            refuse: is given those that answered from other machines, and raises where they can't work for this one.

        Raises:
            EnvironmentFault: nobody may work; nobody answers at the scheduler's address.
        """
        found = admitting.admit(self.scheduler, self.wanted)
        own = machine.machine()
        answered = [*found.workers, *(one.worker for one in found.aside if one.worker.answer)]
        refuse([one for one in answered if one.machine != own])
        self._take(found)
        admitting.refuse_none(found)
        self.wanted = self.wanted.model_copy(update={"made": found.made})
        self._looked_at = time.monotonic()

    def look(self) -> None:
        """Who is gone and who is new; asked when it is time.

        New ones are asked in threads of their own: one that is stopped keeps nobody waiting.

        Raises:
            EnvironmentFault: the scheduler does not answer.
        """
        from pipeline.execute.cluster import client

        with self._lock:
            is_awaited = self._is_stirred or self._silent or not self._workers
            if time.monotonic() - self._looked_at < (LOOK_S if is_awaited else LOOK_ANYWAY_S):
                return
            began_at = self._looked_at = time.monotonic()
            self._is_stirred = False
        try:
            there = {one.address for one in client.workers_of(self.scheduler)}
        except EnvironmentFault:
            with self._lock:
                self._is_stirred = True
                self._silent_since = self._silent_since or began_at
            raise
        with self._lock:
            self._silent_since = None
            if began_at < self._applied_at:  # a later look was faster
                return
            self._present, self._applied_at = frozenset(there), began_at
            for gone in set(self._workers) - there:
                del self._workers[gone]
            self._silent &= there
            new = there - set(self._workers) - self._aside - self._asked
            self._asked |= new
        for one in new:
            threading.Thread(target=self._ask, args=(one,), name="admit", daemon=True).start()

    def _ask(self, address: str) -> None:
        try:
            self._take(admitting.admit(self.scheduler, self.wanted, among={address}))
        except EnvironmentFault:  # whoever waits for a film hears of it
            self.stir()
        finally:
            with self._lock:
                self._asked.discard(address)

    def _take(self, found: Admission) -> None:
        """Let in those that may work beside those that do: a machine gets no more than it holds. A silent one is asked
        again, and told of once.
        """
        with self._lock:
            known = [one.model_copy(update={"tasks": one.tasks or (HELD,)}) for one in self._workers.values()]
            judged = judgement.judged(self.wanted, [*known, *found.workers])
            new = {one.address for one in found.workers}
            self._workers |= {one.address: one for one in judged.workers if one.address in new}
            refused = [*found.aside, *(one for one in judged.aside if one.worker.address in new)]
            told = [one for one in refused if one.worker.address not in self._silent]
            silent = {one.worker.address for one in refused if one.reason is Reason.SILENT}
            self._aside |= {one.worker.address for one in refused} - silent
            self._silent = (self._silent | silent) - new
        for one in told:
            self.put_aside(one)

    def leave_out(self, address: str, fault: ShowcaseError) -> None:
        """Give nothing more to a worker that has a fault of its own; one that nobody asked yet is asked."""
        with self._lock:
            worker = self._workers.pop(address, None)
            if worker is None and address not in self._aside:
                self._looked_at = 0.0
                return
            self._aside.add(address)
        if worker and worker.answer:
            told = worker.answer.model_copy(update={"fault": machine.in_words(fault)})
            self.put_aside(Aside(worker=worker.model_copy(update={"answer": told}), reason=Reason.UNABLE))

    def stir(self) -> None:
        """Somebody came or went: the next look is not put off."""
        with self._lock:
            self._is_stirred = True

    @property
    def silent_s(self) -> float:
        """Since when the scheduler has not answered; 0 where it did when it was asked last."""
        with self._lock:
            return time.monotonic() - self._silent_since if self._silent_since else 0.0

    def is_present(self, address: str) -> bool:
        """Whether a worker was there at the last look."""
        with self._lock:
            return address in self._present

    @property
    def is_asking(self) -> bool:
        """Whether somebody who joined has still to answer."""
        with self._lock:
            return bool(self._asked)

    @property
    def slots(self) -> int:
        """Films at once."""
        with self._lock:
            return sum(one.slots for one in self._workers.values())

    @property
    def cores(self) -> int:
        """Of all machines that they are on."""
        with self._lock:
            machines = {one.machine: one.answer.cores for one in self._workers.values() if one.answer}
        return sum(machines.values())

    @property
    def addresses(self) -> tuple[str, ...]:
        """Of those that may work."""
        with self._lock:
            return tuple(sorted(self._workers))

    @property
    def has_strangers(self) -> bool:
        """Whether somebody is there who may not work, or was not asked yet."""
        with self._lock:
            return bool(self._aside or self._asked or self._silent)
