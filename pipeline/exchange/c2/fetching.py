"""A file at an address of an order or a notice: by FTP or HTTP(S), only from hosts that are named beforehand."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass
from enum import StrEnum
from urllib.parse import SplitResult, urljoin, urlsplit

from pipeline.exchange.c2 import ftp_file, http_request
from pipeline.exchange.c2.ftp_file import FtpFailed
from pipeline.exchange.c2.http_request import NoHttpAnswer, Request

MOST_REDIRECTS = 3
_REDIRECTS = (301, 302, 303, 307, 308)
SCHEMES = ("ftp", "http", "https")


class WhyUnread(StrEnum):
    """Why a file was not read: keys of the catalogue's `text.c2_unread_…`."""

    HOST = "host"  # one that nobody named
    ADDRESS = "address"  # no address of FTP or HTTP
    FETCH = "fetch"  # nothing came
    LARGE = "large"
    REPLY = "reply"  # what came is no reply


class NotFetched(Exception):
    """It could not be fetched.

    Args:
        words: why, without the address.
        is_passing: another try may go well.
    """

    def __init__(self, why: WhyUnread, words: str = "", *, is_passing: bool = False):
        super().__init__(f"{why} {words}".strip())
        self.why = why
        self.words = words
        self.is_passing = is_passing


@dataclass(frozen=True)
class Bounds:
    """How much of whom.

    Args:
        hosts: names and numbers of machines that may be asked; None is any.
    """

    most_bytes: int
    deadline_s: float = 60.0
    hosts: Collection[str] | None = None


def fetch(address: str, bounds: Bounds, sink: Callable[[bytes], object]) -> None:
    """Hand a file to a sink, block by block: what was taken before an error is no file.

    Raises:
        NotFetched: it may not be asked for, or does not come. InputError: the file of passwords is wrong.
    """
    first = None
    for _ in range(MOST_REDIRECTS + 1):
        parts = _allowed(address, bounds.hosts)
        first = first or parts.hostname
        if parts.hostname != first:
            raise NotFetched(WhyUnread.HOST, f"redirected to {parts.hostname}")
        if parts.scheme.lower() == "ftp":
            _by_ftp(address, bounds, sink)
            return
        further = _by_http(parts, address, bounds, sink)
        if further is None:
            return
        address = further
    raise NotFetched(WhyUnread.FETCH, "redirected too often")


def fetched(address: str, bounds: Bounds) -> bytes:
    """A small file whole; raises as `fetch`."""
    found = bytearray()
    fetch(address, bounds, found.extend)
    return bytes(found)


def _allowed(address: str, hosts: Collection[str] | None) -> SplitResult:
    try:
        parts = urlsplit(address)
        host, _ = parts.hostname, parts.port
    except ValueError:
        raise NotFetched(WhyUnread.ADDRESS) from None
    if parts.scheme.lower() not in SCHEMES or not host:
        raise NotFetched(WhyUnread.ADDRESS)
    if hosts is not None and host.casefold() not in {item.casefold() for item in hosts}:
        raise NotFetched(WhyUnread.HOST, host[:253])
    return parts


def _by_http(parts: SplitResult, address: str, bounds: Bounds, sink: Callable[[bytes], object]) -> str | None:
    """The address that leads on; None when it was the file."""
    request = Request(
        address,
        login=ftp_file.login_of(parts),
        deadline_s=bounds.deadline_s,
        most_bytes=bounds.most_bytes,
        sink=sink,
    )
    try:
        answer = http_request.sent(request)
    except NoHttpAnswer as error:
        why = WhyUnread.LARGE if error.words.startswith("more than") else WhyUnread.FETCH
        raise NotFetched(why, error.words, is_passing=error.is_passing) from error
    if answer.status in _REDIRECTS and answer.location:
        further = urljoin(address, answer.location)
        if urlsplit(further).scheme.lower() == "ftp":
            raise NotFetched(WhyUnread.ADDRESS, "redirected to ftp")
        return further
    if answer.status != 200:
        raise NotFetched(WhyUnread.FETCH, f"HTTP {answer.status}", is_passing=True)
    return None


def _by_ftp(address: str, bounds: Bounds, sink: Callable[[bytes], object]) -> None:
    left = bounds.most_bytes

    def take(block: bytes) -> None:
        nonlocal left
        left -= len(block)
        if left < 0:
            raise NotFetched(WhyUnread.LARGE)
        sink(block)

    try:
        ftp_file.fetch(address, take, bounds.deadline_s)
    except FtpFailed as error:
        why = WhyUnread.FETCH if error.is_passing else WhyUnread.ADDRESS
        raise NotFetched(why, error.words, is_passing=error.is_passing) from error
