"""With the rights of one role: nothing else is asked for, and what stores answer such an identity is borne."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest

from pipeline import durable
from pipeline.errors import EnvironmentFault
from pipeline.exchange import status
from pipeline.model.rendition import StoredFile
from pipeline.model.stage import Stage
from pipeline.model.storage_preset import GENERIC, CreateOnly
from pipeline.storage import embedded, identities, leases, own_store, rights, shared_stages, sources
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.check import running
from pipeline.storage.check.feature import State
from pipeline.storage.identities import Identity, IdentityFile, identity_named
from pipeline.storage.keys import KeyPair
from pipeline.storage.place import Place
from pipeline.storage.rights import BucketNames, Role
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import multipart, upload
from pipeline.storage.trial import BucketTrial
from pipeline.storage.upkeep.usage import usages
from tests.storage.proxy import Message, proxied
from tests.storage.test_habits import hides_missing

NAMES = BucketNames()


@dataclass(frozen=True)
class Invited:
    """Connections by the identities' names."""

    by_name: dict[str, Connection]


@pytest.fixture(scope="module")
def invited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Invited]:
    folder = tmp_path_factory.mktemp("limited")

    def act(file: IdentityFile) -> None:
        for name in ("653200", "653100", "editor", "operator", "worker"):
            file.invite(identity_named(name))

    with embedded.serve(folder, ("delivery", "inbox", "work")) as server:
        known = own_store.change(server, folder, NAMES, act)
        endpoint = server.connection.endpoint
        yield Invited({name: Connection(endpoint, item.pair.key_id, item.pair.secret) for name, item in known.items()})


def listings(asked: list[Message]) -> set[tuple[str, str]]:
    """Bucket and prefix of each listing that was asked for."""
    found = set()
    for message in asked:
        parts = urlsplit(message.path)
        query = parse_qs(parts.query, keep_blank_values=True)
        if "list-type" in query:
            found.add((parts.path.strip("/"), query.get("prefix", [""])[0]))
    return found


def test_a_prefecture_lists_nothing_but_its_own(invited: Invited) -> None:
    with proxied(invited.by_name["653200"]) as proxy:
        buckets = Buckets(Bucket(proxy.store, "inbox"), Bucket(proxy.store, "delivery"), "653200", sees_others=False)
        assert status.submission_statuses(buckets) == []
        assert status.submission_statuses(buckets, "film") == []
        asked = listings(proxy.asked)
        assert {bucket for bucket, _ in asked} == {"inbox", "delivery"}
        assert {prefix for _, prefix in asked if not prefix.startswith("653200/")} == set()


def test_the_operator_asks_for_nothing_in_the_inbox(invited: Invited) -> None:
    with proxied(invited.by_name["operator"]) as proxy:
        buckets = Buckets(Bucket(proxy.store, "inbox"), Bucket(proxy.store, "delivery"), sees_inbox=False)
        assert status.submission_statuses(buckets) == []
        assert proxy.asked
        assert not any("/inbox" in message.path for message in proxy.asked)


def test_the_inbox_is_found_shut_and_only_then_left_away(invited: Invited) -> None:
    for name, shut in (("operator", True), ("editor", False)):
        with proxied(invited.by_name[name]) as proxy:
            left = Buckets(Bucket(proxy.store, "inbox"), Bucket(proxy.store, "delivery")).without_closed_inbox()
            assert (left is not None) == shut
            assert left is None or left.seen == (left.delivery,)


def test_a_trial_by_who_may_list_a_prefix_alone_bears_403_for_what_is_missing(invited: Invited) -> None:
    """As AWS answers everybody whose right to list has a prefix."""
    with proxied(invited.by_name["653200"], answered=hides_missing) as proxy:
        BucketTrial(Bucket(proxy.store, "inbox"), "653200/").run()
        with pytest.raises(EnvironmentFault):
            BucketTrial(Bucket(proxy.store, "inbox"), "653100/").run()
    with (
        proxied(invited.by_name["editor"], answered=hides_missing) as proxy,
        pytest.raises(EnvironmentFault, match="store_hides_missing"),
    ):
        BucketTrial(Bucket(proxy.store, "delivery"), "").run()


