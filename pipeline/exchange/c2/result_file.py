"""The answer file that a notice names: fetched by FTP or HTTP(S), only from hosts that are named beforehand."""

from __future__ import annotations

import ftplib
import time
from collections.abc import Collection
from enum import StrEnum
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from pipeline import passwords
from pipeline.exchange.c2 import http_request
from pipeline.exchange.c2.http_request import NoHttpAnswer, Request
from pipeline.exchange.c2.reply import MOST_BYTES
from pipeline.passwords import Login

DEADLINE_S = 60.0
SILENCE_S = 10.0
MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)


class WhyUnread(StrEnum):
    """Why an answer file was not read: keys of the catalogue's `text.c2_unread_…`."""

    HOST = "host"  # one that nobody named
    ADDRESS = "address"  # no address of FTP or HTTP
    FETCH = "fetch"  # nothing came
    LARGE = "large"
    REPLY = "reply"  # what came is no reply


class NotFetched(Exception):
    """It could not be fetched.

    Args:
        is_passing: another try may go well.
    """

    def __init__(self, why: WhyUnread, words: str = "", *, is_passing: bool = False):
        super().__init__(f"{why} {words}".strip())
        self.why = why
        self.is_passing = is_passing


def fetched(address: str, hosts: Collection[str]) -> bytes:
    """The file, 5 MiB at most.

    Args:
        hosts: names and numbers of the machines that may be asked.

    Raises:
        NotFetched: it may not be asked for, or does not come. InputError: the file of passwords is wrong.
    """
    for _ in range(MOST_REDIRECTS + 1):
        parts = _allowed(address, hosts)
        if parts.scheme.lower() == "ftp":
            return _by_ftp(parts)
        further = _by_http(parts, address)
        if isinstance(further, bytes):
            return further
        if urlsplit(further).scheme.lower() == "ftp":
            raise NotFetched(WhyUnread.ADDRESS, "redirected to ftp")
        address = further
    raise NotFetched(WhyUnread.FETCH, "redirected too often")


def _allowed(address: str, hosts: Collection[str]) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NotFetched(WhyUnread.ADDRESS) from None
    if parts.scheme.lower() not in ("ftp", "http", "https") or not host:
        raise NotFetched(WhyUnread.ADDRESS)
    if host.casefold() not in {item.casefold() for item in hosts}:
        raise NotFetched(WhyUnread.HOST, host[:253])
    return parts


def _login(parts: SplitResult) -> Login | None:
    """The address's own, else that of the password file."""
    if parts.username is not None:
        return Login(unquote(parts.username), unquote(parts.password or ""))
    return passwords.login_for(parts.hostname or "", parts.port)


def _by_http(parts: SplitResult, address: str) -> bytes | str:
    """The bytes, or the address that leads on."""
    request = Request(address, login=_login(parts), deadline_s=DEADLINE_S, most_bytes=MOST_BYTES)
    try:
        answer = http_request.sent(request)
    except NoHttpAnswer as error:
        is_large = error.words.startswith("more than")
        why = WhyUnread.LARGE if is_large else WhyUnread.FETCH
        raise NotFetched(why, error.words, is_passing=error.is_passing) from error
    if answer.status in _REDIRECTS and answer.location:
        return urljoin(address, answer.location)
    if answer.status != 200:
        raise NotFetched(WhyUnread.FETCH, f"HTTP {answer.status}", is_passing=True)
    return answer.body


def _by_ftp(parts: SplitResult) -> bytes:
    """RETR of the path behind the first slash: a second one makes it absolute (RFC 1738, clause 3.2.2)."""
    login = _login(parts) or Login("anonymous", "anonymous@")
    path = unquote(parts.path[1:])
    found = bytearray()
    ends = time.monotonic() + DEADLINE_S

    def keep(block: bytes) -> None:
        found.extend(block)
        if len(found) > MOST_BYTES:
            raise NotFetched(WhyUnread.LARGE)
        if time.monotonic() > ends:
            raise NotFetched(WhyUnread.FETCH, "timed out", is_passing=True)

    try:
        with ftplib.FTP(timeout=SILENCE_S) as server:  # noqa: S321 - the address is the head-end's, C2 names FTP
            server.connect(parts.hostname or "", parts.port or ftplib.FTP_PORT)
            server.login(login.user, login.password)
            server.retrbinary(f"RETR {path}", keep)
    except ftplib.error_perm as error:
        raise NotFetched(WhyUnread.FETCH, str(error)[:3], is_passing=True) from error
    except (ftplib.Error, EOFError, OSError) as error:
        raise NotFetched(WhyUnread.FETCH, type(error).__name__, is_passing=True) from error
    except ValueError as error:  # an end of a line in the path or the login
        raise NotFetched(WhyUnread.ADDRESS) from error
    return bytes(found)
