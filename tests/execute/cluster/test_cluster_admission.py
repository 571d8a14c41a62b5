"""A real scheduler and real workers, of which most lack something: each is named with what that is."""

from __future__ import annotations

import os
import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.errors import EnvironmentFault
from pipeline.execute.cluster import admitting, client
from pipeline.execute.cluster.answer import Expectation, Reason, Token
from pipeline.model.capability import Capability
from tests.clusters import Cluster, cluster

BLOCKED = """
import sys
class Blocks:
    def find_spec(self, name, path=None, target=None):
        if name == "pipeline":
            raise ModuleNotFoundError("No module named 'pipeline'", name="pipeline")
sys.meta_path.insert(0, Blocks())
"""


def script(path: Path, text: str) -> str:
    path.write_text(f"#!/bin/sh\n{text}\n")
    path.chmod(0o755)
    return str(path)


@pytest.fixture(scope="module")
def mixed(tmp_path_factory: pytest.TempPathFactory, ffmpeg: Path, usual_cache: Path) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("cluster")
    (folder / "sitecustomize.py").write_text(BLOCKED)
    other = script(
        folder / "other", f'case "$*" in *-version*) echo ffmpeg version other;; *) exec {ffmpeg} "$@";; esac'
    )
    slow = script(folder / "slow", f'exec {ffmpeg} -cpuflags 0 "$@"')
    with cluster(folder, XDG_CACHE_HOME=str(usual_cache.parent)) as made:
        for name, told in {
            "fit": {},
            "ffmpeg": {"SHOWCASE_FFMPEG": other},
            "bytes": {"SHOWCASE_FFMPEG": slow},
            "folder": {"SHOWCASE_WORKSPACE": "/proc/self"},
            "package": {"PYTHONPATH": str(folder)},
        }.items():
            made.start_worker(name, XDG_CACHE_HOME=str(usual_cache.parent), **told)
        made.await_workers(5)
        yield made


@pytest.fixture
def wanted(able: Capability) -> Expectation:
    return admitting.expectation(able)


def test_who_differs_gets_nothing_and_is_named(mixed: Cluster, wanted: Expectation) -> None:
    addresses = {one.address: name for name, one in mixed.present().items()}
    made = admitting.admit(mixed.at, wanted, {one for one, name in addresses.items() if name == "fit"}).made
    found = admitting.admit(mixed.at, wanted.model_copy(update={"made": made}))
    assert [addresses[one.address] for one in found.workers] == ["fit"]
    assert {addresses[one.worker.address]: one.reason for one in found.aside} == {
        "ffmpeg": Reason.FFMPEG,
        "bytes": Reason.BYTES,
        "folder": Reason.FOLDER,
        "package": Reason.PACKAGE_MISSING,
    }


def test_a_worker_that_is_busy_answers_and_one_that_is_stopped_costs_the_deadline(
    mixed: Cluster, wanted: Expectation
) -> None:
    present = mixed.present()
    fit, stopped = present["fit"].address, present["package"].address
    admitting.admit(mixed.at, wanted, {fit})  # what it is asked first takes longer
    mixed.workers["package"].send_signal(signal.SIGSTOP)
    try:
        with client.connected(mixed.at) as there:
            film = there.submit(time.sleep, 20, key="film", workers=[fit])
            while not mixed.present()["fit"].tasks:
                time.sleep(0.05)
            began = time.monotonic()
            found = admitting.admit(mixed.at, wanted, {fit, stopped}, deadline_s=6)
            assert time.monotonic() - began < 30
            film.cancel()
    finally:
        mixed.workers["package"].send_signal(signal.SIGCONT)
    assert [(one.address, one.tasks) for one in found.workers] == [(fit, ("film",))]
    assert [(one.worker.address, one.reason) for one in found.aside] == [(stopped, Reason.SILENT)]


def test_a_worker_without_a_store_and_one_without_space_are_named(mixed: Cluster, wanted: Expectation) -> None:
    fit = {mixed.present()["fit"].address}
    of_store = wanted.model_copy(update={"store": Token(bucket="delivery", key="probe")})
    assert [one.reason for one in admitting.admit(mixed.at, of_store, fit).aside] == [Reason.STORE_PRIVATE]
    assert not (mixed.folder / "fit" / ".showcase").exists()  # who is only asked makes no workspace
    vast = wanted.model_copy(update={"disk_bytes": 1 << 60})
    assert [one.reason for one in admitting.admit(mixed.at, vast, fit).aside] == [Reason.DISK]


def test_a_scheduler_of_another_version_is_told(mixed: Cluster, wanted: Expectation) -> None:
    with pytest.raises(EnvironmentFault, match="scheduler_differs"):
        admitting.admit(mixed.at, wanted.model_copy(update={"package": "0.0.9"}))


def test_no_key_is_in_what_dask_logs(mixed: Cluster) -> None:
    assert os.environ.get("AWS_SECRET_ACCESS_KEY") is None
    logs = [path.read_text() for path in mixed.folder.glob("*/dask.log")]
    assert len(logs) == 6
    assert not any("PRIVATE KEY" in log for log in logs)


def test_an_answer_that_comes_when_a_look_at_it_ends_is_not_lost(mixed: Cluster) -> None:
    wait_s, latest_s = 0.2, 0.01
    with client.connected(mixed.at) as there:
        for number in range(12):
            lasts_s = wait_s - latest_s * number / 11
            running = client.Running(
                there,
                lambda _, text: __import__("time").sleep(float(text)) or text,
                f"look-{number}",
                str(lasts_s),
                None,
            )
            while (said := running.answer(wait_s)) is None:
                pass
            assert said == str(lasts_s)
            running.release()
