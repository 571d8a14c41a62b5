"""A folder of an FTP server, plain or in TLS: one connection, opened when it is needed and anew after a cut."""

from __future__ import annotations

import ftplib
import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from pipeline.exchange.hand_over import ftp_client
from pipeline.exchange.hand_over.address import FtpAddress
from pipeline.exchange.hand_over.ftp_client import DIGEST_TIMEOUT_S, SLICE_BYTES, TIMEOUT_S, PlainClient, SecureClient
from pipeline.exchange.hand_over.ftp_faults import translated
from pipeline.exchange.hand_over.shipment import Shipment
from pipeline.exchange.hand_over.transport import Digest, OnBytes, Proof
from pipeline.passwords import Login

BLOCK_BYTES = 1 << 20
REASON_TIMEOUT_S = 5.0
_NO_SUCH_COMMAND = ("500", "502", "504")
_HEX = {Proof.SHA256: re.compile(r"\b[0-9a-fA-F]{64}\b"), Proof.MD5: re.compile(r"\b[0-9a-fA-F]{32}\b")}


@dataclass
class _Line:
    """A connection, and what the server says that it knows (FEAT, RFC 2389)."""

    client: PlainClient | SecureClient
    home: str
    features: dict[str, str] = field(default_factory=dict)


class FtpTransport:
    """One connection at a time; whatever breaks closes it, and the next call opens another.

    Args:
        trust: what certificates are held to; None where the address is without TLS.
    """

    def __init__(self, address: FtpAddress, login: Login, trust: ssl.SSLContext | None):
        self.address, self.login = address, login
        self._trust = trust
        self._line: _Line | None = None
        self._folders: set[str] = set()
        self.tells_sizes = self.resumes = True
        self.was_reached = False

    def where(self, path: str = "") -> str:
        return self.address.where(path)

    def refuse_unfit(self, shipment: Shipment) -> None:  # noqa: ARG002 - a server tells of no room
        """Nothing is known of the room there until it is full; who we are is asked before anything is read."""
        with self._talking() as line:
            line.client.voidcmd("NOOP")

    def size(self, path: str) -> int | None:
        with self._talking(path) as line:
            try:
                return line.client.size(self._full(path))
            except ftplib.error_perm as error:
                if str(error)[:3] in _NO_SUCH_COMMAND:
                    self.tells_sizes = False
                return None  # 550: no such file (RFC 3659 section 4.1)

    def make_folder(self, path: str) -> None:
        whole = self._full(path)
        root = "/" if whole.startswith("/") else ""
        parts = [part for part in whole.split("/") if part]
        for depth in range(1, len(parts) + 1):
            level = root + "/".join(parts[:depth])
            if level not in self._folders:
                self._make_level(level)
                self._folders.add(level)

    def append(self, path: str, start: int, blocks: Iterator[bytes], on_bytes: OnBytes) -> None:
        with self._talking(path) as line:
            conn = self._sending(line, path, start)
            with conn:
                for block in blocks:
                    view = memoryview(block)
                    for at in range(0, len(view), SLICE_BYTES):
                        _push(line, conn, view[at : at + SLICE_BYTES])
                    on_bytes(len(block))
                ftp_client.end(conn)
            line.client.voidresp()

    def digest(self, path: str) -> Digest | None:
        with self._talking(path) as line:
            for proof, command in _digest_commands(line.features):
                if line.client.sock is not None:
                    line.client.sock.settimeout(DIGEST_TIMEOUT_S)
                try:
                    if command == "HASH":
                        with suppress(ftplib.error_perm):  # it may have one algorithm, chosen already
                            line.client.sendcmd("OPTS HASH SHA-256")
                    found = _HEX[proof].search(line.client.sendcmd(f"{command} {self._full(path)}"))
                except (ftplib.error_perm, ftplib.error_reply):  # it says that it can, and does not
                    continue
                finally:
                    if line.client.sock is not None:
                        line.client.sock.settimeout(TIMEOUT_S)
                if found:
                    return Digest(proof, found[0].lower())
        return None

    def read(self, path: str, most: int) -> Iterator[bytes]:
        with self._talking(path) as line:
            with line.client.transfercmd(f"RETR {self._full(path)}") as conn:
                while block := conn.recv(BLOCK_BYTES):
                    yield block[:most]
                    most -= len(block)
                    if most <= 0:  # what else may come is left where it is, with its reply
                        self._drop()
                        return
                ftp_client.end(conn)
            line.client.voidresp()

    def remove(self, path: str) -> None:
        with self._talking(path) as line, suppress(ftplib.error_perm):
            line.client.delete(self._full(path))

    def put_in_place(self, temporary: str, path: str) -> None:
        with self._talking(path) as line:
            try:
                line.client.rename(self._full(temporary), self._full(path))
            except ftplib.error_perm:  # some servers rename over nothing
                line.client.delete(self._full(path))
                line.client.rename(self._full(temporary), self._full(path))

    def close(self) -> None:
        """End the connection, politely where it is still whole."""
        if self._line:
            with suppress(*ftplib.all_errors):
                self._line.client.quit()
        self._drop()

    def _full(self, path: str) -> str:
        return "/".join(part for part in (self.address.path.rstrip("/"), path) if part) or path

    def _sending(self, line: _Line, path: str, start: int) -> socket.socket:
        try:
            return ftp_client.send(line.client, self._full(path), start)
        except ftplib.error_perm as error:
            code = str(error)[:3]
            if not start or code in ("530", "552"):
                raise
            self.resumes = self.resumes and code not in (*_NO_SUCH_COMMAND, "501")  # what REST is answered with
            # what could be begun may be written: the session of before the cut still holds it
            raise ftplib.error_temp(str(error)) from error  # noqa: S321 - an error of the library, no call

    def _make_level(self, level: str) -> None:
        with self._talking() as line:
            try:
                line.client.mkd(level)
            except ftplib.error_perm:  # it is there, or may not be made: who can go into it has it
                line.client.cwd(level)
                line.client.cwd(line.home)

    @contextmanager
    def _talking(self, path: str = "") -> Iterator[_Line]:
        """The connection, whole; after an error that may have left it in the middle of a reply it is dropped."""
        try:
            with translated(self.where(path), self.login.password):
                line = self._line or self._opened()
                yield line
        except BaseException:
            self._drop()
            raise

    def _opened(self) -> _Line:
        client = ftp_client.made(self.address, self._trust)
        secret, where = self.login.password, self.where()
        try:
            with translated(where, secret, step="connect"):
                client.open(self.address.host, self.address.port)
            if isinstance(client, SecureClient):
                with translated(where, secret, step="tls"):
                    client.auth()
            with translated(where, secret, step="login"):
                ftp_client.log_in(client, self.login)
            self.was_reached = True
            self._line = _Line(client, client.pwd(), _features(client))
        except BaseException:
            client.close()
            raise
        return self._line

    def _drop(self) -> None:
        if self._line:
            self._line.client.close()
        self._line = None


