from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.storage import embedded
from pipeline.storage.s3.session import Connection
from tests.conftest import wait_for_none


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A real SeaweedFS for the module, without a line before it; it must be gone afterwards."""
    folder = tmp_path_factory.mktemp("store")
    with embedded.serve(folder, ("delivery", "inbox")) as server:
        yield server.connection
    assert wait_for_none(folder) == []
