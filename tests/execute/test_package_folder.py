"""A package's folder holds what is listed and the markers that `pull` leaves, nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.execute import package_folder
from tests import head_end_packages


@pytest.mark.parametrize(
    ("name", "is_extra"),
    [
        ("ACK.json", True),
        ("ACK-0002.json", True),
        ("WITHDRAWN-0002.json", True),
        ("READY-0002.json", True),
        ("images/READY.json", True),
        ("WITHDRAWN.json", False),  # it tells of itself
    ],
)
def test_a_file_called_like_a_marker_is_none(name: str, is_extra: bool, tmp_path: Path) -> None:
    root = head_end_packages.package(tmp_path / "pack", 1000)
    before = package_folder.examine(root).problems
    (root / name).parent.mkdir(exist_ok=True)
    (root / name).write_text("{}")
    more = [(item.path, item.kind) for item in package_folder.examine(root).problems if item not in before]
    assert more == [(name, "extra" if is_extra else "withdrawn")]
