"""Buckets: walks that jump what nobody wants, and buckets that are not there."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from pipeline.errors import EnvironmentFault, IntegrityError
from pipeline.model.delivery import State
from pipeline.model.inbox import Claim
from pipeline.model.reference import SubmissionRef
from pipeline.model.rendition import StoredFile
from pipeline.storage import embedded, layout
from pipeline.storage.bucket import MOST_RECORD, Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.delivery import DeliveryPlace
from pipeline.storage.inbox import InboxPlace
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import multipart, upload

IDS = ("film", "film-2", "film0", "a", "653200-film")
PACKAGES = ("0123456789abcdef", "fedcba9876543210")
MARKERS = ("ACK.json", "READY.json", "WITHDRAWN.json")
SEGMENTS = ("c2/x/ORDER.json", "checksums.sha256", "hls/a/00001.m4s", "hls/b/00001.m4s", "metadata/c2.xml", "ts/hd.ts")
RECORDS = ("r1.json", "reviews/r1-0001.json", "reviews/r1-0002.json", "reviews/r10-0001.json")


def put(bucket: Bucket, key: str, content: bytes = b"x") -> None:
    bucket.put(key, content, sha256=hashlib.sha256(content).hexdigest(), media_type="text/plain")


@pytest.fixture(scope="module")
def walked(store: Store) -> Bucket:
    """Ids that a folder's order and that of bytes sort otherwise, packages with and without markers."""
    bucket = Bucket(store, "walked")
    for name in IDS:
        for number, package in enumerate(PACKAGES):
            for rest in (*(MARKERS if number else ()), *SEGMENTS):
                put(bucket, f"653200/{name}/{package}/{rest}")
        for rest in RECORDS:
            put(bucket, f"653200/{name}/{rest}")
    put(bucket, "653200/_campaign/1/0001.json")
    return bucket


@given(page_keys=st.integers(1, 60))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_walk_meets_every_record_whatever_fits_a_page(page_keys: int, walked: Bucket) -> None:
    found = [item.key for item in walked.walk("653200/", layout.without_media, page_keys)]
    assert len(found) == len(set(found))
    wanted = {f"653200/{name}/{rest}" for name in IDS for rest in RECORDS}
    wanted |= {f"653200/{name}/{PACKAGES[1]}/{marker}" for name in IDS for marker in MARKERS}
    assert wanted <= set(found)
    left = set(found) - wanted - {"653200/_campaign/1/0001.json"}
    assert left == {f"653200/{name}/{package}/c2/x/ORDER.json" for name in IDS for package in PACKAGES}


@pytest.mark.parametrize("page_keys", [2, 1000])
def test_a_walk_ends_whatever_names_there_are(page_keys: int, store: Store) -> None:
    odd = Bucket(store, f"odd-{page_keys}")
    names = ["r1.json", "r1/media/01.mp4", *(f"r1/{name}{number}" for name in ("~", "中", "~/") for number in range(5))]
    for name in (*names, "r2.json", "r2/SUBMITTED.json"):
        put(odd, f"653200/film/{name}")
    found = [item.key for item in odd.walk("653200/", layout.without_media, page_keys)]
    assert len(found) == len(set(found))
    assert {f"653200/film/{name}" for name in ("r1.json", "r2.json", "r2/SUBMITTED.json")} <= set(found)


def test_what_is_too_large_for_a_record_is_not_read(store: Store) -> None:
    bucket = Bucket(store, "large")
    put(bucket, "653200/film/r1.json", b"x" * (MOST_RECORD + 1))
    (listed,) = bucket.walk("653200/", layout.without_media, 1000)
    with pytest.raises(IntegrityError, match="record_too_large"):
        listed.read()
    with pytest.raises(IntegrityError, match="record_too_large"):
        replace(listed, size_bytes=1).read()  # whatever the listing says


