"""Keys are rotated while a film is on its way: the settings file is imported again, and the upload goes on."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from pipeline.storage import keys
from tests.conftest import Showcase
from tests.e2e.test_roles import home
from tests.storage.raw_requests import Request
from tests.storage.test_wrong_doors import VICTIM, Store, store  # noqa: F401 - a fixture

NOISE = "testsrc2=s=640x360:r=25,noise=alls=80:allf=t"  # 11 MB in 3 s: more than one part
RATE = 16 << 20  # bytes a second
BLOCK = 1 << 16


@contextmanager
def slow_line(endpoint: str, sending: Callable[[bytes], None]) -> Iterator[str]:
    """Another address of a store, over a line of `RATE`; `sending` sees what is sent to it, before it arrives."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def carry(given: socket.socket, to: socket.socket, see: Callable[[bytes], None]) -> None:
            try:
                while block := given.recv(BLOCK):
                    see(block)
                    time.sleep(len(block) / RATE)
                    to.sendall(block)
                to.shutdown(socket.SHUT_WR)
            except OSError:  # an end has left
                given.close()
                to.close()

        def accept() -> None:
            while True:
                try:
                    line, _ = listening.accept()
                except OSError:
                    return
                address = urlsplit(endpoint)
                there = socket.create_connection((address.hostname or "", address.port or 0))
                for ends in ((line, there, sending), (there, line, lambda _: None)):
                    threading.Thread(target=carry, args=ends, daemon=True).start()

        threading.Thread(target=accept, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}"


def beside(person: Showcase, *words: str | Path) -> None:
    """A command in another thread than the one that waits for an upload."""
    surroundings = {**os.environ, **person.environment}
    ran = subprocess.run(person.argv(*words), cwd=person.folder, env=surroundings, capture_output=True, timeout=120)
    assert ran.returncode == 0, ran.stderr


@pytest.mark.timeout(400)
@pytest.mark.parametrize("is_imported", [True, pytest.param(False, marks=pytest.mark.acceptance)])
def test_an_upload_goes_on_with_other_keys(
    is_imported: bool,
    store: Store,  # noqa: F811
    film_of: Callable[..., Path],
    tmp_path: Path,
) -> None:
    admin = Showcase(store.folder, {"HOME": str(store.folder.parent), "SHOWCASE_LANG": "en"})
    owner = home(tmp_path, "owner")
    given = store.folder / "invitations" / f"{VICTIM}.toml"
    assert owner("setup", "--import", given).code == 0
    shutil.copy(film_of(3, NOISE), owner.folder / "film.mp4")
    name = f"rotated-{'imported' if is_imported else 'lost'}"
    text = f"id: {name}\ntitle: 换钥\nprefecture: '{VICTIM}'\nmedia: [{{file: film.mp4, role: main}}]\n"
    (owner.folder / "film.yaml").write_text(f"schema_version: 1\n{text}", "utf-8")
    old = keys.settings_file(given).pair
    rotated = threading.Event()
    refused: list[bytes] = []

    def sending(block: bytes) -> None:
        """As the film is asked to be taken, other keys are given out; it still comes with the old ones."""
        if b"/media/" in block and b"PUT /" in block:
            refused.append(block)
            if not rotated.is_set():
                rotated.set()
                beside(admin, "admin", "rotate", VICTIM)
                if is_imported:
                    beside(owner, "setup", "--import", given)

    with slow_line(store.owner.endpoint, sending) as endpoint:
        owner.environment["AWS_ENDPOINT_URL_S3"] = endpoint
        sent = owner("submit", "film.yaml", "--json")
    new = keys.settings_file(given).pair
    assert rotated.is_set()
    assert (old.key_id.encode() in refused[0], new.key_id == old.key_id) == (True, False)
    if is_imported:
        assert sent.code == 0, sent.err
        assert any(new.key_id.encode() in block for block in refused[1:])
        marker = store.owner.ask(Request("GET", f"/inbox/{VICTIM}/{name}/r1/SUBMITTED.json"))
        assert marker.status == 200
        left = store.owner.ask(Request("GET", "/inbox", f"uploads&prefix={VICTIM}/{name}/"))
        assert b"<Upload>" not in left.body
        assert old.secret not in sent.out + sent.err
    else:
        assert sent.code == 3
        assert sent.rows[-1]["error"]["key"] == "store_wrong_keys"  # type: ignore[index]
        assert owner("setup", "--import", given).code == 0
        del owner.environment["AWS_ENDPOINT_URL_S3"]
        assert owner("submit", "film.yaml").code == 0
