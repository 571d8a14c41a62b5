"""Documents that other projects test their readers with, from the source archives of those projects: none is ours.

`corpus.txt` has a line for each: what is expected (codes, or `-` for an ordinary one), and where it lies. Each was
looked at by hand; the archives are fetched by the ordinary client into a folder that is kept for a while.
"""

from __future__ import annotations

import subprocess
import sys
import tarfile
import tempfile
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from filelock import FileLock

from tests.conftest import ROOT, Showcase

PROJECTS = {"oletools": "0.60.2", "python-pptx": "1.0.2", "python-docx": "1.2.0", "pikepdf": "10.18.0"}
KEPT = Path(tempfile.gettempdir()) / "showcase-test-documents"
AT_ONCE = 20
LEAST = 150


def expected() -> dict[str, str]:
    """What is expected of each document, by where it lies: `oletools/tests/…`."""
    lines = (ROOT / "tests" / "documents" / "corpus.txt").read_text(encoding="utf-8").splitlines()
    return {where: codes for codes, where in (line.split(" ", 1) for line in lines if line and line[0] != "#")}


def fetch() -> Path:
    """The unpacked archives; one that can't be had fails."""
    KEPT.mkdir(exist_ok=True)
    with FileLock(KEPT / "lock"):
        for name, version in PROJECTS.items():
            if not (KEPT / name).is_dir():
                unpack(name, version)
    return KEPT


def unpack(name: str, version: str) -> None:
    with tempfile.TemporaryDirectory(dir=KEPT) as folder:
        fetched, made = Path(folder) / "fetched", Path(folder) / "made"
        argv = [sys.executable, "-m", "pip", "download", "--no-deps", "--no-binary", ":all:", "-q"]
        subprocess.run([*argv, "-d", str(fetched), f"{name}=={version}"], check=True, timeout=600)
        archive = next(fetched.iterdir())
        if archive.suffix == ".zip":
            with zipfile.ZipFile(archive) as file:
                file.extractall(made)  # noqa: S202 - zipfile leaves out what leads elsewhere
        else:
            with tarfile.open(archive) as file:
                file.extractall(made, filter="data")
        next(made.iterdir()).rename(KEPT / name)


def checked(showcase: Showcase, folder: Path, names: list[str]) -> Iterator[tuple[str, str]]:
    """What the command says of each document."""
    for first in range(0, len(names), AT_ONCE):
        some = names[first : first + AT_ONCE]
        result = showcase("check", *(folder / name for name in some), "--json", timeout=300)
        assert len(result.rows) == len(some), result.err
        for name, row in zip(some, result.rows, strict=True):
            found = {item["code"] for item in row["findings"]}  # type: ignore[attr-defined]
            yield name, ",".join(sorted(found)) or "-"


@pytest.mark.acceptance
@pytest.mark.timeout(3600)
def test_documents_of_others_are_told_for_what_they_are(showcase: Showcase) -> None:
    wanted = expected()
    folder = fetch()
    missing = [name for name in wanted if not (folder / name).is_file()]
    assert missing == []
    told = dict(checked(showcase, folder, list(wanted)))
    wrong = {name: (wanted[name], told[name]) for name in wanted if told[name] != wanted[name]}
    alarms = [name for name, (right, _) in wrong.items() if right == "-"]
    print(f"documents of others: {len(told)} tried, {len(told) - len(wrong)} right, {len(wrong)} wrong")
    for name, (right, found) in wrong.items():
        print(f"  {name}: {found}, not {right}")
    assert alarms == []
    assert wrong == {}
    assert len(told) >= LEAST
