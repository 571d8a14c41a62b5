"""Errors about what lies in a store and what was cleared there."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from pipeline.catalogue import Language
from pipeline.model.delivery import Clearable, Cleared
from pipeline.model.reference import SubmissionRef
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore
from tests.conftest import Showcase
from tests.e2e.error_words import LANGUAGES, case, hold
from tests.storage import kept_store
from tests.storage.kept_store import aged, left_upload
from tests.storage.proxy import proxied
from tests.storage.test_audit import at

REF = "653200/653200-gone"
CASES = {
    "no share": case("sample_wrong", 2, "store verify --sample five"),
    "no bucket of ours": case("store_no_bucket_so", 2, "store ls elsewhere/x"),
    "nothing there": case("store_nothing_there", 2, "store verify delivery/999"),
    "nobody says yes": case("gc_not_asked", 2, "store gc"),
    "a package that was cleared": case("package_cleared", 2, f"pull {kept_store.package_id_of(REF, 1)}"),
    "a withdrawal that can't be undone": case("undo_cleared", 2, "withdraw 653200-over --undo"),
    "a revision that was cleared": case("revision_cleared", 2, "review 653200-gone"),
}


def cleared(buckets: Buckets, ref: str, kind: Clearable, **of: object) -> None:
    """As a clearing leaves it."""
    name = ref.split("/")[1]
    record = Cleared.model_validate(
        {
            "submission_id": name,
            "kind": kind,
            "rule": "old",
            "objects": 1,
            "size_bytes": 1,
            "by": "管理员",
            "at": kept_store.AT,
            **of,
        }
    )
    is_package = record.package_id is not None
    bucket, folder = (buckets.delivery, record.package_id) if is_package else (buckets.inbox, f"r{record.revision}")
    kept_store.put(bucket, f"{ref}/{folder}/CLEARED.json", record.to_file())
    for file in ("READY.json", "package.json", "ts/hd.ts") if is_package else ("media/01.mp4",):
        bucket.delete(f"{ref}/{folder}/{file}")


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    """A store where something was cleared of each kind, and an upload was left."""
    with common_store.taken("delivery", "inbox", "work") as connection:
        store = Store(connection, endpoint_shown="")
        buckets = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
        over = "653200/653200-over"
        kept_store.submit(buckets, REF, 1)
        kept_store.deliver(buckets, REF, 2)
        for ref, revision in ((REF, 1), (over, 1)):
            package_id = kept_store.deliver(buckets, ref, revision)
            ready = buckets.place_of_delivery(SubmissionRef(*ref.split("/"))).package(package_id).ready()
            if ref == over:
                kept_store.withdraw(buckets, ref, revision)
            cleared(
                buckets, ref, Clearable.WITHDRAWN_PACKAGE, package_id=package_id, ready=ready, ready_at=kept_store.AT
            )
        cleared(buckets, REF, Clearable.SUPERSEDED_REVISION, revision=1)
        left_upload(buckets.inbox, f"{REF}/r2/media/01.mp4")
        yield connection


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_is_told(language: Language, name: str, connection: Connection, showcase: Showcase) -> None:
    with proxied(connection, answered=aged(lambda _: 40)) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        hold(showcase, CASES[name], language, "old gone over 653200-gone 653200-over")
