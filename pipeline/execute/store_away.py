"""A store that does not answer when a film begins is waited for: a worker comes up before it, or it starts anew.

One that has answered is waited for by each request itself (`storage.network.patience`).
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import EnvironmentFault
from pipeline.exchange.progress import WAIT, ProgressCallback

AWAY_S = 180.0  # for so long a worker waits, for one that does not answer yet and for one that does no longer
PAUSE_S = 5.0
POLL_S = 0.5
AWAY = ("store_unreachable", "store_busy")
Result = TypeVar("Result")


def waited_for(opened: Callable[[], Result], on_progress: ProgressCallback) -> Result:
    """What `opened` gives, tried again while nobody answers or the store can't now; `on_progress` is called
    meanwhile and may raise.

    Raises:
        EnvironmentFault: it was away too long, or something else is wrong with it.
    """
    until: float | None = None
    while True:
        try:
            return opened()
        except EnvironmentFault as fault:
            now = time.monotonic()
            until = until or now + AWAY_S
            if fault.key not in AWAY or now > until:
                raise
            _pause(on_progress)


def _pause(on_progress: ProgressCallback) -> None:
    end = time.monotonic() + PAUSE_S
    while time.monotonic() < end:
        on_progress(WAIT, None, None)
        time.sleep(POLL_S)
