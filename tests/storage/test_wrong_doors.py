"""Every wrong door: who is invited, and who is not, at everything that is not theirs, on a real store.

Each attempt is refused, or reaches only what its caller may see and put anyway. What became of it is read behind the
store's own door: in the server's files, and by marks in every object that is not the caller's. The table is printed.
"""

from __future__ import annotations

import hashlib
import http.client
import json
import os
import signal
import time
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline.storage import identities, keys
from pipeline.storage.keys import KeyPair
from tests.conftest import Showcase, wait_for_none
from tests.e2e.test_roles import home
from tests.storage.raw_requests import Caller, Reply, Request
from tests.storage.tried_doors import Door, Scene, Upload, doors

VICTIM, INTRUDER, SHARED = "653200", "653100", "work"
REFUSED, ONLY_ITS_OWN, OPEN = "refused", "only its own", "OPEN"
# by bucket, what lies there of others; the first of each is the one whose key is spelled in every way
THERE = (
    ("inbox", f"{VICTIM}/film/r1/SUBMITTED.json"),
    ("inbox", f"{VICTIM}/film/r1.json"),
    ("delivery", f"{VICTIM}/film/pkg/READY.json"),
    ("delivery", f"{VICTIM}/film/pkg/ACK.json"),
    ("delivery", f"{VICTIM}/film/pkg/WITHDRAWN.json"),
    ("delivery", f"{VICTIM}/film/pkg/CLEARED.json"),
    ("delivery", f"{VICTIM}/film/reviews/r1-0001.json"),
    ("delivery", f"{VICTIM}/film/pkg/c2/{'0' * 32}/ORDER.json"),
    ("delivery", f"{VICTIM}/_campaign/july/0001.json"),
    ("delivery", "_campaign/july/r1.json"),
    ("work", f"sources/{'a' * 64}"),
)
UNDER_WAY = (("inbox", f"{VICTIM}/film/r1/media/01.mov"), ("delivery", f"{VICTIM}/film/pkg/ts/film.ts"))


def is_answer(key: str) -> bool:
    return "/ACK" in key


def is_of_nobody(key: str) -> bool:
    """What neither editor nor worker puts: the operator's words, and the administrator's."""
    return is_answer(key) or "/CLEARED" in key


def is_of_people(key: str) -> bool:
    return is_of_nobody(key) or any(name in key for name in ("/WITHDRAWN", "/reviews/", "/c2/", "_campaign/"))


@dataclass(frozen=True)
class Place:
    """What somebody may see and put, of an object's bucket and key, and where its own things lie."""

    sees: Callable[[str, str], bool]
    puts: Callable[[str, str], bool]
    own: tuple[str, str] | None = None


def nothing(_: str, __: str) -> bool:
    return False


PLACES = {
    INTRUDER: Place(
        lambda bucket, key: (
            (key.startswith(f"{INTRUDER}/") and bucket in ("inbox", "delivery"))
            or (key.startswith("_campaign/") and bucket == "delivery")
        ),
        lambda bucket, key: key.startswith(f"{INTRUDER}/") and bucket == "inbox",
        ("inbox", f"{INTRUDER}/mine/"),
    ),
    "operator": Place(
        lambda bucket, _: bucket == "delivery",
        lambda bucket, key: bucket == "delivery" and is_answer(key),
        ("delivery", f"{VICTIM}/film/pkg/ACK-"),
    ),
    "worker": Place(
        lambda _, __: True,
        lambda bucket, key: bucket == "work" or (bucket == "delivery" and not is_of_people(key)),
        ("work", "mine/"),
    ),
    "editor": Place(
        lambda _, __: True,
        lambda bucket, key: bucket == "work" or (bucket == "delivery" and not is_of_nobody(key)),
        ("work", "mine/"),
    ),
    **dict.fromkeys(("anonymous", "wrong secret", "unknown key", "revoked"), Place(nothing, nothing)),
}


