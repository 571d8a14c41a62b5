"""Hand-over to vsftpd as Debian has it: login in TLS, data that must resume the session, a line that is cut.

`apt-get install vsftpd`. The server runs as its launcher's own process on 127.0.0.1; it wants root, to change its root.
"""

from __future__ import annotations

import io
import os
import shutil
import signal
import socket
import ssl
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from ftplib import FTP_TLS, error_perm
from pathlib import Path

import pytest
import trustme

from pipeline.errors import EnvironmentFault
from pipeline.exchange.hand_over import ftp_client, sending
from pipeline.exchange.hand_over.address import FtpAddress
from pipeline.exchange.hand_over.ftp import FtpTransport
from pipeline.exchange.hand_over.layouts import LAYOUTS
from pipeline.exchange.hand_over.sending import Outcome, Sending
from pipeline.exchange.hand_over.shipment import Shipment
from pipeline.package import file_names
from pipeline.package.offline import sources
from pipeline.passwords import Login
from tests import head_end_packages
from tests.conftest import Showcase
from tests.ftp_servers import PASSWORD, cut_line

pytestmark = pytest.mark.acceptance
USER = "anonymous"  # with a password of a list: no user of the machine is made for it
SIZE = 12 << 20
SETTINGS = """listen=YES
listen_address=127.0.0.1
listen_port={port}
background=NO
anonymous_enable=YES
local_enable=NO
write_enable=YES
anon_upload_enable=YES
anon_mkdir_write_enable=YES
anon_other_write_enable=YES
anon_world_readable_only=NO
anon_root={folder}/root
secure_email_list_enable=YES
email_password_file={folder}/passwords
secure_chroot_dir={folder}/empty
vsftpd_log_file={folder}/log
xferlog_enable=YES
pasv_promiscuous=NO
pasv_min_port={passive}
pasv_max_port={passive}
seccomp_sandbox=NO
ssl_enable={tls}
allow_anon_ssl=YES
force_anon_data_ssl=YES
force_anon_logins_ssl=YES
ssl_ciphers=HIGH
rsa_cert_file={folder}/own.pem
rsa_private_key_file={folder}/own.pem
"""


