"""Who may tell of results: from which networks, with which login; nothing is told of which of the two was wrong."""

from __future__ import annotations

import base64
import binascii
import hmac
import ipaddress
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline import passwords
from pipeline.errors import InputError
from pipeline.passwords import Login

HERE = "127.0.0.1"
PORT = 8080
NAME = "c2-listener"  # the machine of the password file whose login callers need
Network = ipaddress.IPv4Network | ipaddress.IPv6Network


@dataclass(frozen=True)
class Door:
    """What is asked of a caller: everything that is set."""

    networks: tuple[Network, ...] = ()
    login: Login | None = None

    @property
    def is_guarded(self) -> bool:
        """Whether anything is asked."""
        return bool(self.networks) or self.login is not None

    def lets_from(self, address: str) -> bool:
        """Whether a caller may come from an address."""
        if not self.networks:
            return True
        try:
            came = ipaddress.ip_address(address.partition("%")[0])
        except ValueError:
            return False
        own = getattr(came, "ipv4_mapped", None) or came
        return any(own in network for network in self.networks if network.version == own.version)

    def lets_with(self, authorization: str | None) -> bool:
        """Whether the header is of our login (RFC 7617)."""
        if self.login is None:
            return True
        scheme, _, given = (authorization or "").partition(" ")
        try:
            said = base64.b64decode(given.strip(), validate=True)
        except (binascii.Error, ValueError):
            return False
        wanted = f"{self.login.user}:{self.login.password}".encode()
        return scheme.lower() == "basic" and hmac.compare_digest(said, wanted)


def networks(given: Sequence[str], where: str) -> tuple[Network, ...]:
    """Networks by their settings: `10.0.0.0/8`, `192.0.2.7`.

    Raises:
        InputError: one is none.
    """
    found = []
    for text in given:
        try:
            found.append(ipaddress.ip_network(text.strip()))
        except ValueError as error:
            raise InputError("c2_network_wrong", where=where, value=text) from error
    return tuple(found)


def opened(host: str, given: Sequence[str], where: str) -> Door:
    """The door of a listener.

    Raises:
        InputError: it can be reached from elsewhere and nothing is asked; a setting or the password file is wrong.
    """
    door = Door(networks(given, where), passwords.login_named(NAME))
    if not is_here(host) and not door.is_guarded:
        raise InputError("c2_unguarded", where=host, machine=NAME, file=passwords.password_file())
    return door


def is_here(host: str) -> bool:
    """Whether nobody but this machine reaches what listens there."""
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return host.lower() == "localhost"