def test_a_package_without_markers_is_being_sent_and_other_records_are_no_submission(walked: Bucket) -> None:
    place = DeliveryPlace(walked, SubmissionRef("653200", "film"))
    put(walked, f"653200/film/{PACKAGES[0]}/package.json")
    with_markers = [record for record in Buckets(walked, walked).records((walked,)) if record.ref.submission_id == "a"]
    assert [sorted(package.markers)[:3] for package in with_markers[0].packages][1] == list(MARKERS)
    assert {record.ref.submission_id for record in Buckets(walked, walked).records((walked,))} == set(IDS)
    assert place.package(PACKAGES[0]).delivery().state is State.UPLOADING


def test_a_missing_bucket_reads_as_empty(store: Store) -> None:
    bucket = Bucket(store, "nowhere")
    buckets = Buckets(bucket, Bucket(store, "nowhere-2"))
    ref = SubmissionRef("653200", "film")
    assert store.reach("nowhere") is False
    assert (bucket.get("k"), bucket.head("k"), bucket.folders("")) == (None, None, [])
    assert list(bucket.walk("", layout.without_media, 1000)) == []
    assert not bucket.has("653200/")
    assert multipart.open_uploads(bucket, "k") == []
    assert buckets.records() == []
    assert buckets.records(ref=ref) == []
    assert buckets.named("film") == []
    assert InboxPlace(bucket, ref).revisions() == []
    assert DeliveryPlace(bucket, ref).deliveries() == []
    assert store.reach("nowhere") is False  # reading makes nothing


def test_who_writes_makes_the_bucket(store: Store, tmp_path: Path) -> None:
    ref = SubmissionRef("653200", "film")
    assert InboxPlace(Bucket(store, "made-1"), ref).claim("a" * 64) == 1
    assert DeliveryPlace(Bucket(store, "made-2"), ref).next_revision("p1") == 1
    assert Bucket(store, "made-3").put_if_absent("k", b"{}")
    Bucket(store, "made-4").make_if_missing()
    Bucket(store, "made-4").make_if_missing()
    (tmp_path / "f.ts").write_bytes(bytes(17 << 20))
    large = StoredFile(path="f.ts", size_bytes=17 << 20, sha256=hashlib.sha256(bytes(17 << 20)).hexdigest())
    upload.upload(Place(Bucket(store, "made-5"), "p/"), tmp_path, [large])
    assert all(store.reach(f"made-{number}") for number in range(1, 6))


@pytest.fixture(scope="module")
def limited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A store without buckets, as a prefecture: it may put its own, and make no bucket."""
    folder = tmp_path_factory.mktemp("limited")
    admin = {"accessKey": secrets.token_hex(10), "secretKey": secrets.token_hex(20)}
    keys = {"accessKey": "prefecture", "secretKey": "only-653200"}
    acts = [f"{act}:inbox/653200/*" for act in ("Read", "List", "Write", "Tagging")]
    identities = [
        {"name": "workspace", "credentials": [admin], "actions": ["Admin", "Read", "List", "Tagging", "Write"]},
        {"name": "653200", "credentials": [keys], "actions": acts},
    ]
    (folder / "s3.json").write_text(json.dumps({"identities": identities}))
    with embedded.serve(folder, ("delivery",)) as server:
        connection = Connection(server.connection.endpoint, keys["accessKey"], keys["secretKey"])
        yield Store(connection, endpoint_shown="")


def test_whose_key_may_make_no_bucket_is_told_before_anything_is_sent(limited: Store) -> None:
    bucket = Bucket(limited, "inbox")
    for write in (
        lambda: bucket.make_if_missing("653200/"),
        lambda: InboxPlace(bucket, SubmissionRef("653200", "film")).place.put_if_absent(
            "r1.json", Claim(content_sha256="a" * 64)
        ),
    ):
        with pytest.raises(EnvironmentFault) as told:
            write()
        assert told.value.exit_code == 3
        assert told.value.key in ("store_no_bucket", "store_denied")
