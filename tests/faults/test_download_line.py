"""Films over a line that is slow and cut: what share of it carries their bytes. Figures are printed (`-s`)."""

from __future__ import annotations

import hashlib
import random
import time
from pathlib import Path

import pytest

from pipeline.model.rendition import StoredFile
from pipeline.storage.bucket import Bucket
from pipeline.storage.network.line import Line
from pipeline.storage.network.patience import Patience
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import download
from tests.faults.line_proxy import Line as SlowLine
from tests.faults.line_proxy import lined

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(600)]
MBIT = 1e6


def put(connection: Connection, name: str, size: int) -> StoredFile:
    content = random.Random(size).randbytes(size)
    sha256 = hashlib.sha256(content).hexdigest()
    bucket = Bucket(Store(connection, endpoint_shown="store"), "delivery")
    bucket.put(name, content, sha256=sha256, media_type="video/mp2t")
    return StoredFile(path=name, size_bytes=size, sha256=sha256)


def fetched(
    connection: Connection, files: list[StoredFile], folder: Path, line: SlowLine, limit: int | None = None
) -> tuple[float, int, list[int]]:
    """Seconds, bytes that came through the line, and what was told."""
    told: list[int] = []
    with lined(connection.endpoint or "", line) as proxy:
        there = Connection(proxy.endpoint, connection.access_key, connection.secret_key)
        store = Store(there, endpoint_shown=proxy.endpoint, patience=Patience(Line(limit), 60))
        began = time.monotonic()
        download.download(Place(Bucket(store, "delivery"), ""), files, folder, told.append)
        return time.monotonic() - began, proxy.counts.down, told


@pytest.mark.parametrize(("rate", "every", "size"), [(4 * MBIT, 20, 50_000_000), (4 * MBIT, None, 20_000_000)])
def test_a_film_takes_nine_tenths_of_a_line_that_is_cut(
    connection: Connection, tmp_path: Path, rate: float, every: float | None, size: int
) -> None:
    item = put(connection, f"film-{size}.ts", size)
    seconds, carried, told = fetched(connection, [item], tmp_path, SlowLine(down=rate, cut_every_s=every))
    share = size * 8 / rate / seconds
    print(
        f"{rate / MBIT:.0f} Mbit/s cut every {every} s: {share:.3f} of the line, {carried - size} bytes beside the film"
    )
    assert share >= 0.9
    assert min(told) >= 0
    assert sum(told) == size
    assert carried < size * 1.01


def test_small_files_take_a_cut_line_too(connection: Connection, tmp_path: Path) -> None:
    files = [put(connection, f"segment-{number}.ts", 200_000 + number) for number in range(60)]
    size = sum(item.size_bytes for item in files)
    seconds, carried, told = fetched(connection, files, tmp_path, SlowLine(down=4 * MBIT, cut_every_s=20))
    share = size * 8 / (4 * MBIT) / seconds
    print(f"{len(files)} of 200 kB at 4 Mbit/s cut every 20 s: {share:.3f} of the line")
    assert share >= 0.9
    assert sum(told) == size
    assert carried < size * 1.05


@pytest.mark.parametrize("limit", [500_000])
def test_the_limit_holds_within_a_twentieth(connection: Connection, tmp_path: Path, limit: int) -> None:
    item = put(connection, "limited.ts", 60 * limit)
    seconds, _, _ = fetched(connection, [item], tmp_path, SlowLine(), limit)
    print(f"limit of {limit} bytes/s: {item.size_bytes / seconds / limit:.3f} of it in {seconds:.1f} s")
    assert abs(item.size_bytes / seconds / limit - 1) <= 0.05
