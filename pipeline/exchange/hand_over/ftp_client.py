"""ftplib's clients with what servers of today ask for: data connections that reuse the TLS session of the control
connection, replies of any encoding, few bytes under way."""

from __future__ import annotations

import errno
import ftplib
import io
import socket
import ssl
import time
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING

from pipeline.exchange.hand_over.address import FtpAddress
from pipeline.passwords import Login

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

TIMEOUT_S = 60.0
END_TIMEOUT_S = 10.0  # for the other end's word that it has ended too, which not all say
DIGEST_TIMEOUT_S = 1800.0  # a server that reads 5 GB of a slow disk says nothing meanwhile
# what a cut loses at most, since the other end never saw it: the kernel doubles the number (socket(7), SO_SNDBUF)
SEND_BUFFER_BYTES = 256 << 10
MOST_REPLY_LINES = 1000  # of one reply: the longest are FEAT's and greetings, of some dozens
REPLY_TIMEOUTS = 2  # so many of the line's time-outs a reply may take until it is whole
SLICE_BYTES = 64 << 10  # a time-out is for each: a line of 10 kbit/s is slow, none is dead


class _Replies(io.RawIOBase):
    """What a socket receives, up to a moment: a time-out alone begins anew with each byte."""

    def __init__(self, sock: socket.socket, ends: Callable[[], float]):
        super().__init__()
        self._sock, self._ends = sock, ends

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        if time.monotonic() > self._ends():
            raise TimeoutError(errno.ETIMEDOUT, "the reply has no end")
        return self._sock.recv_into(buffer)


class _Lenient(ftplib.FTP):
    """Replies in GBK or Latin are no error, those without an end are; what this program writes is UTF-8 (RFC 2640)."""

    _ends = 0.0

    def open(self, host: str, port: int) -> None:
        """Connect, and take the greeting."""
        self.host, self.port, self.timeout = host, port, TIMEOUT_S
        self.sock = socket.create_connection((host, port), TIMEOUT_S)
        self.af = self.sock.family
        self.sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, 1)
        self.listen()
        self.welcome = self.getresp()

    def listen(self) -> None:
        """Read replies from the socket as it is now: what came before TLS was spoken is dropped."""
        if self.sock is not None:
            raw = io.BufferedReader(_Replies(self.sock, lambda: self._ends))
            self.file = io.TextIOWrapper(raw, encoding=self.encoding, errors="replace")

    def getmultiline(self) -> str:
        """As the library's, with an end (RFC 959 section 4.2).

        Raises:
            ftplib.error_proto: too many lines. TimeoutError: it lasts too long.
        """
        timeout = self.sock.gettimeout() if self.sock else None
        self._ends = time.monotonic() + REPLY_TIMEOUTS * (timeout or TIMEOUT_S)
        lines = [self.getline()]
        code = lines[0][:3]
        while lines[0][3:4] == "-" and (len(lines) == 1 or lines[-1][:3] != code or lines[-1][3:4] == "-"):
            if len(lines) == MOST_REPLY_LINES:
                raise ftplib.error_proto("the reply has no end")  # noqa: S321 - an error of the library, no call
            lines.append(self.getline())
        return "\n".join(lines)


class PlainClient(_Lenient):
    """FTP."""


class SecureClient(_Lenient, ftplib.FTP_TLS):
    """FTP over TLS, both connections (RFC 4217).

    A data connection resumes the control connection's session: by that a server knows that both are one client's, and
    vsftpd answers others with «522 SSL connection failed: session reuse required». Under TLS 1.3 the session comes with
    a ticket behind the handshake, which is read with the first reply; measured with vsftpd 3.0.3 on TLS 1.2 and 1.3.
    """

    def auth(self) -> str:
        reply = super().auth()
        self.listen()
        return reply

    def ntransfercmd(self, cmd: str, rest: int | str | None = None) -> tuple[socket.socket, int | None]:
        conn, size = ftplib.FTP.ntransfercmd(self, cmd, rest)  # noqa: S321 - the class above it, whose socket is wrapped here
        session = self.sock.session if isinstance(self.sock, ssl.SSLSocket) else None
        return self.context.wrap_socket(conn, server_hostname=self.host, session=session), size


def trusted(ca: str | None) -> ssl.SSLContext:
    """Certificates are held to the system's CAs, or to those of a file.

    Raises:
        OSError: the file can't be read, or holds none.
    """
    context = ssl.create_default_context(cafile=ca)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    return context


def made(address: FtpAddress, trust: ssl.SSLContext | None) -> PlainClient | SecureClient:
    """A client that is not connected yet."""
    return SecureClient(context=trust, encoding="utf-8") if address.is_secure else PlainClient(encoding="utf-8")


def log_in(client: PlainClient | SecureClient, login: Login) -> None:
    """Say who we are, in TLS where it is wanted: no word of the login goes before it."""
    client.login(login.user, login.password)
    if isinstance(client, SecureClient):
        client.prot_p()
    client.voidcmd("TYPE I")


def send(client: PlainClient | SecureClient, path: str, start: int) -> socket.socket:
    """The data connection on which a file's bytes from `start` on go."""
    conn = client.transfercmd(f"STOR {path}", rest=start or None)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
    return conn


def end(conn: socket.socket) -> None:
    """Say that all was sent; whether all came is asked afterwards.

    TLS 1.3 servers write tickets that nobody has read yet: a connection that is closed over unread bytes is reset, and
    the other end may lose the last that it was sent.
    """
    if isinstance(conn, ssl.SSLSocket):
        conn.settimeout(END_TIMEOUT_S)
        with suppress(OSError, ValueError):
            conn.unwrap()
    conn.close()
