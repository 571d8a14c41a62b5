"""One HTTP request with an end: bounded in time and size, TLS verified, no redirect followed, no proxy asked."""

from __future__ import annotations

import base64
import contextlib
import http.client
import socket
import ssl
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from pipeline.passwords import Login

CONNECT_S = 10.0
BLOCK = 1 << 16
_PORTS = {"http": 80, "https": 443}


class NoHttpAnswer(Exception):
    """Nothing usable came.

    Args:
        words: why, without the address: that may hold a password.
        is_passing: another try may go well.
    """

    def __init__(self, words: str, *, is_passing: bool):
        super().__init__(words)
        self.words = words
        self.is_passing = is_passing


@dataclass(frozen=True)
class Request:
    """What is asked.

    Args:
        url: http or https; a user and password in it are left out, `login` says who asks.
        deadline_s: for all of it, however slowly the other end sends.
        most_bytes: of the answer.
        sink: takes the body of a good answer (200), block by block, in place of keeping it.
    """

    url: str = field(repr=False)
    method: str = "GET"
    body: bytes | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    login: Login | None = None
    deadline_s: float = 60.0
    most_bytes: int = 1 << 20
    sink: Callable[[bytes], object] | None = None


@dataclass(frozen=True)
class HttpAnswer:
    """What came back."""

    status: int
    body: bytes
    location: str | None = None


def port_of(parts: SplitResult) -> int:
    """The port of an address.

    Raises:
        ValueError: it names one that is none.
    """
    return parts.port or _PORTS[parts.scheme.lower()]


def sent(request: Request) -> HttpAnswer:
    """Ask once.

    Raises:
        NoHttpAnswer: nothing came in time, or more than is wanted.
    """
    parts = urlsplit(request.url)
    try:
        connection = _connection(parts)
    except (ValueError, KeyError) as error:
        raise NoHttpAnswer(f"no http address ({type(error).__name__})", is_passing=False) from None
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    headers = dict(request.headers)
    if request.login:
        pair = f"{request.login.user}:{request.login.password}".encode()
        headers["Authorization"] = f"Basic {base64.b64encode(pair).decode()}"
    with _told(), _ended_after(connection, request.deadline_s) as watched:
        connection.connect()
        watched.append(connection.sock)
        connection.request(request.method, path, request.body, headers)
        with connection.getresponse() as answer:
            body = _body(answer, request)
            return HttpAnswer(answer.status, body, answer.getheader("Location"))


def _body(answer: http.client.HTTPResponse, request: Request) -> bytes:
    """Of a good answer what the sink does not take."""
    kept = bytearray()
    is_sunk = request.sink is not None and answer.status == http.client.OK
    left = request.most_bytes
    while block := answer.read(min(BLOCK, left + 1)):
        left -= len(block)
        if left < 0:
            raise NoHttpAnswer(f"more than {request.most_bytes} bytes", is_passing=False)
        if is_sunk and request.sink:
            request.sink(block)
        else:
            kept += block
    if answer.length:  # read with a limit, it is not told by an error that the rest is missing
        raise http.client.IncompleteRead(bytes(kept[:64]), answer.length)
    return bytes(kept)


def _connection(parts: SplitResult) -> http.client.HTTPConnection:
    host, port = parts.hostname, port_of(parts)
    if not host:
        raise ValueError("no host")
    if parts.scheme.lower() == "https":
        return http.client.HTTPSConnection(host, port, timeout=CONNECT_S, context=ssl.create_default_context())
    return http.client.HTTPConnection(host, port, timeout=CONNECT_S)


@contextlib.contextmanager
def _ended_after(connection: http.client.HTTPConnection, seconds: float) -> Iterator[list[socket.socket]]:
    """A time-out of a socket is for each piece: who sends a letter every second is ended here.

    The socket is handed in: a connection lets go of it when the answer has no length, and reads on.
    """
    is_over = threading.Event()
    watched: list[socket.socket] = []

    def end() -> None:
        is_over.set()
        for open_socket in (*watched, connection.sock):
            with contextlib.suppress(OSError, AttributeError):  # there is none yet
                open_socket.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(seconds, end)
    watch.daemon = True
    watch.start()
    try:
        yield watched
    except (OSError, http.client.HTTPException):
        if is_over.is_set():
            raise TimeoutError from None
        raise
    finally:
        watch.cancel()
        connection.close()
    if is_over.is_set():  # an answer without a length ends like a whole one
        raise TimeoutError


@contextlib.contextmanager
def _told() -> Iterator[None]:
    try:
        yield
    except ssl.SSLCertVerificationError as error:
        raise NoHttpAnswer(f"certificate: {error.verify_message}", is_passing=False) from error
    except (UnicodeError, http.client.InvalidURL) as error:
        raise NoHttpAnswer(f"no http address ({type(error).__name__})", is_passing=False) from None
    except TimeoutError as error:
        raise NoHttpAnswer("timed out", is_passing=True) from error
    except OSError as error:
        raise NoHttpAnswer(error.strerror or type(error).__name__, is_passing=True) from error
    except http.client.HTTPException as error:
        raise NoHttpAnswer(f"no http ({type(error).__name__})", is_passing=True) from error
