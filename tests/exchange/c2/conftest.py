from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.exchange.c2.door import Door
from pipeline.exchange.c2.journal import NoticeJournal
from pipeline.exchange.c2.listener import Server, SoapService
from pipeline.exchange.c2.order_book import OrderBook
from pipeline.exchange.c2.reception import Reception
from pipeline.exchange.c2.settling import Settled, Settling
from pipeline.model.c2 import Action
from pipeline.model.c2_records import Order, OrderAction, OrderedMapping, OrderedObject, correlate_id
from pipeline.model.c2_wire import Operation
from pipeline.model.reference import SubmissionRef
from pipeline.storage.buckets import Buckets
from pipeline.storage.orders import OrderPlace
from tests.exchange.conftest import buckets_of
from tests.storage.conftest import store

__all__ = ["store"]
HEAD_END = "http://head.example/c2"
CSP, LSP = "XJDE", "XJTEL"


def ordered(package_id: str, earlier: int = 0) -> Order:
    """An order of a programme with one movie."""
    return Order(
        correlate_id=correlate_id(HEAD_END, package_id, OrderAction.REGIST, earlier),
        head_end=HEAD_END,
        action=OrderAction.REGIST,
        earlier=earlier,
        csp_id=CSP,
        lsp_id=LSP,
        dialect="c2-3.0",
        package_id=package_id,
        objects=(
            OrderedObject(type="Program", code="P1", action=Action.REGIST),
            OrderedObject(type="Movie", code="M1", action=Action.REGIST),
        ),
        mappings=(
            OrderedMapping(
                parent_type="Program",
                parent_code="P1",
                element_type="Movie",
                element_code="M1",
                action=Action.REGIST,
            ),
        ),
        by="编辑",
        at=datetime(2026, 6, 1, tzinfo=UTC),
    )


def put_order(buckets: Buckets, name: str = "film", number: int = 0) -> OrderPlace:
    """An order of its own in the store."""
    order = ordered(f"{number:016x}")
    place = OrderPlace(buckets.delivery, SubmissionRef("653200", name), order.package_id, order.correlate_id)
    assert place.put_order(order)
    return place


@dataclass
class Listening:
    """A listener in threads of this process.

    Args:
        told: what was settled.
    """

    url: str
    journal: NoticeJournal
    folder: Path
    told: list[Settled]


@contextmanager
def listening(
    buckets: Buckets, folder: Path, door: Door | None = None, hosts: tuple[str, ...] = ("127.0.0.1",)
) -> Iterator[Listening]:
    """The listener at a port of its own."""
    told: list[Settled] = []
    journal = NoticeJournal(folder / "notices.jsonl")
    book = OrderBook(buckets, folder / "orders.jsonl")
    settling = Settling(journal, book, hosts, told.append)
    reception = Reception(journal, book, CSP, taken=settling.wake)
    server = Server(SoapService(Operation.RESULT_NOTIFY, door or Door(), reception.answer), "127.0.0.1", 0)
    thread = threading.Thread(target=server.run)
    thread.start()
    settling.start()
    try:
        yield Listening(f"http://127.0.0.1:{server.port}/c2", journal, folder, told)
    finally:
        server.close()
        thread.join()
        settling.close()


@pytest.fixture
def buckets(store: object, request: pytest.FixtureRequest) -> Buckets:
    """Buckets of the test's own."""
    name = "".join(char if char.isalnum() else "-" for char in request.node.name.lower())[-50:].strip("-")
    return buckets_of(store, name)  # type: ignore[arg-type]  # the fixture is a Store
