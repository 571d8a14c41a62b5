"""Packages to folders and real FTP servers: the order, cuts, what servers know, lack, refuse and damage."""

from __future__ import annotations

import errno
import ftplib
import hashlib
import resource
import ssl
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from pipeline import durable
from pipeline.errors import EnvironmentFault, InputError, IntegrityError, ShowcaseError, TransferError
from pipeline.exchange.hand_over import address, ftp_client, ftp_faults, sending, transports
from pipeline.exchange.hand_over.address import FtpAddress
from pipeline.exchange.hand_over.folder import FolderTransport
from pipeline.exchange.hand_over.ftp import FtpTransport
from pipeline.exchange.hand_over.layouts import LAYOUTS
from pipeline.exchange.hand_over.sending import Outcome, Sending
from pipeline.exchange.hand_over.shipment import HeldReading, Shipment, ShippedFile, of_bytes
from pipeline.exchange.hand_over.transport import Proof, Transport
from pipeline.media import fat
from pipeline.package import file_names
from pipeline.package.offline import sources
from pipeline.passwords import Login
from tests import head_end_packages
from tests.ftp_servers import PASSWORD, USER, Server, cut_line, served
from tests.head_end_packages import PICTURE, PROGRAMME, STREAM

SIZE = 3 << 20
MOST_TWICE = 1 << 20


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return head_end_packages.package(tmp_path_factory.mktemp("packages") / "pack", SIZE)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sending, "WAIT_S", 0.01)
    monkeypatch.setattr(sending, "MOST_WAIT_S", 0.02)


def shipment(pack: Path, layout: str = "package") -> Shipment:
    return LAYOUTS[layout](sources.in_folder(pack), file_names.DEFAULT)


def there(port: int, path: str = "in", *, is_secure: bool = False) -> FtpAddress:
    return FtpAddress("127.0.0.1", port, None, path, is_secure)


def transport(port: int, path: str = "in", password: str = PASSWORD) -> FtpTransport:
    return FtpTransport(there(port, path), Login(USER, password), None)


def sent(place: Transport, what: Shipment, *, read_back: bool = False) -> Outcome:
    try:
        return Sending(place, lambda *_: None, read_back=read_back).send(what)
    finally:
        place.close()


def tree(root: Path) -> dict[str, bytes]:
    found = (path for path in sorted(root.rglob("*")) if path.is_file())
    return {path.relative_to(root).as_posix(): path.read_bytes() for path in found}


def ends(server: Server) -> list[str]:
    """What got its name, in its order."""
    return [line.removeprefix("RNTO ") for line in server.commands if line.startswith("RNTO")]


