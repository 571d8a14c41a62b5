"""`store gc`, `ls` and `usage` as an administrator types them, on a store whose objects are forty days old."""

from __future__ import annotations

import os
import random
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline import settings
from pipeline.execute import old_work
from pipeline.execute.in_flight import in_flight
from pipeline.execute.journal import Journal
from pipeline.execute.stages import StageStore
from pipeline.model.stage import Stage
from pipeline.storage import embedded, vacuum
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.upkeep.unfinished import unfinished
from pipeline.workspace import Workspace
from tests.conftest import Showcase, on_terminal, wait_for_none
from tests.storage import kept_store
from tests.storage.kept_store import aged, deliver, keys, kill_at, left_upload, package_id_of, submit, withdraw
from tests.storage.proxy import Message, proxied
from tests.storage.test_audit import at

FIRST, SECOND = "653200/653200-a", "650100/650100-b"
RULES = """schema_version: 1
rules:
  - {name: old-packages, kind: superseded-package, older_than_days: 30}
  - {name: ended, kind: withdrawn-package, older_than_days: 30}
  - {name: old-cuts, kind: superseded-revision, older_than_days: 30}
  - {name: drafts, kind: draft, older_than_days: 30, prefectures: ['653200']}
"""


@pytest.fixture(scope="module")
def connection(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Connection]:
    with embedded.serve(tmp_path_factory.mktemp("cleaning"), ("delivery", "inbox", "work")) as server:
        yield server.connection


@pytest.fixture
def buckets(connection: Connection) -> Buckets:
    """Two films: one with a newer version that is accepted, one that was withdrawn; an upload that was left."""
    store = Store(connection, endpoint_shown="")
    made = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
    for bucket in (made.inbox, made.delivery, made.work):
        for key in keys(bucket):
            bucket.delete(key)
        for left in unfinished(bucket):
            left.upload.abort()
    fill(made)
    return made


def fill(made: Buckets) -> None:
    submit(made, FIRST, 1, draft=True)
    submit(made, FIRST, 2, draft=True)
    for revision in (1, 2):
        deliver(made, FIRST, revision)
        kept_store.answer(made, FIRST, revision)
    deliver(made, SECOND, 1)
    withdraw(made, SECOND, 1)
    left_upload(made.inbox, f"{FIRST}/r3/media/01.mp4")


def left(buckets: Buckets) -> set[str]:
    return {f"{bucket.name}/{key}" for bucket in (buckets.inbox, buckets.delivery) for key in keys(bucket)}


def gone(before: set[str]) -> set[str]:
    """What is to be there once the rules were carried out."""
    old, ended = f"delivery/{FIRST}/{package_id_of(FIRST, 1)}/", f"delivery/{SECOND}/{package_id_of(SECOND, 1)}/"
    kept = {
        key
        for key in before
        if not (key.startswith((old, ended)) and not key.endswith(("ACK.json", "WITHDRAWN.json")))
        and key not in {f"inbox/{FIRST}/{name}" for name in ("r1/proxy.mp4", "r1/media/01.mp4", "r2/proxy.mp4")}
    }
    cleared = {f"{prefix}CLEARED.json" for prefix in (old, ended)}
    return kept | cleared | {f"inbox/{FIRST}/r2/DRAFT-CLEARED.json", f"inbox/{FIRST}/r1/CLEARED.json"}


def test_it_says_what_goes_asks_and_clears(buckets: Buckets, connection: Connection, showcase: Showcase) -> None:
    before = left(buckets)
    assert at(showcase, connection)("store", "gc", "-n", "--json").rows == []  # nothing is a day old
    (showcase.folder / "keeping.yaml").write_text(RULES)
    assert showcase("store", "gc", "-n", "--json").rows == []
    with proxied(connection, answered=aged(lambda _: 40)) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        shown = showcase("store", "gc", "-n", "--json")
        heaps = [(row["prefecture"], row["what"], row["rule"], row["count"]) for row in shown.rows if "what" in row]
        assert heaps == [
            ("650100", "withdrawn-package", "ended", 1),
            ("653200", "draft", "drafts", 1),
            ("653200", "superseded-package", "old-packages", 1),
            ("653200", "superseded-revision", "old-cuts", 1),
            ("653200", "unfinished", None, 1),
        ]
        refused = showcase("store", "gc", "--lang", "zh")
        assert refused.code == 2
        assert "--yes" in refused.err
        code, screen = on_terminal(showcase, "store", "gc", answers=["n"])
        assert code == 2
        assert "没有看清楚，请答 n" in screen
        assert left(buckets) == before
        done = showcase("store", "gc", "--yes", "--lang", "zh")
        assert done.code == 0, done.err
        assert "653200 和田" in done.out
        assert "old-packages" in done.out
        assert left(buckets) == gone(before)
        assert list(unfinished(buckets.inbox)) == []
        assert showcase("store", "gc", "--yes", "--json").rows == []
        events = [event["event"] for event in showcase.events() if str(event["event"]).startswith("gc.")]
        assert sorted(events) == ["gc.began", *["gc.cleared"] * 4, "gc.upload"]
        told = showcase("status", SECOND, "--lang", "zh")
        assert "按规则 ended 清理" in told.out
        assert "root：按规则清理了文件  第 1 版 ended" in showcase("log", SECOND, "--lang", "zh").out
    assert at(showcase, connection)("store", "verify", "--sample", "0%").code == 0


