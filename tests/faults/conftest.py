from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.storage import embedded
from pipeline.storage.s3.session import Connection
from tests.conftest import wait_for_none
from tests.faults.ground import FILM
from tests.faults.judging import TOTAL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What all of them tried together, where they ran in this process."""
    if TOTAL.tried:
        terminalreporter.section("faults × commands")
        terminalreporter.write_line(TOTAL.told())


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    """A real SeaweedFS for the module, without a line before it; it must be gone afterwards."""
    folder = tmp_path_factory.mktemp("store")
    with embedded.serve(folder, ("delivery", "inbox")) as server:
        yield server.connection
    assert wait_for_none(folder) == []


@pytest.fixture(scope="session")
def film(lavfi: Callable[..., Path]) -> Path:
    """2.5 s of moving noise, over 25 MiB: its upload goes in parts."""
    made = lavfi(*FILM)
    assert made.stat().st_size > 25 << 20
    return made
