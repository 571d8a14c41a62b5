"""One prefecture puts all that it can into its own part of the inbox: it costs the others a line each, and no more."""

from __future__ import annotations

import base64
import contextlib
import hashlib
import http.client
import json
import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from pipeline import catalogue
from pipeline.model.finding import Verdict
from pipeline.model.inbox import Claim, InboxMarker
from pipeline.model.submission import Kind
from tests.conftest import Showcase
from tests.e2e.error_words import hold_words, sentences
from tests.e2e.test_roles import home
from tests.storage.raw_requests import Request
from tests.storage.test_wrong_doors import INTRUDER, Store, store  # noqa: F401 - a fixture

BY_ITSELF = {"listing_overfull", "listing_broken_off", "record_refused", "records_too_large"}
HONEST, GOOD = "653000", "如期上交的片子"
MOST_S, MOST_MB = 1.0, 100.0
SETTLED_S = 1.0  # for the server to end what it does after many puts
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")


@dataclass(frozen=True)
class Measured:
    """A command of a process of its own, and what it took."""

    code: int
    out: str
    err: str
    seconds: float
    mb: float
    busy_s: float

    def costs_s(self, usual: Measured) -> float:
        """Seconds more than usually: by the clock, or of the processors where others keep the machine busy too."""
        return min(self.seconds - usual.seconds, self.busy_s - usual.busy_s)


def busy_s(folder: Path) -> float:
    """Seconds for which the server's processes have worked: those that name its folder, and their children."""
    ticks, parents = 0, set()
    rows = []
    for entry in Path("/proc").iterdir():
        with contextlib.suppress(OSError):
            if entry.name.isdigit():
                words = (entry / "stat").read_text().rpartition(")")[2].split()
                rows.append((int(entry.name), int(words[1]), int(words[11]) + int(words[12])))
                if str(folder).encode() in (entry / "cmdline").read_bytes():
                    parents.add(int(entry.name))
    for pid, parent, used in rows:
        ticks += used if pid in parents or parent in parents else 0
    return ticks / os.sysconf("SC_CLK_TCK")


# between the test's own memory, which counts as its child's until that is replaced, and the command
_BETWEEN = """import json, os, sys, time
began = time.monotonic()
child = os.posix_spawn(sys.argv[2], sys.argv[2:], os.environ)
_, status, used = os.wait4(child, 0)
busy = used.ru_utime + used.ru_stime
told = [os.waitstatus_to_exitcode(status), time.monotonic() - began, used.ru_maxrss / 1024, busy]
open(sys.argv[1], "w").write(json.dumps(told))
"""


def measured(board: Board, *words: str) -> Measured:
    """The editor's command."""
    person, server = board.editor, board.store.folder / ".showcase" / "store"
    before = busy_s(server)
    told = person.folder / "told.json"
    argv = [sys.executable, "-S", "-c", _BETWEEN, str(told), *person.argv(*words)]
    surroundings = {**os.environ, **person.environment}
    ran = subprocess.run(argv, cwd=person.folder, env=surroundings, capture_output=True, check=True, timeout=300)
    code, seconds, mb, own = json.loads(told.read_text())
    busy = own + busy_s(server) - before
    return Measured(code, ran.stdout.decode("utf-8"), ran.stderr.decode("utf-8"), seconds, mb, busy)


@dataclass(frozen=True)
class Board:
    """The editor, and the flooding prefecture's own keys."""

    store: Store
    editor: Showcase

    def put(self, key: str, content: bytes, **headers: str) -> None:
        """By the prefecture itself."""
        path, named = (
            quote(f"/inbox/{INTRUDER}/{key}"),
            {name.replace("_", "-"): text for name, text in headers.items()},
        )
        reply = self.store.callers[INTRUDER].ask(Request("PUT", path, "", named, content))
        assert reply.status == 200, reply

    def put_many(self, keys: list[str]) -> None:
        """Empty objects by the server's own door, where that is quick."""

        def some(own: list[str]) -> None:
            line = http.client.HTTPConnection(self.store.filer)
            for key in own:
                line.request("PUT", quote(f"/buckets/inbox/{INTRUDER}/{key}"), body=b"")
                answer = line.getresponse()
                answer.read()
                assert answer.status < 300, answer.status
            line.close()

        with ThreadPoolExecutor(6) as pool:
            list(pool.map(some, [keys[first::6] for first in range(6)]))

    def clear(self) -> None:
        line = http.client.HTTPConnection(self.store.filer)
        line.request("DELETE", f"/buckets/inbox/{INTRUDER}?recursive=true&ignoreRecursiveError=true")
        answer = line.getresponse()
        answer.read()
        line.close()
        assert answer.status < 300