def test_an_upload_goes_on_where_open_ones_may_be_listed_and_begins_anew_elsewhere(
    invited: Invited, tmp_path: Path
) -> None:
    content = bytes(17 << 20)
    (tmp_path / "f.mov").write_bytes(content)
    item = StoredFile(path="f.mov", size_bytes=len(content), sha256=hashlib.sha256(content).hexdigest())

    def unlisted(given: Message) -> Message | None:
        return given.refused(403, "AccessDenied") if given.method == "GET" and "?uploads" in given.path else None

    with proxied(invited.by_name["653200"]) as proxy:
        bucket = Bucket(proxy.store, "inbox")
        begun = multipart.begin(bucket, "653200/a/f.mov", sha256=item.sha256, media_type="video/quicktime")
        assert [item.upload for item in multipart.open_uploads(bucket, "653200/a/f.mov") or ()] == [begun]
        with pytest.raises(EnvironmentFault, match="store_denied"):
            multipart.begin(bucket, "653100/a/f.mov", sha256=item.sha256, media_type="video/quicktime")
        assert not multipart.open_uploads(bucket, "653100/a/f.mov")  # what may not be seen is as if it were not there
        assert upload.upload(Place(bucket, "653200/a/"), tmp_path, [item]) == 1
        assert multipart.open_uploads(bucket, "653200/a/f.mov") == []
    with proxied(invited.by_name["653200"], unlisted) as proxy:
        bucket = Bucket(proxy.store, "inbox")
        assert upload.upload(Place(bucket, "653200/b/"), tmp_path, [item]) == 1


def test_the_editor_and_workers_share_films_and_stages_and_nobody_else_sees_them(
    invited: Invited, tmp_path: Path
) -> None:
    def seen_by(name: str) -> Buckets:
        store = Store(invited.by_name[name], endpoint_shown="")
        return Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))

    (tmp_path / "film").write_bytes(bytes(17 << 20))
    sha256 = durable.digest(tmp_path / "film")
    editor, worker = seen_by("editor"), seen_by("worker")
    place = sources.put(editor, tmp_path / "film", sha256)
    assert sources.is_there(worker, place)
    sources.fetch(worker, place, tmp_path / "worker" / "film")
    stage = Stage(name="inspection", version=1, inputs={"film": sha256})
    (tmp_path / "made").mkdir()
    (tmp_path / "made" / "inspection.json").write_bytes(b"{}")
    assert not shared_stages.is_there(worker.work, stage)
    assert shared_stages.publish(worker.work, stage, tmp_path / "made")
    assert not shared_stages.publish(editor.work, stage, tmp_path / "made")
    shared_stages.fetch(editor.work, stage, tmp_path / "fetched")
    with pytest.raises(EnvironmentFault, match="store_denied"):
        worker.work.delete(place.key)
    for name in ("653200", "operator"):
        other = seen_by(name)
        with pytest.raises(EnvironmentFault, match="store_denied"):
            sources.fetch(other, place, tmp_path / name)
        with pytest.raises(EnvironmentFault, match="store_denied"):
            sources.put(other, tmp_path / "film", sha256)
    told = [item.bucket for item in usages(seen_by("operator"), datetime.now(UTC)) if item.bucket]
    assert told == ["inbox", "work"]


def test_who_is_known_keeps_the_keys_and_names_are_of_role_and_prefecture() -> None:
    file = IdentityFile({"identities": []}, NAMES)
    file.invite(Identity("653200-2", Role.PRODUCER, "653200"))
    before = file.known()
    file.invite(Identity("653200-2", Role.PRODUCER, "653200"))
    assert file.known() == before
    assert before[0].identity == identity_named("653200-2")
    assert file.tree["identities"][0]["policyNames"] == ["653200"]
    file.revoke("653200-2")
    assert file.known()[0].disabled
    file.rotate("653200-2")
    assert not file.known()[0].disabled
    assert file.known()[0].pair != before[0].pair


def test_rights_that_changed_hold_when_the_call_returns(tmp_path: Path) -> None:
    """Of an identity whose keys stay: each time its rights are taken away, and given again."""

    def invite(file: IdentityFile) -> None:
        file.invite(identity_named("653200"))

    def take_away(file: IdentityFile) -> None:
        for row in file.tree["policies"]:
            if row["name"] == "653200":
                row["content"] = json.dumps(rights.reader_of_nothing(NAMES, "_none/"))

    with embedded.serve(tmp_path, ("delivery", "inbox", "work")) as server:
        pair = own_store.change(server, tmp_path, NAMES, invite)["653200"].pair
        store = Store(Connection(server.connection.endpoint, pair.key_id, pair.secret), endpoint_shown="-")
        own = Bucket(store, "delivery")
        for _ in range(5):
            own_store.change(server, tmp_path, NAMES, take_away)
            with pytest.raises(EnvironmentFault, match="store_denied"):
                own.listed_once("653200/")
            own_store.change(server, tmp_path, NAMES, invite)
            own.listed_once("653200/")
        version = identities.version(tmp_path)
        assert version is not None
        nobody = Store(Connection(server.connection.endpoint, version.key_id, version.secret), endpoint_shown="-")
        for bucket, prefix in (("delivery", ""), ("delivery", "653200/"), ("inbox", ""), ("inbox", "_version/")):
            with pytest.raises(EnvironmentFault, match="store_denied"):
                Bucket(nobody, bucket).listed_once(prefix)
        with pytest.raises(EnvironmentFault, match="store_denied"):
            Bucket(nobody, "delivery").put_if_absent("_version/x.json", b"{}")


