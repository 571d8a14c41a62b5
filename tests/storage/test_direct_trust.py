"""Whom libcurl trusts, what of a machine's settings it heeds, and how it ends: as the client does, and no other."""

from __future__ import annotations

import datetime
import ssl
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
import trustme

from pipeline.errors import ShowcaseError
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.storage.scripted_server import scripted
from tests.storage.test_direct import got

NOBODY = "http://127.0.0.1:9"
PAST = datetime.datetime.now(datetime.UTC) - datetime.timedelta(days=1)


@dataclass(frozen=True)
class Authority:
    """A CA of one's own, in a folder whose name is not ASCII."""

    ca: trustme.CA
    file: Path
    by_hash: Path

    def context(self, issued: Callable[[trustme.CA], trustme.LeafCert]) -> ssl.SSLContext:
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        issued(self.ca).configure_cert(made)
        return made


def right(ca: trustme.CA) -> trustme.LeafCert:
    return ca.issue_cert("127.0.0.1")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    folder = tmp_path_factory.mktemp("centre") / "新疆 CA"
    by_hash = folder / "by hash"
    by_hash.mkdir(parents=True)
    ca = trustme.CA()
    ca.cert_pem.write_to_path(folder / "ca.pem")
    return Authority(ca, folder / "ca.pem", by_hash)


def store_at(endpoint: str, ca: Path | None = None) -> Store:
    given = Connection(endpoint, "AKIAEXAMPLE", "-", ca=None if ca is None else str(ca))
    return Store(given, endpoint_shown=endpoint)


UNTRUSTED: dict[str, tuple[Callable[[trustme.CA], trustme.LeafCert], str]] = {
    "another name": (lambda ca: ca.issue_cert("store.example.org"), "Hostname mismatch"),
    "its name as a remark": (lambda ca: ca.issue_cert("a.org", common_name="127.0.0.1"), "Hostname mismatch"),
    "run out": (lambda ca: ca.issue_cert("127.0.0.1", not_after=PAST), "certificate has expired"),
    "another CA": (lambda _: right(trustme.CA()), "unable to get local issuer certificate"),
}


@pytest.mark.parametrize("name", UNTRUSTED)
def test_who_is_not_trusted_is_sent_no_byte_and_told_as_ever(name: str, authority: Authority) -> None:
    issued, told = UNTRUSTED[name]
    with scripted(tls=authority.context(issued)) as server:
        with pytest.raises(ShowcaseError) as caught:
            got(store_at(server.endpoint, authority.file))
        assert (caught.value.key, caught.value.detail, server.heads) == ("store_certificate", told, [])


@pytest.mark.parametrize("way", ["settings", "AWS_CA_BUNDLE", "REQUESTS_CA_BUNDLE", "ca_bundle", "a CA in between"])
def test_a_ca_of_ones_own_is_enough_however_it_is_named(
    way: str, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if way.endswith("BUNDLE"):
        monkeypatch.setenv(way, str(authority.file))
    if way == "ca_bundle":
        (tmp_path / "config").write_text(f"[default]\nca_bundle = {authority.file}\n")
        monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "config"))
    between = way == "a CA in between"
    issued = (lambda ca: right(ca.create_child_ca())) if between else right
    with scripted(tls=authority.context(issued)) as server:
        store = store_at(server.endpoint, authority.file if between or way == "settings" else None)
        for _ in range(2):  # what TLS says beside the first answer leaves the connection as it is
            got(store)
        assert (server.connections, len(server.heads)) == (1, 2)


def test_a_folder_of_cas_is_all_that_is_trusted(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    """An empty one: none of those that libcurl was built with counts beside it."""
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(authority.by_hash))
    with scripted(tls=authority.context(right)) as server:
        with pytest.raises(ShowcaseError):
            got(store_at(server.endpoint))
        assert server.heads == []


@pytest.mark.parametrize("name", ["ALL_PROXY", "all_proxy", "HTTPS_PROXY"])
def test_no_variable_leads_elsewhere_that_does_not_lead_the_client(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Nor do the files that libcurl's own command reads."""
    monkeypatch.setenv(name, NOBODY)
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / ".netrc").write_text("machine 127.0.0.1 login somebody password else\n")
    (tmp_path / ".curlrc").write_text(f'proxy = "{NOBODY}"\n')
    with scripted() as server:
        got(store_at(server.endpoint))
        assert len(server.heads) == 1
        assert b"\r\nUser-Agent: showcase\r\n" in server.heads[0]
        assert b"Credential=AKIAEXAMPLE/" in server.heads[0]


def test_a_proxy_is_the_clients_to_ask_by(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", NOBODY)
    with scripted() as server:
        with pytest.raises(ShowcaseError) as caught:
            got(store_at(server.endpoint))
        assert (caught.value.detail, server.connections) == ("ProxyConnectionError", 0)
        monkeypatch.setenv("NO_PROXY", "127.0.0.1")
        got(store_at(server.endpoint))
        assert b"\r\nUser-Agent: showcase\r\n" in server.heads[0]
