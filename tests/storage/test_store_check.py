"""`store check` tells the truth of real stores, of the embedded one behind habits of others, and leaves nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pipeline import shipped
from pipeline.errors import EnvironmentFault, TransferError
from pipeline.model.storage_preset import GENERIC, StoragePreset
from pipeline.storage import leases, presets
from pipeline.storage.bucket import Bucket
from pipeline.storage.check import objects, running
from pipeline.storage.check.feature import Feature, State
from pipeline.storage.s3.dialect import Encryption
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore
from tests.conftest import Showcase
from tests.storage import habits_of_vendors as vendors
from tests.storage import rclone
from tests.storage.proxy import Answered, Asked, Message, proxied, without
from tests.tiers import kept

H, E, M = State.HOLDS, State.EMULATED, State.MISSING
EMBEDDED = {"order": E, "small_parts": M, "unfinished": E}  # all else holds
RCLONE = {
    **{"metadata": E, "sha256": M, "create_only": M, "if_match": E, "ranges": M, "copy": E},
    **{"complete_again": E, "part_digest": M, "copy_parts": M, "unfinished": E},
}
LEASED = {"sha256": E, "create_only": E, "race": E, "ranges": E, "part_digest": H}


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery") as connection:
        yield connection


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with rclone.serving(tmp_path_factory.mktemp("rclone") / "data", "delivery") as found:
        yield found


@pytest.fixture(autouse=True)
def brisk(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(leases, "SETTLE_S", 0.2)


def lease() -> StoragePreset:
    return presets.preset("lease", [shipped.folder("profiles")])


def bucket(connection: Connection, of: StoragePreset = GENERIC, **more: Any) -> Bucket:
    store = Store(replace(connection, preset=of, **more), endpoint_shown=connection.endpoint or "")
    return Bucket(store, "delivery")


def tried(there: Bucket, own: str | None = None) -> tuple[dict[str, Feature], list[str]]:
    """What was found, and the keys that stay."""
    left: list[str] = []
    found = {item.name: item for item in running.tried(there, own, lambda _, keys: left.extend(keys))}
    return found, left


def states(found: dict[str, Feature]) -> dict[str, State]:
    """All but what holds."""
    return {name: item.state for name, item in found.items() if item.state is not H}


def fatal(found: dict[str, Feature]) -> set[str]:
    return {name for name, item in found.items() if item.is_fatal}


def all_keys(connection: Connection) -> list[str]:
    there = bucket(connection)
    assert (
        there.store.ask_once("", lambda client: client.list_multipart_uploads(Bucket="delivery")).get("Uploads", [])
        == []
    )
    return [item.key for item in there.walk("", lambda _: None, 1000)]


def test_the_embedded_store_does_all_but_this(connection: Connection) -> None:
    found, left = tried(bucket(connection))
    assert (states(found), fatal(found), left) == (EMBEDDED, set(), [])
    assert (found["race"].detail, found["ranges"].detail) == ("1/8", "206")
    assert all_keys(connection) == []


def test_rclone_lacks_what_the_pipeline_needs_until_its_preset_is_said(other: Connection) -> None:
    found, left = tried(bucket(other))
    assert (states(found), fatal(found), left) == (RCLONE, {"sha256", "create_only", "part_digest"}, [])
    found, left = tried(bucket(other, lease()))
    assert states(found) == {name: state for name, state in {**RCLONE, **LEASED}.items() if state is not H}
    assert (fatal(found), left) == (set(), [])
    assert [item.key for item in bucket(other).walk("", lambda _: None, 1000)] == []


def test_a_gateway_that_answers_501_to_conditions_works_by_leases(connection: Connection) -> None:
    with proxied(connection, vendors.knows_no_condition, signed=True) as proxy:
        there = replace(connection, endpoint=proxy.store.endpoint_shown)
        found, left = tried(bucket(there))
        assert (states(found), fatal(found), left) == ({**EMBEDDED, "create_only": M}, {"create_only"}, [])
        assert found["create_only"].detail == "NotImplemented"
        found, left = tried(bucket(there, lease()))
        assert (states(found), fatal(found)) == ({**EMBEDDED, "create_only": E, "race": E}, set())
    assert all_keys(connection) == []


@pytest.mark.acceptance
def test_a_vendors_own_header_is_told(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    of = presets.preset("aliyun-oss", [shipped.folder("profiles")])
    asked, answered = vendors.forbids_to_overwrite("x-oss-forbid-overwrite", "FileAlreadyExists")
    with proxied(connection, vendors.both(vendors.wants_virtual_hosts, asked), answered, signed=True) as proxy:
        monkeypatch.setenv("http_proxy", proxy.store.endpoint_shown)  # so that any name leads there
        found, _ = tried(bucket(Connection("http://store.test", "K", "S"), of))
    assert (found["create_only"].state, found["create_only"].detail) == (E, "x-oss-forbid-overwrite")
    assert (found["addressing"].detail, found["list_uploads"].state, fatal(found)) == ("virtual", M, set())


def bare(answer: Message) -> Message:
    return replace(answer, headers=without(answer.headers, "x-amz-meta-"))


def no_dates(answer: Message) -> Message:
    return replace(answer, headers={**without(answer.headers, "date"), "Date": "Mon, 30 Nov 2026 00:00:00 GMT"})


def whole(given: Message) -> Message | None:
    """A stretch is asked for, and the whole comes."""
    given.headers = without(given.headers, "range")
    return None


def hidden(answer: Message) -> Message:
    return answer.refused(403, "AccessDenied") if answer.status == 404 and answer.method == "HEAD" else answer


def rules(answer: Message) -> Message:
    """A lifecycle that drops what is unfinished after a day, and objects after 30."""
    if not answer.path.endswith("?lifecycle"):
        return answer
    rows = (
        "<AbortIncompleteMultipartUpload><DaysAfterInitiation>1</DaysAfterInitiation></AbortIncompleteMultipartUpload>"
    )
    rows += "<Expiration><Days>30</Days></Expiration><Status>Enabled</Status><Filter><Prefix></Prefix></Filter>"
    body = f"<LifecycleConfiguration><Rule>{rows}</Rule></LifecycleConfiguration>".encode()
    return Message("GET", answer.path, {"Content-Type": "application/xml"}, 200, body)


def no_rights(answer: Message) -> Message:
    return answer.refused(403, "AccessDenied") if answer.path.endswith("?lifecycle") else answer


def nothing(_: Message) -> Message | None:
    return None


def plain(answer: Message) -> Message:
    return answer


def copies_nothing(given: Message) -> Message | None:
    said = {name.lower() for name in given.headers}
    return given.refused(501, "NotImplemented") if "x-amz-copy-source" in said else None


HABITS: dict[str, tuple[Asked, Answered, dict[str, State], set[str]]] = {
    "headers in another case": (nothing, vendors.writes_headers(str.title), {"metadata": E}, set()),
    "metadata is lost": (nothing, bare, {"metadata": M, "chinese": M, "copy": M}, {"metadata"}),
    "another clock": (nothing, no_dates, {"clock": M}, set()),
    "no ranges": (whole, plain, {"ranges": M}, set()),
    "403 for what is not there": (nothing, hidden, {"not_there": E}, set()),
    "rules of the bucket": (nothing, rules, {"unfinished": M, "expiry": M}, set()),
    "rules that may not be seen": (nothing, no_rights, {"unfinished": State.NOT_SEEN}, set()),
    "no copies": (copies_nothing, plain, {"copy": M, "copy_parts": M}, set()),
}


@pytest.mark.parametrize("name", kept(HABITS, "headers in another case"))
def test_a_habit_shows_in_its_row(name: str, connection: Connection) -> None:
    asked, answered, changed, needed = HABITS[name]
    with proxied(connection, asked, answered, signed=True) as proxy:
        found, left = tried(bucket(replace(connection, endpoint=proxy.store.endpoint_shown)))
    assert {k: v for k, v in states(found).items() if EMBEDDED.get(k) != v} == changed
    assert (fatal(found), left) == (needed, [])
    assert all_keys(connection) == []


def deletes_nothing(given: Message) -> Message | None:
    """Keys that may put and not delete, as everybody's but the administrator's."""
    is_abort = "uploadId" in given.path
    return given.refused(403, "AccessDenied") if given.method == "DELETE" and not is_abort else None


@pytest.mark.acceptance
def test_who_may_not_delete_leaves_one_set_of_empty_objects(connection: Connection) -> None:
    sets = []
    with proxied(connection, deletes_nothing, signed=True) as proxy:
        there = bucket(replace(connection, endpoint=proxy.store.endpoint_shown))
        for _ in range(2):
            found, left = tried(there, "653200/")
            assert (states(found), fatal(found)) == ({**EMBEDDED, "delete": M}, set())
            sets.append(left)
    assert sets[0] == sets[1] == sorted(all_keys(connection))
    assert all(key.startswith("653200/_check/") for key in sets[0])
    own = bucket(connection)
    assert sum(item.size_bytes for item in own.walk("653200/", lambda _: None, 1000) if "kept" in item.key) == 0
    for key in sets[0]:
        own.delete(key)


def test_ctrl_c_leaves_nothing(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("pipeline.storage.check.parts._parts_listed", interrupted)  # an upload is open then
    with pytest.raises(KeyboardInterrupt):
        tried(bucket(connection))
    assert all_keys(connection) == []


def test_a_line_that_breaks_is_no_word_on_the_store(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    def cut(*_: object, **__: object) -> None:
        raise TransferError("transfer_failed", detail="ConnectionClosedError")

    monkeypatch.setattr(objects, "_overwritten", cut)
    with pytest.raises(TransferError):
        tried(bucket(connection))
    assert all_keys(connection) == []


def test_nothing_is_tried_where_nothing_may_be_put(connection: Connection) -> None:
    with (
        proxied(
            connection, lambda given: given.refused(403, "AccessDenied") if given.method == "PUT" else None
        ) as proxy,
        pytest.raises(EnvironmentFault, match="store_denied"),
    ):
        tried(bucket(replace(connection, endpoint=proxy.store.endpoint_shown)))


def test_a_store_that_refuses_every_checksum_is_told_by_its_row(connection: Connection) -> None:
    with proxied(connection, vendors.knows_no_checksum, signed=True) as proxy:
        found, left = tried(bucket(replace(connection, endpoint=proxy.store.endpoint_shown)))
    assert (fatal(found), found["put"].detail, left) == ({"put"}, "InvalidArgument", [])


def test_encryption_that_is_asked_for_is_looked_at(connection: Connection) -> None:
    found, _ = tried(bucket(connection, encryption=Encryption("AES256")))
    assert found["sse"].state is H
    found, _ = tried(bucket(connection, encryption=Encryption("aws:kms", "no-such-key")))
    assert (found["sse"].state, fatal(found)) == (M, {"sse"})


def test_every_cost_has_words(tmp_path: Path) -> None:
    from pipeline import catalogue

    for language in catalogue.LANGUAGES:
        known = catalogue.entries(language)
        for found in (EMBEDDED, RCLONE, LEASED, *(row[2] for row in HABITS.values()), {"sse": M, "delete": M}):
            for name, state in found.items():
                assert f"text.check_{name}" in known
                assert state not in (E, M) or f"text.check_{name}_{state}" in known, (name, state)
    assert json.loads(json.dumps(Feature("tls", H).facts())) == {
        "feature": "tls",
        "state": "holds",
        "detail": "",
        "needed": False,
    }


def test_the_table_says_what_it_costs_and_what_to_set(connection: Connection, showcase: Showcase) -> None:
    with proxied(connection, vendors.knows_no_condition, signed=True) as proxy:
        there = {"AWS_ENDPOINT_URL_S3": proxy.store.endpoint_shown, "AWS_ACCESS_KEY_ID": "K"}
        showcase.environment |= {**there, "AWS_SECRET_ACCESS_KEY": "S", "SHOWCASE_LANG": "zh"}
        told = showcase("store", "check")
        assert told.code == 3
        assert "✗ 没有 NotImplemented" in told.out
        assert 'preset = "lease"' in told.out
