"""What Ctrl-C means where many films are made."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType

from pipeline.cli.console import Console
from pipeline.execute.cancellation import Cancellation


@contextmanager
def stopped_by_signals(console: Console, cancellation: Cancellation) -> Iterator[None]:
    """The first Ctrl-C finishes what is cheap, the second ends at once; children die with this process."""

    def hear(_number: int, _frame: FrameType | None) -> None:
        if cancellation.requested:
            if sys.stderr.isatty():
                os.write(sys.stderr.fileno(), b"\x1b[?25h\n")  # the live view has hidden the cursor
            os._exit(130)
        cancellation.request()
        console.remark("batch_stopping")

    numbers = (signal.SIGINT, signal.SIGTERM)
    before = {number: signal.signal(number, hear) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
