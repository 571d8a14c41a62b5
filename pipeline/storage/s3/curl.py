"""GET over connections that are kept, signed and read by libcurl: what of it is Python is a call for each block.

That leaves a processor to what is done with the bytes: of 2,000 objects of 200 kB botocore's client takes 4.8 s of it,
its signer with a pool of urllib3's 1.9 s, this 0.3 s.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pycurl
from botocore.credentials import Credentials
from botocore.exceptions import ReadTimeoutError, ResponseStreamingError

KEPT = 16  # connections
LEAST_BUFFER, MOST_BUFFER = 1 << 10, 512 << 10  # of one block; libcurl's least
_UNDER_WAY = {  # what befalls a line on which a request has gone
    pycurl.E_RECV_ERROR,
    pycurl.E_SEND_ERROR,
    pycurl.E_GOT_NOTHING,
    pycurl.E_PARTIAL_FILE,
}
# what takes the blocks of an answer in turn, and gives whether more is wanted
Take = Callable[[bytes], bool]
# is told the status and the headers (their names in small letters) of an answer, and gives who takes its body
Begin = Callable[[int, Mapping[str, str]], Take]


class NoAnswerError(Exception):
    """Nobody answers, or nobody who is trusted."""


class CurlConnections:
    """Of one identity to one store.

    Args:
        credentials: of whom; may be renewed meanwhile.
        region: that requests are signed for.
        authorities: the file or folder of certificates that the store's is held to.
        connect_s: how long a connection may take.
        read_s: for how long no byte may come.
    """

    def __init__(self, credentials: Credentials, region: str, authorities: str, connect_s: float, read_s: float):
        self._credentials = credentials
        self._options: list[tuple[int, Any]] = [
            (pycurl.PROTOCOLS, pycurl.PROTO_HTTP | pycurl.PROTO_HTTPS),
            (pycurl.PROXY, ""),  # whoever asks by one does so by botocore's client
            (pycurl.NOSIGNAL, 1),
            (pycurl.USERAGENT, "showcase"),
            (pycurl.HTTP_VERSION, pycurl.CURL_HTTP_VERSION_1_1),
            (pycurl.CAPATH if Path(authorities).is_dir() else pycurl.CAINFO, authorities),
            (pycurl.AWS_SIGV4, f"aws:amz:{region}:s3"),
            (pycurl.CONNECTTIMEOUT, max(1, int(connect_s))),
            (pycurl.LOW_SPEED_LIMIT, 1),
            (pycurl.LOW_SPEED_TIME, max(1, int(read_s))),
        ]
        self._lock = threading.Lock()
        self._idle: list[pycurl.Curl] = []

    def get(self, url: str, span: range | None, headers: Mapping[str, str], begin: Begin, block_bytes: int) -> None:
        """Ask for an address, and hand on what comes until there is no more of it, or no more is wanted.

        Args:
            span: the bytes that are wanted; None is all.
            headers: further ones.
            block_bytes: how many may be read at once.

        Raises:
            NoAnswerError: there was none. BotoCoreError: the line was cut or still under way.
            whatever `begin` or who takes the body raises.
        """
        handle = self._taken()
        answer = _Answer(begin)
        try:
            self._ask(handle, url, span, headers, answer, block_bytes)
            handle.perform()
            answer.end()
        except pycurl.error as error:
            if answer.fault:
                raise answer.fault from None
            if not answer.is_enough:
                raise self._told(handle, int(error.args[0])) from error
        finally:
            self._give_back(handle)

    def _taken(self) -> pycurl.Curl:
        with self._lock:
            if self._idle:
                return self._idle.pop()
        handle = pycurl.Curl()
        for option, value in self._options:
            handle.setopt(option, value)
        return handle

    def _give_back(self, handle: pycurl.Curl) -> None:
        """With its connection, which libcurl closes itself where an answer was left in the middle."""
        with self._lock:
            if len(self._idle) < KEPT:
                self._idle.append(handle)
                return
        handle.close()

    def _ask(
        self,
        handle: pycurl.Curl,
        url: str,
        span: range | None,
        headers: Mapping[str, str],
        answer: _Answer,
        block_bytes: int,
    ) -> None:
        signing = self._credentials.get_frozen_credentials()
        token = {"X-Amz-Security-Token": signing.token} if signing.token else {}
        options = [
            (pycurl.URL, url),
            (pycurl.USERNAME, signing.access_key),
            (pycurl.PASSWORD, signing.secret_key),
            (pycurl.HTTPHEADER, [f"{name}: {value}" for name, value in {**headers, **token}.items()]),
            (pycurl.RANGE, f"{span.start}-{span.stop - 1}" if span else None),
            (pycurl.BUFFERSIZE, min(MOST_BUFFER, max(LEAST_BUFFER, block_bytes))),
            (pycurl.HEADERFUNCTION, answer.header),
            (pycurl.WRITEFUNCTION, answer.block),
        ]
        for option, value in options:
            if value is None:
                handle.unsetopt(option)
            else:
                handle.setopt(option, value)

    def _told(self, handle: pycurl.Curl, code: int) -> Exception:
        """As botocore tells of it."""
        is_sent = handle.getinfo(pycurl.PRETRANSFER_TIME) > 0
        if code == pycurl.E_OPERATION_TIMEDOUT and is_sent:
            return ReadTimeoutError(endpoint_url="-", error=f"curl {code}")
        if code in _UNDER_WAY and is_sent:
            return ResponseStreamingError(error=f"curl {code}")
        return NoAnswerError(code)


class _Answer:
    """What comes over one handle; libcurl is told to stop where whoever takes it raises, or has enough."""

    def __init__(self, begin: Begin):
        self._begin = begin
        self._take: Take | None = None
        self._status = 0
        self._headers: dict[str, str] = {}
        self._left = 0  # bytes that are still to come, as the answer has it
        self.fault: BaseException | None = None
        self.is_enough = False

    def header(self, line: bytes) -> None:
        """One line of it, or the first one of an answer (a further one where the one before was for the moment)."""
        told = line.decode("latin-1")
        name, colon, value = told.partition(":")
        if told.startswith("HTTP/"):
            self._headers.clear()
            self._status = int(told.split()[1])
        elif colon:
            self._headers[name.strip().lower()] = value.strip()

    def block(self, content: bytes) -> int | None:
        """Some of the body; -1 ends the request."""
        try:
            if self._take is None:
                self._take = self._begin(self._status, self._headers)
                self._left = int(self._headers.get("content-length", -1))
            self._left -= len(content)
            self.is_enough = not self._take(content) and self._left != 0  # at its end the connection is kept
        except BaseException as fault:  # noqa: BLE001 - raised by who asked: nothing is between but libcurl
            self.fault = fault
        return -1 if self.fault or self.is_enough else None

    def end(self) -> None:
        """All of it came, which may be nothing."""
        if self._take is None:
            self._begin(self._status, self._headers)
