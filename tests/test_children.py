"""Work that is ended from another thread, wherever it waits."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline.children import ChildGroup
from pipeline.errors import Interrupted
from pipeline.execute import digest
from pipeline.locks import locked


def test_who_waits_for_anothers_lock_ends_with_the_work(tmp_path: Path) -> None:
    group, path = ChildGroup(), tmp_path / "x.lock"

    def wait() -> None:
        with group, locked(path):
            pytest.fail("another holds it")

    with FileLock(path), ThreadPoolExecutor() as pool:
        waiting = pool.submit(wait)
        time.sleep(0.5)
        assert not waiting.done()
        group.kill()
        with pytest.raises(Interrupted):
            waiting.result(timeout=3)
    with locked(path):
        assert path.exists()


def test_a_lock_is_given_back_when_the_work_in_it_fails(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="x"), locked(tmp_path / "x.lock"):
        raise ValueError("x")
    with FileLock(tmp_path / "x.lock", timeout=1):
        pass


def test_reading_without_a_child_ends_too(tmp_path: Path) -> None:
    (tmp_path / "film").write_bytes(b"film")
    group = ChildGroup()
    group.kill()
    with group, pytest.raises(Interrupted):
        digest.cached_sha256(tmp_path / "film", tmp_path / "cache")
    assert digest.cached_sha256(tmp_path / "film", tmp_path / "cache")
