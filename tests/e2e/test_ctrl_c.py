"""Ctrl-C in a run: it stops cleanly, nobody stays, a rerun goes on. SIGKILL: test_kill."""

from __future__ import annotations

import signal
import time
from pathlib import Path

import pytest

from tests.conftest import Showcase, wait_for_none

pytestmark = pytest.mark.usefixtures("coded_quickly", "for_television")


@pytest.mark.acceptance
def test_ctrl_c_stops_cleanly_and_a_rerun_goes_on(showcase: Showcase, small_film: Path) -> None:
    running = showcase.start("run", small_film)
    showcase.wait_for("encode.started", 30)
    time.sleep(0.3)
    running.send_signal(signal.SIGINT)
    assert running.wait(20) == 130
    assert wait_for_none(showcase.folder, 0.5) == []
    assert not list((showcase.folder / ".showcase" / "tmp").iterdir())
    assert showcase("run", small_film).code == 0
