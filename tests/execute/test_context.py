"""Files that work names by their digest."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from pipeline.errors import InputError
from pipeline.execute import context
from pipeline.execute.context import SourceFiles
from pipeline.model.generated import Propagation
from pipeline.settings import Settings
from pipeline.workspace import Workspace


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


def test_who_passes_labels_on_is_the_workspaces_or_whoever_asks(tmp_path: Path) -> None:
    plain = context.prepare(Workspace(tmp_path, Settings()))
    assert plain.propagation is None
    own = context.prepare(Workspace(tmp_path, Settings(propagator="局", propagate_id="7")))
    assert own.propagation == Propagation(propagator="局", propagate_id="7")
    # of a film that another machine asks for, what that one says
    assert replace(own, passed_on_by=Propagation()).propagation is None
    assert replace(plain, passed_on_by=Propagation(propagator="x")).propagation == Propagation(propagator="x")
