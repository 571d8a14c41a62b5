"""The commands of the administrator's page that copy a store, as they stand there: by rclone, markers last."""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pipeline.model.delivery import Clearable, Ready
from pipeline.model.reference import SubmissionRef
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.upkeep import clearing
from pipeline.storage.upkeep.clearing import Clearance
from tests.conftest import ROOT, Showcase
from tests.storage import kept_store, rclone
from tests.storage.kept_store import deliver, keys, submit
from tests.storage.test_audit import at
from tests.storage.test_keeping import superseded

REF, CLEARED = "653200/653200-a", "653200/653200-c"
BLOCK = re.compile(r"```sh\n(export RCLONE_.*?)```", re.DOTALL)


def script(page: str) -> str:
    """The commands of a page."""
    found = BLOCK.search((ROOT / "docs" / page).read_text(encoding="utf-8"))
    assert found, page
    return found[1]


def run(text: str, here: Connection, backup: Connection, *, now: bool = False) -> None:
    """Run them as somebody at a terminal does who set up this store and knows the other.

    Args:
        now: what came in the last quarter of an hour is copied too, which a test can't wait for.
    """
    text = text.replace("15 minutes ago", "now + 1 minute") if now else text
    surroundings = {
        "PATH": f"{Path(rclone.program()).parent}:{os.environ['PATH']}",
        "HOME": "/nonexistent",
        "RCLONE_CONFIG": "/dev/null",
        "AWS_ENDPOINT_URL_S3": here.endpoint or "",
        "AWS_ACCESS_KEY_ID": here.access_key or "",
        "AWS_SECRET_ACCESS_KEY": here.secret_key or "",
        "BACKUP_ENDPOINT": backup.endpoint or "",
        "BACKUP_KEY": backup.access_key or "",
        "BACKUP_SECRET": backup.secret_key or "",
    }
    done = subprocess.run(["sh", "-c", text], env=surroundings, capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 0, done.stderr


def cleared(buckets: Buckets, ref: str) -> None:
    """Of two versions the first, its films, and the proxies of its second."""
    now, prefecture, name = datetime.now(UTC), *ref.split("/")
    of_it = SubmissionRef(prefecture, name)
    package_id = kept_store.package_id_of(ref, 1)
    ready = Ready.model_validate_json(buckets.delivery.get(f"{ref}/{package_id}/READY.json") or b"")
    old = Clearance(
        Clearable.SUPERSEDED_PACKAGE, "x", buckets.delivery, of_it, package_id=package_id, ready=ready, ready_at=now
    )
    clearing.clear(old, "管理员", now)
    clearing.clear(Clearance(Clearable.SUPERSEDED_REVISION, "x", buckets.inbox, of_it, revision=1), "管理员", now)
    if buckets.inbox.has(f"{ref}/r2/"):
        clearing.clear(Clearance(Clearable.DRAFT, "x", buckets.inbox, of_it, revision=2), "管理员", now)


def of(connection: Connection) -> Buckets:
    store = Store(connection, endpoint_shown="")
    return Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))


@pytest.fixture
def servers(tmp_path: Path) -> Iterator[tuple[Connection, Connection]]:
    """The store, and another one."""
    names = ("delivery", "inbox")
    with embedded.serve(tmp_path / "here", names) as here, embedded.serve(tmp_path / "backup", names) as backup:
        yield here.connection, backup.connection


def test_a_copy_is_whole_and_so_is_the_way_back(
    servers: tuple[Connection, Connection], showcase: Showcase, tmp_path: Path
) -> None:
    text = script("administrator.md")
    assert text == script("administrator.zh.md")
    here, backup = servers
    made, copied = of(here), of(backup)
    submit(made, REF, 1, draft=True)
    superseded(made, REF)
    kept_store.approve(made, REF, 1)
    kept_store.put(made.inbox, "653200/_lease/x.json", b"{}")
    superseded(made, CLEARED)  # before anything of it was copied
    submit(made, CLEARED, 1, draft=True)
    submit(made, CLEARED, 2, draft=True)
    cleared(made, CLEARED)
    run(text, here, backup)
    # what came just now has no marker there yet: it may not be whole
    assert not any(key.endswith(("READY.json", "SUBMITTED.json")) for key in keys(copied.delivery) | keys(copied.inbox))
    assert at(showcase, backup)("store", "verify").code == 0
    run(text, here, backup, now=True)
    assert keys(copied.delivery) == keys(made.delivery)
    assert keys(copied.inbox) == keys(made.inbox) - {"653200/_lease/x.json"}
    verified = at(showcase, backup)("store", "verify", "--json")
    assert (verified.code, verified.rows[-1]["without_digest"], verified.rows[-1]["not_announced"]) == (0, 0, 0)
    before = keys(copied.delivery) | keys(copied.inbox)
    cleared(made, REF)  # what is whole in the backup stays so
    run(text, here, backup, now=True)
    assert keys(copied.delivery) | keys(copied.inbox) == before
    assert at(showcase, backup)("store", "verify").code == 0
    for bucket in (made.inbox, made.delivery):
        for key in keys(bucket):
            bucket.delete(key)
    run(text, backup, here, now=True)
    assert (keys(made.inbox), keys(made.delivery)) == (keys(copied.inbox), keys(copied.delivery))
    assert at(showcase, here)("store", "verify").code == 0
    assert showcase("status", REF, "--json").rows[0]["stage"] == "accepted"
    # by way of a disk that keeps nothing but bytes
    with rclone.serving(tmp_path / "disk", "inbox", "delivery") as disk:
        run(text.replace("--metadata ", ""), here, disk, now=True)
        found = at(showcase, disk)("store", "verify", "--json")
    assert found.code == 0, found.out
    assert int(str(found.rows[-1]["without_digest"])) > 5


def test_a_package_that_came_since_is_no_marker_without_its_files(servers: tuple[Connection, Connection]) -> None:
    """It came between the two copies, or while they ran."""
    here, backup = servers
    made, copied = of(here), of(backup)
    media, *_, markers = script("administrator.md").split(" &&\n")
    deliver(made, REF, 1)
    run(f"{media}\ndone", here, backup, now=True)
    deliver(made, REF, 2)
    run(media.partition("for bucket")[0] + "for bucket in inbox delivery; do\n" + markers, here, backup)
    assert not any(key.endswith("READY.json") for key in keys(copied.delivery))
