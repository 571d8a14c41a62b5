"""Real FTP servers on 127.0.0.1 (pyftpdlib), with what servers of the field know or lack, and a line that is cut."""

from __future__ import annotations

import hashlib
import select
import socket
import threading
import warnings
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # it uses asyncore, which Python 3.12 leaves out
    from asynchat import async_chat

    from pyftpdlib.authorizers import DummyAuthorizer
    from pyftpdlib.handlers import FTPHandler, ThrottledDTPHandler, TLS_FTPHandler
    from pyftpdlib.ioloop import IOLoop
    from pyftpdlib.servers import FTPServer

USER, PASSWORD = "station", "Geheim-7411"


def told(algorithm: str, code: int = 213) -> Callable[[FTPHandler, str], None]:
    """A command that tells a file's digest."""

    def answer(self: FTPHandler, path: str) -> None:
        value = hashlib.new(algorithm, Path(path).read_bytes()).hexdigest()
        self.respond(f"{code} {value} {Path(path).name}")

    return answer


def wrong(self: FTPHandler, path: str) -> None:
    """A digest of something else."""
    self.respond(f"213 SHA-256 0-1 {'0' * 64} {Path(path).name}")


DIGESTS: Mapping[str, Callable[[FTPHandler, str], None]] = {
    "HASH": told("sha256"),
    "XSHA256": told("sha256", 250),
    "XMD5": told("md5", 250),
    "HASH wrong": wrong,
}


@dataclass
class Server:
    """Where it listens, its folder, every command that it got."""

    port: int
    root: Path
    commands: list[str] = field(default_factory=list)

    def files(self) -> dict[str, bytes]:
        """All that lies there."""
        found = (path for path in sorted(self.root.rglob("*")) if path.is_file())
        return {path.relative_to(self.root).as_posix(): path.read_bytes() for path in found}


@contextmanager
def served(
    root: Path,
    *,
    certificate: Path | None = None,
    digest: str | None = None,
    lacks: tuple[str, ...] = (),
    rights: str = "elradfmwMT",
    answers: Mapping[str, str | bytes] | None = None,
    renames_over: bool = True,
    bytes_per_s: int = 0,
    busy: int = 0,
) -> Iterator[Server]:
    """A server over a folder.

    Args:
        certificate: key and certificate in one PEM file: TLS is asked for on both connections.
        digest: one of `DIGESTS` that it knows.
        lacks: commands that it does not know.
        rights: the user's, as pyftpdlib writes them.
        answers: what it says to a command, in place of doing it.
        renames_over: a file that is there.
        bytes_per_s: how fast it takes what it is sent; 0 is as fast as it can.
        busy: how often it says, of a file that is gone on with, that another holds it.
    """
    root.mkdir(parents=True, exist_ok=True)
    server = Server(0, root)
    refusals = ["550 The process cannot access the file."] * busy
    authorizer = DummyAuthorizer()
    authorizer.add_user(USER, PASSWORD, str(root), perm=rights)
    base = TLS_FTPHandler if certificate else FTPHandler

    class Handler(base):  # type: ignore[misc,valid-type]
        proto_cmds: ClassVar[dict[str, object]] = {
            name: row for name, row in base.proto_cmds.items() if name not in lacks
        }
        authorizer = None
        use_sendfile = False
        banner = "ready"

        def pre_process_command(self, line: str, cmd: str, arg: str) -> None:
            server.commands.append(f"{cmd} {arg}".strip())
            for known, said in (answers or {}).items():
                if f"{cmd} {arg}".startswith(known):
                    if isinstance(said, bytes):  # in no encoding that pyftpdlib writes
                        async_chat.push(self, said + b"\r\n")
                    else:
                        self.respond(said)
                    return
            resumed = [line for line in server.commands[-2:-1] if line.startswith("REST")]
            if cmd == "STOR" and resumed and refusals:
                self.respond(refusals.pop())
                return
            super().pre_process_command(line, cmd, arg)

    Handler.authorizer = authorizer
    if digest:
        name = digest.partition(" ")[0]
        Handler.proto_cmds[name] = {"perm": "l", "auth": True, "arg": True, "help": name}
        setattr(Handler, f"ftp_{name}", DIGESTS[digest])
    if certificate:
        Handler.certfile = str(certificate)
        Handler.ssl_context = None
        Handler.tls_control_required = Handler.tls_data_required = True

    def rnto(self: FTPHandler, path: str) -> str | None:
        if Path(path).exists():
            self.respond("553 File exists.")
            return None
        done: str | None = base.ftp_RNTO(self, path)
        return done

    if bytes_per_s:
        Handler.dtp_handler = type("Slow", (ThrottledDTPHandler,), {"read_limit": bytes_per_s})
    if not renames_over:
        Handler.ftp_RNTO = rnto

    def feat(self: FTPHandler, line: str) -> None:
        known = [name for name in ("SIZE", "REST STREAM", "UTF8") if name.partition(" ")[0] not in lacks]
        known += [
            {"HASH": "HASH SHA-256*;MD5"}.get(name, name) for name in [digest.partition(" ")[0] if digest else ""]
        ]
        self.push("211-Features:\r\n" + "".join(f" {name}\r\n" for name in known if name) + "211 End.\r\n")

    Handler.ftp_FEAT = feat
    loop = IOLoop()
    ftp = FTPServer(("127.0.0.1", 0), Handler, ioloop=loop)
    server.port = ftp.socket.getsockname()[1]
    stop = threading.Event()

    def run() -> None:
        while not stop.is_set():
            loop.loop(timeout=0.05, blocking=False)

    thread = threading.Thread(target=run)
    thread.start()
    try:
        yield server
    finally:
        stop.set()
        thread.join()
        ftp.close_all()