def marker(
    submission_id: str, prefecture: str = INTRUDER, revision: int = 1, title: str = "片", **more: object
) -> bytes:
    made = InboxMarker(
        submission_id=submission_id,
        prefecture=prefecture,
        title=title,
        kind=Kind.FILM,
        revision=revision,
        content_sha256="0" * 64,
        verdict=Verdict.ACCEPT,
        duration_s=60.0,
        files=(),
    )
    return json.dumps({**made.model_dump(mode="json"), **more}).encode()


@pytest.fixture(scope="module")
def board(store: Store) -> Board:  # noqa: F811
    """With one film of another prefecture."""
    base = store.folder.parent.parent
    for name, content in (
        ("r1.json", Claim(content_sha256="0" * 64).to_file()),
        ("r1/SUBMITTED.json", marker("good", HONEST, title=GOOD)),
    ):
        store.done(Request("PUT", f"/inbox/{HONEST}/good/{name}", body=content))
    editor = home(base, "editor")
    assert editor("setup", "--import", store.folder / "invitations" / "editor.toml").code == 0
    return Board(store, editor)


CLAIM = Claim(content_sha256="0" * 64).to_file()
MIB = 1 << 20


def of_markers(*contents: bytes) -> Callable[[Board], None]:
    """A submission each, with this as its marker."""

    def put(board: Board) -> None:
        for number, content in enumerate(contents):
            board.put(f"film{number}/r1.json", CLAIM)
            board.put(f"film{number}/r1/SUBMITTED.json", content)

    return put


def with_own_key(board: Board) -> None:
    """Encrypted by the store with a key that nobody else has (SSE-C)."""
    key, name = b"k" * 32, "x_amz_server_side_encryption_customer"
    digest = base64.b64encode(hashlib.md5(key, usedforsecurity=False).digest()).decode()
    headers = {f"{name}_algorithm": "AES256", f"{name}_key": base64.b64encode(key).decode(), f"{name}_key_md5": digest}
    board.put("film/r1.json", CLAIM, **headers)


def of_keys(*keys: str) -> Callable[[Board], None]:
    return lambda board: board.put_many(list(keys))


