"""What somebody puts into a place of their own, told by who reads: with whose record it is and what to do.

A prefecture can overwrite all of its own part of the inbox, a worker a package that is delivered; here each does,
and people look at it by the commands of every day.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime

import pytest

from pipeline.model.inbox import Answer
from pipeline.storage.bucket import Bucket
from tests.conftest import Result
from tests.e2e.error_words import hold_words, sentences
from tests.e2e.test_roles import NEIGHBOUR, OWNER, Season, invited, season  # noqa: F401 - fixtures

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]
WAITS, READY = f"{OWNER}/waits", f"{OWNER}/ready"
BY_ITSELF = {
    *("claim_changed", "sent_changed", "answer_changed", "word_changed", "ack_changed", "ready_changed"),
    *("reports_differ", "inbox_differs", "approved_differs", "marker_differs", "manifest_differs", "download_differs"),
}


def put(season: Season, who: str, bucket: str, key: str, content: bytes) -> None:  # noqa: F811
    sha256 = hashlib.sha256(content).hexdigest()
    Bucket(season.store(who), bucket).put(key, content, sha256=sha256, media_type="application/json")


def read(season: Season, bucket: str, key: str) -> bytes:  # noqa: F811
    content = Bucket(season.owners(), bucket).get(key)
    assert content is not None, key
    return content


@contextmanager
def forged(season: Season, who: str, bucket: str, **contents: bytes) -> Iterator[None]:  # noqa: F811
    """Other contents of some objects, put with somebody's keys, and at the end what was there."""
    before = {key: read(season, bucket, key) for key in contents}
    for key, content in contents.items():
        put(season, who, bucket, key, content)
    try:
        yield
    finally:
        for key, content in before.items():
            put(season, who, bucket, key, content)


def keys_of(result: Result) -> set[str]:
    return {row["error"]["key"] for row in result.rows if "error" in row}  # type: ignore[index]


def told(result: Result, key: str, *names: str) -> str:
    """The words of an error in Chinese, held to what every error's are; `names` are what people called things."""
    said = sentences("zh", result.err + result.out, key)
    hold_words("zh", said, " ".join([WAITS, *names]))
    return said


def other(content: bytes, **fields: object) -> bytes:
    return json.dumps({**json.loads(content), **fields}).encode()


def package_of(season: Season) -> str:  # noqa: F811
    """The beginning of the keys of the package that is delivered."""
    ready = next(key for key in season.objects() if key.endswith("/READY.json"))
    return ready.removeprefix("delivery/").removesuffix("READY.json")


