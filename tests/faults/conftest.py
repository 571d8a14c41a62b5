from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.storage.s3.session import Connection
from tests.common_store import CommonStore
from tests.faults.ground import FILM
from tests.faults.judging import TOTAL


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """What all of them tried together, where they ran in this process."""
    if TOTAL.tried:
        terminalreporter.section("faults × commands")
        terminalreporter.write_line(TOTAL.told())


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    """A real SeaweedFS for the module, without a line before it."""
    with common_store.taken("delivery", "inbox") as connection:
        yield connection


@pytest.fixture(scope="session")
def film(lavfi: Callable[..., Path]) -> Path:
    """2.5 s of moving noise, over 25 MiB: its upload goes in parts."""
    made = lavfi(*FILM)
    assert made.stat().st_size > 25 << 20
    return made