def _push(line: _Line, conn: socket.socket, data: memoryview) -> None:
    """Send some bytes; where the other end has hung up its reply says why, such as that there is no room."""
    try:
        conn.sendall(data)
    except OSError:
        conn.close()
        with suppress(OSError, EOFError):
            if line.client.sock is not None:
                line.client.sock.settimeout(REASON_TIMEOUT_S)
            line.client.voidresp()
        raise


def _features(client: ftplib.FTP) -> dict[str, str]:
    """What it knows, with its values; nothing where it does not say."""
    try:
        lines = client.sendcmd("FEAT").splitlines()[1:-1]
    except ftplib.error_perm:
        return {}
    pairs = (line.strip().partition(" ") for line in lines)
    found = {name.upper(): values for name, _, values in pairs if name}
    if "UTF8" in found:
        with suppress(ftplib.error_perm):
            client.sendcmd("OPTS UTF8 ON")
    return found


def _digest_commands(features: dict[str, str]) -> list[tuple[Proof, str]]:
    """What a digest is asked by, the best first (draft-ietf-ftpext2-hash; XSHA256 and XMD5 are of servers' own)."""
    hashes = features.get("HASH", "").upper()
    known = [(Proof.SHA256, "HASH")] if "SHA-256" in hashes else []
    known += [(Proof.SHA256, "XSHA256")] if "XSHA256" in features else []
    return [*known, (Proof.MD5, "XMD5")] if "XMD5" in features else known
