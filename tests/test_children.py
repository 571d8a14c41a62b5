"""Work that is ended from another thread, wherever it waits."""

from __future__ import annotations

import sys
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from filelock import FileLock

from pipeline import process
from pipeline.children import ChildGroup, Usage
from pipeline.errors import Interrupted
from pipeline.execute import digest
from pipeline.locks import locked

SILENT = process.Stdio(stdout=process.DEVNULL, stderr=process.DEVNULL)


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


def test_what_children_cost_is_counted_in_every_group_that_they_are_of() -> None:
    outer, other = ChildGroup(), ChildGroup()
    with outer:
        inner = ChildGroup()
        inner.join(outer)  # of work that another thread does
    with other, inner:
        inner.count(Usage(exit_code=0, wall_s=1.0, cpu_s=2.0, peak_rss_bytes=30))
        inner.count(Usage(exit_code=1, wall_s=1.0, cpu_s=0.5, peak_rss_bytes=20))
    assert (inner.cpu_s, inner.peak_rss_bytes) == (2.5, 30)
    assert (outer.cpu_s, outer.peak_rss_bytes) == (other.cpu_s, other.peak_rss_bytes) == (2.5, 30)


def test_a_process_is_counted_when_it_ends() -> None:
    spent = "sum(i for i in range(10**6))"
    with ChildGroup() as group:
        child = process.start([sys.executable, "-c", spent], cwd=Path("/"), env={}, stdio=SILENT)
        usage = child.wait(30)
    assert usage is not None
    assert (group.cpu_s, group.peak_rss_bytes) == (usage.cpu_s, usage.peak_rss_bytes)
    assert group.cpu_s > 0.01
