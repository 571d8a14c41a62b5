"""The only importer of Dask: a connected client, and calls to a scheduler that end by their deadline.

What is called here is asked anew each time, over a connection of its own: a scheduler that was killed, and workers that
were stopped, cost the deadline and nothing else. Calls to workers go through the scheduler, the only one that must be
reached from here.
"""

from __future__ import annotations

import asyncio
import json
import logging
import pickle
import socket
import ssl
import threading
import time
from collections.abc import Awaitable, Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, TypeVar

import distributed
from distributed.client import FutureCancelledError
from distributed.comm.core import CommClosedError

from pipeline.errors import EnvironmentFault
from pipeline.execute.cluster import certificates, scheduler_state
from pipeline.execute.cluster.address import Scheduler

logging.getLogger("distributed").setLevel(logging.CRITICAL)  # what goes wrong is told in our words

Client = distributed.Client
Answer = TypeVar("Answer")
CONNECT_S = 5.0
BROUGHT_S = 10.0  # an answer is some kilobytes


@dataclass(frozen=True)
class Present:
    """What a scheduler knows of one of its workers.

    Args:
        address: the worker's name in Dask, `tcp://10.0.0.2:40000`.
        slots: tasks that it does at once.
        scratch: its folder, on its own machine.
        tasks: the keys of what it was given.
    """

    address: str
    host: str
    slots: int
    scratch: str
    tasks: tuple[str, ...]


@dataclass(frozen=True)
class Said:
    """What came of a question: the text of an answer, or why there is none; neither is silence."""

    text: str | None = None
    fault: str | None = None


def new_certificates() -> tuple[str, str, str]:
    """A CA, a certificate and a key (PEM) for all roles, for a year.

    Raises:
        EnvironmentFault: what makes them is not installed.
    """
    try:
        made = distributed.Security.temporary()
    except ImportError as error:
        raise EnvironmentFault("cluster_extra") from error
    return made.tls_ca_file, made.tls_scheduler_cert, made.tls_scheduler_key


def security(scheduler: Scheduler) -> distributed.Security:
    """What guards the way to it."""
    folder = scheduler.certificates
    if folder is None:
        return distributed.Security()
    certificate, key = str(folder / certificates.CERTIFICATE), str(folder / certificates.KEY)
    return distributed.Security(
        require_encryption=True,
        tls_ca_file=str(folder / certificates.CA),
        tls_client_cert=certificate,
        tls_client_key=key,
    )


def reach(scheduler: Scheduler, deadline_s: float = CONNECT_S) -> None:
    """Let pass where anybody listens: Dask tries for as long as it may, even where a connection is refused at once.

    Raises:
        EnvironmentFault: nobody does.
    """
    try:
        socket.create_connection((scheduler.host.strip("[]"), scheduler.port), deadline_s).close()
    except OSError as error:
        raise EnvironmentFault("scheduler_missing", where=scheduler.url) from error


@contextmanager
def connected(scheduler: Scheduler, deadline_s: float = CONNECT_S) -> Iterator[distributed.Client]:
    """A client of Dask's, for work.

    Raises:
        EnvironmentFault: nobody answers there by the deadline, or does so with other certificates.
    """
    reach(scheduler, deadline_s)
    workers_of(scheduler, deadline_s)  # whose errors are ours
    try:
        client = distributed.Client(
            scheduler.url, timeout=deadline_s, set_as_default=False, security=security(scheduler)
        )
    except OSError as error:
        raise _fault(scheduler, error) from error
    try:
        yield client
    finally:
        client.close(timeout=deadline_s)


def workers_of(scheduler: Scheduler, deadline_s: float = CONNECT_S) -> tuple[Present, ...]:
    """Who is there, by address.

    Raises:
        EnvironmentFault: nobody answers there by the deadline, or does so with other certificates.
    """

    async def ask(there: Any) -> Said:
        # in the scheduler's own loop: nobody comes or goes meanwhile
        return _said(
            await there.run_function(function=pickle.dumps(eval), args=pickle.dumps((scheduler_state.PRESENT,)))
        )

    said = _called(scheduler, ask, deadline_s)
    if said.text is None:
        raise EnvironmentFault("scheduler_missing", where=scheduler.url, detail=said.fault)
    known = [Present(**{**told, "tasks": tuple(told["tasks"])}) for told in json.loads(said.text)]
    return tuple(sorted(known, key=lambda one: one.address))


def identity_of(scheduler: Scheduler, deadline_s: float = CONNECT_S) -> str:
    """What tells a scheduler from one that was started in its place.

    Raises:
        EnvironmentFault: as `workers_of`.
    """

    async def ask(there: Any) -> str:
        return str((await there.identity())["id"])

    return _called(scheduler, ask, deadline_s)


def ask_workers(scheduler: Scheduler, expressions: Mapping[str, str], deadline_s: float) -> dict[str, Said]:
    """What an expression of Python's comes to on each worker, at once and whatever it is doing.

    Args:
        expressions: one for each worker, by address; it gives a text.

    Returns:
        Of each: a worker that does not answer by the deadline keeps no other's answer back.
    """

    async def ask() -> list[Said]:
        return await asyncio.gather(*(_asked_of(scheduler, *one, deadline_s) for one in expressions.items()))

    return dict(zip(expressions, asyncio.run(ask()), strict=True))


async def _asked_of(scheduler: Scheduler, worker: str, expression: str, deadline_s: float) -> Said:
    """Each question has a connection of its own: the scheduler's answer on it waits for the worker's."""
    message = {"op": "run", **_evaluated(expression)}
    try:
        async with asyncio.timeout(deadline_s):
            async with _reached(scheduler) as there:
                said = await there.broadcast(msg=message, workers=[worker], on_error="return")
    except (OSError, TimeoutError):
        return Said()
    return _said(said.get(worker))


