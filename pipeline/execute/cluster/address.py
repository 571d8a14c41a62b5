"""Which scheduler is meant, and what guards the way to it: who reaches a port of Dask's runs programs there."""

from __future__ import annotations

import ipaddress
import re
import socket
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import InputError
from pipeline.execute.cluster import certificates
from pipeline.workspace import Workspace

HERE = "127.0.0.1"
PORT = 8786  # Dask's own
_WRITTEN = re.compile(
    r"(?:(?P<scheme>[a-z]+)://)?(?P<host>[A-Za-z0-9._-]+|\[[0-9A-Fa-f:.]+\])(?::(?P<port>\d{1,5}))?/?"
)
_SCHEMES = (None, "tcp", "tls")


@dataclass(frozen=True)
class Scheduler:
    """Where a scheduler is, and the folder of the certificates that guard it; None: it is plain."""

    host: str
    port: int
    certificates: Path | None = None

    @property
    def url(self) -> str:
        """As Dask writes it: `tls://10.0.0.1:8786`."""
        return f"{'tls' if self.certificates else 'tcp'}://{self.host}:{self.port}"


def scheduler(place: Workspace, given: str | None = None, tls: Path | None = None) -> Scheduler:
    """The one that a command, the environment or the settings name, else this machine's own.

    Args:
        given: ADDRESS of a command: `10.0.0.1`, `host:8786`, `tls://host:8786`.
        tls: the folder of a command, in place of the settings'.

    Raises:
        InputError: it is no address; it is another machine's and nothing guards the way to it; its certificates are not
            there. EnvironmentFault: they can't be used, or are out of date.
    """
    written = given or place.settings.scheduler or HERE
    parts = _WRITTEN.fullmatch(written.strip())
    if parts is None or parts["scheme"] not in _SCHEMES or not 0 < int(parts["port"] or PORT) < 1 << 16:
        raise InputError("cluster_address", where=written)
    host, port = parts["host"].strip("[]"), int(parts["port"] or PORT)
    folder = folder_of(place, tls)
    if parts["scheme"] == "tls" and folder is None:
        raise InputError("cluster_tls_wanted", where=written)
    if parts["scheme"] == "tcp":
        folder = None
    refuse_unguarded(place, host, folder)
    if folder is not None:
        certificates.hold(folder)
    return Scheduler(f"[{host}]" if ":" in host else host, port, folder)


def folder_of(place: Workspace, tls: Path | None) -> Path | None:
    """The folder of certificates that is meant."""
    return tls.absolute() if tls else Path(place.settings.tls) if place.settings.tls else None


def refuse_unguarded(place: Workspace, host: str, folder: Path | None) -> None:
    """Let pass what stays on this machine, is guarded, or runs where the settings trust all who can reach it.

    Raises:
        InputError: it is none of that.
    """
    if not (is_here(host) or folder or place.settings.trust_network):
        raise InputError("cluster_untrusted", where=host)


def is_here(host: str) -> bool:
    """Whether nobody but this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host == "localhost"


def own_address(towards: Scheduler) -> str:
    """This machine's address on the way to a scheduler, for its workers to listen on; nothing is sent to find it.

    Raises:
        InputError: there is no such host, or no way to it.
    """
    if is_here(towards.host):
        return HERE
    try:
        family, kind, *_, place = socket.getaddrinfo(towards.host.strip("[]"), towards.port, type=socket.SOCK_DGRAM)[0]
        with socket.socket(family, kind) as probe:
            probe.connect(place)
            return str(probe.getsockname()[0])
    except OSError as error:
        raise InputError("cluster_host", where=towards.host, detail=error.strerror) from error
