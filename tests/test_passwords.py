"""Passwords of FTP and SOAP come from files of the user's alone, and are in no text."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline import passwords
from pipeline.errors import EnvironmentFault, InputError
from pipeline.exchange.c2 import outside_words
from pipeline.passwords import Login


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv(passwords.VARIABLE, raising=False)
    return tmp_path


def write(path: Path, text: str, mode: int = 0o600) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, "utf-8")
    path.chmod(mode)
    return path


def test_the_variable_is_in_place_of_the_home_folder_and_the_config_folder_comes_after(
    home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(home / ".netrc", "machine a.test login home password p1\n")
    write(passwords.password_file(), "machine a.test login own password p2\nmachine b.test login b password p3\n")
    assert passwords.login_for("A.test") == Login("home", "p1")
    assert passwords.login_for("a.test", user="own") == Login("own", "p2")
    assert passwords.login_for("b.test") == Login("b", "p3")
    assert passwords.login_for("a.test", user="nobody") is None
    assert passwords.login_for("c.test") is None
    other = write(home / "other", 'machine a.test login other password "p #4"\n')
    monkeypatch.setenv(passwords.VARIABLE, str(other))
    assert passwords.login_for("a.test") == Login("other", "p #4")


def test_a_port_has_a_login_of_its_own_and_a_default_is_the_last(home: Path) -> None:
    write(home / ".netrc", "machine a.test:8443 login soap password 1\ndefault login anyone password 2\n")
    write(passwords.password_file(), "machine a.test login ftp password 3\n")
    assert passwords.login_for("a.test", 8443) == Login("soap", "1")
    assert passwords.login_for("a.test", 21) == Login("ftp", "3")
    assert passwords.login_for("z.test", 21) == Login("anyone", "2")


def test_a_login_shows_no_password() -> None:
    login = Login("user", "geheim-7")
    assert "geheim" not in f"{login!r} {login} {[login]} {vars(passwords)}"


@pytest.mark.parametrize(
    ("text", "line"),
    [
        ("machine a.test login u password s3cret more\n", 2),  # where reading stopped
        ("machine a.test login u password p\n\nmachin b.test login u password s3cret\n", 3),
        ("\ufeffmachine a.test login u password s3cret\n", 1),
    ],
)
def test_a_file_that_is_no_netrc_is_named_with_its_line_and_none_of_its_words(home: Path, text: str, line: int) -> None:
    path = write(home / ".netrc", text)
    with pytest.raises(InputError) as caught:
        passwords.login_for("a.test")
    assert (caught.value.key, caught.value.where) == ("netrc_wrong", f"{path}:{line}")
    assert "s3cret" not in f"{caught.value} {caught.value.__cause__} {caught.value.facts()}"


@pytest.mark.parametrize("mode", [0o644, 0o640, 0o620, 0o604])
@pytest.mark.parametrize("where", ["home", "config"])
def test_a_file_that_others_can_read_is_refused(home: Path, where: str, mode: int) -> None:
    path = home / ".netrc" if where == "home" else passwords.password_file()
    write(path, "machine a.test login u password p\n", mode)
    with pytest.raises(InputError) as caught:
        passwords.login_for("a.test")
    assert (caught.value.key, caught.value.where) == ("netrc_open_to_others", str(path))


def test_what_can_not_be_read_is_named(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(passwords.VARIABLE, str(home / "none"))
    with pytest.raises(InputError) as caught:
        passwords.login_for("a.test")
    assert caught.value.key == "path_missing"
    monkeypatch.setenv(passwords.VARIABLE, str(home))
    with pytest.raises(InputError) as caught:
        passwords.login_for("a.test")
    assert caught.value.key == "not_a_file"
    path = home / "latin"
    path.write_bytes(b"machine a.test login u password \xe9\n")
    path.chmod(0o600)
    monkeypatch.setenv(passwords.VARIABLE, str(path))
    with pytest.raises(InputError) as caught:
        passwords.login_for("a.test")
    assert caught.value.key == "netrc_wrong"
    if os.geteuid():  # nothing is hidden from root
        path.chmod(0)
        with pytest.raises(EnvironmentFault):
            passwords.login_for("a.test")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("ftp://u:p@h/x", "ftp://***@h/x"),
        ("ftps://u@h:21/x", "ftps://***@h:21/x"),
        ("FTP://u:p@w@h/x", "FTP://***@h/x"),
        ("HTTPS://u:@h", "HTTPS://***@h"),
        ("ftp://u:@p#w@h/x and ftp://u:@/w@h/x", "ftp://***@h/x and ftp://***@h/x"),
        ("<a>ftp://u:p/w@h/x</a> http://h/y", "<a>ftp://***@h/x</a> http://h/y"),
        ("ftp://h:21/x, ftp://h/a@b", "ftp://h:21/x, ftp://h/a@b"),
        (
            "https://h/f.ts?X-Amz-Credential=k&X-Amz-Signature=abc&e=1",
            "https://h/f.ts?X-Amz-Credential=***&X-Amz-Signature=***&e=1",
        ),
        ("a mail@h, no address://u:p@h", "a mail@h, no address://u:p@h"),
    ],
)
def test_texts_lose_user_password_and_signature(text: str, shown: str) -> None:
    assert passwords.redacted(text) == shown
    assert passwords.redacted(shown) == shown


_WORD = st.text(
    st.characters(codec="utf-8", exclude_characters="\"'<>@:/?#", exclude_categories=["Z", "C"]), min_size=1
)


@given(
    st.sampled_from(["ftp", "ftps", "http", "https"]),
    _WORD,
    st.from_regex(r"[^\s\"'<>]*Geheim[^\s\"'<>]*", fullmatch=True),
)
def test_no_password_gets_through(scheme: str, user: str, password: str) -> None:
    if password.startswith(tuple("0123456789")):
        password = f"x{password}"
    address = f"{scheme}://{user}:{password}@h.test/x"
    assert "Geheim" not in passwords.redacted(f"to {address} now")
    with pytest.raises(InputError) as caught:
        passwords.refuse_in_address(address)
    assert "Geheim" not in f"{caught.value}"


@pytest.mark.parametrize(
    "address", ["ftp://h/x", "ftp://u@h:21/x", "ftp://h:21/a@b", "ftps://[::1]:990/", "stick", "a:b@c"]
)
def test_an_address_without_a_password_is_let_pass(address: str) -> None:
    passwords.refuse_in_address(address)


def test_logins_of_the_files_are_in_no_words_of_others(home: Path) -> None:
    said = "550 wir:ge@heim/7@10.1.2.9 refused, also wir%3Ax wir:ge%40heim%2F7, ge@heim/7 and a:b1 for wir"
    assert passwords.without_known(said) == said
    write(home / ".netrc", "machine a.test login wir password ge@heim/7\nmachine b.test login a password b1\n")
    assert passwords.without_known(said) == "550 ***@10.1.2.9 refused, also wir%3Ax ***, *** and *** for wir"
    assert outside_words.kept("login wir/ge@heim/7 for ftp://wir:ge@heim/7@h/x") == "login wir/*** for ftp://***@h/x"
    write(home / ".netrc", "machine\n")
    assert passwords.without_known(said) == said
