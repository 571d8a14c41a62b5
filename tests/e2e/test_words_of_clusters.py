"""Errors about a cluster: its address, its certificates, who answers there."""

from __future__ import annotations

import os
import shutil
import subprocess
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pipeline.catalogue import Language
from pipeline.execute.cluster import certificates
from pipeline.execute.cluster.address import HERE
from tests.clusters import Cluster, cluster, free_port
from tests.conftest import Result, Showcase
from tests.e2e.error_words import LANGUAGES, TOML, Case, case, hold
from tests.execute.cluster.test_cluster_doors import write_certificates

CASES = {
    "no address": case("cluster_address", 2, "cluster status --scheduler http://a"),
    "another machine, unguarded": case("cluster_untrusted", 2, "cluster status --scheduler 10.0.0.1"),
    "an open door": case("cluster_untrusted", 2, "cluster up --host 192.0.2.1"),
    "no folder": case("cluster_tls_wanted", 2, "cluster up --join tls://10.0.0.1"),
    "a folder without a file": case(
        "cluster_tls_missing", 2, "cluster status --tls keys", {"keys/ca.pem": "", "keys/cert.pem": ""}
    ),
    "no certificates": case(
        "cluster_tls_wrong",
        3,
        "cluster up --tls keys",
        {"keys/ca.pem": "a", "keys/cert.pem": "b", "keys/key.pem": "c"},
    ),
    "another machine's address": case(
        "cluster_host", 2, "cluster up --host 192.0.2.1", {TOML: "[cluster]\ntrust_network = true\n"}
    ),
    "a scheduler for this machine alone": case("executor_wanted", 2, "batch . --scheduler 127.0.0.1"),
    "certificates for this machine alone": case("executor_wanted", 2, "run film.mp4 --tls keys"),
    "nobody": case("scheduler_missing", 3, "cluster status", SHOWCASE_SCHEDULER=f"{HERE}:9"),
}
BY_ITSELF = {
    "cluster_empty",
    "cluster_expired",
    "cluster_extra",
    "cluster_not_yet",
    "cluster_port_taken",
    "cluster_start",
    "scheduler_lacks",
    "scheduler_refuses",
}


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", CASES)
def test_what_is_wrong_with_a_cluster_is_told(language: Language, name: str, showcase: Showcase) -> None:
    for file, content in CASES[name].files.items():
        path = showcase.folder / file
        path.parent.mkdir(exist_ok=True)
        path.write_text(str(content))
    hold(showcase, CASES[name], language)


@pytest.mark.parametrize("language", LANGUAGES)
def test_certificates_out_of_date_are_told(language: Language, showcase: Showcase) -> None:
    now = datetime.now(UTC)
    write_certificates(showcase.folder / "old", now - timedelta(days=366), 365)
    write_certificates(showcase.folder / "early", now + timedelta(hours=1), 365)
    hold(showcase, case("cluster_expired", 3, "cluster status --tls old"), language)
    hold(showcase, case("cluster_not_yet", 3, "cluster up --tls early"), language)


@pytest.fixture(scope="module")
def empty(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler without workers, behind certificates."""
    folder = tmp_path_factory.mktemp("empty")
    certificates.keep(folder / "keys")
    with cluster(folder, folder / "keys") as made:
        made.await_workers(0)
        yield made


@pytest.mark.parametrize("language", LANGUAGES)
def test_who_answers_there_is_told(language: Language, empty: Cluster, showcase: Showcase) -> None:
    shutil.copytree(empty.folder / "keys", showcase.folder / "keys")
    certificates.keep(showcase.folder / "other")
    address = f"{HERE}:{empty.at.port}"
    hold(showcase, case("scheduler_refuses", 3, f"cluster status --scheduler {address}"), language)
    hold(showcase, case("scheduler_refuses", 3, f"cluster up --join {address} --tls other"), language)
    hold(showcase, case("cluster_empty", 3, f"cluster status --scheduler {address} --tls keys"), language)
    hold(showcase, case("cluster_port_taken", 3, f"cluster up --port {empty.at.port}"), language)


@pytest.mark.acceptance
@pytest.mark.parametrize("language", LANGUAGES)
def test_a_scheduler_without_our_package_is_told(language: Language, tmp_path: Path, showcase: Showcase) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "sitecustomize.py").write_text("import sys\nsys.modules['pipeline'] = None\n")
    with cluster(tmp_path / "cluster", PYTHONPATH=str(tmp_path / "blocks")) as made:
        made.await_workers(0)
        words = f"cluster status --scheduler {HERE}:{made.at.port}"
        hold(showcase, case("scheduler_lacks", 3, words), language)


class Broken(Showcase):
    """The command under a Python whose modules are blocked, or break, by a `sitecustomize`."""

    def __call__(self, *words: str | Path, timeout: float = 110, cwd: Path | None = None) -> Result:
        surroundings = {**os.environ, **self.environment}
        done = subprocess.run(
            self.argv(*words),
            cwd=self.folder,
            env=surroundings,
            capture_output=True,
            text=True,
            timeout=timeout,
            check=False,
        )
        return Result(done.returncode, done.stdout, done.stderr)


@pytest.mark.acceptance
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("code", "told"),
    [
        (
            "import sys, importlib.util as u\nfound = u.find_spec\n"
            "u.find_spec = lambda name, *more: None if name == 'distributed' else found(name, *more)\n",
            case("cluster_extra", 3, "cluster up"),
        ),
        (
            "import sys\nif any('dask_scheduler' in word for word in sys.orig_argv): sys.exit(4)\n",
            case("cluster_start", 3, f"cluster up --port {free_port()}"),
        ),
    ],
    ids=["without Dask", "a scheduler that ends at once"],
)
def test_an_installation_that_has_no_cluster_is_told(
    language: Language, code: str, told: Case, tmp_path: Path, showcase: Showcase
) -> None:
    (tmp_path / "blocks").mkdir()
    (tmp_path / "blocks" / "sitecustomize.py").write_text(code)
    broken = Broken(showcase.folder, {"PYTHONPATH": str(tmp_path / "blocks")})
    hold(broken, told, language)
