from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore


@pytest.fixture(scope="module")
def store(common_store: CommonStore) -> Iterator[Store]:
    """A real SeaweedFS for the module."""
    with common_store.taken("delivery", "inbox") as connection:
        yield Store(connection, endpoint_shown=connection.endpoint or "")


@pytest.fixture(scope="module")
def delivery(store: Store) -> Bucket:
    return Bucket(store, "delivery")


@pytest.fixture(scope="module")
def inbox(store: Store) -> Bucket:
    return Bucket(store, "inbox")
