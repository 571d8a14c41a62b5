"""A proxy of an organisation: whoever wants to a server out there asks it by CONNECT, with a password."""

from __future__ import annotations

import base64
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

USER, PASSWORD = "proxyuser", "proxy-password-of-nobody"


@dataclass
class Tunnel:
    """Where it listens, and whereto it was asked."""

    port: int
    asked: list[str] = field(default_factory=list)
    turned_away: list[str] = field(default_factory=list)

    @property
    def address(self) -> str:
        """With the password."""
        return f"http://{USER}:{PASSWORD}@127.0.0.1:{self.port}"


@contextmanager
def tunnelling() -> Iterator[Tunnel]:
    wanted = base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode()

    class Handler(socketserver.StreamRequestHandler):
        def handle(self) -> None:
            line = self.rfile.readline().decode("latin-1").split()
            said = []
            while (header := self.rfile.readline().strip()) != b"":
                said.append(header.decode("latin-1"))
            if not any(item.lower() == f"proxy-authorization: basic {wanted.lower()}" for item in said):
                tunnel.turned_away.append(line[1])
                self.wfile.write(b"HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
                return
            tunnel.asked.append(line[1])
            host, _, port = line[1].partition(":")
            with socket.create_connection((host, int(port)), timeout=20) as there:
                self.wfile.write(b"HTTP/1.1 200 Connection established\r\n\r\n")
                back = threading.Thread(target=_pass_on, args=(there, self.connection), daemon=True)
                back.start()
                _pass_on(self.connection, there)
                back.join(timeout=5)

    class Server(socketserver.ThreadingTCPServer):
        daemon_threads = True

        def handle_error(self, request: object, client_address: object) -> None:
            """Who hangs up is done."""

    with Server(("127.0.0.1", 0), Handler) as server:
        tunnel = Tunnel(server.server_address[1])
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield tunnel
        finally:
            server.shutdown()
            thread.join()


def _pass_on(one: socket.socket, other: socket.socket) -> None:
    with suppress(OSError):
        while block := one.recv(1 << 16):
            other.sendall(block)
    with suppress(OSError):
        other.shutdown(socket.SHUT_WR)
