"""Files that work names by their digest."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.execute.context import SourceFiles


def test_of_files_with_the_same_bytes_one_that_is_there_is_read(tmp_path: Path) -> None:
    files = SourceFiles()
    for name in ("a", "b"):
        (tmp_path / name).write_bytes(b"film")
        files.add("0" * 64, tmp_path / name)
    assert files.path("0" * 64) == tmp_path / "a"
    (tmp_path / "a").unlink()
    assert files.path("0" * 64) == tmp_path / "b"
    (tmp_path / "b").unlink()
    assert files.path("0" * 64) == tmp_path / "a"  # whose absence is then told by name
    with pytest.raises(InputError):
        files.path("1" * 64)
