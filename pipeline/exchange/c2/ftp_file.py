"""One file at an FTP address (RFC 1738, clause 3.2): fetched, put whole, removed."""

from __future__ import annotations

import contextlib
import ftplib
import io
import secrets
import time
from collections.abc import Callable, Iterator
from urllib.parse import SplitResult, unquote, urlsplit

from pipeline import passwords
from pipeline.passwords import Login

SILENCE_S = 20.0
ANONYMOUS = Login("anonymous", "anonymous@")
BLOCK = 1 << 16


class FtpFailed(Exception):
    """The server does not do it.

    Args:
        words: why, without the address.
        is_passing: another try may go well.
    """

    def __init__(self, words: str, *, is_passing: bool = True):
        super().__init__(words)
        self.words = words
        self.is_passing = is_passing


def login_of(parts: SplitResult) -> Login | None:
    """The address's own, else that of the password file.

    Raises:
        InputError: the file of passwords is wrong.
    """
    if parts.username is not None:
        return Login(unquote(parts.username), unquote(parts.password or ""))
    return passwords.login_for(parts.hostname or "", parts.port)


def fetch(address: str, sink: Callable[[bytes], object], deadline_s: float) -> None:
    """Hand a file to a sink, block by block.

    Raises:
        FtpFailed: it does not come, or not in time.
    """
    ends = time.monotonic() + deadline_s

    def take(block: bytes) -> None:
        if time.monotonic() > ends:
            raise FtpFailed("timed out")
        sink(block)

    with _server(address) as (server, path):
        server.retrbinary(f"RETR {path}", take, BLOCK)


def put(address: str, content: bytes) -> None:
    """Put a file under a temporary name, then its own; folders on the way are made.

    Raises:
        FtpFailed: it can't be put there.
    """
    with _server(address) as (server, path):
        folder = path.rpartition("/")[0]
        _make(server, folder)
        temporary = f"{folder}/" if "/" in path else ""
        temporary += f".{secrets.token_hex(8)}.part"
        server.storbinary(f"STOR {temporary}", io.BytesIO(content))
        with contextlib.suppress(ftplib.error_perm):  # some servers rename over what is there, some refuse
            server.delete(path)
        server.rename(temporary, path)


def remove(address: str) -> None:
    """Remove a file; one that is not there is fine.

    Raises:
        FtpFailed: the server does not answer.
    """
    with _server(address) as (server, path):
        try:
            server.delete(path)
        except ftplib.error_perm as error:
            if not str(error).startswith("550"):
                raise


@contextlib.contextmanager
def _server(address: str) -> Iterator[tuple[ftplib.FTP, str]]:
    """A session, and the path behind the first slash: a second one makes it absolute."""
    parts = urlsplit(address)
    login = login_of(parts) or ANONYMOUS
    path = unquote(parts.path[1:])
    if not path or not path.isprintable():
        raise FtpFailed("no path", is_passing=False)
    try:
        with ftplib.FTP(timeout=SILENCE_S, encoding="utf-8") as server:  # noqa: S321 - what C2 names
            server.connect(parts.hostname or "", parts.port or ftplib.FTP_PORT)
            server.login(login.user, login.password)
            yield server, path
    except ftplib.error_perm as error:
        raise FtpFailed(f"FTP {str(error)[:3]}") from error
    except (ftplib.Error, EOFError, OSError) as error:
        raise FtpFailed(type(error).__name__) from error
    except (ValueError, UnicodeError) as error:  # an end of a line in the path or the login
        raise FtpFailed("no address", is_passing=False) from error


def _make(server: ftplib.FTP, folder: str) -> None:
    for depth in range(1, folder.count("/") + 2):
        level = "/".join(folder.split("/")[:depth])
        if level:
            with contextlib.suppress(ftplib.error_perm):  # it is there
                server.mkd(level)
