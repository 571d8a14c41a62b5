"""A line on 127.0.0.1 between a real client and a real store, as slow, torn and wrong as it is told to be.

By hand: `python -m tests.faults.line_proxy --to 127.0.0.1:PORT --rate 4M --cut-every 60` prints its address.
The client's own kernel takes little ahead of a slow line: its segments and our buffers are small there.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import socket
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlsplit

from tests.faults.dealing import Dealer, Fault, Kind
from tests.faults.exchange import FOR_EVER_S, Counts, exchanged
from tests.faults.messages import Cut, Ended, Peer

SEGMENT, BUFFER, BLOCK = 1400, 2 << 10, 4 << 10  # of a line with a rate
WIDE = 256 << 10  # of one without
BEHIND_S = 0.2  # at most, of being late


@dataclass(frozen=True)
class Line:
    """A line.

    Args:
        up: bits in a second towards the store, of all connections together; None is as fast as it goes. So `down`.
        delay_s: before an answer's first byte: what far away costs.
        cut_every_s: all connections are reset at once, so often; for `down_s` after that new ones are reset too.
        hold_s: when it begins to hold every byte, from its start on, and for how long.
    """

    up: float | None = None
    down: float | None = None
    delay_s: float = 0.0
    cut_every_s: float | None = None
    down_s: float = 0.0
    hold_s: tuple[float, float] | None = None

    @property
    def is_slow(self) -> bool:
        return self.up is not None or self.down is not None


class LineProxy:
    """A proxy with a thread of its own; `change`, `deal`, `cut`, `hold` and `go` may be called from any."""

    def __init__(self, to: str, line: Line, faults: Sequence[Fault] = (), *, seed: int = 0, port: int = 0):
        address = urlsplit(to if "//" in to else f"//{to}")
        self.to = (address.hostname or "127.0.0.1", address.port or 80)
        self.line, self.counts, self._seed = line, Counts(), seed
        self._dealer = Dealer(faults, seed)
        self._listener = socket.socket()
        self._listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if line.is_slow:
            _make_small(self._listener)
        self._listener.bind(("127.0.0.1", port))
        self._listener.listen(128)
        self._listener.setblocking(False)
        self.endpoint = f"http://127.0.0.1:{self._listener.getsockname()[1]}"
        self._free = {"up": 0.0, "down": 0.0}
        self._open: dict[asyncio.Task[None], list[Peer]] = {}
        self._loop = asyncio.new_event_loop()
        self._is_down = False
        self._stopping, self._goes = asyncio.Event(), asyncio.Event()
        self._goes.set()
        self._thread = threading.Thread(target=self._loop.run_until_complete, args=(self._run(),), daemon=True)

    @property
    def dealt(self) -> Counter[str]:
        """Faults that were dealt, by kind; what could not be is left out."""
        return +self._dealer.dealt

    def told(self) -> str:
        """What went by and what was dealt, in one line."""
        shown = {name: value for name, value in vars(self.counts).items() if name != "acknowledged"}
        return json.dumps({**shown, "dealt": self.dealt})

    def deal(self, *faults: Fault) -> None:
        """From now on these, and no others; what was dealt before stays counted."""

        def anew() -> None:
            before = self._dealer.dealt
            self._dealer = Dealer(faults, self._seed)
            self._dealer.dealt.update(before)

        self._call(anew)

    def change(self, line: Line) -> None:
        """Another rate or delay from now on; what is cut and held in time stays as it began."""
        self._call(lambda: setattr(self, "line", line))

    def cut(self) -> None:
        """Reset every connection that is open."""
        self._call(self._cut)

    def hold(self) -> None:
        """No byte goes on any more; connections stay and are taken."""
        self._call(self._goes.clear)

    def go(self) -> None:
        """The bytes go on."""
        self._call(self._goes.set)

    def _call(self, act: Callable[[], None]) -> None:
        done = threading.Event()

        def acted() -> None:
            act()
            done.set()

        self._loop.call_soon_threadsafe(acted)
        done.wait(10)

    def start(self) -> None:
        self._thread.start()

    def close(self) -> None:
        """Reset what is open and end."""
        self._call(self._stopping.set)
        self._thread.join()
        self._loop.close()
        self._listener.close()

    async def _run(self) -> None:
        self._loop.add_reader(self._listener, self._accept)
        timers = [asyncio.create_task(timer()) for timer in (self._cut_in_time, self._hold_in_time)]
        await self._stopping.wait()
        self._loop.remove_reader(self._listener)
        tasks = [*timers, *self._open]
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _accept(self) -> None:
        with suppress(BlockingIOError, ConnectionAbortedError):
            connection, _ = self._listener.accept()
            self.counts.connections += 1
            task = asyncio.create_task(self._serve(connection))
            self._open[task] = []
            task.add_done_callback(partial(self._ended, connection))

    def _ended(self, connection: socket.socket, task: asyncio.Task[None]) -> None:
        """Also of one that was cut before it began."""
        self._open.pop(task)
        connection.close()

    async def _cut_in_time(self) -> None:
        down_s = 0.0
        while every := self.line.cut_every_s:
            await asyncio.sleep(every - down_s)
            down_s = min(self.line.down_s, every)
            self._is_down = down_s > 0
            self._cut()
            await asyncio.sleep(down_s)
            self._is_down = False

    async def _hold_in_time(self) -> None:
        if self.line.hold_s:
            await asyncio.sleep(self.line.hold_s[0])
            self._goes.clear()
            await asyncio.sleep(self.line.hold_s[1])
            self._goes.set()

    def _cut(self) -> None:
        for task in list(self._open):
            self.counts.cuts += 1
            task.cancel()

    async def _carry(self, way: str, size: int, was_idle: bool) -> None:
        """Comes back when `size` bytes are through, after all that came before them; what was lost because this process
        woke late is made up for, what was lost because nobody sent is not."""
        setattr(self.counts, way, getattr(self.counts, way) + size)
        if rate := getattr(self.line, way):
            now = time.monotonic()
            earliest = now if was_idle else now - BEHIND_S
            self._free[way] = max(self._free[way], earliest) + size * 8 / rate
            if self._free[way] > now:
                await asyncio.sleep(self._free[way] - now)
        await asyncio.sleep(0)  # the other connections' turn
        await self._goes.wait()

    def _peer(self, connection: socket.socket, way: str) -> Peer:
        connection.setblocking(False)
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        peer = Peer(connection, BLOCK if self.line.is_slow else WIDE, partial(self._carry, way))
        self._open[asyncio.current_task()].append(peer)  # type: ignore[index]
        return peer

    async def _serve(self, connection: socket.socket) -> None:
        peers = self._open[asyncio.current_task()]  # type: ignore[index]
        reset = True
        try:
            client = self._peer(connection, "up")
            fault = self._dealer.draw(None)
            if self._is_down or (fault and fault.kind is Kind.CUT_CONNECT):
                raise Cut
            if fault:
                await asyncio.sleep(fault.span_s or FOR_EVER_S)
            upstream = socket.socket()
            if self.line.is_slow:
                _make_small(upstream)
            server = self._peer(upstream, "down")
            await self._loop.sock_connect(upstream, self.to)
            while await exchanged(client, server, self._dealer, self.counts, self.line.delay_s):
                pass
            reset = False
        except (Cut, OSError):
            pass
        except Ended:
            reset = False
        finally:
            for peer in peers:
                peer.close(reset=reset)


def _make_small(connection: socket.socket) -> None:
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, BUFFER)
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_MAXSEG, SEGMENT)


@contextmanager
def lined(
    to: str,
    line: Line = Line(),
    faults: Sequence[Fault] = (),
    *,
    seed: int = 0,
) -> Iterator[LineProxy]:
    """The store at `to` («http://127.0.0.1:PORT») behind a line, for as long as this lasts."""
    proxy = LineProxy(to, line, faults, seed=seed)
    proxy.start()
    try:
        yield proxy
    finally:
        proxy.close()


def _bits(text: str) -> float:
    """«500k», «2M», «1e6»: bits in a second."""
    factor = {"k": 1e3, "M": 1e6, "G": 1e9}.get(text[-1:], 0)
    return float(text[:-1]) * factor if factor else float(text)


def _span(text: str) -> tuple[float, float]:
    begins, _, lasts = text.partition(":")
    return float(begins), float(lasts)


def main(given: Sequence[str] | None = None) -> None:
    parser = argparse.ArgumentParser(prog="python -m tests.faults.line_proxy", description=__doc__)
    parser.add_argument("--to", required=True, help="HOST:PORT of the store")
    parser.add_argument("--port", type=int, default=0, help="to listen on; 0 is any")
    parser.add_argument("--rate", type=_bits, help="bits a second, both ways: 500k, 2M")
    parser.add_argument("--up", type=_bits, help="towards the store alone")
    parser.add_argument("--down", type=_bits, help="from the store alone")
    parser.add_argument("--delay", type=float, default=0.0, help="seconds before each answer")
    parser.add_argument("--cut-every", type=float, help="seconds between resets of all connections")
    parser.add_argument("--down-for", type=float, default=0.0, help="seconds without a line after each cut")
    parser.add_argument("--hold", type=_span, help="AT:FOR, seconds: no byte goes on from then on, for so long")
    parser.add_argument(
        "--fault",
        type=Fault.parse,
        action="append",
        default=[],
        help=f"KIND:first=2,asked=PUT,at=1000 …; KIND of {', '.join(Kind)}",
    )
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--every", type=float, default=10.0, help="seconds between the lines that tell what went by")
    told = parser.parse_args(given)
    up, down = told.up or told.rate, told.down or told.rate
    line = Line(up, down, told.delay, told.cut_every, told.down_for, told.hold)
    proxy = LineProxy(told.to, line, told.fault, seed=told.seed, port=told.port)
    proxy.start()
    print(proxy.endpoint, flush=True)
    began = time.monotonic()
    try:
        while True:
            time.sleep(told.every)
            print(f"{time.monotonic() - began:7.1f} s {proxy.told()}", flush=True)
    except KeyboardInterrupt:
        proxy.close()
        print(f"{time.monotonic() - began:7.1f} s {proxy.told()}", flush=True)


if __name__ == "__main__":
    main()
