"""What brings files to an address, held against another command of this machine that sends to the same one."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from pipeline import durable, locks, passwords
from pipeline.errors import EnvironmentFault, InputError
from pipeline.exchange.hand_over import ftp_client
from pipeline.exchange.hand_over.address import FtpAddress
from pipeline.exchange.hand_over.folder import FolderTransport
from pipeline.exchange.hand_over.ftp import FtpTransport
from pipeline.exchange.hand_over.transport import Transport
from pipeline.passwords import Login
from pipeline.remembered import user_cache

_ANONYMOUS = Login("anonymous", "anonymous@")  # RFC 1635


@contextmanager
def opened(
    address: Path | FtpAddress, ca: str | None, digest: Callable[[Path], str], waiting: Callable[[], None]
) -> Iterator[Transport]:
    """The place, to be written to; it is left at the end, come what may.

    Args:
        ca: a file of certificates in place of the system's.
        digest: SHA-256 of a file that stands there.
        waiting: is called while another command has the place.

    Raises:
        InputError: the file of passwords or of certificates is wrong.
        EnvironmentFault: nobody has said as whom we are to go there.
    """
    transport = _for(address, ca, digest)
    with locks.locked(_lock(address), waiting):
        try:
            yield transport
        finally:
            transport.close()


def _for(address: Path | FtpAddress, ca: str | None, digest: Callable[[Path], str]) -> Transport:
    if isinstance(address, Path):
        return FolderTransport(address, digest)
    try:
        trust = ftp_client.trusted(ca) if address.is_secure else None
    except OSError as error:
        raise InputError("ftp_ca", where=ca, detail=error.strerror) from error
    return FtpTransport(address, _login(address), trust)


def _login(address: FtpAddress) -> Login:
    found = passwords.login_for(address.host, address.port, address.user)
    if found is None and address.user == _ANONYMOUS.user:
        return _ANONYMOUS
    if found is None:
        raise EnvironmentFault("ftp_no_login", where=address.where(), host=address.host, file=passwords.password_file())
    return found


def _lock(address: Path | FtpAddress) -> Path:
    known = str(address.resolve()) if isinstance(address, Path) else address.where()
    name = hashlib.sha256(known.encode("utf-8", "surrogateescape")).hexdigest()[:32]
    return durable.make_folder(user_cache() / "locks") / f"{name}.lock"
