"""What machines shared and nothing asks for any more goes by the administrator's hand, and nothing else ever."""

from __future__ import annotations

import hashlib
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

from pipeline.model.stage import Stage
from pipeline.storage import layout, shared_stages, sources
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.store import Store
from pipeline.storage.upkeep import expiry
from pipeline.storage.upkeep.kinds import ObjectKind
from pipeline.storage.upkeep.usage import usages
from tests.conftest import Showcase, store_kept_up


def put(shared: Buckets, folder: Path, content: bytes) -> str:
    """A film of these bytes, put; gives its digest."""
    (folder / "film").write_bytes(content)
    sha256 = hashlib.sha256(content).hexdigest()
    sources.put(shared, folder / "film", sha256)
    return sha256


def published(shared: Buckets, folder: Path, sha256: str) -> Stage:
    """An inspection of a film."""
    stage = Stage(name="inspection", version=1, inputs={"film": sha256})
    (folder / sha256).mkdir()
    (folder / sha256 / "inspection.json").write_bytes(b"{}")
    shared_stages.publish(shared.work, stage, folder / sha256)
    return stage


def keys(bucket: Bucket, prefix: str = "") -> set[str]:
    return {item.key for item in bucket.walk(prefix, lambda _: None, 1000)}


def test_what_is_old_goes_but_the_film_of_a_younger_stage(store: Store, tmp_path: Path) -> None:
    shared = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"), work_name="shared-for-expiry")
    long_ago = datetime.now(UTC) - timedelta(days=1)
    assert expiry.expired(shared.work, long_ago) == expiry.Expired((), ())  # there is no such bucket yet
    first, second = put(shared, tmp_path, b"first"), put(shared, tmp_path, b"second")
    old = published(shared, tmp_path, second)
    shared.work.put_if_absent(layout.TRIAL, b"{}")
    half = f"{layout.stage_prefix('inspection', 'f' * 64)}{'0' * 16}/inspection.json"  # whose maker was killed
    shared.work.put(half, b"{}", sha256=hashlib.sha256(b"{}").hexdigest(), media_type="x/y")
    time.sleep(1.1)  # a store tells seconds
    before = datetime.now(UTC).replace(microsecond=0)
    young = published(shared, tmp_path, first)
    third = put(shared, tmp_path, b"third")

    found = expiry.expired(shared.work, before)
    assert [item.key for item in found.sources] == [layout.SOURCES + second]
    assert {item.key.split("/")[2] for stage in found.stages for item in stage} == {old.key, "f" * 64}
    assert found.size_bytes == len(b"second") + sum(item.size_bytes for stage in found.stages for item in stage)
    assert expiry.expired(shared.work, long_ago) == expiry.Expired((), ())
    expiry.remove(found)
    expiry.remove(expiry.Expired(found.sources, found.stages))  # as where another one is at it too
    assert keys(shared.work, layout.SOURCES) == {layout.SOURCES + first, layout.SOURCES + third}
    assert not shared_stages.is_there(shared.work, old)
    assert shared_stages.is_there(shared.work, young)
    assert layout.TRIAL in keys(shared.work)
    told = {item.kind: item.objects for item in usages(shared, datetime.now(UTC))}
    assert told[ObjectKind.WORK] == 5  # two films, a stage of two objects, the trial


def test_usage_and_gc_say_what_lies_there_and_only_an_administrator_cleans(showcase: Showcase) -> None:
    with store_kept_up(showcase):
        shown = showcase("store", "usage", "--json")
        assert (shown.code, shown.rows) == (0, [])
        assert "共 0 个对象" in showcase("store", "usage", "--lang", "zh").out
        assert showcase("store", "gc", "-n", "--days", "1", "--json").rows == []
        assert "30" in showcase("store", "gc", "--lang", "zh").out
    showcase.environment |= {"AWS_ENDPOINT_URL_S3": "http://127.0.0.1:9"}
    (showcase.folder / "showcase.toml").write_text('role = "editor"\n')
    refused = showcase("store", "gc", "--lang", "zh")
    assert refused.code == 3
    assert "由管理员来做" in refused.err
