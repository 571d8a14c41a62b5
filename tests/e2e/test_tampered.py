"""A pulled package that somebody changed: each way is found by its own message, all of them in one run."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline import workspace
from pipeline.storage import connect
from tests.conftest import Showcase

pytestmark = [
    pytest.mark.usefixtures("coded_quickly", "for_television", "from_delivered", "served"),
    pytest.mark.timeout(240),
]
STREAM, POSTER, ORDER = "ts/iptv-sd.ts", "images/poster.jpg", "metadata/c2.xml"


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def flip(folder: Path, name: str = STREAM) -> None:
    """One bit in the midst of a file."""
    content = bytearray((folder / name).read_bytes())
    content[len(content) // 2] ^= 1
    (folder / name).write_bytes(content)


def edit_manifest(folder: Path) -> None:
    """Another figure in package.json alone."""
    manifest = json.loads((folder / "package.json").read_text("utf-8"))
    (folder / "package.json").write_text(json.dumps({**manifest, "duration_s": 99.0}), "utf-8")


def edit_checksums(folder: Path) -> None:
    """Another digest of a file that is as it was."""
    listing = folder / "checksums.sha256"
    listing.write_text(listing.read_text().replace(sha256(folder / STREAM), "0" * 64))


def edit_checksum_of_manifest(folder: Path) -> None:
    listing = folder / "checksums.sha256"
    listing.write_text(listing.read_text().replace(sha256(folder / "package.json"), "0" * 64))


def edit_alike(folder: Path) -> None:
    """A file, its entry in the manifest, and both lines in the checksums: nothing in the three disagrees."""
    old, old_manifest = sha256(folder / ORDER), sha256(folder / "package.json")
    (folder / ORDER).write_bytes((folder / ORDER).read_bytes() + b"\n")  # which nothing that decodes would notice
    new = sha256(folder / ORDER)
    for name in ("package.json", "checksums.sha256"):
        path = folder / name
        path.write_text(path.read_text("utf-8").replace(old, new), "utf-8")
    listing = folder / "checksums.sha256"
    listing.write_text(listing.read_text().replace(old_manifest, sha256(folder / "package.json")))


def edit_marker_too(folder: Path) -> None:
    """All four."""
    old = sha256(folder / "package.json")
    edit_alike(folder)
    marker = folder / "READY.json"
    marker.write_text(marker.read_text("utf-8").replace(old, sha256(folder / "package.json")), "utf-8")


def alike_without_marker(folder: Path) -> None:
    edit_alike(folder)
    (folder / "READY.json").unlink()


def marker_of_another(folder: Path) -> None:
    marker = json.loads((folder / "READY.json").read_text("utf-8"))
    (folder / "READY.json").write_text(json.dumps({**marker, "package_id": "\x1b[2J" + "p" * 2000}), "utf-8")


def several(folder: Path) -> None:
    flip(folder)
    (folder / POSTER).unlink()
    (folder / "Thumbs.db").write_text("x")
    edit_checksum_of_manifest(folder)
    (folder / "READY.json").write_text("{")


Found = set[tuple[str, str]]
TAMPERED: dict[str, tuple[Callable[[Path], object], Found]] = {
    "flipped": (flip, {(STREAM, "differs")}),
    "missing": (lambda folder: (folder / STREAM).unlink(), {(STREAM, "missing")}),
    "extra": (lambda folder: (folder / "\u202emore.txt").write_text("x"), {("\u202emore.txt", "extra")}),
    "no-manifest": (lambda folder: (folder / "package.json").unlink(), {("package.json", "missing")}),
    "no-checksums": (lambda folder: (folder / "checksums.sha256").unlink(), {("checksums.sha256", "missing")}),
    "manifest": (edit_manifest, {("package.json", "manifest_edited")}),
    "checksums": (edit_checksums, {("checksums.sha256", "listing_edited")}),
    "checksum-of-manifest": (edit_checksum_of_manifest, {("checksums.sha256", "listing_manifest")}),
    "alike": (edit_alike, {("package.json", "not_announced")}),
    "marker-torn": (lambda folder: (folder / "READY.json").write_bytes(b"["), {("READY.json", "marker_format")}),
    "marker-endless": (
        lambda folder: (folder / "READY.json").write_bytes(b" " * (1 << 17)),
        {("READY.json", "marker_format")},
    ),
    "marker-of-another": (marker_of_another, {("READY.json", "marker_other")}),
    "several": (
        several,
        {
            *((STREAM, "differs"), (POSTER, "missing"), ("Thumbs.db", "extra")),
            *(("checksums.sha256", "manifest_unlike"), ("READY.json", "marker_format")),
        },
    ),
}
OF_STORE: dict[str, tuple[Callable[[Path], object], Found]] = {
    "marker-too": (edit_marker_too, {("READY.json", "marker_edited")}),
    "alike-unmarked": (alike_without_marker, {("package.json", "not_the_stores")}),
}


def kinds(row: dict[str, object]) -> Found:
    return {(item["path"], item["kind"]) for item in row["problems"]}  # type: ignore[attr-defined]


def checks(row: dict[str, object]) -> dict[str, str]:
    return {item["check"]: item["result"] for item in row["checks"]}  # type: ignore[attr-defined]


def test_each_tampering_is_told_as_what_it_is(showcase: Showcase) -> None:
    pulled = showcase("pull", "--to", "in", "--json")
    assert pulled.code == 0, pulled.err
    folder = showcase.folder / str(pulled.rows[0]["folder"])
    place = folder.parent.name
    assert (folder / "READY.json").is_file()
    many = showcase.folder / "many"
    for name, (tamper, _) in {**TAMPERED, **OF_STORE}.items():
        shutil.copytree(folder, many / name)
        tamper(many / name)

    judged = showcase("verify", *(many / name for name in TAMPERED), "--json")
    assert judged.code == 6
    rows = {Path(str(row["item"])).name: row for row in judged.rows}
    assert {name: kinds(row) for name, row in rows.items()} == {name: found for name, (_, found) in TAMPERED.items()}
    assert all(row["streams"] == {} for row in rows.values())  # nothing was decoded
    assert checks(rows["several"]) == {
        **{"manifest": "pass", "listing": "fail", "marker": "fail", "store": "skipped", "files": "fail"},
        **{"extra": "fail", "newest": "skipped", "standing": "pass", "content": "skipped"},
    }

    # what only the store knows: every list and the folder's own marker were made to agree
    alone = showcase("verify", many / "marker-too", "--json")
    assert (alone.code, kinds(alone.rows[0])) == (0, set())
    asked = showcase("verify", many, "--store", "--json")
    rows = {Path(str(row["item"])).name: row for row in asked.rows}
    assert {name: kinds(rows[name]) for name in OF_STORE} == {name: found for name, (_, found) in OF_STORE.items()}
    assert kinds(rows["alike"]) == TAMPERED["alike"][1]
    assert showcase("ack", place, "accept").code == 2  # of what was verified so nothing is known here

    spoken = showcase("verify", many / "extra", many / "marker-of-another", "--lang", "zh")
    assert "\u202e" not in spoken.out
    assert "\x1b" not in spoken.out
    assert max(map(len, spoken.out.splitlines())) < 700
    assert "✓ package.json 及其中的码流：合格" in spoken.out
    assert "– READY.json 与存储中的核对：没有向存储核对（--store）" in spoken.out


def test_a_package_is_good_superseded_withdrawn_and_without_a_marker(showcase: Showcase) -> None:
    pulled = showcase("pull", "--to", "in", "--json")
    folder = showcase.folder / str(pulled.rows[0]["folder"])
    good = showcase("verify", folder, "--store", "--json")
    assert (good.code, kinds(good.rows[0])) == (0, set()), good.out
    assert set(checks(good.rows[0]).values()) == {"pass"}

    marker = (folder / "READY.json").read_bytes()
    (folder / "READY.json").unlink()  # as earlier versions left it
    bare = showcase("verify", folder, "--lang", "zh")
    assert bare.code == 0
    assert "i package.json 与 READY.json 核对：没有标记（READY.json），只与它自己核对过" in bare.out
    again = showcase("pull", "--to", "in", "--json")
    assert (again.code, (folder / "READY.json").read_bytes()) == (0, marker)
    assert again.rows[0]["mended"] == []
    (folder / "READY.json").write_bytes(b"{}")
    assert showcase("pull", "--to", "in", "--json").rows[0]["mended"] == ["READY.json"]

    ready = json.loads(marker)
    ref = f"{pulled.rows[0]['item']}"
    with connect.opened(
        workspace.find(showcase.folder)
    ) as buckets:  # of the newer version only the marker is looked at
        (prefecture,) = (name for name in buckets.delivery.folders("") if not name.startswith("_"))
        newer = {**ready, "package_id": "b" * 20, "revision": ready["revision"] + 1}
        key = f"{prefecture}/{ref}/{'b' * 20}/READY.json"
        assert buckets.delivery.put_if_absent(key, json.dumps(newer).encode())
    superseded = showcase("verify", folder, "--store", "--json")
    assert (superseded.code, kinds(superseded.rows[0])) == (1, {("READY.json", "superseded")})
    assert "请勿播出这一版" in showcase("verify", folder, "--store", "--lang", "zh").out
    assert showcase("withdraw", ready["package_id"], "--reason", "版权").code == 0
    withdrawn = showcase("verify", folder, "--store", "--json")
    assert (withdrawn.code, kinds(withdrawn.rows[0])) == (
        1,
        {("READY.json", "superseded"), ("WITHDRAWN.json", "withdrawn_since")},
    )
    assert showcase("pull", ready["package_id"], "--to", "in").code == 0
    assert kinds(showcase("verify", folder, "--json").rows[0]) == {("WITHDRAWN.json", "withdrawn")}

    unknown = showcase.folder / "unknown"
    shutil.copytree(folder, unknown)
    text = (unknown / "package.json").read_text("utf-8").replace(ready["package_id"], "c" * 20)
    (unknown / "package.json").write_text(text, "utf-8")
    (unknown / "READY.json").unlink()
    found = showcase("verify", unknown, "--store", "--json")
    assert ("READY.json", "store_unknown") in kinds(found.rows[0])
