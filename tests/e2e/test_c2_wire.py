"""Editor, head-end and listener over real HTTP and S3, with every fault that the simulated head-end has."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.conftest import MEANT, Result, Showcase, copy_of, store_kept_up
from tests.televised import television

__all__ = ["television"]
OWN = '[c2]\ncsp_id = "XJDE"\nlsp_id = "XJTEL"\n'
REPLY = """<?xml version="1.0" encoding="UTF-8"?><ADI><Objects>{objects}</Objects>
<Reply><Result>{result}</Result><Description>说明</Description></Reply></ADI>"""
OBJECT = (
    '<Object ElementType="{type}" ID="{code}" Code="{code}" Action="REGIST">'
    '<Property Name="Result">{result}</Property></Object>'
)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return int(server.getsockname()[1])


@dataclass
class Wire:
    """An editor's workspace with a delivered film, its listener, and head-ends."""

    showcase: Showcase
    port: int

    @property
    def id(self) -> str:
        return str(self.showcase("status", "--json").rows[0]["submission_id"])

    @contextmanager
    def running(self, *words: str) -> Iterator[tuple[str, subprocess.Popen[bytes], Path]]:
        """A command that serves; gives its address, itself, and what it said."""
        said = self.showcase.folder / f"said-{time.monotonic_ns()}"
        with said.open("wb") as out:
            process = subprocess.Popen(
                self.showcase.argv(*words, "--json"),
                cwd=self.showcase.folder,
                env={**os.environ, **self.showcase.environment},
                stdin=subprocess.DEVNULL,
                stdout=out,
                stderr=out,
            )
        try:
            deadline = time.monotonic() + 60
            while not (found := re.search(r'"event": "ready", "url": "([^"]+)"', said.read_text())):
                assert time.monotonic() < deadline, said.read_text()
                assert process.poll() is None, said.read_text()
                time.sleep(0.05)
            yield found[1], process, said
        finally:
            process.send_signal(signal.SIGINT)
            process.wait(30)

    def listener(self) -> object:
        return self.running("c2", "listen", "--port", str(self.port))

    def head_end(self, *words: str) -> object:
        return self.running("c2", "simulate", "--port", "0", "--notify", f"http://127.0.0.1:{self.port}/", *words)

    def send(self, url: str, *words: str) -> Result:
        return self.showcase("c2", "send", self.id, "--to", url, *words)

    def orders(self) -> list[dict[str, object]]:
        found = self.showcase("status", self.id, "--json").rows[0]["c2"]
        assert isinstance(found, list)
        return found


@pytest.fixture
def wire(showcase: Showcase, television: Path) -> Wire:
    copy_of(television, showcase.folder)
    (showcase.folder / "showcase.toml").write_text(MEANT + OWN)
    return Wire(showcase, free_port())


@pytest.mark.acceptance  # the suite walks the way by FTP, and a withdrawal
def test_an_order_its_result_a_withdrawal_and_its_undo(wire: Wire) -> None:
    with wire.listener() as (_, _, _), wire.head_end() as (url, _, _):
        second = wire.showcase("c2", "listen", "--port", "0", "--json")
        assert (second.code, second.rows[-1]["error"]["key"]) == (3, "c2_listener_runs")  # type: ignore[index]
        shown = wire.send(url, "-n")
        assert shown.code == 0
        assert "X-Amz-Signature=***" in shown.out
        assert wire.orders() == []
        first = wire.send(url, "--wait", "1", "--json")
        assert (first.code, first.rows[-1]["state"]) == (0, "ingested"), first.err
        again = wire.send(url, "--json")
        assert (again.code, again.rows[-1]["correlate_id"]) == (0, first.rows[-1]["correlate_id"])
        assert wire.showcase("withdraw", wire.id, "--reason", "x").code == 0
        gone = wire.send(url, "--wait", "1", "--json")
        assert (gone.code, gone.rows[-1]["action"], gone.rows[-1]["state"]) == (0, "delete", "ingested")
        nothing = wire.send(url, "--json")
        assert (nothing.code, nothing.rows[-1]["error"]["key"]) == (2, "c2_nothing_to_tell")  # type: ignore[index]
        assert wire.showcase("withdraw", wire.id, "--undo").code == 0
        back = wire.send(url, "--wait", "1", "--json")
        assert (back.code, back.rows[-1]["action"]) == (0, "regist")
        assert back.rows[-1]["correlate_id"] != first.rows[-1]["correlate_id"]
        assert [item["action"] for item in wire.orders()] == ["regist", "delete", "regist"]
        told = [str(row["what"]) for row in wire.showcase("log", wire.id, "--json").rows]
        ours = [what for what in told if what.startswith("c2_")]
        assert ours == ["c2_regist", "c2_ingested", "c2_delete", "c2_ingested", "c2_regist", "c2_ingested"]
    state = json.loads((wire.showcase.folder / ".showcase/c2/simulator/registry.json").read_text())
    assert sorted(kind for kind, _ in state["objects"]) == ["Movie", "Picture", "Program"]
    # the command files are empty, and no order lies in a package
    journal = wire.showcase.folder / ".showcase" / "c2" / "notices.jsonl"
    assert len(journal.read_text().splitlines()) == 6


