"""Keys are rotated while a film is on its way: the settings file is imported again, and the upload goes on."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.storage import keys
from tests.conftest import Showcase
from tests.e2e.test_roles import home
from tests.faults.line_proxy import Line, LineProxy, lined
from tests.storage.raw_requests import Request
from tests.storage.test_wrong_doors import VICTIM, Store, store  # noqa: F401 - a fixture

NOISE = "testsrc2=s=640x360:r=25,noise=alls=80:allf=t"  # 11 MB in 3 s: more than one part
RATE = 16e6  # bits a second


@pytest.mark.timeout(400)
@pytest.mark.acceptance
@pytest.mark.parametrize("is_imported", [True, False])
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
    with lined(store.owner.endpoint, Line(up=RATE)) as line:
        surroundings = {**os.environ, **owner.environment, "AWS_ENDPOINT_URL_S3": line.endpoint}
        argv = owner.argv("submit", "film.yaml", "--json")
        with subprocess.Popen(
            argv, cwd=owner.folder, env=surroundings, stdout=subprocess.PIPE, stderr=subprocess.PIPE
        ) as sending:
            _await_bytes(line, 3_000_000)
            line.hold()  # as long as it takes to hand the keys out
            assert admin("admin", "rotate", VICTIM).code == 0
            if is_imported:
                assert owner("setup", "--import", given).code == 0
            line.go()
            out, err = sending.communicate(timeout=200)
    new = keys.settings_file(given).pair
    assert new.key_id != old.key_id
    assert not any(secret in out + err for secret in (old.secret.encode(), new.secret.encode()))
    if not is_imported:
        assert sending.returncode == 3, err
        assert json.loads(out.splitlines()[-1])["error"]["key"] == "store_wrong_keys"
        assert owner("setup", "--import", given).code == 0
        assert owner("submit", "film.yaml").code == 0
    else:
        assert sending.returncode == 0, (err.decode(), out.decode())
    marker = store.owner.ask(Request("GET", f"/inbox/{VICTIM}/{name}/r1/SUBMITTED.json"))
    assert marker.status == 200
    assert _uploads(store, name) == 0


def _uploads(store: Store, name: str) -> int:  # noqa: F811
    """How many uploads of a submission are open."""
    return store.owner.ask(Request("GET", "/inbox", f"uploads=&prefix={VICTIM}%2F{name}%2F")).body.count(b"<Upload>")


def _await_bytes(line: LineProxy, count: int) -> None:
    """Until so much of the film is on its way."""
    deadline = time.monotonic() + 120
    while line.counts.up < count:
        assert time.monotonic() < deadline
        time.sleep(0.02)