def test_what_a_prefecture_forges_in_its_own_place(season: Season, subtests: pytest.Subtests) -> None:  # noqa: F811
    editor, owner = season.person("editor"), season.person(OWNER)
    claim, marker = f"{WAITS}/r1.json", f"{WAITS}/r1/SUBMITTED.json"
    reports, words = f"{WAITS}/r1/inspection.json", f"{WAITS}/r1/submission.yaml"
    assert editor("inbox").code == owner("status").code == 0
    assert editor("review", WAITS).code == 0
    there = {key: read(season, "inbox", key) for key in (claim, marker, reports, words)}
    swapped = json.loads(there[marker])["files"]
    media = f"{WAITS}/r1/{swapped[0]['path']}"
    film = read(season, "inbox", media)[::-1]
    swapped[0]["sha256"] = hashlib.sha256(film).hexdigest()
    with_media = {media: film, marker: other(there[marker], files=swapped)}

    with (
        subtests.test("a claim"),
        forged(season, OWNER, "inbox", **{claim: other(there[claim], content_sha256="f" * 64)}),
    ):
        seen = editor("inbox", "--json")
        assert (seen.code, keys_of(seen)) == (7, {"claim_changed"})
        assert f"showcase review {WAITS} --return" in told(editor("inbox"), "claim_changed")
        told(editor("review", WAITS), "inbox_differs")
        assert "换密钥" in owner("status").err  # whose keys they are is told otherwise
        assert keys_of(editor("review", WAITS, "--json")) == {"inbox_differs"}
    with subtests.test("a marker"), forged(season, OWNER, "inbox", **{marker: other(there[marker], duration_s=9.0)}):
        seen = editor("inbox", "--json")
        assert (seen.code, keys_of(seen)) == (7, {"sent_changed"})
        assert any(row.get("submission_id") == "waits" for row in seen.rows)
        told(editor("inbox"), "sent_changed")
        assert editor("review", WAITS).code == 0
        assert editor("inbox").code == 0  # it was looked at as it is now
    assert editor("review", WAITS).code == 0
    with subtests.test("media with its marker, not approved"), forged(season, OWNER, "inbox", **with_media):
        assert keys_of(editor("inbox", "--json")) == {"sent_changed"}
        assert editor("review", WAITS, "--approve").code == 2  # what is approved was not looked at
        assert keys_of(editor("review", WAITS, "--json")) == {"inbox_differs"}
    for name, said in (
        ("another film", {"submission_id": "ready"}),
        ("another prefecture", {"prefecture": NEIGHBOUR}),
        ("another revision", {"revision": 2}),
    ):
        with subtests.test(name), forged(season, OWNER, "inbox", **{marker: other(there[marker], **said)}):
            seen = editor("inbox", "--json")
            assert (seen.code, keys_of(seen)) == (7, {"marker_differs"})
            assert marker in told(editor("inbox"), "marker_differs")
    with (
        subtests.test("reports, to the other verdict"),
        forged(season, OWNER, "inbox", **{reports: b'{"schema_version":1,"reports":[]}'}),
    ):
        assert keys_of(editor("review", WAITS, "--json")) == {"reports_differ"}
        assert f"showcase review {WAITS} --return" in told(editor("review", WAITS), "reports_differ")
    softened = json.loads(there[reports])
    softened["reports"][0]["findings"] = []
    with (
        subtests.test("reports, to the same verdict"),
        forged(season, OWNER, "inbox", **{reports: json.dumps(softened).encode()}),
    ):
        assert keys_of(editor("review", WAITS, "--json")) == {"reports_differ"}
    bombs = {
        "other words": there[words].replace("等着的".encode(), "换了的".encode()),
        "aliases": b"a: &a [x,x]\n" + b"".join(b"b%d: &b%d [*a,*a]\n" % (n, n) for n in range(1000)),
        "nested": b"title: " + b"[" * 100_000,
        "no text": b"\xff\xfe" * 100,
        "2 MB": b"title: " + b"x" * (2 << 20),
    }
    for name, content in bombs.items():
        with subtests.test(f"submission.yaml: {name}"), forged(season, OWNER, "inbox", **{words: content}):
            seen = editor("review", WAITS, "--json")
            assert (seen.code, keys_of(seen) <= {"inbox_differs", "record_too_large"}) == (6, True), seen.out
    assert editor("review", WAITS, "--return", "声音太小").code == 0
    answer = Answer(
        submission_id="waits",
        revision=1,
        number=1,
        to_review=1,
        text="已改",
        by="张",
        at=datetime.now(UTC).replace(microsecond=0),
    )
    key = f"{WAITS}/answers/r1-0001.json"
    put(season, OWNER, "inbox", key, answer.to_file())
    assert editor("inbox").code == 0
    with (
        subtests.test("an answer"),
        forged(season, OWNER, "inbox", **{key: other(answer.to_file(), text="编辑说可以")}),
    ):
        seen = editor("inbox", "--json")
        assert (seen.code, keys_of(seen)) == (7, {"answer_changed"})
        assert "亲口" in told(editor("inbox"), "answer_changed")
    assert editor("review", WAITS).code == 0
    assert editor("review", WAITS, "--approve").code == 0
    with subtests.test("media with its marker, approved"), forged(season, OWNER, "inbox", **with_media):
        seen = editor("run", WAITS, "--json")
        assert (seen.code, keys_of(seen)) == (6, {"approved_differs"})
        assert {"sent_changed", "approved_differs"} <= keys_of(editor("batch", "inbox", "--json"))
    assert editor("inbox").code == 0


