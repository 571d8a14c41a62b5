"""showcase hand-over"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import click

from pipeline.cli import store_here, words
from pipeline.cli.command_context import workspace_here
from pipeline.cli.completing import submission_ids
from pipeline.cli.console import Console, code_of, failed, options, size
from pipeline.errors import InputError, IntegrityError, ShowcaseError
from pipeline.exchange import offline as finding
from pipeline.exchange import progress
from pipeline.exchange.hand_over import address, layouts, transports
from pipeline.exchange.hand_over.layouts import LAYOUTS
from pipeline.exchange.hand_over.sending import Outcome, Sending
from pipeline.exchange.hand_over.shipment import Shipment
from pipeline.exchange.hand_over.transport import Transport
from pipeline.exchange.offline import Found
from pipeline.execute.digest import cached_sha256
from pipeline.package import file_names
from pipeline.settings import Settings
from pipeline.storage.buckets import Buckets
from pipeline.workspace import Workspace

MOST_SHOWN = 10


@dataclass(frozen=True)
class _Said:
    """Where to and how, by the flags or else the settings."""

    to: str
    layout: str
    names: str


@words.command("hand-over", example="showcase hand-over 653200-film --to disk")
@click.argument("wanted", nargs=-1, required=True, metavar="ID_OR_FOLDER", shell_complete=submission_ids)
@click.option("--to", metavar="WHERE")
@click.option("--layout", type=click.Choice(tuple(LAYOUTS)))
@click.option("--names", metavar="TEMPLATE")
@click.option("--read-back", is_flag=True)
@options
def command(
    console: Console, wanted: tuple[str, ...], to: str | None, layout: str | None, names: str | None, read_back: bool
) -> int:
    """Hand packages over to another system: files to a folder or an FTP server, markers last. Resumes."""
    place = workspace_here()
    said = _said(place.settings, to, layout, names)
    there = address.parsed(said.to)
    file_names.refuse_template(said.names)
    paths = {item: Path(item) for item in wanted if Path(item).is_dir()}
    is_asked = len(paths) < len(wanted)
    remembered = partial(cached_sha256, cache=place.or_user_cache().cache)
    waiting = partial(console.on_progress, progress.WAIT, None, None)
    store: AbstractContextManager[Buckets | None] = store_here.opened(console, place) if is_asked else nullcontext()
    with transports.opened(there, place.settings.hand_over_ca, remembered, waiting) as transport, store as buckets:
        run = _Run(console, place, said, Sending(transport, console.on_progress, read_back=read_back), transport)
        for item in wanted:
            for found in run.found(item, buckets, paths.get(item)):
                run.take(found)
        return run.code()


def _said(own: Settings, to: str | None, layout: str | None, names: str | None) -> _Said:
    """The flags, else the settings, else what is usual.

    Raises:
        InputError: nobody says where to; the settings name no layout that there is.
    """
    to = to or own.hand_over_to
    if to is None:
        raise InputError("hand_over_where")
    layout = layout or own.hand_over_layout or layouts.PACKAGE
    if layout not in LAYOUTS:
        where = own.origins.get("hand_over_layout")
        known = ", ".join(LAYOUTS)
        raise InputError("settings_value", where=where, field="hand_over.layout", value=layout, known=known)
    return _Said(to, layout, names or own.hand_over_names or file_names.DEFAULT)


class _Run:
    """The packages of one call, of which some may fail."""

    def __init__(self, console: Console, place: Workspace, said: _Said, sending: Sending, transport: Transport):
        self.console, self.place, self.said, self.sending, self.transport = console, place, said, sending, transport
        self.faults: list[ShowcaseError] = []
        self.tried = 0

    def found(self, wanted: str, buckets: Buckets | None, path: Path | None) -> Iterator[Found]:
        """The packages that an item of the command line means; what can't be read of them is said."""
        faults: list[IntegrityError] = []
        try:
            if path is None:
                store_here.refuse_others_film(self.place, wanted)
            found: Sequence[Found] = (
                finding.in_folders(path) if path else finding.in_store(_asked(buckets), wanted, faults.append)
            )
        except ShowcaseError as fault:
            self._failed(fault, wanted)
            return
        for unreadable in faults:
            self._failed(unreadable, wanted)
        yield from found

    def take(self, found: Found) -> None:
        """Hand one package over, and say what became of it."""
        name = found.ref.typed
        try:
            if found.source is None:
                raise InputError("withdrawn", where=name, id=name)
            shipment = LAYOUTS[self.said.layout](found.source, self.said.names)
            outcome = self.sending.send(shipment)
        except ShowcaseError as fault:
            self._failed(fault, name)
            return
        self.tried += 1
        self._show(found, shipment, outcome)

    def code(self) -> int:
        """0; the fault's own of one package, 7 where others are good."""
        return code_of(self.console, self.faults, self.tried)

    def _show(self, found: Found, shipment: Shipment, outcome: Outcome) -> None:
        package = shipment.package
        where = self.transport.where(shipment.folder)
        self.console.give(
            {
                "item": str(found.ref),
                "package_id": package.package_id,
                "revision": package.revision,
                "layout": self.said.layout,
                "to": where,
                "files": [
                    {"path": item.path, "size_bytes": item.size_bytes, "sha256": item.sha256} for item in shipment.files
                ],
                "sent": outcome.sent,
                "already": outcome.already,
                "size_bytes": shipment.size_bytes,
                "sent_bytes": outcome.sent_bytes,
                "verified_by": dict(Counter(proof.value for proof in outcome.proofs.values())),
                "unverified": outcome.unverified,
                **({"instead_of": found.instead_of.row()} if found.instead_of else {}),
            }
        )
        named = {"id": found.ref.typed, "title": found.title, "revision": package.revision}
        counts = {"sent": outcome.sent, "already": outcome.already, "size": size(outcome.sent_bytes)}
        self.console.tell("handed_over" if outcome.sent else "handed_over_same", **named, where=where, **counts)
        if newer := found.instead_of:
            self.console.tell("given_instead", **named, newer=newer.revision, reason=newer.reason or "-")
        if unverified := outcome.unverified:
            few = ", ".join(unverified[:MOST_SHOWN]) + (" …" if len(unverified) > MOST_SHOWN else "")
            self.console.tell("handed_over_unverified", count=len(unverified), files=few)

    def _failed(self, fault: ShowcaseError, item: str) -> None:
        self.tried += 1
        self.faults.append(fault)
        failed(self.console, fault, item=item)


def _asked(buckets: Buckets | None) -> Buckets:
    if buckets is None:
        raise AssertionError("the store is opened where an id is named")
    return buckets
