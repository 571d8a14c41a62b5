"""Objects over connections that are kept, signed and carried by libcurl: what of it is Python is a call for each block.

That leaves a processor to what is done with the bytes: of 2,000 objects of 200 kB that are fetched botocore's client
takes 4.8 s of it, its signer with a pool of urllib3's 1.9 s, this 0.3 s.
"""

from __future__ import annotations

import os
import re
import selectors
import socket
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

import pycurl
from botocore.credentials import Credentials
from botocore.exceptions import ReadTimeoutError, ResponseStreamingError

from pipeline.storage.s3.objects import SentBytes, Take, length_of

KEPT = 16  # connections
LEAST_BUFFER, MOST_BUFFER = 1 << 10, 512 << 10  # of one block that is read; libcurl's least
SENT_BUFFER = 64 << 10  # of one block that is sent
MOST_HELD_S = 0.1  # for which what came is not handed on: each time costs who takes it a turn among threads
_Selector = getattr(selectors, "PollSelector", selectors.SelectSelector)  # which takes no high numbers
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})\b")
_UNDER_WAY = {  # what befalls a line on which a request has gone
    pycurl.E_RECV_ERROR,
    pycurl.E_SEND_ERROR,
    pycurl.E_GOT_NOTHING,
    pycurl.E_PARTIAL_FILE,
}
# is told the status and the headers (their names in small letters) of an answer, and gives who takes its body
Begin = Callable[[int, Mapping[str, str]], Take]


class NoAnswerError(Exception):
    """Nobody answers, or nobody who is trusted."""


@dataclass(frozen=True)
class Request:
    """What is asked for.

    Attributes:
        span: the bytes that are wanted; None is all.
        headers: besides those that say who asks.
        body: what is put there; None asks for what is there.
        connect_s: how long a connection may take.
        read_s: for how long no byte may go or come.
        block_bytes: how many may be read at once.
    """

    url: str
    connect_s: float
    read_s: float
    span: range | None = None
    headers: Mapping[str, str] | None = None
    body: SentBytes | None = None
    block_bytes: int = SENT_BUFFER


