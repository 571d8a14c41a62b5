"""What a machine is asked: this module travels to it as text, so that nothing of ours need be there, nor this Python.

A function of a package that a worker lacks ends that worker, and bytecode of another Python may; so `expression` wraps
this text into one that Python's own `eval` takes, and what is ours is imported where a failure is an answer.
"""

from __future__ import annotations

import json
import socket
import sys
from importlib import resources


def answer(asked: str) -> str:
    """What this machine is, as JSON.

    Args:
        asked: a JSON object: what `machine.described` is to look at; without `scratch` only at versions.
    """
    python = f"{sys.version_info[0]}.{sys.version_info[1]}"
    said: dict[str, object] = {"host": socket.gethostname(), "python": python}
    try:
        from pipeline.execute.cluster import machine

        said.update(machine.described(json.loads(asked)))
    except Exception as error:  # noqa: BLE001 - whatever a foreign installation raises is its answer
        said["lacks"] = f"{type(error).__name__}: {error}"
    return json.dumps(said)


def expression(asked: dict[str, object]) -> str:
    """The question as one expression of Python's, which gives the answer's text."""
    text = resources.files(__package__).joinpath("question.py").read_text(encoding="utf-8")
    return f"(lambda room: (exec({text!r}, room), room['answer']({json.dumps(asked)!r}))[1])({{}})"
