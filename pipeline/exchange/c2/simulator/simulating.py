"""A simulated head-end at a port."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from pipeline.exchange.c2 import calling, door
from pipeline.exchange.c2.listener import Server, SoapService
from pipeline.exchange.c2.simulator import service
from pipeline.exchange.c2.simulator.service import SimulatedHeadEnd, Simulator
from pipeline.model.c2_wire import Operation, spelling_of
from pipeline.workspace import SETTINGS


@dataclass(frozen=True)
class Running:
    """One that is open."""

    url: str
    run: Callable[[], None]


@contextmanager
def simulator(
    head_end: SimulatedHeadEnd, host: str, port: int, allow: Sequence[str], told: Callable[..., Any]
) -> Iterator[Running]:
    """A head-end that is open until this ends.

    Raises:
        InputError: the listener's address is none; it can be reached from elsewhere and nothing guards it.
        EnvironmentFault: the port is taken.
    """
    calling.service_at(head_end.listener)
    guard = door.opened(host, allow, SETTINGS)
    working = Simulator(head_end, told)
    own = spelling_of(head_end.dialect.soap)
    served = SoapService(Operation.EXEC_CMD, guard, working.answer, own, file=working.file)
    server = Server(served, host, port)
    working.own_url = service.url_of(host, server.port)
    working.start()
    try:
        yield Running(f"{working.own_url}{head_end.dialect.soap.path or '/'}", server.run)
    finally:
        server.close()
        working.close()
