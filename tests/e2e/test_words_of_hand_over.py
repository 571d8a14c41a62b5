"""What stands in the way of a hand-over: addresses, files of passwords, real servers that refuse, packages, names."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from pathlib import Path

import pytest
import trustme

from pipeline.catalogue import Language
from tests import head_end_packages
from tests.conftest import MEANT, Showcase
from tests.e2e.error_words import LANGUAGES, TOML, Case, case, first_of_each, hold
from tests.ftp_servers import PASSWORD, USER, Server, served

TO = "hand-over pack --to"
LOGIN = {"netrc": f"machine 127.0.0.1 login {USER} password {PASSWORD}\n"}
KNOWN = "棉花栽培入门 part01/images/poster.jpg part01/subtitles/zho.vtt"
NOBODY = {"netrc": "machine other.test login a password b\n"}

CASES: dict[str, Case] = {
    "no place": case("hand_over_where", 2, "hand-over pack"),
    "a place of another kind": case("hand_over_address", 2, f"{TO} sftp://127.0.0.1/in"),
    "a line's end in a folder": case("hand_over_address", 2, f"{TO} ftp://127.0.0.1/in%0D%0ADELE"),
    "a password in the address": case("password_in_address", 2, f"{TO} ftp://{USER}:{PASSWORD}@127.0.0.1/in"),
    "a password in the settings": case(
        "password_in_address", 2, "hand-over pack", {TOML: f'{MEANT}[hand_over]\nto = "ftp://a:b@127.0.0.1/"\n'}
    ),
    "implicit TLS": case("ftps_implicit", 2, f"{TO} ftps://127.0.0.1:990/in"),
    "a layout that there is not": case(
        "settings_value", 2, f"{TO} out", {TOML: f'{MEANT}[hand_over]\nlayout = "round"\n'}
    ),
    "no netrc": case("netrc_wrong", 2, f"{TO} ftp://127.0.0.1/in", {"netrc": "machin 127.0.0.1 login a password b\n"}),
    "a netrc for all": case("netrc_open_to_others", 2, f"{TO} ftp://127.0.0.1/in", {"open netrc": LOGIN["netrc"]}),
    "nobody named": case("ftp_no_login", 3, f"{TO} ftp://127.0.0.1/in", NOBODY),
    "another user": case("ftp_no_login", 3, f"{TO} ftp://root@127.0.0.1/in", LOGIN),
    "no certificates": case(
        "ftp_ca", 2, f"{TO} ftps://127.0.0.1/in", {**LOGIN, TOML: f'{MEANT}[hand_over]\nca = "none.pem"\n'}
    ),
    "no marker": case("hand_over_no_marker", 2, "hand-over unmarked --to out"),
    "no order": case("hand_over_nothing", 2, "hand-over plain --to out --layout flat"),
    "no ADI": case("hand_over_no_adi", 2, "hand-over plain --to out --layout adi"),
    "a template of something else": case("names_template", 2, f"{TO} out --layout flat --names {{film}}"),
    "names of Chinese": case("names_rule", 2, f"{TO} out --layout flat --names 片{{code}}{{suffix}}"),
    "one name for two": case("names_twice", 2, f"{TO} out --layout flat --names {{revision}}"),
    "a damaged package": case("offline_differs", 6, "hand-over damaged --to out"),
}
# what a server has to do with it: its surroundings, and the command with its port
SERVED: dict[str, tuple[Case, Callable[[Path], AbstractContextManager[Server]]]] = {
    "a wrong password": (
        case(
            "ftp_login_refused", 3, f"{TO} ftp://127.0.0.1:PORT/in", {"netrc": LOGIN["netrc"].replace("7411", "7412")}
        ),
        served,
    ),
    "no rights": (
        case("ftp_refused", 3, f"{TO} ftp://127.0.0.1:PORT/in", LOGIN),
        lambda root: served(root, rights="elr"),
    ),
    "a full server": (
        case("ftp_full", 3, f"{TO} ftp://127.0.0.1:PORT/in", LOGIN),
        lambda root: served(root, answers={"STOR": "552 Exceeded storage allocation."}),
    ),
    "no TLS": (case("ftp_no_tls", 3, f"{TO} ftps://127.0.0.1:PORT/in", LOGIN), served),
    "a certificate of a stranger": (
        case("ftp_certificate", 3, f"{TO} ftps://127.0.0.1:PORT/in", LOGIN),
        lambda root: served(root, certificate=certificate(root.parent)),
    ),
    "a server that never can": (
        case("ftp_failed", 5, f"{TO} ftp://127.0.0.1:PORT/in", LOGIN),
        lambda root: served(root, answers={"STOR": "451 Try again later."}),
    ),
    "a server that damages": (
        case("hand_over_differs", 6, f"{TO} ftp://127.0.0.1:PORT/in", LOGIN),
        lambda root: served(root, digest="HASH wrong"),
    ),
    "nobody there": (case("ftp_unreachable", 3, f"{TO} ftp://127.0.0.1:1/in", LOGIN), served),
}
TRIED = ("a server that never can", "a server that damages", "nobody there")  # again and again, for half a minute
BY_ITSELF = {told.key for told, _ in SERVED.values()}


def certificate(folder: Path) -> Path:
    """For this address, by a CA that nobody knows."""
    trustme.CA().issue_cert("127.0.0.1").private_key_and_cert_chain_pem.write_to_path(folder / "own.pem")
    return folder / "own.pem"


@pytest.fixture(scope="module")
def packages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Packages that are good, and each kind that is not."""
    folder = tmp_path_factory.mktemp("packages")
    head_end_packages.package(folder / "pack", 50_000)
    head_end_packages.package(folder / "plain", 8, with_order=False)
    (head_end_packages.package(folder / "unmarked", 8) / "READY.json").unlink()
    (head_end_packages.package(folder / "damaged", 8) / "part01/ts/iptv-hd.ts").write_bytes(b"12345678")
    return folder


@pytest.fixture
def at_hand(showcase: Showcase, packages: Path) -> Showcase:
    shutil.copytree(packages, showcase.folder, dirs_exist_ok=True)
    showcase.environment = {"HOME": str(showcase.folder / "home"), "NETRC": ""}
    return showcase


def put(showcase: Showcase, told: Case) -> None:
    """A case's files; one called netrc is its owner's alone."""
    for name, content in told.files.items():
        path = showcase.folder / name
        path.write_text(content if isinstance(content, str) else content.decode())
        if "netrc" in name:
            path.chmod(0o600 if name == "netrc" else 0o644)
            showcase.environment["NETRC"] = str(path)


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", first_of_each(CASES))
def test_what_is_wrong_is_said_before_anything_is_sent(name: str, language: Language, at_hand: Showcase) -> None:
    put(at_hand, CASES[name])
    hold(at_hand, CASES[name], language, KNOWN)
    assert not [path for path in (at_hand.folder / "out").rglob("*") if path.is_file()]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "name", [name if name not in TRIED else pytest.param(name, marks=pytest.mark.acceptance) for name in SERVED]
)
def test_what_a_server_says_is_said(name: str, language: Language, at_hand: Showcase, tmp_path: Path) -> None:
    told, serving = SERVED[name]
    put(at_hand, told)
    with serving(tmp_path / "ftp") as server:
        words = tuple(word.replace("PORT", str(server.port)) for word in told.words)
        hold(at_hand, replace(told, words=words), language, KNOWN)
        assert not [path for path in server.files() if path.endswith("READY.json")]
