"""What tests of batches on a cluster begin with."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from pipeline.storage import embedded
from tests.clusters import cluster
from tests.conftest import MEANT, Showcase, code_quickly, deliver_for_television
from tests.execute.cluster.seasons import Reference, Season, delivered

BUCKETS = ("delivery", "inbox", "work")
# what can be killed under way, and what is soon done
FILMS = {"long.mp4": 40, "a.mp4": 20, "b.mp4": 4, "c.mp4": 3}


@pytest.fixture
def season(showcase: Showcase, served_alone: Path, tmp_path: Path, usual_cache: Path) -> Iterator[Season]:
    with embedded.serve(served_alone, BUCKETS) as server:
        connection = server.connection
        store = {
            "AWS_ENDPOINT_URL_S3": connection.endpoint or "",
            "AWS_ACCESS_KEY_ID": connection.access_key or "",
            "AWS_SECRET_ACCESS_KEY": connection.secret_key or "",
        }
        with cluster(tmp_path / "cluster", XDG_CACHE_HOME=str(usual_cache.parent)) as made:
            showcase.environment |= {**store, "SHOWCASE_SCHEDULER": made.at.url}
            season = Season(showcase, made, {**store, "XDG_CACHE_HOME": str(usual_cache.parent)}, connection)
            try:
                yield season
            finally:
                season.end()


@pytest.fixture
def films(showcase: Showcase, film_of: Callable[..., Path]) -> Callable[[str, int], Path]:
    def make(name: str, seconds: int) -> Path:
        return _put(showcase.folder, name, film_of(seconds))

    return make


@pytest.fixture
def wanted_films(films: Callable[[str, int], Path]) -> Callable[..., None]:
    """`wanted_films("a", "b")`: of those whose packages are known."""

    def make(*names: str) -> None:
        for name in names:
            films(f"{name}.mp4", FILMS[f"{name}.mp4"])

    return make


@pytest.fixture
def reference(made_once: Callable[..., Path], film_of: Callable[..., Path]) -> Reference:
    """What this machine makes of the films without any fault."""

    def fill(folder: Path) -> None:
        folder.mkdir()
        (folder / "showcase.toml").write_text(MEANT)
        code_quickly(folder)
        deliver_for_television(folder)
        for name, seconds in FILMS.items():
            _put(folder, name, film_of(seconds))
        made = Showcase(folder)("batch", "films", "--json")
        assert made.code == 0, made.err
        with embedded.serve(folder / ".showcase" / "store", BUCKETS) as server:
            objects = delivered(server.connection)
        ids = {Path(str(row["item"])).stem: f"/{row['submission_id']}/" for row in made.rows}
        known = {name: {key: objects[key] for key in objects if one in key} for name, one in ids.items()}
        (folder / "reference.json").write_text(json.dumps(known))

    known: Reference = json.loads((made_once("films-without-faults", fill) / "reference.json").read_text())
    return known


def _put(workspace: Path, name: str, film: Path) -> Path:
    path = workspace / "films" / name
    path.parent.mkdir(exist_ok=True)
    shutil.copy(film, path)
    return path
