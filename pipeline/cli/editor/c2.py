"""showcase c2"""

from __future__ import annotations

import threading
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from pipeline.cli import c2_view, store_here, words
from pipeline.cli.command_context import user_here, workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, each, options
from pipeline.errors import InputError, TransferError
from pipeline.exchange.c2 import door, giving_up, head_end, importing, order_book, sending
from pipeline.exchange.c2.head_end import GivenHeadEnd
from pipeline.exchange.c2.sending import PreparedOrder, Sender
from pipeline.exchange.c2.settling import Settled, Settlement
from pipeline.exchange.c2.simulator.faults import Fault
from pipeline.exchange.choosing import PullChoice
from pipeline.exchange.vocabularies import Vocabularies
from pipeline.model.c2_records import OrderState
from pipeline.model.inbox import Person
from pipeline.storage.buckets import Buckets
from pipeline.storage.orders import KnownOrder

NOT_TAKEN, NO_ANSWER = 1, 5
GOOD = (OrderState.SENT, OrderState.LATE, OrderState.INGESTED)

command = words.group("c2", example="showcase c2 send 653200-film")


@command.subcommand("send", example="showcase c2 send 653200-film --to http://10.1.2.3:8080/ctms")
@click.argument("items", nargs=-1, metavar="ID", shell_complete=submission_ids)
@click.option("--column", metavar="COLUMN")
@click.option("--to", "url", metavar="URL")
@click.option("--csp-id", metavar="NAME")
@click.option("--lsp-id", metavar="NAME")
@click.option("--give-up", "given_up", metavar="ORDER")
@click.option("--wait", "minutes", metavar="MINUTES", type=click.FloatRange(min=0))
@click.option("-n", "--dry-run", is_flag=True)
@options
def send(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    items: tuple[str, ...],
    column: str | None,
    url: str | None,
    csp_id: str | None,
    lsp_id: str | None,
    given_up: str | None,
    minutes: float | None,
    dry_run: bool,
) -> int:
    """Tell the head-end to register, update or remove what stands of each submission."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    if not items and column is None:
        raise InputError("c2_none_named")
    sender = sending.sender(place, GivenHeadEnd(url, csp_id, lsp_id), user_here(place))
    columns = Vocabularies(head_end.folders_of(place)).columns if column else None
    choice = PullChoice(column=column, columns=columns)
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        wanted = sending.wanted(buckets, items, choice)
        if dry_run:
            return each(console, wanted, lambda item: _show(console, buckets, item, sender))
        if given_up is not None:
            for item in wanted:
                _give_up(console, buckets, item, given_up, sender.by)
        return each(console, wanted, lambda item: _send(console, buckets, item, sender, minutes))


def _give_up(console: Console, buckets: Buckets, wanted: str, order: str, by: str) -> None:
    if giving_up.give_up(buckets, wanted, order, by):
        console.tell("c2_gave_up", order=order)


def _show(console: Console, buckets: Buckets, wanted: str, sender: Sender) -> int:
    prepared = sending.prepare(buckets, wanted, sender)
    shown = sending.shown(buckets.delivery, prepared, sender)
    console.give({"item": prepared.ref.submission_id, "order": prepared.record.model_dump(mode="json"), "xml": shown})
    _head(console, "c2_would_send", prepared, sender)
    console.line(shown.rstrip())
    return 0


def _send(console: Console, buckets: Buckets, wanted: str, sender: Sender, minutes: float | None) -> int:
    prepared = sending.prepare(buckets, wanted, sender)
    if prepared.is_done and prepared.stands:
        _head(console, "c2_done_already", prepared, sender)
        return _given(console, prepared.stands)
    _head(console, "c2_sends_again" if prepared.stands else "c2_sends", prepared, sender)
    known = sending.told(buckets, prepared, sender, lambda answer: c2_view.show_answer(console, answer))
    if minutes is not None and known.state(datetime.now(UTC)) in (OrderState.SENT, OrderState.LATE):
        with console.waiting("c2_waits"):
            known = sending.awaited(buckets, known, minutes * 60, time.sleep)
        if known.result is None:
            _given(console, known)
            raise TransferError("c2_no_result", where=known.order.correlate_id, minutes=f"{minutes:g}")
    return _given(console, known)


def _head(console: Console, key: str, prepared: PreparedOrder, sender: Sender) -> None:
    order = prepared.record
    console.tell(
        key,
        id=prepared.ref.typed,
        title=prepared.title,
        head_end=sender.head_end.name,
        action=console.word(f"order_{order.action}"),
        objects=len(order.objects),
        mappings=len(order.mappings),
    )


def _given(console: Console, known: KnownOrder) -> int:
    """Show an order; the exit code that its state has."""
    shown = known.standing(datetime.now(UTC))
    console.give({"item": known.ref.submission_id, "prefecture": known.ref.prefecture, **shown.model_dump(mode="json")})
    c2_view.show_order(console, shown)
    return 0 if shown.state in GOOD else NOT_TAKEN


@command.subcommand("listen", example="showcase c2 listen --port 8080")
@click.option("--host", metavar="ADDRESS")
@click.option("--port", metavar="PORT", type=click.IntRange(0, 65535))
@options
def listen(console: Console, host: str | None, port: int | None) -> int:
    """Take the head-end's results until Ctrl-C, and put them beside the packages."""
    from pipeline.exchange.c2 import listening  # with what serves HTTP

    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    at = listening.bound(place, host, port)
    lock = threading.Lock()
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        place.make()

        def told(event: str, **values: Any) -> None:
            with lock:
                _heard(console, event, **values)

        with listening.listener(place, buckets, at, told) as listener:
            console.give({"event": "ready", "url": listener.url})
            console.say("c2_listens", url=listener.url)
            if listener.waiting:
                console.say("c2_left", count=listener.waiting)
            with suppress(KeyboardInterrupt):
                listener.run()
    console.remark("c2_listener_stopped")
    return 0


