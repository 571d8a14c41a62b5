"""Which order a CorrelateID is of: by what this machine sent, else by a listing of the store, one at a time."""

from __future__ import annotations

import threading
import time
from pathlib import Path
from typing import Annotated

from pydantic import StringConstraints, ValidationError

from pipeline import durable
from pipeline.errors import ShowcaseError
from pipeline.model.base import Noun, canonical
from pipeline.model.c2_records import CorrelateId
from pipeline.model.reference import SubmissionRef
from pipeline.storage.buckets import Buckets
from pipeline.storage.orders import OrderPlace
from pipeline.workspace import Workspace

FOLDER, NAME = "c2", "orders.jsonl"
PAUSE_S = 5.0
Segment = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]+$")]


class Sent(Noun):
    """A hint: where the records of an order lie. The records decide."""

    correlate_id: CorrelateId
    prefecture: Segment
    submission_id: Segment
    package_id: Segment


def folder_of(place: Workspace) -> Path:
    """Where the wire's own files lie."""
    return place.hidden / FOLDER


def hints_of(place: Workspace) -> Path:
    """What this machine sent."""
    return folder_of(place) / NAME


def remember(path: Path, place: OrderPlace) -> None:
    """Keep where an order lies for the listener of this machine; without it the store is listed."""
    sent = Sent(
        correlate_id=place.correlate_id,
        prefecture=place.ref.prefecture,
        submission_id=place.ref.submission_id,
        package_id=place.package_id,
    )
    durable.make_folder(path.parent)
    durable.append_line(path, canonical(sent.model_dump(mode="json")))


class OrderBook:
    """Places of orders; many threads may ask.

    Args:
        hints: the file of `remember`.
    """

    def __init__(self, buckets: Buckets, hints: Path):
        self._buckets = buckets
        self._hints = hints
        self._places: dict[str, OrderPlace] = {}
        self._read_bytes = 0
        self._lock = threading.Lock()
        self._listing = threading.Lock()
        self._listings = 0
        self._failed: tuple[float, ShowcaseError] | None = None

    def find(self, correlate_id: str) -> OrderPlace | None:
        """Where an order lies; None where the store has none of that id.

        Raises:
            EnvironmentFault, TransferError: the store does not answer.
        """
        with self._lock:
            self._read_hints()
            found, before = self._places.get(correlate_id), self._listings
        if found is not None:
            return found
        with self._listing:  # who waits here is served by a listing that began after it asked
            with self._lock:
                is_listed = self._listings > before + 1
            if not is_listed:
                self._list_or_refuse()
        with self._lock:
            return self._places.get(correlate_id)

    def _list_or_refuse(self) -> None:
        """A store that did not answer a moment ago is not asked for each who waits."""
        if self._failed and time.monotonic() - self._failed[0] < PAUSE_S:
            raise self._failed[1]
        try:
            self._list()
        except ShowcaseError as error:
            self._failed = (time.monotonic(), error)
            raise
        self._failed = None

    def _list(self) -> None:
        listed = self._buckets.records((self._buckets.delivery,))
        with self._lock:
            self._listings += 1
            for order in (order for record in listed for order in record.orders):
                place = OrderPlace(self._buckets.delivery, order.ref, order.package_id, order.correlate_id)
                self._places[order.correlate_id] = place

    def _read_hints(self) -> None:
        try:
            with self._hints.open("rb") as file:
                file.seek(self._read_bytes)
                new = file.read()
        except FileNotFoundError:
            return
        whole = new[: new.rfind(b"\n") + 1]
        self._read_bytes += len(whole)
        for line in whole.splitlines():
            try:
                sent = Sent.model_validate_json(line)
            except ValidationError:  # torn by a crash
                continue
            ref = SubmissionRef(sent.prefecture, sent.submission_id)
            place = OrderPlace(self._buckets.delivery, ref, sent.package_id, sent.correlate_id)
            self._places[sent.correlate_id] = place
