"""Films over lines as prefectures have them: what of a line becomes film, and what is said of one that carries none."""

from __future__ import annotations

import hashlib
import random
import time
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest

from pipeline.errors import TransferError
from pipeline.model.rendition import StoredFile
from pipeline.storage.bucket import Bucket
from pipeline.storage.network.line import Line
from pipeline.storage.network.patience import Patience
from pipeline.storage.place import Place
from pipeline.storage.s3.session import Connection
from pipeline.storage.s3.store import Store
from pipeline.storage.transfer import multipart, upload
from tests.faults.line_proxy import Line as Wire
from tests.faults.line_proxy import LineProxy, lined

pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(900)]
MBIT = 1e6 / 8


def film(folder: Path, size: int, name: str = "01.mov") -> StoredFile:
    content = random.Random(size).randbytes(size)
    (folder / name).write_bytes(content)
    return StoredFile(path=name, size_bytes=size, sha256=hashlib.sha256(content).hexdigest())


@dataclass
class Sending:
    """A film on its way over a line, and what was told of it."""

    store: Store
    place: Place
    told: list[tuple[float, int]] = field(default_factory=list)
    took_s: float = 0.0

    def send(self, folder: Path, item: StoredFile) -> None:
        began = time.monotonic()
        try:
            upload.upload(self.place, folder, [item], lambda more: self.told.append((time.monotonic(), more)))
            upload.confirm(self.place, [item])
        finally:
            self.took_s = time.monotonic() - began

    @property
    def again(self) -> list[int]:
        """The bytes of each try that came to nothing."""
        return [-more for _, more in self.told if more < 0]


def sending(connection: Connection, proxy: LineProxy, prefix: str, limit: int | None = None) -> Sending:
    behind = replace(connection, endpoint=proxy.endpoint)
    store = Store(behind, endpoint_shown=proxy.endpoint, patience=Patience(Line(limit), 900))
    return Sending(store, Place(Bucket(store, "inbox"), prefix))


def test_nearly_all_of_a_slow_line_becomes_film(connection: Connection, tmp_path: Path) -> None:
    item = film(tmp_path, 25_000_000)
    with lined(connection.endpoint or "", Wire(up=2e6, down=2e6)) as proxy:
        sent = sending(connection, proxy, "whole/")
        sent.send(tmp_path, item)
    share = item.size_bytes / (2 * MBIT * sent.took_s)
    print(f"\n2 Mbit/s: {item.size_bytes / 1e6:.0f} MB in {sent.took_s:.1f} s, {share:.3f} of the line")
    assert share >= 0.95
    assert sum(more for _, more in sent.told) == item.size_bytes
    assert sent.again == []


def test_a_line_that_is_cut_every_minute_loses_one_part_a_cut_at_most(connection: Connection, tmp_path: Path) -> None:
    item = film(tmp_path, 80_000_000)
    with lined(connection.endpoint or "", Wire(up=4e6, down=4e6, cut_every_s=60)) as proxy:
        sent = sending(connection, proxy, "cut/")
        sent.send(tmp_path, item)
        parts, cuts = proxy.counts.asked["PUT"], int(sent.took_s // 60)
    share = item.size_bytes / (4 * MBIT * sent.took_s)
    print(
        f"\n4 Mbit/s cut every 60 s: {item.size_bytes / 1e6:.0f} MB in {sent.took_s:.1f} s, {share:.3f} of the line; "
        f"{cuts} cuts, {len(sent.again)} tries of a part broken off, {sum(sent.again) / 1e6:.1f} MB sent again"
    )
    assert share >= 0.80
    assert len(sent.again) <= cuts
    assert parts <= -(-item.size_bytes // (5 << 20)) + cuts


def test_a_line_that_carries_no_part_is_told_with_its_figures(connection: Connection, tmp_path: Path) -> None:
    item = film(tmp_path, 12_000_000)
    with lined(connection.endpoint or "", Wire(up=2e6, down=2e6, cut_every_s=20)) as proxy:
        sent = sending(connection, proxy, "none/")
        with pytest.raises(TransferError) as caught:
            sent.send(tmp_path, item)
    values = caught.value.values
    print(f"\n2 Mbit/s cut every 20 s: given up after {sent.took_s:.0f} s: {values}")
    assert caught.value.key == "cut_within"
    assert (values["cuts"], values["size"]) == (5, "5.2 MB")
    assert 18 <= int(str(values["seconds"])) <= 20
    assert 225 <= int(str(values["rate"]).split()[0]) <= 275
    assert sum(more for _, more in sent.told) == 0
    assert sent.took_s < 120


def test_a_limit_holds_over_a_minute(connection: Connection, tmp_path: Path) -> None:
    limit = 500 << 10
    item = film(tmp_path, 60 * limit)
    with lined(connection.endpoint or "") as proxy:
        sent = sending(connection, proxy, "limited/", limit)
        sent.send(tmp_path, item)
        assert multipart.open_uploads(Bucket(sent.store, "inbox"), "limited/01.mov") == []
    began = sent.told[0][0]
    rates = []
    for start in range(0, 60, 10):
        of_it = sum(more for at, more in sent.told if start <= at - began < start + 10)
        rates.append(of_it / 10 / limit)
    rate = item.size_bytes / sent.took_s / limit
    print(f"\n--limit-rate 500k: {rate:.3f} of it over {sent.took_s:.1f} s; by tens of seconds {rates}")
    assert 0.95 <= rate <= 1.05
    assert all(0.9 <= share <= 1.05 for share in rates[:-1])
