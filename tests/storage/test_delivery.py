"""Packages in a real store: revisions, markers, hostile manifests."""

from __future__ import annotations

import hashlib
import json
import threading
from pathlib import Path

import pytest

from pipeline.errors import IntegrityError
from pipeline.model.delivery import Ready, State
from pipeline.model.reference import SubmissionRef
from pipeline.storage.bucket import Bucket
from pipeline.storage.delivery import DeliveryPlace


def put(bucket: Bucket, key: str, content: bytes) -> str:
    sha256 = hashlib.sha256(content).hexdigest()
    bucket.put(key, content, sha256=sha256, media_type="application/json")
    return sha256


def test_two_deliverers_at_once_get_revisions_of_their_own(delivery: Bucket) -> None:
    got: dict[str, int] = {}

    def claim(package: str) -> None:
        got[package] = DeliveryPlace(delivery, SubmissionRef("650000", "racing")).next_revision(package)

    threads = [threading.Thread(target=claim, args=(name,)) for name in ("aaa", "bbb", "ccc")]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(got.values()) == [1, 2, 3]
    again = dict(got)
    for name in ("ccc", "aaa", "bbb"):
        claim(name)
    assert got == again  # a rerun keeps what it had reserved


@pytest.mark.parametrize("path", ["/nonexistent/escaped", "../../escaped"])
def test_a_hostile_manifest_writes_nothing(path: str, delivery: Bucket, tmp_path: Path) -> None:
    manifest = json.dumps({"files": [{"path": path, "size_bytes": 1, "sha256": "0" * 64, "role": "x"}]}).encode()
    prefix = "650000/evil/p1/"
    digest = put(delivery, prefix + "package.json", manifest)
    ready = Ready(package_id="p1", submission_id="evil", revision=1, manifest_sha256=digest, files=1, size_bytes=1)
    put(delivery, prefix + "READY.json", ready.to_file())
    package = DeliveryPlace(delivery, SubmissionRef("650000", "evil")).package("p1")
    assert package.delivery().state is State.READY
    with pytest.raises(IntegrityError, match="manifest_unreadable"):
        package.pull(tmp_path / "a" / "b" / "p1")
    assert list(tmp_path.rglob("*")) == []


def test_a_manifest_that_is_not_the_markers_is_refused(delivery: Bucket, tmp_path: Path) -> None:
    prefix = "650000/swapped/p1/"
    put(delivery, prefix + "package.json", b"{}")
    ready = Ready(package_id="p1", submission_id="swapped", revision=1, manifest_sha256="0" * 64, files=1, size_bytes=1)
    put(delivery, prefix + "READY.json", ready.to_file())
    package = DeliveryPlace(delivery, SubmissionRef("650000", "swapped")).package("p1")
    with pytest.raises(IntegrityError, match="manifest_differs"):
        package.pull(tmp_path / "p1")