def bomb(beginning: bytes, repeated: bytes, end: bytes = b"", size: int = MIB) -> bytes:
    return beginning + repeated * ((size - len(beginning) - len(end)) // len(repeated)) + end


FILES = marker("film0")[:-3].rpartition(b"[")[0] + b"["
BOMBS = (
    bomb(b"", b"["),
    bomb(b"", b'{"a":'),
    bomb(FILES, b"0,", b"0]}"),
    bomb(FILES, b"{},", b"{}]}"),
    b"{" + b",".join(b'"k%d":0' % number for number in range(70_000)) + b"}",
    bomb(b'{"files":[]', b',"files":[]', b"}"),
    bomb(b'{"revision":', b"9", b"}"),
    bomb(b'{"duration_s":0.', b"9", b"}"),
    bomb(b'{"title":"', b"\\u4e00", b'"}'),
    bomb(b"", b"\x00"),
    bomb(b"", b"\xff"),
)
_ODD: tuple[dict[str, object], ...] = (
    {"title": "\x1b[2J\x1b]0;own\x07清屏"},
    {"title": "\u202e反了\u2066\n第二行\r改写"},
    {"title": "长" * 300_000},
    {"duration_s": 1e308},
    {"revision": 10**30},
    {"kind": "\x1b[31m"},
    {"parts": {"there": -(10**15), "expected": 10**15}},
)
ODD = (
    *(marker(f"film{number}", **said) for number, said in enumerate(_ODD)),
    marker("film7")[:-1] + b',"duration_s":NaN}',
    marker("film8")[:-1] + b',"title":"\\ud800"}',
)
FLOODS: dict[str, tuple[Callable[[Board], None], int]] = {
    "bombs of 1 MiB": (of_markers(*BOMBS), 3),
    "odd words": (of_markers(*ODD), -1),
    "a key of one's own": (with_own_key, 1),
    "11,000 in a revision": (of_keys(*(f"film/r1/A{number}" for number in range(11_000))), 1),
}
LARGE: dict[str, tuple[Callable[[Board], None], int]] = {
    "a marker of 3 MB": (of_markers(bytes(3 * MIB)), 1),
    "a claim of 3 MB": (lambda board: board.put("film/r1.json", bytes(3 * MIB)), 1),
    "odd names": (
        of_keys(
            "\x1b[2J/r1.json",
            "film\n/r1.json",
            "\u202e/r1/SUBMITTED.json",
            "a/r1/\x1b[31mX",
            "b\x7f/r1.json",
            "%00/r1.json",
            "c/r1/~~",
        ),
        -1,
    ),
    "600 revisions": (
        of_keys(*(f"film/r{number}{end}" for number in range(1, 601) for end in (".json", "/SUBMITTED.json"))),
        1,
    ),
    "a marker of 200 MB": (of_markers(bytes(200 * MIB)), 1),
    "100 bombs": (of_markers(*(BOMBS * 10)[:100]), 6),
    "100,000 in a revision": (of_keys(*(f"film/r1/A{number}" for number in range(100_000))), 1),
    "100,000 after all names": (of_keys(*(f"film/r1/media/~{number}" for number in range(100_000))), -1),
    "5,000 revisions": (
        of_keys(*(f"film/r{number}{end}" for number in range(1, 5_001) for end in (".json", "/SUBMITTED.json"))),
        1,
    ),
    "20 submissions of 10,000": (
        of_keys(*(f"film{one}/answers/r1-{number:04}.json" for one in range(20) for number in range(10_000))),
        2,
    ),
    "50,000 submissions": (of_keys(*(f"film{number}/x" for number in range(50_000))), 1),
    "100,000 folders": (of_keys(*(f"film/p{number}/x" for number in range(100_000))), 1),
    "100,000 in no submission": (of_keys(*(f"A{number}" for number in range(100_000))), 1),
}


@pytest.mark.timeout(900)
@pytest.mark.parametrize("floods", [FLOODS, pytest.param(LARGE, marks=pytest.mark.acceptance)], ids=["daily", "large"])
def test_a_flood_costs_the_others_a_line(
    floods: dict[str, tuple[Callable[[Board], None], int]], board: Board, capsys: pytest.CaptureFixture[str]
) -> None:
    """By what the editor's `inbox` takes more than it took before: seconds, memory, lines."""
    board.clear()
    measured(board, "inbox")
    usual = min((measured(board, "inbox") for _ in range(3)), key=lambda item: item.seconds)
    assert (usual.code, GOOD in usual.out) == (0, True), usual.err
    rows, wrong, raised = [], [], set()
    for name, (flood, lines) in floods.items():
        flood(board)
        time.sleep(SETTLED_S)
        seen = measured(board, "inbox")
        costs_s, costs_mb = seen.costs_s(usual), seen.mb - usual.mb
        told = seen.err.count("错误：")
        rows.append(f"{name:30}{costs_s:8.2f} s{costs_mb:8.0f} MB{told:6} lines")
        is_shown = GOOD in seen.out and not RAW.search(seen.out + seen.err)
        is_named = not told or f"inbox/{INTRUDER}/" in seen.err
        if not (is_shown and is_named and costs_s < MOST_S and costs_mb < MOST_MB and lines in (-1, told)):
            wrong.append((name, seen))
        board.clear()
        for key in BY_ITSELF:  # in the words of people, where it was raised
            if catalogue.entries("zh")[f"error.{key}.what"].partition("{")[0] in seen.err:
                hold_words("zh", sentences("zh", seen.err, key), INTRUDER)
                raised.add(key)
    with capsys.disabled():
        print("", f"inbox without a flood: {usual.seconds:.2f} s, {usual.mb:.0f} MB", *rows, sep="\n")
    assert wrong == []
    assert raised >= ({"listing_overfull", "record_refused"} if floods is FLOODS else BY_ITSELF - {"record_refused"})