def _heard(console: Console, event: str, **values: Any) -> None:
    """A line of what happened: a notice that was not taken, a result that was stored."""
    if event == "refused":
        console.give({"event": event, **values})
        console.remark("c2_refused", why=console.word(values["why"], **values), address=values["address"])
        return
    settled: Settled = values["settled"]
    console.give(
        {
            "event": settled.settlement.value,
            "correlate_id": settled.notice.correlate_id,
            "state": settled.known.result.state.value if settled.known and settled.known.result else None,
        }
    )
    if settled.fault is not None:
        console.complain(settled.fault)
    if settled.settlement is Settlement.STORED and settled.known:
        console.tell("c2_stored", id=settled.known.ref.typed)
        c2_view.show_order(console, settled.known.standing(datetime.now(UTC)))
    else:
        console.say(f"c2_notice_{settled.settlement}", correlate_id=settled.notice.correlate_id)


@command.subcommand("import", example="showcase c2 import reply.xml")
@click.argument("file", metavar="REPLY", type=click.Path(path_type=Path))
@click.option("--order", metavar="ORDER")
@options
def import_(console: Console, file: Path, order: str | None) -> int:
    """Put the result that a branch sent by mail beside the package it is of."""
    place = workspace_here()
    store_here.refuse_others_right(place, Person.EDITOR)
    said = importing.read(file)
    with store_here.opened(console, place, place.settings.delivery) as buckets:
        known, new = importing.put(
            buckets, said, str(file), order, head_end.dialect_of(place), accepts=place.settings.c2_result_accepts
        )
    console.tell("c2_imported" if new else "c2_imported_already", id=known.ref.typed)
    return _given(console, known)


@command.subcommand("simulate", example="showcase c2 simulate --notify http://127.0.0.1:8080/")
@click.option("--notify", "listener", metavar="URL", required=True)
@click.option("--host", metavar="ADDRESS", default=door.HERE)
@click.option("--port", metavar="PORT", type=click.IntRange(0, 65535), default=8090)
@click.option("--csp-id", metavar="NAME")
@click.option("--lsp-id", metavar="NAME")
@click.option("--state", metavar="FOLDER", type=click.Path(path_type=Path, file_okay=False))
@click.option("--fault", type=click.Choice([item.value for item in Fault]))
@options
def simulate(  # noqa: PLR0913 - a command has a parameter for each of its options
    console: Console,
    listener: str,
    host: str,
    port: int,
    csp_id: str | None,
    lsp_id: str | None,
    state: Path | None,
    fault: str | None,
) -> int:
    """Play a head-end to try orders with."""
    from pipeline.exchange.c2.simulator import simulating  # with what analyses streams
    from pipeline.exchange.c2.simulator.service import SimulatedHeadEnd

    place = workspace_here().make()
    folder = state or order_book.folder_of(place) / "simulator"
    lock = threading.Lock()
    own = SimulatedHeadEnd(
        listener, head_end.dialect_of(place), folder.absolute(), csp_id, lsp_id, Fault(fault) if fault else None
    )

    def told(event: str, **values: Any) -> None:
        with lock:
            _simulated(console, event, **values)

    with simulating.simulator(own, host, port, place.settings.c2_allow, told) as running:
        console.give({"event": "ready", "url": running.url})
        console.say("c2_simulates", url=running.url, listener=listener, folder=folder)
        with suppress(KeyboardInterrupt):
            running.run()
    console.remark("c2_simulator_stopped")
    return 0


def _simulated(console: Console, event: str, **values: Any) -> None:
    if event == "fault":
        console.complain(values["error"])
        return
    console.give({"event": event, **values})
    console.say(f"c2_sim_{event}", **values)
