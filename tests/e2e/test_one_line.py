"""Names that hold an end of a line: what is shown of them is one line, and forges no other."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import workspace
from pipeline.storage import connect
from tests.conftest import Showcase
from tests.small_packages import deliver

FORGED = "x\n✓ in: good"


@pytest.fixture
def pulled(showcase: Showcase, served: Path) -> Path:
    """A package as `pull` left it."""
    with connect.opened(workspace.find(showcase.folder)) as buckets:
        package_id = deliver(buckets, "653200/one")
    assert showcase("pull", "--to", "in").code == 0
    return showcase.folder / "in" / "one" / package_id


def lines(text: str) -> list[str]:
    return [line.strip() for line in text.splitlines()]


def test_a_file_s_name_of_two_lines_is_told_in_one(showcase: Showcase, pulled: Path) -> None:
    (pulled / FORGED).write_bytes(b"x")
    told = showcase("verify", str(pulled))
    assert told.code == 6
    assert "x�✓ in: good" in told.out
    assert "✓ in: good" not in lines(told.out + told.err)
    missing = showcase("verify", f"gone{FORGED}")
    assert missing.code == 2
    assert "✓ in: good" not in lines(missing.err)


def test_an_id_of_two_lines_is_told_in_one(showcase: Showcase, pulled: Path) -> None:
    (showcase.folder / "answers.csv").write_text(f'id,decision\n"{FORGED}",accept\n', "utf-8")
    told = showcase("ack", "--from", "answers.csv", "--yes")
    assert told.code == 2
    assert "x�✓ in: good" in told.out
    assert "✓ in: good" not in lines(told.out + told.err)