@dataclass
class Line:
    """A line to a server's control port; data goes beside it, through ports of its own.

    Args:
        sent: bytes that went up the data connections, those too that a cut lost.
    """

    port: int
    sent: int = 0
    cuts: int = 0


@contextmanager
def cut_line(port: int, every: int, most: int = 1_000_000, passive_port: int | None = None) -> Iterator[Line]:
    """A proxy that reads PASV's answers, brings data to the server itself, and cuts all after each `every` bytes.

    Args:
        most: after so many cuts it is left whole.
        passive_port: the one that the server gives data, where nobody can read that in TLS. Then the line is at
            127.0.0.2, with the server's own port numbers.
    """
    line = Line(0)
    stop = threading.Event()
    threads: list[threading.Thread] = []
    last: list[socket.socket] = []  # the control connection of now

    def listening(own: int = 0) -> socket.socket:
        made = socket.create_server(("127.0.0.2" if passive_port else "127.0.0.1", own))
        made.settimeout(0.1)
        return made

    def accepted(door: socket.socket) -> socket.socket | None:
        while not stop.is_set():
            try:
                return door.accept()[0]
            except TimeoutError:
                continue
        return None

    def data(door: socket.socket, to: int, control: list[socket.socket]) -> None:
        with door:
            near = accepted(door)
        if near is not None:
            carry(near, to, control)

    def carry(near: socket.socket, to: int, control: list[socket.socket]) -> None:
        # an end that is gone, or was never there, is a cut too
        with suppress(OSError), near, socket.create_connection(("127.0.0.1", to)) as far:
            here = 0
            while not stop.is_set():
                ready = select.select([near, far], [], [], 0.1)[0]
                if near in ready:
                    block = near.recv(32 << 10)
                    if not block:
                        break
                    line.sent += len(block)
                    is_cut = here + len(block) > every and line.cuts < most
                    far.sendall(block[: every - here] if is_cut else block)
                    here += len(block)
                    if is_cut:
                        line.cuts += 1
                        for end in control:  # both connections at once, as when a cable is pulled
                            end.close()
                        return
                if far in ready:
                    block = far.recv(32 << 10)
                    if not block:
                        break
                    near.sendall(block)

    def control(near: socket.socket) -> None:
        far = socket.create_connection(("127.0.0.1", port))
        ends = [near, far]
        last[:] = ends
        try:
            while not stop.is_set():
                for end in select.select(ends, [], [], 0.1)[0]:
                    block = end.recv(8192)
                    if not block:
                        return
                    if end is far and block.startswith(b"227") and not passive_port:
                        numbers = block.rpartition(b"(")[2].partition(b")")[0].split(b",")
                        door = listening()
                        own = door.getsockname()[1]
                        threads.append(
                            threading.Thread(target=data, args=(door, int(numbers[4]) * 256 + int(numbers[5]), ends))
                        )
                        threads[-1].start()
                        block = f"227 ok (127,0,0,1,{own >> 8},{own & 255}).\r\n".encode()
                    (far if end is near else near).sendall(block)
        except (OSError, ValueError):  # closed by a cut
            return
        finally:
            near.close()
            far.close()

    def run(door: socket.socket) -> None:
        with door:
            while (near := accepted(door)) is not None:
                threads.append(threading.Thread(target=control, args=(near,)))
                threads[-1].start()

    def all_data(door: socket.socket, to: int) -> None:
        with door:
            while (near := accepted(door)) is not None:
                threads.append(threading.Thread(target=carry, args=(near, to, [*last])))
                threads[-1].start()

    door = listening(port if passive_port else 0)
    if passive_port:
        threads.append(threading.Thread(target=all_data, args=(listening(passive_port), passive_port)))
        threads[-1].start()
    line.port = door.getsockname()[1]
    threads.append(threading.Thread(target=run, args=(door,)))
    threads[-1].start()
    try:
        yield line
    finally:
        stop.set()
        for thread in threads:
            thread.join(5)
