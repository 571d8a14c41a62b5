"""A store that is away for a while is waited for: what was encoded meanwhile is not made anew for that."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

from pipeline.errors import EnvironmentFault, TransferError
from pipeline.exchange.progress import ProgressCallback
from pipeline.storage.patience import is_transient

AWAY_S = 180.0  # beyond what each call tries by itself
PAUSE_S = 5.0
POLL_S = 0.5
AWAY = ("store_unreachable", "store_busy")
Result = TypeVar("Result")


def waited_for(act: Callable[[], Result], on_progress: ProgressCallback, stage: str) -> Result:
    """What `act` gives, tried again while the store does not answer; `on_progress` is called meanwhile and may raise.

    Raises:
        TransferError, EnvironmentFault: it was away too long.
    """
    until: float | None = None
    while True:
        try:
            return act()
        except (TransferError, EnvironmentFault) as fault:
            now = time.monotonic()
            until = until or now + AWAY_S
            is_away = is_transient(fault) or fault.key in AWAY
            if not is_away or now > until:
                raise
            _pause(on_progress, stage)


def _pause(on_progress: ProgressCallback, stage: str) -> None:
    end = time.monotonic() + PAUSE_S
    while time.monotonic() < end:
        on_progress(stage, None, None)
        time.sleep(POLL_S)