@dataclass(frozen=True)
class Vsftpd:
    """Where it listens and what it shows."""

    port: int
    passive_port: int
    folder: Path
    is_secure: bool

    @property
    def incoming(self) -> Path:
        return self.folder / "root" / "in"

    def transport(self, host: str = "127.0.0.1", most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> FtpTransport:
        trust = None
        if self.is_secure:
            trust = ftp_client.trusted(str(self.folder / "ca.pem"))
            trust.maximum_version = most
        at = FtpAddress(host, self.port, None, "in", self.is_secure)
        return FtpTransport(at, Login(USER, PASSWORD), trust)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return int(door.getsockname()[1])


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WAIT_S", 0.05)
    monkeypatch.setattr(sending, "MOST_WAIT_S", 0.5)


@pytest.fixture(params=["ftps", "ftp"])
def server(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Vsftpd]:
    program = shutil.which("vsftpd", path=f"{os.environ['PATH']}:/usr/sbin")
    assert program, "apt-get install vsftpd"
    is_secure = request.param == "ftps"
    folder = tmp_path_factory.mktemp("vsftpd")
    for level in (folder, *folder.parents[:2]):
        level.chmod(0o755)  # the server's user comes through
    (folder / "root" / "in").mkdir(parents=True)
    (folder / "root" / "in").chmod(0o777)
    (folder / "empty").mkdir()
    (folder / "passwords").write_text(f"{PASSWORD}\n")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1", "127.0.0.2").private_key_and_cert_chain_pem.write_to_path(folder / "own.pem")
    port, passive = free_port(), free_port()
    settings = folder / "vsftpd.conf"
    settings.write_text(SETTINGS.format(port=port, passive=passive, folder=folder, tls="YES" if is_secure else "NO"))
    running = subprocess.Popen([program, settings], start_new_session=True)
    deadline = time.monotonic() + 10
    while True:
        try:
            socket.create_connection(("127.0.0.1", port), 1).close()
            break
        except OSError:
            assert time.monotonic() < deadline
            assert running.poll() is None
            time.sleep(0.05)
    yield Vsftpd(port, passive, folder, is_secure)
    os.killpg(running.pid, signal.SIGTERM)
    running.wait()


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return head_end_packages.package(tmp_path_factory.mktemp("packages") / "pack", SIZE)


def shipment(pack: Path) -> Shipment:
    return LAYOUTS["package"](sources.in_folder(pack), file_names.DEFAULT)


def sent(place: FtpTransport, what: Shipment, *, read_back: bool = False) -> Outcome:
    try:
        return Sending(place, lambda *_: None, read_back=read_back).send(what)
    finally:
        place.close()


def tree(root: Path) -> dict[str, bytes]:
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


@pytest.mark.parametrize("most", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_a_package_is_there_and_a_rerun_sends_nothing(server: Vsftpd, most: ssl.TLSVersion, pack: Path) -> None:
    what = shipment(pack)
    outcome = sent(server.transport(most=most), what, read_back=True)
    assert (outcome.sent, outcome.unverified) == (9, [])
    assert tree(server.incoming / what.folder) == tree(pack)
    again = sent(server.transport(most=most), what)
    assert (again.sent, again.already, again.sent_bytes) == (0, 9, 0)


def test_without_the_session_it_refuses_what_ftplib_does(server: Vsftpd) -> None:
    """The reason for `ftp_client.SecureClient`: as the library is, data is refused."""
    if not server.is_secure:
        return
    trust = ftp_client.trusted(str(server.folder / "ca.pem"))
    trust.maximum_version = ssl.TLSVersion.TLSv1_2
    client = FTP_TLS(context=trust)  # noqa: S321 - what is tested
    client.connect("127.0.0.1", server.port, 10)
    client.login(USER, PASSWORD)
    client.prot_p()
    with pytest.raises(error_perm, match="522 SSL connection failed: session reuse required"):
        client.storbinary("STOR in/x", io.BytesIO(b"x"))
    client.close()


@pytest.mark.parametrize("every", [500_000, 3_000_000])
def test_a_cut_costs_at_most_a_mebibyte(server: Vsftpd, every: int, pack: Path) -> None:
    what = shipment(pack)
    with cut_line(server.port, every, passive_port=server.passive_port) as line:
        outcome = sent(server.transport("127.0.0.2"), what)
    assert tree(server.incoming / what.folder) == tree(pack)
    assert line.cuts >= 3
    assert outcome.sent_bytes - what.size_bytes <= line.cuts * (1 << 20)


def test_the_command_logs_in_and_a_wrong_password_is_exit_3(server: Vsftpd, showcase: Showcase, pack: Path) -> None:
    netrc = showcase.folder.parent / "netrc"
    (showcase.folder / "showcase.toml").write_text(f'[hand_over]\nca = "{server.folder}/ca.pem"\n')
    showcase.environment = {"NETRC": str(netrc)}
    to = f"{'ftps' if server.is_secure else 'ftp'}://127.0.0.1:{server.port}/in"
    for password, code in (("wrong-1", 3), (PASSWORD, 0)):
        netrc.write_text(f"machine 127.0.0.1 login {USER} password {password}\n")
        netrc.chmod(0o600)
        made = showcase("hand-over", pack, "--to", to, "--layout", "flat", "--json")
        assert made.code == code, made.err
        assert password not in made.out + made.err
    assert len(list(server.incoming.glob("*/checksums.sha256"))) == 1


def test_what_may_not_be_written_is_refused(server: Vsftpd, pack: Path) -> None:
    server.incoming.chmod(0o555)
    with pytest.raises(EnvironmentFault) as caught:
        sent(server.transport(), shipment(pack))
    assert caught.value.key == "ftp_refused"
