from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.store import Store
from tests.conftest import wait_for_none


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A real SeaweedFS for the module; it must be gone afterwards."""
    folder = tmp_path_factory.mktemp("store")
    with embedded.serve(folder, ("delivery", "inbox")) as server:
        yield Store(server.connection, endpoint_shown=server.connection.endpoint or "")
    assert wait_for_none(folder) == []


@pytest.fixture(scope="module")
def delivery(store: Store) -> Bucket:
    return Bucket(store, "delivery")


@pytest.fixture(scope="module")
def inbox(store: Store) -> Bucket:
    return Bucket(store, "inbox")