def test_a_package_lies_there_as_it_is_marker_last(pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    with served(tmp_path / "ftp") as server:
        outcome = sent(transport(server.port, "进 in"), what)
        assert tree(server.root / "进 in" / what.folder) == tree(pack)
        kinds = [Path(name).suffix for name in ends(server)[:4]]
        assert kinds == [".ts", ".m4s", ".m3u8", ".vtt"]
        assert [Path(name).name for name in ends(server)[-4:]] == [
            *("c2.xml", "checksums.sha256", "package.json", "READY.json")
        ]
        assert (outcome.sent, outcome.already, outcome.sent_bytes) == (9, 0, what.size_bytes)
        before = len(server.commands)
        again = sent(transport(server.port, "进 in"), what)
        assert (again.sent, again.already, again.sent_bytes) == (0, 9, 0)
        assert not [line for line in server.commands[before:] if line.startswith(("STOR", "RNTO", "MKD", "DELE"))]
        assert not [name for name in server.files() if name.endswith(".part")]


def test_flat_is_a_folder_of_codes_with_an_order_that_names_them(pack: Path, tmp_path: Path) -> None:
    what = shipment(pack, "flat")
    with served(tmp_path / "ftp") as server:
        sent(transport(server.port, ""), what)
        files = {name.partition("/")[2]: content for name, content in server.files().items()}
        assert sorted(files) == sorted(
            [f"{STREAM}.ts", f"{PROGRAMME}-zho.vtt", f"{PICTURE}.jpg", "c2.xml", "checksums.sha256"]
        )
        assert f">{STREAM}.ts<".encode() in files["c2.xml"]
        assert b"part01" not in files["c2.xml"]
        listed = dict(reversed(line.split("  ")) for line in files["checksums.sha256"].decode().splitlines())
        assert listed == {
            name: hashlib.sha256(content).hexdigest() for name, content in files.items() if name != "checksums.sha256"
        }
        assert Path(ends(server)[-1]).name == "checksums.sha256"


@pytest.mark.parametrize("every", [300_000, 1_000_000, 1_700_000])
def test_a_cut_costs_at_most_a_mebibyte_sent_again(every: int, pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    with served(tmp_path / "ftp") as server, cut_line(server.port, every) as line:
        outcome = sent(transport(line.port), what)
        assert tree(server.root / "in" / what.folder) == tree(pack)
    assert line.cuts >= SIZE // every - 1
    assert line.cuts > 0
    assert outcome.sent_bytes - what.size_bytes <= line.cuts * MOST_TWICE
    assert line.sent - what.size_bytes <= line.cuts * MOST_TWICE


def test_what_a_run_left_that_was_killed_is_gone_on_with(pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    film = what.files[0]
    with served(tmp_path / "ftp") as server:
        folder = server.root / "in" / what.folder / "part01" / "ts"
        folder.mkdir(parents=True)
        (folder / f"{film.sha256[:40]}.part").write_bytes((pack / film.path).read_bytes()[: SIZE - 1000])
        outcome = sent(transport(server.port), what)
        assert f"REST {SIZE - 1000}" in server.commands
        assert outcome.sent_bytes == what.size_bytes - (SIZE - 1000)
        assert tree(server.root / "in" / what.folder) == tree(pack)


@pytest.mark.parametrize("begun", ["too long", "whole"])
def test_a_temporary_file_that_is_whole_or_too_long(begun: str, pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    film = what.files[0]
    content = (pack / film.path).read_bytes() + (b"x" if begun == "too long" else b"")
    with served(tmp_path / "ftp") as server:
        folder = server.root / "in" / what.folder / "part01" / "ts"
        folder.mkdir(parents=True)
        (folder / f"{film.sha256[:40]}.part").write_bytes(content)
        outcome = sent(transport(server.port), what)
        assert tree(server.root / "in" / what.folder) == tree(pack)
        assert (outcome.sent_bytes >= SIZE) is (begun == "too long")


@pytest.mark.parametrize(
    ("digest", "proof"),
    [("HASH", Proof.SHA256), ("XSHA256", Proof.SHA256), ("XMD5", Proof.MD5), (None, Proof.SIZE)],
)
def test_a_file_is_held_to_the_digest_that_a_server_tells(
    digest: str | None, proof: Proof, pack: Path, tmp_path: Path
) -> None:
    what = shipment(pack)
    with served(tmp_path / "ftp", digest=digest) as server:
        outcome = sent(transport(server.port), what)
        assert set(outcome.proofs.values()) == {proof}
        assert bool(outcome.unverified) is (proof is Proof.SIZE)
        film = server.root / "in" / what.folder / what.files[0].path
        film.write_bytes(b"x" + film.read_bytes()[1:])
        again = sent(transport(server.port), what)
        assert again.sent == (0 if proof is Proof.SIZE else 1)
        assert (film.read_bytes() == (pack / what.files[0].path).read_bytes()) is (proof is not Proof.SIZE)
        if proof is Proof.SIZE:
            mended = sent(transport(server.port), what, read_back=True)
            assert (mended.sent, set(mended.proofs.values()), mended.unverified) == (1, {Proof.READ_BACK}, [])
            assert tree(server.root / "in" / what.folder) == tree(pack)


def test_a_server_that_tells_another_digest_never_has_the_name(pack: Path, tmp_path: Path) -> None:
    with served(tmp_path / "ftp", digest="HASH wrong") as server:
        with pytest.raises(IntegrityError) as caught:
            sent(transport(server.port), shipment(pack))
        assert (caught.value.key, caught.value.exit_code) == ("hand_over_differs", 6)
        assert server.files() == {}


@pytest.mark.parametrize("lacks", [("SIZE",), ("REST",), ("FEAT",), ("SIZE", "REST", "FEAT")])
def test_servers_that_lack_something(lacks: tuple[str, ...], pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    with served(tmp_path / "ftp", lacks=lacks) as server, cut_line(server.port, SIZE // 2, most=1) as line:
        outcome = sent(transport(line.port), what)
        assert tree(server.root / "in" / what.folder) == tree(pack)
        expected = {Proof.NOTHING} if "SIZE" in lacks else {Proof.SIZE}
        assert set(outcome.proofs.values()) == expected


def test_a_file_that_the_cut_session_still_holds_is_waited_for(pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    with served(tmp_path / "ftp", busy=2) as server, cut_line(server.port, SIZE // 2, most=1) as line:
        outcome = sent(transport(line.port), what)
        assert len([said for said in server.commands if said.startswith("REST")]) == 3
        assert tree(server.root / "in" / what.folder) == tree(pack)
    assert outcome.sent_bytes - what.size_bytes <= MOST_TWICE


def test_a_server_that_renames_over_nothing(pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    with served(tmp_path / "ftp", renames_over=False) as server:
        old = server.root / "in" / what.folder / what.files[0].path
        old.parent.mkdir(parents=True)
        old.write_bytes(b"of another run")
        sent(transport(server.port), what)
        assert f"DELE in/{what.folder}/{what.files[0].path}" in server.commands
        assert tree(server.root / "in" / what.folder) == tree(pack)


@pytest.mark.parametrize(
    ("given", "key", "code"),
    [
        ({"answers": {"STOR": "552 Quota exceeded."}}, "ftp_full", 3),
        ({"answers": {"STOR": "452 No space."}}, "ftp_full", 3),
        ({"answers": {"STOR": "550 Permission denied."}}, "ftp_refused", 3),
        ({"answers": {"STOR": "451 Try later."}}, "ftp_failed", 5),
        ({"answers": {"USER": "421 Too many users."}}, "ftp_unreachable", 3),
        ({"rights": "elr"}, "ftp_refused", 3),
    ],
)
def test_what_a_server_refuses(given: dict[str, object], key: str, code: int, pack: Path, tmp_path: Path) -> None:
    with served(tmp_path / "ftp", **given) as server:  # type: ignore[arg-type]
        with pytest.raises(ShowcaseError) as caught:
            sent(transport(server.port), shipment(pack))
        assert (caught.value.key, caught.value.exit_code) == (key, code)
        assert PASSWORD not in f"{caught.value!r} {caught.value} {caught.value.facts()} {caught.value.__cause__}"


def test_a_wrong_login_is_said_at_once_without_its_password(pack: Path, tmp_path: Path) -> None:
    with served(tmp_path / "ftp", answers={"PASS": "530 No user station with password Geheim-8."}) as server:
        with pytest.raises(EnvironmentFault) as caught:
            sent(transport(server.port, "in", "Geheim-8"), shipment(pack))
        assert caught.value.key == "ftp_login_refused"
        assert caught.value.detail == "530 No user station with password ***."
        assert caught.value.__cause__ is None
        assert len([line for line in server.commands if line.startswith("USER")]) == 1


def test_replies_in_gbk_are_no_error(pack: Path, tmp_path: Path) -> None:
    with served(tmp_path / "ftp", answers={"NOOP": "200 你好".encode("gbk")}) as server:
        assert sent(transport(server.port), shipment(pack)).sent == 9


def test_nobody_there_is_tried_again_and_then_an_environment_fault(pack: Path, tmp_path: Path) -> None:
    with served(tmp_path / "ftp") as server:
        port = server.port
    with pytest.raises(EnvironmentFault) as caught:
        sent(transport(port), shipment(pack))
    assert caught.value.key == "ftp_unreachable"
    none = FtpTransport(replace(there(port), host="nobody.invalid"), Login("a", "b"), None)
    with pytest.raises(EnvironmentFault) as caught:
        sent(none, shipment(pack))
    assert caught.value.key == "ftp_unreachable"


@pytest.fixture(scope="module")
def certificates(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("certificates")
    authority = trustme.CA()
    authority.cert_pem.write_to_path(folder / "ca.pem")
    authority.issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "own.pem")
    authority.issue_cert("ftp.example.org").private_key_and_cert_chain_pem.write_to_path(folder / "other.pem")
    trustme.CA().cert_pem.write_to_path(folder / "stranger.pem")
    return folder


def secure(port: int, ca: Path, most: ssl.TLSVersion = ssl.TLSVersion.TLSv1_3) -> FtpTransport:
    trust = ftp_client.trusted(str(ca))
    trust.maximum_version = most
    return FtpTransport(there(port, is_secure=True), Login(USER, PASSWORD), trust)


@pytest.mark.parametrize("most", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
def test_tls_guards_both_connections_and_data_resumes_the_session(
    most: ssl.TLSVersion, pack: Path, tmp_path: Path, certificates: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reused: list[bool | None] = []
    end = ftp_client.end

    def seen(conn: ssl.SSLSocket) -> None:
        reused.append(conn.session_reused)
        end(conn)

    monkeypatch.setattr(ftp_client, "end", seen)
    what = shipment(pack)
    with served(tmp_path / "ftp", certificate=certificates / "own.pem") as server:
        outcome = sent(secure(server.port, certificates / "ca.pem", most), what, read_back=True)
        assert server.commands.index("AUTH TLS") < server.commands.index(f"USER {USER}")
        assert "PROT P" in server.commands
        assert tree(server.root / "in" / what.folder) == tree(pack)
        assert outcome.unverified == []
    assert reused == [True] * 18


def test_a_session_of_tls_goes_on_after_a_cut(pack: Path, tmp_path: Path, certificates: Path) -> None:
    what = shipment(pack)
    with served(tmp_path / "ftp", certificate=certificates / "own.pem") as server:
        place = secure(server.port, certificates / "ca.pem")
        append, cut = place.append, iter([SIZE // 2])

        def once(path: str, start: int, blocks: Iterator[bytes], on_bytes: Callable[[int], None]) -> None:
            most = next(cut, None)

            def some() -> Iterator[bytes]:
                done = 0
                for block in blocks:
                    yield block
                    done += len(block)
                    if most is not None and done >= most:
                        raise ConnectionResetError(errno.ECONNRESET, "cut")

            append(path, start, some(), on_bytes)

        place.append = once  # type: ignore[method-assign]
        outcome = sent(place, what)
        assert tree(server.root / "in" / what.folder) == tree(pack)
        assert outcome.sent_bytes - what.size_bytes <= MOST_TWICE


@pytest.mark.parametrize(
    ("own", "ca", "key", "detail"),
    [
        ("own.pem", "stranger.pem", "ftp_certificate", "unable to get local issuer certificate"),
        ("other.pem", "ca.pem", "ftp_certificate", "Hostname mismatch"),
        (None, "ca.pem", "ftp_no_tls", None),
    ],
)
def test_a_certificate_that_does_not_hold_ends_it_before_the_login(
    own: str | None, ca: str, key: str, detail: str | None, pack: Path, tmp_path: Path, certificates: Path
) -> None:
    with served(tmp_path / "ftp", certificate=certificates / own if own else None) as server:
        with pytest.raises(EnvironmentFault) as caught:
            sent(secure(server.port, certificates / ca), shipment(pack))
        assert caught.value.key == key
        assert detail in (None, caught.value.detail)
        assert not [line for line in server.commands if line.startswith(("USER", "PASS"))]


def test_every_error_of_the_libraries_is_mapped() -> None:
    kinds = [ftplib.Error, ftplib.error_reply, ftplib.error_temp, ftplib.error_perm, ftplib.error_proto]
    faults = [kind(said) for kind in kinds for said in ("", "421 x", "450 x", "530 x", "552 x", "999")]
    faults += [
        EOFError(),
        OSError(errno.EPIPE, "x"),
        TimeoutError(),
        ssl.SSLError("x"),
        ssl.SSLEOFError(),
        ValueError("x"),
    ]
    for step in ("", "connect", "tls", "login"):
        for fault in faults:
            with pytest.raises(ShowcaseError) as caught, ftp_faults.translated("ftp://h/", step=step):
                raise fault
            assert caught.value.exit_code in (3, 5), (fault, step)


@pytest.mark.parametrize("layout", ["package", "flat"])
def test_a_folder_holds_what_a_server_holds(layout: str, pack: Path, tmp_path: Path) -> None:
    what = shipment(pack, layout)
    outcome = sent(FolderTransport(tmp_path / "盘"), what)
    assert set(outcome.proofs.values()) == {Proof.SHA256}
    assert sent(FolderTransport(tmp_path / "盘"), what).sent == 0
    with served(tmp_path / "ftp") as server:
        sent(transport(server.port, ""), what)
        assert tree(tmp_path / "盘") == server.files()


@pytest.mark.parametrize("damaged", [False, True])
def test_a_folder_goes_on_with_what_is_there_unless_it_is_damaged(damaged: bool, pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    film = what.files[0]
    begun = tmp_path / what.folder / "part01" / "ts" / f"{film.sha256[:40]}.part"
    begun.parent.mkdir(parents=True)
    content = (pack / film.path).read_bytes()[: SIZE // 2]
    begun.write_bytes(bytes(len(content)) if damaged else content)  # as after a power cut
    outcome = sent(FolderTransport(tmp_path), what)
    assert tree(tmp_path) == {f"{what.folder}/{name}": data for name, data in tree(pack).items()}
    assert (outcome.sent_bytes > what.size_bytes) is damaged


@pytest.mark.parametrize("name", ["temporary", "final"])
def test_a_link_at_a_name_on_the_disk_leads_nothing_out_of_it(name: str, pack: Path, tmp_path: Path) -> None:
    what, disk = shipment(pack), tmp_path / "disk"
    film = what.files[0]
    outside = tmp_path / "outside"
    outside.write_bytes(b"of another")
    final = disk / what.folder / film.path
    link = final.with_name(f"{film.sha256[:40]}.part") if name == "temporary" else final
    link.parent.mkdir(parents=True)
    link.symlink_to(outside)
    link.with_name("gone.part").symlink_to(tmp_path / "nowhere")
    sent(FolderTransport(disk), what)
    assert outside.read_bytes() == b"of another"
    assert not final.is_symlink()
    link.with_name("gone.part").unlink()
    assert tree(disk / what.folder) == tree(pack)


@pytest.mark.parametrize("name", ["temporary", "final"])
def test_a_folder_at_a_name_on_the_disk_is_told(name: str, pack: Path, tmp_path: Path) -> None:
    what = shipment(pack)
    film = what.files[0]
    final = tmp_path / what.folder / film.path
    (final.with_name(f"{film.sha256[:40]}.part") if name == "temporary" else final).mkdir(parents=True)
    with pytest.raises(InputError, match="not_a_file"):
        sent(FolderTransport(tmp_path), what)


def test_a_disk_that_is_full_is_told_before_anything_is_written(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    what = shipment(pack)
    large = Shipment(what.package, what.folder, (replace(what.files[0], size_bytes=1 << 60), *what.files[1:]))
    with pytest.raises(EnvironmentFault) as caught:
        sent(FolderTransport(tmp_path / "out"), large)
    assert caught.value.key == "offline_no_room"
    assert not (tmp_path / "out").exists()


@pytest.fixture
def _small_files(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """A disk that knows no file over 1 MiB: what is longer is refused as FAT refuses (EFBIG)."""
    monkeypatch.setattr(fat, "MOST_FILE_BYTES", 1 << 20)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (1 << 20, hard))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


@pytest.mark.usefixtures("_small_files")
def test_a_disk_of_fat_is_told_before_anything_is_written(pack: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFault) as caught:
        sent(FolderTransport(tmp_path / "out"), shipment(pack))
    assert (caught.value.key, caught.value.values["size_gb"]) == ("hand_over_too_large", "0.00")
    assert tree(tmp_path / "out") == {}


def test_a_long_file_goes_to_a_disk_that_knows_long_files(
    pack: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fat, "MOST_FILE_BYTES", 1 << 20)
    assert sent(FolderTransport(tmp_path), shipment(pack)).sent == 9


def test_what_is_read_is_held_to_its_digest_from_any_place_on() -> None:
    content = bytes(range(256)) * 9000
    asked: list[int] = []

    def blocks(start: int) -> Iterator[bytes]:
        asked.append(start)
        yield from (content[at : at + 65536] for at in range(start, len(content), 65536))

    file = replace(of_bytes("x", content), blocks=blocks)
    reading = HeldReading(file)
    assert b"".join(reading.blocks()) == content
    assert b"".join(reading.blocks(100_000)) == content[100_000:]
    assert b"".join(reading.blocks(len(content))) == b""
    assert asked == [0, 65536, len(content)]  # nothing is read twice but the block that is begun in
    assert reading.md5() == hashlib.md5(content, usedforsecurity=False).hexdigest()
    for wrong in (content[:-1], content + b"x", b"y" + content[1:]):
        bad: ShippedFile = replace(of_bytes("x", wrong), size_bytes=file.size_bytes, sha256=file.sha256)
        with pytest.raises(IntegrityError):
            list(HeldReading(bad).blocks(5))


def test_a_source_that_is_damaged_leaves_nothing_under_its_name(pack: Path, tmp_path: Path) -> None:
    own = tmp_path / "pack"
    for name, content in tree(pack).items():
        (own / name).parent.mkdir(parents=True, exist_ok=True)
        (own / name).write_bytes(content)
    film = own / "part01/ts/iptv-hd.ts"
    film.write_bytes(b"x" + film.read_bytes()[1:])
    with served(tmp_path / "ftp") as server:
        with pytest.raises(IntegrityError) as caught:
            sent(transport(server.port), shipment(own))
        assert caught.value.key == "offline_differs"
        assert server.files() == {}
    (own / "READY.json").write_text("{}")
    with pytest.raises(IntegrityError):
        shipment(own)


@pytest.mark.parametrize(
    ("text", "host", "port", "user", "path", "is_secure"),
    [
        ("ftp://h", "h", 21, None, "", False),
        ("FTPS://u@H.test:2121/a//b/", "h.test", 2121, "u", "a/b", True),
        ("ftp://[::1]/%2Fsrv/%E8%BF%9B", "::1", 21, None, "/srv/进", False),
        ("ftp://h/%3F%23%20x", "h", 21, None, "?# x", False),
    ],
)
def test_addresses(text: str, host: str, port: int, user: str | None, path: str, is_secure: bool) -> None:
    assert address.parsed(text) == FtpAddress(host, port, user, path, is_secure)


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("sftp://h/x", "hand_over_address"),
        ("http://h/x", "hand_over_address"),
        ("ftp://", "hand_over_address"),
        ("ftp://h:port/", "hand_over_address"),
        ("ftp://h:70000/", "hand_over_address"),
        ("ftp://h/a?b", "hand_over_address"),
        ("ftp://h/a%0D%0ADELE%20x", "hand_over_address"),
        ("ftp://u%0D%0Ax@h/a", "hand_over_address"),
        ("ftp://h/%ff", "hand_over_address"),
        ("a\nb", "hand_over_address"),
        ("ftps://h:990/", "ftps_implicit"),
        ("ftp://u:p@h/", "password_in_address"),
    ],
)
def test_addresses_that_are_refused(text: str, key: str) -> None:
    with pytest.raises(InputError) as caught:
        address.parsed(text)
    assert caught.value.key == key
    assert ":p@" not in f"{caught.value}"


def test_who_we_are_comes_from_netrc(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    with pytest.raises(EnvironmentFault) as caught, transports.opened(there(21), None, durable.digest, lambda: None):
        pass
    assert caught.value.key == "ftp_no_login"
    nobody = replace(there(21), user="anonymous")
    with transports.opened(nobody, None, durable.digest, lambda: None) as place:
        assert isinstance(place, FtpTransport)
        assert place.login.user == "anonymous"
    (tmp_path / "empty.pem").touch()
    for ca in ("empty.pem", "none.pem"):
        with (
            pytest.raises(InputError) as wrong,
            transports.opened(replace(nobody, is_secure=True), str(tmp_path / ca), durable.digest, lambda: None),
        ):
            pass
        assert wrong.value.key == "ftp_ca"


def test_a_line_that_never_brings_a_byte_ends_after_its_tries(pack: Path, tmp_path: Path) -> None:
    with served(tmp_path / "ftp") as server, cut_line(server.port, 0) as line:
        with pytest.raises(TransferError) as caught:
            sent(transport(line.port), shipment(pack))
        assert (caught.value.key, caught.value.exit_code) == ("ftp_failed", 5)
        assert line.cuts <= 3 * sending.ATTEMPTS