@dataclass
class Store:
    """A real store with everybody invited, and what is behind its door.

    Args:
        filer: the server's own door to its files, which only this machine has.
    """

    folder: Path
    owner: Caller
    filer: str
    callers: dict[str, Caller]
    uploads: list[Upload] = field(default_factory=list)
    unsigned: list[tuple[str, str, str]] = field(default_factory=list)  # what was refused for its spelling already

    def lay_out(self) -> None:
        """Put what is others', each with its mark in content and metadata, and begin what is under way."""
        for bucket, key in THERE:
            headers = {"x-amz-meta-mark": mark(bucket, key).decode()}
            self.done(Request("PUT", f"/{bucket}/{key}", "", headers, mark(bucket, key)))
        for bucket, key in (("inbox", f"{INTRUDER}/mine/own.json"), ("delivery", f"{INTRUDER}/mine/p/READY.json")):
            self.done(Request("PUT", f"/{bucket}/{key}", body=b"its own"))
        self.done(Request("PUT", f"/{SHARED}/mine/own.json", body=b"its own"))
        self.done(Request("PUT", f"/delivery/{VICTIM}/film/pkg/ACK-own.json", body=b"its own"))
        there = {row.path for row in self.rows()}
        standing = [item for item in self.uploads if f"/buckets/{item.bucket}/.uploads/{item.identity}" in there]
        for bucket, key in UNDER_WAY:
            if all((item.bucket, item.key) != (bucket, key) for item in standing):
                begun = self.done(Request("POST", f"/{bucket}/{key}", "uploads="))
                identity = begun.body.partition(b"<UploadId>")[2].partition(b"<")[0].decode()
                part = Request("PUT", f"/{bucket}/{key}", f"partNumber=1&uploadId={identity}", body=mark(bucket, key))
                standing.append(Upload(bucket, key, identity, self.done(part).headers["etag"]))
        self.uploads = standing

    def begun_by(self, caller: Caller, own: tuple[str, str]) -> Upload:
        """An upload of the caller's own, which stays."""
        bucket, key = own[0], f"{own[1]}parts.bin"
        begun = caller.ask(Request("POST", f"/{bucket}/{key}", "uploads="))
        assert begun.status == 200, begun
        return Upload(bucket, key, begun.body.partition(b"<UploadId>")[2].partition(b"<")[0].decode(), "")

    def clear(self, rows: dict[str, Row]) -> None:
        """Take away what was not there before."""
        for row in self.rows():
            if row.path not in rows and not row.is_folder and not row.path.startswith("/buckets/.system"):
                bucket, _, key = row.path.removeprefix("/buckets/").partition("/")
                self.owner.ask(Request("DELETE", f"/{bucket}/{quote(key)}"))

    def done(self, request: Request) -> Reply:
        reply = self.owner.ask(request)
        assert reply.status == 200, (request, reply)
        return reply

    def rows(self, folder: str = "/buckets/") -> Iterator[Row]:
        """Everything that lies in the server's files, with all that is kept beside it."""
        last = ""
        while True:
            asked = f"{quote(folder)}?limit=1000&lastFileName={quote(last)}"
            line = http.client.HTTPConnection(self.filer)
            line.request("GET", asked, headers={"Accept": "application/json"})
            told = json.loads(line.getresponse().read())
            line.close()
            for entry in told["Entries"] or ():
                is_folder = bool(entry["Mode"] & (1 << 31))
                beside = json.dumps([entry.get("Md5"), entry["FileSize"], entry.get("Extended")], sort_keys=True)
                yield Row(entry["FullPath"], is_folder, beside)
                if is_folder:
                    yield from self.rows(f"{entry['FullPath']}/")
            if not told["ShouldDisplayLoadMore"]:
                return
            last = told["LastFileName"]


@dataclass(frozen=True)
class Row:
    """A file or folder of the server's."""

    path: str
    is_folder: bool
    beside: str


def mark(bucket: str, key: str) -> bytes:
    """What nobody knows who has not read it."""
    return b"mark-" + hashlib.sha256(f"{bucket}/{key}".encode()).hexdigest().encode()