def test_an_upload_is_left_by_its_newest_part(buckets: Buckets, connection: Connection, showcase: Showcase) -> None:
    """It was begun long ago, and goes on."""
    with proxied(connection, answered=aged(lambda key: 0 if "media" in key else 40)) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        assert showcase("store", "gc", "--yes", "--json").rows == []
    assert len(list(unfinished(buckets.inbox))) == 1


def test_an_upload_whose_name_no_list_can_hold_stops_nobody(
    buckets: Buckets, connection: Connection, showcase: Showcase
) -> None:
    """XML holds no control characters: it is listed under another name, under which there is none."""
    left_upload(buckets.inbox, "650100/a\x1b/film.mp4")
    with proxied(connection, answered=aged(lambda _: 40)) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        used = showcase("store", "usage", "--json")
        assert (used.code, [row["prefecture"] for row in used.rows if row["kind"] == "unfinished"]) == (0, ["653200"])
        assert showcase("store", "gc", "--yes").code == 0
    assert list(unfinished(buckets.inbox)) == []


def killed(showcase: Showcase, connection: Connection, buckets: Buckets, seed: int, kills: int) -> None:
    """Kill a clearing at drawn moments, then let one end: the state is that of one that nobody killed."""
    draw = random.Random(seed)
    before = left(buckets)
    (showcase.folder / "keeping.yaml").write_text(RULES)

    written: list[str] = []

    def slow(answer: Message) -> Message:
        if answer.method in ("DELETE", "PUT"):
            written.append(answer.path)
            time.sleep(0.05)
        return aged(lambda _: 40)(answer)

    with proxied(connection, answered=slow) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        for number in range(kills):
            kill_at(showcase.start("store", "gc", "--yes"), written, draw.randrange(1, 14))
            there = left(buckets)
            for ref, revision in ((FIRST, 1), (SECOND, 1)):
                prefix = f"delivery/{ref}/{package_id_of(ref, revision)}/"
                is_whole = {key for key in before if key.startswith(prefix)} <= there
                assert is_whole or f"{prefix}CLEARED.json" in there  # a record comes before the first file goes
            print(
                f"seed {seed}, kill {number}: {len(before - there)} of {len(before - gone(before))} objects were gone"
            )
        assert showcase("store", "gc", "--yes").code == 0
    assert left(buckets) == gone(before)
    assert at(showcase, connection)("store", "verify", "--sample", "0%").code == 0


@pytest.mark.parametrize(
    ("seed", "kills"), [(1, 1), *(pytest.param(seed, 3, marks=pytest.mark.acceptance) for seed in range(2, 15))]
)
def test_a_killed_clearing_is_ended_by_the_next(
    seed: int, kills: int, buckets: Buckets, connection: Connection, showcase: Showcase
) -> None:
    killed(showcase, connection, buckets, seed, kills)
    assert wait_for_none(showcase.folder) == []