def ask_scheduler(scheduler: Scheduler, expression: str, deadline_s: float) -> Said:
    """The same of the scheduler itself.

    Raises:
        EnvironmentFault: as `workers_of`.
    """

    async def ask(there: Any) -> Said:
        return _said(await there.run_function(**_evaluated(expression)))

    return _called(scheduler, ask, deadline_s)


def _evaluated(expression: str) -> dict[str, object]:
    """A call of the standard library alone, in a thread of its own: a worker goes on with what it does."""
    return {
        "function": pickle.dumps(asyncio.to_thread),
        "args": pickle.dumps((eval, expression)),
        "kwargs": pickle.dumps({}),
        "wait": True,
    }


def _said(answer: object) -> Said:
    if not isinstance(answer, dict):
        return Said()  # the scheduler could not reach the worker
    if answer.get("status") == "OK":
        return Said(text=str(answer["result"]))
    return Said(fault=str(answer.get("exception_text", "")))


def _reached(scheduler: Scheduler) -> Any:
    arguments = security(scheduler).get_connection_args("client")
    return distributed.rpc(scheduler.url, connection_args=arguments, timeout=CONNECT_S)


def _called(scheduler: Scheduler, ask: Callable[[Any], Awaitable[Answer]], deadline_s: float) -> Answer:
    async def call() -> Answer:
        async with asyncio.timeout(deadline_s), _reached(scheduler) as there:
            return await ask(there)

    try:
        return asyncio.run(call())
    except (OSError, TimeoutError) as error:  # Dask's CommClosedError is an OSError
        raise _fault(scheduler, error) from error


def _fault(scheduler: Scheduler, error: BaseException) -> EnvironmentFault:
    """What kept a call from being answered."""
    causes: list[BaseException] = []
    cause: BaseException | None = error
    while cause:
        causes.append(cause)
        cause = cause.__cause__ or cause.__context__
    # who listens behind certificates cuts off who has none
    is_cut = any(isinstance(one, ssl.SSLError | ConnectionResetError) for one in causes)
    key = "scheduler_refuses" if is_cut else "scheduler_missing"
    return EnvironmentFault(key, where=scheduler.url)


def tell(topic: str, event: Mapping[str, object]) -> None:
    """In a worker: let whoever listens to the topic know."""
    distributed.get_worker().log_event(topic, dict(event))


def end_profiling() -> None:
    """In a worker: have Dask no longer look at what its threads do, a hundred times a second.

    For that it calls `sys._current_frames`, in which Python 3.11 may wait for a lock that it holds itself: such a
    worker stands still for good (python/cpython#106883, mended in 3.12 alone).
    """
    worker = distributed.get_worker()
    for name in ("profile", "profile-cycle"):
        if looking := worker.periodic_callbacks.get(name):
            worker.loop.add_callback(looking.stop)


def own_address() -> str:
    """In a worker: its name in Dask."""
    return str(distributed.get_worker().address)


def listen(there: distributed.Client, topic: str, act: Callable[[Any], None]) -> None:
    """Have what is told from now on; `act` runs in a thread of Dask's."""
    there.subscribe_topic(topic, lambda event: act(event[1]))


def heed(there: distributed.Client, act: Callable[[], None]) -> None:
    """Be told when a worker comes or goes; `act` runs in a thread of Dask's."""
    moves = ("add-worker", "remove-worker")
    listen(there, "all", lambda event: act() if event.get("action") in moves else None)


class Lost(Exception):
    """What a scheduler knew is gone: it died, or was started again."""


class Running:
    """A task that goes on whoever waits for it; of those who submit one key all get the same run."""

    def __init__(
        self,
        there: distributed.Client,
        function: Callable[..., str],
        key: str,
        text: str,
        among: Collection[str] | None,
    ) -> None:
        self.key = key
        self._there = there
        only = {"workers": list(among), "allow_other_workers": False} if among is not None else {}
        self._future = there.submit(function, key, text, key=key, pure=False, **only)
        # `Future.result(timeout)` that gives up in the moment when the answer comes loses it: Dask's `sync` then has
        # neither a value nor an error. So it is asked for when it is there.
        self._has_ended = threading.Event()
        self._future.add_done_callback(lambda _: self._has_ended.set())
        self.claim()

    def answer(self, wait_s: float) -> str | None:
        """What came of it; None after so long without an end.

        Raises:
            Lost: the scheduler forgot it. KilledWorkers: worker after worker ended while it ran.
        """
        if not self._has_ended.wait(wait_s):
            return None
        if self._future.status in ("pending", "lost"):  # who had the answer is gone: it is made again
            time.sleep(wait_s)
            return None
        try:
            return str(self._future.result(timeout=BROUGHT_S))
        except (TimeoutError, distributed.TimeoutError, UnboundLocalError):
            return None
        except distributed.KilledWorker as error:
            raise KilledWorkers(str(error)) from error
        except (FutureCancelledError, CommClosedError, asyncio.CancelledError) as error:
            raise Lost(self.key) from error

    def release(self) -> None:
        """Wait for it no longer: it goes on where somebody else does, or where it was begun."""
        self._future.release()

    def claim(self) -> None:
        """Have it go on whatever becomes of this client: another one, that began it, may have given it up."""
        distributed.fire_and_forget(self._future)

    def give_up(self) -> None:
        """Let it go on only where somebody else waits for it: what `fire_and_forget` does, the other way round."""
        message = {"op": "client-releases-keys", "keys": [self.key], "client": scheduler_state.FORGOTTEN}
        self._there._send_to_scheduler(message)
        self._future.release()


class KilledWorkers(Exception):
    """A task that ended worker after worker."""
