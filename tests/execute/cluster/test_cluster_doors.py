"""Which scheduler an address means, and what must guard the way to it."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from pipeline.errors import ShowcaseError
from pipeline.execute.cluster import address, certificates, commands
from pipeline.execute.cluster.address import Scheduler
from pipeline.execute.cluster.supervision import refuse_taken
from pipeline.settings import Settings
from pipeline.workspace import Workspace

SHARED = Path("/folder")


def write_certificates(folder: Path, begins: datetime, days: int) -> None:
    """Certificates as Dask's, for a time of the test's."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "dask-internal")])
    made = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(begins)
        .not_valid_after(begins + timedelta(days=days))
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    folder.mkdir()
    for file in (certificates.CA, certificates.CERTIFICATE):
        (folder / file).write_bytes(made.public_bytes(pem))
    secret = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    (folder / certificates.KEY).write_bytes(secret)


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("doors") / "keys"
    assert certificates.keep(folder)
    return folder


def place(**told: object) -> Workspace:
    return Workspace(Path("/nowhere"), Settings(**told))  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("given", "url"),
    [
        (None, "tcp://127.0.0.1:8786"),
        ("127.0.0.1:9000", "tcp://127.0.0.1:9000"),
        ("localhost", "tcp://localhost:8786"),
        ("tcp://127.0.0.1:9000/", "tcp://127.0.0.1:9000"),
        ("[::1]:9000", "tcp://[::1]:9000"),
    ],
)
def test_an_address_of_this_machine_needs_no_guard(given: str | None, url: str) -> None:
    assert address.scheduler(place(), given).url == url


def test_what_is_typed_wins_over_the_settings(keys: Path) -> None:
    own = place(scheduler="127.0.0.1:1", tls=str(keys))
    assert address.scheduler(own).url == "tls://127.0.0.1:1"
    assert address.scheduler(own, "10.0.0.1:2") == Scheduler("10.0.0.1", 2, keys)
    assert address.scheduler(own, "tcp://127.0.0.1:2").certificates is None


@pytest.mark.parametrize("given", ["10.0.0.1", "tcp://10.0.0.1:8786", "studio-3", "[fe80::1]", "0.0.0.0:8786"])
def test_the_way_to_another_machine_is_guarded_or_trusted(given: str) -> None:
    with pytest.raises(ShowcaseError, match="cluster_untrusted") as caught:
        address.scheduler(place(), given)
    assert caught.value.exit_code == 2
    assert address.scheduler(place(trust_network=True), given).url.startswith("tcp://")


def test_certificates_do_not_guard_what_is_plain(keys: Path) -> None:
    with pytest.raises(ShowcaseError, match="cluster_untrusted"):
        address.scheduler(place(), "tcp://10.0.0.1", keys)
    with pytest.raises(ShowcaseError, match="cluster_tls_wanted"):
        address.scheduler(place(trust_network=True), "tls://10.0.0.1")


@pytest.mark.parametrize("given", ["", "ucx://a", "http://a:1", "a b", "a:0", "a:70000", "a:b", "tls://", "u@a"])
def test_what_is_no_address_is_told(given: str, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(ShowcaseError, match="cluster_address"):
        address.scheduler(place(scheduler=given or " "), given or None)


def test_certificates_are_made_once_for_their_owner_alone(tmp_path: Path) -> None:
    folder = tmp_path / "keys"
    assert certificates.keep(folder)
    before = {name: (folder / name).read_bytes() for name in certificates.FILES}
    assert not certificates.keep(folder)
    assert {name: (folder / name).read_bytes() for name in certificates.FILES} == before
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {(folder / name).stat().st_mode & 0o777 for name in certificates.FILES} == {0o600}


def test_certificates_that_do_not_hold_are_told(keys: Path, tmp_path: Path) -> None:
    now = datetime.now(UTC)
    write_certificates(tmp_path / "old", now - timedelta(days=366), 365)
    write_certificates(tmp_path / "early", now + timedelta(hours=1), 365)
    write_certificates(tmp_path / "other", now - timedelta(days=1), 365)
    for name in ("lacks", "mixed", "broken"):
        shutil.copytree(keys, tmp_path / name)
    (tmp_path / "lacks" / certificates.KEY).unlink()
    shutil.copy(tmp_path / "other" / certificates.KEY, tmp_path / "mixed" / certificates.KEY)
    (tmp_path / "broken" / certificates.CA).write_text("none")
    certificates.hold(keys)
    certificates.hold(tmp_path / "other")
    for name, key, code in (
        ("old", "cluster_expired", 3),
        ("early", "cluster_not_yet", 3),
        ("lacks", "cluster_tls_missing", 2),
        ("none", "cluster_tls_missing", 2),
        ("mixed", "cluster_tls_wrong", 3),
        ("broken", "cluster_tls_wrong", 3),
    ):
        with pytest.raises(ShowcaseError) as caught:
            certificates.hold(tmp_path / name)
        assert (caught.value.key, caught.value.exit_code) == (key, code), name


def test_a_place_to_listen_is_this_machines_and_free() -> None:
    refuse_taken(Scheduler("127.0.0.1", 0))
    for host in (".".join("0000"), "::", "192.0.2.1", "no-such-host.invalid"):
        with pytest.raises(ShowcaseError, match="cluster_host"):
            refuse_taken(Scheduler(host, 8786))


def test_workers_listen_towards_their_scheduler() -> None:
    assert address.own_address(Scheduler("127.0.0.1", 8786)) == "127.0.0.1"
    assert address.own_address(Scheduler("localhost", 8786)) == "127.0.0.1"
    with pytest.raises(ShowcaseError, match="cluster_host"):
        address.own_address(Scheduler("no-such-host.invalid", 8786))


def test_dasks_commands_are_as_they_are_typed() -> None:
    plain, guarded = Scheduler("127.0.0.1", 8786), Scheduler("10.0.0.1", 8786, SHARED)
    quiet = ["--no-dashboard", "--dashboard-address", "127.0.0.1:0"]
    guard = ["--tls-ca-file", "/folder/ca.pem", "--tls-cert", "/folder/cert.pem", "--tls-key", "/folder/key.pem"]
    here = ["--protocol", "tcp", "--host", "127.0.0.1", "--port", "8786"]
    outside = ["--protocol", "tls", "--host", "10.0.0.1", "--port", "8786"]
    working = ["tls://10.0.0.1:8786", "--nthreads", "1", "--nworkers", "3", "--host", "10.0.0.2"]
    assert commands.scheduler(plain) == ["scheduler", *here, *quiet]
    assert commands.scheduler(guarded) == ["scheduler", *outside, *quiet, *guard]
    assert commands.workers(guarded, 3, host="10.0.0.2") == ["worker", *working, *quiet, *guard]
