"""What a head-end holds in the end: the second revision alone, nothing after a withdrawal; or that is owed."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from tests.conftest import MEANT, Showcase, deliver_for_television
from tests.e2e.test_c2_wire import OWN, Wire, free_port, wire
from tests.televised import television

__all__ = ["television", "wire"]


def standing(wire: Wire) -> dict[str, Any]:
    row: dict[str, Any] = wire.showcase("status", wire.id, "--json").rows[0]
    return row


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_a_withdrawal_is_told_and_what_could_not_be_told_is_owed(wire: Wire) -> None:
    port = free_port()
    url = f"http://127.0.0.1:{port}/ctms"
    settings = wire.showcase.folder / "showcase.toml"
    settings.write_text(f'{MEANT}{OWN}url = "{url}"\nresult_accepts = true\n')
    with wire.listener():  # type: ignore[attr-defined]
        with wire.head_end("--port", str(port)):  # type: ignore[attr-defined]
            assert wire.showcase("c2", "send", wire.id, "--wait", "1").code == 0
            assert (standing(wire)["stage"], standing(wire)["c2_owed"]) == ("accepted", [])
        gone = wire.showcase("withdraw", wire.id, "--reason", "版权到期", timeout=200)  # nobody answers there now
        assert gone.code == 0
        shown = wire.showcase("status", wire.id, "--lang", "zh")
        assert (standing(wire)["stage"], "c2 send" in shown.out) == ("withdrawn", True)
        with wire.head_end("--port", str(port)):  # type: ignore[attr-defined]
            made_up = wire.showcase("c2", "send", wire.id, "--wait", "1", "--json")
            assert (made_up.code, made_up.rows[-1]["action"]) == (0, "delete")
            assert standing(wire)["c2_owed"] == []
            assert wire.showcase("withdraw", wire.id, "--undo").code == 0
            assert wire.showcase("c2", "send", wire.id, "--wait", "1").code == 0
            told = wire.showcase("withdraw", wire.id, "--reason", "版权到期", "--json")
            assert [row.get("action") for row in told.rows if "correlate_id" in row] == ["delete"]
    registry = json.loads((wire.showcase.folder / ".showcase/c2/simulator/registry.json").read_text())
    assert registry["objects"] == []


FILM = """\
schema_version: 1
id: doctor
title: 村医
prefecture: "653200"
synopsis: {words}
media: [{{file: film.mp4, role: main}}]
"""


def registered(folder: Path) -> set[tuple[str, str]]:
    """What the simulated head-end has."""
    state = json.loads((folder / ".showcase/c2/simulator/registry.json").read_text())
    return {(kind, code) for kind, code in state["objects"]}


@pytest.mark.acceptance
@pytest.mark.timeout(600)
def test_revision_two_and_then_a_withdrawal_leave_what_we_say(showcase: Showcase, small_film: Path) -> None:
    folder = showcase.folder
    (folder / "showcase.toml").write_text(MEANT + OWN)
    deliver_for_television(folder)
    shutil.copy(small_film, folder / "film.mp4")
    there = Wire(showcase, free_port())
    said: list[set[tuple[str, str]]] = []
    with there.listener(), there.head_end() as (url, _, _):  # type: ignore[attr-defined]
        for words in ("初版", "第二版"):
            (folder / "submission.yaml").write_text(FILM.format(words=words), encoding="utf-8")
            ran = showcase("run", "submission.yaml", "--json", timeout=300)
            assert ran.code == 0, ran.err
            assert showcase("c2", "send", "doctor", "--to", url, "--wait", "1").code == 0
            orders = [
                etree.parse(str(path)).getroot()
                for path in sorted(
                    folder.glob(".showcase/work/package/*/package/metadata/c2.xml"), key=lambda it: it.stat().st_mtime
                )
            ]
            objects = orders[-1].findall("Objects/Object")
            said.append({(str(item.get("ElementType")), str(item.get("Code"))) for item in objects})
            assert registered(folder) == said[-1]
        assert {kind for kind, _ in said[0] & said[1]} == {"Program"}
        assert showcase("withdraw", "doctor", "--all", "--reason", "版权到期").code == 0
        assert showcase("c2", "send", "doctor", "--to", url, "--wait", "1").code == 0
        assert registered(folder) == set()
