"""A withdrawal is told to the head-end that holds the film; where it can't be, it is owed, and said."""

from __future__ import annotations

import json
from typing import Any

from tests.conftest import MEANT
from tests.e2e.test_c2_wire import OWN, Wire, free_port, wire
from tests.televised import television

__all__ = ["television", "wire"]


def standing(wire: Wire) -> dict[str, Any]:
    row: dict[str, Any] = wire.showcase("status", wire.id, "--json").rows[0]
    return row


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