class CurlConnections:
    """Of one identity to one store.

    Args:
        credentials: of whom; may be renewed meanwhile.
        region: that requests are signed for.
        authorities: the file or folder of certificates that the store's is held to.
        unsent_bytes: that may lie in the system's buffers before the line takes them.
    """

    def __init__(self, credentials: Credentials, region: str, authorities: str, unsent_bytes: int):
        self._credentials = credentials
        is_folder = Path(authorities).is_dir()
        self._options: list[tuple[int, Any]] = [
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.PROXY, ""),  # whoever asks by one does so by botocore's client
            (pycurl.NOSIGNAL, 1),
            (pycurl.USERAGENT, "showcase"),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.CAINFO, None if is_folder else os.fsencode(authorities)),  # None has libcurl's own forgotten
            (pycurl.CAPATH, os.fsencode(authorities) if is_folder else None),
            (pycurl.AWS_SIGV4, f"aws:amz:{region}:s3"),
            (pycurl.LOW_SPEED_LIMIT, 1),
            (pycurl.UPLOAD_BUFFERSIZE, SENT_BUFFER),
            (pycurl.SOCKOPTFUNCTION, partial(_keep_little_in_buffers, unsent_bytes)),
        ]
        self._lock = threading.Lock()
        self._idle: list[tuple[pycurl.Curl, int]] = []  # beside each its connection's socket

    def ask(self, request: Request, begin: Begin) -> None:
        """Send a request, and hand on what comes until there is no more of it, or no more is wanted.

        Raises:
            NoAnswerError: there was none, or the request can't be said. BotoCoreError: the line was cut or still while
            it was under way. whatever `begin`, who takes the answer, or the body raises.
        """
        handle = self._taken()
        exchange = _Exchange(begin, request.body, request.block_bytes)
        try:
            self._set(handle, request, exchange)
            handle.perform()
            exchange.end()
        except pycurl.error as error:
            if not (exchange.fault or exchange.is_enough):
                exchange.hand_on()
            fault, exchange.fault = exchange.fault, None
            if fault:
                raise fault from None
            if not exchange.is_enough:
                raise self._told(handle, exchange, int(error.args[0])) from error
        finally:
            self._give_back(handle)

    def _taken(self) -> pycurl.Curl:
        with self._lock:
            handle, kept = self._idle.pop() if self._idle else (pycurl.Curl(), -1)
        if kept < 0 or not _has_something_to_say(kept):
            return handle
        handle.close()
        return pycurl.Curl()

    def _give_back(self, handle: pycurl.Curl) -> None:
        """With its connection, which libcurl closes itself where an answer was left in the middle, and with nothing of
        what was carried."""
        kept = handle.getinfo(pycurl.ACTIVESOCKET)  # -1 is none
        handle.reset()
        with self._lock:
            if len(self._idle) < KEPT:
                self._idle.append((handle, kept))
                return
        handle.close()

    def _set(self, handle: pycurl.Curl, request: Request, exchange: _Exchange) -> None:
        signing = self._credentials.get_frozen_credentials()
        headers = [f"{name}: {value}" for name, value in (request.headers or {}).items()]
        headers += [f"X-Amz-Security-Token: {signing.token}"] if signing.token else []
        if not all(line.isprintable() for line in (*headers, signing.access_key or "")):
            raise NoAnswerError("header")  # as it came from who reads a file of keys with its ends of lines
        span, body = request.span, request.body
        options: list[tuple[int, Any]] = [
            *self._options,
            (pycurl.URL, request.url.encode()),
            (pycurl.USERNAME, (signing.access_key or "").encode()),
            (pycurl.PASSWORD, (signing.secret_key or "").encode()),
            # no "Expect": an answer before the body would cost a way there and back
            (pycurl.HTTPHEADER, [line.encode() for line in (*headers, "Expect:")]),
            (pycurl.RANGE, f"{span.start}-{span.stop - 1}" if span else None),
            (pycurl.CONNECTTIMEOUT, max(1, int(request.connect_s))),
            (pycurl.LOW_SPEED_TIME, max(1, int(request.read_s))),
            (pycurl.BUFFERSIZE, min(MOST_BUFFER, max(LEAST_BUFFER, request.block_bytes))),
            (pycurl.HEADERFUNCTION, exchange.header),
            (pycurl.WRITEFUNCTION, exchange.block),
        ]
        if body is None:
            options.append((pycurl.HTTPGET, 1))
        else:
            options += [
                (pycurl.UPLOAD, 1),
                (pycurl.INFILESIZE_LARGE, body.size_bytes),
                (pycurl.READFUNCTION, exchange.read),
                (pycurl.SEEKFUNCTION, exchange.rewind),
            ]
            body.begin_sending()
        for option, value in options:
            if value is None:
                handle.unsetopt(option)
            else:
                handle.setopt(option, value)

    def _told(self, handle: pycurl.Curl, exchange: _Exchange, code: int) -> Exception:
        """As botocore tells of it."""
        is_sent = handle.getinfo(pycurl.PRETRANSFER_TIME) > 0
        if code == pycurl.E_OPERATION_TIMEDOUT and is_sent:
            return ReadTimeoutError(endpoint_url="-", error=f"curl {code}")
        if exchange.has_begun or (code in _UNDER_WAY and is_sent):
            return ResponseStreamingError(error=f"curl {code}")
        return NoAnswerError(code)


def _has_something_to_say(kept: int) -> bool:
    """Whether a kept connection has ended, or tells what nobody asked for: that would be taken for the answer to what
    is asked next (libcurl itself looks once a second)."""
    with _Selector() as selector:
        selector.register(kept, selectors.EVENT_READ)
        return bool(selector.select(0))


def _keep_little_in_buffers(unsent_bytes: int, handle: int, _purpose: int) -> int:
    """What was handed to the system and is not on the line counts as sent: on a slow one that would be for minutes.
    Where there is no such option (Windows, an old kernel), figures are less true."""
    option = getattr(socket, "TCP_NOTSENT_LOWAT", None)
    if option is not None:
        with suppress(OSError), socket.socket(fileno=os.dup(handle)) as made:
            made.setsockopt(socket.IPPROTO_TCP, option, unsent_bytes)
    return int(pycurl.SOCKOPT_OK)


