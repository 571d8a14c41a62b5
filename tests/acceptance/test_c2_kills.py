"""Thirty kills −9 over sender, listener and head-end: one order each, nothing registered twice, the same end."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import MEANT, Showcase, copy_of, store_kept_up
from tests.e2e.test_c2_wire import OWN, free_port
from tests.televised import television

__all__ = ["television"]
KILLS = 30
pytestmark = [pytest.mark.acceptance, pytest.mark.timeout(1500)]


class Kept:
    """A serving command that is started again whenever it is killed."""

    def __init__(self, showcase: Showcase, *words: str):
        self._showcase, self._words = showcase, words
        self._process = self._start()

    def _start(self) -> subprocess.Popen[bytes]:
        return self._showcase.start(*self._words)

    def kill(self) -> None:
        self._process.kill()
        self._process.wait(30)
        self._process = self._start()

    def up(self) -> None:
        """Start it again where its port was not free yet."""
        if self._process.poll() is not None:
            self._process = self._start()

    def end(self) -> None:
        self._process.send_signal(signal.SIGINT)
        self._process.wait(60)


@contextmanager
def kept(showcase: Showcase, *words: str) -> Iterator[Kept]:
    serving = Kept(showcase, *words)
    try:
        yield serving
    finally:
        serving.end()


def registered(folder: Path) -> dict[str, object]:
    return dict(json.loads((folder / "registry.json").read_text()))


def test_after_thirty_kills_the_end_is_the_same(showcase: Showcase, television: Path, tmp_path: Path) -> None:
    copy_of(television, showcase.folder)
    (showcase.folder / "showcase.toml").write_text(MEANT + OWN)
    chance, listens, takes = random.Random(28), str(free_port()), str(free_port())
    head_end, url = tmp_path / "head-end", f"http://127.0.0.1:{takes}/"
    kills = steps = 0
    with store_kept_up(showcase):
        film = str(showcase("status", "--json").rows[0]["submission_id"])
        with (
            kept(showcase, "c2", "listen", "--port", listens) as listener,
            kept(
                showcase,
                *("c2", "simulate", "--port", takes, "--notify", f"http://127.0.0.1:{listens}/"),
                *("--state", str(head_end)),
            ) as simulator,
        ):
            while kills < KILLS or steps % 2 == 0:
                if steps:
                    words = ("--undo",) if steps % 2 == 0 else ("--reason", "x")
                    assert showcase("withdraw", film, *words, "--json").code in (0, 2)
                deadline = time.monotonic() + 120
                while True:
                    assert time.monotonic() < deadline
                    listener.up()
                    simulator.up()
                    sender = subprocess.Popen(
                        showcase.argv("c2", "send", film, "--to", url, "--wait", "0.2", "--json"),
                        cwd=showcase.folder,
                        env={**os.environ, **showcase.environment},
                        stdout=subprocess.PIPE,
                        stderr=subprocess.PIPE,
                    )
                    if kills < KILLS:
                        time.sleep(chance.uniform(0.2, 2.5))
                        kills += 1
                        chance.choice((sender.kill, listener.kill, simulator.kill))()
                    sender.communicate(timeout=100)
                    orders = showcase("status", film, "--json").rows[0]["c2"]
                    assert isinstance(orders, list)
                    if len(orders) == steps + 1 and orders[-1]["state"] == "ingested":
                        break
                    assert all(item["state"] in ("sent", "ingested") for item in orders), orders
                steps += 1
                assert len({item["correlate_id"] for item in orders}) == steps == len(orders)
            time.sleep(3)  # the last notice is told
    found = registered(head_end)
    assert set(found["orders"]) == {item["correlate_id"] for item in orders}  # type: ignore[call-overload]
    assert all(item["cmd_result"] == 0 for item in found["orders"].values())  # type: ignore[attr-defined]
    assert sorted(kind for kind, _ in found["objects"]) == ["Movie", "Picture", "Program"]  # type: ignore[attr-defined]
    lines = [json.loads(line) for line in (showcase.folder / ".showcase/c2/notices.jsonl").read_text().splitlines()]
    noticed = [line["correlate_id"] for line in lines if line["kind"] == "notice"]
    assert sorted(noticed) == sorted(set(noticed)) == sorted(item["correlate_id"] for item in orders)
