"""What a simulated head-end remembers: orders that it took, objects that are registered, results that were told.

One file, written whole: an order is done, its objects registered and its result there, or none of it.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import Annotated, Literal

from pydantic import Field, ValidationError

from pipeline import durable
from pipeline.errors import InputError
from pipeline.model.base import Noun
from pipeline.model.c2 import Action, MappingKey, ObjectKey, WorkOrder
from pipeline.model.c2_wire import ExecCmd, Int

NAME = "registry.json"


class TakenOrder(Noun):
    """One order.

    Args:
        command: the call that told it. Its address holds our password, as a head-end's own files do: mode 0600.
        cmd_result: None while it is not done.
        told: its result was taken by the listener, or refused for good.
    """

    command: ExecCmd
    cmd_result: Int | None = None
    told: bool = False


class HeadEndState(Noun):
    """All that it remembers."""

    schema_version: Literal[1] = 1
    orders: dict[str, TakenOrder] = Field(default_factory=dict)
    objects: Annotated[tuple[tuple[str, str], ...], Field(strict=False)] = ()
    mappings: Annotated[tuple[tuple[str, str, str, str], ...], Field(strict=False)] = ()


class Registry:
    """The memory of one simulated head-end; many threads may call."""

    def __init__(self, folder: Path):
        self._path = durable.make_folder(folder) / NAME
        self._lock = threading.Lock()
        self._state = HeadEndState()
        if self._path.exists():
            try:
                self._state = HeadEndState.model_validate_json(self._path.read_bytes())
            except ValidationError as error:
                raise InputError("c2_state_wrong", where=str(self._path)) from error

    @property
    def state(self) -> HeadEndState:
        """As it is now."""
        with self._lock:
            return self._state

    def take(self, command: ExecCmd) -> bool:
        """Keep an order; False for one that it has: a resend keeps its CorrelateID."""
        with self._lock:
            if command.correlate_id in self._state.orders:
                return False
            self._keep({"orders": {**self._state.orders, command.correlate_id: TakenOrder(command=command)}})
            return True

    def untold(self) -> list[TakenOrder]:
        """What is to be done, or done and not told."""
        return [item for item in self.state.orders.values() if not item.told]

    def do(self, correlate_id: str, order: WorkOrder, failed: set[ObjectKey | MappingKey], cmd_result: int) -> None:
        """Register what did not fail, with the order's result."""
        with self._lock:
            objects = dict.fromkeys(self._state.objects)
            mappings = dict.fromkeys(self._state.mappings)
            for item in order.objects:
                if item.key in failed:
                    continue
                if item.action == Action.DELETE:
                    objects.pop(item.key, None)
                else:
                    objects[item.key] = None
            for link in order.mappings:
                if link.key in failed:
                    continue
                if link.action == Action.DELETE:
                    mappings.pop(link.key, None)
                else:
                    mappings[link.key] = None
            done = self._state.orders[correlate_id].model_copy(update={"cmd_result": cmd_result})
            orders = {**self._state.orders, correlate_id: done}
            self._keep({"orders": orders, "objects": tuple(objects), "mappings": tuple(mappings)})

    def was_told(self, correlate_id: str) -> None:
        """The listener has its result."""
        with self._lock:
            told = self._state.orders[correlate_id].model_copy(update={"told": True})
            self._keep({"orders": {**self._state.orders, correlate_id: told}})

    def _keep(self, changed: dict[str, object]) -> None:
        state = self._state.model_copy(update=changed)
        durable.write(self._path, state.to_file(), mode=0o600)
        self._state = state
