"""A store is held to what its markers and manifests say: each thing that is wrong is found, and nothing else."""

from __future__ import annotations

import hashlib
import io
import json
import random
import shutil
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.exchange.audit.progress_file import Asked, Progress
from pipeline.model.delivery import Clearable, Cleared
from pipeline.model.stage import Stage
from pipeline.storage import layout, shared_stages, sources
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.common_store import CommonStore
from tests.conftest import Result, Showcase
from tests.storage import kept_store
from tests.storage.kept_store import deliver, kill_at, package_id_of, put, submit
from tests.storage.proxy import Message, proxied

REF = "653200/653200-a"
PACKAGE = f"{REF}/{package_id_of(REF, 1)}"


@pytest.fixture(scope="module")
def connection(common_store: CommonStore) -> Iterator[Connection]:
    with common_store.taken("delivery", "inbox", "work") as connection:
        yield connection


@pytest.fixture
def buckets(connection: Connection) -> Buckets:
    """The store with a film in it, and nothing else."""
    store = Store(connection, endpoint_shown="")
    made = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"))
    for bucket in (made.inbox, made.delivery, made.work):
        for key in kept_store.keys(bucket):
            bucket.delete(key)
    submit(made, REF, 1, draft=True)
    deliver(made, REF, 1)
    kept_store.answer(made, REF, 1)
    kept_store.approve(made, REF, 1)
    return made


@pytest.fixture
def asked(showcase: Showcase, connection: Connection) -> Showcase:
    """The command, asked about it."""
    return at(showcase, connection)


def at(showcase: Showcase, connection: Connection, endpoint: str | None = None) -> Showcase:
    showcase.environment |= {
        "AWS_ENDPOINT_URL_S3": endpoint or connection.endpoint or "",
        "AWS_ACCESS_KEY_ID": connection.access_key or "",
        "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
    }
    return showcase


def told(result: Result) -> set[tuple[object, object]]:
    return {(row["problem"], row["where"]) for row in result.rows if "problem" in row}


def test_a_store_that_is_whole(buckets: Buckets, asked: Showcase, tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"film")
    digest = hashlib.sha256(b"film").hexdigest()
    sources.put(buckets, tmp_path / "film", digest)
    stage = Stage(name="inspection", version=1, inputs={"film": digest})
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "inspection.json").write_bytes(b"{}")
    shared_stages.publish(buckets.work, stage, tmp_path / "out")
    deliver(buckets, REF, 2, ready=False)
    result = asked("store", "verify", "--json")
    assert result.code == 0, result.out
    last = result.rows[-1]
    assert (last["problems"], last["not_announced"], last["without_digest"]) == (0, 4, 0)
    # films and proxy; streams, lists and claims; of `work` the film and the stage's file
    assert last["read"] == 10
    assert list((asked.folder / ".showcase" / "cache" / "audit").glob("*.read")) == []
    shown = asked("store", "verify", "--sample", "0%", "--lang", "zh")
    assert shown.code == 0, shown.out
    assert "存储完好" in shown.out


def overwritten(key: str) -> Callable[[Buckets], None]:
    return lambda buckets: put(buckets.delivery, key, b"other")


def flipped(buckets: Buckets) -> None:
    """Other bytes under the digest of the right ones, as a disk makes them."""
    content = kept_store.FILES["ts/hd.ts"]
    buckets.delivery.store.ask(
        "-",
        lambda client: client.put_object(
            Bucket="delivery",
            Key=f"{PACKAGE}/ts/hd.ts",
            Body=bytes([content[0] ^ 1]) + content[1:],
            Metadata={"sha256": kept_store.digest(content)},
        ),
    )


def half_cleared(buckets: Buckets) -> None:
    record = Cleared(
        submission_id=REF.split("/")[1],
        package_id=PACKAGE.rpartition("/")[2],
        kind=Clearable.WITHDRAWN_PACKAGE,
        rule="x",
        objects=1,
        size_bytes=1,
        by="x",
        at=kept_store.AT,
    )
    put(buckets.delivery, f"{PACKAGE}/CLEARED.json", record.to_file())