@pytest.fixture(scope="session")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Everybody invited by the commands themselves, and one of them shut out again."""
    base = tmp_path_factory.mktemp("doors")
    with pytest.MonkeyPatch.context() as clean:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
            clean.delenv(name)
        admin = home(base, "admin")
        serving = admin.start("store", "serve")
        try:
            yield _invited(admin)
        finally:
            serving.send_signal(signal.SIGINT)
            assert serving.wait(30) == 0
    assert wait_for_none(base) == []


def _invited(admin: Showcase) -> Store:
    folder = admin.folder / ".showcase" / "store"
    deadline = time.monotonic() + 60
    while not (folder / "fsync.done").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)
    assert admin("admin", "invite", "--prefectures", f"{INTRUDER},{VICTIM},653000", "--worker").code == 0
    assert admin("admin", "revoke", "653000").code == 0
    ports = json.loads((folder / "ports.json").read_text())
    endpoint = f"http://127.0.0.1:{ports['s3']}"
    pairs = {
        name: keys.settings_file(admin.folder / "invitations" / f"{name}.toml").pair
        for name in (INTRUDER, "operator", "worker", "editor", "653000")
    }
    pairs["revoked"] = pairs.pop("653000")
    pairs["wrong secret"] = KeyPair(pairs[INTRUDER].key_id, "x" * 40)
    pairs["unknown key"] = KeyPair("A" * 20, "x" * 40)
    callers = {name: Caller(name, endpoint, pair) for name, pair in pairs.items()}
    callers["anonymous"] = Caller("anonymous", endpoint, None)
    owner = Caller("owner", endpoint, identities.owner(folder))
    return Store(admin.folder, owner, f"127.0.0.1:{ports['filer']}", callers)


def leaked(place: Place, reply: Reply) -> list[str]:
    """Objects of others whose content, metadata or name is in an answer."""
    told = reply.body + b"\n".join(f"{name}: {value}".encode() for name, value in reply.headers.items())
    return [
        f"{bucket}/{key}"
        for bucket, key in (*THERE, *UNDER_WAY)
        if mark(bucket, key) in told and not place.sees(bucket, key)
    ]


def listed(place: Place, request: Request, reply: Reply) -> list[str]:
    """Names of others that an answer tells and the request did not."""
    if reply.status >= 400:
        return []
    asked = f"{request.target} {request.body!r} {dict(request.headers)}"
    return [
        f"{bucket}/{key}"
        for bucket, key in (*THERE, *UNDER_WAY)
        if not place.sees(bucket, key) and key.encode() in reply.body and key not in asked
    ]


def changed(place: Place, before: dict[str, Row], after: dict[str, Row]) -> list[str]:
    """What is gone, and what is other or new where the caller may put nothing."""
    found = [
        path
        for path in before
        if path not in after and "/.uploads" not in path and not before[path].is_folder and "/.system/" not in path
    ]
    for path, row in after.items():
        if before.get(path) == row or "/.system/" in path:
            continue
        bucket, _, key = path.removeprefix("/buckets/").partition("/")
        if key.startswith(".uploads"):
            told = json.loads(row.beside)[2] or {}
            key = _decoded(told.get("key", "")) if "key" in told else ""
            if not key or place.puts(bucket, key):
                continue
        is_way = (
            row.is_folder and path not in before and any(place.puts(bucket, f"{key}/x{end}") for end in ("", "/ACK"))
        )
        if not (place.puts(bucket, key) or is_way):
            found.append(path)
    return found


def _decoded(text: str) -> str:
    import base64

    return base64.b64decode(text).decode()


def outcome(store: Store, place: Place, caller: Caller, door: Door, before: dict[str, Row]) -> tuple[str, list[str]]:
    """What came of an attempt; what it reached that it may not."""
    reply = caller.send(door.request, door.request.headers) if door.as_is else caller.ask(door.request)
    reached = leaked(place, reply) + listed(place, door.request, reply)
    if reply.status < 400 and door.reads and b"<Error>" not in reply.body and not place.sees(*door.reads):
        reached.append("/".join(door.reads))
    if reply.status < 400 and door.must_refuse:
        reached.append(f"answered {reply.status}")
    if reply.status == 403 and b"SignatureDoesNotMatch" in reply.body and caller.pair and not door.as_is:
        store.unsigned.append((caller.name, door.act, door.name))
    is_refused = reply.status >= 400 or (b"<Error>" in reply.body and b"<Deleted>" not in reply.body)
    if is_refused:
        return (OPEN if reached else REFUSED), reached
    if door.request.method not in ("GET", "HEAD"):
        after = {row.path: row for row in store.rows()}
        reached += changed(place, before, after)
        store.clear(before)
        store.lay_out()
    return (OPEN if reached else ONLY_ITS_OWN), reached


@dataclass(frozen=True)
class Rounds:
    """Who tries, and whose objects they try: buckets and keys."""

    names: tuple[str, ...]
    there: tuple[tuple[str, str], ...]


DAILY = Rounds((INTRUDER, "anonymous"), THERE[:1])
ALL = pytest.param(Rounds(tuple(PLACES), THERE), marks=pytest.mark.acceptance, id="all")


@pytest.mark.timeout(900)
@pytest.mark.parametrize("rounds", [pytest.param(DAILY, id="daily"), ALL])
def test_every_wrong_door_is_shut(rounds: Rounds, store: Store, capsys: pytest.CaptureFixture[str]) -> None:
    counts: dict[tuple[str, str], Counter[str]] = {}
    opened: list[tuple[str, str, str, list[str]]] = []
    for name in rounds.names:
        caller, place = store.callers[name], PLACES[name]
        store.lay_out()
        mine = store.begun_by(caller, place.own) if place.own else None
        before = {row.path: row for row in store.rows()}
        uploads = tuple(item for item in store.uploads if item.bucket in {bucket for bucket, _ in rounds.there})
        for door in doors(caller, Scene(place.own, rounds.there, uploads, mine)):
            came, reached = outcome(store, place, caller, door, before)
            counts.setdefault((door.act, name), Counter())[came] += 1
            if came == OPEN:
                opened.append((name, door.act, door.name, reached))
        assert changed(place, before, {row.path: row for row in store.rows()}) == []
    with capsys.disabled():
        print(table(counts, rounds.names))
    assert opened == []


OPENABLE = (
    "list",
    "read",
    "head",
    "write",
    "delete",
    "copy from",
    "copy a part from",
    "parts of an upload",
    "tagging",
    "presigned",
)


def test_what_is_open_is_found(store: Store) -> None:
    """The owner, held to what nobody may: each act tells that it is open."""
    store.lay_out()
    place = Place(nothing, nothing, ("inbox", f"{INTRUDER}/mine/"))
    mine = store.begun_by(store.owner, ("inbox", f"{INTRUDER}/mine/"))
    scene, found = Scene(place.own, THERE[:1], tuple(store.uploads[:1]), mine), set()
    for door in doors(store.owner, scene):
        is_of_bucket = "/" not in door.request.path[1:] and door.act in ("delete", "tagging")
        if door.act in found or door.act not in OPENABLE or is_of_bucket:
            continue
        before = {row.path: row for row in store.rows()}
        if outcome(store, place, store.owner, door, before)[0] == OPEN:
            found.add(door.act)
    assert found == set(OPENABLE)


def table(counts: dict[tuple[str, str], Counter[str]], names: tuple[str, ...]) -> str:
    """Acts by callers: how many were refused, and how many reached only what the caller may see and put."""
    acts = list(dict.fromkeys(act for act, _ in counts))
    lines = ["", f"{'':24}" + "".join(f"{name:>15}" for name in names)]
    for act in acts:
        cells = [counts.get((act, name), Counter()) for name in names]
        row = "".join(
            f"{f'{cell[REFUSED]} / {cell[ONLY_ITS_OWN]}' + (f' / {cell[OPEN]}!' if cell[OPEN] else ''):>15}"
            for cell in cells
        )
        lines.append(f"{act:24}{row}")
    total = sum(counts.values(), Counter())
    return "\n".join(
        [*lines, f"{total.total()} tried: " + ", ".join(f"{total[key]} {key}" for key in (REFUSED, ONLY_ITS_OWN, OPEN))]
    )