class _Exchange:
    """What goes and comes over one handle; libcurl is told to stop where whoever gives or takes it raises, or has
    enough.

    Args:
        most: bytes of the answer that are handed on at once: libcurl brings them by 16 KiB.
    """

    def __init__(self, begin: Begin, body: SentBytes | None, most: int):
        self._begin, self._body, self._most = begin, body, most
        self._rest = b""  # of a block of the body, of which libcurl wanted less
        self._take: Take | None = None
        self._lines: list[bytes] = []  # of headers
        self.header = self._lines.append
        self._blocks: list[bytes] = []  # that came and are not handed on
        self._held, self._since = 0, 0.0
        self._left = -1  # bytes that are still to be handed on, as the answer has it; below 0 is not known
        self.fault: BaseException | None = None
        self.is_enough = False

    def block(self, content: bytes) -> int | None:
        """Some of the answer's body; -1 ends the request."""
        self._blocks.append(content)
        self._held += len(content)
        is_more_to_come = self._take and self._held < self._most and self._held != self._left
        if is_more_to_come and time.monotonic() - self._since < MOST_HELD_S:
            return None
        self.hand_on()
        return -1 if self.fault or self.is_enough else None

    def hand_on(self) -> None:
        """Give what came to who takes it."""
        if not self._blocks:
            return
        try:
            take = self._take or self._answered()
            content = self._blocks[0] if len(self._blocks) == 1 else b"".join(self._blocks)
            self._left -= self._held
            self._blocks, self._held, self._since = [], 0, time.monotonic()
            self.is_enough = not take(content) and self._left != 0  # at its end the connection is kept
        except BaseException as fault:  # noqa: BLE001 - raised by who asked: nothing is between but libcurl
            self.fault = fault

    def _answered(self) -> Take:
        """Tell of the answer; gives who takes its body."""
        status, headers, _ = _read(self._lines)
        self._take = self._begin(status, headers)
        length = length_of(headers)
        self._left = -1 if length is None else length
        return self._take

    def read(self, size: int) -> bytes | int:
        """The next of what is sent."""
        try:
            block = self._rest or (self._body.read(size) if self._body else b"")
            self._rest = block[size:]
            return block[:size]
        except BaseException as fault:  # noqa: BLE001 - as above
            self.fault = fault
            return int(pycurl.READFUNC_ABORT)

    def rewind(self, _offset: int, _origin: int) -> int:
        """Begin to send anew: a connection that was kept proved to be closed."""
        try:
            self._rest = b""
            if self._body:
                self._body.begin_sending()
        except BaseException as fault:  # noqa: BLE001 - as above
            self.fault = fault
            return int(pycurl.SEEKFUNC_FAIL)
        return int(pycurl.SEEKFUNC_OK)

    @property
    def has_begun(self) -> bool:
        """Whether some of the answer's body came."""
        return self._take is not None

    def end(self) -> None:
        """All of the answer came, whose body may be nothing.

        Raises:
            ResponseStreamingError: the line ended in order within its headers.
        """
        self.hand_on()
        if self.fault:
            raise self.fault
        if self._take is None:
            if _read(self._lines)[2]:
                raise ResponseStreamingError(error="headers")
            self._answered()


def _read(lines: list[bytes]) -> tuple[int, dict[str, str], bool]:
    """The status of the last answer (one before it was for the moment), its headers, their names in small letters, and
    whether more are to come."""
    status, headers, is_within = 0, dict[str, str](), False
    for line in lines:
        if not is_within and (found := _STATUS.match(line)):
            headers.clear()
            status, is_within = int(found[1]), True
            continue
        name, colon, value = line.decode("latin-1").partition(":")
        if colon:
            headers[name.strip().lower()] = value.strip()
        is_within = is_within and bool(line.strip())
    return status, headers, is_within
