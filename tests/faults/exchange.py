"""A request and its answer as they go over a line, with what is dealt to them."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field

from tests.faults.dealing import OF_ANSWER_BODY, OF_REQUEST_BODY, Dealer, Fault, Kind
from tests.faults.messages import Cut, Ended, Head, Peer

FOR_EVER_S = 1e6


@dataclass
class Counts:
    """What went by: bytes of both directions with heads and all, and what was asked (a listing is «LIST»).

    Args:
        acknowledged: what was written, as it was asked for, and of which the client has the store's whole word.
    """

    up: int = 0
    down: int = 0
    connections: int = 0
    cuts: int = 0
    asked: Counter[str] = field(default_factory=Counter)
    answered: Counter[int] = field(default_factory=Counter)
    acknowledged: list[str] = field(default_factory=list)


async def exchanged(client: Peer, server: Peer, dealer: Dealer, counts: Counts, delay_s: float) -> bool:
    """One request and its answer; whether another may follow.

    Raises:
        Cut: both ends are to be reset. Ended: they are to be closed.
    """
    head = await _next_head(client, server)
    counts.asked["LIST" if head.asked.startswith("GET ") and "list-type=2" in head.asked else head.method] += 1
    fault = dealer.draw(head.asked, head.length())
    if fault and fault.kind is Kind.REFUSE:
        if not head.field("expect"):
            await _drained(client, head, None)
        counts.answered[fault.status] += 1
        await client.send(fault.refusal(head.asked))
        return True
    exchange = _Exchange(head, client, server, dealer, fault, delay_s)
    sending, answering = asyncio.create_task(exchange.send()), asyncio.create_task(exchange.answer(counts))
    try:
        await asyncio.wait({sending, answering}, return_when=asyncio.FIRST_COMPLETED)
        if sending.done() and isinstance(sending.exception(), Cut):
            raise Cut
        goes_on = await answering
        if not sending.done() and head.field("expect") and not exchange.has_begun:
            return False  # it was refused before it was sent: that body never comes
        with suppress(OSError):  # the store has answered and hears no more
            await sending
    finally:
        for task in (sending, answering):
            task.cancel()
        await asyncio.gather(sending, answering, return_exceptions=True)
    return goes_on


@dataclass
class _Exchange:
    """`kept` is the request's body where it goes twice."""

    head: Head
    client: Peer
    server: Peer
    dealer: Dealer
    fault: Fault | None
    delay_s: float
    kept: bytearray = field(default_factory=bytearray)
    has_begun: bool = False

    def _is(self, kind: Kind) -> bool:
        return self.fault is not None and self.fault.kind is kind

    async def send(self) -> None:
        length = self.head.length()
        fault = self.fault if self.fault and self.fault.kind in OF_REQUEST_BODY else None
        place = fault.place(length) if fault else None
        is_shorter = self._is(Kind.SHORTEN_REQUEST) and length is not None
        await self.server.send(self.head.with_length(place or 0).raw if is_shorter else self.head.raw)
        seen = 0
        async for block in self.client.body(length, is_chunked=self.head.is_chunked):
            self.has_begun = True
            given = block
            if fault and place is not None and seen <= place < seen + len(block):
                given = await _spoilt(self.server, fault, block, place - seen)
            elif is_shorter and seen > (place or 0):
                given = b""
            if given:
                await self.server.send(given)
            if self._is(Kind.DOUBLE_REQUEST):
                self.kept += block
            seen += len(block)

    async def answer(self, counts: Counts) -> bool:
        """Whether the connection may stay."""
        asked = self.head.asked
        head = await _final(self.server, self.client)
        if self._is(Kind.DOUBLE_REQUEST):
            await _drained(self.server, head, asked)
            await self.server.send(self.head.without_waiting().raw + bytes(self.kept))
            head = await _final(self.server, None)
        counts.answered[head.status] += 1
        length = head.length(asked)
        if self.fault and self.fault.kind in OF_ANSWER_BODY and (length == 0 or head.status >= 300):
            self.dealer.take_back(self.fault)
            self.fault = None
        if self._is(Kind.LOSE_ANSWER):
            await _drained(self.server, head, asked)
            raise Cut
        delayed = self.fault.span_s if self.fault and self._is(Kind.DELAY) else None
        await asyncio.sleep(delayed or self.delay_s)
        await self._pass_on(head, length)
        if head.status < 300 and self.head.method not in ("GET", "HEAD"):
            counts.acknowledged.append(asked)
        return (length is not None or head.is_chunked) and head.field("connection") != "close"

    async def _pass_on(self, head: Head, length: int | None) -> None:
        fault = self.fault if self.fault and self.fault.kind in OF_ANSWER_BODY else None
        place = fault.place(length) if fault else None
        is_shorter = self._is(Kind.SHORTEN_ANSWER) and length is not None
        raw = head.with_length(place or 0).raw if is_shorter else head.raw
        told = bytearray(raw)
        await self.client.send(raw)
        seen = 0
        async for block in self.server.body(length, is_chunked=head.is_chunked and length is None):
            given = block
            if fault and place is not None and seen <= place < seen + len(block):
                given = await _spoilt(self.client, fault, block, place - seen)
            elif is_shorter and seen > (place or 0):
                given = b""
            if given:
                await self.client.send(given)
            if self._is(Kind.DOUBLE_ANSWER):
                told += given
            seen += len(block)
        if self._is(Kind.DOUBLE_ANSWER):
            await self.client.send(bytes(told))


async def _spoilt(to: Peer, fault: Fault, block: bytes, at: int) -> bytes:
    """What is left to send of a block within which something happens."""
    if fault.kind in (Kind.FLIP_REQUEST, Kind.FLIP_ANSWER):
        return block[:at] + bytes([block[at] ^ 1]) + block[at + 1 :]
    if fault.kind in (Kind.SHORTEN_REQUEST, Kind.SHORTEN_ANSWER):
        return block[:at]
    await to.send(block[:at])
    if fault.kind in (Kind.STALL_REQUEST, Kind.STALL_ANSWER):
        await asyncio.sleep(fault.span_s or FOR_EVER_S)
        return block[at:]
    raise Ended if fault.kind is Kind.END_ANSWER else Cut


async def _final(server: Peer, client: Peer | None) -> Head:
    """The head of the answer; a «100 Continue» before it goes on as it is."""
    while (head := await server.head()).status < 200:
        if client is not None:
            await client.send(head.raw)
    return head


async def _drained(peer: Peer, head: Head, asked: str | None) -> None:
    """Read a body, of the answer to `asked` or of a request, that goes nowhere."""
    length = head.length(asked)
    async for _ in peer.body(length, is_chunked=head.is_chunked and length is None):
        pass


async def _next_head(client: Peer, server: Peer) -> Head:
    """The next request; a store that hangs up meanwhile hangs up on the client too."""
    coming = asyncio.create_task(client.head())
    leaving = asyncio.create_task(server.until_readable())
    try:
        await asyncio.wait({coming, leaving}, return_when=asyncio.FIRST_COMPLETED)
        if not coming.done() and client.is_empty:
            raise Ended
        return await coming
    finally:
        for task in (coming, leaving):
            task.cancel()
        await asyncio.gather(coming, leaving, return_exceptions=True)
