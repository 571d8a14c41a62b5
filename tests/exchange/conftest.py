from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.object_cache import ObjectCache
from pipeline.storage.s3.store import Store
from tests.storage.conftest import store

__all__ = ["store"]


def buckets_of(store: Store, name: str, own: str | None = None) -> Buckets:
    """Buckets of a test's own in the module's store."""
    return Buckets(Bucket(store, f"{name}-inbox"), Bucket(store, f"{name}-delivery"), own)


@pytest.fixture
def cached(store: Store, tmp_path: Path) -> Store:
    """The module's store, with a cache of the test's own."""
    store.cache = ObjectCache(tmp_path / "objects", store.endpoint_shown)
    return store