def test_who_is_invited_is_let_in_and_who_is_not_any_more_is_refused_when_the_call_returns(tmp_path: Path) -> None:
    def use(pair: KeyPair, name: str) -> None:
        store = Store(Connection(server.connection.endpoint, pair.key_id, pair.secret), endpoint_shown="-")
        Bucket(store, "delivery").listed_once(f"{name}/")

    with embedded.serve(tmp_path, ("delivery", "inbox", "work")) as server:
        for name in [f"6501{number:02d}" for number in range(10)]:
            first = own_store.change(server, tmp_path, NAMES, lambda file, name=name: file.invite(identity_named(name)))
            use(first[name].pair, name)
            second = own_store.change(server, tmp_path, NAMES, lambda file, name=name: file.rotate(name))
            use(second[name].pair, name)
            with pytest.raises(EnvironmentFault, match="store_wrong_keys"):
                use(first[name].pair, name)
            own_store.change(server, tmp_path, NAMES, lambda file, name=name: file.revoke(name))
            with pytest.raises(EnvironmentFault, match="store_wrong_keys"):
                use(second[name].pair, name)


def test_changes_at_once_all_hold(tmp_path: Path) -> None:
    """Each writes the file anew while others wait for a server to take what they wrote."""
    codes = [f"6501{number:02d}" for number in range(12)]
    with embedded.serve(tmp_path, ("delivery", "inbox", "work")) as server, ThreadPoolExecutor(4) as pool:

        def invite(name: str) -> bool:
            known = own_store.change(server, tmp_path, NAMES, lambda file: file.invite(identity_named(name)))
            return name in known

        assert all(pool.map(invite, codes))


def test_with_leases_everybody_puts_what_they_may_and_no_more(
    invited: Invited, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(leases, "SETTLE_S", 0.02)
    of = GENERIC.model_copy(update={"create_only": CreateOnly(by="lease")})

    def put(name: str, bucket: str, key: str) -> bool:
        store = Store(replace(invited.by_name[name], preset=of), endpoint_shown="")
        return Bucket(store, bucket).put_if_absent(f"653200/leased/{key}", b"{}")

    package = "a" * 64
    for name, bucket, key in (
        ("653200", "inbox", "r1.json"),
        ("653200", "inbox", "r1/SUBMITTED.json"),
        ("editor", "delivery", "reviews/r1-0001.json"),
        ("worker", "delivery", f"{package}/READY.json"),
        ("editor", "delivery", f"{package}/WITHDRAWN.json"),
        ("operator", "delivery", f"{package}/ACK.json"),
    ):
        assert put(name, bucket, key), (name, key)
    for name, bucket, key in (
        ("653200", "delivery", f"{package}/ACK-0002.json"),
        ("653100", "inbox", "r2.json"),
        ("editor", "delivery", f"{package}/ACK-0002.json"),
        ("worker", "delivery", "reviews/r1-0002.json"),
        ("operator", "delivery", f"{package}/READY-2.json"),
    ):
        with pytest.raises(EnvironmentFault, match="store_denied"):
            put(name, bucket, key)


def test_a_prefecture_checks_the_store_in_its_own_prefix_and_leaves_one_set(invited: Invited) -> None:
    bucket = Bucket(Store(invited.by_name["653200"], endpoint_shown="http://127.0.0.1"), "inbox")
    sets: list[list[str]] = []
    for _ in range(2):
        found = {item.name: item for item in running.tried(bucket, "653200/", lambda _, keys: sets.append(keys))}
        assert {name for name, item in found.items() if item.is_fatal} == set()
        assert {found[name].state for name in ("put", "create_only", "race", "multipart", "list_uploads")} == {
            State.HOLDS
        }
        assert (found["delete"].state, found["unfinished"].state) == (State.MISSING, State.NOT_SEEN)
    assert sets[0] == sets[1]
    assert {key.split("/")[1] for key in sets[0]} == {"_check"}
