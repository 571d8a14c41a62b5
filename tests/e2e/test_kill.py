"""SIGKILL in `run`, `submit`, `pull` and `batch`: the same digests, nobody stays, no upload stays open."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from pipeline.settings import Settings
from pipeline.storage import embedded
from pipeline.storage.bucket import Bucket
from pipeline.storage.s3.store import Store
from pipeline.workspace import Workspace
from tests.conftest import MOVING, TONE, Showcase, code_quickly, copy_of, deliver_for_television
from tests.e2e.kills import Command, Prepare, of_files, of_packages, series

BUCKETS = ("delivery", "inbox")


def store_contents(folder: Path) -> str:
    """Every object of both buckets with its digest; no upload in parts may be left open."""
    place = Workspace(folder, Settings())
    with embedded.serve(place.store, BUCKETS) as server:
        store = Store(server.connection, endpoint_shown="")
        rows = []
        for bucket in BUCKETS:
            for key in sorted(item.key for item in Bucket(store, bucket).walk("", lambda _: None, 1000)):
                head = Bucket(store, bucket).head(key)
                rows.append(f"{bucket}/{key} {head.sha256 if head else None}")
            left = store.client().list_multipart_uploads(Bucket=bucket).get("Uploads", [])
            assert left == [], left
    return "\n".join(rows)


def commands(film: Path, large: Path, delivered: Path, set_up: Prepare = lambda _: None) -> dict[str, Command]:
    """Each command that is killed; `set_up` furnishes a workspace that encodes."""

    def a_large_film(folder: Path) -> None:
        shutil.copy(large, folder / "film.mp4")

    def one_film(folder: Path) -> None:
        set_up(folder)
        shutil.copy(film, folder / "film.mp4")

    def two_films(folder: Path) -> None:
        (folder / "films").mkdir()
        for name in ("a.mp4", "b.mp4"):
            shutil.copy(film, folder / "films" / name)

    def a_delivery(folder: Path) -> None:
        copy_of(delivered, folder)

    def pulled(folder: Path) -> str:
        return of_files(folder / "in")

    return {
        "run": Command("run", ("run", "film.mp4"), one_film, of_packages),
        "submit": Command("submit", ("submit", "--draft", "--with-master", "film.mp4"), a_large_film, store_contents),
        "pull": Command("pull", ("pull", "--to", "in"), a_delivery, pulled),
        "batch": Command("batch", ("batch", "films"), two_films, of_packages),
    }


@pytest.fixture(scope="session")
def large_film(lavfi: Callable[..., Path]) -> Path:
    """4 s of moving noise, over 32 MiB: its upload goes in parts."""
    made = lavfi(
        "-f",
        "lavfi",
        "-i",
        f"{MOVING},noise=alls=60:allf=t",
        "-f",
        "lavfi",
        "-i",
        TONE,
        "-t",
        "4",
        "-c:v",
        "libx264",
        "-preset",
        "ultrafast",
        "-qp",
        "2",
        "-pix_fmt",
        "yuv420p",
        "-c:a",
        "aac",
        "-ac",
        "2",
    )
    assert made.stat().st_size > 32 << 20
    return made


@pytest.mark.parametrize("name", ["pull", pytest.param("run", marks=pytest.mark.acceptance)])
@pytest.mark.timeout(300)
def test_a_killed_command_goes_on_to_the_same_bytes(
    name: str, showcase: Showcase, small_film: Path, delivered: Path, tmp_path: Path
) -> None:
    def set_up(folder: Path) -> None:
        code_quickly(folder)
        deliver_for_television(folder)

    every = commands(small_film, small_film, delivered, set_up)
    series(showcase, every[name], tmp_path / "kills", kills=1, seed=3)


@pytest.mark.acceptance
@pytest.mark.timeout(3000)
def test_fifty_kills(showcase: Showcase, small_film: Path, large_film: Path, delivered: Path, tmp_path: Path) -> None:
    twice = {}
    for number, (name, kills) in enumerate((("run", 14), ("submit", 12), ("pull", 10), ("batch", 14))):
        room = tmp_path / "kills"
        twice[name] = series(
            showcase, commands(small_film, large_film, delivered)[name], room, kills=kills, seed=20 + number
        )
    print(f"50 kills; encodes begun again after a kill in one: {twice}")
