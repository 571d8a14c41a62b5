"""The listener of a workspace: its door, journal, orders and service put together."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from pipeline import durable
from pipeline.errors import EnvironmentFault, InputError
from pipeline.exchange.c2 import door, head_end, journal, order_book
from pipeline.exchange.c2.door import Door
from pipeline.exchange.c2.journal import NoticeJournal
from pipeline.exchange.c2.listener import Server, SoapService
from pipeline.exchange.c2.order_book import OrderBook
from pipeline.exchange.c2.reception import Reception, SoapReply
from pipeline.exchange.c2.settling import Settled, Settling
from pipeline.model.c2_dialect import Dialect
from pipeline.model.c2_wire import Operation, spelling_of
from pipeline.storage.buckets import Buckets
from pipeline.workspace import SETTINGS, Workspace


@dataclass(frozen=True)
class Listener:
    """A listener that is open.

    Args:
        waiting: notices that an earlier one took and did not store.
    """

    url: str
    waiting: int
    run: Callable[[], None]


def address(place: Workspace, host: str | None, port: int | None) -> tuple[str, int]:
    """Where to listen: by a command, else by the settings, else on this machine alone.

    Raises:
        InputError: the settings' is no host and port.
    """
    own = place.settings.c2_listen
    named, colon, number = own.rpartition(":") if own else (door.HERE, ":", str(door.PORT))
    if not (colon and named and number.isascii() and number.isdigit() and int(number) < 1 << 16):
        raise InputError("c2_listen_wrong", where=place.settings.origins.get("c2_listen", SETTINGS), value=own)
    return host or named, int(number) if port is None else port


@dataclass(frozen=True)
class Bound:
    """Where a listener will be, whom it lets in, and how it speaks."""

    host: str
    port: int
    guard: Door
    dialect: Dialect


def bound(place: Workspace, host: str | None, port: int | None) -> Bound:
    """What a workspace's listener is to be, before anything is opened.

    Raises:
        InputError: a setting is wrong; it can be reached from elsewhere and nothing guards it.
    """
    own = place.settings
    named, number = address(place, host, port)
    guard = door.opened(named, own.c2_allow, own.origins.get("c2_allow", SETTINGS))
    return Bound(named, number, guard, head_end.dialect_of(place))


@contextmanager
def listener(place: Workspace, buckets: Buckets, at: Bound, told: Callable[..., Any]) -> Iterator[Listener]:
    """A listener that is open until this ends; `told` hears `refused` and `settled`.

    Raises:
        EnvironmentFault: the port is taken; another listener works in this workspace.
    """
    spelling = spelling_of(at.dialect.soap)
    folder = durable.make_folder(order_book.folder_of(place))
    with _alone(folder):
        kept = NoticeJournal(folder / journal.NAME)
        book = OrderBook(buckets, folder / order_book.NAME)
        accepts = place.settings.c2_result_accepts

        def settled(item: Settled) -> None:
            told("settled", settled=item)

        settling = Settling(kept, book, at.dialect.result_hosts, settled, at.dialect, accepts=accepts)
        reception = Reception(kept, book, place.settings.c2_csp_id, spelling, settling.wake)

        def heard(reply: SoapReply, caller: str) -> None:
            if reply.why:
                told("refused", why=reply.why, address=caller, correlate_id=reply.correlate_id, **reply.values)

        service = SoapService(Operation.RESULT_NOTIFY, at.guard, reception.answer, spelling, heard)
        server = Server(service, at.host, at.port)
        shown = f"[{at.host}]" if ":" in at.host else at.host
        settling.start()
        try:
            yield Listener(
                f"http://{shown}:{server.port}{at.dialect.soap.path or '/'}", len(kept.waiting()), server.run
            )
        finally:
            server.close()
            settling.close()


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Two would each know but a part of what came."""
    lock = FileLock(folder / "listener.lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise EnvironmentFault("c2_listener_runs", where=str(folder)) from error
    try:
        yield
    finally:
        lock.release()