def test_what_is_forged_where_packages_lie(season: Season, subtests: pytest.Subtests) -> None:  # noqa: F811
    editor, operator = season.person("editor"), season.person("operator")
    assert operator("pull", "--to", "taken").code == 0
    assert operator("status").code == editor("status").code == 0
    prefix = package_of(season)
    manifest, ready = read(season, "delivery", f"{prefix}package.json"), read(season, "delivery", f"{prefix}READY.json")
    changed = other(manifest, duration_s=9.0)
    announced = other(ready, manifest_sha256=hashlib.sha256(changed).hexdigest())
    (folder,) = (operator.folder / "taken").glob("*/*")
    before = {path: path.read_bytes() for path in folder.rglob("*") if path.is_file()}
    both = {f"{prefix}package.json": changed, f"{prefix}READY.json": announced}

    for who in ("worker", "editor"):
        with subtests.test("manifest and announcement", who=who), forged(season, who, "delivery", **both):
            seen = operator("pull", READY, "--to", "taken", "--json")
            assert (seen.code, keys_of(seen)) == (6, {"ready_changed"})
            seen = operator("pull", "--to", "elsewhere", "--json")
            assert (seen.code, keys_of(seen)) == (7, {"ready_changed"})
            assert keys_of(editor("status", "--json")) == {"ready_changed"}
            assert "请勿播出" in told(operator("pull", READY, "--to", "taken"), "ready_changed")
            assert {path: path.read_bytes() for path in before} == before
    with subtests.test("manifest alone"), forged(season, "worker", "delivery", **{f"{prefix}package.json": changed}):
        assert keys_of(operator("pull", READY, "--to", "elsewhere", "--json")) == {"manifest_differs"}
    with (
        subtests.test("announcement alone"),
        forged(season, "worker", "delivery", **{f"{prefix}READY.json": announced}),
    ):
        assert keys_of(operator("pull", READY, "--to", "taken", "--json")) == {"ready_changed"}
    stream = next(item["path"] for item in json.loads(manifest)["files"] if item["path"].endswith(".ts"))
    with subtests.test("a stream"), forged(season, "worker", "delivery", **{prefix + stream: b"G" * 188}):
        assert keys_of(operator("pull", READY, "--to", "anew", "--json")) == {"download_differs"}
    assert operator("verify", folder).code == 0
    with subtests.test("what was verified, in a new cache"), forged(season, "worker", "delivery", **both):
        for kept in (operator.folder.parent / "cache").rglob("records/*"):
            kept.unlink()
        assert keys_of(operator("pull", READY, "--to", "taken", "--json")) == {"ready_changed"}
    assert operator("ack", READY, "accept", "--yes").code == 0
    assert editor("status").code == 0
    answer = read(season, "delivery", f"{prefix}ACK.json")
    with (
        subtests.test("an answer"),
        forged(season, "operator", "delivery", **{f"{prefix}ACK.json": other(answer, decision="reject", reason="坏")}),
    ):
        assert keys_of(editor("status", "--json")) == {"ack_changed"}
        assert "运营方" in told(editor("status"), "ack_changed")
    with (
        subtests.test("another package's answer"),
        forged(season, "operator", "delivery", **{f"{prefix}ACK.json": other(answer, package_id="b" * 20)}),
    ):
        seen = editor("status", "--json")
        assert (seen.code, keys_of(seen)) == (7, {"marker_differs"})
    review = next(key for key in season.objects() if f"delivery/{READY}/reviews/" in key).removeprefix("delivery/")
    with (
        subtests.test("a decision"),
        forged(season, "editor", "delivery", **{review: other(read(season, "delivery", review), by="别人")}),
    ):
        assert keys_of(season.person(OWNER)("status", "--json")) <= {"word_changed"}
        assert keys_of(editor("status", "--json")) == {"word_changed"}
        told(editor("status"), "word_changed")
    assert editor("status").code == 0
