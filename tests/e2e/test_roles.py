"""Who may do what: seventeen real identities on one real server, each command by each role, allowed or refused.

What is refused says so (exit 3), puts nothing, and asks for nothing that the role may not see.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import signal
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from pipeline.model import region
from pipeline.storage import doors, identities, keys, rights
from pipeline.storage.bucket import Bucket
from pipeline.storage.buckets import Buckets
from pipeline.storage.rights import Act, BucketNames, Role
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from tests.conftest import Showcase, code_quickly, wait_for_none

FOURTEEN = region.prefectures()
OWNER, NEIGHBOUR = "653200", "653100"
OWNERS_VIEW = "the owner"
EVERYBODY = (*FOURTEEN, "editor", "operator", "worker")
REFUSALS = {"right_of_another", "film_of_others", "store_no_list", "inbox_not_operators"}
FEW = "schema_version: 1\npolicy: showcase-film\nprofiles: [{name: iptv-sd}, {name: poster}]\n"


# by whom it works; everybody else is refused
OWNERS, EDITORS, OPERATORS, WORKERS = {OWNER}, {"editor"}, {"operator"}, {"worker"}
REFUSED: dict[str, tuple[tuple[str, ...], set[str]]] = {
    "submit": (("submit", "third.yaml"), OWNERS),
    "status of one": (("status", f"{OWNER}/ready"), OWNERS | EDITORS | OPERATORS | WORKERS),
    "log": (("log", f"{OWNER}/ready"), OWNERS | EDITORS | OPERATORS | WORKERS),
    "inbox": (("inbox",), {*FOURTEEN, "editor", "worker"}),
    "look": (("review", f"{OWNER}/waits"), OWNERS | EDITORS | WORKERS),
    "note": (("review", f"{OWNER}/waits", "--note", "00:00:01:00", "暗"), EDITORS),
    "return": (("review", f"{OWNER}/waits", "--return", "声音太小"), EDITORS),
    "approve": (("review", f"{OWNER}/waits", "--approve", "--yes"), EDITORS),
    "run an id": (("run", f"{OWNER}/ready"), EDITORS),
    "run a film": (("run", "ready.yaml"), EDITORS),
    "batch inbox": (("batch", "inbox"), EDITORS),
    "ack": (("ack", f"{OWNER}/ready", "accept", "--yes"), OPERATORS),
    "withdraw": (("withdraw", f"{OWNER}/ready", "--reason", "版权"), EDITORS),
}
WORKS: tuple[tuple[str, ...], ...] = (("status",), ("pull", "--to", "incoming"), ())  # for everybody
ALLOWED: tuple[tuple[str, tuple[str, ...]], ...] = (  # in the order in which people do it
    (OWNER, ("submit", "third.yaml")),
    (OWNER, ("status", f"{OWNER}/waits")),
    (OWNER, ("review", f"{OWNER}/waits")),
    (OWNER, ("inbox",)),
    ("editor", ("inbox",)),
    ("editor", ("status", f"{OWNER}/waits")),
    ("editor", ("review", f"{OWNER}/waits")),
    ("editor", ("review", f"{OWNER}/waits", "--note", "00:00:01:00", "暗")),
    ("editor", ("review", f"{OWNER}/third", "--return", "声音太小")),
    ("editor", ("review", f"{OWNER}/waits", "--approve", "--yes")),
    ("editor", ("batch", "inbox")),
    ("editor", ("run", "ready.yaml")),
    ("operator", ("pull", "--to", "taken")),
    ("operator", ("export", "--table", "series-episodes", "-o", "order.xlsx")),
    ("operator", ("ack", f"{OWNER}/ready", "accept", "--yes")),
    ("operator", ("receipt", f"{OWNER}/ready")),
    ("editor", ("receipt", f"{OWNER}/ready")),
    ("operator", ("status", f"{OWNER}/ready")),
    ("operator", ("log", f"{OWNER}/ready")),
    (OWNER, ("log", f"{OWNER}/ready")),
    ("editor", ("withdraw", f"{OWNER}/ready", "--reason", "版权到期")),
    ("operator", ("pull", "--to", "taken")),
)
BUCKETS = ("inbox", "delivery", "work")
FIRST = (OWNER, NEIGHBOUR, "editor", "operator")
# each right once, and each role; the others by hand
SHUT = (
    ("submit", NEIGHBOUR),
    ("inbox", "operator"),
    ("approve", OWNER),
    ("batch inbox", NEIGHBOUR),
    ("ack", "editor"),
    ("withdraw", "operator"),
)


@dataclass(frozen=True)
class Cells:
    """Who does what in a test: the roles, or everybody, who is like one of them; `shut` are commands and identities."""

    people: tuple[str, ...]
    shut: tuple[tuple[str, str], ...]


ROLES = Cells(FIRST, SHUT)
EVERY_CELL = tuple((command, name) for command, (_, who) in REFUSED.items() for name in EVERYBODY if name not in who)
ALL = pytest.param(Cells(EVERYBODY, EVERY_CELL), marks=pytest.mark.acceptance, id="all")


@dataclass(frozen=True)
class Season:
    """A store with everybody invited; the administrator works in `admin`."""

    admin: Showcase
    endpoint: str
    films: Path
    people: dict[str, Showcase] = field(default_factory=dict)
    views: dict[str, Store] = field(default_factory=dict)

    def person(self, name: str) -> Showcase:
        """One of them, in a home of its own with nothing but the settings file, and the films beside."""
        if name not in self.people:
            made = self.people[name] = home(self.admin.folder.parent.parent, name)
            taken = made("setup", "--import", self.admin.folder / "invitations" / f"{name}.toml")
            assert taken.code == 0, (name, taken.err)
            for file in self.films.glob("*"):
                shutil.copy(file, made.folder / file.name)
        return self.people[name]

    def store(self, name: str) -> Store:
        """The store as one of them sees it."""
        pair = keys.settings_file(self.admin.folder / "invitations" / f"{name}.toml").pair
        return Store(Connection(self.endpoint, pair.key_id, pair.secret), endpoint_shown=self.endpoint)

    def owners(self) -> Store:
        """The store as its owner sees it."""
        if OWNERS_VIEW not in self.views:
            pair = identities.owner(self.admin.folder / ".showcase" / "store")
            connection = Connection(self.endpoint, pair.key_id, pair.secret)
            self.views[OWNERS_VIEW] = Store(connection, endpoint_shown=self.endpoint)
        return self.views[OWNERS_VIEW]

    def objects(self) -> dict[str, str]:
        """Every object of the buckets, with its ETag."""
        return {
            f"{bucket}/{item.key}": item.etag
            for bucket in BUCKETS
            for item in Bucket(self.owners(), bucket).walk("", lambda _: None, 1000)
        }

    def open_uploads(self) -> int:
        """Uploads in parts that were begun and neither ended nor given up."""
        found = [self.owners().client().list_multipart_uploads(Bucket=name) for name in BUCKETS]
        return sum(len(answer.get("Uploads", [])) for answer in found)


def home(base: Path, name: str) -> Showcase:
    """A person with a fresh home and an empty folder."""
    folder = base / name / "desk"
    folder.mkdir(parents=True)
    return Showcase(
        folder,
        {
            "HOME": str(base / name),
            "XDG_CONFIG_HOME": str(base / name / "config"),
            "XDG_CACHE_HOME": str(base / name / "cache"),
            "AWS_CONFIG_FILE": "/nonexistent",
            "AWS_SHARED_CREDENTIALS_FILE": "/nonexistent",
            "AWS_EC2_METADATA_DISABLED": "true",
            "SHOWCASE_LANG": "zh",
        },
    )


@pytest.fixture(scope="module")
def invited(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Season]:
    """Everybody invited by one command, while the server runs."""
    base = tmp_path_factory.mktemp("season")
    with pytest.MonkeyPatch.context() as clean:
        for name in [name for name in os.environ if name.startswith(("AWS_", "SHOWCASE_"))]:
            clean.delenv(name)
        admin = home(base, "admin")
        serving = admin.start("store", "serve")
        try:
            _await(admin)
            called = admin("admin", "invite", "--prefectures", "all", "--worker", "--json")
            assert called.code == 0, called.err
            assert [row["identity"] for row in called.rows] == list(EVERYBODY)
            endpoint = str(keys.settings_file(admin.folder / "invitations" / "editor.toml").settings["endpoint"])
            made = Season(admin, endpoint, base / "films")
            yield made
        finally:
            serving.send_signal(signal.SIGINT)
            assert serving.wait(30) == 0
    assert wait_for_none(base) == []


@pytest.fixture(scope="module")
def season(invited: Season, small_film: Path) -> Season:
    """With two films of one prefecture: one waits for the editor, one is delivered."""
    _films(invited.films, small_film)
    _send_and_deliver(invited)
    return invited


def _await(admin: Showcase) -> None:
    """Until the first start is done."""
    deadline = time.monotonic() + 60
    while not (admin.folder / ".showcase" / "store" / "fsync.done").exists():
        assert time.monotonic() < deadline
        time.sleep(0.1)


def _films(folder: Path, film: Path) -> None:
    """A film and three submissions of it."""
    folder.mkdir()
    shutil.copy(film, folder / "film.mp4")
    for name, title in (("waits", "等着的"), ("ready", "播出的"), ("third", "第三部")):
        text = f"title: {title}\nprefecture: '{OWNER}'\nmedia: [{{file: film.mp4, role: main}}]\n"
        (folder / f"{name}.yaml").write_text(f"schema_version: 1\nid: {name}\n{text}", "utf-8")


def _send_and_deliver(season: Season) -> None:
    """One of them waits for the editor, one is delivered."""
    owner, editor = season.person(OWNER), season.person("editor")
    code_quickly(editor.folder)
    (editor.folder / "profiles" / "sets").mkdir()
    (editor.folder / "profiles" / "sets" / "showcase-film.yaml").write_text(FEW)
    steps = [(owner, ("submit", f"{name}.yaml")) for name in ("waits", "ready")]
    steps += [(editor, ("review", f"{OWNER}/ready", "--approve", "--yes")), (editor, ("run", f"{OWNER}/ready"))]
    for person, words in steps:
        done = person(*words)
        assert done.code == 0, (words, done.err)


@pytest.mark.timeout(900)
@pytest.mark.parametrize("cells", [pytest.param(ROLES, id="roles"), ALL])
def test_each_command_by_each_role_is_allowed_or_refused(
    cells: Cells, season: Season, subtests: pytest.Subtests
) -> None:
    for name in cells.people:
        with subtests.test("rights", name=name):
            every_right_is_as_the_table_says(season, name)
    for command, name in cells.shut:
        with subtests.test("refused", command=command, name=name):
            is_refused_and_puts_nothing(season, name, REFUSED[command][0])
    for name in cells.people:
        for words in WORKS if cells is not ROLES or name == NEIGHBOUR else WORKS[:1]:
            with subtests.test("works", name=name, words=words):
                works_and_puts_nothing(season, name, words)
    with subtests.test("what a prefecture sees is its own"):
        seen = season.person(OWNER)("status", "--json").rows
        assert {str(row["submission_id"]) for row in seen} == {"waits", "ready"}
        assert season.person(NEIGHBOUR)("status", "--json").rows == []
        assert [row["item"] for row in season.person(OWNER)("pull", "--to", "own", "--json").rows] == ["ready"]
    with subtests.test("the operator sees what is delivered"):
        seen = season.person("operator")("status", "--json").rows
        assert [(row["submission_id"], row["stage"]) for row in seen] == [("ready", "ready")]
        assert "没有任何权限" in season.person("operator")("inbox").err
    for name, words in ALLOWED:
        with subtests.test("allowed", name=name, words=words):
            done = season.person(name)(*words)
            assert done.code == 0, (done.out, done.err)


def test_a_worker_takes_films_in_and_brings_packages_and_nothing_that_people_say(invited: Season) -> None:
    every_right_is_as_the_table_says(invited, "worker")
    shut = {right.act for right in rights.table(Role.WORKER, BucketNames()) if not right.allowed}
    assert shut == {Act.PUT, Act.UPLOAD, Act.DELETE, Act.ACK, Act.WITHDRAW, Act.REVIEW, Act.ORDER, Act.PLAN, Act.CLEAR}
    is_refused_and_puts_nothing(invited, "worker", ("withdraw", f"{OWNER}/ready", "--undo"))
    said = keys.settings_file(invited.admin.folder / "invitations" / "worker.toml").settings
    assert (said["role"], said["work"]) == ("worker", "work")
    for name in (OWNER, "operator"):
        assert "work" not in keys.settings_file(invited.admin.folder / "invitations" / f"{name}.toml").settings


def test_advice_is_for_its_reader(season: Season) -> None:
    owner, editor, operator = (season.person(name) for name in (OWNER, "editor", "operator"))
    for name in ("films", "ready"):
        (owner.folder / name).mkdir(exist_ok=True)
    for whose, words in (
        ("编辑", ("review", f"{OWNER}/waits", "--approve", "--yes")),
        ("编辑", ("run", "ready")),
        ("编辑", ("batch", "films")),
    ):
        told = owner(*words)
        assert told.code == 3
        assert f"由{whose}来做" in told.err
        assert "没有做这件事的权限" not in told.err
    assert "由运营方来做" in editor("ack", f"{OWNER}/ready", "accept").err
    assert "由编辑来做" in operator("withdraw", f"{OWNER}/ready", "--undo").err
    folder = owner("check", "films").err
    assert "showcase submit -n" in folder
    assert "showcase batch" not in folder

    text = (owner.folder / "third.yaml").read_text("utf-8").replace("third", "fourth").replace("第三部", "第四部")
    (owner.folder / "fourth.yaml").write_text(text, "utf-8")
    assert owner("submit", "fourth.yaml").code == 0
    wanted = [row["wanted_of"] for row in owner("inbox", "--json").rows]
    assert "editor" in wanted
    for person, role in ((owner, "producer"), (editor, "editor")):
        count = wanted.count(role)
        assert re.findall(r"等您处理：(\d+) 部", person("inbox").out) == ([str(count)] if count else [])
    assert "还没有影片" not in operator().out
    assert editor("withdraw", f"{OWNER}/ready", "--reason", "版权").code == 0
    planned = editor("batch", "inbox", "-n")
    assert planned.code == 0, planned.err
    assert f"showcase withdraw {OWNER}/ready --undo" in planned.out
    bare = owner(cwd=owner.folder / "films")
    assert "showcase " in bare.out
    assert "showcase demo" not in bare.out


def every_right_is_as_the_table_says(season: Season, name: str) -> None:
    identity = identities.identity_named(name)
    before = season.objects()
    store = season.store(name)
    buckets = Buckets(Bucket(store, "inbox"), Bucket(store, "delivery"), identity.prefecture)
    found = doors.tried(buckets, rights.table(identity.role, BucketNames()))
    assert [door for door in found if not door.is_right] == []
    assert {door.right.allowed for door in found} == {True, False}
    assert season.objects() == before
    assert season.open_uploads() == 0


def is_refused_and_puts_nothing(season: Season, name: str, words: tuple[str, ...]) -> None:
    before = season.objects()
    result = season.person(name)(*words, "--json")
    is_others_film = words[0] == "submit" and name in FOURTEEN  # which is known without the store
    assert result.code == (2 if is_others_film else 3), (result.out, result.err)
    faults = [row["error"] for row in result.rows if "error" in row]
    assert faults
    known = {"prefecture_others"} if is_others_film else REFUSALS
    assert {fault["key"] for fault in faults} <= known, faults  # type: ignore[index]
    assert season.objects() == before


def works_and_puts_nothing(season: Season, name: str, words: tuple[str, ...]) -> None:
    before = season.objects()
    result = season.person(name)(*words)
    assert result.code == 0, (result.out, result.err)
    assert season.objects() == before


def test_no_role_may_delete() -> None:
    for role in Role:
        text = json.dumps(rights.document(role, BucketNames(), OWNER))
        assert "Delete" not in text
        assert '"s3:*"' not in text
        assert all(not right.allowed for right in rights.table(role, BucketNames()) if right.act is Act.DELETE)


@pytest.mark.acceptance
def test_keys_are_tried_changed_and_shut_out_while_the_server_runs(invited: Season, tmp_path: Path) -> None:
    name = FOURTEEN[0]
    person, admin = invited.person(name), invited.admin
    file = admin.folder / "invitations" / f"{name}.toml"
    assert file.stat().st_mode & 0o777 == 0o600
    assert file.parent.stat().st_mode & 0o777 == 0o700
    before = keys.settings_file(file).pair
    again = admin("admin", "invite", "--prefectures", "all", "--json")
    assert {row["state"] for row in again.rows} == {"already"}
    assert keys.settings_file(file).pair == before
    assert admin("admin", "rotate", name).code == 0
    assert keys.settings_file(file).pair != before
    refused = person("status", "--lang", "en")
    assert refused.code == 3
    assert "knows no such key" in refused.err
    assert person("setup", "--import", file).code == 0
    assert admin("admin", "revoke", name).code == 0
    assert person("status").code == 3
    states = {row["identity"]: row["state"] for row in admin("admin", "list", "--json").rows}
    assert states == {item: "revoked" if item == name else "holds" for item in EVERYBODY}
    kept = admin("admin", "invite", "--prefectures", name, "--json").rows
    assert kept[0] == {"identity": name, "state": "revoked", "file": None}
    assert person("status").code == 3
    assert admin("admin", "rotate", name).code == 0
    assert person("setup", "--import", file).code == 0
    assert admin("admin", "revoke", "nobody").code == 2
    doctor_holds_a_file_to_its_role(invited, tmp_path)
    who_said_no_role_is_told_where_the_inbox_is_shut(invited, tmp_path)


def doctor_holds_a_file_to_its_role(invited: Season, tmp_path: Path) -> None:
    shown = invited.admin("doctor", "--as-in", f"invitations/{OWNER}.toml", "--lang", "en")
    assert shown.code == 0, shown.err
    assert "all 25 rights are as they shall be" in shown.out
    assert max(map(len, shown.out.splitlines()[:-1])) <= 80
    text = (invited.admin.folder / "invitations" / "editor.toml").read_text()
    (forged := tmp_path / "forged.toml").write_text(
        text.replace('role = "editor"', f'role = "producer"\nprefecture = "{OWNER}"')
    )
    before = invited.objects()
    wrong = invited.admin("doctor", "--as-in", forged, "--json")
    assert wrong.code == 3
    bad = {(row["bucket"], row["reach"], row["act"]) for row in wrong.rows if not row["good"]}
    assert {("delivery", "own", "put"), ("inbox", "own", "put"), ("inbox", "others", "read")} <= bad
    assert ("delivery", "own", "ack") not in bad
    assert invited.objects() == before
    assert invited.open_uploads() == 0


def who_said_no_role_is_told_where_the_inbox_is_shut(invited: Season, tmp_path: Path) -> None:
    given = (invited.admin.folder / "invitations" / "operator.toml").read_text().replace('role = "operator"\n', "")
    (tmp_path / "plain.toml").write_text(given)
    nobody = home(tmp_path, "nobody")
    assert nobody("setup", "--import", tmp_path / "plain.toml").code == 0
    seen = nobody("status", "--lang", "en")
    assert seen.code == 0, seen.err
    assert "may not see the inbox" in seen.err


@pytest.mark.parametrize(
    "is_said", [pytest.param(True, id="role"), pytest.param(False, id="no role", marks=pytest.mark.acceptance)]
)
def test_a_row_of_another_prefecture_fails_as_that_and_the_others_go_on(
    is_said: bool, invited: Season, small_film: Path, tmp_path: Path
) -> None:
    """Without a role in the settings only the store knows, and what it refuses is told in the same words."""
    person = home(tmp_path, "producer")
    assert person("setup", "--import", invited.admin.folder / "invitations" / f"{NEIGHBOUR}.toml").code == 0
    if not is_said:
        own = tmp_path / "producer" / "config" / "showcase" / "showcase.toml"
        own.write_text("".join(line for line in own.read_text().splitlines(True) if not line.startswith("role")))
    for name in ("film.mp4", "film2.mp4"):
        shutil.copy(small_film, person.folder / name)
    table = person.folder / "films.csv"
    table.write_text("文件,片名,地州\nfilm2.mp4,甲,和田\nfilm.mp4,乙,喀什\nnone.mp4,丙,喀什\n", "utf-8")
    before = invited.objects()
    told = person("submit", "-n", table)
    assert told.code == 7, told.err
    assert "这里写的是和田地区，您的设置和密钥是喀什地区的" in told.out
    assert "films.csv:2:3" in told.out
    rows = person("submit", "-n", table, "--json").rows
    assert [row["outcome"] for row in rows] == ["failed", "to_send", "failed"]
    assert [row["title"] for row in rows] == ["甲", "乙", "丙"]
    text = "schema_version: 1\ntitle: 甲\nprefecture: 和田\nmedia: [{file: film.mp4, role: main}]\n"
    (person.folder / "other.yaml").write_text(text, "utf-8")
    alone = person("submit", "other.yaml", "--json")
    assert (alone.code, alone.rows[-1]["error"]["key"]) == (2, "prefecture_others")  # type: ignore[index]
    assert alone.rows[-1]["error"]["where"] == "other.yaml:3:1"  # type: ignore[index]
    assert invited.objects() == before