WRONG: dict[str, tuple[Callable[[Buckets], object], str, str]] = {
    "missing": (lambda b: b.delivery.delete(f"{PACKAGE}/ts/hd.ts"), "missing", f"delivery/{PACKAGE}/ts/hd.ts"),
    "film": (lambda b: b.inbox.delete(f"{REF}/r1/media/01.mp4"), "missing", f"inbox/{REF}/r1/media/01.mp4"),
    "size": (overwritten(f"{PACKAGE}/ts/hd.ts"), "size", f"delivery/{PACKAGE}/ts/hd.ts"),
    "metadata": (
        lambda b: put(b.delivery, f"{PACKAGE}/ts/hd.ts", bytes(len(kept_store.FILES["ts/hd.ts"]))),
        "metadata",
        f"delivery/{PACKAGE}/ts/hd.ts",
    ),
    "bytes": (flipped, "bytes", f"delivery/{PACKAGE}/ts/hd.ts"),
    "extra": (overwritten(f"{PACKAGE}/ts/more.ts"), "extra", f"delivery/{PACKAGE}/ts/more.ts"),
    "stray": (overwritten("stray"), "extra", "delivery/stray"),
    "strange": (overwritten("653200/a\x1b[31m/x"), "extra", "delivery/653200/a\x1b[31m/"),
    "marker": (overwritten(f"{PACKAGE}/ACK.json"), "marker", f"delivery/{PACKAGE}/ACK.json"),
    "marker of films": (
        lambda b: put(b.inbox, f"{REF}/r1/SUBMITTED.json", b"{}"),
        "marker",
        f"inbox/{REF}/r1/SUBMITTED.json",
    ),
    "large marker": (
        lambda b: put(b.delivery, f"{PACKAGE}/READY.json", bytes(2 << 20)),
        "marker",
        f"delivery/{PACKAGE}/READY.json",
    ),
    "manifest": (overwritten(f"{PACKAGE}/package.json"), "manifest", f"delivery/{PACKAGE}/package.json"),
    "listing": (overwritten(f"{PACKAGE}/checksums.sha256"), "listing", f"delivery/{PACKAGE}/checksums.sha256"),
    "left": (half_cleared, "left", f"delivery/{PACKAGE}/"),
    "source": (lambda b: put(b.work, f"sources/{'0' * 64}", b"x"), "metadata", f"work/sources/{'0' * 64}"),
}
WRONG |= {
    "words": (
        lambda b: put(b.inbox, f"{REF}/r1/submission.yaml", b"schema_version: 1\n"),
        "words",
        f"inbox/{REF}/r1/submission.yaml",
    ),
}
OFTEN = ("missing", "bytes", "extra", "marker", "manifest", "left")


@pytest.mark.parametrize(
    "name", [name if name in OFTEN else pytest.param(name, marks=pytest.mark.acceptance) for name in WRONG]
)
def test_what_is_wrong_is_told_once(name: str, buckets: Buckets, asked: Showcase) -> None:
    act, problem, where = WRONG[name]
    act(buckets)
    result = asked("store", "verify", "--json")
    assert result.code == 6, result.out
    assert told(result) == {(problem, where)}
    if name in ("bytes", "extra"):
        shown = asked("store", "verify", "--lang", "zh")
        assert shown.code == 6
        assert f"✗ {where}" in shown.out
        assert "有 1 处不对" in shown.out
        assert asked("store", "verify", "inbox", "--json").code == 0


def test_a_sample_is_the_same_for_its_seed_and_an_old_one_is_passed_over(
    buckets: Buckets, asked: Showcase, tmp_path: Path
) -> None:
    drawn = [Progress(tmp_path, Asked(share=0.3, seed=seed), set(), io.BytesIO()) for seed in (1, 1, 2)]
    chosen = [{number for number in range(1000) if item.is_read(str(number))} for item in drawn]
    assert chosen[0] == chosen[1] != chosen[2]
    assert all(250 < len(item) < 350 for item in chosen)
    flipped(buckets)
    assert asked("store", "verify", "--since", "2199-01-01").code == 0
    sample = asked("store", "verify", "--sample", "0%", "--json")  # sizes and kept digests are as they must be
    assert (sample.code, sample.rows[-1]["read"], sample.rows[-1]["sample"]) == (0, 0, 0.0)


def series(showcase: Showcase, connection: Connection, seed: int, kills: int) -> int:
    """Kill a verification at drawn moments until one ends; gives how many objects were read twice."""
    read: list[str] = []

    def slow(given: Message) -> Message | None:
        if given.method == "GET" and "/ts/" in given.path:
            read.append(given.path)
            time.sleep(0.02)
        return None

    with proxied(connection, slow) as proxy:
        at(showcase, connection, proxy.store.endpoint_shown)
        draw = random.Random(seed)
        for _ in range(kills):
            kill_at(showcase.start("store", "verify", "--json"), read, draw.randrange(1, 60))
        result = showcase("store", "verify", "--json")
    assert result.code == 6, result.err
    assert {row["problem"] for row in result.rows if "problem" in row} == {"bytes"}
    last = result.rows[-1]
    print(f"seed {seed}: {kills} kills, {len(read)} reads, {last['read_before']} known in the last run")
    return len(read) - len(set(read))