def test_who_fills_the_store_is_seen(buckets: Buckets, connection: Connection, showcase: Showcase) -> None:
    kept_store.put(buckets.inbox, "653200/\x1b[31mred\u009b\u202e.txt", b"x")
    with proxied(connection, answered=aged(lambda key: 10 if "/r1" in key else 40 if "/r2" in key else 0)) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        used = showcase("store", "usage", "--json").rows
        ages = ("younger_than_7_days_bytes", "younger_than_30_days_bytes", "older_bytes")
        films = next(row for row in used if (row["prefecture"], row["kind"]) == ("653200", "film"))
        assert films["size_bytes"] == sum(int(str(films[age])) for age in ages)
        assert int(str(films[ages[1]])) > 10_000
        assert int(str(films[ages[2]])) > 10_000
        parts = next(row for row in used if row["kind"] == "unfinished")
        assert (parts["prefecture"], parts["objects"], parts["size_bytes"]) == ("653200", 1, 5 << 20)
        assert {row["kind"] for row in used} == {"film", "draft", "package", "record", "unfinished", "other"}
        shown = showcase("store", "ls", "inbox/653200", "--lang", "zh")
        rows = showcase("store", "ls", "inbox/653200", "--json")
        top = showcase("store", "ls", "delivery", "--lang", "en").out
        nothing = showcase("store", "ls", "delivery/999", "--lang", "en").out
        table = showcase("store", "usage", "--lang", "en").out.splitlines()
        all_of_it = showcase("store", "ls", "--lang", "en").out.splitlines()
    assert max(map(len, table)) <= 80
    assert any(line.startswith("650100 Urumqi ") for line in table)
    assert not any(line.startswith("  ") for line in table), table  # no cell was wrapped
    assert [line.split()[-1] for line in all_of_it[1:]] == ["inbox/", "delivery/"]
    for out in (shown.out, rows.out):
        assert not any(letter in out for letter in "\x1b\x9b\u202e")
    assert "653200-a/" in shown.out
    assert [(row["path"], row["objects"]) for row in rows.rows] == [
        ("inbox/653200/\x1b[31mred\u009b\u202e.txt", 1),
        ("inbox/653200/653200-a/", 16),
    ]
    assert "delivery/653200/ Hotan" in top
    assert nothing == "nothing below delivery/999\n"


def stage(key: str) -> Stage:
    return Stage(name="inspection", version=1, inputs={"film": key * 64})


def test_local_work_goes_when_nothing_asked_for_it(tmp_path: Path) -> None:
    place = Workspace(tmp_path, settings.read(tmp_path / "showcase.toml")).make()
    journal = Journal(place)
    stages = StageStore(place, journal)
    old, used, claimed, held, young = (stage(key) for key in "abcde")
    for item in (old, used, claimed, held, young):
        stages.run(item, lambda dirs: (dirs.folder / "x").write_bytes(bytes(1000)) and None)
    month = time.time() - 40 * 86400
    for item in (old, used, claimed, held):
        for path in (stages.folder(item), *stages.folder(item).iterdir()):
            os.utime(path, (month, month))
    copy = place.hidden / "inbox" / "653200" / "a" / "r1" / "film.mp4"
    copy.parent.mkdir(parents=True)
    copy.write_bytes(bytes(500))
    os.utime(copy, (month, month))
    stages.run(used, lambda _: None)
    (place.scratch / "gc-left").mkdir()
    before = datetime.now(UTC) - timedelta(days=30)
    with in_flight(place) as film:
        entry = stages.folder(claimed).relative_to(place.hidden).as_posix()
        film.claim.write_text(f"{entry}\n")
        from filelock import FileLock

        with FileLock(place.locks / f"inspection-{held.key[:24]}.lock"):
            found = old_work.old_work(place, before)
            assert {item.path for item in found} == {stages.folder(old), copy.parent, place.scratch / "gc-left"}
            assert not any(
                old_work.remove(
                    place, old_work.OldWork(stages.folder(held), 0, place.locks / f"inspection-{held.key[:24]}.lock")
                )
                for _ in "a"
            )
        assert all(old_work.remove(place, item) for item in found)
    assert not stages.folder(old).exists()
    assert not copy.parent.exists()
    assert list(place.scratch.iterdir()) == []
    assert all(stages.is_done(item) for item in (used, held, young))


def test_the_embedded_server_gives_the_disk_back(tmp_path: Path) -> None:
    with embedded.serve(tmp_path, ("delivery",)) as server:
        bucket = Bucket(Store(server.connection, endpoint_shown=""), "delivery")
        kept_store.put(bucket, "kept", b"kept" * 1000)
        for number in range(10):
            kept_store.put(bucket, f"a/{number}", os.urandom(2 << 20))
        full = vacuum.taken_bytes(tmp_path / "data")
        for number in range(10):
            bucket.delete(f"a/{number}")
        before, after = vacuum.vacuum(tmp_path)
        assert before > full - (1 << 20)
        assert after < before - (19 << 20)
        assert bucket.get("kept") == b"kept" * 1000
    assert wait_for_none(tmp_path) == []
