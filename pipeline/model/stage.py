"""A step of the work as data: what it is made from, and so under which key its output is kept."""

from __future__ import annotations

import hashlib

from pydantic import Field

from pipeline.model.base import Noun, canonical


class Stage(Noun):
    """One step whose output is kept by content.

    Args:
        name: the folder of its outputs: `inspection`, `transcode`, `package`.
        version: raised when the same inputs would give another output.
        inputs: SHA-256 (hex) of what it is made from, by what that is.
        parameters: everything else that changes its result.
    """

    name: str
    version: int
    inputs: dict[str, str] = Field(default_factory=dict)
    parameters: dict[str, str] = Field(default_factory=dict)

    @property
    def decides(self) -> dict[str, str]:
        """All that decides the result, by its name."""
        return {**self.inputs, **self.parameters}

    @property
    def key(self) -> str:
        """SHA-256 (hex) of name, version and all that decides the result."""
        content = {"stage": self.name, "version": self.version, "inputs": self.decides}
        return hashlib.sha256(canonical(content)).hexdigest()
