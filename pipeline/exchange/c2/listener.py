"""The service that a head-end tells results (CSPResponseService): SOAP over HTTP, guarded, slow callers cut off.

The only importer of waitress. It reads each request whole before a thread works on it, so who sends slowly keeps nobody
waiting; a request that is not whole after 10 s is ended, however often a letter of it comes.
"""

from __future__ import annotations

import socket
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlunsplit

from waitress.adjustments import Adjustments
from waitress.channel import HTTPChannel
from waitress.server import TcpWSGIServer

from pipeline.errors import EnvironmentFault
from pipeline.exchange.c2 import wsdl
from pipeline.exchange.c2.door import Door
from pipeline.exchange.c2.envelope import MOST_BYTES
from pipeline.exchange.c2.reception import SoapReply
from pipeline.model.c2_wire import SPECIFIED, Operation, Spelling

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

REQUEST_S = 10.0  # for a request to be whole
THREADS = 16
BACKLOG = 1024
CONNECTIONS = 500  # at once; more wait to be accepted
_XML = ("Content-Type", "text/xml; charset=utf-8")
_TEXT = ("Content-Type", "text/plain; charset=utf-8")
_WORDS = {200: "OK", 400: "Bad Request", 401: "Unauthorized", 403: "Forbidden", 405: "Method Not Allowed"}


@dataclass(frozen=True)
class SoapService:
    """A WSGI application that answers one call, and its WSDL at `?wsdl`.

    Args:
        answer: gives the answer to a message.
        heard: is called with each answer, and the address of who asked.
        file: gives what lies at a path that is asked for; None where nothing does.
    """

    operation: Operation
    door: Door
    answer: Callable[[bytes], SoapReply]
    spelling: Spelling = SPECIFIED
    heard: Callable[[SoapReply, str], None] = lambda _reply, _address: None
    file: Callable[[str], bytes | None] = lambda _path: None

    def __call__(self, environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        status, headers, body = self._answered(environ)
        words = _WORDS.get(status, "Internal Server Error")
        start_response(f"{status} {words}", [*headers, ("Content-Length", str(len(body)))])
        return [body]

    def _answered(self, environ: WSGIEnvironment) -> tuple[int, list[tuple[str, str]], bytes]:
        address = str(environ.get("REMOTE_ADDR", ""))
        if not self.door.lets_from(address):
            return 403, [_TEXT], b"forbidden\n"
        if not self.door.lets_with(environ.get("HTTP_AUTHORIZATION")):
            return 401, [_TEXT, ("WWW-Authenticate", 'Basic realm="c2"')], b"a login is wanted\n"
        method, query = environ["REQUEST_METHOD"], str(environ.get("QUERY_STRING", ""))
        if method in ("GET", "HEAD") and query.casefold() == "wsdl":
            described = wsdl.written(self.operation, _own_address(environ), self.spelling)
            return 200, [_XML], b"" if method == "HEAD" else described
        if method == "GET" and (content := self.file(str(environ.get("PATH_INFO", "")))) is not None:
            return 200, [_XML], content
        if method != "POST":
            return 405, [_TEXT, ("Allow", "POST")], b"a SOAP message is wanted, or ?wsdl\n"
        reply = self.answer(environ["wsgi.input"].read(MOST_BYTES + 1))
        self.heard(reply, address)
        return reply.status, [_XML], reply.body


def _own_address(environ: WSGIEnvironment) -> str:
    """As the caller wrote it, which may be a name or a proxy's that this machine does not know."""
    host = str(environ.get("HTTP_HOST", "")) or f"{environ['SERVER_NAME']}:{environ['SERVER_PORT']}"
    kept = "".join(char for char in host if char.isascii() and (char.isalnum() or char in ".-:[]_"))
    return urlunsplit((str(environ["wsgi.url_scheme"]), kept, str(environ.get("PATH_INFO") or "/"), "", ""))


class _TimedChannel(HTTPChannel):  # type: ignore[misc]  # waitress is untyped
    """A connection that knows since when a request is on its way."""

    began: float | None = None

    def received(self, data: bytes) -> bool:
        took: bool = super().received(data)
        if self.request is None:
            self.began = None
        elif self.began is None:
            self.began = time.monotonic()
        return took

    @property
    def is_overdue(self) -> bool:
        return self.began is not None and time.monotonic() - self.began > REQUEST_S


class _TimedServer(TcpWSGIServer):  # type: ignore[misc]  # likewise
    """waitress ends connections that are silent; this one those too that are slow."""

    channel_class = _TimedChannel

    def maintenance(self, now: float) -> None:
        super().maintenance(now)
        for channel in self.active_channels.values():
            if not channel.requests and channel.is_overdue:
                channel.will_close = True


class Server:
    """A service at a port, open from the beginning.

    Raises:
        EnvironmentFault: the port is taken, or the address is none of this machine's.
    """

    def __init__(self, application: Any, host: str, port: int):
        bare = host.strip("[]")
        try:
            family = socket.getaddrinfo(bare, port, type=socket.SOCK_STREAM)[0][0]
            opened = socket.create_server((bare, port), family=family, backlog=BACKLOG)
        except (OSError, OverflowError) as error:
            detail = getattr(error, "strerror", None) or type(error).__name__
            raise EnvironmentFault("c2_port", where=f"{host}:{port}", detail=detail) from error
        settings = Adjustments(
            sockets=[opened],
            threads=THREADS,
            backlog=BACKLOG,
            connection_limit=CONNECTIONS,
            channel_timeout=int(REQUEST_S),
            cleanup_interval=1,
            max_request_body_size=MOST_BYTES + 1,
            max_request_header_size=16_384,
            asyncore_use_poll=True,
            expose_tracebacks=False,
            ident=None,
            clear_untrusted_proxy_headers=True,
        )
        place = (opened.family, opened.type, opened.proto, opened.getsockname())
        self._server = _TimedServer(application, adj=settings, _sock=opened, sockinfo=place, bind_socket=False)
        self.port: int = int(self._server.effective_port)

    def run(self) -> None:
        """Serve until Ctrl-C, or until it is closed."""
        self._server.run()

    def close(self) -> None:
        """Take no more, and end what is open."""
        self._server.close()
        self._server.task_dispatcher.shutdown()