@pytest.mark.acceptance
@pytest.mark.parametrize(
    ("fault", "code", "state"),
    [
        pytest.param("partial", 1, "partly", marks=pytest.mark.acceptance),
        ("refuse", 1, "failed"),
        ("twice", 0, "ingested"),
        ("axis", 0, "ingested"),
        ("malformed", 0, "ingested"),
        ("late", 0, "ingested"),
    ],
)
def test_a_head_end_that_misbehaves(wire: Wire, fault: str, code: int, state: str) -> None:
    with wire.listener() as (_, _, _), wire.head_end("--fault", fault) as (url, _, _):
        sent = wire.send(url, "--wait", "1", "--json")
        assert (sent.code, sent.rows[-1]["state"]) == (code, state), sent.err
        (order,) = wire.orders()
    if fault == "partial":
        assert [item["type"] for item in order["objects"]] == ["Movie"]  # type: ignore[attr-defined]


@pytest.mark.acceptance
def test_a_head_end_that_dies_does_the_order_once_at_its_next_start(wire: Wire) -> None:
    with wire.listener() as (_, _, _):
        port = str(free_port())
        with wire.head_end("--fault", "die", "--port", port) as (url, dying, _):
            sent = wire.send(url)
            assert sent.code == 5, sent.err
            assert dying.wait(10) == 137
        assert wire.orders()[0]["state"] == "sent"
        with wire.head_end("--port", port) as (url, _, _):
            again = wire.send(url, "--wait", "1", "--json")
            assert (again.code, again.rows[-1]["state"]) == (0, "ingested"), again.err
        assert len(wire.orders()) == 1


@pytest.mark.acceptance
def test_a_result_that_comes_by_mail_is_put_in(wire: Wire) -> None:
    folder = wire.showcase.folder
    with store_kept_up(wire.showcase), wire.head_end() as (url, _, _):
        waited = wire.send(url, "--wait", "0.02")
        assert waited.code == 5
        assert "c2 listen" in waited.err
        (order,) = wire.orders()
        assert wire.showcase("withdraw", wire.id, "--reason", "x").code == 0
        unknown = wire.send(url, "--json")  # what it holds is not known before its result
        assert (unknown.code, unknown.rows[-1]["error"]["key"]) == (2, "c2_order_open")  # type: ignore[index]
        assert wire.showcase("withdraw", wire.id, "--undo").code == 0
        ordered = wire.send(url, "-n", "--json").rows[-1]["order"]["objects"]  # type: ignore[index]
        objects = "".join(OBJECT.format(type=item["type"], code=item["code"], result=0) for item in ordered)
        (folder / "reply.xml").write_text(REPLY.format(objects=objects, result=0))
        (folder / "other.xml").write_text(REPLY.format(objects=objects.replace('Code="', 'Code="X'), result=0))
        assert wire.showcase("c2", "import", "other.xml").code == 2
        came = wire.showcase("c2", "import", "reply.xml", "--json")
        assert (came.code, came.rows[-1]["state"]) == (0, "ingested"), came.err
        assert came.rows[-1]["correlate_id"] == order["correlate_id"]
        assert wire.showcase("c2", "import", "reply.xml").code == 0


@pytest.mark.acceptance
def test_of_several_one_that_fails_keeps_no_other_from_being_sent(wire: Wire) -> None:
    with wire.listener() as (_, _, _), wire.head_end() as (url, _, _):
        sent = wire.showcase("c2", "send", "no-such-film", wire.id, "--to", url, "--wait", "1", "--json")
    assert sent.code == 7
    assert [row.get("state") for row in sent.rows][-1] == "ingested"
    assert sent.rows[0]["error"]["key"] == "no_such_delivery"  # type: ignore[index]
