"""Between here and the store: certificates, the proxy of an organisation, and secrets, which are told to nobody."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import Showcase, code_quickly, deliver_for_television
from tests.storage import tunnel
from tests.storage.test_faults import Centre, centre
from tests.tiers import kept

__all__ = ["centre"]  # a fixture
USERINFO = ("doorman", "password-in-an-address")


def behind(there: Centre, showcase: Showcase, **more: str) -> Showcase:
    """A workspace whose settings name the store and its CA."""
    (showcase.folder / "centre.pem").write_bytes(there.ca.read_bytes())
    text = f'[store]\nendpoint = "{there.tls}"\nca = "centre.pem"\n'
    (showcase.folder / "showcase.toml").write_text(text)
    keys = {"AWS_ACCESS_KEY_ID": there.key, "AWS_SECRET_ACCESS_KEY": there.secret}
    return Showcase(showcase.folder, {**showcase.environment, **keys, "SHOWCASE_LANG": "en", **more})


def features(rows: list[dict[str, object]]) -> dict[str, object]:
    return {str(row["feature"]): row["state"] for row in rows if "feature" in row}


def test_a_store_of_an_own_ca_is_trusted_by_the_settings_through_the_proxy_of_an_organisation(
    centre: Centre, showcase: Showcase
) -> None:
    with tunnel.tunnelling() as way:
        asked = behind(centre, showcase, HTTPS_PROXY=way.address)
        checked = asked("store", "check", "--json")
        assert checked.code == 0, (checked.out, checked.err)
        assert {features(checked.rows)[name] for name in ("tls", "put", "presign", "multipart", "delete")} == {"holds"}
        assert {*way.asked} == {centre.tls.removeprefix("https://")}
        before = len(way.asked)
        direct = behind(centre, showcase, HTTPS_PROXY=way.address, NO_PROXY="127.0.0.1")
        assert direct("status").code == 0
        assert len(way.asked) == before


@pytest.mark.acceptance
def test_a_store_of_an_unknown_ca_is_refused_through_the_proxy_too(centre: Centre, showcase: Showcase) -> None:
    with tunnel.tunnelling() as way:
        asked = behind(centre, showcase, HTTPS_PROXY=way.address)
        (showcase.folder / "showcase.toml").write_text(f'[store]\nendpoint = "{centre.tls}"\n')
        refused = asked("store", "check")
    assert refused.code == 3
    assert "a CA that this machine does not know" in refused.err


@pytest.mark.acceptance
def test_a_proxy_that_turns_us_away_is_told_without_its_password(centre: Centre, showcase: Showcase) -> None:
    with tunnel.tunnelling() as way:
        wrong = way.address.replace(tunnel.PASSWORD, "another-password")
        told = behind(centre, showcase, HTTPS_PROXY=wrong)("status", "--debug")
    assert told.code == 3
    assert way.turned_away
    assert "another-password" not in told.out + told.err


def secrets_of(there: Centre) -> tuple[str, ...]:
    return (there.secret, USERINFO[1], tunnel.PASSWORD)


def told(text: str | bytes, hidden: tuple[str, ...]) -> list[str]:
    raw = text if isinstance(text, bytes) else text.encode()
    return [item for item in hidden if item.encode() in raw]


def with_userinfo(address: str) -> str:
    scheme, _, rest = address.partition("://")
    return f"{scheme}://{USERINFO[0]}:{USERINFO[1]}@{rest}"


SAYING = [f"{words}{more}" for more in ("", " --json") for words in ("status", "store check", "doctor", "setup --show")]


@pytest.mark.parametrize("words", kept(SAYING, "status", "setup --show --json"))
def test_what_fails_tells_no_secret(words: str, centre: Centre, showcase: Showcase) -> None:
    """Nobody listens there; what botocore says of it holds the whole address."""
    with tunnel.tunnelling() as way:
        nowhere = with_userinfo("https://127.0.0.1:9")
        asked = behind(centre, showcase, HTTPS_PROXY=way.address, AWS_ENDPOINT_URL_S3=nowhere)
        for given in (asked, behind(centre, showcase, SHOWCASE_ENDPOINT=nowhere)):
            result = given(*words.split(), "--debug", "-vv")
            assert told(result.out + result.err, secrets_of(centre)) == []


@contextmanager
def watched(hidden: tuple[str, ...]) -> Iterator[list[str]]:
    """The command lines of all processes meanwhile that hold a secret."""
    found: list[str] = []
    done = threading.Event()

    def look() -> None:
        while not done.is_set():
            for entry in Path("/proc").iterdir():
                if entry.name.isdigit():
                    try:
                        line = (entry / "cmdline").read_bytes()
                    except OSError:
                        continue
                    found.extend([line.decode("utf-8", "replace")] if told(line, hidden) else [])
            time.sleep(0.05)

    thread = threading.Thread(target=look)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


@pytest.mark.acceptance
@pytest.mark.timeout(300)
@pytest.mark.parametrize("by_proxy", [True, False])
def test_a_film_that_goes_the_whole_way_leaves_no_secret_anywhere(
    by_proxy: bool, centre: Centre, showcase: Showcase, small_film: Path, tmp_path: Path
) -> None:
    hidden = secrets_of(centre)
    code_quickly(showcase.folder)
    deliver_for_television(showcase.folder)
    cache = tmp_path / "cache"
    with tunnel.tunnelling() as way, watched(hidden) as lines:
        there = {"AWS_ENDPOINT_URL_S3": with_userinfo(centre.tls), "XDG_CACHE_HOME": str(cache)}
        there |= {"HTTPS_PROXY": way.address} if by_proxy else {}
        person = behind(centre, showcase, SHOWCASE_USER="王编辑", **there)
        said = []
        film = "film" if by_proxy else "straight"
        (showcase.folder / f"{film}.mp4").write_bytes(small_film.read_bytes())
        name = f"653200-{film}"
        for words in (
            ("doctor",),
            ("store", "check"),
            ("init", f"{film}.mp4", "--prefecture", "和田"),
            ("submit", "submission.yaml"),
            ("review", name),
            ("review", name, "--approve"),
            ("run", name),
            ("pull", name, "--to", "incoming"),
            ("verify", "incoming"),
            ("ack", name, "accept"),
            ("status",),
            ("log", name),
            ("export", "--to", "out"),
        ):
            done = person(*words, "--debug", "-vv", timeout=200)
            said.append((words, done.code, done.out + done.err))
        assert bool(way.asked) == by_proxy
    assert [words for words, code, _ in said if code != 0 and words[0] != "export"] == [], said
    assert lines == []
    assert [words for words, _, text in said if told(text, hidden)] == []
    holding = [
        str(path)
        for root in (showcase.folder, cache)
        for path in root.rglob("*")
        if path.is_file() and not path.is_symlink() and told(path.read_bytes(), hidden)
    ]
    assert holding == []
    assert os.environ.get("AWS_SECRET_ACCESS_KEY") is None
