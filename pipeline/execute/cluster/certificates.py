"""The folder of certificates that guards a cluster: one key for all its machines, made once and copied to each."""

from __future__ import annotations

import ssl
from pathlib import Path

from pipeline import durable, process
from pipeline.errors import EnvironmentFault, InputError
from pipeline.execute.cluster import extra

CA, CERTIFICATE, KEY = "ca.pem", "cert.pem", "key.pem"
FILES = (CA, CERTIFICATE, KEY)
_EXPIRED = 10  # X509_V_ERR_CERT_HAS_EXPIRED
_NOT_YET_VALID = 9


def arguments(folder: Path) -> tuple[str, ...]:
    """The same for Dask's commands; they get the key's path, never the key."""
    return ("--tls-ca-file", str(folder / CA), "--tls-cert", str(folder / CERTIFICATE), "--tls-key", str(folder / KEY))


def keep(folder: Path) -> bool:
    """Make the certificates where none are; whether they were made now.

    Raises:
        InputError, EnvironmentFault: those that are there can't be used; nothing can be written there.
    """
    if any((folder / name).exists() for name in FILES):
        hold(folder)
        return False
    extra.refuse_without()
    from pipeline.execute.cluster import client

    made = client.new_certificates()
    process.for_owner_alone(durable.make_folder(folder))
    for name, content in zip(FILES, made, strict=True):
        durable.write(folder / name, content.encode(), mode=0o600)
    return True


def hold(folder: Path) -> None:
    """Let pass certificates that both ends of a connection accept now: the folder is tried against itself.

    Raises:
        InputError: one of them is not there. EnvironmentFault: they are out of date, or can't be used.
    """
    for name in FILES:
        if not (folder / name).is_file():
            raise InputError("cluster_tls_missing", where=str(folder), name=name)
    try:
        _shake_hands(_end(folder, ssl.PROTOCOL_TLS_SERVER), _end(folder, ssl.PROTOCOL_TLS_CLIENT))
    except ssl.SSLCertVerificationError as error:
        key = {_EXPIRED: "cluster_expired", _NOT_YET_VALID: "cluster_not_yet"}.get(error.verify_code)
        raise EnvironmentFault(key or "cluster_tls_wrong", where=str(folder), detail=error.verify_message) from error
    except OSError as error:  # an SSLError is one
        raise EnvironmentFault("cluster_tls_wrong", where=str(folder), detail=error.strerror or str(error)) from error


def _end(folder: Path, protocol: int) -> ssl.SSLContext:
    context = ssl.SSLContext(protocol)
    context.check_hostname = False  # Dask's name for all is `dask-internal`
    context.verify_mode = ssl.CERT_REQUIRED
    context.load_verify_locations(folder / CA)
    context.load_cert_chain(folder / CERTIFICATE, folder / KEY)
    return context


def _shake_hands(server: ssl.SSLContext, client: ssl.SSLContext) -> None:
    up, down = ssl.MemoryBIO(), ssl.MemoryBIO()
    ends = [server.wrap_bio(up, down, server_side=True), client.wrap_bio(down, up)]
    while ends:
        for end in tuple(ends):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            ends.remove(end)