@pytest.mark.parametrize(
    ("seed", "kills"), [(1, 2), *(pytest.param(seed, 5, marks=pytest.mark.acceptance) for seed in range(2, 12))]
)
def test_a_killed_verification_goes_on(
    seed: int, kills: int, buckets: Buckets, connection: Connection, showcase: Showcase
) -> None:
    films = {f"ts/{number:03}.ts": f"{number}".encode() * 100 for number in range(200)}
    deliver(buckets, "653200/653200-b", 1, films)
    flipped(buckets)
    # what was being read when it was killed is read again, and the one that is wrong each time
    assert series(showcase, connection, seed, kills) <= kills * (8 + 1)


def test_a_torn_state_counts_for_what_it_holds(buckets: Buckets, asked: Showcase) -> None:
    flipped(buckets)
    assert asked("store", "verify", "--sample", "100%").code == 6
    folder = asked.folder / ".showcase" / "cache" / "audit"
    shutil.rmtree(folder)
    folder.mkdir()
    assert asked("store", "verify", "--json").rows[-1]["read_before"] == 0
    asked_before = {"share": 1.0, "seed": 7, "since": "", "prefix": ""}
    name = next(iter(folder.glob("*.lock"))).stem
    (folder / f"{name}.read").write_text(json.dumps(asked_before) + "\nabc")
    again = asked("store", "verify", "--json")
    assert (again.code, again.rows[-1]["seed"], again.rows[-1]["read_before"]) == (6, 7, 0)


def test_no_record_of_ours_is_strange_to_it() -> None:
    assert layout.is_record("READY.json")
    assert layout.is_record(f"c2/{'0' * 32}/ORDER.json")
    assert not layout.is_record("c2.xml")


def with_own_key(bucket: Bucket, key: str) -> None:
    """Encrypted with a key that nobody else has (SSE-C)."""
    own = b"k" * 32
    bucket.store.ask(
        key,
        lambda client: client.put_object(
            Bucket=bucket.name, Key=key, Body=b"{}", SSECustomerAlgorithm="AES256", SSECustomerKey=own
        ),
    )


def test_what_the_store_does_not_give_costs_its_own_line(buckets: Buckets, asked: Showcase) -> None:
    other = "650100/650100-x"
    submit(buckets, other, 1)
    deliver(buckets, other, 1)
    package = f"{other}/{package_id_of(other, 1)}"
    given = [
        (buckets.inbox, f"{other}/r1/SUBMITTED.json"),
        (buckets.inbox, f"{other}/r1/submission.yaml"),
        (buckets.delivery, f"{package}/package.json"),
        (buckets.delivery, f"{package}/ts/hd.ts"),
    ]
    for bucket, key in given:
        with_own_key(bucket, key)
    buckets.delivery.delete(f"{PACKAGE}/ts/hd.ts")
    result = asked("store", "verify", "--json")
    assert result.code == 6, result.err
    wanted = {("refused", f"{bucket.name}/{key}") for bucket, key in given}
    assert told(result) == {*wanted, ("missing", f"delivery/{PACKAGE}/ts/hd.ts")}
    assert len([row for row in result.rows if "problem" in row]) == 5


def test_every_prefecture_has_room(buckets: Buckets, asked: Showcase) -> None:
    record = kept_store.marker_of(REF, 1, "media/01.mp4", b"x")
    for ref, count in (("650100/650100-x", 4000), ("650100/650100-y", 3)):
        prefecture, name = ref.split("/")
        files = tuple(record.files[0].model_copy(update={"path": f"{n}", "file": f"{n}"}) for n in range(count))
        marker = record.model_copy(update={"prefecture": prefecture, "submission_id": name, "files": files})
        put(buckets.inbox, f"{ref}/r1/SUBMITTED.json", marker.to_file())
    buckets.inbox.delete(f"{REF}/r1/media/01.mp4")
    put(buckets.inbox, f"650100/650100-z/{'z' * 200}", b"x")
    shown = asked("store", "verify", "inbox", "--lang", "en")
    assert shown.code == 6
    lines = [line for line in shown.out.splitlines() if line.lstrip().startswith(("✗", "…"))]
    assert len(lines) == 5 + 1 + 3 + 1 + 1, shown.out
    assert "z…z" in lines[9]
    assert max(map(len, lines)) < 200
    assert lines[5] == "  … and 3995 more below inbox/650100/650100-x/ (--json shows all)"
    assert f"✗ inbox/{REF}/r1/media/01.mp4" in lines[-1]


def test_kept_digests_of_records_are_compared_in_every_mode(buckets: Buckets, asked: Showcase) -> None:
    key = f"{REF}/r1/inspection.json"
    content = buckets.inbox.get(key) or b""
    buckets.inbox.store.ask(
        key,
        lambda client: client.put_object(Bucket="inbox", Key=key, Body=content, Metadata={"sha256": "0" * 64}),
    )
    for more in ((), ("--sample", "0%")):
        assert told(asked("store", "verify", "--json", *more)) == {("bytes", f"inbox/{key}")}
