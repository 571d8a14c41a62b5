"""A real small proxy before the embedded store, with a habit of other stores or of what stands in front of them."""

from __future__ import annotations

import hashlib
import http.client
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from botocore.auth import S3SigV4Auth
from botocore.awsrequest import AWSRequest
from botocore.credentials import Credentials

from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store


@dataclass
class Message:
    """A request or an answer: method, path and, in an answer, its status; headers may be changed."""

    method: str
    path: str
    headers: dict[str, str]
    status: int = 200
    body: bytes = b""

    @property
    def is_of_object(self) -> bool:
        return urlsplit(self.path).path.count("/") >= 2

    def refused(self, status: int, code: str, extra: str = "", **headers: str) -> Message:
        """An answer with an error of S3 instead."""
        body = f"<Error><Code>{code}</Code><Message>-</Message>{extra}</Error>".encode()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        return Message(self.method, self.path, {"Content-Type": "application/xml", **named}, status, body)


Asked = Callable[[Message], Message | None]  # an answer at once, or None to go on to the store
Answered = Callable[[Message], Message]


@dataclass
class Proxy:
    """Where it listens, and what it was asked."""

    store: Store
    asked: list[Message] = field(default_factory=list)


@contextmanager
def proxied(
    connection: Connection,
    asked: Asked = lambda _: None,
    answered: Answered = lambda message: message,
    *,
    signed: bool = False,
) -> Iterator[Proxy]:
    """The store of `connection` behind a proxy: `asked` sees each request first, `answered` each answer.

    Args:
        signed: requests are signed anew for the store, so that `asked` may change path and headers of what goes on.
    """
    upstream = urlsplit(connection.endpoint or "").netloc
    seen: list[Message] = []

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def log_message(self, format: str, *args: object) -> None:
            pass

        def forward(self) -> None:
            body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
            given = Message(self.command, self.path, dict(self.headers.items()), body=body)
            seen.append(given)
            answer = asked(given) or answered(_of_store(upstream, given, connection if signed else None))
            self.send_response_only(answer.status)
            sizes = [value for name, value in answer.headers.items() if name.lower() == "content-length"]
            headers = without(answer.headers, "content-length")
            for name, value in {**headers, "Content-Length": (*sizes, str(len(answer.body)))[0]}.items():
                self.send_header(name, value)
            self.end_headers()
            if self.command != "HEAD":
                self.wfile.write(answer.body)

    for method in ("GET", "PUT", "HEAD", "POST", "DELETE"):
        setattr(Handler, f"do_{method}", Handler.forward)
    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        endpoint = f"http://127.0.0.1:{server.server_address[1]}"
        try:
            yield Proxy(Store(replace(connection, endpoint=endpoint), endpoint_shown=endpoint), seen)
        finally:
            server.shutdown()
            thread.join()


def signed_anew(given: Message, upstream: str, connection: Connection) -> dict[str, str]:
    """The headers of a request as the store's own keys sign them, for the path and the headers that it now has."""
    gone = ("authorization", "host", "x-amz-date", "expect", "connection", "content-length", "date")
    headers = {name: value for name, value in given.headers.items() if name.lower() not in gone}
    path, _, query = given.path.partition("?")
    rest = "&".join(item for item in query.split("&") if not item.startswith("X-Amz-"))  # of an address that is signed
    given.path = f"{path}?{rest}" if rest else path
    headers["x-amz-content-sha256"] = hashlib.sha256(given.body).hexdigest()
    request = AWSRequest(given.method, f"http://{upstream}{given.path}", headers=headers, data=given.body)
    credentials = Credentials(connection.access_key or "", connection.secret_key or "")
    S3SigV4Auth(credentials, "s3", "us-east-1").add_auth(request)
    return {**dict(request.headers.items()), "Host": upstream, "Content-Length": str(len(given.body))}


def _of_store(upstream: str, given: Message, signer: Connection | None) -> Message:
    if signer is not None:
        given = replace(given, headers=signed_anew(given, upstream, signer))
    line = http.client.HTTPConnection(upstream, timeout=60)
    line.putrequest(given.method, given.path, skip_host=True, skip_accept_encoding=True)
    for name, value in given.headers.items():
        if name.lower() not in ("connection", "expect"):
            line.putheader(name, value)
    line.endheaders(given.body or None)
    answer = line.getresponse()
    content = answer.read()
    line.close()
    left = ("transfer-encoding", "connection") if given.method == "HEAD" else ("content-length", "transfer-encoding")
    headers = {name: value for name, value in answer.getheaders() if name.lower() not in (*left, "connection")}
    return Message(given.method, given.path, headers, answer.status, content)


def without(headers: Mapping[str, str], beginning: str) -> dict[str, str]:
    """The headers whose names do not begin so."""
    return {name: value for name, value in headers.items() if not name.lower().startswith(beginning)}
