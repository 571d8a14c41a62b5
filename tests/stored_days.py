"""A store that tells other days, as commands and their buckets have it."""

from __future__ import annotations

import dataclasses
import datetime
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, timedelta

from pipeline.model.china_time import CHINA, day_in_china
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore
from tests.faults.dated_store import DatedStore, dated

TODAY = day_in_china(datetime.datetime.now(UTC))


def noon(ago: int) -> datetime.datetime:
    """Noon of so many days before today."""
    return datetime.datetime.combine(TODAY - timedelta(days=ago), datetime.time(12, tzinfo=CHINA))


@contextmanager
def stored_days(common_store: CommonStore, ago: int) -> Iterator[tuple[DatedStore, Connection, Buckets]]:
    """The worker's store, at noon of so many days before today; its time is turned on by who uses it."""
    with (
        common_store.taken("delivery", "inbox") as straight,
        dated(straight.endpoint or "", noon(ago)) as proxy,
    ):
        connection = dataclasses.replace(straight, endpoint=proxy.endpoint)
        store = Store(connection, endpoint_shown="")
        yield proxy, connection, Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
